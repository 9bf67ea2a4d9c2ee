//! Smith–Waterman scores of one query and many targets, a target a lane: 32 lanes of 8 bits first, then 16 lanes of 16 bits for the few scores that do not fit.
//! Unsigned numbers that saturate at 0 need no comparison with 0: a gap state below 0 counts as 0, which changes no score. Exact in every instruction set.
//!
//! Own code, since no crate fits: block-aligner is global or X-drop and picks its instruction set when it is compiled; the parasail bindings need CMake.

use super::matrix::{BLOSUM62, CODES, GAP_EXISTENCE, GAP_EXTENSION};

/// Added to every score, so that none is negative.
const BIAS: i32 = 4;
/// Lowest score; also that of a place beyond a target's end.
const LOWEST: i8 = -4;
/// [code of the target][code of the query], biased; the last row stands beyond the end.
const BIASED: [[u8; CODES]; CODES + 1] = biased();

const fn biased() -> [[u8; CODES]; CODES + 1] {
    let mut table = [[(BIAS + LOWEST as i32) as u8; CODES]; CODES + 1];
    let mut a = 0;
    while a < CODES {
        let mut b = 0;
        while b < CODES {
            table[a][b] = (BIAS + BLOSUM62[a][b] as i32) as u8;
            b += 1;
        }
        a += 1;
    }
    table
}

/// A register of unsigned numbers.
///
/// # Safety
/// The functions may be called only where the processor has the instruction set of the implementation.
trait Lanes: Copy {
    /// One number.
    type Number: Copy + Default + From<u8> + Into<u32>;
    /// How many.
    const COUNT: usize;
    /// The largest number; a score that comes near it is not known.
    const LARGEST: u32;

    unsafe fn splat(value: u8) -> Self;
    unsafe fn load(from: &[Self::Number]) -> Self;
    unsafe fn store(self, to: &mut [Self::Number]);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
}

macro_rules! portable {
    ($name:ident, $number:ty, $count:literal) => {
        #[derive(Clone, Copy)]
        struct $name([$number; $count]);

        impl Lanes for $name {
            type Number = $number;
            const COUNT: usize = $count;
            const LARGEST: u32 = <$number>::MAX as u32;

            #[inline(always)]
            unsafe fn splat(value: u8) -> Self {
                Self([value.into(); $count])
            }
            #[inline(always)]
            unsafe fn load(from: &[$number]) -> Self {
                Self(std::array::from_fn(|at| from[at]))
            }
            #[inline(always)]
            unsafe fn store(self, to: &mut [$number]) {
                to[..$count].copy_from_slice(&self.0);
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                Self(std::array::from_fn(|at| self.0[at].saturating_add(other.0[at])))
            }
            #[inline(always)]
            unsafe fn sub(self, other: Self) -> Self {
                Self(std::array::from_fn(|at| self.0[at].saturating_sub(other.0[at])))
            }
            #[inline(always)]
            unsafe fn max(self, other: Self) -> Self {
                Self(std::array::from_fn(|at| self.0[at].max(other.0[at])))
            }
        }
    };
}

