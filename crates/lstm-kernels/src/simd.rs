//! One trait over three vector widths, and the dispatch from [`Isa`](crate::Isa) to them.
//!
//! A kernel is an `#[inline(always)]` body, generic over [`Simd`]; [`entry!`] wraps it in one function an instruction set, in which the
//! body and the intrinsics are inlined. Loads and stores take slices; an index out of range panics in
//! debug builds (and in the portable form), elsewhere the caller keeps it inside.
#![allow(unsafe_op_in_unsafe_fn, reason = "each function is one intrinsic; the entry functions hold the invariant")]

/// A vector of `f32` lanes. Every method is safe to call only inside an [`entry!`] function of the same instruction set.
pub(crate) trait Simd: Copy {
    /// Lanes in one vector.
    const LANES: usize;
    /// Vectors side by side in a register tile of [`ROWS`] rows: 4 × 4 of the 32 AVX-512 registers, 4 × 3 of the 16 AVX2 registers hold sums.
    const VECTORS: usize;
    type V: Copy;
    unsafe fn splat(x: f32) -> Self::V;
    /// Reads `LANES` floats at `at`; the caller keeps `at + LANES <= from.len()`.
    unsafe fn load(from: &[f32], at: usize) -> Self::V;
    unsafe fn store(to: &mut [f32], at: usize, v: Self::V);
    /// `a·b + c`.
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn sub(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn mul(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn div(a: Self::V, b: Self::V) -> Self::V;
    /// Clamp to ±`limit`; NaN stays NaN.
    unsafe fn clamp(a: Self::V, limit: f32) -> Self::V;
    /// `a·2^n` for the whole number n in the low nine bits of `sum`, within ±126; a and the product are normal numbers, or a and `sum` NaN as
    /// arithmetic makes it.
    unsafe fn scale(a: Self::V, sum: Self::V) -> Self::V;
    /// The inner loop of a register tile by hand: `sums[row][v] += Σ_k left[k · left_stride + row] · right[k · right_stride + v · LANES]`; false where the
    /// compiler's own loop does as well, and nothing was done.
    #[inline(always)]
    unsafe fn accumulate<const V: usize>(
        _left: *const f32,
        _left_stride: usize,
        _right: *const f32,
        _right_stride: usize,
        _depth: usize,
        _sums: &mut [[Self::V; V]; ROWS],
    ) -> bool {
        false
    }
    /// Transposes 8 × 8 floats: row r is read at `from[rows[r]..]`, column c is written to `to + columns[c]`.
    unsafe fn transpose8(from: &[f32], rows: [usize; 8], to: *mut f32, columns: [usize; 8]);
}

/// Products of bf16. Its method is safe to call only where the processor has them.
pub(crate) trait Pairs: Simd {
    /// `c + a₀·b₀ + a₁·b₁` for words that hold two bf16, 0 in the low half. The rounding between the two sums is the processor's own.
    unsafe fn dot_pairs(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
}

/// Rows of the register tile: the four gates of an LSTM unit, or four rows of a product.
pub(crate) const ROWS: usize = 4;

#[cfg(target_arch = "x86_64")]
pub(crate) mod x86;

/// Plain arrays: the compiler makes of them what the target has.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

const PORTABLE_LANES: usize = 8;

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> [f32; PORTABLE_LANES] {
    std::array::from_fn(f)
}

/// The bf16 in the low half of a word.
#[inline(always)]
fn low(word: f32) -> f32 {
    f32::from_bits(word.to_bits() << 16)
}

/// The bf16 in the high half of a word.
#[inline(always)]
fn high(word: f32) -> f32 {
    f32::from_bits(word.to_bits() & 0xffff_0000)
}

impl Simd for Portable {
    const LANES: usize = PORTABLE_LANES;
    const VECTORS: usize = 1;
    type V = [f32; PORTABLE_LANES];
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::V {
        [x; PORTABLE_LANES]
    }
    #[inline(always)]
    unsafe fn load(from: &[f32], at: usize) -> Self::V {
        each(|l| from[at + l])
    }
    #[inline(always)]
    unsafe fn store(to: &mut [f32], at: usize, v: Self::V) {
        to[at..at + PORTABLE_LANES].copy_from_slice(&v);
    }
    #[inline(always)]
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        each(|l| a[l] * b[l] + c[l])
    }
    #[inline(always)]
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V {
        each(|l| a[l] + b[l])
    }
    #[inline(always)]
    unsafe fn sub(a: Self::V, b: Self::V) -> Self::V {
        each(|l| a[l] - b[l])
    }
    #[inline(always)]
    unsafe fn mul(a: Self::V, b: Self::V) -> Self::V {
        each(|l| a[l] * b[l])
    }
    #[inline(always)]
    unsafe fn div(a: Self::V, b: Self::V) -> Self::V {
        each(|l| a[l] / b[l])
    }
    #[inline(always)]
    unsafe fn clamp(a: Self::V, limit: f32) -> Self::V {
        each(|l| a[l].clamp(-limit, limit))
    }
    #[inline(always)]
    unsafe fn scale(a: Self::V, sum: Self::V) -> Self::V {
        each(|l| f32::from_bits(a[l].to_bits().wrapping_add(sum[l].to_bits() << 23)))
    }
    #[inline(always)]
    unsafe fn transpose8(from: &[f32], rows: [usize; 8], to: *mut f32, columns: [usize; 8]) {
        for (r, row) in rows.into_iter().enumerate() {
            for (c, column) in columns.into_iter().enumerate() {
                *to.add(column + r) = from[row + c];
            }
        }
    }
}

impl Pairs for Portable {
    #[inline(always)]
    unsafe fn dot_pairs(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        each(|l| c[l] + low(a[l]) * low(b[l]) + high(a[l]) * high(b[l]))
    }
}

/// Flushes denormals to zero until dropped, then restores what the thread had: a burst of denormals costs a hundred times a normal product.
pub(crate) struct FlushDenormals(#[cfg(target_arch = "x86_64")] u32);

impl FlushDenormals {
    #[allow(clippy::inline_always, deprecated, reason = "the intrinsics are deprecated for inline assembly, which Miri cannot run")]
    pub(crate) fn new() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            // SAFETY: SSE is part of x86-64; only the flush bits of the control register change, and `drop` restores it.
            unsafe {
                let before = std::arch::x86_64::_mm_getcsr();
                std::arch::x86_64::_mm_setcsr(before | 0x8040); // FTZ | DAZ
                Self(before)
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Self()
    }
}

impl Drop for FlushDenormals {
    #[allow(deprecated, reason = "see `new`")]
    fn drop(&mut self) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: restores the value read in `new` on the same thread.
        unsafe {
            std::arch::x86_64::_mm_setcsr(self.0);
        }
    }
}

/// `entry!(fn name(arg: Type, …) -> Ret = body)` makes `name(isa, args…)`, which runs `body::<S>(args…)` with the instruction set `isa`.
macro_rules! entry {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? = $body:ident) => {
        $(#[$meta])*
        $vis fn $name(isa: $crate::Isa, $($arg: $ty),*) $(-> $ret)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx2,fma")]
            #[allow(clippy::too_many_arguments, reason = "the arguments of the body")]
            unsafe fn avx512($($arg: $ty),*) $(-> $ret)? {
                // SAFETY: inside a function of the same instruction set.
                unsafe { $body::<$crate::simd::x86::Avx512>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            #[allow(clippy::too_many_arguments, reason = "the arguments of the body")]
            unsafe fn avx2($($arg: $ty),*) $(-> $ret)? {
                // SAFETY: inside a function of the same instruction set.
                unsafe { $body::<$crate::simd::x86::Avx2>($($arg),*) }
            }
            let _flush = $crate::simd::FlushDenormals::new();
            match isa {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `Kernel::new` lets only supported instruction sets through.
                $crate::Isa::Avx512 => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `Kernel::new` lets only supported instruction sets through.
                $crate::Isa::Avx2 => unsafe { avx2($($arg),*) },
                // SAFETY: plain arithmetic.
                _ => unsafe { $body::<$crate::simd::Portable>($($arg),*) },
            }
        }
    };
}
pub(crate) use entry;
