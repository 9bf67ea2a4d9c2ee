//! Inverted dropout whose mask is a pure function of (member seed, step, layer, record, residue, unit); see `lstm_kernels::dropout`.

#[cfg(feature = "gpu")]
mod cube;

use std::sync::Arc;

use burn::{
    backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, tensor::FloatTensor},
    tensor::{Tensor, TensorData},
};
use burn_autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn_flex::FlexTensor;
use lstm_kernels::dropout::{self, Mask};

use super::{
    Lengths, context,
    flex::{self, Floats},
};

/// Which elements are dropped; the fields of [`Mask`] that outlive a call.
#[derive(Clone, Debug)]
pub struct DropoutMask {
    /// 0 ≤ p < 1.
    pub p: f32,
    /// Which dropout of the network.
    pub layer: u32,
    /// [M]
    pub seeds: Arc<[u64]>,
    /// [M]
    pub steps: Arc<[u32]>,
    /// [M, B]
    pub records: Arc<[u32]>,
    /// [M, B]
    pub lengths: Lengths,
}

impl DropoutMask {
    /// The kernel's view.
    pub fn mask(&self) -> Mask<'_> {
        Mask { p: self.p, layer: self.layer, seeds: &self.seeds, steps: &self.steps, records: &self.records }
    }

    fn apply(&self, dims: [usize; 4], x: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        context::kernel(|k| dropout::apply(k, &self.mask(), &self.lengths, dims[2], dims[3], x, &mut out));
        out
    }
}

/// x `[M, B, T, U]` → x ⊙ mask / (1 − p); 0 beyond a length.
pub fn dropout(x: Tensor<4>, mask: DropoutMask) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::dropout(x.into_dispatch(), mask))
}

/// A product with the mask, which the host makes: the same mask on every device.
pub fn literal(x: Tensor<4>, mask: &DropoutMask) -> Tensor<4> {
    let dims = x.dims();
    let mask = mask.apply(dims, &vec![1.0; dims.iter().product()]);
    let mask = Tensor::from_data(TensorData::new(mask, dims), &x.device());
    x * mask
}

/// What a backend supplies; the gradient is the same map.
#[backend_extension(Autodiff, Flex, Cube: cfg(feature = "gpu"))]
pub trait DropoutOps: Backend {
    /// See [`dropout`](fn@dropout).
    fn dropout(x: FloatTensor<Self>, mask: DropoutMask) -> FloatTensor<Self>;
}

impl DropoutOps for Flex {
    fn dropout(x: FlexTensor, mask: DropoutMask) -> FlexTensor {
        let dims = x.shape().dims();
        flex::tensor(mask.apply(dims, Floats::new(x).slice()), dims)
    }
}

#[derive(Debug)]
struct Dropout;
impl<B: DropoutOps> Backward<B, 1> for Dropout {
    type State = DropoutMask;
    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<B>(&ops.node);
        let [parent] = ops.parents;
        if let Some(parent) = parent {
            grads.register::<B>(parent.id, B::dropout(dy, ops.state));
        }
    }
}

impl<B: DropoutOps, C: CheckpointStrategy> DropoutOps for Autodiff<B, C> {
    fn dropout(x: FloatTensor<Self>, mask: DropoutMask) -> FloatTensor<Self> {
        let nodes = [x.node()];
        let x = x.into_primitive();
        match Dropout.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(mask.clone(), B::dropout(x, mask)),
            OpsKind::UnTracked(prep) => prep.finish(B::dropout(x, mask)),
        }
    }
}