portable!(Bytes, u8, 32);
portable!(Words, u16, 16);

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::Lanes;
    use std::arch::x86_64::*;

    macro_rules! registers {
        ($name:ident, $number:ty, $count:literal, $splat:ident, $signed:ty, $add:ident, $sub:ident, $max:ident) => {
            #[derive(Clone, Copy)]
            pub struct $name(__m256i);

            // SAFETY of all: the caller has AVX2. Loads and stores are checked to be inside their slices.
            impl Lanes for $name {
                type Number = $number;
                const COUNT: usize = $count;
                const LARGEST: u32 = <$number>::MAX as u32;

                #[inline(always)]
                unsafe fn splat(value: u8) -> Self {
                    // SAFETY: see above.
                    Self(unsafe { $splat(value as $signed) })
                }
                #[inline(always)]
                unsafe fn load(from: &[$number]) -> Self {
                    assert!(from.len() >= $count);
                    // SAFETY: see above; 32 bytes are there.
                    Self(unsafe { _mm256_loadu_si256(from.as_ptr().cast()) })
                }
                #[inline(always)]
                unsafe fn store(self, to: &mut [$number]) {
                    assert!(to.len() >= $count);
                    // SAFETY: see above; 32 bytes are there.
                    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), self.0) }
                }
                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    // SAFETY: see above.
                    Self(unsafe { $add(self.0, other.0) })
                }
                #[inline(always)]
                unsafe fn sub(self, other: Self) -> Self {
                    // SAFETY: see above.
                    Self(unsafe { $sub(self.0, other.0) })
                }
                #[inline(always)]
                unsafe fn max(self, other: Self) -> Self {
                    // SAFETY: see above.
                    Self(unsafe { $max(self.0, other.0) })
                }
            }
        };
    }

    registers!(Bytes, u8, 32, _mm256_set1_epi8, i8, _mm256_adds_epu8, _mm256_subs_epu8, _mm256_max_epu8);
    registers!(Words, u16, 16, _mm256_set1_epi16, i16, _mm256_adds_epu16, _mm256_subs_epu16, _mm256_max_epu16);

    /// The kernel in AVX2.
    #[target_feature(enable = "avx2")]
    pub fn batch<L: Lanes>(query: &[u8], targets: &[&[u8]], scratch: &mut super::Scratch<L::Number>, best: &mut [u32]) {
        // SAFETY: only the lanes of this module come here, on a processor with AVX2.
        unsafe { super::batch::<L>(query, targets, scratch, best) }
    }
}

/// State of a batch: kept, so that it is not allowed anew for each.
#[derive(Default)]
struct Scratch<N> {
    /// [query, 2, lanes]: h and e of the column before.
    column: Vec<N>,
    /// [codes, lanes]: scores of each residue with the lanes' residues of this column.
    profile: Vec<N>,
}

/// Best scores of up to `COUNT` targets; at [`Lanes::LARGEST`] − 20 or more the score is at least that.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn batch<L: Lanes>(query: &[u8], targets: &[&[u8]], scratch: &mut Scratch<L::Number>, best: &mut [u32]) {
    let Scratch { column, profile } = scratch;
    column.clear();
    column.resize(2 * L::COUNT * query.len(), L::Number::default());
    profile.clear();
    profile.resize(CODES * L::COUNT, L::Number::default());
    // SAFETY: the caller's processor has the instruction set.
    unsafe {
        let (bias, zero) = (L::splat(BIAS as u8), L::splat(0));
        let (open, extend) = (L::splat((GAP_EXISTENCE + GAP_EXTENSION) as u8), L::splat(GAP_EXTENSION as u8));
        let mut top = zero;
        for j in 0..targets.iter().map(|target| target.len()).max().unwrap_or(0) {
            for lane in 0..L::COUNT {
                let code = targets.get(lane).and_then(|target| target.get(j)).map_or(CODES, |code| *code as usize);
                for (scores, score) in profile.chunks_exact_mut(L::COUNT).zip(&BIASED[code]) {
                    scores[lane] = L::Number::from(*score);
                }
            }
            let (mut diagonal, mut f) = (zero, zero);
            for (code, cells) in query.iter().zip(column.chunks_exact_mut(2 * L::COUNT)) {
                let score = L::load(&profile[*code as usize * L::COUNT..][..L::COUNT]);
                let (h_cells, e_cells) = cells.split_at_mut(L::COUNT);
                let e = L::load(e_cells);
                let h = diagonal.add(score).sub(bias).max(e).max(f);
                diagonal = L::load(h_cells);
                h.store(h_cells);
                top = top.max(h);
                let opened = h.sub(open);
                e.sub(extend).max(opened).store(e_cells);
                f = f.sub(extend).max(opened);
            }
        }
        let mut tops = vec![L::Number::default(); L::COUNT];
        top.store(&mut tops);
        for (to, from) in best.iter_mut().zip(tops) {
            *to = from.into();
        }
    }
}

