//! The kernels of the LSTM; what they are launched with stands in `mod.rs`. One file: the two forms share the cell and its gradient, and are read side by side.
//!
//! `group` = member · 2 + direction. A slab is one step of a buffer: [M, 2, B, ·].

use cubecl::prelude::*;

/// Proteins of a tile times units of a tile, in the form of one launch a step.
pub(super) const SIDE: usize = 16;
/// Columns of the product that lie in shared memory at once.
const DEPTH: usize = 32;
/// Proteins of a cube of the whole-sequence form: a unit owns the state of (protein, unit of H), so that 4H units own those of four.
pub(super) const PROTEINS: usize = 4;

/// σ(z), eq. (7)
#[cube]
fn sigmoid(z: f32) -> f32 {
    1.0f32 / (1.0f32 + (-z).exp())
}

/// Where the state of (member, protein, direction, unit) at step `step` goes in y, [M, B, T, 2H] or the last states [M, B, 2H].
#[cube]
fn place_of(group: u32, protein: u32, step: u32, length: u32, batch: u32, residues: u32, hidden: u32, #[comptime] all: bool) -> usize {
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
fn cell(
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
fn cell_backward(
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
    let group = CUBE_POS_Z;
    let step = first + local;
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let protein0 = CUBE_POS_X * ((SIDE * per_unit) as u32);
    let unit = CUBE_POS_Y * (SIDE as u32) + tx;
    let lengths0 = (group / 2) * batch;
    // A tile whose proteins have all ended has nothing to do.
    let mut longest = 0u32;
    for i in 0..((SIDE * per_unit) as u32) {
        if protein0 + i < batch {
            let length = lengths[(lengths0 + protein0 + i) as usize];
            if length > longest {
                longest = length;
            }
        }
    }
    if step >= longest {
        terminate!();
    }
    let slab = (local * groups + group) * batch;
    let size = hidden as usize;
    let w0 = (group * 4 * hidden) as usize * size;
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
        let (k, row) = (UNIT_POS_X % 32, UNIT_POS_X / 32);
        #[unroll]
        for i in 0..2 * per_unit {
            let protein = protein0 + row + (i as u32) * 8;
            let mut value = 0.0f32;
            if k0 + k < hidden && protein < batch && step < lengths[(lengths0 + protein) as usize] {
                value = h[(slab + protein) as usize * size + (k0 + k) as usize];
            }
            h_tile[(row as usize + i * 8) * (DEPTH + 1) + k as usize] = value;
        }
        #[unroll]
        for i in 0..8usize {
            // 64 columns: 16 units of each gate
            let column = row + (i as u32) * 8;
            let of_unit = CUBE_POS_Y * (SIDE as u32) + column % 16;
            let mut value = 0.0f32;
            if k0 + k < hidden && of_unit < hidden {
                value = w_hh[w0 + ((column / 16) * hidden + of_unit) as usize * size + (k0 + k) as usize];
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
        let protein = protein0 + ty + ((r * SIDE) as u32);
        if protein < batch && unit < hidden {
            let length = lengths[(lengths0 + protein) as usize];
            if step < length {
                let here = slab + protein;
                let mut own = Array::<f32>::new(4usize);
                #[unroll]
                for gate in 0..4usize {
                    own[gate] = sums[r * 4 + gate] + z[here as usize * 4 * size + gate * size + unit as usize];
                }
                let mut c_before = 0.0f32;
                if step > 0 {
                    c_before = c[here as usize * size + unit as usize];
                }
                let to = place_of(group, protein, step, length, batch, residues, hidden, all);
                cell(&own, c_before, z, h, c, y, here, here + groups * batch, unit, hidden, to, step + 1 == length, all);
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
    let group = CUBE_POS_Z;
    let step = first + local;
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let protein0 = CUBE_POS_X * ((SIDE * per_unit) as u32);
    let unit = CUBE_POS_Y * (SIDE as u32) + tx;
    let lengths0 = (group / 2) * batch;
    let mut longest = 0u32;
    for i in 0..((SIDE * per_unit) as u32) {
        if protein0 + i < batch {
            let length = lengths[(lengths0 + protein0 + i) as usize];
            if length > longest {
                longest = length;
            }
        }
    }
    if step >= longest {
        terminate!();
    }
    let slab = (local * groups + group) * batch;
    let size = hidden as usize;
    let w0 = (group * 4 * hidden) as usize * size;
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
        let (k, row) = (UNIT_POS_X % 32, UNIT_POS_X / 32);
        #[unroll]
        for i in 0..2 * per_unit {
            let protein = protein0 + row + (i as u32) * 8;
            let mut value = 0.0f32;
            if k0 + k < columns && protein < batch && step + 1 < lengths[(lengths0 + protein) as usize] {
                value = dz[(slab + groups * batch + protein) as usize * columns as usize + (k0 + k) as usize];
            }
            dz_tile[(row as usize + i * 8) * (DEPTH + 1) + k as usize] = value;
        }
        #[unroll]
        for i in 0..2usize {
            let k = ty + (i as u32) * 16;
            let mut value = 0.0f32;
            if k0 + k < columns && unit < hidden {
                value = w_hh[w0 + (k0 + k) as usize * size + unit as usize];
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
        let protein = protein0 + ty + ((r * SIDE) as u32);
        if protein < batch && unit < hidden {
            let length = lengths[(lengths0 + protein) as usize];
            if step < length {
                let here = slab + protein;
                let carried = (group * batch + protein) as usize * size + unit as usize;
                let mut dh = sums[r];
                let mut dc_next = 0.0f32;
                if step + 1 < length {
                    dc_next = dc[carried];
                }
                if all || step + 1 == length {
                    dh += dy[place_of(group, protein, step, length, batch, residues, hidden, all) + unit as usize];
                }
                dc[carried] = cell_backward(gates, c, dz, here, here, here + groups * batch, unit, hidden, step == 0, dh, dc_next);
            }
        }
    }
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
    let mut longest = 0u32;
    let mut own = Array::<u32>::new(PROTEINS);
    #[unroll]
    for r in 0..PROTEINS {
        own[r] = 0u32;
        if protein0 + (r as u32) < batch {
            own[r] = lengths[(lengths0 + protein0 + (r as u32)) as usize];
        }
        if own[r] > longest {
            longest = own[r];
        }
    }
    // The state that this unit owns: protein column / H, unit column % H.
    let (protein, unit) = (protein0 + (column / hidden) as u32, (column % hidden) as u32);
    let mut length = 0u32;
    if protein < batch {
        length = lengths[(lengths0 + protein) as usize];
    }
    let mut c_before = 0.0f32;
    let mut h_before = 0.0f32;
    if first > 0 && first < length {
        let at = (group * batch + protein) as usize * hidden + unit as usize;
        c_before = c[at];
        h_before = h[at];
    }
    states[unit as usize * PROTEINS + column / hidden] = h_before;
    let mut last = steps;
    if first + steps > longest {
        last = 0u32;
        if longest > first {
            last = longest - first;
        }
    }
    for local in 0..last {
        let slab = (local * groups + group) * batch;
        sync_cube();
        let mut sums = Array::<f32>::new(PROTEINS);
        #[unroll]
        for r in 0..PROTEINS {
            sums[r] = 0.0f32;
        }
        for k in 0..hidden {
            let weight = w_t[w0 + k * 4 * hidden + column];
            #[unroll]
            for r in 0..PROTEINS {
                sums[r] += weight * states[k * PROTEINS + r];
            }
        }
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
    let mut longest = 0u32;
    let mut own = Array::<u32>::new(PROTEINS);
    #[unroll]
    for r in 0..PROTEINS {
        own[r] = 0u32;
        if protein0 + (r as u32) < batch {
            own[r] = lengths[(lengths0 + protein0 + (r as u32)) as usize];
        }
        if own[r] > longest {
            longest = own[r];
        }
    }
    let (protein, unit) = (protein0 + (column / hidden) as u32, (column % hidden) as u32);
    let mut length = 0u32;
    if protein < batch {
        length = lengths[(lengths0 + protein) as usize];
    }
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
    let mut last = steps;
    if first + steps > longest {
        last = 0u32;
        if longest > first {
            last = longest - first;
        }
    }
    for back in 0..last {
        let local = last - 1 - back;
        let step = first + local;
        let slab = (local * groups + group) * batch;
        sync_cube();
        let mut sums = Array::<f32>::new(PROTEINS);
        #[unroll]
        for r in 0..PROTEINS {
            sums[r] = 0.0f32;
        }
        let gate0 = (column / hidden) * hidden;
        for k in 0..hidden {
            let weight = w_hh[w0 + (gate0 + k) * hidden + unit as usize];
            #[unroll]
            for r in 0..PROTEINS {
                sums[r] += weight * next_dz[(gate0 + k) * PROTEINS + r];
            }
        }
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

/// Copies a slab: `count` numbers from one buffer at `from` to another at `to`.
#[cube(launch_unchecked)]
pub(super) fn copy(source: &[f32], target: &mut [f32], from: u32, to: u32, count: u32) {
    if ABSOLUTE_POS < count as usize {
        target[to as usize + ABSOLUTE_POS] = source[from as usize + ABSOLUTE_POS];
    }
}

/// w `[groups, 4H, H]` → `[groups, H, 4H]`, so that the units of the whole-sequence form read beside one another.
#[cube(launch_unchecked)]
pub(super) fn transpose(w: &[f32], out: &mut [f32], count: u32, hidden: u32) {
    if ABSOLUTE_POS < count as usize {
        let at = ABSOLUTE_POS as u32;
        let columns = 4 * hidden;
        let (column, k, group) = (at % columns, (at / columns) % hidden, at / (columns * hidden));
        out[ABSOLUTE_POS] = w[((group * columns + column) * hidden + k) as usize];
    }
}
