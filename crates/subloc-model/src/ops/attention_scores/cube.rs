//! a_t = tanh(h_t W_a) v_aᵀ, eq. (11), on a GPU: a product with tanh at its end, and a sum a residue.

use burn::backend::TensorMetadata;
use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::{AttentionScoresGrad, AttentionScoresOps, Kept};
use crate::ops::{
    Lengths,
    gpu::{ROW_UNITS, UNITS, Words, cubes_for, dims, empty, reshaped, size, sum_of_cube, zeros},
    product::{self, WeightGradient, by_residue},
};

/// Scores [M, B, T] from hidden [M, B, T, A]: a cube a residue.
#[cube(launch_unchecked)]
fn weigh(hidden: &[f32], v: &[f32], lengths: &[u32], scores: &mut [f32], batch: u32, residues: u32, attention: u32) {
    let mut shared = Shared::<[f32]>::new_slice(ROW_UNITS);
    let (t, row) = (CUBE_POS_X, CUBE_POS_Y);
    let place = (row * residues + t) as usize;
    let v0 = (row / batch) * attention;
    let mut sum = 0.0f32;
    if t < lengths[row as usize] {
        let mut unit = UNIT_POS_X;
        while unit < attention {
            sum += hidden[place * attention as usize + unit as usize] * v[(v0 + unit) as usize];
            unit += ROW_UNITS as u32;
        }
    }
    let total = sum_of_cube(&mut shared, sum, UNIT_POS_X);
    if UNIT_POS_X == 0 {
        scores[place] = total;
    }
}

/// The gradient before the tanh: da_t v (1 − hidden²); 0 beyond a length.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
fn weigh_backward(
    hidden: &[f32],
    v: &[f32],
    dscores: &[f32],
    lengths: &[u32],
    dhidden: &mut [f32],
    count: u32,
    batch: u32,
    residues: u32,
    attention: u32,
) {
    if ABSOLUTE_POS < count as usize {
        let at = ABSOLUTE_POS as u32;
        let (unit, place) = (at % attention, at / attention);
        let row = place / residues;
        let mut value = 0.0f32;
        if place % residues < lengths[row as usize] {
            let x = hidden[ABSOLUTE_POS];
            value = dscores[place as usize] * v[((row / batch) * attention + unit) as usize] * (1.0f32 - x * x);
        }
        dhidden[ABSOLUTE_POS] = value;
    }
}

impl AttentionScoresOps for CubeBackend {
    fn attention_scores(h: CubeTensor, w: CubeTensor, v: CubeTensor, lengths: Lengths) -> CubeTensor {
        let [scores, _] = Self::attention_scores_keeping(h, w, v, &lengths);
        scores
    }
}

impl AttentionScoresGrad for CubeBackend {
    fn attention_scores_keeping(h: CubeTensor, w: CubeTensor, v: CubeTensor, lengths: &[u32]) -> [CubeTensor; 2] {
        let [h, w, v] = [h, w, v].map(into_contiguous);
        let ([members, batch, residues, units], [_, attention, _]) = (dims(&h), dims(&w));
        let hidden = empty(&h, [members, batch, residues, attention]);
        let scores = empty(&h, [members, batch, residues]);
        let no_bias = zeros(&h, [members, attention]);
        let words = Words::new(&h.client, lengths);
        product::forward(by_residue(&words, [members, batch, residues]), [&h, &w, &no_bias], &hidden, attention, units, true);
        if residues > 0 && !lengths.is_empty() {
            // SAFETY: a cube a residue of the padded batch.
            unsafe {
                weigh::launch_unchecked(
                    &h.client,
                    CubeCount::Static(size(residues), size(members * batch), 1),
                    CubeDim::new_1d(ROW_UNITS as u32),
                    hidden.clone().into_buffer_arg(),
                    v.into_buffer_arg(),
                    words.arg(),
                    scores.clone().into_buffer_arg(),
                    size(batch),
                    size(residues),
                    size(attention),
                );
            }
        }
        [scores, hidden]
    }

    fn attention_scores_backward(kept: Kept<Self>, dscores: CubeTensor) -> [CubeTensor; 3] {
        let Kept { h, w, v, hidden, lengths } = kept;
        let [h, w, v, hidden, dscores] = [h, w, v, hidden, dscores].map(into_contiguous);
        let ([members, batch, residues, units], [_, attention, _]) = (dims(&h), dims(&w));
        let words = Words::new(&h.client, &lengths);
        let rows = by_residue(&words, [members, batch, residues]);
        let dhidden = empty(&h, hidden.shape().dims::<4>());
        let count = members * batch * residues * attention;
        if count > 0 {
            // SAFETY: the kernel stops beyond `count`.
            unsafe {
                weigh_backward::launch_unchecked(
                    &h.client,
                    cubes_for(count),
                    CubeDim::new_1d(UNITS),
                    hidden.clone().into_buffer_arg(),
                    v.into_buffer_arg(),
                    dscores.clone().into_buffer_arg(),
                    words.arg(),
                    dhidden.clone().into_buffer_arg(),
                    size(count),
                    size(batch),
                    size(residues),
                    size(attention),
                );
            }
        }
        let dh = empty(&h, [members, batch, residues, units]);
        product::input_gradient(rows, &dhidden, &w, &dh, attention, units, 0);
        let mut of_w = WeightGradient::new(&h, rows.rows, members, attention, units, 0);
        of_w.add(rows, &dhidden, &h, &h);
        let [dw, _, _] = of_w.finish();
        // dv[a] = Σ_t da_t hidden_t[a]: the gradient of a layer with one output.
        let mut of_v = WeightGradient::new(&h, rows.rows, members, 1, attention, 0);
        of_v.add(rows, &dscores, &hidden, &hidden);
        let [dv, _, _] = of_v.finish();
        [dh, reshaped(dw, [members, attention, units]), reshaped(dv, [members, 1, attention])]
    }
}
