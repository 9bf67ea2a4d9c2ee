//! The LSTM on a GPU: all members and both directions in every launch. Whole, though long: forward and backward share the cut into chunks.
//!
//! Time runs in **steps**: at step s the forward direction is at residue s, the reverse one at residue length − 1 − s, so both directions of all
//! proteins end where they end without padding in front. Steps are cut into chunks, each with its own buffers [step, M, 2, B, ·]: no buffer outgrows
//! what the device binds, no dispatch runs long, and without a gradient one chunk's buffers do for all. A chunk is
//!
//! 1. z = x W_ihᵀ + b for all its steps, one product (`ops/product`);
//! 2. the recurrence, which adds h W_hhᵀ to z, applies the cell and leaves the four gates in z's place ([`LstmForm`]);
//!
//! and backwards the recurrence gives dz, from which dx, dW_ih, dW_hh and db are products again.
//!
//! **Which form runs.** [`LstmForm::WholeSequence`]: one cube owns a few proteins and all 4H columns and walks through the chunk. It needs 4H units in a
//! cube and 4H · 4 · 8 bytes of shared memory, and is taken up to H = 128, beyond which a core's own cache no longer holds the recurrent weights. Everything else
//! runs as [`LstmForm::PerStep`], one launch a step for any H. `Context::lstm_form` (`SUBLOC_LSTM_FORM`) overrides the rule where the form can run.

mod cell;
mod moves;
mod per_step;
mod whole_sequence;

use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;
use lstm_kernels::lstm::States;

use super::{Kept, LstmForm, LstmGrad, LstmOps};
use crate::ops::{
    Lengths, context,
    gpu::{UNITS, Words, contiguous, cubes_for, dims, empty, processors, reshaped, size, zeros},
    product::{self, Arithmetic, Rows, WeightGradient},
};
use moves::{copy, transpose};
use per_step::{SIDE, step, step_backward};
use whole_sequence::{PROTEINS, sequence, sequence_backward};

/// Steps of a chunk at most; a dispatch of the whole-sequence form walks through so many.
const LONGEST_CHUNK: usize = 128;
/// Largest H for which the rule takes the whole-sequence form.
const LARGEST_HIDDEN: usize = 128;

/// Sizes of a call.
#[derive(Clone, Copy, Debug)]
struct Shape {
    members: usize,
    batch: usize,
    residues: usize,
    input: usize,
    hidden: usize,
}

impl Shape {
    fn of(x: &CubeTensor, w_hh: &CubeTensor) -> Self {
        let [members, batch, residues, input] = dims(x);
        let [_, _, _, hidden] = dims(w_hh);
        Self { members, batch, residues, input, hidden }
    }
    fn groups(&self) -> usize {
        2 * self.members
    }
    /// Numbers of a state slab.
    fn slab(&self) -> usize {
        self.groups() * self.batch * self.hidden
    }
    fn rows<'a>(&self, first: usize, steps: usize, lengths: &'a Words) -> Rows<'a> {
        let &Self { batch, residues, .. } = self;
        Rows {
            rows: steps * batch,
            groups: self.groups(),
            batch,
            residues,
            first,
            steps: true,
            lengths,
            arithmetic: Arithmetic::of_the_lstm(),
        }
    }
}

/// The chunks of `steps` steps: first step and number of each. A chunk's gates fit what the device binds, and a 32nd of its memory is never asked for at once.
fn chunks(like: &CubeTensor, shape: &Shape, steps: usize) -> Vec<(usize, usize)> {
    let most = (like.client.properties().memory.max_page_size as usize).min(1 << 28);
    let slab = 4 * shape.slab() * size_of::<f32>();
    // One slab more than steps: that of the step behind.
    let longest = (most / slab.max(1)).saturating_sub(1).clamp(1, LONGEST_CHUNK);
    (0..steps).step_by(longest).map(|first| (first, longest.min(steps - first))).collect()
}

/// The form that runs: the rule of the module, or what the context asks for where it can run.
fn form(like: &CubeTensor, hidden: usize) -> LstmForm {
    let hardware = &like.client.properties().hardware;
    let units = 4 * hidden;
    let fits = units <= hardware.max_units_per_cube as usize
        && units <= hardware.max_cube_dim.0 as usize
        && 2 * units * PROTEINS * size_of::<f32>() <= hardware.max_shared_memory_size;
    match context::current().lstm_form {
        LstmForm::WholeSequence if fits => LstmForm::WholeSequence,
        LstmForm::Auto if fits && hidden <= LARGEST_HIDDEN => LstmForm::WholeSequence,
        _ => LstmForm::PerStep,
    }
}

/// Proteins a unit of the form of one launch a step: as many as still leave two cubes for each processor.
fn per_unit(like: &CubeTensor, shape: &Shape) -> usize {
    let cubes = |n: usize| shape.batch.div_ceil(SIDE * n) * shape.hidden.div_ceil(SIDE) * shape.groups();
    [4, 2].into_iter().find(|n| cubes(*n) >= 2 * processors(&like.client)).unwrap_or(1)
}

