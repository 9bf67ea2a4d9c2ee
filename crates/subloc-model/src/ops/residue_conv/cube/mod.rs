//! The filter bank on a GPU. Residues come as bytes, four in a word; nothing of size [B, T, F] is made.
//!
//! Forward, a unit owns one number of z and looks its taps up in the table. Backward, a cube owns a tap, some filters and a part of the proteins, and every
//! unit a histogram of its own over the 25 codes, so that sums need no atomics and have a fixed order.

mod kernels;

use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;
use lstm_kernels::residue_conv::CODES;

use super::{ResidueConvGrad, ResidueConvOps, Residues};
use crate::ops::gpu::{UNITS, cubes_for, dims, empty, processors, size, words, zeros};
use kernels::{DENSE_COLUMNS, DENSE_FILTERS, FILTERS, LANES, bias_gradient, convolve, dense_gradient, fold_scaled, table_gradient};

/// Four codes a word.
fn packed(codes: &[u8]) -> Vec<u32> {
    codes.chunks(4).map(|four| four.iter().rev().fold(0, |word, code| word << 8 | u32::from(*code))).collect()
}

/// [first tap, width] of each width.
fn banks(widths: &[usize]) -> Vec<u32> {
    let mut first = 0;
    let bank = |width: &usize| {
        first += width;
        [size(first - width), size(*width)]
    };
    widths.iter().flat_map(bank).collect()
}

/// [bank, place in the bank, width] of each tap.
fn taps_of(widths: &[usize]) -> Vec<u32> {
    widths.iter().enumerate().flat_map(|(bank, width)| (0..*width).flat_map(move |k| [bank, k, *width].map(size))).collect()
}

fn forward(table: CubeTensor, dense: Option<(CubeTensor, CubeTensor)>, bias: CubeTensor, residues: &Residues) -> CubeTensor {
    let (table, bias) = (into_contiguous(table), into_contiguous(bias));
    let [_, taps, _, filters] = dims(&table);
    let [members, batch, length] = residues.dims;
    let channels = residues.widths.len() * filters;
    let z = empty(&table, [members, batch, length, channels]);
    let count = members * batch * length * channels;
    if count == 0 {
        return z;
    }
    let client = &table.client;
    let columns = dense.as_ref().map_or(0, |(_, rows)| dims::<4>(rows)[3]);
    let (weights, rows) = match dense {
        Some((weights, rows)) => (into_contiguous(weights), into_contiguous(rows)),
        None => (table.clone(), table.clone()), // never read
    };
    // SAFETY: the kernel stops beyond `count`; codes are below 25, which `Batch` keeps.
    unsafe {
        convolve::launch_unchecked(
            client,
            cubes_for(count),
            CubeDim::new_1d(UNITS),
            table.clone().into_buffer_arg(),
            bias.into_buffer_arg(),
            words(client, &packed(&residues.codes)),
            words(client, &residues.lengths),
            words(client, &banks(&residues.widths)),
            weights.into_buffer_arg(),
            rows.into_buffer_arg(),
            z.clone().into_buffer_arg(),
            size(count),
            size(batch),
            size(length),
            size(taps),
            size(filters),
            size(channels),
            size(columns),
            residues.scale,
            columns > 0,
        );
    }
    z
}

/// Sums parts [parts, count] into a tensor of `shape`, times `scale`.
fn folded<const D: usize>(parts: &CubeTensor, count: usize, shape: [usize; D], scale: f32) -> CubeTensor {
    let out = empty(parts, shape);
    let elements = shape.iter().product::<usize>();
    // SAFETY: the kernel stops beyond the size of `out`.
    unsafe {
        fold_scaled::launch_unchecked(
            &parts.client,
            cubes_for(elements),
            CubeDim::new_1d(UNITS),
            parts.clone().into_buffer_arg(),
            out.clone().into_buffer_arg(),
            size(count),
            size(elements),
            scale,
        );
    }
    out
}

