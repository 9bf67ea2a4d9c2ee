//! The bidirectional LSTM, eq. (1)–(6): both directions of all members in one operation.
//!
//! lstm(x [M,B,T,I], w_ih [M,2,4H,I], w_hh [M,2,4H,H], bias [M,2,4H], lengths [M,B]) → y [M,B,T,2H]. Gates i, f, g, o. The reverse direction starts at
//! each protein's last real residue. Beyond a length y is 0 and no gradient flows. lstm_last gives the state after each direction's last residue alone,
//! [M,B,2H], 0 where there is no protein, and never makes y. Own form against literal: 2e-5 of the largest value.

use burn::{
    backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, tensor::FloatTensor},
    tensor::{Tensor, activation::sigmoid, s},
};
use burn_autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn_flex::FlexTensor;
use lstm_kernels::lstm::{self, Shape, States};

use super::{
    Lengths, context,
    flex::{self, Floats},
    indices, length_mask, on_cpu,
};

/// The states of every residue; see the module.
pub fn lstm(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: Lengths) -> Tensor<4> {
    if !on_cpu(&x.device()) {
        return literal(x, w_ih, w_hh, bias, &lengths);
    }
    own(x, w_ih, w_hh, bias, lengths, States::All)
}

/// The last state of each direction: after residue T forward, after residue 1 in reverse; see the module.
pub fn lstm_last(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: Lengths) -> Tensor<3> {
    if !on_cpu(&x.device()) {
        return literal_last(x, w_ih, w_hh, bias, &lengths);
    }
    own(x, w_ih, w_hh, bias, lengths, States::Last)
}

fn own<const D: usize>(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: Lengths, states: States) -> Tensor<D> {
    let [x, w_ih, w_hh, bias] = [x.into_dispatch(), w_ih.into_dispatch(), w_hh.into_dispatch(), bias.into_dispatch()];
    Tensor::from_dispatch(Dispatch::lstm(x, w_ih, w_hh, bias, lengths, states))
}

/// [`literal`], and of its states the last ones.
pub fn literal_last(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: &[u32]) -> Tensor<3> {
    let y = literal(x, w_ih, w_hh, bias, lengths); // 0 where there is no protein
    let [members, batch, residues, width] = y.dims();
    let device = y.device();
    let y = y.reshape([members * batch * residues, width]);
    let rows =
        |at: &dyn Fn(u32) -> usize| indices(lengths.iter().enumerate().map(|(row, &l)| (row * residues + at(l)) as i32).collect(), &device);
    let forward = y.clone().select(0, rows(&|l| l.max(1) as usize - 1)).slice(s![.., 0..width / 2]);
    let reverse = y.select(0, rows(&|_| 0)).slice(s![.., width / 2..width]);
    Tensor::cat(vec![forward, reverse], 1).reshape([members, batch, width])
}

/// The equations in plain burn operations, one step at a time.
pub fn literal(x: Tensor<4>, w_ih: Tensor<4>, w_hh: Tensor<4>, bias: Tensor<3>, lengths: &[u32]) -> Tensor<4> {
    let [members, batch, residues, _] = x.dims();
    let mask = length_mask(lengths, [members, batch, residues], &x.device());
    // The reverse direction reads, and writes, each protein back to front; padding stays where it is.
    let mirror: Vec<i32> = lengths
        .iter()
        .enumerate()
        .flat_map(|(row, &l)| (0..residues).map(move |t| (row * residues + if t < l as usize { l as usize - 1 - t } else { t }) as i32))
        .collect();
    let mirror = indices(mirror, &x.device());
    let reversed = |x: Tensor<4>| {
        let [m, b, t, width] = x.dims();
        x.reshape([m * b * t, width]).select(0, mirror.clone()).reshape([m, b, t, width])
    };
    let one = |t: Tensor<4>, direction: usize| t.slice(s![.., direction..direction + 1, .., ..]).squeeze_dim::<3>(1);
    let direction =
        |x: Tensor<4>, d: usize| recurrence(x, one(w_ih.clone(), d), one(w_hh.clone(), d), bias.clone().slice(s![.., d..d + 1, ..]));
    let forward = direction(x.clone(), 0);
    let reverse = reversed(direction(reversed(x), 1));
    Tensor::cat(vec![forward, reverse], 3) * mask
}