fn units_256() -> CubeDim {
    CubeDim::new_1d(UNITS)
}

fn copy_slab(source: &CubeTensor, target: &CubeTensor, from: usize, to: usize, count: usize) {
    // SAFETY: both buffers hold a slab of `count` numbers there.
    unsafe {
        copy::launch_unchecked(
            &source.client,
            cubes_for(count),
            units_256(),
            source.clone().into_buffer_arg(),
            target.clone().into_buffer_arg(),
            size(from),
            size(to),
            size(count),
        );
    }
}

/// w_hh for the form: transposed for the whole sequence.
fn for_form(form: LstmForm, w_hh: &CubeTensor, shape: &Shape) -> CubeTensor {
    if form != LstmForm::WholeSequence {
        return w_hh.clone();
    }
    let &Shape { hidden, .. } = shape;
    let out = empty(w_hh, [shape.groups(), hidden, 4 * hidden]);
    let count = shape.groups() * 4 * hidden * hidden;
    // SAFETY: the kernel stops beyond `count`, the size of both.
    unsafe {
        transpose::launch_unchecked(
            &w_hh.client,
            cubes_for(count),
            units_256(),
            w_hh.clone().into_buffer_arg(),
            out.clone().into_buffer_arg(),
            size(count),
            size(hidden),
        );
    }
    out
}

/// What a chunk leaves for the gradient: gates [steps, M, 2, B, 4H], and h and c [steps + 1, M, 2, B, H] from before its first step on.
struct Chunk {
    gates: CubeTensor,
    h: CubeTensor,
    c: CubeTensor,
}

fn forward([x, w_ih, w_hh, bias]: [CubeTensor; 4], lengths: &[u32], states: States, mut keep: Option<&mut Vec<CubeTensor>>) -> CubeTensor {
    let shape = Shape::of(&x, &w_hh);
    let Shape { members, batch, residues, input, hidden } = shape;
    let all = states == States::All;
    let y = if all { zeros(&x, [members, batch, residues, 2 * hidden]) } else { zeros(&x, [members, batch, 1, 2 * hidden]) };
    let steps = lengths.iter().copied().max().unwrap_or(0) as usize;
    if steps > 0 {
        let client = x.client.clone();
        let words = Words::new(&client, lengths);
        let form = form(&x, hidden);
        let recurrent = for_form(form, &w_hh, &shape);
        let per_unit = per_unit(&x, &shape);
        let groups = shape.groups();
        let mut before: Option<(Chunk, usize)> = None;
        for (first, count) in chunks(&x, &shape, steps) {
            let fresh = || Chunk {
                gates: empty(&x, [count, groups, batch, 4 * hidden]),
                h: empty(&x, [count + 1, groups, batch, hidden]),
                c: empty(&x, [count + 1, groups, batch, hidden]),
            };
            let chunk = fresh();
            if let Some((last, steps)) = &before {
                copy_slab(&last.h, &chunk.h, steps * shape.slab(), 0, shape.slab());
                copy_slab(&last.c, &chunk.c, steps * shape.slab(), 0, shape.slab());
            }
            product::forward(shape.rows(first, count, &words), [&x, &w_ih, &bias], &chunk.gates, 4 * hidden, input, false);
            let args = || [&chunk.gates, &chunk.h, &chunk.c, &y].map(|t| t.clone().into_buffer_arg());
            if form == LstmForm::WholeSequence {
                let [z, h, c, y] = args();
                // SAFETY: every index lies in the buffers' shapes above; the form's needs were checked by `form`.
                unsafe {
                    sequence::launch_unchecked(
                        &client,
                        CubeCount::Static(batch.div_ceil(PROTEINS) as u32, groups as u32, 1),
                        CubeDim::new_1d(4 * hidden as u32),
                        recurrent.clone().into_buffer_arg(),
                        words.arg(),
                        z,
                        h,
                        c,
                        y,
                        size(count),
                        size(first),
                        size(groups),
                        size(batch),
                        size(residues),
                        hidden,
                        all,
                    );
                }
            } else {
                for local in 0..count {
                    let [z, h, c, y] = args();
                    // SAFETY: as above.
                    unsafe {
                        step::launch_unchecked(
                            &client,
                            CubeCount::Static(batch.div_ceil(SIDE * per_unit) as u32, hidden.div_ceil(SIDE) as u32, groups as u32),
                            units_256(),
                            recurrent.clone().into_buffer_arg(),
                            words.arg(),
                            z,
                            h,
                            c,
                            y,
                            size(local),
                            size(first),
                            size(groups),
                            size(batch),
                            size(residues),
                            size(hidden),
                            per_unit,
                            all,
                        );
                    }
                }
            }
            if let Some(keep) = &mut keep {
                keep.extend([chunk.gates.clone(), chunk.h.clone(), chunk.c.clone()]);
            }
            before = Some((chunk, count));
        }
    }
    if all { y } else { reshaped(y, [members, batch, 2 * hidden]) }
}

