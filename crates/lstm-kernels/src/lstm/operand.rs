//! What a step multiplies: weights and [x_t; h_{t−1}] as they are, rounded to bf16, or as pairs of bf16.

use crate::{
    Isa, Kernel, Precision,
    precision::{bf16_bits, to_bf16},
    product,
    simd::{self, ROWS, Simd, entry},
};

/// How the operands lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `f32`.
    Single,
    /// bf16 in the place of `f32`: for a processor that cannot multiply bf16.
    Rounded,
    /// Rows 2k and 2k + 1 of the product in one word, the even row in the low half. In plain arithmetic too, so that the layout is tested anywhere.
    Pairs,
}

impl Form {
    pub fn of(kernel: Kernel) -> Self {
        match (kernel.precision(), kernel.isa()) {
            (Precision::F32, _) => Self::Single,
            (Precision::Bf16, Isa::Portable) => Self::Pairs,
            (Precision::Bf16, isa) if isa.multiplies_bf16() => Self::Pairs,
            (Precision::Bf16, _) => Self::Rounded,
        }
    }

    /// Words of an operand of `depth` rows.
    pub fn words(self, depth: usize) -> usize {
        match self {
            Self::Single | Self::Rounded => depth,
            Self::Pairs => depth.div_ceil(2),
        }
    }

    /// Puts row `k` into the words `to[..]`, `stride` apart.
    pub fn put(self, value: f32, k: usize, to: &mut [f32], stride: usize) {
        match self {
            Self::Single => to[k * stride] = value,
            Self::Rounded => to[k * stride] = to_bf16(value),
            Self::Pairs => {
                let word = &mut to[k / 2 * stride];
                *word = f32::from_bits(word.to_bits() | bf16_bits(value) << (k % 2 * 16));
            }
        }
    }
}

#[inline(always)]
unsafe fn round_body<S: Simd>(values: &mut [f32]) {
    for value in values {
        *value = to_bf16(*value);
    }
}

entry! {
    /// Rounds to bf16.
    pub(super) fn round(values: &mut [f32]) = round_body
}

#[inline(always)]
unsafe fn pair_body<S: Simd>(rows: &[f32], columns: usize, pairs: &mut [f32]) {
    for (two, pairs) in rows.chunks(2 * columns).zip(pairs.chunks_mut(columns)) {
        let (even, odd) = two.split_at(columns);
        if odd.is_empty() {
            for (pair, even) in pairs.iter_mut().zip(even) {
                *pair = f32::from_bits(bf16_bits(*even));
            }
        }
        for ((pair, even), odd) in pairs.iter_mut().zip(even).zip(odd) {
            *pair = f32::from_bits(bf16_bits(*even) | bf16_bits(*odd) << 16);
        }
    }
}

entry! {
    /// Rows `[depth][columns]` → their pairs, `[⌈depth / 2⌉][columns]`.
    pub(super) fn pair(rows: &[f32], columns: usize, pairs: &mut [f32]) = pair_body
}

/// The inner loop of a step with the words of one [`Form`].
pub(super) trait Operand<S: Simd> {
    /// `sums[p][row][v] += left · right` over `words` words: see [`product::accumulate`].
    unsafe fn accumulate<const P: usize, const V: usize>(
        left: &[f32],
        right: &[f32],
        columns: usize,
        words: usize,
        sums: &mut [[[S::V; V]; ROWS]; P],
    );
}

/// Words are `f32`.
pub(super) struct Single;

impl<S: Simd> Operand<S> for Single {
    #[inline(always)]
    unsafe fn accumulate<const P: usize, const V: usize>(
        left: &[f32],
        right: &[f32],
        columns: usize,
        words: usize,
        sums: &mut [[[S::V; V]; ROWS]; P],
    ) {
        // SAFETY: the caller is inside an entry function of S.
        unsafe { product::accumulate::<S, P, V>(left, words * ROWS, ROWS, right, columns, words, sums) };
    }
}

/// Words are pairs of bf16.
pub(super) struct Pairs;

impl<S: simd::Pairs> Operand<S> for Pairs {
    #[inline(always)]
    unsafe fn accumulate<const P: usize, const V: usize>(
        left: &[f32],
        right: &[f32],
        columns: usize,
        words: usize,
        sums: &mut [[[S::V; V]; ROWS]; P],
    ) {
        assert!(left.len() >= P * words * ROWS, "left");
        assert!(words == 0 || right.len() >= (words - 1) * columns + V * S::LANES, "right");
        for k in 0..words {
            // SAFETY: the caller is inside an entry function of S that has bf16 products; the sizes are asserted above.
            unsafe {
                let mut b = [S::splat(0.0); V];
                for (v, b) in b.iter_mut().enumerate() {
                    *b = S::load(right, k * columns + v * S::LANES);
                }
                for (p, sums) in sums.iter_mut().enumerate() {
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let a = S::splat(*left.get_unchecked((p * words + k) * ROWS + row));
                        for v in 0..V {
                            sums[v] = S::dot_pairs(a, b[v], sums[v]);
                        }
                    }
                }
            }
        }
    }
}
