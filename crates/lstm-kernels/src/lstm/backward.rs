//! One job backward. A step makes the gate gradients, [4H][lanes], and one product with the transposed weights gives the gradients of h_{t−1} and x_t;
//! every few hundred residues the gate gradients go into the weight gradients as a plain product.

use super::{
    Shape, States,
    lanes::{Lanes, blocks},
    rows::{SharedRows, to_lanes, to_rows},
};
use crate::{
    Cancelled, Isa, Kernel,
    activation::tanh,
    product::tile_rows,
    simd::{ROWS, Simd, entry},
};

/// What one job adds to the gradients.
pub(super) struct Part {
    /// [4H][`columns`]: I columns of w_ih, H of w_hh, one of the bias
    weights: Vec<f32>,
    columns: usize,
    input: usize,
    hidden: usize,
}

impl Part {
    /// A gate's row of gradients: of w_ih [I], w_hh [H] and the bias.
    pub fn gate(&self, gate: usize) -> (&[f32], &[f32], f32) {
        let row = &self.weights[gate * self.columns..][..self.columns];
        let (w_ih, rest) = row.split_at(self.input);
        (w_ih, &rest[..self.hidden], rest[self.hidden])
    }
}

/// Residues whose gate gradients are collected before they are multiplied.
const FLUSH: usize = 256;
/// Gates whose gradients one pass of the product reads: with a register tile's width of lanes they stay in the first-level cache.
const DEPTH: usize = 192;

/// [W_hh, W_ih]ᵀ: for every [`DEPTH`] gates, panels of four rows, [panel][gate][4].
struct Transposed {
    panels: Vec<f32>,
    rows: usize,
    gates: usize,
}

impl Transposed {
    fn pack(shape: &Shape, set: usize, w_ih: &[f32], w_hh: &[f32]) -> Self {
        let (gates, input, hidden) = (shape.gates(), shape.input, shape.hidden);
        let (w_ih, w_hh) = (&w_ih[set * gates * input..][..gates * input], &w_hh[set * gates * hidden..][..gates * hidden]);
        let rows = hidden + input;
        let padded = rows.next_multiple_of(ROWS);
        let mut panels = vec![0.0; padded * gates];
        for gate in 0..gates {
            let (block, k) = (gate / DEPTH * DEPTH, gate % DEPTH);
            let depth = DEPTH.min(gates - block);
            let weights = w_hh[gate * hidden..][..hidden].iter().chain(&w_ih[gate * input..][..input]);
            for (row, weight) in weights.enumerate() {
                panels[block * padded + (row / ROWS * depth + k) * ROWS + row % ROWS] = *weight;
            }
        }
        Self { panels, rows, gates }
    }

    /// (first gate, gates, their panels)
    fn blocks(&self) -> impl Iterator<Item = (usize, usize, &[f32])> {
        let padded = self.rows.next_multiple_of(ROWS);
        (0..self.gates).step_by(DEPTH).map(move |first| {
            let depth = DEPTH.min(self.gates - first);
            (first, depth, &self.panels[first * padded..][..depth * padded])
        })
    }
}

/// The gradients of up to one register tile's width of lanes.
struct Block {
    first_lane: usize,
    columns: usize,
    /// [dh_t; dx_t], [H + I][columns]
    dhx: Vec<f32>,
    /// dc_t, [H][columns]
    dc: Vec<f32>,
    /// Before the activations, [4H rounded up to 8][columns]
    dgates: Vec<f32>,
}

/// One step's cache and the cell states before it: rows of `width` lanes, this block's from its first lane.
#[derive(Clone, Copy)]
struct Kept<'a> {
    gates: &'a [f32],
    width: usize,
    /// [H][width of the step before]; none at the first step.
    cell_before: Option<(&'a [f32], usize)>,
}

