//! Which pairs are worth an alignment: they share a spaced word in a reduced alphabet, and the stretch around it scores well without gaps. This is the one
//! heuristic step; bench/RESULTS.md says what it misses.

use super::{
    Proteins,
    ungapped::{END, Scores},
};

/// The class of each residue of ARNDCQEGHILKMFPSTWYV: like residues share one.
const CLASSES: [u8; 20] = classes();

const GROUPS: [&[u8]; 13] = [b"A", b"KR", b"N", b"D", b"C", b"EQ", b"G", b"H", b"ILMV", b"FWY", b"P", b"S", b"T"];

const fn classes() -> [u8; 20] {
    let alphabet = b"ARNDCQEGHILKMFPSTWYV";
    let mut table = [0; 20];
    let mut at = 0;
    while at < 20 {
        let mut group = 0;
        while group < GROUPS.len() {
            let mut member = 0;
            while member < GROUPS[group].len() {
                if GROUPS[group][member] == alphabet[at] {
                    table[at] = group as u8;
                }
                member += 1;
            }
            group += 1;
        }
        at += 1;
    }
    table
}

/// Places of a word that must match. Each shape has [`WEIGHT`] of them.
const SHAPES: [&[usize]; 4] = [&[0, 1, 2, 3, 4], &[0, 1, 3, 6, 7], &[0, 2, 3, 7, 10], &[0, 1, 5, 8, 10]];
const WEIGHT: u32 = 5;
const WORDS: usize = GROUPS.len().pow(WEIGHT);

/// Chance gives an ungapped alignment of two proteins of m and n residues this score or more K m n e^(−λS) times (λ, K of BLOSUM62 without gaps: Altschul & Gish
/// 1996); a stretch of a candidate is at least as surprising as [`MOST_EXPECTED`].
fn least_score(query: usize, target: usize) -> i32 {
    const LAMBDA: f64 = 0.3176;
    const K: f64 = 0.134;
    ((K * query as f64 * target as f64 / MOST_EXPECTED).ln() / LAMBDA).ceil() as i32
}

/// See [`least_score`].
const MOST_EXPECTED: f64 = 0.1;
/// Windows of this many residues with less than [`LEAST_ENTROPY`] bits a residue have no words (as SEG does it: Wootton & Federhen 1993, 12 residues and 2.2 bits).
const WINDOW: usize = 12;
const LEAST_ENTROPY: f64 = 2.2;
/// A word that is this much more frequent than the mean is passed over.
const MOST_FREQUENT: usize = 24;

/// Words of some proteins, and where they are.
pub struct Index {
    /// Residues with [`END`] before, between and after the proteins.
    residues: Vec<u8>,
    /// [N + 1] place of each protein's first residue; the last is one past all.
    starts: Vec<u32>,
    /// Number of the first protein.
    first: usize,
    shapes: Vec<Words>,
}

struct Words {
    /// [WORDS + 1]
    rows: Vec<u32>,
    places: Vec<u32>,
    /// A word with more places than this is passed over.
    most: usize,
}

/// Residues that an index holds at most, all proteins together: bounds its memory to some 4 · (shapes + 1) bytes each.
pub const MOST_RESIDUES: usize = 1 << 24;

impl Index {
    /// Of the proteins `first` to `last` − 1.
    pub fn new(proteins: Proteins<'_>, first: usize, last: usize) -> Self {
        let mut residues = vec![END];
        let mut starts = Vec::with_capacity(last - first + 1);
        let mut is_plain = vec![false];
        for protein in first..last {
            starts.push(residues.len() as u32);
            let codes = proteins.get(protein);
            residues.extend_from_slice(codes);
            residues.push(END);
            is_plain.extend(plain(codes));
            is_plain.push(false);
        }
        starts.push(residues.len() as u32);
        let shapes = SHAPES.iter().map(|shape| Words::new(&residues, &is_plain, shape)).collect();
        Self { residues, starts, first, shapes }
    }

