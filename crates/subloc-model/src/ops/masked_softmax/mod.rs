//! α = softmax of the attention scores over each protein's real residues, eq. (12). Own form against literal: 1e-6.

#[cfg(feature = "gpu")]
mod cube;

use burn::{
    backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, tensor::FloatTensor},
    tensor::{Tensor, activation::softmax},
};
use burn_autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn_flex::FlexTensor;
use lstm_kernels::attention;

use super::{
    Lengths, context,
    flex::{self, Floats},
    length_mask,
};

/// scores `[M, B, T]` → α `[M, B, T]`; 0 beyond a length.
pub fn masked_softmax(scores: Tensor<3>, lengths: Lengths) -> Tensor<3> {
    Tensor::from_dispatch(Dispatch::masked_softmax(scores.into_dispatch(), lengths))
}

/// The same in plain burn operations: a large negative number beyond each length.
pub fn literal(scores: Tensor<3>, lengths: &[u32]) -> Tensor<3> {
    let mask = length_mask(lengths, scores.dims(), &scores.device()).squeeze_dim::<3>(3);
    softmax(scores * mask.clone() + (mask.clone() - 1.0) * 1e9, 2) * mask
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex, Cube: cfg(feature = "gpu"))]
pub trait MaskedSoftmaxOps: Backend {
    /// See [`masked_softmax`](fn@masked_softmax).
    fn masked_softmax(scores: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self>;
}

/// The gradient of [`MaskedSoftmaxOps`].
pub trait MaskedSoftmaxGrad: Backend {
    /// Gradient of the scores from α and its gradient.
    fn masked_softmax_backward(alpha: FloatTensor<Self>, dalpha: FloatTensor<Self>, lengths: &[u32]) -> FloatTensor<Self>;
}

impl MaskedSoftmaxOps for Flex {
    fn masked_softmax(scores: FlexTensor, lengths: Lengths) -> FlexTensor {
        let dims: [usize; 3] = scores.shape().dims();
        let scores = Floats::new(scores);
        let mut alpha = vec![0.0; scores.slice().len()];
        context::kernel(|k| attention::masked_softmax(k, &lengths, dims[2], scores.slice(), &mut alpha));
        flex::tensor(alpha, dims)
    }
}

impl MaskedSoftmaxGrad for Flex {
    fn masked_softmax_backward(alpha: FlexTensor, dalpha: FlexTensor, lengths: &[u32]) -> FlexTensor {
        let dims: [usize; 3] = alpha.shape().dims();
        let (alpha, dalpha) = (Floats::new(alpha), Floats::new(dalpha));
        let mut dscores = vec![0.0; alpha.slice().len()];
        context::kernel(|k| attention::masked_softmax_backward(k, lengths, dims[2], alpha.slice(), dalpha.slice(), &mut dscores));
        flex::tensor(dscores, dims)
    }
}

#[derive(Debug)]
struct MaskedSoftmax;
impl<B: MaskedSoftmaxGrad> Backward<B, 1> for MaskedSoftmax {
    type State = (FloatTensor<B>, Lengths);
    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dalpha = grads.consume::<B>(&ops.node);
        let [parent] = ops.parents;
        if let Some(parent) = parent {
            grads.register::<B>(parent.id, B::masked_softmax_backward(ops.state.0, dalpha, &ops.state.1));
        }
    }
}

impl<B: MaskedSoftmaxOps + MaskedSoftmaxGrad, C: CheckpointStrategy> MaskedSoftmaxOps for Autodiff<B, C> {
    fn masked_softmax(scores: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self> {
        let nodes = [scores.node()];
        let alpha = B::masked_softmax(scores.into_primitive(), lengths.clone());
        match MaskedSoftmax.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((alpha.clone(), lengths), alpha),
            OpsKind::UnTracked(prep) => prep.finish(alpha),
        }
    }
}
