//! Which backends this build has, which devices this machine has, opening one without ever panicking, and what a device's failure means.

mod failure;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "no_gpu.rs"]
mod gpu;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use burn::tensor::Device;
use serde::Serialize;
use serde_json::json;

use crate::{
    Error,
    ops::{context::Precision, lstm::LstmForm},
};
use failure::{check_alive, dead};
pub use failure::{failure, mark_dead, read_failure, watched};
#[cfg(all(feature = "gpu", test))]
pub(crate) use gpu::client;

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

/// All devices; an unavailable backend, also one that has failed in this process, has one entry with its reason. The first of a backend is the one that its name opens.
pub fn list_devices() -> Vec<DeviceReport> {
    let found = |backend| match dead(backend).map_or_else(|| probe(backend), Err) {
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

/// The backend's name of a device.
pub fn backend_of(device: &Device) -> &'static str {
    gpu::backend_of(device)
}

/// Whether the LSTM can be computed in a precision on an opened device: f32 everywhere, bf16 also on the CPU, tf32 and bf16 on cuda where the card's tensor
/// cores have them.
///
/// # Errors
/// `INVALID_OPTION` for a backend that never has it, `BACKEND_UNAVAILABLE` for a card without it.
pub fn check_precision(device: &Device, precision: Precision) -> Result<(), Error> {
    let (backend, name) = (backend_of(device), precision.name());
    let refused =
        |code, message: String| Err(Error::new(code, message, json!({ "option": "precision", "value": name, "backend": backend })));
    match (backend, precision) {
        (_, Precision::F32) | ("cpu", Precision::Bf16) => Ok(()),
        ("cuda", _) if gpu::multiplies(device, precision) => Ok(()),
        ("cuda", _) => refused(
            "BACKEND_UNAVAILABLE",
            format!("precision {name} needs tensor cores that multiply {name} (NVIDIA Ampere, of 2020, or later): this card has none"),
        ),
        ("cpu", _) => refused("INVALID_OPTION", format!("precision {name} needs backend cuda: cpu computes in f32 or bf16")),
        _ => refused(
            "INVALID_OPTION",
            format!(
                "precision {name} needs backend {}: {backend} computes in f32",
                if precision == Precision::Bf16 { "cuda or cpu" } else { "cuda" }
            ),
        ),
    }
}
