//! The step on a GPU: a cube a member for its sums, a unit a weight for the rest.

use burn::backend::TensorMetadata;
use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::{AdamNumbers, COLUMNS, LARGEST_RATE, ORDERS, UpdateOps};
use crate::ops::gpu::{ROW_UNITS, UNITS, cubes_for, empty, size, sum_of_cube};

/// Whether `x` is a number: by its bits, for a compiler may take all floats to be finite.
#[cube]
fn is_number(x: f32) -> bool {
    (u32::reinterpret(x) & 0x7F80_0000u32) != 0x7F80_0000u32
}

#[cube(launch_unchecked)]
fn squares(gradient: &[f32], so_far: &[f32], out: &mut [f32], count: u32) {
    let mut shared = Shared::<[f32]>::new_slice(ROW_UNITS);
    let start = (CUBE_POS_X * count) as usize;
    let mut sum = 0.0f32;
    let mut i = UNIT_POS_X;
    while i < count {
        let g = gradient[start + i as usize];
        sum += g * g;
        i += ROW_UNITS as u32;
    }
    let total = sum_of_cube(&mut shared, sum, UNIT_POS_X);
    if UNIT_POS_X == 0 {
        out[CUBE_POS_X as usize] = so_far[CUBE_POS_X as usize] + total;
    }
}

#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn judge_members(ledger: &[f32], orders: &[f32], squares: &[f32], losses: &[f32], right: &[f32], out: &mut [f32], members: u32, step: f32) {
    if ABSOLUTE_POS < members as usize {
        let (row, order) = (ABSOLUTE_POS * COLUMNS, ABSOLUTE_POS * ORDERS);
        let (norm, loss) = (squares[ABSOLUTE_POS].sqrt(), losses[ABSOLUTE_POS]);
        let mut failed = ledger[row];
        let wanted = orders[order] == 1.0f32 && failed == 0.0f32;
        let mut rate = orders[order + 2];
        if rate < 0.0f32 {
            rate = -rate;
        }
        let sound = is_number(squares[ABSOLUTE_POS]) && is_number(loss) && is_number(rate) && rate < LARGEST_RATE;
        let mut taken = 0.0f32;
        let mut loss_ = 0.0f32;
        let mut norm_ = 0.0f32;
        let mut last = ledger[row + 6];
        if wanted {
            if sound {
                taken = 1.0f32.runtime();
                loss_ = loss;
                norm_ = norm;
                last = loss;
            } else {
                failed = step;
            }
        }
        let mut scale = 1.0f32;
        let largest = orders[order + 5];
        if largest > 0.0f32 && norm > largest {
            scale = largest / norm;
        }
        out[row] = failed;
        out[row + 1] = ledger[row + 1] + loss_ * orders[order + 1];
        out[row + 2] = ledger[row + 2] + taken * right[ABSOLUTE_POS];
        out[row + 3] = ledger[row + 3] + norm_;
        out[row + 4] = ledger[row + 4] + taken;
        out[row + 5] = ledger[row + 5] + taken * orders[order + 1];
        out[row + 6] = last;
        out[row + 7] = taken;
        out[row + 8] = scale;
        out[row + 9] = orders[order + 2];
        out[row + 10] = orders[order + 3];
        out[row + 11] = orders[order + 4];
    }
}

#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn adam_step(
    weights: &[f32],
    first: &[f32],
    second: &[f32],
    gradient: &[f32],
    ledger: &[f32],
    new_weights: &mut [f32],
    new_first: &mut [f32],
    new_second: &mut [f32],
    count: u32,
    n: u32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
) {
    if ABSOLUTE_POS < count as usize {
        let row = ABSOLUTE_POS / n as usize * COLUMNS;
        let (mut w, mut m, mut v) = (weights[ABSOLUTE_POS], first[ABSOLUTE_POS], second[ABSOLUTE_POS]);
        if ledger[row + 7] == 1.0f32 {
            let g = gradient[ABSOLUTE_POS] * ledger[row + 8];
            m = m * beta1 + g * (1.0f32 - beta1);
            v = v * beta2 + g * g * (1.0f32 - beta2);
            w = w - m * ledger[row + 9] / ((v * ledger[row + 10]).sqrt() + epsilon) - w * ledger[row + 11];
        }
        new_weights[ABSOLUTE_POS] = w;
        new_first[ABSOLUTE_POS] = m;
        new_second[ABSOLUTE_POS] = v;
    }
}

