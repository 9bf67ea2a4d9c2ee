//! The form of one launch a step: any H.
//!
//! `group` = member · 2 + direction. A slab is one step of a buffer: [M, 2, B, ·].

use cubecl::prelude::*;

use super::cell::{cell, cell_backward, longest_of, place_of};

/// Proteins of a tile times units of a tile, in the form of one launch a step.
pub(super) const SIDE: usize = 16;
/// Columns of the product that lie in shared memory at once.
const DEPTH: usize = 32;

/// What a cube and its units have: a group, proteins from `protein0` on, and a unit of H.
#[derive(CubeType)]
struct Tile {
    group: u32,
    step: u32,
    protein0: u32,
    /// The unit of H of column `UNIT_POS_X % 16`.
    unit: u32,
    lengths0: u32,
    /// First row of the step's slab.
    slab: u32,
    /// First number of the group's recurrent weights.
    w0: usize,
}

#[cube]
fn tile(local: u32, first: u32, groups: u32, batch: u32, hidden: u32, #[comptime] per_unit: usize) -> Tile {
    let group = CUBE_POS_Z;
    Tile {
        group,
        step: first + local,
        protein0: CUBE_POS_X * ((SIDE * per_unit) as u32),
        unit: CUBE_POS_Y * (SIDE as u32) + UNIT_POS_X % 16,
        lengths0: (group / 2) * batch,
        slab: (local * groups + group) * batch,
        w0: (group * 4 * hidden) as usize * hidden as usize,
    }
}

/// Loads columns `k0` to `k0 + DEPTH` of the tile's rows of a slab [B, columns] that begins at row `slab`; 0 beyond the columns, and for proteins that have ended
/// before `step`.
#[cube]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn load(
    rows: &mut Shared<[f32]>,
    source: &[f32],
    lengths: &[u32],
    tile: &Tile,
    slab: u32,
    step: u32,
    batch: u32,
    columns: u32,
    k0: u32,
    #[comptime] per_unit: usize,
) {
    let (k, row) = (UNIT_POS_X % 32, UNIT_POS_X / 32);
    #[unroll]
    for i in 0..2 * per_unit {
        let protein = tile.protein0 + row + (i as u32) * 8;
        let mut value = 0.0f32;
        if k0 + k < columns && protein < batch && step < lengths[(tile.lengths0 + protein) as usize] {
            value = source[(slab + protein) as usize * columns as usize + (k0 + k) as usize];
        }
        rows[(row as usize + i * 8) * (DEPTH + 1) + k as usize] = value;
    }
}

/// One step of the forward pass: a tile of `SIDE · per_unit` proteins and `SIDE` units a cube.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn step(
    w_hh: &[f32],
    lengths: &[u32],
    z: &mut [f32],
    h: &mut [f32],
    c: &mut [f32],
    y: &mut [f32],
    local: u32,
    first: u32,
    groups: u32,
    batch: u32,
    residues: u32,
    hidden: u32,
    #[comptime] per_unit: usize,
    #[comptime] all: bool,
) {
    let mut h_tile = Shared::<[f32]>::new_slice(SIDE * per_unit * (DEPTH + 1));
    let mut w_tile = Shared::<[f32]>::new_slice(DEPTH * (4 * SIDE + 1));
    let own = tile(local, first, groups, batch, hidden, per_unit);
    let (step, unit) = (own.step, own.unit);
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    // A tile whose proteins have all ended has nothing to do.
    let longest = longest_of(lengths, own.lengths0, own.protein0, batch, SIDE * per_unit);
    if step >= longest {
        terminate!();
    }
    let size = hidden as usize;
    let mut sums = Array::<f32>::new(4 * per_unit);
    #[unroll]
    for i in 0..4 * per_unit {
        sums[i] = 0.0f32;
    }
    let mut k0 = 0u32;
    if step == 0 {
        k0 = hidden; // h before the first step is 0
    }
    while k0 < hidden {
        load(&mut h_tile, &*h, lengths, &own, own.slab, step, batch, hidden, k0, per_unit);
        let (k, row) = (UNIT_POS_X % 32, UNIT_POS_X / 32);
        #[unroll]
        for i in 0..8usize {
            // 64 columns: 16 units of each gate
            let column = row + (i as u32) * 8;
            let of_unit = CUBE_POS_Y * (SIDE as u32) + column % 16;
            let mut value = 0.0f32;
            if k0 + k < hidden && of_unit < hidden {
                value = w_hh[own.w0 + ((column / 16) * hidden + of_unit) as usize * size + (k0 + k) as usize];
            }
            w_tile[k as usize * (4 * SIDE + 1) + column as usize] = value;
        }
        sync_cube();
        #[unroll]
        for k in 0..DEPTH {
            #[unroll]
            for r in 0..per_unit {
                let state = h_tile[(ty as usize + r * SIDE) * (DEPTH + 1) + k];
                #[unroll]
                for gate in 0..4usize {
                    sums[r * 4 + gate] += state * w_tile[k * (4 * SIDE + 1) + gate * SIDE + tx as usize];
                }
            }
        }
        sync_cube();
        k0 += DEPTH as u32;
    }
    #[unroll]
    for r in 0..per_unit {
        let protein = own.protein0 + ty + ((r * SIDE) as u32);
        if protein < batch && unit < hidden {
            let length = lengths[(own.lengths0 + protein) as usize];
            if step < length {
                let here = own.slab + protein;
                let mut four = Array::<f32>::new(4usize);
                #[unroll]
                for gate in 0..4usize {
                    four[gate] = sums[r * 4 + gate] + z[here as usize * 4 * size + gate * size + unit as usize];
                }
                let mut c_before = 0.0f32;
                if step > 0 {
                    c_before = c[here as usize * size + unit as usize];
                }
                let to = place_of(own.group, protein, step, length, batch, residues, hidden, all);
                cell(&four, c_before, z, h, c, y, here, here + groups * batch, unit, hidden, to, step + 1 == length, all);
            }
        }
    }
}

