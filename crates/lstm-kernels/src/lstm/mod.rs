//! The bidirectional LSTM of eq. (1)–(6) over ragged proteins.
//!
//! Layout: proteins lie in the vector lanes (`lanes.rs`), state is [unit][lane]. One weight is broadcast to all lanes, so there are no horizontal
//! sums, any H works, and a protein's sums do not depend on its neighbours. Proteins follow one another in a lane, so lanes are full whatever the
//! lengths. The lanes of a member and direction are one job; jobs need no synchronisation.
//!
//! Gates are i, f, g, o; directions are 0 = residues 1..T, 1 = residues T..1, which starts at each protein's own last residue.

mod backward;
mod forward;
mod lanes;
mod operand;
mod rows;

use rayon::prelude::*;

use crate::{Cancelled, Kernel};
use lanes::{Division, jobs};
use rows::SharedRows;

/// Which hidden states are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum States {
    /// Of every residue: `[M, B, T, 2H]`, 0 beyond a length.
    All,
    /// After the last residue that each direction reads: `[M, B, 2H]`, 0 where there is no protein.
    Last,
}

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
        assert!(u32::try_from(rows * self.residues).is_ok(), "too many residues in a batch");
        assert!(lengths.iter().all(|l| *l as usize <= self.residues), "a length exceeds T");
    }
}

/// Floats that [`forward`] keeps for [`backward`]: activated gates, cell and hidden state of every residue.
pub fn cache_len(kernel: Kernel, shape: &Shape, lengths: &[u32]) -> usize {
    jobs(kernel, shape, Division::Fixed, lengths).iter().map(|job| job.cache_len(shape.hidden)).sum()
}

/// Floats of y.
fn states_len(shape: &Shape, states: States, lengths: &[u32]) -> usize {
    let places = match states {
        States::All => lengths.len() * shape.residues,
        States::Last => lengths.len(),
    };
    places * 2 * shape.hidden
}

/// x `[M, B, T, I]`, w_ih `[M, 2, 4H, I]`, w_hh `[M, 2, 4H, H]`, bias `[M, 2, 4H]`, lengths `[M, B]` → the [`States`] y, every element written. With a
/// cache of [`cache_len`] floats what [`backward`] needs is kept.
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
    states: States,
    x: &[f32],
    w_ih: &[f32],
    w_hh: &[f32],
    bias: &[f32],
    lengths: &[u32],
    y: &mut [f32],
    mut cache: Option<&mut [f32]>,
) -> Result<(), Cancelled> {
    shape.check(x.len(), w_ih.len(), w_hh.len(), lengths);
    let &Shape { residues, hidden, .. } = shape;
    assert_eq!(y.len(), states_len(shape, states, lengths), "y");
    match states {
        // What lies beyond a length; the rest is written by the jobs.
        States::All => {
            y.chunks_mut((residues * 2 * hidden).max(1)).zip(lengths).for_each(|(y, length)| y[*length as usize * 2 * hidden..].fill(0.0))
        }
        States::Last => y.fill(0.0),
    }
    let jobs = jobs(kernel, shape, if cache.is_some() { Division::Fixed } else { Division::Threads }, lengths);
    let mut caches = Vec::with_capacity(jobs.len());
    for job in &jobs {
        caches.push(cache.take().map(|whole| {
            let (own, rest) = whole.split_at_mut(job.cache_len(hidden));
            cache = Some(rest);
            own
        }));
    }
    let y = SharedRows::new(y);
    jobs.par_iter().zip(caches).try_for_each(|(job, cache)| {
        let weights = forward::Weights::pack(kernel, shape, job, w_ih, w_hh, bias);
        forward::run(kernel, shape, states, job, &weights, x, y, cache)
    })
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

/// Gradients of [`forward`] for the gradient dy of its y (ignored beyond each length), from its cache.
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
    states: States,
    x: &[f32],
    w_ih: &[f32],
    w_hh: &[f32],
    lengths: &[u32],
    cache: &[f32],
    dy: &[f32],
) -> Result<Gradients, Cancelled> {
    shape.check(x.len(), w_ih.len(), w_hh.len(), lengths);
    let &Shape { hidden, input, .. } = shape;
    assert_eq!(dy.len(), states_len(shape, states, lengths), "dy");
    let jobs = jobs(kernel, shape, Division::Fixed, lengths);
    assert_eq!(cache.len(), jobs.iter().map(|job| job.cache_len(hidden)).sum::<usize>(), "cache");
    let mut rest = cache;
    let caches: Vec<&[f32]> = jobs
        .iter()
        .map(|job| {
            let (own, after) = rest.split_at(job.cache_len(hidden));
            rest = after;
            own
        })
        .collect();
    let mut gradients = Gradients {
        x: vec![0.0; x.len()],
        w_ih: vec![0.0; w_ih.len()],
        w_hh: vec![0.0; w_hh.len()],
        bias: vec![0.0; shape.members * 2 * shape.gates()],
    };
    let mut reverse_x = vec![0.0; x.len()];
    let dx = [SharedRows::new(&mut gradients.x), SharedRows::new(&mut reverse_x)];
    let parts: Vec<backward::Part> = jobs
        .par_iter()
        .zip(caches)
        .map(|(job, cache)| backward::run(kernel, shape, states, job, x, w_ih, w_hh, cache, dy, dx[job.direction]))
        .collect::<Result<_, _>>()?;
    let add = |to: &mut [f32], from: &[f32]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
    let row = (shape.residues * input).max(1);
    gradients.x.par_chunks_mut(row).zip(reverse_x.par_chunks(row)).zip(lengths).for_each(|((dx, reverse), &length)| {
        add(&mut dx[..length as usize * input], reverse);
    });
    for (job, part) in jobs.iter().zip(&parts) {
        let set = job.member * 2 + job.direction;
        for gate in 0..shape.gates() {
            let (w_ih, w_hh, bias) = part.gate(gate);
            let row = set * shape.gates() + gate;
            add(&mut gradients.w_ih[row * input..][..input], w_ih);
            add(&mut gradients.w_hh[row * hidden..][..hidden], w_hh);
            gradients.bias[row] += bias;
        }
    }
    Ok(gradients)
}
