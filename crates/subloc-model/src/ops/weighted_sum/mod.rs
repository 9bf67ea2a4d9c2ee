//! context = Σ_t α_t h_t, eq. (13). Own form against literal: 1e-5 of the largest value.

#[cfg(feature = "gpu")]
mod cube;

use burn::{
    backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, tensor::FloatTensor},
    tensor::Tensor,
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
};

/// α `[M, B, T]` (0 beyond a length), h `[M, B, T, U]` → `[M, B, U]`.
pub fn weighted_sum(alpha: Tensor<3>, h: Tensor<4>, lengths: Lengths) -> Tensor<3> {
    Tensor::from_dispatch(Dispatch::weighted_sum(alpha.into_dispatch(), h.into_dispatch(), lengths))
}

/// The same in plain burn operations.
pub fn literal(alpha: Tensor<3>, h: Tensor<4>) -> Tensor<3> {
    (alpha.unsqueeze_dim::<4>(3) * h).sum_dim(2).squeeze_dim::<3>(2)
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex, Cube: cfg(feature = "gpu"))]
pub trait WeightedSumOps: Backend {
    /// See [`weighted_sum`](fn@weighted_sum).
    fn weighted_sum(alpha: FloatTensor<Self>, h: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self>;
}

/// The gradient of [`WeightedSumOps`].
pub trait WeightedSumGrad: Backend {
    /// Gradients of α and h.
    fn weighted_sum_backward(
        alpha: FloatTensor<Self>,
        h: FloatTensor<Self>,
        dcontext: FloatTensor<Self>,
        lengths: &[u32],
    ) -> [FloatTensor<Self>; 2];
}

impl WeightedSumOps for Flex {
    fn weighted_sum(alpha: FlexTensor, h: FlexTensor, lengths: Lengths) -> FlexTensor {
        let [members, batch, residues, units] = h.shape().dims();
        let (alpha, h) = (Floats::new(alpha), Floats::new(h));
        let mut sum = vec![0.0; members * batch * units];
        context::kernel(|k| attention::weighted_sum(k, &lengths, residues, units, alpha.slice(), h.slice(), &mut sum));
        flex::tensor(sum, [members, batch, units])
    }
}

impl WeightedSumGrad for Flex {
    fn weighted_sum_backward(alpha: FlexTensor, h: FlexTensor, dcontext: FlexTensor, lengths: &[u32]) -> [FlexTensor; 2] {
        let dims: [usize; 4] = h.shape().dims();
        let (alpha, h, dcontext) = (Floats::new(alpha), Floats::new(h), Floats::new(dcontext));
        let (mut dalpha, mut dh) = (vec![0.0; alpha.slice().len()], vec![0.0; h.slice().len()]);
        context::kernel(|k| {
            attention::weighted_sum_backward(
                k,
                lengths,
                dims[2],
                dims[3],
                alpha.slice(),
                h.slice(),
                dcontext.slice(),
                &mut dalpha,
                &mut dh,
            );
        });
        [flex::tensor(dalpha, [dims[0], dims[1], dims[2]]), flex::tensor(dh, dims)]
    }
}

#[derive(Debug)]
struct WeightedSum;
impl<B: WeightedSumGrad> Backward<B, 2> for WeightedSum {
    type State = (FloatTensor<B>, FloatTensor<B>, Lengths);
    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (alpha, h, lengths) = ops.state;
        let dcontext = grads.consume::<B>(&ops.node);
        for (parent, gradient) in ops.parents.into_iter().zip(B::weighted_sum_backward(alpha, h, dcontext, &lengths)) {
            if let Some(parent) = parent {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

impl<B: WeightedSumOps + WeightedSumGrad, C: CheckpointStrategy> WeightedSumOps for Autodiff<B, C> {
    fn weighted_sum(alpha: FloatTensor<Self>, h: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self> {
        let nodes = [alpha.node(), h.node()];
        let (alpha, h) = (alpha.into_primitive(), h.into_primitive());
        match WeightedSum.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let sum = B::weighted_sum(alpha.clone(), h.clone(), lengths.clone());
                prep.finish((alpha, h, lengths), sum)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::weighted_sum(alpha, h, lengths)),
        }
    }
}
