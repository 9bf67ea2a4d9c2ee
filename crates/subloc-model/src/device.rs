//! Which backends this build has, which devices this machine has, opening one without ever panicking, and what a device's failure means.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Mutex, PoisonError, mpsc},
    time::Duration,
};

pub use burn::tensor::Device;
use burn::tensor::{ExecutionError, Tensor, TensorData};
use serde::Serialize;
use serde_json::json;

use crate::{Error, ops::lstm::LstmForm};

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DeviceKind {
    /// The processor, with this package's own kernels.
    Cpu,
    /// A GPU with memory of its own.
    Discrete,
    /// A GPU that shares the processor's memory.
    Integrated,
    /// A GPU interface that computes on the processor.
    Software,
    /// A GPU that does not say which of these it is.
    Other,
}

impl DeviceKind {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Discrete => "discrete",
            Self::Integrated => "integrated",
            Self::Software => "software",
            Self::Other => "other",
        }
    }
}

/// A device, or the reason why there is none.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceReport {
    /// `cpu`, `wgpu` or `cuda`.
    pub backend: &'static str,
    /// As it names itself; empty where unavailable.
    pub name: String,
    /// Whether it can be used.
    pub available: bool,
    /// Why not, in words.
    pub reason: Option<String>,
    /// What it is; none where unavailable.
    pub kind: Option<DeviceKind>,
    /// An adapter that computes on the CPU.
    pub software: bool,
    /// Memory in bytes, where it can be asked.
    pub memory_bytes: Option<u64>,
    /// The largest tensor that it takes, in bytes; none for the CPU.
    pub largest_tensor_bytes: Option<u64>,
    /// Whether `auto` computes on it.
    pub auto: bool,
}

/// How `auto` chooses, in words.
pub const AUTO_RULE: &str = "auto takes cuda, then a discrete GPU through wgpu, then the CPU; an integrated GPU or a software adapter only when it is asked for by name";

/// The backends in this binary.
pub fn compiled_backends() -> Vec<&'static str> {
    if cfg!(feature = "gpu") { vec!["cpu", "wgpu", "cuda"] } else { vec!["cpu"] }
}

/// All devices; an unavailable backend has one entry with its reason. The first of a backend is the one that its name opens.
pub fn list_devices() -> Vec<DeviceReport> {
    let found = |backend| match probe(backend) {
        Ok(found) => found.into_iter().map(|(report, _)| report).collect(),
        Err(reason) => vec![unavailable(backend, reason)],
    };
    let mut reports: Vec<DeviceReport> = [vec![cpu()], found("wgpu"), found("cuda")].concat();
    let chosen = auto_choice(&reports);
    reports[chosen].auto = true;
    reports
}

/// The rule of [`AUTO_RULE`]: the index of the device that `auto` takes; there is always the CPU.
pub fn auto_choice(reports: &[DeviceReport]) -> usize {
    let usable = |wanted: &dyn Fn(&DeviceReport) -> bool| reports.iter().position(|r| r.available && wanted(r));
    usable(&|r| r.backend == "cuda")
        .or_else(|| usable(&|r| r.backend == "wgpu" && r.kind == Some(DeviceKind::Discrete)))
        .or_else(|| usable(&|r| r.backend == "cpu"))
        .unwrap_or(0)
}

/// What `SUBLOC_LSTM_FORM` asks for: `per-step` or `whole-sequence`; the rule chooses for any other value.
pub fn lstm_form() -> LstmForm {
    match std::env::var("SUBLOC_LSTM_FORM").as_deref() {
        Ok("per-step") => LstmForm::PerStep,
        Ok("whole-sequence") => LstmForm::WholeSequence,
        _ => LstmForm::Auto,
    }
}

fn cpu() -> DeviceReport {
    DeviceReport {
        backend: "cpu",
        name: lstm_kernels::Isa::detect().to_string(),
        available: true,
        reason: None,
        kind: Some(DeviceKind::Cpu),
        software: false,
        memory_bytes: None,
        largest_tensor_bytes: None,
        auto: false,
    }
}

fn unavailable(backend: &'static str, reason: String) -> DeviceReport {
    DeviceReport { backend, name: String::new(), available: false, reason: Some(reason), kind: None, ..cpu() }
}

