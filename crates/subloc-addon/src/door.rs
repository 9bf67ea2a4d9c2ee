//! Panics stop at the doors: caught, silent, and told as an `INTERNAL` error.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind},
    sync::{Mutex, Once, PoisonError},
};

use subloc_model::Error;

use crate::outcome::Outcome;

/// Where the last panic happened. The hook runs on the panicking thread, which may be one of a pool, so the place is kept for whoever
/// catches it; two panics at once may swap their places, never their messages.
static LAST_PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Runs `work`; a panic in it becomes an `INTERNAL` error.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    quieten_panics();
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(internal(&*payload)))
}

/// A door on the JavaScript thread.
pub fn door<T>(work: impl FnOnce() -> Result<T, Error>) -> Outcome<T> {
    guarded(work).into()
}

fn internal(payload: &(dyn Any + Send)) -> Error {
    let what = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let what = what.unwrap_or("a panic without a message");
    let place = LAST_PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let place = place.unwrap_or_else(|| "an unknown place".into());
    Error::new(
        "INTERNAL",
        format!("this is a mistake in subloc-native, please report it: {what} (at {place})"),
        serde_json::json!({ "panic": what, "place": place }),
    )
}

/// The addon has its own copy of the standard library, so this hook sees the addon's panics alone. A panic that cannot unwind ends the
/// process; it is still printed, or nobody would learn why.
fn quieten_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if ends_the_process(info) {
                default(info);
            } else {
                *LAST_PLACE.lock().unwrap_or_else(PoisonError::into_inner) = info.location().map(ToString::to_string);
            }
        }));
    });
}

fn ends_the_process(info: &PanicHookInfo<'_>) -> bool {
    // The standard library's own words; `PanicHookInfo::can_unwind` is not stable.
    let message = info.payload_as_str().unwrap_or_default();
    message.starts_with("panic in a function that cannot unwind") || message.starts_with("panic in a destructor during cleanup")
}
