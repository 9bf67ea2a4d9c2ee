//! What a device's failure means, and what it is for the rest of the process.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Mutex, PoisonError, mpsc},
    time::Duration,
};

use burn::tensor::{Device, ExecutionError, Tensor, TensorData};
use serde_json::json;

use super::backend_of;
use crate::Error;

/// Devices that failed, with what was said of it: nothing of this process computes on them again.
static DEAD: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

pub(super) fn dead(backend: &str) -> Option<String> {
    DEAD.lock().unwrap_or_else(PoisonError::into_inner).get(backend).cloned()
}

fn lost(backend: &str, reason: &str) -> Error {
    let message = format!("the device of backend {backend} has failed, and this process cannot use it again: {reason}");
    Error::new("DEVICE_LOST", message, json!({ "backend": backend, "reason": reason }))
}

pub(super) fn check_alive(backend: &str) -> Result<(), Error> {
    dead(backend).map_or(Ok(()), |reason| Err(lost(backend, &reason)))
}

/// Marks the device of a backend dead for this process.
pub fn mark_dead(backend: &str, reason: &str) -> Error {
    DEAD.lock().unwrap_or_else(PoisonError::into_inner).insert(backend.to_owned(), reason.to_owned());
    lost(backend, reason)
}

/// What a failed read of a device's tensor means: `OUT_OF_MEMORY` where an allocation failed, which leaves the device usable; otherwise `DEVICE_LOST`, and
/// the device is marked dead.
pub fn failure(device: &Device, error: &ExecutionError) -> Error {
    meaning(device, &error.to_string(), error.is_device_poisoned())
}

/// What it means that a tensor could not be copied from the device, which is when a deferred failure shows: as [`failure`].
pub fn read_failure(device: &Device, said: &str) -> Error {
    meaning(device, said, false)
}

fn meaning(device: &Device, said: &str, is_poisoned: bool) -> Error {
    // The causes follow one another, a line each, between markers and backtraces.
    let line =
        |words: &[&str]| said.lines().map(str::trim).find(|line| words.iter().any(|w| line.to_lowercase().contains(w))).map(str::to_owned);
    let backend = backend_of(device);
    if !is_poisoned && let Some(reason) = line(&["can't allocate", "out of device memory", "out of memory", "no room for"]) {
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
