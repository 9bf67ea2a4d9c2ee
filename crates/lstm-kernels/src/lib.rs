//! The recurrence, the residue convolution, attention, dropout and their gradients on plain `f32` slices.
//!
//! Axes: **M** members · **B** proteins · **T** residues (padded to the longest of the batch) · **I** input features ·
//! **H** LSTM units a direction · **O** outputs. `lengths` is `[M, B]`; 0 means that the batch has no protein there. Everything beyond a
//! length is zero and has no gradient.
//!
//! **Order.** Every output element is a sum whose order depends on nothing but its own protein (forward) or the proteins of its own
//! member's batch (weight gradients): not on the thread count, the padding, the other rows or the other members. Blocked kernels go on from
//! the stored sum and never split it. For one [`Isa`] and [`Precision`] the results are therefore the same to the
//! bit; in bf16 a processor that multiplies bf16 and one that does not count as two.
//!
//! Parallel work goes to the current rayon pool.

#![warn(missing_docs)]

pub mod activation;
pub mod attention;
pub mod attention_scores;
pub mod dropout;
mod isa;
pub mod linear;
pub mod lstm;
pub mod philox;
mod precision;
pub mod product;
pub mod reference;
pub mod residue_conv;
mod simd;

pub use isa::{Isa, UnknownIsa};
pub use precision::{Precision, UnknownPrecision, to_bf16};

use std::sync::atomic::{AtomicBool, Ordering};

/// How a kernel runs: the instruction set, the precision of the recurrence, and the flag that stops it early.
#[derive(Clone, Copy, Debug)]
pub struct Kernel<'a> {
    /// Must be supported by this processor ([`Isa::is_supported`]); [`Kernel::new`] checks it.
    isa: Isa,
    precision: Precision,
    cancel: Option<&'a AtomicBool>,
}

impl<'a> Kernel<'a> {
    /// A kernel context for `isa`, or the portable one where this processor lacks it; in `f32`.
    pub fn new(isa: Isa, cancel: Option<&'a AtomicBool>) -> Self {
        let isa = if isa.is_supported() { isa } else { Isa::Portable };
        Self { isa, precision: Precision::F32, cancel }
    }

    /// The same in another precision; only the forward pass of the LSTM heeds it.
    pub fn with_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// The precision of the recurrence.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The instruction set in use.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    fn check(&self) -> Result<(), Cancelled> {
        match self.cancel {
            Some(flag) if flag.load(Ordering::Relaxed) => Err(Cancelled),
            _ => Ok(()),
        }
    }
}

/// The cancel flag was seen; the outputs are incomplete and must not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled")
    }
}
impl std::error::Error for Cancelled {}
