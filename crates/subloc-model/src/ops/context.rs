//! How the kernels of the running job compute: set once for the length of a job, on its own thread.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use lstm_kernels::{Isa, Kernel, Precision};

use super::lstm::LstmForm;

/// Instruction set, precision and cancel flag of a job.
#[derive(Clone, Debug)]
pub struct Context {
    /// For the CPU kernels.
    pub isa: Isa,
    /// Of the recurrence on the CPU.
    pub precision: Precision,
    /// Stops long kernels; what they leave must then be dropped.
    pub cancel: Arc<AtomicBool>,
    /// How the recurrence runs on a GPU.
    pub lstm_form: LstmForm,
    /// On a GPU an array of more bytes fails as one of more bytes than the device has; none: nothing fails that fits. How memory that runs out is tested.
    pub largest_allocation: Option<usize>,
}

impl Context {
    /// The best instruction set, `f32`, and a flag of its own.
    pub fn detect() -> Self {
        Self {
            isa: Isa::detect(),
            precision: Precision::F32,
            cancel: Arc::default(),
            lstm_form: crate::device::lstm_form(),
            largest_allocation: None,
        }
    }
    /// Whether the job has been asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// Runs `work` with `context` for the operations that it calls on this thread; the one before comes back afterwards, also after a panic.
pub fn with<R>(context: Context, work: impl FnOnce() -> R) -> R {
    struct Restore(Option<Context>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.with(|current| *current.borrow_mut() = self.0.take());
        }
    }
    let _restore = Restore(CURRENT.with(|current| current.replace(Some(context))));
    work()
}

/// The context in force, or [`Context::detect`] outside a job.
pub fn current() -> Context {
    CURRENT.with(|current| current.borrow().clone()).unwrap_or_else(Context::detect)
}

/// Calls `work` with the kernel of the context in force.
pub(crate) fn kernel<R>(work: impl FnOnce(Kernel) -> R) -> R {
    let context = current();
    work(Kernel::new(context.isa, Some(&context.cancel)).with_precision(context.precision))
}