/// The device to compute on: `auto` by [`AUTO_RULE`]; a named backend that is missing is an error.
///
/// # Errors
/// `BACKEND_UNAVAILABLE` with the probe's words, `DEVICE_LOST` where it failed earlier in this process, `INVALID_OPTION` for another name.
pub fn open(backend: &str) -> Result<(Device, DeviceReport), Error> {
    let backend = match backend {
        "cpu" => return Ok((Device::flex(), cpu())),
        "wgpu" => "wgpu",
        "cuda" => "cuda",
        "auto" => return open(auto_backend()),
        other => {
            let facts = json!({ "option": "backend", "value": other, "allowed": ["auto", "cpu", "wgpu", "cuda"] });
            return Err(Error::new("INVALID_OPTION", format!("unknown backend '{other}' (auto, cpu, wgpu or cuda)"), facts));
        }
    };
    check_alive(backend)?;
    let found = probe(backend).and_then(|found| found.into_iter().next().ok_or_else(|| "it has no device".to_owned()));
    found.map(|(report, device)| (device, report)).map_err(|reason| {
        let facts = json!({ "backend": backend, "reason": reason });
        Error::new("BACKEND_UNAVAILABLE", format!("backend {backend} cannot be used: {reason}"), facts)
    })
}

/// The backend that `auto` comes to here and now. A GPU's drivers are loaded only where the system shows a GPU: they take time and memory, and a software
/// adapter is never chosen.
pub fn auto_backend() -> &'static str {
    if !has_gpu() {
        return "cpu";
    }
    let mut reports = list_devices();
    reports.iter_mut().for_each(|report| report.available &= dead(report.backend).is_none());
    reports[auto_choice(&reports)].backend
}

/// Whether the system shows a GPU at all. Where it cannot be told, yes.
fn has_gpu() -> bool {
    if !cfg!(feature = "gpu") {
        return false;
    }
    if !cfg!(target_os = "linux") {
        return true;
    }
    // NVIDIA's driver, the kernel's render nodes, and WSL's GPU.
    ["/dev/nvidiactl", "/dev/dri", "/dev/dxg"].iter().any(|path| std::path::Path::new(path).exists())
}

/// A backend's devices, the best first, or why there is none.
fn probe(backend: &'static str) -> Result<Vec<(DeviceReport, Device)>, String> {
    let found = catch_unwind(AssertUnwindSafe(|| gpu::find(backend)));
    let found = found.unwrap_or_else(|_| Err("its driver failed while it was probed".to_owned()))?;
    let report = |found: Found| {
        let Found { device, name, kind, memory_bytes, largest_tensor_bytes } = found;
        let software = kind == DeviceKind::Software;
        (DeviceReport { backend, name, kind: Some(kind), software, memory_bytes, largest_tensor_bytes, ..cpu() }, device)
    };
    Ok(found.into_iter().map(report).collect())
}

struct Found {
    device: Device,
    name: String,
    kind: DeviceKind,
    memory_bytes: Option<u64>,
    largest_tensor_bytes: Option<u64>,
}

/// The largest tensor that `device` takes, in bytes; none where there is no bound but memory.
pub fn largest_tensor_bytes(device: &Device) -> Option<u64> {
    gpu::largest_tensor_bytes(device)
}

/// Bytes of device memory that this process's tensors use and that it has reserved; none for the CPU.
pub fn memory_in_use(device: &Device) -> Option<(u64, u64)> {
    gpu::memory_in_use(device)
}

/// Devices that failed, with what was said of it: nothing of this process computes on them again.
static DEAD: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

fn dead(backend: &str) -> Option<String> {
    DEAD.lock().unwrap_or_else(PoisonError::into_inner).get(backend).cloned()
}

fn lost(backend: &str, reason: &str) -> Error {
    let message = format!("the device of backend {backend} has failed, and this process cannot use it again: {reason}");
    Error::new("DEVICE_LOST", message, json!({ "backend": backend, "reason": reason }))
}

fn check_alive(backend: &str) -> Result<(), Error> {
    dead(backend).map_or(Ok(()), |reason| Err(lost(backend, &reason)))
}

