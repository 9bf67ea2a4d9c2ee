//! One job, one `std::thread`: not libuv's pool (four threads, and a panic there aborts Node), not tokio.
//!
//! The promise keeps the process alive, the events do not. When the environment goes (`process.exit()`, the end of a worker), the job is
//! cancelled and its promise and events are forgotten; the library itself stays loaded (`-z nodelete`), so the thread may finish.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
    mpsc,
};

use napi::{
    bindgen_prelude::*,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use napi_derive::napi;
use subloc_model::Error as ModelError;

use crate::{
    door::guarded,
    events::{BindingEvent, EventQueue},
    outcome::Settled,
};

/// Rings for JavaScript: holds no process alive; one ring that waits is enough, so the queue is one long.
type Bell = ThreadsafeFunction<(), (), FnArgs<(Vec<BindingEvent>,)>, Status, false, true, 1>;

type Resolver<T> = Box<dyn FnOnce(Env) -> Result<Settled<T, BindingEvent>> + Send>;

/// A handle of a piece of work: cancels it, and receives its events.
#[napi]
pub struct BindingJob {
    cancel: Arc<AtomicBool>,
    queue: Arc<EventQueue>,
    /// The job takes it and drops it at its end. A handle that kept it would live for ever, with all that its listener can see: the bell holds the
    /// listener, whose closure holds the handle, and the garbage collector does not see through the bell.
    bell: Mutex<Option<Bell>>,
}

#[napi]
impl BindingJob {
    /// `onEvents` is called on the JavaScript thread with the events that wait; those left over come with the result.
    #[napi(constructor)]
    pub fn new(
        #[napi(ts_arg_type = "(events: BindingEvent[]) => void")] on_events: Function<'_, FnArgs<(Vec<BindingEvent>,)>, ()>,
    ) -> Result<Self> {
        let cancel = Arc::<AtomicBool>::default();
        let queue = Arc::<EventQueue>::default();
        let (waiting, leaving) = (queue.clone(), CancelOnDrop(cancel.clone()));
        let bell =
            on_events.build_threadsafe_function::<()>().weak::<true>().callee_handled::<false>().max_queue_size::<1>().build_callback(
                move |_| {
                    let _ = &leaving;
                    Ok(FnArgs::from((waiting.take(),)))
                },
            )?;
        Ok(Self { cancel, queue, bell: Mutex::new(Some(bell)) })
    }

    /// Asks the job to stop; its result becomes a `CANCELLED` error within a second. Idempotent.
    #[napi]
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

impl BindingJob {
    /// Runs `work` on a new thread; the promise resolves with its outcome. A handle has one job only: the bell goes with it and
    /// leaves the handle cancelled, so that a second would end at once and nobody would hear of it.
    pub fn run<'env, T>(
        &self,
        env: &'env Env,
        work: impl FnOnce(&JobContext) -> std::result::Result<T, ModelError> + Send + 'static,
    ) -> Result<Object<'env>>
    where
        T: ToNapiValue + Send + 'static,
    {
        let bell = self.bell.lock().unwrap_or_else(PoisonError::into_inner).take();
        let context = JobContext { cancel: self.cancel.clone(), queue: self.queue.clone(), bell };
        let queue = self.queue.clone();
        on_a_thread(env, move || (guarded(|| work(&context)), queue))
    }
}

/// Runs `work` on a new thread without events: reading and writing model files.
pub fn run_quietly<T>(env: &Env, work: impl FnOnce() -> std::result::Result<T, ModelError> + Send + 'static) -> Result<Object<'_>>
where
    T: ToNapiValue + Send + 'static,
{
    on_a_thread(env, move || (guarded(work), Arc::default()))
}

fn on_a_thread<T>(
    env: &Env,
    work: impl FnOnce() -> (std::result::Result<T, ModelError>, Arc<EventQueue>) + Send + 'static,
) -> Result<Object<'_>>
where
    T: ToNapiValue + Send + 'static,
{
    // The thread comes first: a promise whose thread cannot start would keep the process alive for ever.
    let (hand_over, handed_over) = mpsc::sync_channel::<Box<dyn FnOnce() + Send>>(1);
    std::thread::Builder::new()
        .name("subloc-job".into())
        .spawn(move || {
            if let Ok(work) = handed_over.recv() {
                work();
            }
        })
        .map_err(|reason| Error::from_reason(format!("cannot start a thread: {reason}")))?;
    let (deferred, promise) = env.create_deferred::<Settled<T, BindingEvent>, Resolver<T>>()?;
    let work = Box::new(move || {
        let (result, queue) = work();
        deferred.resolve(Box::new(move |_| Ok(Settled { outcome: result.into(), events: queue.take() })));
    });
    // The receiver is alive: it waits in the thread that has just started.
    let _ = hand_over.send(work);
    Ok(promise)
}

/// What a job's work sees of its handle.
pub struct JobContext {
    /// Set when the job must stop.
    pub cancel: Arc<AtomicBool>,
    queue: Arc<EventQueue>,
    bell: Option<Bell>,
}

impl JobContext {
    /// Sends an event to JavaScript.
    pub fn emit(&self, event: BindingEvent) {
        if self.queue.push(event)
            && let Some(bell) = &self.bell
        {
            // A full queue means that a ring is on its way, a closing one that nobody listens any more.
            let _ = bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// Lives in the bell's callback, which the environment drops when it goes (and the job at its end).
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
