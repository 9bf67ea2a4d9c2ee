//! The cell and its gradient, which both forms share, and where a protein's numbers lie.
//!
//! `group` = member · 2 + direction. A slab is one step of a buffer: [M, 2, B, ·].

use cubecl::prelude::*;

/// σ(z), eq. (7)
#[cube]
fn sigmoid(z: f32) -> f32 {
    1.0f32 / (1.0f32 + (-z).exp())
}

/// Where the state of (member, protein, direction, unit) at step `step` goes in y, [M, B, T, 2H] or the last states [M, B, 2H].
#[cube]
pub(super) fn place_of(
    group: u32,
    protein: u32,
    step: u32,
    length: u32,
    batch: u32,
    residues: u32,
    hidden: u32,
    #[comptime] all: bool,
) -> usize {
    let row = (group / 2) * batch + protein;
    let mut place = row;
    if all {
        let mut residue = step;
        if group % 2 == 1 {
            residue = length - 1 - step;
        }
        place = row * residues + residue;
    }
    (place * 2 + group % 2) as usize * hidden as usize
}

/// The cell, eq. (1)–(6), for unit `unit` whose four sums stand in `sums`; gates go to z, states to their next slab, h to y where it belongs.
#[cube]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn cell(
    sums: &Array<f32>,
    c_before: f32,
    z: &mut [f32],
    h: &mut [f32],
    c: &mut [f32],
    y: &mut [f32],
    here: u32,
    next: u32,
    unit: u32,
    hidden: u32,
    to: usize,
    ends: bool,
    #[comptime] all: bool,
) {
    let i_t = sigmoid(sums[0]); // (1)
    let f_t = sigmoid(sums[1]); // (2)
    let g_t = sums[2].tanh(); // (3)
    let c_t = f_t * c_before + i_t * g_t; // (4)
    let o_t = sigmoid(sums[3]); // (5)
    let h_t = o_t * c_t.tanh(); // (6)
    let (size, unit_) = (hidden as usize, unit as usize);
    let gates = here as usize * 4 * size + unit_;
    z[gates] = i_t;
    z[gates + size] = f_t;
    z[gates + 2 * size] = g_t;
    z[gates + 3 * size] = o_t;
    c[next as usize * size + unit_] = c_t;
    h[next as usize * size + unit_] = h_t;
    if all || ends {
        y[to + unit_] = h_t;
    }
}

/// Gradients of the four sums of the cell from dh and dc; the new dc is f ⊙ dc.
#[cube]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn cell_backward(
    gates: &[f32],
    c: &[f32],
    dz: &mut [f32],
    here: u32,
    before: u32,
    next: u32,
    unit: u32,
    hidden: u32,
    first_step: bool,
    dh: f32,
    dc_next: f32,
) -> f32 {
    let (size, unit_) = (hidden as usize, unit as usize);
    let at = here as usize * 4 * size + unit_;
    let (i_t, f_t, g_t, o_t) = (gates[at], gates[at + size], gates[at + 2 * size], gates[at + 3 * size]);
    let mut c_before = 0.0f32;
    if !first_step {
        c_before = c[before as usize * size + unit_];
    }
    let tanh_c = c[next as usize * size + unit_].tanh();
    let dc = dc_next + dh * o_t * (1.0f32 - tanh_c * tanh_c);
    dz[at] = dc * g_t * i_t * (1.0f32 - i_t);
    dz[at + size] = dc * c_before * f_t * (1.0f32 - f_t);
    dz[at + 2 * size] = dc * i_t * (1.0f32 - g_t * g_t);
    dz[at + 3 * size] = dh * tanh_c * o_t * (1.0f32 - o_t);
    dc * f_t
}

/// The longest of `count` proteins of a group from `protein0` on, whose lengths begin at `lengths0`; those beyond the batch count as 0.
#[cube]
pub(super) fn longest_of(lengths: &[u32], lengths0: u32, protein0: u32, batch: u32, #[comptime] count: usize) -> u32 {
    let mut longest = 0u32;
    for i in 0..(count as u32) {
        if protein0 + i < batch {
            let length = lengths[(lengths0 + protein0 + i) as usize];
            if length > longest {
                longest = length;
            }
        }
    }
    longest
}
