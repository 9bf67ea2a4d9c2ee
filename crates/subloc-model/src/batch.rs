//! Proteins as bytes, and ragged batches of them.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use lstm_kernels::dropout::drop_records;

use crate::{
    config::ModelConfig,
    models::{DropoutLayer, Mode},
};

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
    /// [ΣT, 20], likewise: the rows that stand in where a profile is dropped in training.
    pub stand_ins: Option<Vec<u8>>,
    /// The user's own numbers of each residue.
    pub extra: Option<Extra>,
}

/// Numbers of each residue, as they were given.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// d, at least 1.
    pub columns: usize,
    /// [ΣT, d]; a row that begins with NaN has no numbers (the gap of a middle cut) and reads as the mean.
    pub values: Vec<f32>,
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
    /// [M, B, T, d] as they were given, and [M, B, T, 1]: 1 where a residue has numbers.
    pub extra: Option<[Tensor<4>; 2]>,
}

impl Batch {
    /// `rows[m]` are member m's records. Of profiles and own numbers what the architecture reads is taken, where the records have it.
    pub fn new(records: &Records, rows: &[&[u32]], config: &ModelConfig, device: &Device) -> Self {
        Self::of_step(records, rows, config, &Mode::Predict, device)
    }

    /// The batch of a step: in training some proteins' profiles give way to their stand-ins.
    pub fn of_step(records: &Records, rows: &[&[u32]], config: &ModelConfig, mode: &Mode, device: &Device) -> Self {
        let members = rows.len();
        let size = rows.iter().map(|r| r.len()).max().unwrap_or(0);
        let residues = rows.iter().flat_map(|r| r.iter()).map(|&r| records.length(r as usize)).max().unwrap_or(0);
        let mut codes = vec![0; members * size * residues];
        let (mut lengths, mut indices) = (vec![0; members * size], vec![0; members * size]);
        let mut profiles = (config.profile && records.profiles.is_some()).then(|| vec![0.0f32; members * size * residues * PROFILE]);
        for (m, rows) in rows.iter().enumerate() {
            indices[m * size..][..rows.len()].copy_from_slice(rows);
        }
        let indices: Arc<[u32]> = indices.into();
        let is_dropped = match mode.record_mask(DropoutLayer::Profiles, config.profile_dropout, &indices) {
            Some(mask) if records.stand_ins.is_some() => drop_records(&mask.mask()),
            _ => vec![false; members * size],
        };
        for (m, rows) in rows.iter().enumerate() {
            for (b, &record) in rows.iter().enumerate() {
                let (place, range) = (m * size + b, records.range(record as usize));
                lengths[place] = range.len() as u32;
                codes[place * residues..][..range.len()].copy_from_slice(&records.codes[range.clone()]);
                let source = if is_dropped[place] { &records.stand_ins } else { &records.profiles };
                if let (Some(to), Some(from)) = (&mut profiles, source) {
                    let from = &from[range.start * PROFILE..range.end * PROFILE];
                    for (to, from) in to[place * residues * PROFILE..].chunks_mut(PROFILE).zip(from.chunks(PROFILE)) {
                        let sum: u32 = from.iter().map(|v| u32::from(*v)).sum();
                        to.iter_mut().zip(from).for_each(|(to, v)| *to = f32::from(*v) / sum.max(1) as f32);
                    }
                }
            }
        }
        let profile = profiles.map(|p| Tensor::from_data(TensorData::new(p, [members, size, residues, PROFILE]), device));
        let extra =
            records.extra.as_ref().filter(|_| config.extra_features > 0).map(|extra| extra.padded(records, rows, [size, residues], device));
        Self { members, size, residues, codes: codes.into(), lengths: lengths.into(), records: indices, profile, extra }
    }
}

impl Extra {
    /// [M, B, T, d], 0 where there are none, and [M, B, T, 1].
    fn padded(&self, records: &Records, rows: &[&[u32]], [size, residues]: [usize; 2], device: &Device) -> [Tensor<4>; 2] {
        let (members, columns) = (rows.len(), self.columns);
        let mut values = vec![0.0f32; members * size * residues * columns];
        let mut present = vec![0.0f32; members * size * residues];
        for (m, rows) in rows.iter().enumerate() {
            for (b, &record) in rows.iter().enumerate() {
                let (first, range) = ((m * size + b) * residues, records.range(record as usize));
                for (place, residue) in (first..).zip(range) {
                    let row = &self.values[residue * columns..][..columns];
                    if !row[0].is_nan() {
                        values[place * columns..][..columns].copy_from_slice(row);
                        present[place] = 1.0;
                    }
                }
            }
        }
        [
            Tensor::from_data(TensorData::new(values, [members, size, residues, columns]), device),
            Tensor::from_data(TensorData::new(present, [members, size, residues, 1]), device),
        ]
    }
}
