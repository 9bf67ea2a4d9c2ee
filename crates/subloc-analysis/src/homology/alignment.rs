//! The alignment behind a score: how many columns are identical, and which part of both proteins it spans. One query and four targets, a target a lane.
//!
//! Nothing is walked back. Score, identical columns and length of a path are sums over its columns, so they fit into one number that is maximised as a whole
//! (of the alignments with the best score: the most identical columns, then the fewest columns), and the start is handed along. That needs memory for one column
//! of the table, however long the proteins are.

use super::{
    lanes::Set,
    matrix::{BLOSUM62, CODES, GAP_EXISTENCE, GAP_EXTENSION},
};

/// A local alignment of a query and a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// In half bits.
    pub score: i32,
    /// Columns with equal residues of the 20.
    pub identical: u32,
    /// All columns, those of gaps too.
    pub columns: u32,
    /// First residue and the place after the last, from 0.
    pub query: (u32, u32),
    /// Of the target.
    pub target: (u32, u32),
}

/// Targets that are aligned at once.
const LANES: usize = 4;

/// A path: score · 2⁴⁰ + identical · 2²⁰ − columns. A protein has fewer than 2¹⁹ residues ([`super::LONGEST`]).
type Key = i64;
const FIELD: u32 = 20;
const COLUMN: Key = 1;
const IDENTICAL: Key = 1 << FIELD;
const SCORE: Key = 1 << (2 * FIELD);
/// Below this the score is 0 or less: identical columns alone do not reach it.
const LEAST: Key = SCORE / 2;
/// Far below any path, and far from the smallest number.
const NEVER: Key = Key::MIN / 4;
const EXTEND: Key = GAP_EXTENSION as Key * SCORE + COLUMN;
const OPEN: Key = GAP_EXISTENCE as Key * SCORE + EXTEND;

/// [code of the target][code of the query]: what a column adds; the last row stands beyond the end.
const COLUMNS: [[Key; CODES]; CODES + 1] = columns();

const fn columns() -> [[Key; CODES]; CODES + 1] {
    let mut table = [[NEVER; CODES]; CODES + 1];
    let mut a = 0;
    while a < CODES {
        let mut b = 0;
        while b < CODES {
            let identical = if a == b && a < 20 { IDENTICAL } else { 0 };
            table[a][b] = BLOSUM62[a][b] as Key * SCORE + identical - COLUMN;
            b += 1;
        }
        a += 1;
    }
    table
}

/// Four numbers.
///
/// # Safety
/// The functions may be called only where the processor has the instruction set of the implementation.
trait Four: Copy {
    unsafe fn splat(value: i64) -> Self;
    unsafe fn load(from: &[i64; LANES]) -> Self;
    unsafe fn store(self, to: &mut [i64; LANES]);
    unsafe fn add(self, other: Self) -> Self;
    /// All bits of a lane where `self` is larger.
    unsafe fn above(self, other: Self) -> Self;
    /// `other` in the lanes of the mask.
    unsafe fn or(self, other: Self, mask: Self) -> Self;
}

#[derive(Clone, Copy)]
struct Portable([i64; LANES]);

impl Four for Portable {
    #[inline(always)]
    unsafe fn splat(value: i64) -> Self {
        Self([value; LANES])
    }
    #[inline(always)]
    unsafe fn load(from: &[i64; LANES]) -> Self {
        Self(*from)
    }
    #[inline(always)]
    unsafe fn store(self, to: &mut [i64; LANES]) {
        *to = self.0;
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] + other.0[at]))
    }
    #[inline(always)]
    unsafe fn above(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| -i64::from(self.0[at] > other.0[at])))
    }
    #[inline(always)]
    unsafe fn or(self, other: Self, mask: Self) -> Self {
        Self(std::array::from_fn(|at| if mask.0[at] == 0 { self.0[at] } else { other.0[at] }))
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{Four, LANES, Scratch};
    use std::arch::x86_64::*;

    #[derive(Clone, Copy)]
    struct Register(__m256i);

    // SAFETY of all: the caller has AVX2; four numbers are 32 bytes.
    impl Four for Register {
        #[inline(always)]
        unsafe fn splat(value: i64) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_set1_epi64x(value) })
        }
        #[inline(always)]
        unsafe fn load(from: &[i64; LANES]) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_loadu_si256(from.as_ptr().cast()) })
        }
        #[inline(always)]
        unsafe fn store(self, to: &mut [i64; LANES]) {
            // SAFETY: see above.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), self.0) }
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_add_epi64(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn above(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_cmpgt_epi64(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn or(self, other: Self, mask: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm256_blendv_epi8(self.0, other.0, mask.0) })
        }
    }

    /// The kernel in AVX2.
    #[target_feature(enable = "avx2")]
    pub fn batch(query: &[u8], targets: &[&[u8]], scratch: &mut Scratch) -> [[i64; LANES]; 3] {
        // SAFETY: only processors with AVX2 come here.
        unsafe { super::batch::<Register>(query, targets, scratch) }
    }
}

