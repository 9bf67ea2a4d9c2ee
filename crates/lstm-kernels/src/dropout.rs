//! Inverted dropout whose mask is a pure function of (member seed, step, layer, record, residue, unit): the same in any batch, on any device,
//! alone or in a joint job, before or after a resume.

use rayon::prelude::*;

use crate::{
    Kernel,
    philox::{WIDE, key, philox4x32, philox4x32_wide},
    simd::{Simd, entry},
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

    /// The counter's other words and the key of a row.
    fn of_row(&self, row: usize) -> ([u32; 3], [u32; 2]) {
        let member = row / (self.records.len() / self.seeds.len());
        ([self.records[row], self.layer, self.steps[member]], key(self.seeds[member]))
    }

    fn words(&self, row: usize, position: u32) -> [u32; 4] {
        let ([record, layer, step], key) = self.of_row(row);
        philox4x32([position, record, layer, step], key)
    }
}

/// The words of [`WIDE`] counters in a row, as the elements lie.
#[inline(always)]
fn words_of(position: u32, rest: [u32; 3], key: [u32; 2]) -> [u32; 4 * WIDE] {
    let wide = philox4x32_wide(position, rest, key);
    let mut words = [0; 4 * WIDE];
    for i in 0..WIDE {
        for w in 0..4 {
            words[4 * i + w] = wide[w][i];
        }
    }
    words
}

/// A protein's elements in blocks of four, of which each residue begins a new one: `units` ≥ 1 values a residue.
#[inline(always)]
unsafe fn row_body<S: Simd>(mask: &Mask, row: usize, units: usize, x: &[f32], out: &mut [f32]) {
    let (threshold, scale) = (mask.threshold(), 1.0 / (1.0 - mask.p));
    let (rest, key) = mask.of_row(row);
    let blocks = units.div_ceil(4);
    let keep = |word: u32, x: f32| if word >= threshold { x * scale } else { 0.0 };
    let mut position = 0;
    if units.is_multiple_of(4) {
        for (out, x) in out.chunks_mut(4 * WIDE).zip(x.chunks(4 * WIDE)) {
            let words = words_of(position, rest, key);
            for ((out, x), word) in out.iter_mut().zip(x).zip(words) {
                *out = keep(word, *x);
            }
            position += WIDE as u32;
        }
        return;
    }
    for (residue, (out, x)) in out.chunks_mut(units).zip(x.chunks(units)).enumerate() {
        for first in (0..blocks).step_by(WIDE) {
            let words = words_of((residue * blocks + first) as u32, rest, key);
            let own = 4 * first..units.min(4 * (first + WIDE));
            for ((out, x), word) in out[own.clone()].iter_mut().zip(&x[own]).zip(words) {
                *out = keep(word, *x);
            }
        }
    }
}

entry! { fn row_entry(mask: &Mask, row: usize, units: usize, x: &[f32], out: &mut [f32]) = row_body }

/// `out = x ⊙ mask / (1 − p)` for x `[M, B, T, U]` (`residues` = T, `units` = U); 0 beyond each length. Forward and backward are the same map.
///
/// Counter = [residue · ⌈U/4⌉ + ⌊unit/4⌋, record, layer, step], key = seed; an element stays where its word is at least p · 2³².
pub fn apply(kernel: Kernel, mask: &Mask, lengths: &[u32], residues: usize, units: usize, x: &[f32], out: &mut [f32]) {
    let size = (residues * units).max(1);
    out.par_chunks_mut(size).zip(x.par_chunks(size)).enumerate().for_each(|(row, (out, x))| {
        let (real, beyond) = out.split_at_mut(lengths[row] as usize * units);
        beyond.fill(0.0);
        if !real.is_empty() {
            row_entry(kernel.isa(), mask, row, units, &x[..real.len()], real);
        }
    });
}

/// Whole proteins, [M, B]: whether word 0 of counter [0, record, layer, step] is below p · 2³²; here p may be 1, and then all are.
pub fn drop_records(mask: &Mask) -> Vec<bool> {
    let threshold = (f64::from(mask.p) * 4_294_967_296.0) as u64;
    (0..mask.records.len()).map(|row| u64::from(mask.words(row, 0)[0]) < threshold).collect()
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
