//! Matrix products on a GPU with ragged rows: y = x wᵀ + bias, dx = dy w and dw = dyᵀ x, a tile of 64 × 64 a cube, four by four numbers a unit.
//!
//! A **group** has its own weights. The rows of a group are laid out in one of two ways:
//!
//! - *by residue* (`steps` false): group = member, row = protein · T + residue, for x and y alike;
//! - *by step* (`steps` true): group = member · 2 + direction, row = step · B + protein. x lies by residue, at the residue that the direction reads
//!   at that step; y lies [step, group, protein].
//!
//! A row beyond its protein's length counts as zero and is never read, so what lies there may be anything. Sums run over f32 in a fixed order.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::gpu::{UNITS, Words, cubes_for, empty, processors, size, zeros};

/// Rows and columns of a cube's tile; a unit has four rows and four columns of it, 16 apart.
const TILE: usize = 64;
/// Columns of x that lie in shared memory at once.
const DEPTH: usize = 16;
/// A tile's row in shared memory, one longer so that units of a warp hit different banks.
const PITCH: usize = TILE + 1;
/// No row.
const NONE: u32 = 0xFFFF_FFFF;

/// How rows are found. See the module.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a> {
    /// Rows of a group.
    pub rows: usize,
    /// M, or 2M.
    pub groups: usize,
    /// B.
    pub batch: usize,
    /// T.
    pub residues: usize,
    /// The step of row 0.
    pub first: usize,
    /// The second layout.
    pub steps: bool,
    /// [M, B]
    pub lengths: &'a Words,
}

impl Rows<'_> {
    /// Nothing to multiply: there is nothing to bind either.
    fn is_empty(&self) -> bool {
        self.rows == 0 || self.groups == 0
    }
}

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
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn times_transposed(
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
    let mut x_tile = Shared::<[f32]>::new_slice(DEPTH * PITCH);
    let mut w_tile = Shared::<[f32]>::new_slice(DEPTH * PITCH);
    let group = CUBE_POS_Z;
    let (row0, column0) = (CUBE_POS_X * (TILE as u32), CUBE_POS_Y * (TILE as u32));
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let (inputs_, w0) = (inputs as usize, (group * outputs) as usize * inputs as usize);
    // The rows that this unit loads are those that it computes: ty + 16 i.
    let mut own = Array::<u32>::new(4usize);
    #[unroll]
    for i in 0..4usize {
        own[i] = input_row(row0 + ty + (i as u32) * 16, group, rows, lengths, batch, residues, first, steps);
    }
    let mut sums = Array::<f32>::new(16usize);
    #[unroll]
    for i in 0..16usize {
        sums[i] = 0.0f32;
    }
    let mut k0 = 0u32;
    while k0 < inputs {
        let k = k0 + tx;
        #[unroll]
        for i in 0..4usize {
            let at = tx as usize * PITCH + ty as usize + i * 16;
            let mut from_x = 0.0f32;
            if k < inputs && own[i] != NONE {
                from_x = x[own[i] as usize * inputs_ + k as usize];
            }
            x_tile[at] = from_x;
            let column = column0 + ty + (i as u32) * 16;
            let mut from_w = 0.0f32;
            if k < inputs && column < outputs {
                from_w = w[w0 + column as usize * inputs_ + k as usize];
            }
            w_tile[at] = from_w;
        }
        sync_cube();
        multiply(&x_tile, &w_tile, &mut sums, tx as usize, ty as usize);
        sync_cube();
        k0 += DEPTH as u32;
    }
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
                        let sum = sums[i * 4 + j] + bias[(group * outputs + column) as usize];
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

/// sums[i, j] += Σ_k a[k, ty + 16 i] b[k, tx + 16 j]
#[cube]
fn multiply(a: &Shared<[f32]>, b: &Shared<[f32]>, sums: &mut Array<f32>, tx: usize, ty: usize) {
    #[unroll]
    for k in 0..DEPTH {
        #[unroll]
        for i in 0..4usize {
            let left = a[k * PITCH + ty + i * 16];
            #[unroll]
            for j in 0..4usize {
                sums[i * 4 + j] += left * b[k * PITCH + tx + j * 16];
            }
        }
    }
}

/// dx[row, i] = Σ_o dy[row, o] w[o, i], or added to what is there. `direction` picks the group of each member in the layout by step, so that no two
/// rows of a launch write the same residue.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn times(
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
    let mut dy_tile = Shared::<[f32]>::new_slice(DEPTH * PITCH);
    let mut w_tile = Shared::<[f32]>::new_slice(DEPTH * PITCH);
    let mut group = CUBE_POS_Z;
    if steps {
        group = CUBE_POS_Z * 2 + direction;
    }
    let (row0, column0) = (CUBE_POS_X * (TILE as u32), CUBE_POS_Y * (TILE as u32));
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let (inputs_, w0) = (inputs as usize, (group * outputs) as usize * inputs as usize);
    let mut own = Array::<u32>::new(4usize);
    #[unroll]
    for i in 0..4usize {
        own[i] = input_row(row0 + ty + (i as u32) * 16, group, rows, lengths, batch, residues, first, steps);
    }
    let mut sums = Array::<f32>::new(16usize);
    #[unroll]
    for i in 0..16usize {
        sums[i] = 0.0f32;
    }
    let mut k0 = 0u32;
    while k0 < outputs {
        #[unroll]
        for i in 0..4usize {
            let row = row0 + ty + (i as u32) * 16;
            let mut from_dy = 0.0f32;
            if k0 + tx < outputs && own[i] != NONE {
                from_dy = dy[output_row(row, group, groups, batch, residues, steps) as usize * outputs as usize + (k0 + tx) as usize];
            }
            dy_tile[tx as usize * PITCH + ty as usize + i * 16] = from_dy;
            // 16 rows of w, 64 columns
            let (k, column) = (UNIT_POS_X / 64 + (i as u32) * 4, UNIT_POS_X % 64);
            let mut from_w = 0.0f32;
            if k0 + k < outputs && column0 + column < inputs {
                from_w = w[w0 + (k0 + k) as usize * inputs_ + (column0 + column) as usize];
            }
            w_tile[k as usize * PITCH + column as usize] = from_w;
        }
        sync_cube();
        multiply(&dy_tile, &w_tile, &mut sums, tx as usize, ty as usize);
        sync_cube();
        k0 += DEPTH as u32;
    }
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
                            dx[to] += sums[i * 4 + j];
                        } else {
                            dx[to] = sums[i * 4 + j];
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
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn weight_gradient(
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
    let mut dy_tile = Shared::<[f32]>::new_slice(DEPTH * PITCH);
    let mut v_tile = Shared::<[f32]>::new_slice(DEPTH * PITCH);
    let (part, group) = (CUBE_POS_Z / groups, CUBE_POS_Z % groups);
    let width = inputs + hidden + 1;
    let (output0, column0) = (CUBE_POS_X * (TILE as u32), CUBE_POS_Y * (TILE as u32));
    let (tx, ty) = (UNIT_POS_X % 16, UNIT_POS_X / 16);
    let mut sums = Array::<f32>::new(16usize);
    #[unroll]
    for i in 0..16usize {
        sums[i] = 0.0f32;
    }
    let mut last = (part + 1) * rows_a_part;
    if last > rows {
        last = rows;
    }
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
            let at = (k as usize + i * 4) * PITCH + column as usize;
            dy_tile[at] = from_dy;
            v_tile[at] = from_v;
        }
        sync_cube();
        multiply(&dy_tile, &v_tile, &mut sums, tx as usize, ty as usize);
        sync_cube();
        row0 += DEPTH as u32;
    }
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
                dw[to] = before + sums[i * 4 + j];
            }
        }
    }
}