#[inline(always)]
unsafe fn gates_body<S: Simd>(hidden: usize, vectors: usize, kept: Kept, block: &mut Block) {
    let (columns, first) = (block.columns, block.first_lane);
    for unit in 0..hidden {
        for v in 0..vectors {
            let at = v * S::LANES;
            // SAFETY: inside an entry function; rows of the block hold `columns` lanes, rows of the cache `width` and at least that before.
            unsafe {
                let kept_gate = |q: usize| S::load(kept.gates, (q * hidden + unit) * kept.width + first + at);
                let (i, f, g, o, c) = (kept_gate(0), kept_gate(1), kept_gate(2), kept_gate(3), kept_gate(4));
                let c_prev = match kept.cell_before {
                    Some((cell, width)) => S::load(cell, unit * width + first + at),
                    None => S::splat(0.0),
                };
                let one = S::splat(1.0);
                let slope = |a: S::V| S::mul(a, S::sub(one, a)); // σ' = σ(1 − σ)
                let tc = tanh::<S>(c);
                let dh = S::load(&block.dhx, unit * columns + at);
                let through = S::mul(S::mul(dh, o), S::sub(one, S::mul(tc, tc)));
                let dc = S::add(S::load(&block.dc, unit * columns + at), through);
                let d = [
                    S::mul(S::mul(dc, g), slope(i)),
                    S::mul(S::mul(dc, c_prev), slope(f)),
                    S::mul(S::mul(dc, i), S::sub(one, S::mul(g, g))),
                    S::mul(S::mul(dh, tc), slope(o)),
                ];
                for (q, d) in d.into_iter().enumerate() {
                    S::store(&mut block.dgates, (q * hidden + unit) * columns + at, d);
                }
                S::store(&mut block.dc, unit * columns + at, S::mul(dc, f));
            }
        }
    }
}

entry! { fn gates_entry(hidden: usize, vectors: usize, kept: Kept, block: &mut Block) = gates_body }

/// `dhx += panels · dgates[first..first + depth]`.
#[inline(always)]
unsafe fn product_body<S: Simd>(panels: &[f32], first: usize, depth: usize, rows: usize, vectors: usize, block: &mut Block) {
    let columns = block.columns;
    let right = &block.dgates[first * columns..];
    let mut row = 0;
    while row < rows {
        let left = &panels[row * depth..];
        let to = &mut block.dhx[row * columns..];
        let real = ROWS.min(rows - row);
        // SAFETY: inside an entry function; `panels` holds whole panels, `dhx` all real rows.
        unsafe {
            match vectors {
                1 if row + 3 * ROWS <= rows => {
                    tile_rows::<S, 3, 1>(left, depth * ROWS, ROWS, right, columns, depth, to, columns, 3 * ROWS);
                    row += 2 * ROWS;
                }
                1 => tile_rows::<S, 1, 1>(left, 0, ROWS, right, columns, depth, to, columns, real),
                2 => tile_rows::<S, 1, 2>(left, 0, ROWS, right, columns, depth, to, columns, real),
                3 => tile_rows::<S, 1, 3>(left, 0, ROWS, right, columns, depth, to, columns, real),
                _ => tile_rows::<S, 1, 4>(left, 0, ROWS, right, columns, depth, to, columns, real),
            }
        }
        row += ROWS;
    }
}

entry! { fn product_entry(panels: &[f32], first: usize, depth: usize, rows: usize, vectors: usize, block: &mut Block) = product_body }

/// Gate gradients that wait for their product with [x_t, h_{t−1}, 1].
struct Pending {
    /// [4H / 8][residues][8]
    dgates: Vec<f32>,
    /// [residues][`columns`]
    inputs: Vec<f32>,
    columns: usize,
    /// Residues that there is room for, and that there are.
    room: usize,
    residues: usize,
}

impl Pending {
    fn new(isa: Isa, shape: &Shape, lanes: &Lanes) -> Self {
        let room = FLUSH + lanes.width(0);
        let columns = (shape.input + shape.hidden + 1).next_multiple_of(isa.lanes());
        let dgates = vec![0.0; shape.gates().next_multiple_of(8) * room];
        Self { dgates, inputs: vec![0.0; room * columns], columns, room, residues: 0 }
    }
}

