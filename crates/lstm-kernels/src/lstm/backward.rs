//! One tile backward. Gate gradients are made step by step, [4H][rows]; the recurrent gradient is one product with the transposed weights; every
//! few hundred residues their rows go into the weight gradients and into dx as plain products.

use super::{
    Shape,
    forward::panels,
    tile::{STRIDE, Tile},
};
use crate::{
    Cancelled, Kernel,
    activation::tanh,
    product::{self, Packed, Rows},
    simd::{ROWS, Simd, entry},
};

/// What one tile adds to the gradients.
pub(super) struct Part {
    /// [residues of the tile, I], protein after protein
    pub x: Vec<f32>,
    /// [4H, I]
    pub w_ih: Vec<f32>,
    /// [4H, H]
    pub w_hh: Vec<f32>,
    /// [4H]
    pub bias: Vec<f32>,
}

/// Residues whose gate gradients are collected before they are multiplied.
const FLUSH: usize = 512;

struct Work {
    /// [H][64]
    dh: Vec<f32>,
    /// [H][64]
    dc: Vec<f32>,
    /// Gradients before the activations, [4H][64]
    dgates: Vec<f32>,
}

/// W_hhᵀ in panels of six rows, [panel][4H][6].
fn transposed_panels(w_hh: &[f32], gates: usize, hidden: usize) -> Vec<f32> {
    let mut panels = vec![0.0; hidden.next_multiple_of(ROWS) * gates];
    for gate in 0..gates {
        for unit in 0..hidden {
            panels[unit / ROWS * ROWS * gates + gate * ROWS + unit % ROWS] = w_hh[gate * hidden + unit];
        }
    }
    panels
}

#[inline(always)]
unsafe fn step_body<S: Simd>(
    transposed: &[f32],
    hidden: usize,
    active: usize,
    lanes: usize,
    cache: &[f32],
    before: Option<(&[f32], usize)>,
    work: &mut Work,
) {
    for unit in 0..hidden {
        for at in (0..lanes).step_by(S::LANES) {
            // SAFETY: rows of `work` hold 64 lanes, rows of the cache `lanes`, of the step before at least as many; at + LANES ≤ lanes.
            unsafe {
                let kept = |q: usize| S::load(cache, (q * hidden + unit) * lanes + at);
                let (i, f, g, o, c) = (kept(0), kept(1), kept(2), kept(3), kept(4));
                let c_prev = match before {
                    Some((cache, lanes)) => S::load(cache, (4 * hidden + unit) * lanes + at),
                    None => S::splat(0.0),
                };
                let one = S::splat(1.0);
                let slope = |a: S::V| S::mul(a, S::sub(one, a)); // σ' = σ(1 − σ)
                let tc = tanh::<S>(c);
                let dh = S::load(&work.dh, unit * STRIDE + at);
                let through = S::mul(S::mul(dh, o), S::sub(one, S::mul(tc, tc)));
                let dc = S::add(S::load(&work.dc, unit * STRIDE + at), through);
                let d = [
                    S::mul(S::mul(dc, g), slope(i)),
                    S::mul(S::mul(dc, c_prev), slope(f)),
                    S::mul(S::mul(dc, i), S::sub(one, S::mul(g, g))),
                    S::mul(S::mul(dh, tc), slope(o)),
                ];
                for (q, d) in d.into_iter().enumerate() {
                    S::store(&mut work.dgates, (q * hidden + unit) * STRIDE + at, d);
                }
                S::store(&mut work.dc, unit * STRIDE + at, S::mul(dc, f));
            }
        }
        // Lanes of the last vector that hold no residue at this step: their proteins end earlier and begin here with nothing.
        work.dc[unit * STRIDE + active..unit * STRIDE + lanes].fill(0.0);
    }
    for row in work.dgates.chunks_mut(STRIDE) {
        row[active..lanes].fill(0.0);
    }
    for row in work.dh.chunks_mut(STRIDE) {
        row[..lanes].fill(0.0);
    }
    // SAFETY: inside an entry function; sizes as `Work` states.
    unsafe { panels::<S>(transposed, 4 * hidden, &work.dgates, &mut work.dh, hidden, lanes) };
}

entry! {
    #[expect(clippy::too_many_arguments, reason = "the arguments of the body and the instruction set")]
    fn step_entry(transposed: &[f32], hidden: usize, active: usize, lanes: usize, cache: &[f32], before: Option<(&[f32], usize)>, work: &mut Work) = step_body
}

