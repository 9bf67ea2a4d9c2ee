//! The kernels of the filter bank; what they are launched with stands in `mod.rs`.

use cubecl::prelude::*;
use lstm_kernels::residue_conv::CODES;

use crate::ops::gpu::end_of_part;

/// Filters of a cube, and units that share one filter, in the backward pass of the table.
pub(super) const FILTERS: usize = 16;
pub(super) const LANES: usize = 8;
/// Filters and columns of a cube in the backward pass of the dense weights; a profile's 20 columns fill one.
pub(super) const DENSE_FILTERS: usize = 8;
pub(super) const DENSE_COLUMNS: usize = 20;

/// The code of residue `at` of the batch.
#[cube]
fn code(codes: &[u32], at: usize) -> usize {
    ((codes[at / 4] >> ((at % 4) as u32 * 8)) & 0xFF) as usize
}

/// No residue.
const NONE: u32 = 0xFFFF_FFFF;

/// A tap: its bank of filters, its place in it, and the bank's width.
#[derive(CubeType)]
struct Tap {
    bank: u32,
    k: u32,
    width: u32,
}

#[cube]
fn tap_of(taps_of: &[u32], tap: u32) -> Tap {
    let at = tap as usize * 3;
    Tap { bank: taps_of[at], k: taps_of[at + 1], width: taps_of[at + 2] }
}

/// The residue of the batch that tap `k` of a filter of `width` sees where its middle is at `t` of protein `row`: t + k − width / 2, or [`NONE`] where the
/// protein has none.
#[cube]
fn seen(row: u32, t: u32, k: u32, width: u32, length: u32, residues: u32) -> u32 {
    let mut found = NONE.runtime();
    if t < length && t + k >= width / 2 && t + k - width / 2 < length {
        found = row * residues + t + k - width / 2;
    }
    found
}

/// z[m, b, t, c] = scale (Σ_k table[tap, code] + Σ_a rows[a] weights[tap, a]) + bias. `banks` holds [first tap, width] of each width.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn convolve(
    table: &[f32],
    bias: &[f32],
    codes: &[u32],
    lengths: &[u32],
    banks: &[u32],
    weights: &[f32],
    rows: &[f32],
    z: &mut [f32],
    count: u32,
    batch: u32,
    residues: u32,
    taps: u32,
    filters: u32,
    channels: u32,
    columns: u32,
    scale: f32,
    #[comptime] dense: bool,
) {
    if ABSOLUTE_POS < count as usize {
        let at = ABSOLUTE_POS as u32;
        let (channel, place) = (at % channels, at / channels);
        let (t, row) = (place % residues, place / residues);
        let (filter, bank, member) = (channel % filters, channel / filters, row / batch);
        let (first, width) = (banks[bank as usize * 2], banks[bank as usize * 2 + 1]);
        let length = lengths[row as usize];
        let mut value = 0.0f32;
        if t < length {
            let mut sum = 0.0f32;
            for k in 0..width {
                let residue = seen(row, t, k, width, length, residues);
                if residue != NONE {
                    let tap = (member * taps + first + k) as usize;
                    sum += table[(tap * CODES + code(codes, residue as usize)) * filters as usize + filter as usize];
                    if dense {
                        let columns = columns as usize;
                        for a in 0..columns {
                            sum += rows[residue as usize * columns + a] * weights[(tap * columns + a) * filters as usize + filter as usize];
                        }
                    }
                }
            }
            value = scale * sum + bias[(member * channels + channel) as usize];
        }
        z[ABSOLUTE_POS] = value;
    }
}