/// `dgates` of some lanes, [4H][columns] → the pending panels, at the residues from `first`.
#[inline(always)]
unsafe fn collect_body<S: Simd>(block: &Block, gates: usize, active: usize, first: usize, pending: &mut Pending) {
    let columns = block.columns;
    for panel in 0..gates.div_ceil(8) {
        let to = &mut pending.dgates[(panel * pending.room + first) * 8..][..active.next_multiple_of(8) * 8];
        for lane in (0..active).step_by(8) {
            // SAFETY: `dgates` has rows for whole panels, and room for whole eights of lanes behind the last residue.
            unsafe {
                let from = std::array::from_fn(|r| (panel * 8 + r) * columns + lane);
                S::transpose8(&block.dgates, from, to.as_mut_ptr(), std::array::from_fn(|l| (lane + l) * 8));
            }
        }
    }
}

entry! { fn collect_entry(block: &Block, gates: usize, active: usize, first: usize, pending: &mut Pending) = collect_body }

/// `weights += dgatesᵀ · inputs` over the pending residues, in their order.
#[inline(always)]
unsafe fn weights_body<S: Simd>(pending: &Pending, gates: usize, weights: &mut [f32]) {
    let columns = pending.columns;
    for (first, vectors) in blocks(columns / S::LANES, S::VECTORS) {
        let column = first * S::LANES;
        for gate in (0..gates).step_by(ROWS) {
            let left = &pending.dgates[gate / 8 * pending.room * 8 + gate % 8..];
            let (right, to) = (&pending.inputs[column..], &mut weights[gate * columns + column..]);
            let real = ROWS.min(gates - gate);
            // SAFETY: inside an entry function; panels, inputs and weights hold whole tiles of vectors.
            unsafe {
                match vectors {
                    1 => tile_rows::<S, 1, 1>(left, 0, 8, right, columns, pending.residues, to, columns, real),
                    2 => tile_rows::<S, 1, 2>(left, 0, 8, right, columns, pending.residues, to, columns, real),
                    3 => tile_rows::<S, 1, 3>(left, 0, 8, right, columns, pending.residues, to, columns, real),
                    _ => tile_rows::<S, 1, 4>(left, 0, 8, right, columns, pending.residues, to, columns, real),
                }
            }
        }
    }
}

entry! { fn weights_entry(pending: &Pending, gates: usize, weights: &mut [f32]) = weights_body }