/// One step of the backward pass: dh = dy + dz(next step) W_hh, then the cell; dc is carried in place.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn step_backward(
    w_hh: &[f32],
    lengths: &[u32],
    gates: &[f32],
    c: &[f32],
    dy: &[f32],
    dz: &mut [f32],
    dc: &mut [f32],
    local: u32,
    first: u32,
    groups: u32,
    batch: u32,
    residues: u32,
    hidden: u32,
    #[comptime] per_unit: usize,
    #[comptime] all: bool,
) {
    let mut dz_tile = Shared::<[f32]>::new_slice(SIDE * per_unit * (DEPTH + 1));
    let mut w_tile = Shared::<[f32]>::new_slice(DEPTH * (SIDE + 1));
    let own = tile(local, first, groups, batch, hidden, per_unit);
    let (step, unit) = (own.step, own.unit);
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let longest = longest_of(lengths, own.lengths0, own.protein0, batch, SIDE * per_unit);
    if step >= longest {
        terminate!();
    }
    let size = hidden as usize;
    let mut sums = Array::<f32>::new(per_unit);
    #[unroll]
    for i in 0..per_unit {
        sums[i] = 0.0f32;
    }
    let columns = 4 * hidden;
    let mut k0 = 0u32;
    if step + 1 >= longest {
        k0 = columns; // all end here
    }
    while k0 < columns {
        load(&mut dz_tile, &*dz, lengths, &own, own.slab + groups * batch, step + 1, batch, columns, k0, per_unit);
        #[unroll]
        for i in 0..2usize {
            let k = ty + (i as u32) * 16;
            let mut value = 0.0f32;
            if k0 + k < columns && unit < hidden {
                value = w_hh[own.w0 + (k0 + k) as usize * size + unit as usize];
            }
            w_tile[k as usize * (SIDE + 1) + tx as usize] = value;
        }
        sync_cube();
        #[unroll]
        for k in 0..DEPTH {
            let weight = w_tile[k * (SIDE + 1) + tx as usize];
            #[unroll]
            for r in 0..per_unit {
                sums[r] += weight * dz_tile[(ty as usize + r * SIDE) * (DEPTH + 1) + k];
            }
        }
        sync_cube();
        k0 += DEPTH as u32;
    }
    #[unroll]
    for r in 0..per_unit {
        let protein = own.protein0 + ty + ((r * SIDE) as u32);
        if protein < batch && unit < hidden {
            let length = lengths[(own.lengths0 + protein) as usize];
            if step < length {
                let here = own.slab + protein;
                let carried = (own.group * batch + protein) as usize * size + unit as usize;
                let mut dh = sums[r];
                let mut dc_next = 0.0f32;
                if step + 1 < length {
                    dc_next = dc[carried];
                }
                if all || step + 1 == length {
                    dh += dy[place_of(own.group, protein, step, length, batch, residues, hidden, all) + unit as usize];
                }
                dc[carried] = cell_backward(gates, c, dz, here, here, here + groups * batch, unit, hidden, step == 0, dh, dc_next);
            }
        }
    }
}
