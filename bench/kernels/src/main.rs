//! `subloc-bench kernels [--isa avx2] [--precision bf16] [--threads 1] [--rounds 7] [--hidden 64,200]`: GFLOP/s of the LSTM kernels beside the sgemm peak of the same core. A processor that
//! multiplies bf16 can do twice that in bf16.
//!
//! Sides are interleaved and the median of the rounds is printed, with the smallest and the largest. FLOPs are counted for real residues only: the
//! products of the equations, 2 · 4H · (I + H) a residue and direction forward, twice that backward; activations count as nothing, though they are timed.

mod kernels;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| args.iter().position(|a| a == name).and_then(|at| args.get(at + 1)).cloned();
    match args.first().map(String::as_str) {
        Some("kernels") => kernels::run(&kernels::Options {
            isa: flag("--isa").and_then(|v| v.parse().ok()).unwrap_or_else(lstm_kernels::Isa::detect),
            precision: flag("--precision").and_then(|v| v.parse().ok()).unwrap_or_default(),
            threads: flag("--threads").and_then(|v| v.parse().ok()).unwrap_or(1),
            rounds: flag("--rounds").and_then(|v| v.parse().ok()).unwrap_or(7),
            hidden: flag("--hidden").map_or_else(|| vec![64, 128, 200, 256], |v| v.split(',').filter_map(|n| n.parse().ok()).collect()),
        }),
        _ => {
            eprintln!(
                "usage: subloc-bench kernels [--isa avx512|avx2|portable] [--precision f32|bf16] [--threads N] [--rounds N] [--hidden N,…]"
            );
            std::process::exit(2);
        }
    }
}
