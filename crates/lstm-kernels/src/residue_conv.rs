//! A bank of one-dimensional filters over residues. Table blocks go by lookup: the caller multiplies each filter tap with the encoding table
//! once, and a position is then the sum of one table row a tap. Dense rows (a profile, numbers a residue of the user's) go through an ordinary product.
//! "same" zero padding: positions outside the protein add nothing; cross-correlation, tap k of a filter of width w sees residue t + k − ⌊w/2⌋.

use rayon::prelude::*;

use crate::{
    Cancelled, Kernel,
    linear::real_residues,
    product::{self, Packed, Rows},
    simd::{Simd, entry},
};

/// Residue codes: 20 residues, B, Z, J, X, DROPPED.
pub const CODES: usize = 25;

/// Sizes of the bank; output channels are width-major: the filters of `widths[0]` first.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the axes of the crate's legend")]
pub struct Shape<'a> {
    pub members: usize,
    pub batch: usize,
    pub residues: usize,
    /// Filter widths in residues, each at least 1.
    pub widths: &'a [usize],
    /// Filters of each width.
    pub filters: usize,
    /// Columns of the dense rows; 0 without any.
    pub dense: usize,
}

impl Shape<'_> {
    /// C: filters of all widths.
    pub fn channels(&self) -> usize {
        self.widths.len() * self.filters
    }
    /// Sum of the widths.
    pub fn taps(&self) -> usize {
        self.widths.iter().sum()
    }
    fn left(&self) -> usize {
        self.widths.iter().map(|w| w / 2).max().unwrap_or(0)
    }
    /// Residues seen by the union of all filters.
    fn span(&self) -> usize {
        self.left() + self.widths.iter().map(|w| w - w / 2).max().unwrap_or(0)
    }
    /// What is seen of each residue around: for every offset from `−left`, the channels from the first to the last filter that reaches it. With
    /// rising widths that is an unbroken row of them.
    fn reaches(&self) -> Vec<Reach> {
        let left = self.left() as isize;
        let mut reaches: Vec<Reach> =
            (0..self.span()).map(|at| Reach { offset: at as isize - left, channels: self.channels()..0, taps: Vec::new() }).collect();
        for (tap, (group, offset)) in self.offsets().into_iter().enumerate() {
            let reach = &mut reaches[(offset + left) as usize];
            let own = group * self.filters..(group + 1) * self.filters;
            reach.channels = reach.channels.start.min(own.start)..reach.channels.end.max(own.end);
            reach.taps.push((tap, own.start));
        }
        reaches
    }
    /// For every tap: (index of its width, offset of the residue it sees).
    fn offsets(&self) -> Vec<(usize, isize)> {
        self.widths.iter().enumerate().flat_map(|(g, &w)| (0..w).map(move |k| (g, k as isize - (w / 2) as isize))).collect()
    }
}

/// The dense rows of a batch, D = [`Shape::dense`] columns, and what the filters weigh them with.
#[derive(Clone, Copy, Debug)]
pub struct Dense<'a> {
    /// [M, taps, D, filters]
    pub weights: &'a [f32],
    /// [M, B, T, D]
    pub rows: &'a [f32],
}

/// Gradients of [`forward`].
#[derive(Clone, Debug)]
pub struct Gradients {
    /// [M, taps, 25, filters]
    pub table: Vec<f32>,
    /// [M, taps, D, filters] where dense rows were given
    pub dense_weights: Option<Vec<f32>>,
    /// [M, C]
    pub bias: Vec<f32>,
}

/// One offset of [`Shape::reaches`].
struct Reach {
    offset: isize,
    channels: std::ops::Range<usize>,
    /// (tap, its first channel)
    taps: Vec<(usize, usize)>,
}

impl Reach {
    /// One member's table `[taps, 25, filters]` → the rows of this offset's channels, [25][channels]; 0 where no filter reaches.
    fn rows(&self, table: &[f32], filters: usize) -> Vec<f32> {
        let width = self.channels.len();
        let mut rows = vec![0.0; CODES * width];
        for &(tap, first) in &self.taps {
            for (code, row) in rows.chunks_mut(width).enumerate() {
                row[first - self.channels.start..][..filters].copy_from_slice(&table[(tap * CODES + code) * filters..][..filters]);
            }
        }
        rows
    }
}

