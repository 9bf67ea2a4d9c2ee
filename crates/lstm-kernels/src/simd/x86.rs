//! AVX-512 and AVX2.
#![allow(unsafe_op_in_unsafe_fn, reason = "each function is one intrinsic; the entry functions hold the invariant")]

use super::{Pairs, ROWS, Simd};
use std::arch::x86_64::*;

#[derive(Clone, Copy)]
pub(crate) struct Avx512;

impl Simd for Avx512 {
    const LANES: usize = 16;
    const VECTORS: usize = 4;
    type V = __m512;
    #[inline(always)]
    unsafe fn splat(x: f32) -> __m512 {
        _mm512_set1_ps(x)
    }
    #[inline(always)]
    unsafe fn load(from: &[f32], at: usize) -> __m512 {
        debug_assert!(at + 16 <= from.len());
        _mm512_loadu_ps(from.as_ptr().add(at))
    }
    #[inline(always)]
    unsafe fn store(to: &mut [f32], at: usize, v: __m512) {
        debug_assert!(at + 16 <= to.len());
        _mm512_storeu_ps(to.as_mut_ptr().add(at), v);
    }
    #[inline(always)]
    unsafe fn fma(a: __m512, b: __m512, c: __m512) -> __m512 {
        _mm512_fmadd_ps(a, b, c)
    }
    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        _mm512_add_ps(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: __m512, b: __m512) -> __m512 {
        _mm512_sub_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: __m512, b: __m512) -> __m512 {
        _mm512_mul_ps(a, b)
    }
    #[inline(always)]
    unsafe fn div(a: __m512, b: __m512) -> __m512 {
        _mm512_div_ps(a, b)
    }
    #[inline(always)]
    unsafe fn clamp(a: __m512, limit: f32) -> __m512 {
        // min and max return their second operand when either is NaN
        _mm512_max_ps(_mm512_set1_ps(-limit), _mm512_min_ps(_mm512_set1_ps(limit), a))
    }
    #[inline(always)]
    unsafe fn scale(a: __m512, sum: __m512) -> __m512 {
        let exponent = _mm512_slli_epi32::<23>(_mm512_castps_si512(sum));
        _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), exponent))
    }
    #[inline(always)]
    unsafe fn transpose8(from: &[f32], rows: [usize; 8], to: *mut f32, columns: [usize; 8]) {
        transpose8(from, rows, to, columns);
    }
}

impl Pairs for Avx512 {
    /// Only inside a function that has `avx512bf16`.
    #[inline(always)]
    unsafe fn dot_pairs(a: __m512, b: __m512, c: __m512) -> __m512 {
        _mm512_dpbf16_ps(c, std::mem::transmute::<__m512, __m512bh>(a), std::mem::transmute::<__m512, __m512bh>(b))
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Avx2;

impl Simd for Avx2 {
    const LANES: usize = 8;
    const VECTORS: usize = 3;
    type V = __m256;
    #[inline(always)]
    unsafe fn splat(x: f32) -> __m256 {
        _mm256_set1_ps(x)
    }
    #[inline(always)]
    unsafe fn load(from: &[f32], at: usize) -> __m256 {
        debug_assert!(at + 8 <= from.len());
        _mm256_loadu_ps(from.as_ptr().add(at))
    }
    #[inline(always)]
    unsafe fn store(to: &mut [f32], at: usize, v: __m256) {
        debug_assert!(at + 8 <= to.len());
        _mm256_storeu_ps(to.as_mut_ptr().add(at), v);
    }
    #[inline(always)]
    unsafe fn fma(a: __m256, b: __m256, c: __m256) -> __m256 {
        _mm256_fmadd_ps(a, b, c)
    }
    #[inline(always)]
    unsafe fn add(a: __m256, b: __m256) -> __m256 {
        _mm256_add_ps(a, b)
    }
    #[inline(always)]
    unsafe fn sub(a: __m256, b: __m256) -> __m256 {
        _mm256_sub_ps(a, b)
    }
    #[inline(always)]
    unsafe fn mul(a: __m256, b: __m256) -> __m256 {
        _mm256_mul_ps(a, b)
    }
    #[inline(always)]
    unsafe fn div(a: __m256, b: __m256) -> __m256 {
        _mm256_div_ps(a, b)
    }
    #[inline(always)]
    unsafe fn clamp(a: __m256, limit: f32) -> __m256 {
        _mm256_max_ps(_mm256_set1_ps(-limit), _mm256_min_ps(_mm256_set1_ps(limit), a))
    }
    #[inline(always)]
    unsafe fn scale(a: __m256, sum: __m256) -> __m256 {
        let exponent = _mm256_slli_epi32::<23>(_mm256_castps_si256(sum));
        _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), exponent))
    }
    #[inline(always)]
    unsafe fn accumulate<const V: usize>(
        left: *const f32,
        left_stride: usize,
        right: *const f32,
        right_stride: usize,
        depth: usize,
        sums: &mut [[__m256; V]; ROWS],
    ) -> bool {
        if V == 3 && depth > 0 {
            accumulate_4_by_3(left, left_stride, right, right_stride, depth, sums.as_flattened_mut());
        }
        V == 3
    }
    #[inline(always)]
    unsafe fn transpose8(from: &[f32], rows: [usize; 8], to: *mut f32, columns: [usize; 8]) {
        transpose8(from, rows, to, columns);
    }
}

