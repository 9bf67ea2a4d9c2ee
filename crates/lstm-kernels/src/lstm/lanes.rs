//! Which protein lies in which vector lane at which step, and where a step's values are kept.
//!
//! Proteins follow one another in a lane: when one ends the next begins from zero, so the lanes stay full until the longest is through, whatever
//! the lengths. A plan depends on nothing but the lengths of one member's batch (and the number of floats in a vector).

use super::Shape;
use crate::Kernel;

/// Lanes of a job at most: four AVX-512 vectors.
const MOST: usize = 64;

/// How the lanes of a batch become jobs.
#[derive(Clone, Copy)]
pub(super) enum Division {
    /// The same jobs whatever the number of threads: the sums of the weight gradients go by jobs, and so does the cache.
    Fixed,
    /// A job a thread where there are enough whole vectors: a protein's states do not depend on who shares its job.
    Threads,
}

/// The lanes of one job: some proteins of one member, read in one direction.
pub(super) struct Lanes {
    pub member: usize,
    pub direction: usize,
    /// row · T + residue of every lane at every step, step after step.
    at: Vec<u32>,
    /// Whether the residue there is the first that the direction reads of its protein.
    first: Vec<bool>,
    /// Whether it is the last.
    last: Vec<bool>,
    /// Where each step begins in the three above; one more than there are steps.
    starts: Vec<usize>,
    /// Where each step's vectors begin, in lanes; one more than there are steps.
    vector_starts: Vec<usize>,
}

impl Lanes {
    /// `queues` hold the rows of each lane in the order in which they are read, longest lane first.
    fn new(shape: &Shape, member: usize, direction: usize, queues: &[Vec<usize>], lengths: &[u32], vector: usize) -> Self {
        let length = |row: usize| lengths[row] as usize;
        let totals: Vec<usize> = queues.iter().map(|queue| queue.iter().map(|row| length(*row)).sum()).collect();
        let steps = totals.first().copied().unwrap_or(0);
        let mut starts = Vec::with_capacity(steps + 1);
        let mut vector_starts = Vec::with_capacity(steps + 1);
        let (mut sum, mut vectors) = (0, 0);
        for step in 0..=steps {
            starts.push(sum);
            vector_starts.push(vectors);
            let active = totals.partition_point(|total| *total > step);
            sum += active;
            vectors += active.next_multiple_of(vector);
        }
        let mut lanes =
            Self { member, direction, at: vec![0; sum], first: vec![false; sum], last: vec![false; sum], starts, vector_starts };
        for (lane, queue) in queues.iter().enumerate() {
            let mut step = 0;
            for &row in queue {
                for t in 0..length(row) {
                    let residue = if direction == 0 { t } else { length(row) - 1 - t };
                    let index = lanes.starts[step] + lane;
                    lanes.at[index] = (row * shape.residues + residue) as u32;
                    lanes.first[index] = t == 0;
                    lanes.last[index] = t + 1 == length(row);
                    step += 1;
                }
            }
        }
        lanes
    }

    pub fn steps(&self) -> usize {
        self.starts.len() - 1
    }
    /// Residues of all proteins.
    pub fn residues(&self) -> usize {
        self.at.len()
    }
    /// Lanes that have a residue at `step`; never more than at the step before.
    pub fn active(&self, step: usize) -> usize {
        self.starts[step + 1] - self.starts[step]
    }
    /// Active lanes rounded up to whole vectors.
    pub fn width(&self, step: usize) -> usize {
        self.vector_starts[step + 1] - self.vector_starts[step]
    }
    /// Index of `lane`'s residue at `step`, step after step.
    pub fn index(&self, step: usize, lane: usize) -> usize {
        self.starts[step] + lane
    }
    /// Whether `lane`'s protein begins at `step`.
    pub fn begins(&self, step: usize, lane: usize) -> bool {
        self.first[self.index(step, lane)]
    }
    /// Where the residues of the active lanes lie at `step`: row · T + residue.
    pub fn places(&self, step: usize) -> &[u32] {
        &self.at[self.starts[step]..self.starts[step + 1]]
    }
    /// Active lanes whose protein begins at `step`.
    pub fn beginning(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        flagged(&self.first[self.starts[step]..self.starts[step + 1]])
    }
    /// Active lanes whose protein ends at `step`.
    pub fn ending(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        flagged(&self.last[self.starts[step]..self.starts[step + 1]])
    }

    /// Floats that the forward pass keeps: [5H][lanes] a step (gates i, f, g, o and the cell state), then h of every residue, [H] each.
    pub fn cache_len(&self, hidden: usize) -> usize {
        self.gates_len(hidden) + self.residues() * hidden
    }
    /// Of that, the gates and cell states.
    pub fn gates_len(&self, hidden: usize) -> usize {
        self.vector_starts[self.steps()] * 5 * hidden
    }
    /// One step's gates and cell states in them: [5H][`width(step)`].
    pub fn gates_at(&self, step: usize, hidden: usize) -> std::ops::Range<usize> {
        self.vector_starts[step] * 5 * hidden..self.vector_starts[step + 1] * 5 * hidden
    }
}

fn flagged(flags: &[bool]) -> impl Iterator<Item = usize> + '_ {
    flags.iter().enumerate().filter_map(|(lane, flag)| flag.then_some(lane))
}

/// All jobs of a batch, in a fixed order: by member, part of its proteins, direction.
pub(super) fn jobs(kernel: Kernel, shape: &Shape, division: Division, lengths: &[u32]) -> Vec<Lanes> {
    let vector = kernel.isa().lanes();
    let mut jobs = Vec::new();
    for member in 0..shape.members {
        let rows = (member * shape.batch..(member + 1) * shape.batch).filter(|&row| lengths[row] > 0).collect();
        let queues = queues(rows, lengths, vector);
        let most = match division {
            Division::Fixed => MOST,
            Division::Threads => {
                let parts = rayon::current_num_threads().div_ceil(2 * shape.members);
                queues.len().div_ceil(parts).next_multiple_of(vector).clamp(vector, MOST)
            }
        };
        for queues in queues.chunks(most) {
            jobs.extend((0..2).map(|direction| Lanes::new(shape, member, direction, queues, lengths, vector)));
        }
    }
    jobs
}

/// Deals proteins over lanes, each to the one with the fewest residues; as many lanes as make the longest protein the longest lane.
fn queues(mut rows: Vec<usize>, lengths: &[u32], vector: usize) -> Vec<Vec<usize>> {
    rows.sort_by_key(|&row| std::cmp::Reverse(lengths[row]));
    let Some(&longest) = rows.first() else { return Vec::new() };
    let residues: usize = rows.iter().map(|&row| lengths[row] as usize).sum();
    let lanes = residues.div_ceil(lengths[longest] as usize).next_multiple_of(vector).min(rows.len());
    let mut queues = vec![(0, Vec::new()); lanes];
    for row in rows {
        if let Some((total, queue)) = queues.iter_mut().min_by_key(|(total, _)| *total) {
            *total += lengths[row] as usize;
            queue.push(row);
        }
    }
    queues.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
    queues.into_iter().map(|(_, queue)| queue).collect()
}

/// The vectors of a job in blocks that fill a register tile, as evenly as can be: (first vector, vectors).
pub(super) fn blocks(vectors: usize, most: usize) -> Vec<(usize, usize)> {
    let count = vectors.div_ceil(most).max(1);
    (0..count)
        .scan(0, |first, block| {
            let size = vectors / count + usize::from(block < vectors % count);
            Some((std::mem::replace(first, *first + size), size))
        })
        .collect()
}
