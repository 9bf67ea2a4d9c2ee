//! Small numbers from Philox, comparison, finite differences.
use lstm_kernels::{Isa, Kernel, philox::Stream};

/// Those of this processor. `SUBLOC_REQUIRE_ISA=avx512,bf16` makes it an error that one is missing.
pub fn isas() -> Vec<Isa> {
    for wanted in std::env::var("SUBLOC_REQUIRE_ISA").iter().flat_map(|list| list.split(',')) {
        let found = if wanted == "bf16" { Isa::Avx512.multiplies_bf16() } else { wanted.parse::<Isa>().expect("a name").is_supported() };
        assert!(found, "this processor has no {wanted}");
    }
    Isa::ALL.into_iter().filter(|isa| isa.is_supported()).collect()
}

pub fn kernel(isa: Isa) -> Kernel<'static> {
    Kernel::new(isa, None)
}

/// Uniform on ±`range`.
pub fn numbers(stream: u64, n: usize, range: f32) -> Vec<f32> {
    let mut stream = Stream::new(7, stream);
    (0..n).map(|_| (2.0 * stream.uniform() - 1.0) * range).collect()
}

pub fn f64s(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

pub fn codes(stream: u64, n: usize) -> Vec<u8> {
    let mut stream = Stream::new(8, stream);
    (0..n).map(|_| stream.below(25) as u8).collect()
}

#[track_caller]
pub fn assert_close(what: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: size");
    let scale = expected.iter().fold(1.0f64, |m, e| m.max(e.abs()));
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (f64::from(*found) - expected).abs();
        assert!(difference <= tolerance * scale, "{what}[{at}]: found {found}, expected {expected}, scale {scale}");
    }
}

/// d loss / d values[i] by central differences, for the given indices.
pub fn differences(values: &[f32], indices: impl Iterator<Item = usize>, mut loss: impl FnMut(&[f64]) -> f64) -> Vec<(usize, f64)> {
    let mut values = f64s(values);
    indices
        .map(|i| {
            let (at, step) = (values[i], 1e-5);
            values[i] = at + step;
            let above = loss(&values);
            values[i] = at - step;
            let below = loss(&values);
            values[i] = at;
            (i, (above - below) / (2.0 * step))
        })
        .collect()
}

/// At most `n` indices spread over `len`.
pub fn some(len: usize, n: usize) -> impl Iterator<Item = usize> {
    (0..len).step_by(len.div_ceil(n).max(1))
}

#[track_caller]
pub fn assert_gradient(what: &str, found: &[f32], expected: &[(usize, f64)], tolerance: f64) {
    let scale = expected.iter().fold(1e-3f64, |m, (_, e)| m.max(e.abs()));
    for (i, expected) in expected {
        let difference = (f64::from(found[*i]) - expected).abs();
        assert!(difference <= tolerance * scale, "{what}[{i}]: found {}, finite difference {expected}, scale {scale}", found[*i]);
    }
}

pub fn dot(a: &[f64], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum()
}

pub fn in_pool<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(f)
}
