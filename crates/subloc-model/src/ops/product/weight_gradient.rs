//! The gradient of weights: a product whose sums run over the rows of all chunks.

use burn_cubecl::tensor::CubeTensor;

use super::{
    Rows,
    kernels::fold_parts,
    launch,
    multiply::{DEPTH, TILE},
    plane, tiles,
};
use crate::ops::gpu::{cubes_for, empty, processors, size, zeros};

/// The gradient of the weights while it is summed: [parts, groups, outputs, inputs + hidden + 1]. The parts are what keeps all processors busy where
/// the weights are small and the rows many.
pub(in crate::ops) struct WeightGradient {
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
            launch!(
                rows.arithmetic,
                weight_gradient,
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
