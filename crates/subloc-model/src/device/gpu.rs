//! The driver libraries are looked for by name before burn touches a device: its servers panic without them.

use burn::{
    backend::DispatchDevice,
    tensor::{Device, DeviceKind as Selector, DeviceType},
};
use cubecl::{
    client::Client,
    config::{CubeClRuntimeConfig, RuntimeConfig},
    features::MmaConfig,
    ir::{ElemType, FloatKind},
    wgpu::WgpuDeviceKind,
};
use libloading::Library;

use super::{DeviceKind, Found};
use crate::ops::context::Precision;

pub(super) fn find(backend: &str) -> Result<Vec<Found>, String> {
    // Before anything asks for it: otherwise a burn.toml or cubecl.toml in a folder above is read, and one that is damaged talked about.
    CubeClRuntimeConfig::try_set(CubeClRuntimeConfig::default());
    if backend == "cuda" { cuda().map(|found| vec![found]) } else { wgpu() }
}

fn cube(device: &Device) -> Option<burn_cubecl::CubeDevice> {
    match device.clone().inner().as_dispatch() {
        DispatchDevice::Cube(device) => Some(device.clone()),
        _ => None,
    }
}

/// Its client; none for the CPU.
pub(crate) fn client(device: &Device) -> Option<Client> {
    cube(device).map(|device| device.client())
}

pub(super) fn largest_tensor_bytes(device: &Device) -> Option<u64> {
    client(device).map(|client| client.properties().memory.max_page_size)
}

/// Whether planes of 32 units multiply fragments of 16 × 16 in this precision, with sums in f32.
pub(super) fn multiplies(device: &Device, precision: Precision) -> bool {
    let (kind, k) = match precision {
        Precision::F32 => return true,
        Precision::Tf32 => (FloatKind::TF32, 8),
        Precision::Bf16 => (FloatKind::BF16, 16),
    };
    let (factor, sum) = (ElemType::Float(kind), ElemType::Float(FloatKind::F32));
    let wanted = MmaConfig { a_type: factor, b_type: factor, cd_type: sum, m: 16, n: 16, k };
    client(device).is_some_and(|client| {
        let properties = client.properties();
        properties.features.matmul.cmma.contains(&wanted) && properties.hardware.plane_size_min == 32
    })
}

pub(super) fn memory_in_use(device: &Device) -> Option<(u64, u64)> {
    cube(device)?;
    device.memory_pool_usage().map(|usage| (usage.bytes_in_use, usage.bytes_reserved))
}

pub(super) fn backend_of(device: &Device) -> &'static str {
    match cube(device) {
        Some(burn_cubecl::CubeDevice::Cuda(_)) => "cuda",
        Some(_) => "wgpu",
        None => "cpu",
    }
}

fn open_any(names: &[&str]) -> Result<Library, String> {
    // SAFETY: system libraries whose initialisers are those of the GPU driver.
    let open = |name: &&str| unsafe { Library::new(name) }.ok();
    names.iter().find_map(open).ok_or_else(|| format!("no {} found", names[0]))
}

fn cuda() -> Result<Found, String> {
    type Init = unsafe extern "C" fn(u32) -> i32;
    type Count = unsafe extern "C" fn(*mut i32) -> i32;
    type Name = unsafe extern "C" fn(*mut std::ffi::c_char, i32, i32) -> i32;
    type Memory = unsafe extern "C" fn(*mut usize, i32) -> i32;
    let driver = open_any(&["libcuda.so.1", "libcuda.so", "nvcuda.dll"]).map_err(|reason| format!("{reason}: no NVIDIA driver"))?;
    let symbol = |reason: libloading::Error| reason.to_string();
    // SAFETY: the signatures of the CUDA driver API; the pointers are to locals that outlive the calls.
    let (name, memory) = unsafe {
        let init = driver.get::<Init>(b"cuInit").map_err(symbol)?(0);
        if init != 0 {
            return Err(format!("cuInit failed with code {init}"));
        }
        let mut devices = 0;
        if driver.get::<Count>(b"cuDeviceGetCount").map_err(symbol)?(&mut devices) != 0 || devices == 0 {
            return Err("the driver has no CUDA device".to_owned());
        }
        let mut name = [0; 256];
        driver.get::<Name>(b"cuDeviceGetName").map_err(symbol)?(name.as_mut_ptr(), 256, 0);
        let mut memory = 0;
        driver.get::<Memory>(b"cuDeviceTotalMem_v2").map_err(symbol)?(&mut memory, 0);
        name[255] = 0;
        (std::ffi::CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned(), memory as u64)
    };
    open_any(&["libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"])
        .map_err(|reason| format!("{reason}: kernels cannot be compiled"))?;
    // CubeCL gives NVRTC this folder, and panics without it.
    let toolkit =
        cubecl_cuda::install::cuda_path().ok_or("no CUDA toolkit found (CUDA_PATH, /usr/local/cuda): kernels cannot be compiled")?;
    if !toolkit.join("include").is_dir() {
        return Err(format!("the CUDA toolkit in {} has no include folder: kernels cannot be compiled", toolkit.display()));
    }
    std::mem::forget(driver); // driver threads crash when the library goes at exit
    Ok(Found { device: Device::cuda(0), name, kind: DeviceKind::Discrete, memory_bytes: Some(memory), largest_tensor_bytes: None })
}

fn wgpu() -> Result<Vec<Found>, String> {
    let loader = open_any(&["libvulkan.so.1", "libvulkan.so", "vulkan-1.dll", "libMoltenVK.dylib"])
        .map_err(|reason| format!("{reason}: no Vulkan loader"))?;
    std::mem::forget(loader);
    let describe = |device: Device| {
        let identity = device.identity();
        let client = client(&device);
        let kind = match cube(&device) {
            _ if identity.as_ref().is_none_or(|i| i.physical.is_none()) => DeviceKind::Software,
            Some(burn_cubecl::CubeDevice::Wgpu(adapter)) => match adapter.kind {
                WgpuDeviceKind::DiscreteGpu(_) => DeviceKind::Discrete,
                WgpuDeviceKind::IntegratedGpu(_) => DeviceKind::Integrated,
                WgpuDeviceKind::Cpu => DeviceKind::Software,
                _ => DeviceKind::Other,
            },
            _ => DeviceKind::Other,
        };
        let memory = client.as_ref().map(|client| client.properties().memory.clone());
        Found {
            device: if kind == DeviceKind::Software { Device::wgpu(Selector::Cpu) } else { device },
            name: identity.map_or_else(|| "unnamed adapter".to_owned(), |i| i.name),
            kind,
            memory_bytes: memory.as_ref().and_then(|m| m.max_memory()),
            largest_tensor_bytes: memory.map(|m| m.max_page_size),
        }
    };
    let mut found: Vec<Found> = Device::enumerate(DeviceType::Wgpu).into_vec().into_iter().map(describe).collect();
    let rank = |kind: DeviceKind| match kind {
        DeviceKind::Discrete => 0,
        DeviceKind::Integrated => 1,
        DeviceKind::Software => 3,
        _ => 2,
    };
    found.sort_by_key(|f| rank(f.kind));
    if found.is_empty() { Err("the Vulkan loader is there, but no adapter".to_owned()) } else { Ok(found) }
}