/// out[row, i] = Σ_part parts[part, row, first + i], i < `width` of the parts' `total` columns.
#[cube(launch_unchecked)]
fn fold_parts(parts: &[f32], out: &mut [f32], count: u32, rows: u32, total: u32, first: u32, width: u32) {
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

fn tiles(rows: usize, columns: usize, groups: usize) -> CubeCount {
    CubeCount::Static(rows.div_ceil(TILE).max(1) as u32, columns.div_ceil(TILE).max(1) as u32, groups.max(1) as u32)
}

fn plane() -> CubeDim {
    CubeDim::new_1d(UNITS)
}

/// x, w `[groups, outputs, inputs]`, bias `[groups, outputs]` → y.
pub(super) fn forward(rows: Rows, [x, w, bias]: [&CubeTensor; 3], y: &CubeTensor, outputs: usize, inputs: usize, tanh: bool) {
    if rows.is_empty() {
        return;
    }
    let client = &y.client;
    // SAFETY: every index is below the sizes of the contract, which the caller's tensors have.
    unsafe {
        times_transposed::launch_unchecked(
            client,
            tiles(rows.rows, outputs, rows.groups),
            plane(),
            x.clone().into_buffer_arg(),
            w.clone().into_buffer_arg(),
            bias.clone().into_buffer_arg(),
            rows.lengths.arg(),
            y.clone().into_buffer_arg(),
            size(rows.rows),
            size(rows.groups),
            size(rows.batch),
            size(rows.residues),
            size(rows.first),
            size(inputs),
            size(outputs),
            rows.steps,
            tanh,
        );
    }
}

/// dy, w → dx; by step the `direction`'s rows are added to dx.
pub(super) fn input_gradient(
    rows: Rows,
    dy: &CubeTensor,
    w: &CubeTensor,
    dx: &CubeTensor,
    outputs: usize,
    inputs: usize,
    direction: usize,
) {
    if rows.is_empty() {
        return;
    }
    let client = &dx.client;
    let cubes = if rows.steps { rows.groups / 2 } else { rows.groups };
    // SAFETY: as in `forward`.
    unsafe {
        times::launch_unchecked(
            client,
            tiles(rows.rows, inputs, cubes),
            plane(),
            dy.clone().into_buffer_arg(),
            w.clone().into_buffer_arg(),
            rows.lengths.arg(),
            dx.clone().into_buffer_arg(),
            size(rows.rows),
            size(rows.groups),
            size(rows.batch),
            size(rows.residues),
            size(rows.first),
            size(inputs),
            size(outputs),
            size(direction),
            rows.steps,
        );
    }
}

/// The gradient of the weights while it is summed: [parts, groups, outputs, inputs + hidden + 1]. The parts are what keeps all processors busy where
/// the weights are small and the rows many.
pub(super) struct WeightGradient {
    parts: CubeTensor,
    count: usize,
    groups: usize,
    outputs: usize,
    inputs: usize,
    hidden: usize,
    begun: bool,
}

impl WeightGradient {
    /// For so many rows a call of [`WeightGradient::add`], at most.
    pub fn new(like: &CubeTensor, rows: usize, groups: usize, outputs: usize, inputs: usize, hidden: usize) -> Self {
        let width = inputs + hidden + 1;
        let cubes = outputs.div_ceil(TILE) * width.div_ceil(TILE) * groups;
        let count = (4 * processors(&like.client)).div_ceil(cubes).min(rows.div_ceil(16 * DEPTH)).max(1);
        // Without rows nothing is added, and the sum is 0.
        let parts = if rows == 0 { zeros(like, [count, groups, outputs, width]) } else { empty(like, [count, groups, outputs, width]) };
        Self { parts, count, groups, outputs, inputs, hidden, begun: false }
    }

    /// Adds the rows; `states` [steps + 1, groups, B, hidden] begin with those before the first step, and are not read where hidden is 0.
    pub fn add(&mut self, rows: Rows, dy: &CubeTensor, x: &CubeTensor, states: &CubeTensor) {
        if rows.is_empty() {
            return;
        }
        let client = &self.parts.client;
        let width = self.inputs + self.hidden + 1;
        // SAFETY: as in `forward`.
        unsafe {
            weight_gradient::launch_unchecked(
                client,
                tiles(self.outputs, width, self.groups * self.count),
                plane(),
                dy.clone().into_buffer_arg(),
                x.clone().into_buffer_arg(),
                states.clone().into_buffer_arg(),
                rows.lengths.arg(),
                self.parts.clone().into_buffer_arg(),
                size(rows.rows),
                size(rows.groups),
                size(rows.batch),
                size(rows.residues),
                size(rows.first),
                size(self.inputs),
                size(self.hidden),
                size(self.outputs),
                size(rows.rows.div_ceil(self.count)),
                u32::from(self.begun),
                rows.steps,
            );
        }
        self.begun = true;
    }

    /// Some columns of the sum: [groups, outputs, width].
    fn columns(&self, first: usize, width: usize) -> CubeTensor {
        let out = empty(&self.parts, [self.groups, self.outputs, width]);
        let rows = self.groups * self.outputs;
        // SAFETY: the kernel stops beyond rows · width, the size of `out`.
        unsafe {
            fold_parts::launch_unchecked(
                &self.parts.client,
                cubes_for(rows * width),
                plane(),
                self.parts.clone().into_buffer_arg(),
                out.clone().into_buffer_arg(),
                size(self.count),
                size(rows),
                size(self.inputs + self.hidden + 1),
                size(first),
                size(width),
            );
        }
        out
    }

    /// Gradients of the weights of x, of the states, and of the bias [groups, outputs, 1].
    pub fn finish(self) -> [CubeTensor; 3] {
        let states = if self.hidden > 0 { self.columns(self.inputs, self.hidden) } else { self.parts.clone() };
        [self.columns(0, self.inputs), states, self.columns(self.inputs + self.hidden, 1)]
    }
}

/// The rows of an operation on [M, B, T, ·].
pub(super) fn by_residue(lengths: &Words, [members, batch, residues]: [usize; 3]) -> Rows<'_> {
    Rows { rows: batch * residues, groups: members, batch, residues, first: 0, steps: false, lengths }
}