/// Runs a job from what its forward pass kept. The gradients of x go to `dx`, which is of the job's direction alone.
#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub(super) fn run(
    kernel: Kernel,
    shape: &Shape,
    states: States,
    lanes: &Lanes,
    x: &[f32],
    w_ih: &[f32],
    w_hh: &[f32],
    cache: &[f32],
    dy: &[f32],
    dx: SharedRows,
) -> Result<Part, Cancelled> {
    let &Shape { residues, input, hidden, .. } = shape;
    let (vector, isa, gates) = (kernel.isa().lanes(), kernel.isa(), shape.gates());
    let transposed = Transposed::pack(shape, lanes.member * 2 + lanes.direction, w_ih, w_hh);
    let (kept_gates, kept_states) = cache.split_at(lanes.gates_len(hidden));
    let mut pending = Pending::new(isa, shape, lanes);
    let columns = pending.columns;
    let mut part = Part { weights: vec![0.0; gates * columns], columns, input, hidden };
    let mut work: Vec<Block> = blocks(lanes.width(0) / vector, isa.vectors())
        .into_iter()
        .map(|(first, vectors)| {
            let zeros = |rows: usize| vec![0.0; rows * vectors * vector];
            let (dhx, dc, dgates) = (zeros(hidden + input), zeros(hidden), zeros(gates.next_multiple_of(8)));
            Block { first_lane: first * vector, columns: vectors * vector, dhx, dc, dgates }
        })
        .collect();
    let mut starts = Vec::new();
    let mut of_states = vec![0.0; hidden * work[0].columns];
    for step in (0..lanes.steps()).rev() {
        if step % 32 == 0 {
            kernel.check()?;
        }
        let (active, width, places) = (lanes.active(step), lanes.width(step), lanes.places(step));
        let used = work.iter().take_while(|block| block.first_lane < active).count();
        let kept = Kept {
            gates: &kept_gates[lanes.gates_at(step, hidden)],
            width,
            cell_before: step
                .checked_sub(1)
                .map(|before| (&kept_gates[lanes.gates_at(before, hidden)][4 * hidden * lanes.width(before)..], lanes.width(before))),
        };
        for block in &mut work[..used] {
            let own = block.columns.min(active - block.first_lane);
            let vectors = block.columns.min(width - block.first_lane) / vector;
            let columns = block.columns;
            let lane_range = block.first_lane..block.first_lane + own;
            match states {
                States::All => {
                    starts.clear();
                    starts.extend(places[lane_range.clone()].iter().map(|at| *at as usize * 2 * hidden + lanes.direction * hidden));
                    to_lanes(isa, dy, &starts, hidden, &mut of_states, columns);
                    for (dh, dy) in block.dhx.chunks_mut(columns).zip(of_states.chunks(columns)).take(hidden) {
                        for (dh, dy) in dh[..own].iter_mut().zip(dy) {
                            *dh += dy;
                        }
                    }
                }
                States::Last => {
                    for lane in lanes.ending(step).filter(|lane| lane_range.contains(lane)) {
                        let row = places[lane] as usize / residues;
                        let dy = &dy[row * 2 * hidden + lanes.direction * hidden..][..hidden];
                        for (unit, d) in dy.iter().enumerate() {
                            block.dhx[unit * columns + lane - block.first_lane] += d;
                        }
                    }
                }
            }
            gates_entry(isa, hidden, vectors, kept, block);
            // A protein begins from c = 0, whatever the lane held before it.
            for lane in lanes.beginning(step).filter(|lane| lane_range.contains(lane)) {
                for unit in 0..hidden {
                    block.dgates[(hidden + unit) * columns + lane - block.first_lane] = 0.0;
                }
            }
            block.dhx.fill(0.0);
        }
        for (first, depth, panels) in transposed.blocks() {
            for block in &mut work[..used] {
                let vectors = block.columns.min(width - block.first_lane) / vector;
                product_entry(isa, panels, first, depth, transposed.rows, vectors, block);
            }
        }
        for block in &mut work[..used] {
            let own = block.columns.min(active - block.first_lane);
            let columns = block.columns;
            starts.clear();
            starts.extend(places[block.first_lane..][..own].iter().map(|at| *at as usize * input));
            // SAFETY: a residue of a direction belongs to one job, and `dx` to one direction.
            unsafe { to_rows(isa, &block.dhx[hidden * columns..], columns, input, dx, &starts) };
            // Its gradients do not reach the protein before it.
            for lane in lanes.beginning(step).filter(|lane| (block.first_lane..block.first_lane + own).contains(lane)) {
                for unit in 0..hidden {
                    block.dhx[unit * columns + lane - block.first_lane] = 0.0;
                    block.dc[unit * columns + lane - block.first_lane] = 0.0;
                }
            }
            collect_entry(isa, block, gates, own, pending.residues, &mut pending);
            for lane in block.first_lane..block.first_lane + own {
                let row = &mut pending.inputs[pending.residues * pending.columns..][..pending.columns];
                row[..input].copy_from_slice(&x[places[lane] as usize * input..][..input]);
                let h_before = &mut row[input..input + hidden];
                if lanes.begins(step, lane) {
                    h_before.fill(0.0);
                } else {
                    h_before.copy_from_slice(&kept_states[lanes.index(step - 1, lane) * hidden..][..hidden]);
                }
                row[input + hidden] = 1.0;
                pending.residues += 1;
            }
        }
        if pending.residues >= FLUSH || step == 0 {
            weights_entry(isa, &pending, gates, &mut part.weights);
            pending.residues = 0;
        }
    }
    Ok(part)
}
