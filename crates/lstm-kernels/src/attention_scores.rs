//! a_t = tanh(h_t W_a) v_aᵀ, eq. (11), on the real residues, in the fixed order of [`product`](crate::product).

use rayon::prelude::*;

use crate::{
    Cancelled, Kernel,
    activation::tanh,
    linear::{real_residues, scatter, starts},
    product::{self, Packed, Rows},
    simd::{Simd, entry},
};

/// Sizes of the scores.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the axes of the crate's legend")]
pub struct Shape {
    pub members: usize,
    pub batch: usize,
    pub residues: usize,
    /// U = 2H: what a residue's state has.
    pub units: usize,
    /// A.
    pub attention: usize,
}

/// Gradients of [`forward`].
#[derive(Clone, Debug)]
pub struct Gradients {
    /// [M, B, T, U]
    pub h: Vec<f32>,
    /// [M, A, U]
    pub w: Vec<f32>,
    /// [M, A]
    pub v: Vec<f32>,
}

/// Rows that one thread takes at a time.
const ROWS_AT_A_TIME: usize = 256;

/// `hidden` becomes tanh of itself, [n, A]; `scores[n] = hidden[n] · v`, each summed in eight parts whose order is fixed.
#[inline(always)]
unsafe fn scores_body<S: Simd>(hidden: &mut [f32], v: &[f32], scores: &mut [f32]) {
    let mut lane = [0.0; 16];
    let whole = hidden.len() / S::LANES * S::LANES;
    for at in (0..whole).step_by(S::LANES) {
        // SAFETY: inside an entry function, at + LANES ≤ len.
        unsafe { S::store(hidden, at, tanh::<S>(S::load(hidden, at))) };
    }
    let rest = &mut hidden[whole..];
    lane[..rest.len()].copy_from_slice(rest);
    // SAFETY: `lane` holds a vector of any width.
    unsafe {
        let last = tanh::<S>(S::load(&lane, 0));
        S::store(&mut lane, 0, last);
    }
    rest.copy_from_slice(&lane[..rest.len()]);
    for (score, hidden) in scores.iter_mut().zip(hidden.chunks(v.len())) {
        let mut parts = [0.0f32; 8];
        for (hidden, v) in hidden.chunks(8).zip(v.chunks(8)) {
            for ((part, hidden), v) in parts.iter_mut().zip(hidden).zip(v) {
                *part += hidden * v;
            }
        }
        *score = parts.iter().sum();
    }
}

entry! { fn scores_entry(hidden: &mut [f32], v: &[f32], scores: &mut [f32]) = scores_body }

/// `hidden` (after tanh, [n, A]) becomes the gradient before tanh.
#[inline(always)]
unsafe fn slopes_body<S: Simd>(hidden: &mut [f32], v: &[f32], dscores: &[f32]) {
    for (hidden, d) in hidden.chunks_mut(v.len()).zip(dscores) {
        for (hidden, v) in hidden.iter_mut().zip(v) {
            *hidden = d * v * (1.0 - *hidden * *hidden);
        }
    }
}

entry! { fn slopes_entry(hidden: &mut [f32], v: &[f32], dscores: &[f32]) = slopes_body }

/// `dv += Σ_n dscores[n] · hidden[n]`
#[inline(always)]
unsafe fn dv_body<S: Simd>(hidden: &[f32], dscores: &[f32], dv: &mut [f32]) {
    for (hidden, d) in hidden.chunks(dv.len()).zip(dscores) {
        for (sum, hidden) in dv.iter_mut().zip(hidden) {
            *sum += d * hidden;
        }
    }
}

entry! { fn dv_entry(hidden: &[f32], dscores: &[f32], dv: &mut [f32]) = dv_body }

