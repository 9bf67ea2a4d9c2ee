//! `y = x wᵀ + bias` in a fixed order: a protein's outputs do not depend on the proteins beside it, a member's gradient not on the other members.
//! Own form against literal: 1e-5 of the largest value.

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
use lstm_kernels::linear::{self, Shape};

use super::{
    Lengths, context,
    flex::{self, Floats},
    length_mask,
};

/// x `[M, B, T, I]`, weight `[M, O, I]`, bias `[M, O]` → `[M, B, T, O]`; 0 beyond a length.
pub fn linear(x: Tensor<4>, weight: Tensor<3>, bias: Tensor<2>, lengths: Lengths) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::linear(x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch(), lengths))
}

/// The same in plain burn operations.
pub fn literal(x: Tensor<4>, weight: Tensor<3>, bias: Tensor<2>, lengths: &[u32]) -> Tensor<4> {
    let [members, batch, residues, input] = x.dims();
    let [_, output, _] = weight.dims();
    let mask = length_mask(lengths, [members, batch, residues], &x.device());
    let y = x.reshape([members, batch * residues, input]).matmul(weight.swap_dims(1, 2)) + bias.reshape([members, 1, output]);
    y.reshape([members, batch, residues, output]) * mask
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex, Cube: cfg(feature = "gpu"))]
pub trait LinearOps: Backend {
    /// See [`linear`].
    fn linear(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self>;
}

/// The gradient of [`LinearOps::linear`].
pub trait LinearGrad: Backend {
    /// Gradients of x, weight and bias.
    fn linear_backward(x: FloatTensor<Self>, weight: FloatTensor<Self>, dy: FloatTensor<Self>, lengths: &[u32]) -> [FloatTensor<Self>; 3];
}

fn shape(x: &FlexTensor, weight: &FlexTensor) -> Shape {
    let [members, batch, residues, input] = x.shape().dims();
    let [_, output, _] = weight.shape().dims();
    Shape { members, batch, residues, input, output }
}

impl LinearOps for Flex {
    fn linear(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, lengths: Lengths) -> FlexTensor {
        let shape = shape(&x, &weight);
        let Shape { members, batch, residues, output, .. } = shape;
        let (x, weight, bias) = (Floats::new(x), Floats::new(weight), Floats::new(bias));
        let mut y = vec![0.0; members * batch * residues * output];
        // Cancelled: the caller drops the step.
        let _ = context::kernel(|k| linear::forward(k, &shape, x.slice(), weight.slice(), bias.slice(), &lengths, &mut y));
        flex::tensor(y, [members, batch, residues, output])
    }
}

impl LinearGrad for Flex {
    fn linear_backward(x: FlexTensor, weight: FlexTensor, dy: FlexTensor, lengths: &[u32]) -> [FlexTensor; 3] {
        let shape = shape(&x, &weight);
        let Shape { members, batch, residues, input, output } = shape;
        let (x, weight, dy) = (Floats::new(x), Floats::new(weight), Floats::new(dy));
        let found = context::kernel(|k| linear::backward(k, &shape, x.slice(), weight.slice(), lengths, dy.slice())).unwrap_or_else(|_| {
            linear::Gradients { x: vec![0.0; x.slice().len()], weight: vec![0.0; weight.slice().len()], bias: vec![0.0; members * output] }
        });
        [
            flex::tensor(found.x, [members, batch, residues, input]),
            flex::tensor(found.weight, [members, output, input]),
            flex::tensor(found.bias, [members, output]),
        ]
    }
}

#[derive(Debug)]
struct Linear;
impl<B: LinearGrad> Backward<B, 3> for Linear {
    type State = (FloatTensor<B>, FloatTensor<B>, Lengths);
    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (x, weight, lengths) = ops.state;
        let dy = grads.consume::<B>(&ops.node);
        for (parent, gradient) in ops.parents.into_iter().zip(B::linear_backward(x, weight, dy, &lengths)) {
            if let Some(parent) = parent {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

impl<B: LinearOps + LinearGrad, C: CheckpointStrategy> LinearOps for Autodiff<B, C> {
    fn linear(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let (x, weight, bias) = (x.into_primitive(), weight.into_primitive(), bias.into_primitive());
        match Linear.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let y = <B as LinearOps>::linear(x.clone(), weight.clone(), bias, lengths.clone());
                prep.finish((x, weight, lengths), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(<B as LinearOps>::linear(x, weight, bias, lengths)),
        }
    }
}