/// All 16 registers are in use, which the compiler's allocator does not manage without moving sums about in every round. `depth` is at least 1.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn accumulate_4_by_3(left: *const f32, left_stride: usize, right: *const f32, right_stride: usize, depth: usize, s: &mut [__m256]) {
    std::arch::asm!(
        "2:",
        "vmovups {b0}, [{right}]",
        "vmovups {b1}, [{right} + 32]",
        "vmovups {b2}, [{right} + 64]",
        "vbroadcastss {a}, dword ptr [{left}]",
        "vfmadd231ps {s0}, {a}, {b0}",
        "vfmadd231ps {s1}, {a}, {b1}",
        "vfmadd231ps {s2}, {a}, {b2}",
        "vbroadcastss {a}, dword ptr [{left} + 4]",
        "vfmadd231ps {s3}, {a}, {b0}",
        "vfmadd231ps {s4}, {a}, {b1}",
        "vfmadd231ps {s5}, {a}, {b2}",
        "vbroadcastss {a}, dword ptr [{left} + 8]",
        "vfmadd231ps {s6}, {a}, {b0}",
        "vfmadd231ps {s7}, {a}, {b1}",
        "vfmadd231ps {s8}, {a}, {b2}",
        "vbroadcastss {a}, dword ptr [{left} + 12]",
        "vfmadd231ps {s9}, {a}, {b0}",
        "vfmadd231ps {s10}, {a}, {b1}",
        "vfmadd231ps {s11}, {a}, {b2}",
        "add {left}, {left_step}",
        "add {right}, {right_step}",
        "dec {depth}",
        "jnz 2b",
        left = inout(reg) left => _,
        right = inout(reg) right => _,
        left_step = in(reg) left_stride * 4,
        right_step = in(reg) right_stride * 4,
        depth = inout(reg) depth => _,
        a = out(ymm_reg) _, b0 = out(ymm_reg) _, b1 = out(ymm_reg) _, b2 = out(ymm_reg) _,
        s0 = inout(ymm_reg) s[0], s1 = inout(ymm_reg) s[1], s2 = inout(ymm_reg) s[2], s3 = inout(ymm_reg) s[3],
        s4 = inout(ymm_reg) s[4], s5 = inout(ymm_reg) s[5], s6 = inout(ymm_reg) s[6], s7 = inout(ymm_reg) s[7],
        s8 = inout(ymm_reg) s[8], s9 = inout(ymm_reg) s[9], s10 = inout(ymm_reg) s[10], s11 = inout(ymm_reg) s[11],
        options(nostack, readonly),
    );
}

/// Pairs, then fours, then halves. A function of the instruction set's own, without closures, since those would call every intrinsic.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn transpose8(from: &[f32], rows: [usize; 8], to: *mut f32, columns: [usize; 8]) {
    let (a, b) = (Avx2::load(from, rows[0]), Avx2::load(from, rows[1]));
    let (c, d) = (Avx2::load(from, rows[2]), Avx2::load(from, rows[3]));
    let (e, f) = (Avx2::load(from, rows[4]), Avx2::load(from, rows[5]));
    let (g, h) = (Avx2::load(from, rows[6]), Avx2::load(from, rows[7]));
    let (ab, ab2) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    let (cd, cd2) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    let (ef, ef2) = (_mm256_unpacklo_ps(e, f), _mm256_unpackhi_ps(e, f));
    let (gh, gh2) = (_mm256_unpacklo_ps(g, h), _mm256_unpackhi_ps(g, h));
    let (top0, bottom0) = (_mm256_shuffle_ps::<0b01_00_01_00>(ab, cd), _mm256_shuffle_ps::<0b01_00_01_00>(ef, gh));
    let (top1, bottom1) = (_mm256_shuffle_ps::<0b11_10_11_10>(ab, cd), _mm256_shuffle_ps::<0b11_10_11_10>(ef, gh));
    let (top2, bottom2) = (_mm256_shuffle_ps::<0b01_00_01_00>(ab2, cd2), _mm256_shuffle_ps::<0b01_00_01_00>(ef2, gh2));
    let (top3, bottom3) = (_mm256_shuffle_ps::<0b11_10_11_10>(ab2, cd2), _mm256_shuffle_ps::<0b11_10_11_10>(ef2, gh2));
    _mm256_storeu_ps(to.add(columns[0]), _mm256_permute2f128_ps::<0x20>(top0, bottom0));
    _mm256_storeu_ps(to.add(columns[1]), _mm256_permute2f128_ps::<0x20>(top1, bottom1));
    _mm256_storeu_ps(to.add(columns[2]), _mm256_permute2f128_ps::<0x20>(top2, bottom2));
    _mm256_storeu_ps(to.add(columns[3]), _mm256_permute2f128_ps::<0x20>(top3, bottom3));
    _mm256_storeu_ps(to.add(columns[4]), _mm256_permute2f128_ps::<0x31>(top0, bottom0));
    _mm256_storeu_ps(to.add(columns[5]), _mm256_permute2f128_ps::<0x31>(top1, bottom1));
    _mm256_storeu_ps(to.add(columns[6]), _mm256_permute2f128_ps::<0x31>(top2, bottom2));
    _mm256_storeu_ps(to.add(columns[7]), _mm256_permute2f128_ps::<0x31>(top3, bottom3));
}
