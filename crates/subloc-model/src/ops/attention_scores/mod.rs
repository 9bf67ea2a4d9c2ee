//! a_t = tanh(h_t W_a) v_aᵀ, eq. (11): one operation, so that nothing of size [M, B, T, A] is made but what the gradient needs of the real residues.
//! Own form against literal: 2e-5 of the largest value.

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
use lstm_kernels::attention_scores::{self, Shape};

use super::{
    Lengths, context,
    flex::{self, Floats},
    linear,
};

/// h `[M, B, T, U]`, W_a `[M, A, U]`, v_a `[M, 1, A]` → `[M, B, T]`; 0 beyond a length.
pub fn attention_scores(h: Tensor<4>, w: Tensor<3>, v: Tensor<3>, lengths: Lengths) -> Tensor<3> {
    Tensor::from_dispatch(Dispatch::attention_scores(h.into_dispatch(), w.into_dispatch(), v.into_dispatch(), lengths))
}

/// The same in plain burn operations.
pub fn literal(h: Tensor<4>, w: Tensor<3>, v: Tensor<3>, lengths: &[u32]) -> Tensor<3> {
    let [members, attention, _] = w.dims();
    let zeros = |n: usize| Tensor::zeros([members, n], &h.device());
    let hidden = linear::literal(h.clone(), w, zeros(attention), lengths).tanh();
    linear::literal(hidden, v, zeros(1), lengths).squeeze_dim(3)
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex, Cube: cfg(feature = "gpu"))]
pub trait AttentionScoresOps: Backend {
    /// See [`attention_scores`](fn@attention_scores).
    fn attention_scores(h: FloatTensor<Self>, w: FloatTensor<Self>, v: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self>;
}

/// The forward that keeps what the gradient needs, and the gradient.
pub trait AttentionScoresGrad: Backend {
    /// Scores, and tanh(h W_a) of the real residues.
    fn attention_scores_keeping(
        h: FloatTensor<Self>,
        w: FloatTensor<Self>,
        v: FloatTensor<Self>,
        lengths: &[u32],
    ) -> [FloatTensor<Self>; 2];
    /// Gradients of h, W_a and v_a.
    fn attention_scores_backward(kept: Kept<Self>, dscores: FloatTensor<Self>) -> [FloatTensor<Self>; 3];
}

/// What the backward pass needs.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the tensors of the module's contract")]
pub struct Kept<B: Backend> {
    pub h: FloatTensor<B>,
    pub w: FloatTensor<B>,
    pub v: FloatTensor<B>,
    pub hidden: FloatTensor<B>,
    pub lengths: Lengths,
}

fn shape(h: &FlexTensor, w: &FlexTensor) -> Shape {
    let [members, batch, residues, units] = h.shape().dims();
    let [_, attention, _] = w.shape().dims();
    Shape { members, batch, residues, units, attention }
}

impl AttentionScoresOps for Flex {
    fn attention_scores(h: FlexTensor, w: FlexTensor, v: FlexTensor, lengths: Lengths) -> FlexTensor {
        let [scores, _] = Self::attention_scores_keeping(h, w, v, &lengths);
        scores
    }
}

impl AttentionScoresGrad for Flex {
    fn attention_scores_keeping(h: FlexTensor, w: FlexTensor, v: FlexTensor, lengths: &[u32]) -> [FlexTensor; 2] {
        let shape = shape(&h, &w);
        let Shape { members, batch, residues, .. } = shape;
        let (h, w, v) = (Floats::new(h), Floats::new(w), Floats::new(v));
        let mut scores = vec![0.0; members * batch * residues];
        // Cancelled: the caller drops the step.
        let kept = context::kernel(|k| attention_scores::forward(k, &shape, h.slice(), w.slice(), v.slice(), lengths, &mut scores))
            .unwrap_or_default();
        let n = kept.len();
        [flex::tensor(scores, [members, batch, residues]), flex::tensor(kept, [n])]
    }

    fn attention_scores_backward(kept: Kept<Self>, dscores: FlexTensor) -> [FlexTensor; 3] {
        let shape = shape(&kept.h, &kept.w);
        let Shape { members, batch, residues, units, attention } = shape;
        let Kept { h, w, v, hidden, lengths } = kept;
        let [h, w, v, hidden, dscores] = [h, w, v, hidden, dscores].map(Floats::new);
        let found = context::kernel(|k| {
            attention_scores::backward(k, &shape, h.slice(), w.slice(), v.slice(), &lengths, hidden.slice(), dscores.slice())
        })
        .unwrap_or_else(|_| attention_scores::Gradients {
            h: vec![0.0; h.slice().len()],
            w: vec![0.0; w.slice().len()],
            v: vec![0.0; v.slice().len()],
        });
        [
            flex::tensor(found.h, [members, batch, residues, units]),
            flex::tensor(found.w, [members, attention, units]),
            flex::tensor(found.v, [members, 1, attention]),
        ]
    }
}

#[derive(Debug)]
struct AttentionScores;
impl<B: AttentionScoresGrad> Backward<B, 3> for AttentionScores {
    type State = Kept<B>;
    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dscores = grads.consume::<B>(&ops.node);
        for (parent, gradient) in ops.parents.into_iter().zip(B::attention_scores_backward(ops.state, dscores)) {
            if let Some(parent) = parent {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

impl<B: AttentionScoresOps + AttentionScoresGrad, C: CheckpointStrategy> AttentionScoresOps for Autodiff<B, C> {
    fn attention_scores(h: FloatTensor<Self>, w: FloatTensor<Self>, v: FloatTensor<Self>, lengths: Lengths) -> FloatTensor<Self> {
        let nodes = [h.node(), w.node(), v.node()];
        let [h, w, v] = [h, w, v].map(|t| t.into_primitive());
        match AttentionScores.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let [scores, hidden] = B::attention_scores_keeping(h.clone(), w.clone(), v.clone(), &lengths);
                prep.finish(Kept { h, w, v, hidden, lengths }, scores)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::attention_scores(h, w, v, lengths)),
        }
    }
}