/// Scores queries against targets.
#[derive(Default)]
pub struct Scorer {
    bytes: Scratch<u8>,
    words: Scratch<u16>,
}

/// The instruction set that a batch runs in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Set {
    /// 256-bit integers of x86-64.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Plain Rust.
    Portable,
}

impl Set {
    /// The best of this processor.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return Self::Avx2;
        }
        Self::Portable
    }
}

/// More than any residue pair scores, bias included: a sum that stays this far from the largest number never touched it.
const MARGIN: u32 = 20;

impl Scorer {
    /// The Smith–Waterman score of the query with each target, in their order; one near 65,535 stands for all larger ones. Fast where targets of like length
    /// stand beside each other.
    pub fn scores(&mut self, set: Set, query: &[u8], targets: &[&[u8]]) -> Vec<u32> {
        let mut best = vec![0; targets.len()];
        for (own, best) in targets.chunks(Bytes::COUNT).zip(best.chunks_mut(Bytes::COUNT)) {
            match set {
                // SAFETY: `Set::Avx2` exists only where it was detected.
                #[cfg(target_arch = "x86_64")]
                Set::Avx2 => unsafe { avx2::batch::<avx2::Bytes>(query, own, &mut self.bytes, best) },
                // SAFETY: plain Rust runs everywhere.
                Set::Portable => unsafe { batch::<Bytes>(query, own, &mut self.bytes, best) },
            }
        }
        let large: Vec<usize> = (0..targets.len()).filter(|at| best[*at] > Bytes::LARGEST - MARGIN).collect();
        for chosen in large.chunks(Words::COUNT) {
            let own: Vec<&[u8]> = chosen.iter().map(|at| targets[*at]).collect();
            let mut found = [0; Words::COUNT];
            match set {
                // SAFETY: `Set::Avx2` exists only where it was detected.
                #[cfg(target_arch = "x86_64")]
                Set::Avx2 => unsafe { avx2::batch::<avx2::Words>(query, &own, &mut self.words, &mut found) },
                // SAFETY: plain Rust runs everywhere.
                Set::Portable => unsafe { batch::<Words>(query, &own, &mut self.words, &mut found) },
            }
            for (at, score) in chosen.iter().zip(found) {
                best[*at] = score;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::super::literal;
    use super::*;
    use lstm_kernels::philox::Stream;

    fn sets() -> Vec<Set> {
        if Set::detect() == Set::Portable { vec![Set::Portable] } else { vec![Set::Portable, Set::detect()] }
    }

    #[test]
    fn scores_are_those_of_the_literal_form() {
        let mut stream = Stream::new(3, 1);
        let query: Vec<u8> = (0..150).map(|_| stream.below(CODES as u32) as u8).collect();
        // Unrelated ones, relatives near and far (8 bits do not hold the near ones), the query itself, and odd lengths.
        let mut targets: Vec<Vec<u8>> = (0..40).map(|n| literal::random(&mut stream, 1 + 7 * n)).collect();
        targets.extend((0..40).map(|n| literal::relative(&mut stream, &query, f64::from(n) / 40.0)));
        targets.extend([query.clone(), query.repeat(2), vec![23], vec![]]);
        let slices: Vec<&[u8]> = targets.iter().map(Vec::as_slice).collect();
        let expected: Vec<u32> = targets.iter().map(|target| literal::score(&query, target) as u32).collect();
        assert!(expected.iter().any(|score| *score > 255) && expected.contains(&0));
        for set in sets() {
            assert_eq!(Scorer::default().scores(set, &query, &slices), expected, "{set:?}");
        }
    }

    #[test]
    fn a_score_beyond_sixteen_bits_is_told_as_large() {
        let tryptophans = vec![17; 6000];
        for set in sets() {
            let found = Scorer::default().scores(set, &tryptophans, &[&tryptophans[..5000], &tryptophans]);
            assert_eq!(found[0], 55_000);
            assert!(found[1] > u32::from(u16::MAX) - MARGIN);
        }
    }
}
