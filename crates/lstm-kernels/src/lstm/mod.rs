//! The bidirectional LSTM of eq. (1)–(6) over ragged proteins.
//!
//! Layout: the rows of a tile (up to 64 proteins of one member and direction, longest first) lie in the vector lanes, state is [unit][row]. One
//! weight is broadcast to all rows, so there are no horizontal sums, any H works, a row's sums do not depend on its neighbours, and finished
//! proteins leave the tile with their vector. A (member, direction, tile) is one job; jobs need no synchronisation.
//!
//! Gates are i, f, g, o; directions are 0 = residues 1..T, 1 = residues T..1, which starts at each protein's own last residue.

mod backward;
mod forward;
mod tile;

use rayon::prelude::*;

use crate::{Cancelled, Kernel};
use tile::{Tile, tiles};

/// Sizes of the recurrence; there are always two directions.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the axes of the crate's legend")]
pub struct Shape {
    pub members: usize,
    pub batch: usize,
    pub residues: usize,
    pub input: usize,
    pub hidden: usize,
}

impl Shape {
    /// 4H: gate rows of one direction.
    pub fn gates(&self) -> usize {
        4 * self.hidden
    }
    fn check(&self, x: usize, w_ih: usize, w_hh: usize, lengths: &[u32]) {
        let rows = self.members * self.batch;
        assert_eq!(x, rows * self.residues * self.input, "x");
        assert_eq!(w_ih, self.members * 2 * self.gates() * self.input, "w_ih");
        assert_eq!(w_hh, self.members * 2 * self.gates() * self.hidden, "w_hh");
        assert_eq!(lengths.len(), rows, "lengths");
        assert!(lengths.iter().all(|l| *l as usize <= self.residues), "a length exceeds T");
    }
}

/// Floats that [`forward`] keeps for [`backward`]: activated gates and cell state of every step of every tile.
pub fn cache_len(shape: &Shape, lengths: &[u32]) -> usize {
    tiles(shape, lengths).iter().map(|t| t.cache_len(shape.hidden)).sum()
}

fn split_cache<'a>(mut cache: &'a mut [f32], tiles: &[Tile], hidden: usize) -> Vec<&'a mut [f32]> {
    let mut parts = Vec::with_capacity(tiles.len());
    for tile in tiles {
        let (part, rest) = cache.split_at_mut(tile.cache_len(hidden));
        parts.push(part);
        cache = rest;
    }
    parts
}

/// x `[M, B, T, I]`, w_ih `[M, 2, 4H, I]`, w_hh `[M, 2, 4H, H]`, bias `[M, 2, 4H]`, lengths `[M, B]` → y `[M, B, T, 2H]`, every element written,
/// 0 beyond a length. With a cache of [`cache_len`] floats the gates are kept for [`backward`].
///
/// # Errors
/// [`Cancelled`] once the flag is set (polled every 32 steps).
///
/// # Panics
/// Where a slice has not the stated size or a length exceeds T.
#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub fn forward(
    kernel: Kernel,
    shape: &Shape,
    x: &[f32],
    w_ih: &[f32],
    w_hh: &[f32],
    bias: &[f32],
    lengths: &[u32],
    y: &mut [f32],
    cache: Option<&mut [f32]>,
) -> Result<(), Cancelled> {
    shape.check(x.len(), w_ih.len(), w_hh.len(), lengths);
    let &Shape { residues, hidden, .. } = shape;
    assert_eq!(y.len(), lengths.len() * residues * 2 * hidden, "y");
    let tiles = tiles(shape, lengths);
    let caches: Vec<Option<&mut [f32]>> = match cache {
        Some(cache) => split_cache(cache, &tiles, hidden).into_iter().map(Some).collect(),
        None => tiles.iter().map(|_| None).collect(),
    };
    let states: Vec<Vec<f32>> = tiles
        .par_iter()
        .zip(caches)
        .map(|(tile, cache)| forward::run(kernel, shape, tile, &forward::Weights::pack(shape, tile, w_ih, w_hh, bias), x, cache))
        .collect::<Result<_, _>>()?;
    let places = tile::places(&tiles, lengths.len());
    y.par_chunks_mut((residues * 2 * hidden).max(1)).enumerate().for_each(|(row, y)| {
        y[lengths[row] as usize * 2 * hidden..].fill(0.0);
        for direction in 0..2 {
            let Some((index, lane)) = places[row][direction] else { continue };
            let h = &states[index][tiles[index].first_row(lane) * hidden..];
            for (y, h) in y.chunks_mut(2 * hidden).zip(h.chunks(hidden)).take(lengths[row] as usize) {
                y[direction * hidden..][..hidden].copy_from_slice(h);
            }
        }
    });
    Ok(())
}

/// Gradients of [`forward`].
#[derive(Clone, Debug)]
pub struct Gradients {
    /// [M, B, T, I]
    pub x: Vec<f32>,
    /// [M, 2, 4H, I]
    pub w_ih: Vec<f32>,
    /// [M, 2, 4H, H]
    pub w_hh: Vec<f32>,
    /// [M, 2, 4H]
    pub bias: Vec<f32>,
}

/// Gradients of [`forward`] for dy `[M, B, T, 2H]` (ignored beyond each length), from its y and cache.
///
/// # Errors
/// [`Cancelled`] once the flag is set (polled every 32 steps).
///
/// # Panics
/// Where a slice has not the stated size.
#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub fn backward(
    kernel: Kernel,
    shape: &Shape,
    x: &[f32],
    w_ih: &[f32],
    w_hh: &[f32],
    lengths: &[u32],
    y: &[f32],
    cache: &[f32],
    dy: &[f32],
) -> Result<Gradients, Cancelled> {
    shape.check(x.len(), w_ih.len(), w_hh.len(), lengths);
    let &Shape { residues, hidden, input, .. } = shape;
    assert_eq!((y.len(), dy.len()), (lengths.len() * residues * 2 * hidden, y.len()), "y and dy");
    assert_eq!(cache.len(), cache_len(shape, lengths), "cache");
    let tiles = tiles(shape, lengths);
    let mut rest = cache;
    let caches: Vec<&[f32]> = tiles
        .iter()
        .map(|tile| {
            let (part, after) = rest.split_at(tile.cache_len(hidden));
            rest = after;
            part
        })
        .collect();
    let parts: Vec<backward::Part> = tiles
        .par_iter()
        .zip(caches)
        .map(|(tile, cache)| backward::run(kernel, shape, tile, x, w_ih, w_hh, y, cache, dy))
        .collect::<Result<_, _>>()?;

    let mut gradients = Gradients {
        x: vec![0.0; x.len()],
        w_ih: vec![0.0; w_ih.len()],
        w_hh: vec![0.0; w_hh.len()],
        bias: vec![0.0; shape.members * 2 * shape.gates()],
    };
    for (tile, part) in tiles.iter().zip(&parts) {
        let set = tile.member * 2 + tile.direction;
        let add =
            |to: &mut [f32], from: &[f32]| to[set * from.len()..][..from.len()].iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut gradients.w_ih, &part.w_ih);
        add(&mut gradients.w_hh, &part.w_hh);
        add(&mut gradients.bias, &part.bias);
    }
    let places = tile::places(&tiles, lengths.len());
    gradients.x.par_chunks_mut((residues * input).max(1)).enumerate().for_each(|(row, dx)| {
        for (index, lane) in places[row].into_iter().flatten() {
            let from = &parts[index].x[tiles[index].first_row(lane) * input..];
            for (to, from) in dx[..lengths[row] as usize * input].iter_mut().zip(from) {
                *to += from;
            }
        }
    });
    Ok(gradients)
}
