//! Homologs among proteins: a seed filter, exact local alignment of what passes it, single linkage or greedy clusters of what is alike.
//!
//! ```text
//! seeds.rs     which pairs share a short word that still matches at 30 % identity       (heuristic: the only step that can miss a pair)
//! ungapped.rs  how well their residues match around it, without gaps
//! lanes.rs   the Smith–Waterman score, 32 targets beside each other                    (exact)
//! alignment.rs the alignment itself: identity, and what it covers of both                (exact)
//! search.rs    the path of a pair through these; cluster.rs  what is linked by the pairs that are left
//! ```
//!
//! All is integers but bits and E, which follow from the score alone: one result for any number of threads and any processor.

mod alignment;
mod cluster;
mod lanes;
#[cfg(test)]
mod literal;
mod matrix;
mod search;
mod seeds;
mod statistics;
mod ungapped;

pub use cluster::{Linkage, cluster};
pub use search::{Control, Hit, IdentityOver, Limits, Options, nearest, pairs};
pub use statistics::{bits, expect};

/// Proteins as residue codes (0–19 ARNDCQEGHILKMFPSTWYV, 20 B, 21 Z, 22 J, 23 X), one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Proteins<'a> {
    codes: &'a [u8],
    offsets: &'a [u64],
}

/// Longest protein that is aligned; the longest known has some 45,000 residues.
pub const LONGEST: usize = 500_000;

impl<'a> Proteins<'a> {
    /// `codes` [ΣT], each at most 23; `offsets` [N + 1] rises from 0 to ΣT, and no protein is longer than [`LONGEST`].
    pub fn new(codes: &'a [u8], offsets: &'a [u64]) -> Self {
        Self { codes, offsets }
    }

    /// N.
    pub fn count(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// ΣT.
    pub fn residues(&self) -> usize {
        self.codes.len()
    }

    /// One protein's codes.
    pub fn get(&self, protein: usize) -> &'a [u8] {
        &self.codes[self.offsets[protein] as usize..self.offsets[protein + 1] as usize]
    }
}
