//! The LSTM on the CPU's slices (`lstm_kernels::lstm`).

use burn::backend::{Flex, TensorMetadata};
use burn_flex::FlexTensor;
use lstm_kernels::lstm::{self, Shape, States};

use super::{Kept, LstmGrad, LstmOps};
use crate::ops::{
    Lengths, context,
    flex::{self, Floats},
};

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
    ) -> (FlexTensor, Vec<FlexTensor>) {
        let mut cache = vec![0.0; context::kernel(|k| lstm::cache_len(k, &shape(&x, &w_hh), lengths))];
        let y = forward(x, w_ih, w_hh, bias, lengths, states, Some(&mut cache));
        let n = cache.len();
        (y, vec![flex::tensor(cache, [n])])
    }

    fn lstm_backward(kept: Kept<Self>, dy: FlexTensor) -> [FlexTensor; 4] {
        let shape = shape(&kept.x, &kept.w_hh);
        let Shape { members, batch, residues, input, hidden } = shape;
        let Kept { x, w_ih, w_hh, cache, lengths, states } = kept;
        let cache = cache.into_iter().next().unwrap_or_else(|| flex::tensor(Vec::new(), [0])); // one array on the CPU
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