/// A cell of the column before: paths that end in it, and in a gap of the query before it; keys, and where they start.
#[derive(Clone, Copy)]
struct Cell {
    h: [Key; LANES],
    h_start: [i64; LANES],
    e: [Key; LANES],
    e_start: [i64; LANES],
}

/// Kept, so that it is not allowed anew for each batch.
#[derive(Default)]
struct Scratch {
    cells: Vec<Cell>,
}

/// Place of a residue of the query and one of the target in one number.
const fn place(i: usize, j: usize) -> i64 {
    (i as i64) << 32 | j as i64
}

const fn ends(place: i64) -> (u32, u32) {
    ((place >> 32) as u32, place as u32)
}

/// The best key of each lane, the place of its first residues, and of its last.
///
/// # Safety
/// As [`Four`].
#[inline(always)]
unsafe fn batch<F: Four>(query: &[u8], targets: &[&[u8]], Scratch { cells }: &mut Scratch) -> [[i64; LANES]; 3] {
    cells.clear();
    // An empty path starts with the residues after its cell.
    let first = |i| Cell { h: [0; LANES], h_start: [place(i + 1, 0); LANES], e: [NEVER; LANES], e_start: [0; LANES] };
    cells.extend((0..query.len()).map(first));
    let mut scores = [[0; LANES]; CODES];
    // SAFETY: the caller's processor has the instruction set.
    unsafe {
        let (zero, never, least) = (F::splat(0), F::splat(NEVER), F::splat(LEAST));
        let (open, extend) = (F::splat(-OPEN), F::splat(-EXTEND));
        let (mut best, mut best_start, mut best_end) = (zero, zero, zero);
        for j in 0..targets.iter().map(|target| target.len()).max().unwrap_or(0) {
            for lane in 0..LANES {
                let code = targets.get(lane).and_then(|target| target.get(j)).map_or(CODES, |code| usize::from(*code));
                for (scores, column) in scores.iter_mut().zip(&COLUMNS[code]) {
                    scores[lane] = *column;
                }
            }
            let (mut diagonal, mut diagonal_start) = (zero, F::splat(place(0, j)));
            let (mut f, mut f_start) = (never, zero);
            for (i, (code, cell)) in query.iter().zip(cells.iter_mut()).enumerate() {
                let mut h = diagonal.add(F::load(&scores[usize::from(*code)]));
                let mut start = diagonal_start;
                let (e, e_start) = (F::load(&cell.e), F::load(&cell.e_start));
                let mask = e.above(h);
                (h, start) = (h.or(e, mask), start.or(e_start, mask));
                let mask = f.above(h);
                (h, start) = (h.or(f, mask), start.or(f_start, mask));
                let mask = least.above(h);
                (h, start) = (h.or(zero, mask), start.or(F::splat(place(i + 1, j + 1)), mask));
                let mask = h.above(best);
                (best, best_start) = (best.or(h, mask), best_start.or(start, mask));
                best_end = best_end.or(F::splat(place(i, j)), mask);

                (diagonal, diagonal_start) = (F::load(&cell.h), F::load(&cell.h_start));
                h.store(&mut cell.h);
                start.store(&mut cell.h_start);
                let opened = h.add(open);
                let e = e.add(extend);
                let mask = opened.above(e);
                e.or(opened, mask).store(&mut cell.e);
                e_start.or(start, mask).store(&mut cell.e_start);
                f = f.add(extend);
                let mask = opened.above(f);
                (f, f_start) = (f.or(opened, mask), f_start.or(start, mask));
            }
        }
        let mut found = [[0; LANES]; 3];
        for (to, from) in found.iter_mut().zip([best, best_start, best_end]) {
            from.store(to);
        }
        found
    }
}

