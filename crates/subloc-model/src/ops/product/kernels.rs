//! The kernels of the products; what they are launched with stands in `mod.rs`.

use cubecl::prelude::*;

use super::multiply::{DEPTH, Multiply, TILE};
use crate::ops::gpu::end_of_part;

/// No row.
const NONE: u32 = 0xFFFF_FFFF;

/// The row of x that row `row` of `group` reads, or [`NONE`] beyond the length.
#[cube]
fn input_row(row: u32, group: u32, rows: u32, lengths: &[u32], batch: u32, residues: u32, first: u32, #[comptime] steps: bool) -> u32 {
    let mut found = NONE.runtime();
    if row < rows {
        if steps {
            let (step, protein) = (first + row / batch, row % batch);
            let place = (group / 2) * batch + protein;
            let length = lengths[place as usize];
            if step < length {
                let mut residue = step;
                if group % 2 == 1 {
                    residue = length - 1 - step;
                }
                found = place * residues + residue;
            }
        } else {
            let place = group * batch + row / residues;
            if row % residues < lengths[place as usize] {
                found = group * batch * residues + row;
            }
        }
    }
    found
}

/// The four input rows of this unit, 16 apart from row `first_row` on: those that it loads are those that it computes.
#[cube]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn own_rows(
    first_row: u32,
    group: u32,
    rows: u32,
    lengths: &[u32],
    batch: u32,
    residues: u32,
    first: u32,
    #[comptime] steps: bool,
) -> Array<u32> {
    let mut own = Array::<u32>::new(4usize);
    #[unroll]
    for i in 0..4usize {
        own[i] = input_row(first_row + (i as u32) * 16, group, rows, lengths, batch, residues, first, steps);
    }
    own
}

/// The row of y that belongs to row `row` of `group`.
#[cube]
fn output_row(row: u32, group: u32, groups: u32, batch: u32, residues: u32, #[comptime] steps: bool) -> u32 {
    let mut found = group * batch * residues + row;
    if steps {
        found = ((row / batch) * groups + group) * batch + row % batch;
    }
    found
}

/// y[row, o] = f(Σ_i x[row, i] w[o, i] + bias[o]); f is tanh or nothing. Rows beyond a length: 0 by residue, untouched by step.
#[cube(launch_unchecked, create_dummy_kernel)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn times_transposed<P: Multiply>(
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    lengths: &[u32],
    y: &mut [f32],
    rows: u32,
    groups: u32,
    batch: u32,
    residues: u32,
    first: u32,
    inputs: u32,
    outputs: u32,
    #[comptime] steps: bool,
    #[comptime] tanh: bool,
) {
    let pitch = comptime!(P::PITCH);
    let mut x_tile = P::tile();
    let mut w_tile = P::tile();
    let group = CUBE_POS_Z;
    let (row0, column0) = (CUBE_POS_X * (TILE as u32), CUBE_POS_Y * (TILE as u32));
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let (inputs_, w0) = (inputs as usize, (group * outputs) as usize * inputs as usize);
    let own = own_rows(row0 + ty, group, rows, lengths, batch, residues, first, steps);
    let mut sums = P::begin(UNIT_POS_X);
    let mut k0 = 0u32;
    while k0 < inputs {
        let k = k0 + tx;
        #[unroll]
        for i in 0..4usize {
            let at = tx as usize * pitch + ty as usize + i * 16;
            let mut from_x = 0.0f32;
            if k < inputs && own[i] != NONE {
                from_x = x[own[i] as usize * inputs_ + k as usize];
            }
            x_tile[at] = P::element(from_x);
            let column = column0 + ty + (i as u32) * 16;
            let mut from_w = 0.0f32;
            if k < inputs && column < outputs {
                from_w = w[w0 + column as usize * inputs_ + k as usize];
            }
            w_tile[at] = P::element(from_w);
        }
        sync_cube();
        P::add(&mut sums, &x_tile, &w_tile, UNIT_POS_X);
        sync_cube();
        k0 += DEPTH as u32;
    }
    let found = P::finish(sums, UNIT_POS_X);
    #[unroll]
    for i in 0..4usize {
        let row = row0 + ty + (i as u32) * 16;
        if row < rows {
            let to = output_row(row, group, groups, batch, residues, steps) as usize * outputs as usize;
            #[unroll]
            for j in 0..4usize {
                let column = column0 + tx + (j as u32) * 16;
                if column < outputs {
                    if own[i] != NONE {
                        let sum = found[i * 4 + j] + bias[(group * outputs + column) as usize];
                        if tanh {
                            y[to + column as usize] = sum.tanh();
                        } else {
                            y[to + column as usize] = sum;
                        }
                    } else if !steps {
                        y[to + column as usize] = 0.0f32;
                    }
                }
            }
        }
    }
}

