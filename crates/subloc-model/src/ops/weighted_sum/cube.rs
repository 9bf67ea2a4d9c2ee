//! c = Σ α_t h_t, eq. (13), on a GPU: a unit a component of c; backwards a cube a residue.

use burn::backend::TensorMetadata;
use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::{WeightedSumGrad, WeightedSumOps};
use crate::ops::{
    Lengths,
    gpu::{ROW_UNITS, UNITS, cubes_for, empty, size, sum_of_cube, words},
};

#[cube(launch_unchecked)]
fn sum_states(alpha: &[f32], h: &[f32], lengths: &[u32], context: &mut [f32], count: u32, residues: u32, units: u32) {
    if ABSOLUTE_POS < count as usize {
        let at = ABSOLUTE_POS as u32;
        let (unit, row) = (at % units, at / units);
        let mut sum = 0.0f32;
        for t in 0..lengths[row as usize] {
            let place = (row * residues + t) as usize;
            sum += alpha[place] * h[place * units as usize + unit as usize];
        }
        context[ABSOLUTE_POS] = sum;
    }
}

/// dα_t = dc · h_t, dh_t = α_t dc
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn sum_backward(
    alpha: &[f32],
    h: &[f32],
    dcontext: &[f32],
    lengths: &[u32],
    dalpha: &mut [f32],
    dh: &mut [f32],
    residues: u32,
    units: u32,
) {
    let mut shared = Shared::<[f32]>::new_slice(ROW_UNITS);
    let (t, row) = (CUBE_POS_X, CUBE_POS_Y);
    let place = (row * residues + t) as usize;
    let inside = t < lengths[row as usize];
    let mut weight = 0.0f32;
    if inside {
        weight = alpha[place];
    }
    let mut sum = 0.0f32;
    let mut unit = UNIT_POS_X;
    while unit < units {
        let at = place * units as usize + unit as usize;
        let mut dh_t = 0.0f32;
        if inside {
            let dc = dcontext[(row * units + unit) as usize];
            sum += dc * h[at];
            dh_t = weight * dc;
        }
        dh[at] = dh_t;
        unit += ROW_UNITS as u32;
    }
    let total = sum_of_cube(&mut shared, sum, UNIT_POS_X);
    if UNIT_POS_X == 0 {
        dalpha[place] = total;
    }
}

impl WeightedSumOps for CubeBackend {
    fn weighted_sum(alpha: CubeTensor, h: CubeTensor, lengths: Lengths) -> CubeTensor {
        let [alpha, h] = [alpha, h].map(into_contiguous);
        let [members, batch, residues, units] = h.shape().dims();
        let context = empty(&h, [members, batch, units]);
        let count = members * batch * units;
        if count > 0 {
            // SAFETY: the kernel stops beyond `count` and reads below each length.
            unsafe {
                sum_states::launch_unchecked(
                    &h.client,
                    cubes_for(count),
                    CubeDim::new_1d(UNITS),
                    alpha.into_buffer_arg(),
                    h.clone().into_buffer_arg(),
                    words(&h.client, &lengths),
                    context.clone().into_buffer_arg(),
                    size(count),
                    size(residues),
                    size(units),
                );
            }
        }
        context
    }
}

impl WeightedSumGrad for CubeBackend {
    fn weighted_sum_backward(alpha: CubeTensor, h: CubeTensor, dcontext: CubeTensor, lengths: &[u32]) -> [CubeTensor; 2] {
        let [alpha, h, dcontext] = [alpha, h, dcontext].map(into_contiguous);
        let [members, batch, residues, units] = h.shape().dims();
        let (dalpha, dh) = (empty(&h, [members, batch, residues]), empty(&h, [members, batch, residues, units]));
        if residues > 0 && !lengths.is_empty() {
            // SAFETY: a cube a residue of the padded batch.
            unsafe {
                sum_backward::launch_unchecked(
                    &h.client,
                    CubeCount::Static(size(residues), size(members * batch), 1),
                    CubeDim::new_1d(ROW_UNITS as u32),
                    alpha.into_buffer_arg(),
                    h.clone().into_buffer_arg(),
                    dcontext.into_buffer_arg(),
                    words(&h.client, lengths),
                    dalpha.clone().into_buffer_arg(),
                    dh.clone().into_buffer_arg(),
                    size(residues),
                    size(units),
                );
            }
        }
        [dalpha, dh]
    }
}
