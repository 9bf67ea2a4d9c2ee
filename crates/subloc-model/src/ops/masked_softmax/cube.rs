//! The softmax of eq. (12) on a GPU: a cube a protein.

use burn::backend::TensorMetadata;
use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::{MaskedSoftmaxGrad, MaskedSoftmaxOps};
use crate::ops::{
    Lengths,
    gpu::{HALF, ROW_UNITS, empty, size, sum_of_cube, words},
};

/// α_t = e^(a_t − max) / Σ e^(a − max)
#[cube(launch_unchecked)]
fn softmax(scores: &[f32], lengths: &[u32], alpha: &mut [f32], residues: u32) {
    let mut shared = Shared::<[f32]>::new_slice(ROW_UNITS);
    let row = CUBE_POS_X;
    let length = lengths[row as usize];
    let start = row as usize * residues as usize;
    let unit = UNIT_POS_X;
    let mut largest = f32::new(-3.0e38_f32);
    let mut t = unit;
    while t < length {
        let score = scores[start + t as usize];
        if score > largest {
            largest = score;
        }
        t += ROW_UNITS as u32;
    }
    shared[unit as usize] = largest;
    sync_cube();
    let mut half = HALF.runtime();
    while half > 0 {
        if unit < half && shared[(unit + half) as usize] > shared[unit as usize] {
            shared[unit as usize] = shared[(unit + half) as usize];
        }
        sync_cube();
        half /= 2;
    }
    largest = shared[0];
    sync_cube();
    let mut sum = 0.0f32;
    let mut t = unit;
    while t < length {
        sum += (scores[start + t as usize] - largest).exp();
        t += ROW_UNITS as u32;
    }
    let total = sum_of_cube(&mut shared, sum, unit);
    let mut t = unit;
    while t < residues {
        let mut value = 0.0f32;
        if t < length {
            value = (scores[start + t as usize] - largest).exp() / total;
        }
        alpha[start + t as usize] = value;
        t += ROW_UNITS as u32;
    }
}

/// da_t = α_t (dα_t − Σ α dα)
#[cube(launch_unchecked)]
fn softmax_backward(alpha: &[f32], dalpha: &[f32], lengths: &[u32], dscores: &mut [f32], residues: u32) {
    let mut shared = Shared::<[f32]>::new_slice(ROW_UNITS);
    let row = CUBE_POS_X;
    let length = lengths[row as usize];
    let start = row as usize * residues as usize;
    let unit = UNIT_POS_X;
    let mut sum = 0.0f32;
    let mut t = unit;
    while t < length {
        sum += alpha[start + t as usize] * dalpha[start + t as usize];
        t += ROW_UNITS as u32;
    }
    let total = sum_of_cube(&mut shared, sum, unit);
    let mut t = unit;
    while t < residues {
        let mut value = 0.0f32;
        if t < length {
            value = alpha[start + t as usize] * (dalpha[start + t as usize] - total);
        }
        dscores[start + t as usize] = value;
        t += ROW_UNITS as u32;
    }
}

impl MaskedSoftmaxOps for CubeBackend {
    fn masked_softmax(scores: CubeTensor, lengths: Lengths) -> CubeTensor {
        let scores = into_contiguous(scores);
        let shape: [usize; 3] = scores.shape().dims();
        let alpha = empty(&scores, shape);
        if !lengths.is_empty() {
            // SAFETY: a cube a row, and rows have `residues` places.
            unsafe {
                softmax::launch_unchecked(
                    &scores.client,
                    CubeCount::Static(size(lengths.len()), 1, 1),
                    CubeDim::new_1d(ROW_UNITS as u32),
                    scores.clone().into_buffer_arg(),
                    words(&scores.client, &lengths),
                    alpha.clone().into_buffer_arg(),
                    size(shape[2]),
                );
            }
        }
        alpha
    }
}

impl MaskedSoftmaxGrad for CubeBackend {
    fn masked_softmax_backward(alpha: CubeTensor, dalpha: CubeTensor, lengths: &[u32]) -> CubeTensor {
        let [alpha, dalpha] = [alpha, dalpha].map(into_contiguous);
        let shape: [usize; 3] = alpha.shape().dims();
        let dscores = empty(&alpha, shape);
        if !lengths.is_empty() {
            // SAFETY: as above.
            unsafe {
                softmax_backward::launch_unchecked(
                    &alpha.client,
                    CubeCount::Static(size(lengths.len()), 1, 1),
                    CubeDim::new_1d(ROW_UNITS as u32),
                    alpha.clone().into_buffer_arg(),
                    dalpha.into_buffer_arg(),
                    words(&alpha.client, lengths),
                    dscores.clone().into_buffer_arg(),
                    size(shape[2]),
                );
            }
        }
        dscores
    }
}
