//! One job forward: at every step a product [4H, I + H] × [I + H, lanes] that starts from the bias, and the cell, a unit's four gates at a time.

use std::ops::Range;

use super::{
    Shape, States,
    lanes::{Lanes, blocks},
    operand::{self, Form, Operand},
    rows::{SharedRows, to_lanes, to_rows},
};
#[cfg(target_arch = "x86_64")]
use crate::simd::x86;
use crate::{
    Cancelled, Isa, Kernel,
    activation::{sigmoid, tanh},
    simd::{FlushDenormals, Portable, ROWS, Simd, entry},
};

/// Floats of weights that all blocks of a job use before the next ones: they stay in the second-level cache.
const WEIGHTS_AT_A_TIME: usize = 32 * 1024;

/// One direction's weights, a unit after the other: [H][words of I + H][4 gates], and the bias [H][4].
pub(super) struct Weights {
    form: Form,
    units: Vec<f32>,
    bias: Vec<f32>,
    words: usize,
    input: usize,
}

impl Weights {
    pub fn pack(kernel: Kernel, shape: &Shape, lanes: &Lanes, w_ih: &[f32], w_hh: &[f32], bias: &[f32]) -> Self {
        let (gates, input, hidden) = (shape.gates(), shape.input, shape.hidden);
        let set = lanes.member * 2 + lanes.direction;
        let (w_ih, w_hh) = (&w_ih[set * gates * input..][..gates * input], &w_hh[set * gates * hidden..][..gates * hidden]);
        let form = Form::of(kernel);
        let words = form.words(input + hidden);
        let mut packed = Self { form, units: vec![0.0; gates * words], bias: vec![0.0; gates], words, input };
        for gate in 0..gates {
            let (q, unit) = (gate / hidden, gate % hidden);
            let weights = w_ih[gate * input..][..input].iter().chain(&w_hh[gate * hidden..][..hidden]);
            for (k, weight) in weights.enumerate() {
                form.put(*weight, k, &mut packed.units[unit * words * ROWS + q..], ROWS);
            }
            packed.bias[unit * ROWS + q] = bias[set * gates + gate];
        }
        packed
    }
}

/// The state of up to one register tile's width of lanes.
struct Block {
    first_lane: usize,
    columns: usize,
    /// [x_t; h_{t−1}], [I + H][columns]
    now: Vec<f32>,
    /// The same as pairs of bf16, [⌈(I + H) / 2⌉][columns]; empty in other forms.
    pairs: Vec<f32>,
    /// Of the next step: [_; h_t]
    next: Vec<f32>,
    /// c, [H][columns]
    cell: Vec<f32>,
}

/// Where a step's gates and cell states are kept: [5H][width], this block's from `column`.
struct Kept<'a> {
    gates: &'a mut [f32],
    width: usize,
    column: usize,
}

