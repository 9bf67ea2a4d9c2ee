//! The last state of each direction: after residue T forward, after residue 1 in reverse.

use burn::{
    backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, tensor::FloatTensor},
    tensor::{Tensor, s},
};
use burn_autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn_flex::FlexTensor;

use super::{
    Lengths,
    flex::{self, Floats},
    indices, on_cpu,
};

/// y `[M, B, T, 2H]` → `[M, B, 2H]`; 0 where there is no protein.
pub fn last_states(y: Tensor<4>, lengths: Lengths) -> Tensor<3> {
    if !on_cpu(&y.device()) {
        return literal(y, &lengths);
    }
    Tensor::from_dispatch(Dispatch::last_states(y.into_dispatch(), lengths))
}

/// The same in plain burn operations (y is 0 where there is no protein).
pub fn literal(y: Tensor<4>, lengths: &[u32]) -> Tensor<3> {
    let [members, batch, residues, width] = y.dims();
    let device = y.device();
    let y = y.reshape([members * batch * residues, width]);
    let rows =
        |at: &dyn Fn(u32) -> usize| indices(lengths.iter().enumerate().map(|(row, &l)| (row * residues + at(l)) as i32).collect(), &device);
    let forward = y.clone().select(0, rows(&|l| l.max(1) as usize - 1)).slice(s![.., 0..width / 2]);
    let reverse = y.select(0, rows(&|_| 0)).slice(s![.., width / 2..width]);
    Tensor::cat(vec![forward, reverse], 1).reshape([members, batch, width])
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex)]
pub trait LastStatesOps: Backend {
    /// See [`last_states`](fn@last_states).
    fn last_states(y: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self>;
}

/// The gradient of [`LastStatesOps`].
pub trait LastStatesGrad: Backend {
    /// Gradient of y, [M, B, T, 2H].
    fn last_states_backward(dstates: FloatTensor<Self>, dims: [usize; 4], lengths: &[u32]) -> FloatTensor<Self>;
}

/// Where the two halves of a row's states begin in y.
fn places(row: usize, length: usize, [_, _, residues, width]: [usize; 4]) -> [usize; 2] {
    [(row * residues + length - 1) * width, row * residues * width + width / 2]
}

impl LastStatesOps for Flex {
    fn last_states(y: FlexTensor, lengths: Lengths) -> FlexTensor {
        let dims: [usize; 4] = y.shape().dims();
        let (y, width) = (Floats::new(y), dims[3]);
        let mut states = vec![0.0; dims[0] * dims[1] * width];
        for (row, &length) in lengths.iter().enumerate().filter(|(_, l)| **l > 0) {
            for (half, from) in places(row, length as usize, dims).into_iter().enumerate() {
                states[row * width + half * width / 2..][..width / 2].copy_from_slice(&y.slice()[from..from + width / 2]);
            }
        }
        flex::tensor(states, [dims[0], dims[1], width])
    }
}

impl LastStatesGrad for Flex {
    fn last_states_backward(dstates: FlexTensor, dims: [usize; 4], lengths: &[u32]) -> FlexTensor {
        let (dstates, width) = (Floats::new(dstates), dims[3]);
        let mut dy = vec![0.0; dims.iter().product()];
        for (row, &length) in lengths.iter().enumerate().filter(|(_, l)| **l > 0) {
            for (half, to) in places(row, length as usize, dims).into_iter().enumerate() {
                dy[to..to + width / 2].copy_from_slice(&dstates.slice()[row * width + half * width / 2..][..width / 2]);
            }
        }
        flex::tensor(dy, dims)
    }
}

#[derive(Debug)]
struct LastStates;
impl<B: LastStatesGrad> Backward<B, 1> for LastStates {
    type State = ([usize; 4], Lengths);
    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dstates = grads.consume::<B>(&ops.node);
        let [parent] = ops.parents;
        if let Some(parent) = parent {
            grads.register::<B>(parent.id, B::last_states_backward(dstates, ops.state.0, &ops.state.1));
        }
    }
}

impl<B: LastStatesOps + LastStatesGrad, C: CheckpointStrategy> LastStatesOps for Autodiff<B, C> {
    fn last_states(y: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self> {
        let nodes = [y.node()];
        let y = y.into_primitive();
        let dims = y.shape().dims();
        match LastStates.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((dims, lengths.clone()), B::last_states(y, lengths)),
            OpsKind::UnTracked(prep) => prep.finish(B::last_states(y, lengths)),
        }
    }
}
