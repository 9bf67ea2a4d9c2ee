//! The form of the whole sequence: a cube owns a few proteins and all 4H columns, and walks through a chunk.
//!
//! `group` = member · 2 + direction. A slab is one step of a buffer: [M, 2, B, ·].

use cubecl::prelude::*;

use super::cell::{cell, cell_backward, longest_of, place_of};

/// Proteins of a cube of the whole-sequence form: a unit owns the state of (protein, unit of H), so that 4H units own those of four.
pub(super) const PROTEINS: usize = 4;

/// Lengths of the cube's proteins; 0 beyond the batch.
#[cube]
fn own_lengths(lengths: &[u32], lengths0: u32, protein0: u32, batch: u32) -> Array<u32> {
    let mut own = Array::<u32>::new(PROTEINS);
    #[unroll]
    for r in 0..PROTEINS {
        own[r] = 0u32;
        if protein0 + (r as u32) < batch {
            own[r] = lengths[(lengths0 + protein0 + (r as u32)) as usize];
        }
    }
    own
}

/// The state that a unit owns: protein column / H of the cube's, unit column % H; length 0 beyond the batch.
#[derive(CubeType)]
struct Owned {
    protein: u32,
    unit: u32,
    length: u32,
}

#[cube]
fn owned(lengths: &[u32], lengths0: u32, protein0: u32, batch: u32, column: usize, #[comptime] hidden: usize) -> Owned {
    let protein = protein0 + (column / hidden) as u32;
    let mut length = 0u32;
    if protein < batch {
        length = lengths[(lengths0 + protein) as usize];
    }
    Owned { protein, unit: (column % hidden) as u32, length }
}

/// Σ_k w[first + k · pitch] v[from + k, r] over H for each of the cube's proteins r; v is [·, `PROTEINS`].
#[cube]
fn times_vectors(w: &[f32], first: usize, pitch: usize, v: &Shared<[f32]>, from: usize, #[comptime] hidden: usize) -> Array<f32> {
    let mut sums = Array::<f32>::new(PROTEINS);
    #[unroll]
    for r in 0..PROTEINS {
        sums[r] = 0.0f32;
    }
    for k in 0..hidden {
        let weight = w[first + k * pitch];
        #[unroll]
        for r in 0..PROTEINS {
            sums[r] += weight * v[(from + k) * PROTEINS + r];
        }
    }
    sums
}

/// Steps of the chunk of `steps` from `first` on before the longest protein ends.
#[cube]
fn steps_left(longest: u32, first: u32, steps: u32) -> u32 {
    let mut last = steps;
    if first + steps > longest {
        last = 0u32;
        if longest > first {
            last = longest - first;
        }
    }
    last
}

/// A chunk of the forward pass: a cube owns `PROTEINS` proteins of a group and walks through the steps, a unit a column of the product.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn sequence(
    w_t: &[f32],
    lengths: &[u32],
    z: &mut [f32],
    h: &mut [f32],
    c: &mut [f32],
    y: &mut [f32],
    steps: u32,
    first: u32,
    groups: u32,
    batch: u32,
    residues: u32,
    #[comptime] hidden: usize,
    #[comptime] all: bool,
) {
    let mut states = Shared::<[f32]>::new_slice(hidden * PROTEINS);
    let mut products = Shared::<[f32]>::new_slice(4 * hidden * PROTEINS);
    let (group, protein0) = (CUBE_POS_Y, CUBE_POS_X * (PROTEINS as u32));
    let lengths0 = (group / 2) * batch;
    let column = UNIT_POS_X as usize;
    let w0 = group as usize * 4 * hidden * hidden;
    let own = own_lengths(lengths, lengths0, protein0, batch);
    let longest = longest_of(lengths, lengths0, protein0, batch, PROTEINS);
    let state = owned(lengths, lengths0, protein0, batch, column, hidden);
    let (protein, unit, length) = (state.protein, state.unit, state.length);
    let mut c_before = 0.0f32;
    let mut h_before = 0.0f32;
    if first > 0 && first < length {
        let at = (group * batch + protein) as usize * hidden + unit as usize;
        c_before = c[at];
        h_before = h[at];
    }
    states[unit as usize * PROTEINS + column / hidden] = h_before;
    let last = steps_left(longest, first, steps);
    for local in 0..last {
        let slab = (local * groups + group) * batch;
        sync_cube();
        let sums = times_vectors(w_t, w0 + column, 4 * hidden, &states, 0, hidden);
        #[unroll]
        for r in 0..PROTEINS {
            let mut from_x = 0.0f32;
            if first + local < own[r] {
                from_x = z[(slab + protein0 + (r as u32)) as usize * 4 * hidden + column];
            }
            products[r * 4 * hidden + column] = sums[r] + from_x;
        }
        sync_cube();
        if first + local < length {
            let mut four = Array::<f32>::new(4usize);
            #[unroll]
            for gate in 0..4usize {
                four[gate] = products[(column / hidden) * 4 * hidden + gate * hidden + unit as usize];
            }
            let step = first + local;
            let to = place_of(group, protein, step, length, batch, residues, hidden as u32, all);
            let (here, next) = (slab + protein, slab + groups * batch + protein);
            cell(&four, c_before, z, h, c, y, here, next, unit, hidden as u32, to, step + 1 == length, all);
            c_before = c[next as usize * hidden + unit as usize];
            states[unit as usize * PROTEINS + column / hidden] = h[next as usize * hidden + unit as usize];
        }
    }
}

