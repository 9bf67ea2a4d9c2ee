//! How the kernels of the running job compute: set once for the length of a job, on its own thread.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use lstm_kernels::{Isa, Kernel};

use super::lstm::LstmForm;

/// What the LSTM multiplies; it always adds in f32, and its cell state is f32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// f32: 24 significant bits. On a GPU without tensor cores.
    F32,
    /// On cuda: the factors of the products of a chunk, x W and the gradients of x, W and U, are rounded to 11 significant bits, to the nearest, ties away
    /// from zero, and multiplied by tensor cores.
    Tf32,
    /// Likewise with 8 significant bits, ties to even. On the CPU: x, h and the weights of the forward pass ([`lstm_kernels::Precision::Bf16`]).
    Bf16,
}

impl Precision {
    /// All, the exact one first.
    pub const ALL: [Self; 3] = [Self::F32, Self::Tf32, Self::Bf16];
    /// Its name in options.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Tf32 => "tf32",
            Self::Bf16 => "bf16",
        }
    }
    /// The precision of a name.
    ///
    /// # Errors
    /// `INVALID_OPTION`.
    pub fn of(name: &str) -> Result<Self, crate::Error> {
        Self::ALL.into_iter().find(|precision| precision.name() == name).ok_or_else(|| {
            let facts = serde_json::json!({ "option": "precision", "value": name, "allowed": Self::ALL.map(Self::name) });
            crate::Error::new("INVALID_OPTION", format!("precision: '{name}' is not one of f32, tf32, bf16"), facts)
        })
    }
}

/// Instruction set, precision and cancel flag of a job.
#[derive(Clone, Debug)]
pub struct Context {
    /// For the CPU kernels.
    pub isa: Isa,
    /// Of the LSTM; [`crate::device::check_precision`] tells whether a device has it.
    pub precision: Precision,
    /// On a GPU, products in tf32 and bf16 are what tensor cores would give, without any: how they are tested.
    pub imitate_tensor_cores: bool,
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
            imitate_tensor_cores: false,
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
    let precision = match context.precision {
        Precision::Bf16 => lstm_kernels::Precision::Bf16,
        Precision::F32 | Precision::Tf32 => lstm_kernels::Precision::F32,
    };
    work(Kernel::new(context.isa, Some(&context.cancel)).with_precision(precision))
}