/// dx[row, i] = Σ_o dy[row, o] w[o, i], or added to what is there. `direction` picks the group of each member in the layout by step, so that no two
/// rows of a launch write the same residue.
#[cube(launch_unchecked, create_dummy_kernel)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn times<P: Multiply>(
    dy: &[f32],
    w: &[f32],
    lengths: &[u32],
    dx: &mut [f32],
    rows: u32,
    groups: u32,
    batch: u32,
    residues: u32,
    first: u32,
    inputs: u32,
    outputs: u32,
    direction: u32,
    #[comptime] steps: bool,
) {
    let pitch = comptime!(P::PITCH);
    let mut dy_tile = P::tile();
    let mut w_tile = P::tile();
    let mut group = CUBE_POS_Z;
    if steps {
        group = CUBE_POS_Z * 2 + direction;
    }
    let (row0, column0) = (CUBE_POS_X * (TILE as u32), CUBE_POS_Y * (TILE as u32));
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let (inputs_, w0) = (inputs as usize, (group * outputs) as usize * inputs as usize);
    let own = own_rows(row0 + ty, group, rows, lengths, batch, residues, first, steps);
    let mut sums = P::begin(UNIT_POS_X);
    let mut k0 = 0u32;
    while k0 < outputs {
        #[unroll]
        for i in 0..4usize {
            let row = row0 + ty + (i as u32) * 16;
            let mut from_dy = 0.0f32;
            if k0 + tx < outputs && own[i] != NONE {
                from_dy = dy[output_row(row, group, groups, batch, residues, steps) as usize * outputs as usize + (k0 + tx) as usize];
            }
            dy_tile[tx as usize * pitch + ty as usize + i * 16] = P::element(from_dy);
            // 16 rows of w, 64 columns
            let (k, column) = (UNIT_POS_X / 64 + (i as u32) * 4, UNIT_POS_X % 64);
            let mut from_w = 0.0f32;
            if k0 + k < outputs && column0 + column < inputs {
                from_w = w[w0 + (k0 + k) as usize * inputs_ + (column0 + column) as usize];
            }
            w_tile[k as usize * pitch + column as usize] = P::element(from_w);
        }
        sync_cube();
        P::add(&mut sums, &dy_tile, &w_tile, UNIT_POS_X);
        sync_cube();
        k0 += DEPTH as u32;
    }
    let found = P::finish(sums, UNIT_POS_X);
    #[unroll]
    for i in 0..4usize {
        if row0 + ty + (i as u32) * 16 < rows {
            #[unroll]
            for j in 0..4usize {
                let column = column0 + tx + (j as u32) * 16;
                if column < inputs {
                    if own[i] != NONE {
                        let to = own[i] as usize * inputs_ + column as usize;
                        if steps {
                            dx[to] += found[i * 4 + j];
                        } else {
                            dx[to] = found[i * 4 + j];
                        }
                    } else if !steps {
                        let row = row0 + ty + (i as u32) * 16;
                        dx[(group * batch * residues + row) as usize * inputs_ + column as usize] = 0.0f32;
                    }
                }
            }
        }
    }
}