/// z of one protein, [T, C]: sums of table rows.
#[inline(always)]
unsafe fn lookup_body<S: Simd>(reaches: &[Reach], rows: &[Vec<f32>], bias: &[f32], codes: &[u8], scale: f32, z: &mut [f32]) {
    let channels = bias.len();
    for (t, z) in z.chunks_mut(channels).enumerate() {
        for (reach, rows) in reaches.iter().zip(rows) {
            let Some(&code) = t.checked_add_signed(reach.offset).and_then(|at| codes.get(at)) else { continue };
            let width = reach.channels.len();
            for (z, value) in z[reach.channels.clone()].iter_mut().zip(&rows[code as usize * width..][..width]) {
                *z += value;
            }
        }
        for (z, bias) in z.iter_mut().zip(bias) {
            *z = scale * *z + bias;
        }
    }
}

entry! { fn lookup_entry(reaches: &[Reach], rows: &[Vec<f32>], bias: &[f32], codes: &[u8], scale: f32, z: &mut [f32]) = lookup_body }

/// The gradients of one offset's rows, [25][channels], over the proteins of a member.
#[inline(always)]
unsafe fn scatter_body<S: Simd>(
    reach: &Reach,
    codes: &[u8],
    lengths: &[u32],
    residues: usize,
    dz: &[f32],
    channels: usize,
    rows: &mut [f32],
) {
    let width = reach.channels.len();
    for (b, &length) in lengths.iter().enumerate() {
        let codes = &codes[b * residues..][..length as usize];
        for t in 0..codes.len() {
            let Some(&code) = t.checked_add_signed(reach.offset).and_then(|at| codes.get(at)) else { continue };
            let dz = &dz[(b * residues + t) * channels + reach.channels.start..][..width];
            for (sum, d) in rows[code as usize * width..][..width].iter_mut().zip(dz) {
                *sum += d;
            }
        }
    }
}

entry! {
    #[expect(clippy::too_many_arguments, reason = "the arguments of the body and the instruction set")]
    fn scatter_entry(reach: &Reach, codes: &[u8], lengths: &[u32], residues: usize, dz: &[f32], channels: usize, rows: &mut [f32]) = scatter_body
}

/// The filters of all widths as one filter of the whole span, [span · D, C], zero where a filter does not reach.
fn spread(shape: &Shape, weights: &[f32]) -> Vec<f32> {
    let (channels, filters, columns) = (shape.channels(), shape.filters, shape.dense);
    let mut wide = vec![0.0; shape.span() * columns * channels];
    for (tap, (group, offset)) in shape.offsets().into_iter().enumerate() {
        let at = (shape.left() as isize + offset) as usize;
        for a in 0..columns {
            wide[(at * columns + a) * channels + group * filters..][..filters]
                .copy_from_slice(&weights[(tap * columns + a) * filters..][..filters]);
        }
    }
    wide
}

/// The inverse of [`spread`]: picks out what each filter reaches.
fn gather(shape: &Shape, wide: &[f32], weights: &mut [f32]) {
    let (channels, filters, columns) = (shape.channels(), shape.filters, shape.dense);
    for (tap, (group, offset)) in shape.offsets().into_iter().enumerate() {
        let at = (shape.left() as isize + offset) as usize;
        for a in 0..columns {
            weights[(tap * columns + a) * filters..][..filters]
                .copy_from_slice(&wide[(at * columns + a) * channels + group * filters..][..filters]);
        }
    }
}

/// One member's dense rows with the span's zero border around each protein, and where each real residue's window begins.
fn windows(shape: &Shape, lengths: &[u32], rows: &[f32]) -> (Vec<f32>, Vec<usize>) {
    let (span, left, columns) = (shape.span(), shape.left(), shape.dense);
    let padded: usize = lengths.iter().filter(|l| **l > 0).map(|&l| l as usize + span - 1).sum();
    let mut data = vec![0.0; padded * columns];
    let mut starts = Vec::new();
    let mut first = 0;
    for (b, &length) in lengths.iter().enumerate().filter(|(_, l)| **l > 0) {
        let length = length as usize;
        data[(first + left) * columns..][..length * columns].copy_from_slice(&rows[b * shape.residues * columns..][..length * columns]);
        starts.extend((first..first + length).map(|row| row * columns));
        first += length + span - 1;
    }
    (data, starts)
}