/// Rows of gate gradients waiting for their products.
#[derive(Default)]
struct Pending {
    /// [n, 4H]
    dgates: Vec<f32>,
    /// [n, H]: h before each residue, 0 at the first step
    h_before: Vec<f32>,
    /// Where each residue's features begin in x.
    x_starts: Vec<usize>,
    /// The residue's row in the tile.
    rows: Vec<usize>,
}

impl Pending {
    fn flush(&mut self, kernel: Kernel, shape: &Shape, x: &[f32], w_ih: &Packed, part: &mut Part) {
        let (gates, hidden, input) = (shape.gates(), shape.hidden, shape.input);
        let starts = |width: usize| (0..self.rows.len()).map(|n| n * width).collect::<Vec<_>>();
        let (gate_starts, h_starts) = (starts(gates), starts(hidden));
        let dgates = Rows { data: &self.dgates, starts: &gate_starts, width: gates };
        product::outer(kernel, dgates, Rows { data: x, starts: &self.x_starts, width: input }, &mut part.w_ih);
        product::outer(kernel, dgates, Rows { data: &self.h_before, starts: &h_starts, width: hidden }, &mut part.w_hh);
        for row in self.dgates.chunks(gates) {
            part.bias.iter_mut().zip(row).for_each(|(sum, d)| *sum += d);
        }
        let mut dx = vec![0.0; self.rows.len() * input];
        product::rows_serial(kernel, dgates, w_ih, &mut dx);
        for (&row, dx) in self.rows.iter().zip(dx.chunks(input)) {
            part.x[row * input..][..input].copy_from_slice(dx);
        }
        *self = Self::default();
    }
}

#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub(super) fn run(
    kernel: Kernel,
    shape: &Shape,
    tile: &Tile,
    x: &[f32],
    w_ih: &[f32],
    w_hh: &[f32],
    y: &[f32],
    cache: &[f32],
    dy: &[f32],
) -> Result<Part, Cancelled> {
    let &Shape { residues, input, hidden, .. } = shape;
    let gates = shape.gates();
    let set = tile.member * 2 + tile.direction;
    let transposed = transposed_panels(&w_hh[set * gates * hidden..][..gates * hidden], gates, hidden);
    let w_ih = Packed::new(kernel, &w_ih[set * gates * input..][..gates * input], gates, input, input, 1);
    let mut part = Part {
        x: vec![0.0; tile.residues() * input],
        w_ih: vec![0.0; gates * input],
        w_hh: vec![0.0; gates * hidden],
        bias: vec![0.0; gates],
    };
    let mut work = Work { dh: vec![0.0; hidden * STRIDE], dc: vec![0.0; hidden * STRIDE], dgates: vec![0.0; gates * STRIDE] };
    let mut pending = Pending::default();
    // The state of `lane` at `step` in y or dy.
    let state = |lane: usize, step: usize| (tile.rows[lane] * residues + tile.residue(lane, step)) * 2 * hidden + tile.direction * hidden;
    for step in (0..tile.steps()).rev() {
        if step % 32 == 0 {
            kernel.check()?;
        }
        let active = tile.active(step);
        for lane in 0..active {
            for (unit, d) in dy[state(lane, step)..][..hidden].iter().enumerate() {
                work.dh[unit * STRIDE + lane] += d;
            }
        }
        let before = step.checked_sub(1).map(|before| (&cache[tile.cache_at(before, hidden)], tile.lanes(before)));
        step_entry(kernel.isa(), &transposed, hidden, active, tile.lanes(step), &cache[tile.cache_at(step, hidden)], before, &mut work);
        for lane in 0..active {
            let from = pending.dgates.len();
            pending.dgates.resize(from + gates, 0.0);
            for (gate, d) in pending.dgates[from..].iter_mut().enumerate() {
                *d = work.dgates[gate * STRIDE + lane];
            }
            match step.checked_sub(1) {
                Some(before) => pending.h_before.extend_from_slice(&y[state(lane, before)..][..hidden]),
                None => pending.h_before.resize(pending.h_before.len() + hidden, 0.0),
            }
            let residue = tile.residue(lane, step);
            pending.x_starts.push((tile.rows[lane] * residues + residue) * input);
            pending.rows.push(tile.first_row(lane) + residue);
        }
        if pending.rows.len() >= FLUSH || step == 0 {
            pending.flush(kernel, shape, x, &w_ih, &mut part);
        }
    }
    Ok(part)
}
