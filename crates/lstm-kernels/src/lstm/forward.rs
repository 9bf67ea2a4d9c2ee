//! One tile forward: at every step one product [4H, I + H] × [I + H, rows] that starts from the bias, then the cell.

use super::{
    Shape,
    tile::{STRIDE, Tile},
};
use crate::{
    Cancelled, Kernel,
    activation::{sigmoid, tanh},
    product::tile_rows_dyn,
    simd::{ROWS, Simd, entry},
};

/// One direction's weights in panels of six gate rows: [panel][I + H][6], and the bias.
pub(super) struct Weights<'a> {
    panels: Vec<f32>,
    bias: &'a [f32],
}

impl<'a> Weights<'a> {
    pub fn pack(shape: &Shape, tile: &Tile, w_ih: &[f32], w_hh: &[f32], bias: &'a [f32]) -> Self {
        let (gates, input, hidden) = (shape.gates(), shape.input, shape.hidden);
        let set = tile.member * 2 + tile.direction;
        let (w_ih, w_hh) = (&w_ih[set * gates * input..][..gates * input], &w_hh[set * gates * hidden..][..gates * hidden]);
        let depth = input + hidden;
        let mut panels = vec![0.0; gates.next_multiple_of(ROWS) * depth];
        for gate in 0..gates {
            let panel = &mut panels[gate / ROWS * ROWS * depth..][..ROWS * depth];
            let weights = w_ih[gate * input..][..input].iter().chain(&w_hh[gate * hidden..][..hidden]);
            for (k, weight) in weights.enumerate() {
                panel[k * ROWS + gate % ROWS] = *weight;
            }
        }
        Self { panels, bias: &bias[set * gates..][..gates] }
    }
}

/// Buffers of a job.
struct Work {
    /// [x_t; h_{t−1}], [I + H][64]
    inputs: Vec<f32>,
    /// [4H][64]
    gates: Vec<f32>,
    /// [H][64]
    cell: Vec<f32>,
}

/// `to = initial + panels · from` for all rows: to [rows][64], from [depth][64], `vectors` of 16 lanes.
#[inline(always)]
pub(super) unsafe fn panels<S: Simd>(packed: &[f32], depth: usize, from: &[f32], to: &mut [f32], rows: usize, lanes: usize) {
    let vectors = lanes / S::LANES;
    for (p, left) in packed.chunks(ROWS * depth).enumerate() {
        let height = ROWS.min(rows - p * ROWS);
        let mut vector = 0;
        while vector < vectors {
            let at = vector * S::LANES;
            // SAFETY: `from` holds [depth][64], `to` [rows][64], and at + vectors · LANES ≤ 64.
            unsafe {
                tile_rows_dyn::<S>(vectors - vector, left, &from[at..], STRIDE, depth, &mut to[p * ROWS * STRIDE + at..], STRIDE, height)
            };
            vector += S::VECTORS;
        }
    }
}

#[inline(always)]
unsafe fn step_body<S: Simd>(weights: &Weights, hidden: usize, input: usize, lanes: usize, work: &mut Work, cache: Option<&mut [f32]>) {
    for (gate, bias) in work.gates.chunks_mut(STRIDE).zip(weights.bias) {
        gate[..lanes].fill(*bias);
    }
    // SAFETY: inside an entry function; sizes as `Work` states.
    unsafe { panels::<S>(&weights.panels, input + hidden, &work.inputs, &mut work.gates, 4 * hidden, lanes) };
    let mut none = [];
    let keep = cache.is_some();
    let cache = cache.unwrap_or(&mut none);
    for unit in 0..hidden {
        for at in (0..lanes).step_by(S::LANES) {
            let gate = |q: usize| (q * hidden + unit) * STRIDE + at;
            // SAFETY: all rows hold 64 lanes (cache rows `lanes`), and at + LANES ≤ lanes ≤ 64.
            unsafe {
                let i = sigmoid::<S>(S::load(&work.gates, gate(0))); // (1)
                let f = sigmoid::<S>(S::load(&work.gates, gate(1))); // (2)
                let g = tanh::<S>(S::load(&work.gates, gate(2))); // (3)
                let c = S::fma(f, S::load(&work.cell, unit * STRIDE + at), S::mul(i, g)); // (4)
                let o = sigmoid::<S>(S::load(&work.gates, gate(3))); // (5)
                S::store(&mut work.cell, unit * STRIDE + at, c);
                S::store(&mut work.inputs, (input + unit) * STRIDE + at, S::mul(o, tanh::<S>(c))); // (6)
                if keep {
                    for (q, value) in [i, f, g, o, c].into_iter().enumerate() {
                        S::store(cache, (q * hidden + unit) * lanes + at, value);
                    }
                }
            }
        }
    }
}

entry! { fn step_entry(weights: &Weights, hidden: usize, input: usize, lanes: usize, work: &mut Work, cache: Option<&mut [f32]>) = step_body }

/// Runs a tile; returns the hidden states [residues of the tile, H], protein after protein in residue order.
pub(super) fn run(
    kernel: Kernel,
    shape: &Shape,
    tile: &Tile,
    weights: &Weights,
    x: &[f32],
    mut cache: Option<&mut [f32]>,
) -> Result<Vec<f32>, Cancelled> {
    let &Shape { residues, input, hidden, .. } = shape;
    let mut states = vec![0.0; tile.residues() * hidden];
    let mut work =
        Work { inputs: vec![0.0; (input + hidden) * STRIDE], gates: vec![0.0; 4 * hidden * STRIDE], cell: vec![0.0; hidden * STRIDE] };
    for step in 0..tile.steps() {
        if step % 32 == 0 {
            kernel.check()?;
        }
        for lane in 0..tile.active(step) {
            let from = &x[(tile.rows[lane] * residues + tile.residue(lane, step)) * input..][..input];
            for (feature, value) in from.iter().enumerate() {
                work.inputs[feature * STRIDE + lane] = *value;
            }
        }
        let cache = cache.as_deref_mut().map(|cache| &mut cache[tile.cache_at(step, hidden)]);
        step_entry(kernel.isa(), weights, hidden, input, tile.lanes(step), &mut work, cache);
        for lane in 0..tile.active(step) {
            let to = &mut states[(tile.first_row(lane) + tile.residue(lane, step)) * hidden..][..hidden];
            for (unit, value) in to.iter_mut().enumerate() {
                *value = work.inputs[(input + unit) * STRIDE + lane];
            }
        }
    }
    Ok(states)
}