/// z = scale · (table part + dense part) + bias, before ReLU.
///
/// table `[M, taps, 25, filters]`, bias `[M, C]`, codes `[M, B, T]` (each < 25) → z `[M, B, T, C]`, every element written, 0 beyond a length.
///
/// # Errors
/// [`Cancelled`] once the flag is set.
#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub fn forward(
    kernel: Kernel,
    shape: &Shape,
    table: &[f32],
    dense: Option<Dense>,
    bias: &[f32],
    codes: &[u8],
    lengths: &[u32],
    scale: f32,
    z: &mut [f32],
) -> Result<(), Cancelled> {
    let &Shape { members, batch, residues, filters, dense: columns, .. } = shape;
    let (channels, taps, reaches) = (shape.channels(), shape.taps(), shape.reaches());
    z.fill(0.0);
    for m in 0..members {
        kernel.check()?;
        let lengths = &lengths[m * batch..][..batch];
        let z = &mut z[m * batch * residues * channels..][..batch * residues * channels];
        if let Some(dense) = dense {
            let (data, starts) = windows(shape, lengths, &dense.rows[m * batch * residues * columns..][..batch * residues * columns]);
            let depth = shape.span() * columns;
            let wide = spread(shape, &dense.weights[m * taps * columns * filters..][..taps * columns * filters]);
            let packed = Packed::new(kernel, &wide, depth, channels, channels, 1);
            let mut rows = vec![0.0; starts.len() * channels];
            product::rows(kernel, Rows { data: &data, starts: &starts, width: depth }, &packed, None, &mut rows);
            for (index, row) in real_residues(lengths, residues).into_iter().zip(rows.chunks(channels)) {
                z[index * channels..][..channels].copy_from_slice(row);
            }
        }
        let table = &table[m * taps * CODES * filters..][..taps * CODES * filters];
        let bias = &bias[m * channels..][..channels];
        let codes = &codes[m * batch * residues..][..batch * residues];
        let rows: Vec<Vec<f32>> = reaches.iter().map(|reach| reach.rows(table, filters)).collect();
        z.par_chunks_mut((residues * channels).max(1)).enumerate().for_each(|(b, z)| {
            let length = lengths[b] as usize;
            lookup_entry(kernel.isa(), &reaches, &rows, bias, &codes[b * residues..][..length], scale, &mut z[..length * channels]);
        });
    }
    Ok(())
}

/// Gradients of [`forward`] for dz `[M, B, T, C]` (ignored beyond each length); `dense` holds the rows `[M, B, T, D]`.
///
/// # Errors
/// [`Cancelled`] once the flag is set.
pub fn backward(
    kernel: Kernel,
    shape: &Shape,
    dense: Option<&[f32]>,
    codes: &[u8],
    lengths: &[u32],
    scale: f32,
    dz: &[f32],
) -> Result<Gradients, Cancelled> {
    let &Shape { members, batch, residues, filters, dense: columns, .. } = shape;
    let (channels, taps, reaches) = (shape.channels(), shape.taps(), shape.reaches());
    let mut gradients = Gradients {
        table: vec![0.0; members * taps * CODES * filters],
        dense_weights: dense.map(|_| vec![0.0; members * taps * columns * filters]),
        bias: vec![0.0; members * channels],
    };
    for m in 0..members {
        kernel.check()?;
        let lengths = &lengths[m * batch..][..batch];
        let dz = &dz[m * batch * residues * channels..][..batch * residues * channels];
        let codes = &codes[m * batch * residues..][..batch * residues];
        // One job an offset: its rows are its own, so nothing races and the order is that of the residues.
        let rows: Vec<Vec<f32>> = reaches
            .par_iter()
            .map(|reach| {
                let mut rows = vec![0.0; CODES * reach.channels.len()];
                scatter_entry(kernel.isa(), reach, codes, lengths, residues, dz, channels, &mut rows);
                rows
            })
            .collect();
        let table = &mut gradients.table[m * taps * CODES * filters..][..taps * CODES * filters];
        for (reach, rows) in reaches.iter().zip(&rows) {
            for &(tap, first) in &reach.taps {
                for (code, row) in rows.chunks(reach.channels.len()).enumerate() {
                    let own = &row[first - reach.channels.start..][..filters];
                    for (to, from) in table[(tap * CODES + code) * filters..][..filters].iter_mut().zip(own) {
                        *to = from * scale;
                    }
                }
            }
        }
        let real = real_residues(lengths, residues);
        let bias = &mut gradients.bias[m * channels..][..channels];
        for &index in &real {
            for (sum, d) in bias.iter_mut().zip(&dz[index * channels..]) {
                *sum += d;
            }
        }
        if let (Some(rows), Some(weights)) = (dense, &mut gradients.dense_weights) {
            let (data, starts) = windows(shape, lengths, &rows[m * batch * residues * columns..][..batch * residues * columns]);
            let dz_starts: Vec<usize> = real.iter().map(|index| index * channels).collect();
            let depth = shape.span() * columns;
            let mut wide = vec![0.0; depth * channels];
            product::outer_parallel(
                kernel,
                Rows { data: &data, starts: &starts, width: depth },
                Rows { data: dz, starts: &dz_starts, width: channels },
                &mut wide,
            );
            for value in &mut wide {
                *value *= scale;
            }
            gather(shape, &wide, &mut weights[m * taps * columns * filters..][..taps * columns * filters]);
        }
    }
    Ok(gradients)
}
