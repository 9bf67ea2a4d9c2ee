//! What follows the gradients in a step, without a value that the host waits for: each member's norm, whether it takes the step, clipping, Adam (Kingma & Ba
//! 2014, algorithm 1) and the running average. The CPU's training does not come here: its sums are f64 on the host (`train/`). Own form against the CPU's slices: 1e-6.
//!
//! A member's counts and the numbers of its step lie in the **ledger** [M, 12], which stays on the device until it is read:
//!
//! | column | holds |
//! |---|---|
//! | 0 | 0, or the step (from 1) whose loss or gradient was not finite; such a member rests from then on |
//! | 1, 2, 3 | Σ loss · proteins, Σ right answers, Σ gradient norm, of the steps taken since the ledger was empty |
//! | 4, 5 | steps taken, proteins seen |
//! | 6 | loss of the last step |
//! | 7 | 1 where this step is taken |
//! | 8 | what the gradient is multiplied with: clipping |
//! | 9, 10, 11 | α / (1 − β₁ᵗ), 1 / (1 − β₂ᵗ), α · weight decay |

#[cfg(feature = "gpu")]
mod cube;
mod flex;

use burn::{
    backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor},
    tensor::{Device, Tensor, TensorData},
};

/// Columns of a ledger.
pub const COLUMNS: usize = 12;
/// Columns of the orders: whether to take the step, proteins, the numbers of columns 9 to 11, and the largest norm (0: any).
pub const ORDERS: usize = 6;
/// A learning rate from which a finite gradient may still give weights that are not finite: such a step is not taken.
pub const LARGEST_RATE: f32 = 1e36;

/// Constants of Adam.
#[derive(Clone, Copy, Debug)]
pub struct AdamNumbers {
    /// Decay of the first moment.
    pub beta1: f32,
    /// Decay of the second moment.
    pub beta2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
}

/// An empty ledger.
pub fn ledger(members: usize, device: &Device) -> Tensor<2> {
    Tensor::zeros([members, COLUMNS], device)
}

/// `so_far` [M, 1] + Σ of each member's squares of `gradient` [M, n].
pub fn add_squares(gradient: Tensor<2>, so_far: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::add_squares(gradient.into_dispatch(), so_far.into_dispatch()))
}

/// Who takes the step: the ledger after it. `orders` [M, 6], `squares`, `loss` and `right` [M, 1]; `step` from 1.
pub fn judge(ledger: Tensor<2>, orders: Vec<f32>, squares: Tensor<2>, loss: Tensor<2>, right: Tensor<2>, step: usize) -> Tensor<2> {
    let orders: Tensor<2> = Tensor::from_data(TensorData::new(orders, [ledger.dims()[0], ORDERS]), &ledger.device());
    let [ledger, orders, squares, loss, right] =
        [ledger.into_dispatch(), orders.into_dispatch(), squares.into_dispatch(), loss.into_dispatch(), right.into_dispatch()];
    Tensor::from_dispatch(Dispatch::judge(ledger, orders, squares, loss, right, step))
}

/// Weights and moments after the step, [M, n] each; those of a member that rests keep their bits.
pub fn adam(weights: Tensor<2>, moments: [Tensor<2>; 2], gradient: Tensor<2>, ledger: Tensor<2>, numbers: AdamNumbers) -> [Tensor<2>; 3] {
    let [first, second] = moments;
    let (weights, first, second) = Dispatch::adam(
        weights.into_dispatch(),
        first.into_dispatch(),
        second.into_dispatch(),
        gradient.into_dispatch(),
        ledger.into_dispatch(),
        numbers,
    );
    [weights, first, second].map(Tensor::from_dispatch)
}

/// average · decay + weights · (1 − decay), [M, n]; a member that rests keeps its average.
pub fn average(average: Tensor<2>, weights: Tensor<2>, ledger: Tensor<2>, decay: f32) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::average(average.into_dispatch(), weights.into_dispatch(), ledger.into_dispatch(), decay))
}

/// What a backend supplies; see the functions of these names.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"))]
pub trait UpdateOps: Backend {
    /// See [`add_squares`](fn@add_squares).
    fn add_squares(gradient: FloatTensor<Self>, so_far: FloatTensor<Self>) -> FloatTensor<Self>;
    /// See [`judge`](fn@judge).
    fn judge(
        ledger: FloatTensor<Self>,
        orders: FloatTensor<Self>,
        squares: FloatTensor<Self>,
        loss: FloatTensor<Self>,
        right: FloatTensor<Self>,
        step: usize,
    ) -> FloatTensor<Self>;
    /// See [`adam`](fn@adam).
    fn adam(
        weights: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        ledger: FloatTensor<Self>,
        numbers: AdamNumbers,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
    /// See [`average`](fn@average).
    fn average(average: FloatTensor<Self>, weights: FloatTensor<Self>, ledger: FloatTensor<Self>, decay: f32) -> FloatTensor<Self>;
}
