//! Softmax over the real residues and the weighted sum of hidden states, eq. (12) and (13).
//!
//! `lengths` is `[M, B]`, scores and α are `[M, B, T]`, h is `[M, B, T, U]`, the context is `[M, B, U]`.

use rayon::prelude::*;

use crate::Kernel;

/// α = softmax of the scores over the real residues (12); 0 beyond a length.
pub fn masked_softmax(_kernel: Kernel, lengths: &[u32], residues: usize, scores: &[f32], alpha: &mut [f32]) {
    alpha.par_chunks_mut(residues.max(1)).zip(scores.par_chunks(residues.max(1))).zip(lengths).for_each(|((alpha, scores), &length)| {
        let (real, padding) = alpha.split_at_mut(length as usize);
        padding.fill(0.0);
        let largest = scores[..real.len()].iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0f64;
        for (a, s) in real.iter_mut().zip(scores) {
            *a = (s - largest).exp();
            sum += f64::from(*a);
        }
        for a in real {
            *a = (f64::from(*a) / sum) as f32;
        }
    });
}

/// dscores = α ⊙ (dα − Σ α dα); 0 beyond a length.
pub fn masked_softmax_backward(_kernel: Kernel, lengths: &[u32], residues: usize, alpha: &[f32], dalpha: &[f32], dscores: &mut [f32]) {
    let size = residues.max(1);
    dscores.par_chunks_mut(size).zip(alpha.par_chunks(size)).zip(dalpha.par_chunks(size)).zip(lengths).for_each(
        |(((dscores, alpha), dalpha), &length)| {
            let length = length as usize;
            dscores[length..].fill(0.0);
            let mean: f64 = alpha[..length].iter().zip(dalpha).map(|(a, d)| f64::from(*a) * f64::from(*d)).sum();
            for ((ds, a), d) in dscores[..length].iter_mut().zip(alpha).zip(dalpha) {
                *ds = a * (d - mean as f32);
            }
        },
    );
}

/// context = Σ_t α_t h_t (13).
pub fn weighted_sum(_kernel: Kernel, lengths: &[u32], residues: usize, units: usize, alpha: &[f32], h: &[f32], context: &mut [f32]) {
    context.par_chunks_mut(units.max(1)).enumerate().for_each(|(row, context)| {
        context.fill(0.0);
        let h = &h[row * residues * units..];
        for (a, h) in alpha[row * residues..][..lengths[row] as usize].iter().zip(h.chunks(units.max(1))) {
            for (sum, h) in context.iter_mut().zip(h) {
                *sum += a * h;
            }
        }
    });
}

/// dα_t = dcontext · h_t and dh_t = α_t dcontext; 0 beyond a length.
#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub fn weighted_sum_backward(
    _kernel: Kernel,
    lengths: &[u32],
    residues: usize,
    units: usize,
    alpha: &[f32],
    h: &[f32],
    dcontext: &[f32],
    dalpha: &mut [f32],
    dh: &mut [f32],
) {
    let (size, units1) = (residues.max(1), units.max(1));
    dalpha.par_chunks_mut(size).zip(dh.par_chunks_mut(size * units1)).enumerate().for_each(|(row, (dalpha, dh))| {
        let length = lengths[row] as usize;
        let dcontext = &dcontext[row * units..][..units];
        dalpha[length..].fill(0.0);
        dh[length * units..].fill(0.0);
        let from = row * residues;
        for (t, (dalpha, dh)) in dalpha[..length].iter_mut().zip(dh.chunks_mut(units1)).enumerate() {
            let h = &h[(from + t) * units..][..units];
            *dalpha = h.iter().zip(dcontext).map(|(h, d)| f64::from(*h) * f64::from(*d)).sum::<f64>() as f32;
            let a = alpha[from + t];
            for (dh, d) in dh.iter_mut().zip(dcontext) {
                *dh = a * d;
            }
        }
    });
}
