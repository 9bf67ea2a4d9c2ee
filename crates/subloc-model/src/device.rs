//! Which backends this build has, which devices this machine has, and opening one without ever panicking.

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use burn::tensor::Device;
use serde::Serialize;
use serde_json::json;

use crate::Error;

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
    /// An adapter that computes on the CPU.
    pub software: bool,
    /// Memory, where it can be asked.
    pub memory_bytes: Option<u64>,
}

/// The backends in this binary.
pub fn compiled_backends() -> Vec<&'static str> {
    if cfg!(feature = "gpu") { vec!["cpu", "wgpu", "cuda"] } else { vec!["cpu"] }
}

/// All devices; an unavailable backend has one entry with its reason.
pub fn list_devices() -> Vec<DeviceReport> {
    [cpu()].into_iter().chain(["wgpu", "cuda"].map(|backend| probe(backend).0)).collect()
}

fn cpu() -> DeviceReport {
    DeviceReport {
        backend: "cpu",
        name: lstm_kernels::Isa::detect().to_string(),
        available: true,
        reason: None,
        software: false,
        memory_bytes: None,
    }
}

/// The device to compute on. `auto` is the CPU until a GPU's own kernels are there and measured; a named backend that is missing is an error.
///
/// # Errors
/// `BACKEND_UNAVAILABLE` with the probe's words, `INVALID_OPTION` for another name.
pub fn open(backend: &str) -> Result<(Device, DeviceReport), Error> {
    match backend {
        "auto" | "cpu" => Ok((Device::flex(), cpu())),
        "wgpu" | "cuda" => {
            let (report, device) = probe(if backend == "wgpu" { "wgpu" } else { "cuda" });
            device.map(|device| (device, report.clone())).ok_or_else(|| {
                let reason = report.reason.unwrap_or_default();
                Error::new(
                    "BACKEND_UNAVAILABLE",
                    format!("backend {backend} cannot be used: {reason}"),
                    json!({ "backend": backend, "reason": reason }),
                )
            })
        }
        other => {
            let facts = json!({ "option": "backend", "value": other, "allowed": ["auto", "cpu", "wgpu", "cuda"] });
            Err(Error::new("INVALID_OPTION", format!("unknown backend '{other}' (auto, cpu, wgpu or cuda)"), facts))
        }
    }
}

fn probe(backend: &'static str) -> (DeviceReport, Option<Device>) {
    let found =
        catch_unwind(AssertUnwindSafe(|| gpu::find(backend))).unwrap_or_else(|_| Err("its driver failed while it was probed".to_owned()));
    let unavailable = DeviceReport { backend, name: String::new(), available: false, reason: None, software: false, memory_bytes: None };
    match found {
        Ok((device, name, software, memory_bytes)) => {
            (DeviceReport { name, available: true, software, memory_bytes, ..unavailable }, Some(device))
        }
        Err(reason) => (DeviceReport { reason: Some(reason), ..unavailable }, None),
    }
}

type Found = (Device, String, bool, Option<u64>);

#[cfg(not(feature = "gpu"))]
mod gpu {
    pub(super) fn find(_: &str) -> Result<super::Found, String> {
        Err("this build has no GPU backends (made with build:cpu)".to_owned())
    }
}

#[cfg(feature = "gpu")]
mod gpu {
    //! The driver libraries are looked for by name before burn touches a device: its servers panic without them.

    use burn::tensor::{Device, DeviceKind, DeviceType};
    use cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};
    use libloading::Library;

    use super::Found;

    pub(super) fn find(backend: &str) -> Result<Found, String> {
        // Before anything asks for it: otherwise a burn.toml or cubecl.toml in a folder above is read, and one that is damaged talked about.
        CubeClRuntimeConfig::try_set(CubeClRuntimeConfig::default());
        if backend == "cuda" { cuda() } else { wgpu() }
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
        std::mem::forget(driver); // driver threads crash when the library goes at exit
        Ok((Device::cuda(0), name, false, Some(memory)))
    }

    fn wgpu() -> Result<Found, String> {
        let loader = open_any(&["libvulkan.so.1", "libvulkan.so", "vulkan-1.dll", "libMoltenVK.dylib"])
            .map_err(|reason| format!("{reason}: no Vulkan loader"))?;
        std::mem::forget(loader);
        let devices = Device::enumerate(DeviceType::Wgpu).into_vec();
        let describe = |device: Device| {
            let identity = device.identity();
            let software = identity.as_ref().is_none_or(|i| i.physical.is_none());
            (device, identity.map_or_else(|| "unnamed adapter".to_owned(), |i| i.name), software, None)
        };
        let found: Vec<Found> = devices.into_iter().map(describe).collect();
        let Some(best) = found.iter().position(|(_, _, software, _)| !software).or((!found.is_empty()).then_some(0)) else {
            return Err("the Vulkan loader is there, but no adapter".to_owned());
        };
        let (device, name, software, memory) = found.into_iter().nth(best).ok_or("no adapter")?;
        let device = if software { Device::wgpu(DeviceKind::Cpu) } else { device };
        Ok((device, name, software, memory))
    }
}
