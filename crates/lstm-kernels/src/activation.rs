//! σ and tanh, vectorised: absolute error below 4e-7 against f64 over the whole range; NaN as arithmetic makes it stays NaN (one whose low nine
//! bits are set may not).

use crate::{
    Kernel,
    simd::{Simd, entry},
};

/// 2^f on [−½, ½], highest power first: least largest relative error of degree 6, 1.9e-9 (Lawson's iteration on Chebyshev points, in f64);
/// the constant is 1. With degree 5 (7.5e-8) gradients drift from PyTorch's by more than the golden test allows.
const EXP2: [f32; 6] = [1.534_581_2e-4, 1.339_993_1e-3, 9.618_489e-3, 5.550_329e-2, 0.240_226_47, std::f32::consts::LN_2];

/// 1.5 · 2²³: a number within ±2²² that is added to it is rounded to a whole one, which stands in the sum's low bits.
const WHOLE: f32 = 12_582_912.0;

/// 1 + 2^(x · `factor`), |x · factor| held to 126.
#[inline(always)]
unsafe fn one_and_exp2<S: Simd>(x: S::V, factor: f32) -> S::V {
    // SAFETY: the caller is inside an entry function of S.
    unsafe {
        let (x, factor) = (S::clamp(x, 126.0 / factor.abs()), S::splat(factor));
        let sum = S::fma(x, factor, S::splat(WHOLE));
        let f = S::fma(x, factor, S::sub(S::splat(WHOLE), sum)); // minus the whole part
        let mut p = S::splat(EXP2[0]);
        for coefficient in &EXP2[1..] {
            p = S::fma(p, f, S::splat(*coefficient));
        }
        p = S::fma(p, f, S::splat(1.0));
        S::add(S::splat(1.0), S::scale(p, sum))
    }
}

/// σ(x) = 1 / (1 + e^−x), eq. (7).
#[inline(always)]
pub(crate) unsafe fn sigmoid<S: Simd>(x: S::V) -> S::V {
    // SAFETY: the caller is inside an entry function of S.
    unsafe { S::div(S::splat(1.0), one_and_exp2::<S>(x, -std::f32::consts::LOG2_E)) }
}

/// tanh(x) = 2 / (1 + e^−2x) − 1.
#[inline(always)]
pub(crate) unsafe fn tanh<S: Simd>(x: S::V) -> S::V {
    // SAFETY: the caller is inside an entry function of S.
    unsafe { S::sub(S::div(S::splat(2.0), one_and_exp2::<S>(x, -2.0 * std::f32::consts::LOG2_E)), S::splat(1.0)) }
}

#[inline(always)]
unsafe fn both_body<S: Simd>(values: &[f32], sigmoids: &mut [f32], tanhs: &mut [f32]) {
    let mut lane = vec![0.0; S::LANES];
    for (at, chunk) in values.chunks(S::LANES).enumerate() {
        lane[..chunk.len()].copy_from_slice(chunk);
        // SAFETY: `lane` holds LANES floats.
        unsafe {
            let v = S::load(&lane, 0);
            let mut out = vec![0.0; S::LANES];
            S::store(&mut out, 0, sigmoid::<S>(v));
            sigmoids[at * S::LANES..][..chunk.len()].copy_from_slice(&out[..chunk.len()]);
            S::store(&mut out, 0, tanh::<S>(v));
            tanhs[at * S::LANES..][..chunk.len()].copy_from_slice(&out[..chunk.len()]);
        }
    }
}

entry! { fn both_entry(values: &[f32], sigmoids: &mut [f32], tanhs: &mut [f32]) = both_body }

/// σ and tanh of `values`, as the LSTM kernels compute them (for tests).
///
/// # Panics
/// Where the slices differ in length.
pub fn sigmoid_and_tanh(kernel: Kernel, values: &[f32], sigmoids: &mut [f32], tanhs: &mut [f32]) {
    assert!(values.len() == sigmoids.len() && values.len() == tanhs.len(), "lengths");
    both_entry(kernel.isa(), values, sigmoids, tanhs);
}