/// h `[M, B, T, U]`, w `[M, A, U]`, v `[M, A]` → scores `[M, B, T]`, every element written, 0 beyond a length; and what [`backward`] needs:
/// tanh(h W_a) of the real residues, member after member, `[Σ lengths, A]`.
///
/// # Errors
/// [`Cancelled`] once the flag is set.
pub fn forward(
    kernel: Kernel,
    shape: &Shape,
    h: &[f32],
    w: &[f32],
    v: &[f32],
    lengths: &[u32],
    scores: &mut [f32],
) -> Result<Vec<f32>, Cancelled> {
    let &Shape { members, batch, residues, units, attention } = shape;
    scores.fill(0.0);
    let total: u64 = lengths.iter().map(|l| u64::from(*l)).sum();
    let mut kept = vec![0.0; total as usize * attention];
    let mut rest = kept.as_mut_slice();
    for m in 0..members {
        kernel.check()?;
        let real = real_residues(&lengths[m * batch..][..batch], residues);
        let (hidden, after) = rest.split_at_mut(real.len() * attention);
        rest = after;
        let packed = Packed::new(kernel, &w[m * attention * units..][..attention * units], units, attention, 1, units);
        let h = &h[m * batch * residues * units..][..batch * residues * units];
        product::rows(kernel, Rows { data: h, starts: &starts(&real, units), width: units }, &packed, None, hidden);
        let v = &v[m * attention..][..attention];
        let mut own = vec![0.0; real.len()];
        let chunks = hidden.par_chunks_mut(ROWS_AT_A_TIME * attention).zip(own.par_chunks_mut(ROWS_AT_A_TIME));
        chunks.for_each(|(hidden, scores)| scores_entry(kernel.isa(), hidden, v, scores));
        scatter(&real, 1, &own, &mut scores[m * batch * residues..][..batch * residues]);
    }
    Ok(kept)
}

/// Gradients of [`forward`] for dscores `[M, B, T]` (ignored beyond each length), from what it kept.
///
/// # Errors
/// [`Cancelled`] once the flag is set.
#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub fn backward(
    kernel: Kernel,
    shape: &Shape,
    h: &[f32],
    w: &[f32],
    v: &[f32],
    lengths: &[u32],
    kept: &[f32],
    dscores: &[f32],
) -> Result<Gradients, Cancelled> {
    let &Shape { members, batch, residues, units, attention } = shape;
    let mut gradients = Gradients { h: vec![0.0; h.len()], w: vec![0.0; w.len()], v: vec![0.0; v.len()] };
    let mut rest = kept;
    for m in 0..members {
        kernel.check()?;
        let real = real_residues(&lengths[m * batch..][..batch], residues);
        let (own, after) = rest.split_at(real.len() * attention);
        rest = after;
        let dscores: Vec<f32> = real.iter().map(|index| dscores[m * batch * residues + index]).collect();
        dv_entry(kernel.isa(), own, &dscores, &mut gradients.v[m * attention..][..attention]);
        let v = &v[m * attention..][..attention];
        let mut dhidden = own.to_vec();
        let chunks = dhidden.par_chunks_mut(ROWS_AT_A_TIME * attention).zip(dscores.par_chunks(ROWS_AT_A_TIME));
        chunks.for_each(|(hidden, dscores)| slopes_entry(kernel.isa(), hidden, v, dscores));
        let (h_starts, d_starts) = (starts(&real, units), (0..real.len()).map(|n| n * attention).collect::<Vec<_>>());
        let dhidden = Rows { data: &dhidden, starts: &d_starts, width: attention };
        let w = &w[m * attention * units..][..attention * units];
        let mut rows = vec![0.0; real.len() * units];
        product::rows(kernel, dhidden, &Packed::new(kernel, w, attention, units, units, 1), None, &mut rows);
        scatter(&real, units, &rows, &mut gradients.h[m * batch * residues * units..][..batch * residues * units]);
        let h = Rows { data: &h[m * batch * residues * units..][..batch * residues * units], starts: &h_starts, width: units };
        product::outer_parallel(kernel, dhidden, h, &mut gradients.w[m * attention * units..][..attention * units]);
    }
    Ok(gradients)
}