/// Aligns queries with targets.
#[derive(Default)]
pub struct Aligner {
    scratch: Scratch,
}

impl Aligner {
    /// The best local alignment of the query with each target, in their order; score 0 and no columns where nothing scores. Fast where targets of like length stand
    /// beside each other.
    pub fn align(&mut self, set: Set, query: &[u8], targets: &[&[u8]]) -> Vec<Alignment> {
        let batches = targets.chunks(LANES).flat_map(|own| {
            let [keys, starts, lasts] = match set {
                // SAFETY: `Set::Avx2` exists only where it was detected.
                #[cfg(target_arch = "x86_64")]
                Set::Avx2 => unsafe { avx2::batch(query, own, &mut self.scratch) },
                // SAFETY: plain Rust runs everywhere.
                Set::Portable => unsafe { batch::<Portable>(query, own, &mut self.scratch) },
            };
            (0..own.len()).map(move |lane| alignment(keys[lane], starts[lane], lasts[lane]))
        });
        batches.collect()
    }
}

fn alignment(key: Key, start: i64, last: i64) -> Alignment {
    if key == 0 {
        return Alignment { score: 0, identical: 0, columns: 0, query: (0, 0), target: (0, 0) };
    }
    let columns = (-key) & (IDENTICAL - 1);
    let sums = key + columns;
    let (from, to) = (ends(start), ends(last));
    Alignment {
        score: (sums >> (2 * FIELD)) as i32,
        identical: ((sums >> FIELD) & (IDENTICAL - 1)) as u32,
        columns: columns as u32,
        query: (from.0, to.0 + 1),
        target: (from.1, to.1 + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::super::literal;
    use super::*;
    use lstm_kernels::philox::Stream;

    fn summary(path: &literal::Path, a: &[u8], b: &[u8]) -> Alignment {
        let same = |column: &&(Option<usize>, Option<usize>)| matches!(column, (Some(i), Some(j)) if a[*i] == b[*j] && a[*i] < 20);
        let ends = |side: Vec<usize>| (side[0] as u32, side[side.len() - 1] as u32 + 1);
        Alignment {
            score: literal::score(a, b),
            identical: path.0.iter().filter(same).count() as u32,
            columns: path.0.len() as u32,
            query: ends(path.0.iter().filter_map(|column| column.0).collect()),
            target: ends(path.0.iter().filter_map(|column| column.1).collect()),
        }
    }

    #[test]
    fn an_alignment_is_the_literal_forms_with_most_identities() {
        let mut stream = Stream::new(5, 1);
        let mut ties = 0;
        for case in 0..150 {
            let a = literal::random(&mut stream, 1 + case % 41);
            // A small alphabet makes many alignments of one score.
            let a: Vec<u8> = a.iter().map(|code| if case % 3 == 0 { code % 4 } else { *code }).collect();
            let targets: Vec<Vec<u8>> = (0..7)
                .map(|n| if n % 2 == 0 { literal::relative(&mut stream, &a, 0.6) } else { literal::random(&mut stream, (case + n) % 23) })
                .collect();
            let slices: Vec<&[u8]> = targets.iter().map(Vec::as_slice).collect();
            let found = Aligner::default().align(Set::detect(), &a, &slices);
            assert_eq!(found, Aligner::default().align(Set::Portable, &a, &slices));
            for (found, b) in found.iter().zip(&targets) {
                assert_eq!(found.score, literal::score(&a, b));
                if found.score == 0 {
                    continue;
                }
                let all: Vec<Alignment> = literal::best_paths(&a, b).iter().map(|path| summary(path, &a, b)).collect();
                ties += usize::from(all.iter().any(|other| other.identical != all[0].identical));
                let best = all.iter().map(|path| (path.identical, -i64::from(path.columns))).max().unwrap();
                assert_eq!((found.identical, -i64::from(found.columns)), best, "{a:?} {b:?}");
                assert!(all.contains(found), "{found:?} {all:?}");
            }
        }
        assert!(ties > 5, "{ties}");
    }

    #[test]
    fn a_score_beyond_sixteen_bits_is_exact() {
        let tryptophans = vec![17; 7000];
        let found = Aligner::default().align(Set::detect(), &tryptophans, &[&tryptophans])[0];
        let whole = (0, 7000);
        assert_eq!(found, Alignment { score: 77_000, identical: 7000, columns: 7000, query: whole, target: whole });
    }
}
