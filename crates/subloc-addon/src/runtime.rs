//! Where a job runs: its pool of threads, its instruction set, its device.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, atomic::AtomicBool},
};

use lstm_kernels::Isa;
use napi_derive::napi;
use subloc_model::{
    Error,
    device::{self, Device, DeviceReport},
    ops::context::{self, Context, Precision},
};

/// More threads than any machine has cores; guards against a mistyped number.
const MOST_THREADS: u32 = 1024;

/// Where and how a job runs.
#[napi(object)]
#[derive(Clone)]
pub struct BindingRuntime {
    /// `auto`, `cpu`, `wgpu` or `cuda`.
    pub backend: String,
    /// Threads of the job's own pool, from 1.
    pub threads: u32,
    /// `auto`, `avx512`, `avx2` or `portable`.
    pub cpu_isa: String,
    /// `f32`; `bf16` on the CPU, and `tf32` or `bf16` on a cuda card with tensor cores.
    pub precision: String,
}

impl BindingRuntime {
    /// Opens the device and runs `work` inside a new pool with the kernels' context set.
    pub fn run<T: Send>(&self, cancel: &Arc<AtomicBool>, work: impl FnOnce(&Device) -> Result<T, Error> + Send) -> Result<T, Error> {
        let (isa, precision) = (self.isa()?, Precision::of(&self.precision)?);
        let pool = self.pool()?;
        pool.install(|| {
            let (device, _) = open(&self.backend)?;
            let context = Context { isa, precision, cancel: cancel.clone(), ..Context::detect() };
            // The precision is asked of the device too, whose driver may fail in the answer.
            let checked = || device::check_precision(&device, precision).and_then(|()| work(&device));
            context::with(context, || device::watched(&device, checked))
        })
    }

    /// Runs `work` inside a new pool without a device.
    pub fn in_pool<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
        Ok(self.pool()?.install(work))
    }

    fn isa(&self) -> Result<Isa, Error> {
        if self.cpu_isa == "auto" {
            return Ok(Isa::detect());
        }
        let isa = self.cpu_isa.parse::<Isa>().map_err(|unknown| {
            Error::new(
                "INVALID_OPTION",
                format!("cpuIsa: {unknown}, or auto"),
                serde_json::json!({ "option": "cpuIsa", "value": self.cpu_isa }),
            )
        })?;
        if isa.is_supported() {
            return Ok(isa);
        }
        let supported = supported_isas();
        Err(Error::new(
            "BACKEND_UNAVAILABLE",
            format!("this processor has no {isa}; it has {}", supported.join(", ")),
            serde_json::json!({ "asked": isa.to_string(), "found": supported }),
        ))
    }

    fn pool(&self) -> Result<rayon::ThreadPool, Error> {
        let threads = self.threads;
        if !(1..=MOST_THREADS).contains(&threads) {
            return Err(Error::new(
                "INVALID_OPTION",
                format!("threads must be from 1 to {MOST_THREADS}, not {threads}"),
                serde_json::json!({ "option": "threads", "value": threads }),
            ));
        }
        rayon::ThreadPoolBuilder::new().num_threads(threads as usize).thread_name(|thread| format!("subloc-{thread}")).build().map_err(
            |reason| {
                Error::new("OUT_OF_MEMORY", format!("cannot start {threads} threads: {reason}"), serde_json::json!({ "threads": threads }))
            },
        )
    }
}

/// The instruction sets of this processor, best first.
pub fn supported_isas() -> Vec<String> {
    Isa::ALL.into_iter().filter(|isa| isa.is_supported()).map(|isa| isa.to_string()).collect()
}

/// Opens a device once a process and never lets go of it: a GPU driver's own threads crash in `exit()` when its objects are dropped there.
fn open(backend: &str) -> Result<(Device, DeviceReport), Error> {
    static OPEN: OnceLock<Mutex<BTreeMap<String, (Device, DeviceReport)>>> = OnceLock::new();
    let mut open = OPEN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = open.get(backend) {
        return Ok(found.clone());
    }
    let opened = device::open(backend)?;
    open.insert(backend.to_owned(), opened.clone());
    Ok(opened)
}
