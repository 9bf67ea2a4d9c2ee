//! Proteins as bytes, and ragged batches of them.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

/// Columns of a profile.
pub const PROFILE: usize = 20;

/// Proteins after the middle cut, one residue code a byte, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// [ΣT] codes: 0–19 ARNDCQEGHILKMFPSTWYV, 20 B, 21 Z, 22 J, 23 X.
    pub codes: Vec<u8>,
    /// [N + 1]; protein n has the codes offsets[n]..offsets[n + 1].
    pub offsets: Vec<u64>,
    /// [ΣT, 20]; a row's probabilities are its bytes over their sum, a row of zeros stays zero.
    pub profiles: Option<Vec<u8>>,
}

impl Records {
    /// N.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Where the residues of `record` lie.
    pub fn range(&self, record: usize) -> std::ops::Range<usize> {
        self.offsets[record] as usize..self.offsets[record + 1] as usize
    }
    /// Residues of `record`.
    pub fn length(&self, record: usize) -> usize {
        self.range(record).len()
    }
}

/// Some proteins for each member, padded to the longest: [M, B, T]. Places without a protein have length 0.
#[derive(Clone, Debug)]
pub struct Batch {
    /// M.
    pub members: usize,
    /// B, of the member with most proteins.
    pub size: usize,
    /// T, of the longest protein.
    pub residues: usize,
    /// [M, B, T] residue codes.
    pub codes: Arc<[u8]>,
    /// [M, B]
    pub lengths: Arc<[u32]>,
    /// [M, B] record indices; 0 where there is none.
    pub records: Arc<[u32]>,
    /// [M, B, T, 20]
    pub profile: Option<Tensor<4>>,
}

impl Batch {
    /// `rows[m]` are member m's records. Profiles are taken where `profile` is set and the records have them.
    pub fn new(records: &Records, rows: &[&[u32]], profile: bool, device: &Device) -> Self {
        let members = rows.len();
        let size = rows.iter().map(|r| r.len()).max().unwrap_or(0);
        let residues = rows.iter().flat_map(|r| r.iter()).map(|&r| records.length(r as usize)).max().unwrap_or(0);
        let mut codes = vec![0; members * size * residues];
        let (mut lengths, mut indices) = (vec![0; members * size], vec![0; members * size]);
        let mut profiles = (profile && records.profiles.is_some()).then(|| vec![0.0f32; members * size * residues * PROFILE]);
        for (m, rows) in rows.iter().enumerate() {
            for (b, &record) in rows.iter().enumerate() {
                let (place, range) = (m * size + b, records.range(record as usize));
                lengths[place] = range.len() as u32;
                indices[place] = record;
                codes[place * residues..][..range.len()].copy_from_slice(&records.codes[range.clone()]);
                if let (Some(to), Some(from)) = (&mut profiles, &records.profiles) {
                    let from = &from[range.start * PROFILE..range.end * PROFILE];
                    for (to, from) in to[place * residues * PROFILE..].chunks_mut(PROFILE).zip(from.chunks(PROFILE)) {
                        let sum: u32 = from.iter().map(|v| u32::from(*v)).sum();
                        to.iter_mut().zip(from).for_each(|(to, v)| *to = f32::from(*v) / sum.max(1) as f32);
                    }
                }
            }
        }
        let profile = profiles.map(|p| Tensor::from_data(TensorData::new(p, [members, size, residues, PROFILE]), device));
        Self { members, size, residues, codes: codes.into(), lengths: lengths.into(), records: indices.into(), profile }
    }
}