fn backward(kept: Kept<CubeBackend>, dy: CubeTensor) -> [CubeTensor; 4] {
    let Kept { x, w_ih, w_hh, cache, lengths, states } = kept;
    let dy = contiguous(dy);
    let shape = Shape::of(&x, &w_hh);
    let Shape { members, batch, residues, input, hidden } = shape;
    let all = states == States::All;
    let dx = zeros(&x, [members, batch, residues, input]);
    let steps = lengths.iter().copied().max().unwrap_or(0) as usize;
    if steps == 0 {
        let zeros = |width| zeros(&x, [members, 2, 4 * hidden, width]);
        return [dx, zeros(input), zeros(hidden), reshaped(zeros(1), [members, 2, 4 * hidden])];
    }
    let client = x.client.clone();
    let words = Words::new(&client, &lengths);
    let (form, per_unit, groups) = (form(&x, hidden), per_unit(&x, &shape), shape.groups());
    let chunks = chunks(&x, &shape, steps);
    let longest = chunks.first().map_or(0, |c| c.1);
    let mut weights = WeightGradient::new(&x, longest * batch, groups, 4 * hidden, input, hidden);
    let dc = empty(&x, [groups, batch, hidden]);
    let mut behind: Option<CubeTensor> = None;
    for (&(first, count), kept) in chunks.iter().zip(cache.chunks(3)).rev() {
        let [gates, h, c] = [&kept[0], &kept[1], &kept[2]];
        let dz = empty(&x, [count + 1, groups, batch, 4 * hidden]);
        if let Some(behind) = behind {
            copy_slab(&behind, &dz, 0, 4 * count * shape.slab(), 4 * shape.slab());
        }
        let args = || [gates, c, &dy, &dz, &dc].map(|t| t.clone().into_buffer_arg());
        if form == LstmForm::WholeSequence {
            let [gates, c, dy, dz, dc] = args();
            // SAFETY: as in `forward`.
            unsafe {
                sequence_backward::launch_unchecked(
                    &client,
                    CubeCount::Static(batch.div_ceil(PROTEINS) as u32, groups as u32, 1),
                    CubeDim::new_1d(4 * hidden as u32),
                    w_hh.clone().into_buffer_arg(),
                    words.arg(),
                    gates,
                    c,
                    dy,
                    dz,
                    dc,
                    size(count),
                    size(first),
                    size(groups),
                    size(batch),
                    size(residues),
                    hidden,
                    all,
                );
            }
        } else {
            for local in (0..count).rev() {
                let [gates, c, dy, dz, dc] = args();
                // SAFETY: as in `forward`.
                unsafe {
                    step_backward::launch_unchecked(
                        &client,
                        CubeCount::Static(batch.div_ceil(SIDE * per_unit) as u32, hidden.div_ceil(SIDE) as u32, groups as u32),
                        units_256(),
                        w_hh.clone().into_buffer_arg(),
                        words.arg(),
                        gates,
                        c,
                        dy,
                        dz,
                        dc,
                        size(local),
                        size(first),
                        size(groups),
                        size(batch),
                        size(residues),
                        size(hidden),
                        per_unit,
                        all,
                    );
                }
            }
        }
        let rows = shape.rows(first, count, &words);
        weights.add(rows, &dz, &x, h);
        for direction in 0..2 {
            product::input_gradient(rows, &dz, &w_ih, &dx, 4 * hidden, input, direction);
        }
        behind = Some(dz);
    }
    let [dw_ih, dw_hh, dbias] = weights.finish();
    [
        dx,
        reshaped(dw_ih, [members, 2, 4 * hidden, input]),
        reshaped(dw_hh, [members, 2, 4 * hidden, hidden]),
        reshaped(dbias, [members, 2, 4 * hidden]),
    ]
}

impl LstmOps for CubeBackend {
    fn lstm(x: CubeTensor, w_ih: CubeTensor, w_hh: CubeTensor, bias: CubeTensor, lengths: Lengths, states: States) -> CubeTensor {
        forward([x, w_ih, w_hh, bias].map(into_contiguous), &lengths, states, None)
    }
}

impl LstmGrad for CubeBackend {
    fn lstm_keeping(
        x: CubeTensor,
        w_ih: CubeTensor,
        w_hh: CubeTensor,
        bias: CubeTensor,
        lengths: &[u32],
        states: States,
    ) -> (CubeTensor, Vec<CubeTensor>) {
        let mut kept = Vec::new();
        let y = forward([x, w_ih, w_hh, bias].map(into_contiguous), lengths, states, Some(&mut kept));
        (y, kept)
    }

    fn lstm_backward(kept: Kept<Self>, dy: CubeTensor) -> [CubeTensor; 4] {
        let Kept { x, w_ih, w_hh, cache, lengths, states } = kept;
        let [x, w_ih, w_hh] = [x, w_ih, w_hh].map(into_contiguous);
        backward(Kept { x, w_ih, w_hh, cache, lengths, states }, dy)
    }
}
