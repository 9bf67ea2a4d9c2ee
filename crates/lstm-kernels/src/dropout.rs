//! Inverted dropout whose mask is a pure function of (member seed, step, layer, record, residue, unit): the same in any batch, on any device,
//! alone or in a joint job, before or after a resume.

use rayon::prelude::*;

use crate::{
    Kernel,
    philox::{key, philox4x32},
};

/// Which elements are dropped. M members, B proteins.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a> {
    /// Probability that an element is dropped, 0 ≤ p < 1.
    pub p: f32,
    /// Which dropout of the network this is.
    pub layer: u32,
    /// A member's seed, [M].
    pub seeds: &'a [u64],
    /// A member's step count, [M].
    pub steps: &'a [u32],
    /// The record in each place, [M, B].
    pub records: &'a [u32],
}

/// The residue code that stands for a dropped residue.
pub const DROPPED: u8 = 24;

impl Mask<'_> {
    fn threshold(&self) -> u32 {
        (f64::from(self.p) * 4_294_967_296.0) as u32
    }

    fn words(&self, row: usize, position: u32) -> [u32; 4] {
        let member = row / (self.records.len() / self.seeds.len());
        philox4x32([position, self.records[row], self.layer, self.steps[member]], key(self.seeds[member]))
    }
}

/// `out = x ⊙ mask / (1 − p)` for x `[M, B, T, U]` (`residues` = T, `units` = U); 0 beyond each length. Forward and backward are the same map.
///
/// Counter = [residue · ⌈U/4⌉ + ⌊unit/4⌋, record, layer, step], key = seed; an element stays where its word is at least p · 2³².
pub fn apply(_kernel: Kernel, mask: &Mask, lengths: &[u32], residues: usize, units: usize, x: &[f32], out: &mut [f32]) {
    let (threshold, scale) = (mask.threshold(), 1.0 / (1.0 - mask.p));
    let blocks = units.div_ceil(4) as u32;
    let size = residues * units;
    out.par_chunks_mut(size.max(1)).zip(x.par_chunks(size.max(1))).enumerate().for_each(|(row, (out, x))| {
        let real = lengths[row] as usize * units;
        out[real..].fill(0.0);
        for (residue, (out, x)) in out[..real].chunks_mut(units).zip(x.chunks(units)).enumerate() {
            for (block, (out, x)) in out.chunks_mut(4).zip(x.chunks(4)).enumerate() {
                let words = mask.words(row, residue as u32 * blocks + block as u32);
                for ((out, x), word) in out.iter_mut().zip(x).zip(words) {
                    *out = if word >= threshold { x * scale } else { 0.0 };
                }
            }
        }
    });
}

/// Whole-residue dropout: codes `[M, B, T]` become [`DROPPED`] where word 0 of counter [residue, record, layer, step] is below p · 2³².
pub fn drop_residues(mask: &Mask, lengths: &[u32], residues: usize, codes: &mut [u8]) {
    let threshold = mask.threshold();
    for (row, codes) in codes.chunks_mut(residues.max(1)).enumerate() {
        for (residue, code) in codes[..lengths[row] as usize].iter_mut().enumerate() {
            if mask.words(row, residue as u32)[0] < threshold {
                *code = DROPPED;
            }
        }
    }
}