/// The units `from..from + P` in V vectors of lanes.
#[inline(always)]
unsafe fn units<S: Simd, O: Operand<S>, const P: usize, const V: usize>(
    weights: &Weights,
    from: usize,
    hidden: usize,
    block: &mut Block,
    kept: Option<&mut Kept>,
) {
    let Weights { form, units, bias, words, input } = weights;
    let columns = block.columns;
    let right = if *form == Form::Pairs { &block.pairs } else { &block.now };
    // SAFETY: inside an entry function. `now` and `next` hold [I + H][columns], `pairs` half of it, `cell` [H][columns], the gates [5H][width]; V vectors fit into
    // `columns`, and `column` + V vectors into `width`.
    unsafe {
        let mut sums = [[[S::splat(0.0); V]; ROWS]; P];
        for (p, sums) in sums.iter_mut().enumerate() {
            for (q, sums) in sums.iter_mut().enumerate() {
                *sums = [S::splat(bias[(from + p) * ROWS + q]); V];
            }
        }
        O::accumulate::<P, V>(&units[from * words * ROWS..], right, columns, *words, &mut sums);
        let mut kept = kept;
        for (p, [i, f, g, o]) in sums.into_iter().enumerate() {
            let unit = from + p;
            for v in 0..V {
                let at = v * S::LANES;
                let i_t = sigmoid::<S>(i[v]); // (1)
                let f_t = sigmoid::<S>(f[v]); // (2)
                let g_t = tanh::<S>(g[v]); // (3)
                let c_t = S::fma(f_t, S::load(&block.cell, unit * columns + at), S::mul(i_t, g_t)); // (4)
                let o_t = sigmoid::<S>(o[v]); // (5)
                S::store(&mut block.cell, unit * columns + at, c_t);
                S::store(&mut block.next, (input + unit) * columns + at, S::mul(o_t, tanh::<S>(c_t))); // (6)
                if let Some(Kept { gates, width, column }) = kept.as_deref_mut() {
                    for (q, value) in [i_t, f_t, g_t, o_t, c_t].into_iter().enumerate() {
                        S::store(gates, (q * hidden + unit) * *width + *column + at, value);
                    }
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn step_of<S: Simd, O: Operand<S>>(
    weights: &Weights,
    chosen: Range<usize>,
    hidden: usize,
    vectors: usize,
    block: &mut Block,
    kept: Option<&mut Kept>,
) {
    let mut kept = kept;
    let mut unit = chosen.start;
    // SAFETY: as `units`.
    unsafe {
        while unit < chosen.end {
            let kept = kept.as_deref_mut();
            match vectors {
                // One vector alone would wait for its own sums: three units side by side do not.
                1 if unit + 3 <= chosen.end => {
                    units::<S, O, 3, 1>(weights, unit, hidden, block, kept);
                    unit += 2;
                }
                1 => units::<S, O, 1, 1>(weights, unit, hidden, block, kept),
                2 => units::<S, O, 1, 2>(weights, unit, hidden, block, kept),
                3 => units::<S, O, 1, 3>(weights, unit, hidden, block, kept),
                _ => units::<S, O, 1, 4>(weights, unit, hidden, block, kept),
            }
            unit += 1;
        }
    }
}

#[inline(always)]
unsafe fn step_body<S: Simd>(
    weights: &Weights,
    chosen: Range<usize>,
    hidden: usize,
    vectors: usize,
    block: &mut Block,
    kept: Option<&mut Kept>,
) {
    // SAFETY: as `units`.
    unsafe { step_of::<S, operand::Single>(weights, chosen, hidden, vectors, block, kept) };
}

entry! {
    fn step_entry(weights: &Weights, chosen: Range<usize>, hidden: usize, vectors: usize, block: &mut Block, kept: Option<&mut Kept>) = step_body
}

/// [`step_entry`] for [`Form::Pairs`], on the instruction sets that [`Form::of`] gives it to.
fn step_pairs_entry(
    isa: Isa,
    weights: &Weights,
    chosen: Range<usize>,
    hidden: usize,
    vectors: usize,
    block: &mut Block,
    kept: Option<&mut Kept>,
) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bf16,avx2,fma")]
    unsafe fn avx512(weights: &Weights, chosen: Range<usize>, hidden: usize, vectors: usize, block: &mut Block, kept: Option<&mut Kept>) {
        // SAFETY: as `units`, in a function that has products of bf16.
        unsafe { step_of::<x86::Avx512, operand::Pairs>(weights, chosen, hidden, vectors, block, kept) };
    }
    let _flush = FlushDenormals::new();
    match isa {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Form::of` gives pairs to AVX-512 where the processor multiplies bf16, and only there.
        Isa::Avx512 => unsafe { avx512(weights, chosen, hidden, vectors, block, kept) },
        // SAFETY: plain arithmetic; as `units`.
        _ => unsafe { step_of::<Portable, operand::Pairs>(weights, chosen, hidden, vectors, block, kept) },
    }
}

/// Runs a job. `y` gets the states asked for; with a `cache` what [`super::backward`] needs is kept.
#[expect(clippy::too_many_arguments, reason = "one argument a tensor")]
pub(super) fn run(
    kernel: Kernel,
    shape: &Shape,
    states: States,
    lanes: &Lanes,
    weights: &Weights,
    x: &[f32],
    y: SharedRows,
    cache: Option<&mut [f32]>,
) -> Result<(), Cancelled> {
    let &Shape { residues, input, hidden, .. } = shape;
    let (vector, isa) = (kernel.isa().lanes(), kernel.isa());
    let (mut gates, kept_states) = match cache {
        Some(cache) => {
            let (gates, states) = cache.split_at_mut(lanes.gates_len(hidden));
            (Some(gates), Some(SharedRows::new(states)))
        }
        None => (None, None),
    };
    let mut work: Vec<Block> = blocks(lanes.width(0) / vector, isa.vectors())
        .into_iter()
        .map(|(first, vectors)| {
            let columns = vectors * vector;
            let zeros = |rows: usize| vec![0.0; rows * columns];
            let (now, next, cell) = (zeros(input + hidden), zeros(input + hidden), zeros(hidden));
            let pairs = zeros(if weights.form == Form::Pairs { weights.words } else { 0 });
            Block { first_lane: first * vector, columns, now, pairs, next, cell }
        })
        .collect();
    let units_at_a_time = (WEIGHTS_AT_A_TIME / (ROWS * weights.words)).max(3);
    let mut starts = Vec::new();
    for step in 0..lanes.steps() {
        if step % 32 == 0 {
            kernel.check()?;
        }
        let (active, width, places) = (lanes.active(step), lanes.width(step), lanes.places(step));
        let used = work.iter().take_while(|block| block.first_lane < active).count();
        let work = &mut work[..used];
        for block in work.iter_mut() {
            starts.clear();
            starts.extend(places[block.first_lane..].iter().take(block.columns).map(|at| *at as usize * input));
            to_lanes(isa, x, &starts, input, &mut block.now, block.columns);
        }
        if step > 0 {
            for lane in lanes.beginning(step) {
                let Some(block) = work.iter_mut().rfind(|block| block.first_lane <= lane) else { continue };
                let column = lane - block.first_lane;
                for unit in 0..hidden {
                    block.cell[unit * block.columns + column] = 0.0;
                    block.now[(input + unit) * block.columns + column] = 0.0;
                }
            }
        }
        for block in work.iter_mut() {
            match weights.form {
                Form::Single => {}
                Form::Rounded => operand::round(isa, &mut block.now),
                Form::Pairs => operand::pair(isa, &block.now, block.columns, &mut block.pairs),
            }
        }
        for from in (0..hidden).step_by(units_at_a_time) {
            let chosen = from..(from + units_at_a_time).min(hidden);
            for block in work.iter_mut() {
                let vectors = block.columns.min(width - block.first_lane) / vector;
                let mut kept = gates.as_deref_mut().map(|gates| Kept {
                    gates: &mut gates[lanes.gates_at(step, hidden)],
                    width,
                    column: block.first_lane,
                });
                let step = if weights.form == Form::Pairs { step_pairs_entry } else { step_entry };
                step(isa, weights, chosen.clone(), hidden, vectors, block, kept.as_mut());
            }
        }
        for block in work.iter_mut() {
            let own = &places[block.first_lane..][..block.columns.min(active - block.first_lane)];
            let h_t = &block.next[input * block.columns..];
            if let Some(kept) = kept_states {
                starts.clear();
                starts.extend((0..own.len()).map(|lane| lanes.index(step, block.first_lane + lane) * hidden));
                // SAFETY: the cache is this job's alone.
                unsafe { to_rows(isa, h_t, block.columns, hidden, kept, &starts) };
            }
            if let States::All = states {
                starts.clear();
                starts.extend(own.iter().map(|at| *at as usize * 2 * hidden + lanes.direction * hidden));
                // SAFETY: a residue of a direction belongs to one job.
                unsafe { to_rows(isa, h_t, block.columns, hidden, y, &starts) };
            }
            std::mem::swap(&mut block.now, &mut block.next);
        }
        if let States::Last = states {
            for lane in lanes.ending(step) {
                let Some(block) = work.iter().rfind(|block| block.first_lane <= lane) else { continue };
                let row = places[lane] as usize / residues;
                let column = lane - block.first_lane;
                let h_t: Vec<f32> = (0..hidden).map(|unit| block.now[(input + unit) * block.columns + column]).collect();
                // SAFETY: a protein's direction belongs to one job.
                unsafe { y.copy(&h_t, row * 2 * hidden + lanes.direction * hidden) };
            }
        }
    }
    Ok(())
}