/// A chunk of the backward pass, likewise: unit (gate, k) sums its gate's part of dh for state k.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn sequence_backward(
    w_hh: &[f32],
    lengths: &[u32],
    gates: &[f32],
    c: &[f32],
    dy: &[f32],
    dz: &mut [f32],
    dc: &mut [f32],
    steps: u32,
    first: u32,
    groups: u32,
    batch: u32,
    residues: u32,
    #[comptime] hidden: usize,
    #[comptime] all: bool,
) {
    let mut next_dz = Shared::<[f32]>::new_slice(4 * hidden * PROTEINS);
    let mut parts = Shared::<[f32]>::new_slice(4 * hidden * PROTEINS);
    let (group, protein0) = (CUBE_POS_Y, CUBE_POS_X * (PROTEINS as u32));
    let lengths0 = (group / 2) * batch;
    let column = UNIT_POS_X as usize;
    let w0 = group as usize * 4 * hidden * hidden;
    let own = own_lengths(lengths, lengths0, protein0, batch);
    let longest = longest_of(lengths, lengths0, protein0, batch, PROTEINS);
    let state = owned(lengths, lengths0, protein0, batch, column, hidden);
    let (protein, unit, length) = (state.protein, state.unit, state.length);
    let carried = (group * batch + protein) as usize * hidden + unit as usize;
    // What follows the chunk lies in its last slab.
    #[unroll]
    for r in 0..PROTEINS {
        let mut value = 0.0f32;
        if first + steps < own[r] {
            value = dz[((steps * groups + group) * batch + protein0 + (r as u32)) as usize * 4 * hidden + column];
        }
        next_dz[column * PROTEINS + r] = value;
    }
    let mut dc_next = 0.0f32;
    if first + steps < length {
        dc_next = dc[carried];
    }
    let last = steps_left(longest, first, steps);
    for back in 0..last {
        let local = last - 1 - back;
        let step = first + local;
        let slab = (local * groups + group) * batch;
        sync_cube();
        let gate0 = (column / hidden) * hidden;
        let sums = times_vectors(w_hh, w0 + gate0 * hidden + unit as usize, hidden, &next_dz, gate0, hidden);
        #[unroll]
        for r in 0..PROTEINS {
            parts[(r * 4 + column / hidden) * hidden + unit as usize] = sums[r];
        }
        sync_cube();
        if step < length {
            let r = column / hidden;
            let mut dh = 0.0f32;
            #[unroll]
            for gate in 0..4usize {
                dh += parts[(r * 4 + gate) * hidden + unit as usize];
            }
            if all || step + 1 == length {
                dh += dy[place_of(group, protein, step, length, batch, residues, hidden as u32, all) + unit as usize];
            }
            let here = slab + protein;
            dc_next = cell_backward(gates, c, dz, here, here, here + groups * batch, unit, hidden as u32, step == 0, dh, dc_next);
            #[unroll]
            for gate in 0..4usize {
                next_dz[(gate * hidden + unit as usize) * PROTEINS + r] = dz[(here as usize * 4 + gate) * hidden + unit as usize];
            }
        }
    }
    if first < length {
        dc[carried] = dc_next;
    }
}