#[cube(launch_unchecked)]
fn average_step(average: &[f32], weights: &[f32], ledger: &[f32], out: &mut [f32], count: u32, n: u32, decay: f32) {
    if ABSOLUTE_POS < count as usize {
        let mut value = average[ABSOLUTE_POS];
        if ledger[ABSOLUTE_POS / n as usize * COLUMNS + 7] == 1.0f32 {
            value = value * decay + weights[ABSOLUTE_POS] * (1.0f32 - decay);
        }
        out[ABSOLUTE_POS] = value;
    }
}

impl UpdateOps for CubeBackend {
    fn add_squares(gradient: CubeTensor, so_far: CubeTensor) -> CubeTensor {
        let [gradient, so_far] = [gradient, so_far].map(into_contiguous);
        let [members, n] = gradient.shape().dims();
        if n == 0 {
            return so_far;
        }
        let out = empty(&gradient, [members, 1]);
        // SAFETY: a cube a member, whose n numbers lie one after the other.
        unsafe {
            squares::launch_unchecked(
                &gradient.client.clone(),
                CubeCount::Static(size(members), 1, 1),
                CubeDim::new_1d(ROW_UNITS as u32),
                gradient.into_buffer_arg(),
                so_far.into_buffer_arg(),
                out.clone().into_buffer_arg(),
                size(n),
            );
        }
        out
    }

    fn judge(ledger: CubeTensor, orders: CubeTensor, squares: CubeTensor, loss: CubeTensor, right: CubeTensor, step: usize) -> CubeTensor {
        let [ledger, orders, squares, loss, right] = [ledger, orders, squares, loss, right].map(into_contiguous);
        let [members, _] = ledger.shape().dims();
        let out = empty(&ledger, [members, COLUMNS]);
        // SAFETY: the kernel stops beyond the members.
        unsafe {
            judge_members::launch_unchecked(
                &ledger.client.clone(),
                cubes_for(members),
                CubeDim::new_1d(UNITS),
                ledger.into_buffer_arg(),
                orders.into_buffer_arg(),
                squares.into_buffer_arg(),
                loss.into_buffer_arg(),
                right.into_buffer_arg(),
                out.clone().into_buffer_arg(),
                size(members),
                step as f32,
            );
        }
        out
    }

    fn adam(
        weights: CubeTensor,
        first: CubeTensor,
        second: CubeTensor,
        gradient: CubeTensor,
        ledger: CubeTensor,
        numbers: AdamNumbers,
    ) -> (CubeTensor, CubeTensor, CubeTensor) {
        let [weights, first, second, gradient, ledger] = [weights, first, second, gradient, ledger].map(into_contiguous);
        let [members, n] = weights.shape().dims();
        let [new_weights, new_first, new_second] = [(); 3].map(|()| empty(&weights, [members, n]));
        if members * n > 0 {
            // SAFETY: the kernel stops beyond M · n, the size of all.
            unsafe {
                adam_step::launch_unchecked(
                    &weights.client.clone(),
                    cubes_for(members * n),
                    CubeDim::new_1d(UNITS),
                    weights.into_buffer_arg(),
                    first.into_buffer_arg(),
                    second.into_buffer_arg(),
                    gradient.into_buffer_arg(),
                    ledger.into_buffer_arg(),
                    new_weights.clone().into_buffer_arg(),
                    new_first.clone().into_buffer_arg(),
                    new_second.clone().into_buffer_arg(),
                    size(members * n),
                    size(n),
                    numbers.beta1,
                    numbers.beta2,
                    numbers.epsilon,
                );
            }
        }
        (new_weights, new_first, new_second)
    }

    fn average(average: CubeTensor, weights: CubeTensor, ledger: CubeTensor, decay: f32) -> CubeTensor {
        let [average, weights, ledger] = [average, weights, ledger].map(into_contiguous);
        let [members, n] = weights.shape().dims();
        let out = empty(&weights, [members, n]);
        if members * n > 0 {
            // SAFETY: as above.
            unsafe {
                average_step::launch_unchecked(
                    &weights.client.clone(),
                    cubes_for(members * n),
                    CubeDim::new_1d(UNITS),
                    average.into_buffer_arg(),
                    weights.into_buffer_arg(),
                    ledger.into_buffer_arg(),
                    out.clone().into_buffer_arg(),
                    size(members * n),
                    size(n),
                    decay,
                );
            }
        }
        out
    }
}
