//! The matrix products of the project, with a fixed order: every element is one sum in increasing `k`, one fused multiply-add a term, that
//! goes on from the stored value. Tiling, threads and neighbours change nothing.

use rayon::prelude::*;

use crate::{
    Isa, Kernel,
    simd::{ROWS, Simd, entry},
};

/// Rows of one matrix inside a slice: row `i` is `data[starts[i]..][..width]`.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// The values.
    pub data: &'a [f32],
    /// Where each row begins.
    pub starts: &'a [usize],
    /// Columns.
    pub width: usize,
}

/// A right-hand matrix [depth, columns] in panels of one register tile's columns.
#[derive(Clone, Debug)]
pub struct Packed {
    panels: Vec<f32>,
    depth: usize,
    columns: usize,
    panel: usize,
}

fn panel_width(isa: Isa) -> usize {
    isa.vectors() * isa.lanes()
}

impl Packed {
    /// Packs `at(k, column)` = `data[k · depth_stride + column · column_stride]`.
    pub fn new(kernel: Kernel, data: &[f32], depth: usize, columns: usize, depth_stride: usize, column_stride: usize) -> Self {
        let panel = panel_width(kernel.isa());
        let mut panels = vec![0.0; columns.div_ceil(panel) * depth * panel];
        for (p, packed) in panels.chunks_mut((depth * panel).max(1)).enumerate() {
            let first = p * panel;
            let width = panel.min(columns - first);
            for (k, row) in packed.chunks_mut(panel).enumerate() {
                for (column, value) in row[..width].iter_mut().enumerate() {
                    *value = data[k * depth_stride + (first + column) * column_stride];
                }
            }
        }
        Self { panels, depth, columns, panel }
    }
}

/// P register tiles side by side: `sums[p][row][v] += Σ_k left[p · panel + k · left_stride + row] · right[k · right_stride + v · LANES]`.
#[inline(always)]
pub(crate) unsafe fn accumulate<S: Simd, const P: usize, const V: usize>(
    left: &[f32],
    panel: usize,
    left_stride: usize,
    right: &[f32],
    right_stride: usize,
    depth: usize,
    sums: &mut [[[S::V; V]; ROWS]; P],
) {
    assert!(depth == 0 || left.len() >= (P - 1) * panel + (depth - 1) * left_stride + ROWS, "left");
    assert!(depth == 0 || right.len() >= (depth - 1) * right_stride + V * S::LANES, "right");
    // SAFETY: the caller is inside an entry function of S; the sizes are asserted above.
    unsafe {
        if P == 1 && S::accumulate(left.as_ptr(), left_stride, right.as_ptr(), right_stride, depth, &mut sums[0]) {
            return;
        }
        for k in 0..depth {
            let mut b = [S::splat(0.0); V];
            for (v, b) in b.iter_mut().enumerate() {
                *b = S::load(right, k * right_stride + v * S::LANES);
            }
            for (p, sums) in sums.iter_mut().enumerate() {
                for (row, sums) in sums.iter_mut().enumerate() {
                    let a = S::splat(*left.get_unchecked(p * panel + k * left_stride + row));
                    for v in 0..V {
                        sums[v] = S::fma(a, b[v], sums[v]);
                    }
                }
            }
        }
    }
}

/// `to[row][..V·LANES] = from[row][..] + left · right` for P tiles of rows stored every `stride` floats; of the last, `rows` are real.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "a register tile is three strided matrices")]
pub(crate) unsafe fn tile_rows<S: Simd, const P: usize, const V: usize>(
    left: &[f32],
    panel: usize,
    left_stride: usize,
    right: &[f32],
    right_stride: usize,
    depth: usize,
    to: &mut [f32],
    stride: usize,
    rows: usize,
) {
    // SAFETY: as `accumulate`; load and store are inside `to`, which holds P · ROWS rows less those that are not real.
    unsafe {
        let mut sums = [[[S::splat(0.0); V]; ROWS]; P];
        for (row, sums) in sums.as_flattened_mut().iter_mut().take(rows).enumerate() {
            for (v, sum) in sums.iter_mut().enumerate() {
                *sum = S::load(to, row * stride + v * S::LANES);
            }
        }
        accumulate::<S, P, V>(left, panel, left_stride, right, right_stride, depth, &mut sums);
        for (row, sums) in sums.as_flattened().iter().take(rows).enumerate() {
            for (v, sum) in sums.iter().enumerate() {
                S::store(to, row * stride + v * S::LANES, *sum);
            }
        }
    }
}

/// As [`tile_rows`] of one tile with the number of vectors known at run time, 1 ≤ `vectors` ≤ `S::VECTORS`.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "a register tile is three strided matrices")]
pub(crate) unsafe fn tile_rows_dyn<S: Simd>(
    vectors: usize,
    left: &[f32],
    left_stride: usize,
    right: &[f32],
    right_stride: usize,
    depth: usize,
    to: &mut [f32],
    stride: usize,
    rows: usize,
) {
    // SAFETY: as `tile_rows`.
    unsafe {
        match vectors.min(S::VECTORS) {
            1 => tile_rows::<S, 1, 1>(left, 0, left_stride, right, right_stride, depth, to, stride, rows),
            2 => tile_rows::<S, 1, 2>(left, 0, left_stride, right, right_stride, depth, to, stride, rows),
            3 => tile_rows::<S, 1, 3>(left, 0, left_stride, right, right_stride, depth, to, stride, rows),
            _ => tile_rows::<S, 1, 4>(left, 0, left_stride, right, right_stride, depth, to, stride, rows),
        }
    }
}

