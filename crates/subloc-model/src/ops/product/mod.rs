//! Matrix products on a GPU with ragged rows: y = x wᵀ + bias, dx = dy w and dw = dyᵀ x, a tile of 64 × 64 a cube, four by four numbers a unit.
//! `multiply.rs` has how a tile is multiplied, `kernels.rs` what goes into it and comes out.
//!
//! A **group** has its own weights. The rows of a group are laid out in one of two ways:
//!
//! - *by residue* (`steps` false): group = member, row = protein · T + residue, for x and y alike;
//! - *by step* (`steps` true): group = member · 2 + direction, row = step · B + protein. x lies by residue, at the residue that the direction reads
//!   at that step; y lies [step, group, protein].
//!
//! A row beyond its protein's length counts as zero and is never read, so what lies there may be anything. Sums are f32 in a fixed order; factors are f32, or what
//! [`Arithmetic`] makes of them.

#[cfg(test)]
mod cuda_text;
mod kernels;
mod multiply;
mod weight_gradient;

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{
    context::{self, Precision},
    gpu::{UNITS, Words, size},
};
use multiply::TILE;
pub(super) use weight_gradient::WeightGradient;

/// How a product is multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    /// In f32.
    Units,
    /// By tensor cores, in tf32 or bf16.
    TensorCores(Rounded),
    /// As they do it, in f32 of rounded factors.
    Imitated(Rounded),
}

/// What factors are rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounded {
    Tf32,
    Bf16,
}

impl Arithmetic {
    /// What the context asks for of the LSTM's large products.
    pub fn of_the_lstm() -> Self {
        let context = context::current();
        let rounded = match context.precision {
            Precision::F32 => return Self::Units,
            Precision::Tf32 => Rounded::Tf32,
            Precision::Bf16 => Rounded::Bf16,
        };
        if context.imitate_tensor_cores { Self::Imitated(rounded) } else { Self::TensorCores(rounded) }
    }
}

/// Launches a kernel of `kernels.rs` with an [`Arithmetic`].
macro_rules! launch {
    ($arithmetic:expr, $kernel:ident, $($arg:expr),+ $(,)?) => {{
        use $crate::ops::product::{Arithmetic, Rounded, kernels::$kernel, multiply::{Imitated, TensorCores, ToBf16, ToTf32, Units}};
        match $arithmetic {
            Arithmetic::Units => $kernel::launch_unchecked::<Units>($($arg),+),
            Arithmetic::TensorCores(Rounded::Tf32) => $kernel::launch_unchecked::<TensorCores<cubecl::prelude::tf32>>($($arg),+),
            Arithmetic::TensorCores(Rounded::Bf16) => $kernel::launch_unchecked::<TensorCores<half::bf16>>($($arg),+),
            Arithmetic::Imitated(Rounded::Tf32) => $kernel::launch_unchecked::<Imitated<ToTf32>>($($arg),+),
            Arithmetic::Imitated(Rounded::Bf16) => $kernel::launch_unchecked::<Imitated<ToBf16>>($($arg),+),
        }
    }};
}
use launch;

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
    /// How they are multiplied.
    pub arithmetic: Arithmetic,
}

impl Rows<'_> {
    /// Nothing to multiply: there is nothing to bind either.
    fn is_empty(&self) -> bool {
        self.rows == 0 || self.groups == 0
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
        launch!(
            rows.arithmetic,
            times_transposed,
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
        launch!(
            rows.arithmetic,
            times,
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

/// The rows of an operation on [M, B, T, ·].
pub(super) fn by_residue(lengths: &Words, [members, batch, residues]: [usize; 3]) -> Rows<'_> {
    Rows { rows: batch * residues, groups: members, batch, residues, first: 0, steps: false, lengths, arithmetic: Arithmetic::Units }
}
