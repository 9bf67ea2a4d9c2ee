//! Which proteins share a tile, and where a tile keeps their states.

use super::Shape;

/// Rows of a full tile: four AVX-512 vectors.
pub(super) const STRIDE: usize = 64;
/// Lanes are counted in whole AVX-512 vectors on every instruction set, so that the cache has one layout.
const LANES: usize = 16;

/// Up to 64 proteins of one member and one direction, longest first.
pub(super) struct Tile {
    pub member: usize,
    pub direction: usize,
    /// Index in [M · B] of each lane's protein.
    pub rows: Vec<usize>,
    /// Residues of each lane, descending, none 0.
    pub lengths: Vec<usize>,
    /// Residues of the lanes before each lane.
    starts: Vec<usize>,
    /// Active proteins at each step, descending.
    active: Vec<usize>,
    /// Where each step's cache begins, in units of 5H floats.
    cache_starts: Vec<usize>,
}

impl Tile {
    fn new(member: usize, direction: usize, rows: Vec<usize>, lengths: &[u32]) -> Self {
        let lengths: Vec<usize> = rows.iter().map(|&row| lengths[row] as usize).collect();
        let starts = lengths.iter().scan(0, |sum, l| Some(std::mem::replace(sum, *sum + l))).collect();
        let active: Vec<usize> = (0..lengths[0]).map(|step| lengths.partition_point(|l| *l > step)).collect();
        let cache_starts = active
            .iter()
            .map(|n| n.next_multiple_of(LANES))
            .scan(0, |sum, lanes| Some(std::mem::replace(sum, *sum + lanes)))
            .chain([active.iter().map(|n| n.next_multiple_of(LANES)).sum()])
            .collect();
        Self { member, direction, rows, lengths, starts, active, cache_starts }
    }

    pub fn steps(&self) -> usize {
        self.active.len()
    }
    pub fn active(&self, step: usize) -> usize {
        self.active[step]
    }
    /// Active proteins rounded up to whole vectors.
    pub fn lanes(&self, step: usize) -> usize {
        self.active[step].next_multiple_of(LANES)
    }
    /// Residue (from 0) that `lane` reads at `step`.
    pub fn residue(&self, lane: usize, step: usize) -> usize {
        if self.direction == 0 { step } else { self.lengths[lane] - 1 - step }
    }
    /// Row of residue 0 of `lane` where the tile's residues lie protein after protein.
    pub fn first_row(&self, lane: usize) -> usize {
        self.starts[lane]
    }
    pub fn residues(&self) -> usize {
        self.lengths.iter().sum()
    }
    pub fn cache_len(&self, hidden: usize) -> usize {
        self.cache_starts[self.steps()] * 5 * hidden
    }
    /// One step's cache: [5H][lanes], gates i, f, g, o and then the cell state.
    pub fn cache_at(&self, step: usize, hidden: usize) -> std::ops::Range<usize> {
        self.cache_starts[step] * 5 * hidden..self.cache_starts[step + 1] * 5 * hidden
    }
}

/// All jobs of a batch, in a fixed order.
pub(super) fn tiles(shape: &Shape, lengths: &[u32]) -> Vec<Tile> {
    let mut tiles = Vec::new();
    for member in 0..shape.members {
        let mut rows: Vec<usize> = (member * shape.batch..(member + 1) * shape.batch).filter(|&row| lengths[row] > 0).collect();
        rows.sort_by_key(|&row| std::cmp::Reverse(lengths[row]));
        for chunk in rows.chunks(STRIDE) {
            tiles.extend((0..2).map(|direction| Tile::new(member, direction, chunk.to_vec(), lengths)));
        }
    }
    tiles
}

/// For each protein and direction: (tile, lane).
pub(super) fn places(tiles: &[Tile], rows: usize) -> Vec<[Option<(usize, usize)>; 2]> {
    let mut places = vec![[None; 2]; rows];
    for (index, tile) in tiles.iter().enumerate() {
        for (lane, &row) in tile.rows.iter().enumerate() {
            places[row][tile.direction] = Some((index, lane));
        }
    }
    places
}