/// A part of dtable[m, tap, code, f] = Σ dz where the tap saw the code, not yet times the scale. Grid: tap, filters, member and part.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn table_gradient(
    dz: &[f32],
    codes: &[u32],
    lengths: &[u32],
    taps_of: &[u32],
    parts: &mut [f32],
    members: u32,
    batch: u32,
    residues: u32,
    taps: u32,
    filters: u32,
    channels: u32,
    places_a_part: u32,
) {
    let mut sums = Shared::<[f32]>::new_slice(LANES * CODES * FILTERS);
    let (tap, member, part) = (CUBE_POS_X, CUBE_POS_Z % members, CUBE_POS_Z / members);
    let own = tap_of(taps_of, tap);
    let (column, lane) = (UNIT_POS_X as usize % FILTERS, UNIT_POS_X as usize / FILTERS);
    let filter = CUBE_POS_Y * (FILTERS as u32) + column as u32;
    for code_ in 0..CODES {
        sums[(lane * CODES + code_) * FILTERS + column] = 0.0f32;
    }
    let places = batch * residues;
    let last = end_of_part(part, places_a_part, places);
    let mut place = part * places_a_part + lane as u32;
    while place < last {
        let (t, row) = (place % residues, member * batch + place / residues);
        let residue = seen(row, t, own.k, own.width, lengths[row as usize], residues);
        if residue != NONE && filter < filters {
            let found = code(codes, residue as usize);
            let from = (member * places + place) as usize * channels as usize + (own.bank * filters + filter) as usize;
            sums[(lane * CODES + found) * FILTERS + column] += dz[from];
        }
        place += LANES as u32;
    }
    sync_cube();
    if filter < filters {
        let mut code_ = lane;
        while code_ < CODES {
            let mut sum = 0.0f32;
            for other in 0..LANES {
                sum += sums[(other * CODES + code_) * FILTERS + column];
            }
            let to = ((part * members + member) * taps + tap) as usize;
            parts[(to * CODES + code_) * filters as usize + filter as usize] = sum;
            code_ += LANES;
        }
    }
}

/// A part of the gradient of the dense weights, likewise: a unit owns (column, filter). Grid: tap and columns, filters, member and part.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn dense_gradient(
    dz: &[f32],
    rows: &[f32],
    lengths: &[u32],
    taps_of: &[u32],
    parts: &mut [f32],
    members: u32,
    batch: u32,
    residues: u32,
    taps: u32,
    filters: u32,
    channels: u32,
    columns: u32,
    places_a_part: u32,
) {
    let (tap, member, part) = (CUBE_POS_X % taps, CUBE_POS_Z % members, CUBE_POS_Z / members);
    let own = tap_of(taps_of, tap);
    let column = CUBE_POS_X / taps * (DENSE_COLUMNS as u32) + UNIT_POS_X / DENSE_FILTERS as u32;
    let filter = CUBE_POS_Y * (DENSE_FILTERS as u32) + UNIT_POS_X % DENSE_FILTERS as u32;
    if filter < filters && column < columns {
        let places = batch * residues;
        let last = end_of_part(part, places_a_part, places);
        let mut sum = 0.0f32;
        for place in part * places_a_part..last {
            let (t, row) = (place % residues, member * batch + place / residues);
            let residue = seen(row, t, own.k, own.width, lengths[row as usize], residues);
            if residue != NONE {
                let from = (member * places + place) as usize * channels as usize + (own.bank * filters + filter) as usize;
                sum += dz[from] * rows[residue as usize * columns as usize + column as usize];
            }
        }
        let to = ((part * members + member) * taps + tap) as usize;
        parts[(to * columns as usize + column as usize) * filters as usize + filter as usize] = sum;
    }
}

/// out[i] = scale · Σ_part parts[part, i]
#[cube(launch_unchecked)]
pub(super) fn fold_scaled(parts: &[f32], out: &mut [f32], parts_: u32, count: u32, scale: f32) {
    if ABSOLUTE_POS < count as usize {
        let mut sum = 0.0f32;
        for part in 0..parts_ {
            sum += parts[part as usize * count as usize + ABSOLUTE_POS];
        }
        out[ABSOLUTE_POS] = scale * sum;
    }
}

/// dbias[m, c] = Σ dz: the middle tap of a bank sees every residue once, so it is the sum over that tap's codes.
#[cube(launch_unchecked)]
#[expect(clippy::too_many_arguments, reason = "a kernel's sizes are its arguments")]
pub(super) fn bias_gradient(
    parts: &[f32],
    banks: &[u32],
    dbias: &mut [f32],
    parts_: u32,
    members: u32,
    taps: u32,
    filters: u32,
    channels: u32,
) {
    if ABSOLUTE_POS < (members * channels) as usize {
        let at = ABSOLUTE_POS as u32;
        let (channel, member) = (at % channels, at / channels);
        let (filter, bank) = (channel % filters, channel / filters);
        let tap = banks[bank as usize * 2] + banks[bank as usize * 2 + 1] / 2;
        let mut sum = 0.0f32;
        for part in 0..parts_ {
            let from = ((part * members + member) * taps + tap) as usize;
            for code_ in 0..CODES {
                sum += parts[(from * CODES + code_) * filters as usize + filter as usize];
            }
        }
        dbias[ABSOLUTE_POS] = sum;
    }
}
