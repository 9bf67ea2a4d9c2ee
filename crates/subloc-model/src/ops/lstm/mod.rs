//! The bidirectional LSTM, eq. (1)–(6): both directions of all members in one operation.
//!
//! lstm(x [M,B,T,I], w_ih [M,2,4H,I], w_hh [M,2,4H,H], bias [M,2,4H], lengths [M,B]) → y [M,B,T,2H]. Gates i, f, g, o. The reverse direction starts at
//! each protein's last real residue. Beyond a length y is 0 and no gradient flows. lstm_last gives the state after each direction's last residue alone,
//! [M,B,2H], 0 where there is no protein, and never makes y. Own form against literal: 2e-5 of the largest value.

#[cfg(feature = "gpu")]
mod cube;
mod flex;
mod literal;

use burn::{
    backend::{Autodiff, Backend, Dispatch, backend_extension, tensor::FloatTensor},
    tensor::Tensor,
};
use burn_autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
pub use literal::{literal, literal_last};
use lstm_kernels::lstm::States;

use super::Lengths;

/// How the recurrence runs on a GPU; the rule stands in `cube/mod.rs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LstmForm {
    /// The rule chooses.
    #[default]
    Auto,
    /// One launch a time step: any H.
    PerStep,
    /// Many steps a launch, where the device has the room; else a launch a step.
    WholeSequence,
}

/// The states of every residue; see the module.
pub fn lstm(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: Lengths) -> Tensor<4> {
    own(x, w_ih, w_hh, bias, lengths, States::All)
}

/// The last state of each direction: after residue T forward, after residue 1 in reverse; see the module.
pub fn lstm_last(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: Lengths) -> Tensor<3> {
    own(x, w_ih, w_hh, bias, lengths, States::Last)
}

fn own<const D: usize>(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: Lengths, states: States) -> Tensor<D> {
    let [x, w_ih, w_hh, bias] = [x.into_dispatch(), w_ih.into_dispatch(), w_hh.into_dispatch(), bias.into_dispatch()];
    Tensor::from_dispatch(Dispatch::lstm(x, w_ih, w_hh, bias, lengths, states))
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex, Cube: cfg(feature = "gpu"))]
pub trait LstmOps: Backend {
    /// See [`lstm`](fn@lstm) and [`lstm_last`].
    fn lstm(
        x: FloatTensor<Self>,
        w_ih: FloatTensor<Self>,
        w_hh: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        lengths: Lengths,
        states: States,
    ) -> FloatTensor<Self>;
}

/// The forward that keeps its gates, and the gradient.
pub trait LstmGrad: Backend {
    /// y and the cache for [`LstmGrad::lstm_backward`].
    fn lstm_keeping(
        x: FloatTensor<Self>,
        w_ih: FloatTensor<Self>,
        w_hh: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        lengths: &[u32],
        states: States,
    ) -> (FloatTensor<Self>, Vec<FloatTensor<Self>>);
    /// Gradients of x, w_ih, w_hh and bias.
    fn lstm_backward(kept: Kept<Self>, dy: FloatTensor<Self>) -> [FloatTensor<Self>; 4];
}

/// What the backward pass needs.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the tensors of the module's contract")]
pub struct Kept<B: Backend> {
    pub x: FloatTensor<B>,
    pub w_ih: FloatTensor<B>,
    pub w_hh: FloatTensor<B>,
    pub cache: Vec<FloatTensor<B>>,
    pub lengths: Lengths,
    pub states: States,
}

#[derive(Debug)]
struct Lstm;
impl<B: LstmGrad> Backward<B, 4> for Lstm {
    type State = Kept<B>;
    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<B>(&ops.node);
        for (parent, gradient) in ops.parents.into_iter().zip(B::lstm_backward(ops.state, dy)) {
            if let Some(parent) = parent {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

impl<B: LstmOps + LstmGrad, C: CheckpointStrategy> LstmOps for Autodiff<B, C> {
    fn lstm(
        x: FloatTensor<Self>,
        w_ih: FloatTensor<Self>,
        w_hh: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        lengths: Lengths,
        states: States,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), w_ih.node(), w_hh.node(), bias.node()];
        let [x, w_ih, w_hh, bias] = [x, w_ih, w_hh, bias].map(|t| t.into_primitive());
        match Lstm.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (y, cache) = B::lstm_keeping(x.clone(), w_ih.clone(), w_hh.clone(), bias, &lengths, states);
                prep.finish(Kept { x, w_ih, w_hh, cache, lengths, states }, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::lstm(x, w_ih, w_hh, bias, lengths, states)),
        }
    }
}
