//! The equations in plain burn operations: the oracle.

use burn::tensor::{Tensor, activation::sigmoid, s};

use crate::ops::{indices, length_mask};

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