/// x [M, B, T, I], w_ih [M, 4H, I], w_hh [M, 4H, H], bias [M, 1, 4H] → h [M, B, T, H].
fn recurrence(x: Tensor<4>, w_ih: Tensor<3>, w_hh: Tensor<3>, bias: Tensor<3>) -> Tensor<4> {
    let [members, batch, residues, _] = x.dims();
    let [_, _, hidden] = w_hh.dims();
    let (w_ih, w_hh) = (w_ih.swap_dims(1, 2), w_hh.swap_dims(1, 2));
    let mut h: Tensor<3> = Tensor::zeros([members, batch, hidden], &x.device());
    let mut c = h.clone();
    let mut states = Vec::with_capacity(residues);
    for t in 0..residues {
        let x_t = x.clone().slice(s![.., .., t..t + 1, ..]).squeeze_dim::<3>(2);
        let z = x_t.matmul(w_ih.clone()) + h.matmul(w_hh.clone()) + bias.clone();
        let gate = |q: usize| z.clone().slice(s![.., .., q * hidden..(q + 1) * hidden]);
        let i_t = sigmoid(gate(0)); // (1)
        let f_t = sigmoid(gate(1)); // (2)
        let g_t = gate(2).tanh(); // (3)
        c = f_t * c + i_t * g_t; // (4)
        let o_t = sigmoid(gate(3)); // (5)
        h = o_t * c.clone().tanh(); // (6)
        states.push(h.clone().unsqueeze_dim::<4>(2));
    }
    Tensor::cat(states, 2)
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex)]
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
    ) -> [FloatTensor<Self>; 2];
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
    pub cache: FloatTensor<B>,
    pub lengths: Lengths,
    pub states: States,
}

fn shape(x: &FlexTensor, w_hh: &FlexTensor) -> Shape {
    let [members, batch, residues, input] = x.shape().dims();
    let [_, _, _, hidden] = w_hh.shape().dims();
    Shape { members, batch, residues, input, hidden }
}

fn forward(
    x: FlexTensor,
    w_ih: FlexTensor,
    w_hh: FlexTensor,
    bias: FlexTensor,
    lengths: &[u32],
    states: States,
    cache: Option<&mut [f32]>,
) -> FlexTensor {
    let shape = shape(&x, &w_hh);
    let Shape { members, batch, residues, hidden, .. } = shape;
    let (x, w_ih, w_hh, bias) = (Floats::new(x), Floats::new(w_ih), Floats::new(w_hh), Floats::new(bias));
    let places = if states == States::All { residues } else { 1 };
    let mut y = vec![0.0; members * batch * places * 2 * hidden];
    // Cancelled: the caller drops the step.
    let _ =
        context::kernel(|k| lstm::forward(k, &shape, states, x.slice(), w_ih.slice(), w_hh.slice(), bias.slice(), lengths, &mut y, cache));
    match states {
        States::All => flex::tensor(y, [members, batch, residues, 2 * hidden]),
        States::Last => flex::tensor(y, [members, batch, 2 * hidden]),
    }
}

impl LstmOps for Flex {
    fn lstm(x: FlexTensor, w_ih: FlexTensor, w_hh: FlexTensor, bias: FlexTensor, lengths: Lengths, states: States) -> FlexTensor {
        forward(x, w_ih, w_hh, bias, &lengths, states, None)
    }
}

impl LstmGrad for Flex {
    fn lstm_keeping(
        x: FlexTensor,
        w_ih: FlexTensor,
        w_hh: FlexTensor,
        bias: FlexTensor,
        lengths: &[u32],
        states: States,
    ) -> [FlexTensor; 2] {
        let mut cache = vec![0.0; context::kernel(|k| lstm::cache_len(k, &shape(&x, &w_hh), lengths))];
        let y = forward(x, w_ih, w_hh, bias, lengths, states, Some(&mut cache));
        let n = cache.len();
        [y, flex::tensor(cache, [n])]
    }

    fn lstm_backward(kept: Kept<Self>, dy: FlexTensor) -> [FlexTensor; 4] {
        let shape = shape(&kept.x, &kept.w_hh);
        let Shape { members, batch, residues, input, hidden } = shape;
        let Kept { x, w_ih, w_hh, cache, lengths, states } = kept;
        let [x, w_ih, w_hh, cache, dy] = [x, w_ih, w_hh, cache, dy].map(Floats::new);
        let found = context::kernel(|k| {
            lstm::backward(k, &shape, states, x.slice(), w_ih.slice(), w_hh.slice(), &lengths, cache.slice(), dy.slice())
        })
        .unwrap_or_else(|_| lstm::Gradients {
            x: vec![0.0; x.slice().len()],
            w_ih: vec![0.0; w_ih.slice().len()],
            w_hh: vec![0.0; w_hh.slice().len()],
            bias: vec![0.0; members * 8 * hidden],
        });
        [
            flex::tensor(found.x, [members, batch, residues, input]),
            flex::tensor(found.w_ih, [members, 2, 4 * hidden, input]),
            flex::tensor(found.w_hh, [members, 2, 4 * hidden, hidden]),
            flex::tensor(found.bias, [members, 2, 4 * hidden]),
        ]
    }
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
                let [y, cache] = B::lstm_keeping(x.clone(), w_ih.clone(), w_hh.clone(), bias, &lengths, states);
                prep.finish(Kept { x, w_ih, w_hh, cache, lengths, states }, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::lstm(x, w_ih, w_hh, bias, lengths, states)),
        }
    }
}