    /// Numbers of the proteins, from `from` on, that are worth an alignment with the query; they rise.
    pub fn candidates(&self, query: &[u8], from: usize, seeker: &mut Seeker) -> Vec<usize> {
        let from = from.saturating_sub(self.first).min(self.starts.len() - 1);
        let least_short = least_score(query.len(), 1);
        let least_place = self.starts[from];
        let Seeker { scores, residues, reached, found } = seeker;
        residues.clear();
        residues.push(END);
        residues.extend_from_slice(query);
        residues.push(END);
        reached.fill((u32::MAX, 0));
        found.clear();
        let is_plain: Vec<bool> = std::iter::once(false).chain(plain(query)).chain([false]).collect();
        for (shape, words) in SHAPES.iter().zip(&self.shapes) {
            for place in 1..residues.len() {
                let Some(word) = word(residues, &is_plain, place, shape) else { continue };
                let places = &words.places[words.rows[word] as usize..words.rows[word + 1] as usize];
                if places.len() > words.most {
                    continue;
                }
                for other in places.iter().rev() {
                    if *other < least_place {
                        break;
                    }
                    let diagonal = *other + residues.len() as u32 - place as u32;
                    let slot = &mut reached[(diagonal.wrapping_mul(0x9e37_79b1) >> (32 - SLOT_BITS)) as usize];
                    if slot.0 == diagonal && place < slot.1 as usize {
                        continue;
                    }
                    let (score, seen) = scores.extend(residues, place, &self.residues, *other as usize);
                    *slot = (diagonal, seen as u32);
                    if score >= least_short {
                        let target = self.starts.partition_point(|start| start <= other) - 1;
                        let length = self.starts[target + 1] - self.starts[target] - 1;
                        if score >= least_score(query.len(), length as usize) {
                            found.push(self.first + target);
                        }
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found.clone()
    }
}

impl Words {
    fn new(residues: &[u8], is_plain: &[bool], shape: &[usize]) -> Self {
        let mut rows = vec![0_u32; WORDS + 1];
        let words = || (1..residues.len()).filter_map(|place| Some((place, word(residues, is_plain, place, shape)?)));
        words().for_each(|(_, word)| rows[word + 1] += 1);
        for word in 0..WORDS {
            rows[word + 1] += rows[word];
        }
        let mut next = rows.clone();
        let mut places = vec![0; rows[WORDS] as usize];
        for (place, word) in words() {
            places[next[word] as usize] = place as u32;
            next[word] += 1;
        }
        let most = (MOST_FREQUENT * places.len()).div_ceil(WORDS).max(64);
        Self { rows, places, most }
    }
}

/// What a search for candidates needs, kept between queries.
pub struct Seeker {
    scores: Scores,
    residues: Vec<u8>,
    /// By a hash of the diagonal: the last diagonal that came here, and how far along the query it has been looked at.
    reached: Vec<(u32, u32)>,
    found: Vec<usize>,
}

const SLOT_BITS: u32 = 14;

impl Default for Seeker {
    fn default() -> Self {
        Self { scores: Scores::new(), residues: Vec::new(), reached: vec![(u32::MAX, 0); 1 << SLOT_BITS], found: Vec::new() }
    }
}

/// The word that starts at a place, where all of its residues are plain.
#[inline(always)]
fn word(residues: &[u8], is_plain: &[bool], place: usize, shape: &[usize]) -> Option<usize> {
    if place + shape[shape.len() - 1] >= residues.len() {
        return None;
    }
    let mut word = 0;
    for step in shape {
        if !is_plain[place + step] {
            return None;
        }
        word = word * GROUPS.len() + usize::from(CLASSES[usize::from(residues[place + step])]);
    }
    Some(word)
}

/// Whether each residue is one of the 20 and in no window of low complexity.
fn plain(codes: &[u8]) -> Vec<bool> {
    let mut found: Vec<bool> = codes.iter().map(|code| *code < 20).collect();
    let mut counts = [0_usize; 24];
    let share = |count: usize| if count == 0 { 0.0 } else { count as f64 / WINDOW as f64 * (WINDOW as f64 / count as f64).log2() };
    let table: [f64; WINDOW + 1] = std::array::from_fn(share);
    for (at, code) in codes.iter().enumerate() {
        counts[usize::from(*code)] += 1;
        if at >= WINDOW {
            counts[usize::from(codes[at - WINDOW])] -= 1;
        }
        if at + 1 >= WINDOW && counts.iter().map(|count| table[*count]).sum::<f64>() < LEAST_ENTROPY {
            found[at + 1 - WINDOW..=at].fill(false);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::literal;
    use super::*;
    use lstm_kernels::philox::Stream;

    #[test]
    fn repeats_and_unknown_residues_have_no_words() {
        let mut codes = vec![5; 30];
        codes.extend(0..20);
        codes.push(23);
        let found = plain(&codes);
        assert!(found[..30].iter().all(|own| !own), "glutamines");
        assert!(found[36..50].iter().all(|own| *own), "{found:?}");
        assert!(!found[50], "X");
    }

    #[test]
    fn every_shape_has_the_weight_and_every_residue_a_class() {
        for shape in SHAPES {
            assert_eq!(shape.len(), WEIGHT as usize);
            assert_eq!(shape[0], 0);
            assert!(shape.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert_eq!(GROUPS.iter().map(|group| group.len()).sum::<usize>(), 20);
        assert_eq!(CLASSES.iter().max(), Some(&(GROUPS.len() as u8 - 1)));
    }

    #[test]
    fn relatives_are_candidates_on_their_diagonal_and_strangers_rarely_are() {
        let mut stream = Stream::new(8, 1);
        let parent = literal::random(&mut stream, 300);
        let mut codes = Vec::new();
        let mut offsets = vec![0];
        for number in 0..200 {
            let own = if number % 10 == 3 { literal::relative(&mut stream, &parent, 0.5) } else { literal::random(&mut stream, 300) };
            codes.extend(own);
            offsets.push(codes.len() as u64);
        }
        let proteins = Proteins::new(&codes, &offsets);
        let index = Index::new(proteins, 0, 200);
        let found = index.candidates(&parent, 0, &mut Seeker::default());
        let relatives = found.iter().filter(|own| **own % 10 == 3).count();
        assert_eq!(relatives, 20);
        assert!(found.len() < 60, "{}", found.len());
        let later = index.candidates(&parent, 100, &mut Seeker::default());
        assert_eq!(later, found.iter().copied().filter(|own| *own >= 100).collect::<Vec<_>>());
    }
}