/// Part p of dw[o, i] = Σ_row dy[row, o] v[row, i], where v is x, then the states before each step (by step alone), then 1.
#[cube(launch_unchecked, create_dummy_kernel)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn weight_gradient<P: Multiply>(
    dy: &[f32],
    x: &[f32],
    states: &[f32],
    lengths: &[u32],
    dw: &mut [f32],
    rows: u32,
    groups: u32,
    batch: u32,
    residues: u32,
    first: u32,
    inputs: u32,
    hidden: u32,
    outputs: u32,
    rows_a_part: u32,
    add: u32,
    #[comptime] steps: bool,
) {
    let pitch = comptime!(P::PITCH);
    let mut dy_tile = P::tile();
    let mut v_tile = P::tile();
    let (part, group) = (CUBE_POS_Z / groups, CUBE_POS_Z % groups);
    let width = inputs + hidden + 1;
    let (output0, column0) = (CUBE_POS_X * (TILE as u32), CUBE_POS_Y * (TILE as u32));
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let mut sums = P::begin(UNIT_POS_X);
    let last = end_of_part(part, rows_a_part, rows);
    let (k, column) = (UNIT_POS_X / 64, UNIT_POS_X % 64);
    let mut row0 = part * rows_a_part;
    while row0 < last {
        #[unroll]
        for i in 0..4usize {
            let row = row0 + k + (i as u32) * 4;
            let mut from_dy = 0.0f32;
            let mut from_v = 0.0f32;
            if row < last {
                let input = input_row(row, group, rows, lengths, batch, residues, first, steps);
                if input != NONE {
                    let output = output_row(row, group, groups, batch, residues, steps);
                    if output0 + column < outputs {
                        from_dy = dy[output as usize * outputs as usize + (output0 + column) as usize];
                    }
                    let i = column0 + column;
                    if i < inputs {
                        from_v = x[input as usize * inputs as usize + i as usize];
                    } else if i < inputs + hidden {
                        // The states have a slab in front: before the first step.
                        if first + row / batch > 0 {
                            from_v = states[output as usize * hidden as usize + (i - inputs) as usize];
                        }
                    } else if i < width {
                        from_v = 1.0f32;
                    }
                }
            }
            let at = (k as usize + i * 4) * pitch + column as usize;
            dy_tile[at] = P::element(from_dy);
            v_tile[at] = P::element(from_v);
        }
        sync_cube();
        P::add(&mut sums, &dy_tile, &v_tile, UNIT_POS_X);
        sync_cube();
        row0 += DEPTH as u32;
    }
    let found = P::finish(sums, UNIT_POS_X);
    #[unroll]
    for i in 0..4usize {
        let output = output0 + ty + (i as u32) * 16;
        #[unroll]
        for j in 0..4usize {
            let column = column0 + tx + (j as u32) * 16;
            if output < outputs && column < width {
                let to = (CUBE_POS_Z * outputs + output) as usize * width as usize + column as usize;
                let mut before = 0.0f32;
                if add == 1 {
                    before = dw[to];
                }
                dw[to] = before + found[i * 4 + j];
            }
        }
    }
}

/// out[row, i] = Σ_part parts[part, row, first + i], i < `width` of the parts' `total` columns.
#[cube(launch_unchecked)]
pub(super) fn fold_parts(parts: &[f32], out: &mut [f32], count: u32, rows: u32, total: u32, first: u32, width: u32) {
    if ABSOLUTE_POS < (rows * width) as usize {
        let at = ABSOLUTE_POS as u32;
        let (row, column) = (at / width, at % width);
        let mut sum = 0.0f32;
        for part in 0..count {
            sum += parts[(part * rows + row) as usize * total as usize + (first + column) as usize];
        }
        out[ABSOLUTE_POS] = sum;
    }
}
