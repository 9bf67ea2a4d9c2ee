//! The LSTM kernels against sgemm.

use std::time::Instant;

use lstm_kernels::{
    Isa, Kernel, Precision,
    lstm::{self, Shape, States},
};

pub struct Options {
    pub isa: Isa,
    pub precision: Precision,
    pub threads: usize,
    pub rounds: usize,
    pub hidden: Vec<usize>,
}

/// One batch at the sizes of the network: 64 proteins, 60 channels.
struct Case {
    shape: Shape,
    lengths: Vec<u32>,
    x: Vec<f32>,
    w_ih: Vec<f32>,
    w_hh: Vec<f32>,
    bias: Vec<f32>,
    dy: Vec<f32>,
}

/// Deterministic values in ±range.
fn numbers(n: usize, range: f32) -> Vec<f32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 40) as f32 / 8_388_608.0 - 1.0) * range
        })
        .collect()
}

impl Case {
    fn new(hidden: usize, lengths: Vec<u32>) -> Self {
        let (batch, residues) = (lengths.len(), lengths.iter().max().copied().unwrap_or(0) as usize);
        let shape = Shape { members: 1, batch, residues, input: 60, hidden };
        let sets = 2 * 4 * hidden;
        let range = 1.0 / (hidden as f32).sqrt();
        let x = numbers(batch * residues * 60, 1.0).into_iter().map(|v| v.max(0.0)).collect();
        Self {
            shape,
            lengths,
            x,
            w_ih: numbers(sets * 60, range),
            w_hh: numbers(sets * hidden, range),
            bias: numbers(sets, range),
            dy: numbers(batch * residues * 2 * hidden, 1e-2),
        }
    }

    fn flops(&self) -> f64 {
        let residues: u64 = self.lengths.iter().map(|l| u64::from(*l)).sum();
        2.0 * 2.0 * (4 * self.shape.hidden * (self.shape.input + self.shape.hidden)) as f64 * residues as f64
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

/// GFLOP/s of a square product with the gemm crate on one thread.
fn sgemm(n: usize, a: &[f32], b: &[f32], c: &mut [f32]) -> f64 {
    let stride = n as isize;
    let time = seconds(|| {
        // SAFETY: three n × n matrices, row-major.
        unsafe {
            gemm::gemm(
                n,
                n,
                n,
                c.as_mut_ptr(),
                1,
                stride,
                false,
                a.as_ptr(),
                1,
                stride,
                b.as_ptr(),
                1,
                stride,
                0.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    });
    2.0 * (n as f64).powi(3) / time / 1e9
}

/// Median and range, as "95.1 (93.0–97.2)".
fn told(values: &mut [f64]) -> (f64, String) {
    values.sort_by(f64::total_cmp);
    let middle = values[values.len() / 2];
    (middle, format!("{middle:.1} ({:.1}–{:.1})", values[0], values[values.len() - 1]))
}

pub fn run(options: &Options) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build().unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(1);
    });
    pool.install(|| table(options));
}

fn table(options: &Options) {
    const N: usize = 1024;
    let kernel = Kernel::new(options.isa, None).with_precision(options.precision);
    let (a, b, mut c) = (numbers(N * N, 1.0), numbers(N * N, 1.0), vec![0.0; N * N]);
    println!(
        "GFLOP/s, {}, {} forward, {} thread(s), median (range) of {} interleaved rounds; sgemm: one thread\n",
        kernel.isa(),
        options.precision,
        options.threads,
        options.rounds
    );
    println!("| H | lengths | sgemm 1024³ | forward, no cache | of sgemm | forward, cache | of sgemm | backward | of sgemm |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for hidden in options.hidden.clone() {
        for (name, lengths) in [("64 × 400", vec![400; 64]), ("64 ragged", (0..64).map(|i| 60 + i * 940 / 63).collect::<Vec<u32>>())] {
            let case = Case::new(hidden, lengths);
            let Case { shape, lengths, x, w_ih, w_hh, bias, dy } = &case;
            let mut y = vec![0.0; dy.len()];
            let mut cache = vec![0.0; lstm::cache_len(kernel, shape, lengths)];
            let mut found = [const { Vec::new() }; 4];
            for _ in 0..options.rounds {
                found[0].push(sgemm(N, &a, &b, &mut c));
                let rate = |flops: f64, time: f64| flops / time / 1e9;
                let done = "no one cancels";
                found[1].push(rate(
                    case.flops(),
                    seconds(|| lstm::forward(kernel, shape, States::All, x, w_ih, w_hh, bias, lengths, &mut y, None).expect(done)),
                ));
                let time = seconds(|| {
                    lstm::forward(kernel, shape, States::All, x, w_ih, w_hh, bias, lengths, &mut y, Some(&mut cache)).expect(done)
                });
                found[2].push(rate(case.flops(), time));
                let time = seconds(|| drop(lstm::backward(kernel, shape, States::All, x, w_ih, w_hh, lengths, &cache, dy).expect(done)));
                found[3].push(rate(2.0 * case.flops(), time));
            }
            let peak = told(&mut found[0]);
            let mut cells = vec![format!("{hidden}"), name.into(), peak.1];
            for side in &mut found[1..] {
                let (middle, text) = told(side);
                cells.push(text);
                cells.push(format!("{:.0} %", 100.0 * middle / peak.0));
            }
            println!("| {} |", cells.join(" | "));
        }
    }
}