/// Marks the device of a backend dead for this process.
pub fn mark_dead(backend: &str, reason: &str) -> Error {
    DEAD.lock().unwrap_or_else(PoisonError::into_inner).insert(backend.to_owned(), reason.to_owned());
    lost(backend, reason)
}

/// The backend's name of a device.
pub fn backend_of(device: &Device) -> &'static str {
    gpu::backend_of(device)
}

/// What a failed read of a device's tensor means: `OUT_OF_MEMORY` where an allocation failed, which leaves the device usable; otherwise `DEVICE_LOST`, and
/// the device is marked dead.
pub fn failure(device: &Device, error: &ExecutionError) -> Error {
    let said = error.to_string();
    // The causes follow one another, a line each, between markers and backtraces.
    let line =
        |words: &[&str]| said.lines().map(str::trim).find(|line| words.iter().any(|w| line.to_lowercase().contains(w))).map(str::to_owned);
    let backend = backend_of(device);
    if !error.is_device_poisoned()
        && let Some(reason) = line(&["can't allocate", "out of device memory", "out of memory", "no room for"])
    {
        let message = format!("the device of backend {backend} has not enough memory: {reason}");
        return Error::new("OUT_OF_MEMORY", message, json!({ "backend": backend, "reason": reason }));
    }
    let causes = said.lines().map(str::trim).filter(|l| !l.is_empty() && !l.ends_with("Caused by:") && !l.contains("acktrace"));
    mark_dead(backend, &causes.take(6).collect::<Vec<_>>().join("; "))
}

/// Runs a job on an opened device. A panic on it, be it in CubeCL's server thread, becomes `DEVICE_LOST` where the device no longer answers; a panic of our own
/// goes on. Nothing hangs: the device is asked from another thread, for ten seconds at most.
///
/// # Errors
/// `DEVICE_LOST`, at once where the device has failed before; what `work` gives.
pub fn watched<T>(device: &Device, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let backend = backend_of(device);
    if backend == "cpu" {
        return work();
    }
    check_alive(backend)?;
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        if answers(device) {
            resume_unwind(panic);
        }
        let said = panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
        Err(mark_dead(backend, said.as_deref().and_then(|s| s.lines().next()).unwrap_or("a panic in its driver's thread")))
    })
}

/// Whether a device still computes 1 + 1.
fn answers(device: &Device) -> bool {
    let (tell, told) = mpsc::channel();
    let device = device.clone();
    let ask = move || {
        let two = catch_unwind(AssertUnwindSafe(|| {
            let one: Tensor<1> = Tensor::from_data(TensorData::new(vec![1.0f32], [1]), &device);
            (one.clone() + one).try_into_data().ok().and_then(|data| data.try_to_vec::<f32>().ok()) == Some(vec![2.0])
        }));
        let _ = tell.send(two.unwrap_or(false));
    };
    std::thread::Builder::new().name("subloc-device".into()).spawn(ask).is_ok()
        && told.recv_timeout(Duration::from_secs(10)).unwrap_or(false)
}

#[cfg(not(feature = "gpu"))]
mod gpu {
    use super::{Device, Found};

    pub(super) fn find(_: &str) -> Result<Vec<Found>, String> {
        Err("this build has no GPU backends (made with build:cpu)".to_owned())
    }
    pub(super) fn largest_tensor_bytes(_: &Device) -> Option<u64> {
        None
    }
    pub(super) fn memory_in_use(_: &Device) -> Option<(u64, u64)> {
        None
    }
    pub(super) fn backend_of(_: &Device) -> &'static str {
        "cpu"
    }
}

#[cfg(feature = "gpu")]
mod gpu {
    //! The driver libraries are looked for by name before burn touches a device: its servers panic without them.

    use burn::{
        backend::DispatchDevice,
        tensor::{Device, DeviceKind as Selector, DeviceType},
    };
    use cubecl::{
        client::Client,
        config::{CubeClRuntimeConfig, RuntimeConfig},
        wgpu::WgpuDeviceKind,
    };
    use libloading::Library;

    use super::{DeviceKind, Found};

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

    fn client(device: &Device) -> Option<Client> {
        cube(device).map(|device| device.client())
    }

    pub(super) fn largest_tensor_bytes(device: &Device) -> Option<u64> {
        client(device).map(|client| client.properties().memory.max_page_size)
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
}