impl ResidueConvOps for CubeBackend {
    fn table_conv(table: CubeTensor, bias: CubeTensor, residues: Residues) -> CubeTensor {
        forward(table, None, bias, &residues)
    }
    fn dense_conv(table: CubeTensor, weights: CubeTensor, bias: CubeTensor, rows: CubeTensor, residues: Residues) -> CubeTensor {
        forward(table, Some((weights, rows)), bias, &residues)
    }
}

impl ResidueConvGrad for CubeBackend {
    fn residue_conv_backward(
        rows: Option<CubeTensor>,
        dz: CubeTensor,
        residues: &Residues,
        filters: usize,
    ) -> (CubeTensor, CubeTensor, Option<CubeTensor>) {
        let dz = into_contiguous(dz);
        let [members, batch, length] = residues.dims;
        let (taps, channels, places) = (residues.widths.iter().sum::<usize>(), residues.widths.len() * filters, batch * length);
        if members * places == 0 {
            let weights = rows.map(|rows| zeros(&dz, [members, taps, dims::<4>(&rows)[3], filters]));
            return (zeros(&dz, [members, taps, CODES, filters]), zeros(&dz, [members, channels]), weights);
        }
        let client = &dz.client;
        let parts = |cubes: usize| (8 * processors(client)).div_ceil(cubes).min(places.div_ceil(64)).max(1);
        let tiles = filters.div_ceil(FILTERS);
        let count = parts(taps * tiles * members);
        let sums = empty(&dz, [count, members, taps, CODES, filters]);
        // SAFETY: a cube a tap, a tile of filters, and a member's part of the places; codes are below 25.
        unsafe {
            table_gradient::launch_unchecked(
                client,
                CubeCount::Static(size(taps), size(tiles), size(members * count)),
                CubeDim::new_1d(size(FILTERS * LANES)),
                dz.clone().into_buffer_arg(),
                words(client, &packed(&residues.codes)),
                words(client, &residues.lengths),
                words(client, &taps_of(&residues.widths)),
                sums.clone().into_buffer_arg(),
                size(members),
                size(batch),
                size(length),
                size(taps),
                size(filters),
                size(channels),
                size(places.div_ceil(count)),
            );
        }
        let table = folded(&sums, count, [members, taps, CODES, filters], residues.scale);
        let bias = empty(&dz, [members, channels]);
        // SAFETY: the kernel stops beyond [M, C].
        unsafe {
            bias_gradient::launch_unchecked(
                client,
                cubes_for(members * channels),
                CubeDim::new_1d(UNITS),
                sums.into_buffer_arg(),
                words(client, &banks(&residues.widths)),
                bias.clone().into_buffer_arg(),
                size(count),
                size(members),
                size(taps),
                size(filters),
                size(channels),
            );
        }
        let weights = rows.map(|rows| {
            let [_, _, _, columns] = dims(&rows);
            let (tiles, strips) = (filters.div_ceil(DENSE_FILTERS), columns.div_ceil(DENSE_COLUMNS));
            let count = parts(taps * strips * tiles * members);
            let sums = empty(&dz, [count, members, taps, columns, filters]);
            // SAFETY: as above.
            unsafe {
                dense_gradient::launch_unchecked(
                    client,
                    CubeCount::Static(size(taps * strips), size(tiles), size(members * count)),
                    CubeDim::new_1d(size(DENSE_COLUMNS * DENSE_FILTERS)),
                    dz.clone().into_buffer_arg(),
                    into_contiguous(rows).into_buffer_arg(),
                    words(client, &residues.lengths),
                    words(client, &taps_of(&residues.widths)),
                    sums.clone().into_buffer_arg(),
                    size(members),
                    size(batch),
                    size(length),
                    size(taps),
                    size(filters),
                    size(channels),
                    size(columns),
                    size(places.div_ceil(count)),
                );
            }
            folded(&sums, count, [members, taps, columns, filters], residues.scale)
        });
        (table, bias, weights)
    }
}
