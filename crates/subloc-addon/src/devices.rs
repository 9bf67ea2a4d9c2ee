//! What this build and this machine offer.

use lstm_kernels::Isa;
use napi_derive::napi;
use subloc_model::device;

use crate::{door::door, outcome::Outcome, runtime::supported_isas};

/// A device, or the reason why it is not there.
#[napi(object)]
pub struct BindingDevice {
    /// `cpu`, `wgpu` or `cuda`.
    pub backend: String,
    /// The adapter's own name.
    pub name: String,
    /// Whether a job can run on it.
    pub available: bool,
    /// Why not.
    pub reason: Option<String>,
    /// `cpu`, `discrete`, `integrated`, `software` or `other`.
    pub kind: Option<String>,
    /// A GPU interface that computes on the CPU.
    pub software: bool,
    /// Whether `auto` computes on it.
    pub auto: bool,
    /// The device's memory, where it tells.
    pub memory_bytes: Option<f64>,
}

/// The processor.
#[napi(object)]
pub struct BindingCpu {
    /// The supported instruction sets, best first.
    pub isa: Vec<String>,
    /// Whether it multiplies bf16 itself (`avx512_bf16`), so that `precision: 'bf16'` is faster than `f32`.
    pub bf16: bool,
    /// Threads that run at once.
    pub threads: u32,
}

/// The addon.
#[napi(object)]
pub struct BindingInfo {
    /// The version of the crates.
    pub version: String,
    /// `cpu`, or `full` with the GPU backends.
    #[napi(ts_type = "'cpu' | 'full'")]
    pub build: String,
    /// How `auto` chooses a device, in words.
    pub auto_rule: String,
}

/// The backends in this build.
#[napi(ts_return_type = "BindingOutcome<string[]>")]
pub fn compiled_backends() -> Outcome<Vec<String>> {
    door(|| Ok(device::compiled_backends().into_iter().map(str::to_owned).collect()))
}

/// Every compiled backend's devices, those that are not available too.
#[napi(ts_return_type = "BindingOutcome<BindingDevice[]>")]
pub fn list_devices() -> Outcome<Vec<BindingDevice>> {
    door(|| {
        Ok(device::list_devices()
            .into_iter()
            .map(|report| BindingDevice {
                backend: report.backend.to_string(),
                name: report.name,
                available: report.available,
                reason: report.reason,
                kind: report.kind.map(|kind| kind.name().to_owned()),
                software: report.software,
                auto: report.auto,
                memory_bytes: report.memory_bytes.map(|bytes| bytes as f64),
            })
            .collect())
    })
}

/// The backend that `auto` comes to.
#[napi(ts_return_type = "BindingOutcome<string>")]
pub fn auto_backend() -> Outcome<String> {
    door(|| Ok(device::auto_backend().to_owned()))
}

/// This processor.
#[napi(ts_return_type = "BindingOutcome<BindingCpu>")]
pub fn cpu_info() -> Outcome<BindingCpu> {
    door(|| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(BindingCpu { isa: supported_isas(), bf16: Isa::detect().multiplies_bf16(), threads: threads as u32 })
    })
}

/// This addon.
#[napi(ts_return_type = "BindingOutcome<BindingInfo>")]
pub fn native_info() -> Outcome<BindingInfo> {
    door(|| {
        let build = if cfg!(feature = "gpu") { "full" } else { "cpu" };
        Ok(BindingInfo { version: env!("CARGO_PKG_VERSION").to_owned(), build: build.to_owned(), auto_rule: device::AUTO_RULE.to_owned() })
    })
}