#[inline(always)]
unsafe fn rows_body<S: Simd>(a: Rows, b: &Packed, bias: Option<&[f32]>, out: &mut [f32]) {
    let (depth, columns, panel) = (b.depth, b.columns, b.panel);
    let mut left = vec![0.0; depth * ROWS];
    let mut block = vec![0.0; ROWS * panel];
    for (group, out) in a.starts.chunks(ROWS).zip(out.chunks_mut(ROWS * columns)) {
        for (row, &start) in group.iter().enumerate() {
            for (k, &value) in a.data[start..start + depth].iter().enumerate() {
                left[k * ROWS + row] = value;
            }
        }
        for (p, right) in b.panels.chunks(depth * panel).enumerate() {
            let first = p * panel;
            let width = panel.min(columns - first);
            for row in 0..group.len() {
                match bias {
                    Some(bias) => block[row * panel..][..width].copy_from_slice(&bias[first..first + width]),
                    None => block[row * panel..][..width].fill(0.0),
                }
            }
            // SAFETY: `left` holds depth · ROWS floats, `right` depth · panel, `block` ROWS · panel.
            unsafe { tile_rows_dyn::<S>(width.div_ceil(S::LANES), &left, ROWS, right, panel, depth, &mut block, panel, group.len()) };
            for row in 0..group.len() {
                out[row * columns + first..][..width].copy_from_slice(&block[row * panel..][..width]);
            }
        }
    }
}

entry! { fn rows_entry(a: Rows, b: &Packed, bias: Option<&[f32]>, out: &mut [f32]) = rows_body }

/// `out[i] = bias + a[i] · b`, [rows, columns] in one piece, shared over the pool by rows.
///
/// # Panics
/// Where `a.width` is not the depth of `b`, or `out` has another size.
pub fn rows(kernel: Kernel, a: Rows, b: &Packed, bias: Option<&[f32]>, out: &mut [f32]) {
    assert_eq!(a.width, b.depth, "inner sizes");
    assert_eq!(out.len(), a.starts.len() * b.columns, "output size");
    assert_eq!(b.panel, panel_width(kernel.isa()), "packed for another instruction set");
    if b.columns == 0 {
        return;
    }
    const CHUNK: usize = 16 * ROWS;
    out.par_chunks_mut(CHUNK * b.columns).zip(a.starts.par_chunks(CHUNK)).for_each(|(out, starts)| {
        rows_entry(kernel.isa(), Rows { starts, ..a }, b, bias, out);
    });
}

/// Depth that is packed at once in [`outer_body`].
const DEPTH_BLOCK: usize = 256;

#[inline(always)]
unsafe fn outer_body<S: Simd>(a: Rows, first: usize, b: Rows, c: &mut [f32]) {
    let columns = b.width;
    let rows = c.len() / columns;
    let panel = S::VECTORS * S::LANES;
    let panels = columns.div_ceil(panel);
    let mut left = vec![0.0; DEPTH_BLOCK * ROWS];
    let mut right = vec![0.0; panels * DEPTH_BLOCK * panel];
    let mut block = vec![0.0; ROWS * panel];
    for (a_starts, b_starts) in a.starts.chunks(DEPTH_BLOCK).zip(b.starts.chunks(DEPTH_BLOCK)) {
        let depth = a_starts.len();
        for (k, &start) in b_starts.iter().enumerate() {
            for (p, values) in b.data[start..start + columns].chunks(panel).enumerate() {
                right[(p * DEPTH_BLOCK + k) * panel..][..values.len()].copy_from_slice(values);
            }
        }
        for (group, c) in c.chunks_mut(ROWS * columns).enumerate() {
            let row0 = group * ROWS;
            let height = ROWS.min(rows - row0);
            for (k, &start) in a_starts.iter().enumerate() {
                let from = start + first + row0;
                left[k * ROWS..][..height].copy_from_slice(&a.data[from..from + height]);
            }
            for p in 0..panels {
                let from = p * panel;
                let width = panel.min(columns - from);
                for row in 0..height {
                    block[row * panel..][..width].copy_from_slice(&c[row * columns + from..][..width]);
                }
                // SAFETY: `left` holds depth · ROWS floats, `right` depth · panel from its offset, `block` ROWS · panel.
                unsafe {
                    tile_rows_dyn::<S>(
                        width.div_ceil(S::LANES),
                        &left,
                        ROWS,
                        &right[p * DEPTH_BLOCK * panel..],
                        panel,
                        depth,
                        &mut block,
                        panel,
                        height,
                    )
                };
                for row in 0..height {
                    c[row * columns + from..][..width].copy_from_slice(&block[row * panel..][..width]);
                }
            }
        }
    }
}

entry! { fn outer_entry(a: Rows, first: usize, b: Rows, c: &mut [f32]) = outer_body }

/// `c[i, j] += Σ_n a[n, i] · b[n, j]` in increasing n; c is [a.width, b.width]. On the calling thread.
///
/// # Panics
/// Where the numbers of rows differ or `c` has another size.
pub fn outer(kernel: Kernel, a: Rows, b: Rows, c: &mut [f32]) {
    assert_eq!(a.starts.len(), b.starts.len(), "rows");
    assert_eq!(c.len(), a.width * b.width, "output size");
    if b.width > 0 {
        outer_entry(kernel.isa(), a, 0, b, c);
    }
}

/// [`outer`], shared over the pool by rows of `c`.
pub fn outer_parallel(kernel: Kernel, a: Rows, b: Rows, c: &mut [f32]) {
    assert_eq!(a.starts.len(), b.starts.len(), "rows");
    assert_eq!(c.len(), a.width * b.width, "output size");
    if b.width == 0 {
        return;
    }
    let chunk = a.width.div_ceil(rayon::current_num_threads()).next_multiple_of(ROWS);
    c.par_chunks_mut(chunk * b.width).enumerate().for_each(|(part, c)| outer_entry(kernel.isa(), a, part * chunk, b, c));
}
