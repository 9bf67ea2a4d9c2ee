use crate::support::{assert_close, assert_gradient, differences, dot, f64s, kernel, numbers, some};
use lstm_kernels::{Isa, attention, reference};

const LENGTHS: [u32; 4] = [6, 0, 1, 4];
const RESIDUES: usize = 6;
const UNITS: usize = 5;

fn literal_softmax(scores: &[f64]) -> Vec<f64> {
    let mut alpha = vec![0.0; scores.len()];
    for (b, &length) in LENGTHS.iter().enumerate() {
        let at = b * RESIDUES..b * RESIDUES + length as usize;
        alpha[at.clone()].copy_from_slice(&reference::softmax(&scores[at]));
    }
    alpha
}

fn literal_sum(alpha: &[f64], h: &[f64]) -> Vec<f64> {
    (0..LENGTHS.len())
        .flat_map(|b| reference::weighted_sum(&alpha[b * RESIDUES..][..LENGTHS[b] as usize], &h[b * RESIDUES * UNITS..], UNITS))
        .collect()
}

#[test]
fn softmax_runs_over_real_residues_only() {
    let scores = numbers(1, 24, 9.0);
    let (mut alpha, mut found) = (vec![f32::NAN; 24], vec![f32::NAN; 24]);
    attention::masked_softmax(kernel(Isa::detect()), &LENGTHS, RESIDUES, &scores, &mut alpha);
    assert_close("α", &alpha, &literal_softmax(&f64s(&scores)), 1e-6);
    let dalpha = numbers(2, 24, 1.0);
    attention::masked_softmax_backward(kernel(Isa::detect()), &LENGTHS, RESIDUES, &alpha, &dalpha, &mut found);
    assert_gradient("scores", &found, &differences(&scores, 0..24, |v| dot(&literal_softmax(v), &dalpha)), 1e-5);
}

#[test]
fn the_context_is_the_weighted_sum() {
    let (alpha, h, dcontext) = (numbers(1, 24, 1.0), numbers(2, 24 * UNITS, 1.0), numbers(3, 4 * UNITS, 1.0));
    let mut context = vec![f32::NAN; 4 * UNITS];
    attention::weighted_sum(kernel(Isa::detect()), &LENGTHS, RESIDUES, UNITS, &alpha, &h, &mut context);
    assert_close("context", &context, &literal_sum(&f64s(&alpha), &f64s(&h)), 1e-6);
    let (mut dalpha, mut dh) = (vec![f32::NAN; 24], vec![f32::NAN; 24 * UNITS]);
    attention::weighted_sum_backward(kernel(Isa::detect()), &LENGTHS, RESIDUES, UNITS, &alpha, &h, &dcontext, &mut dalpha, &mut dh);
    assert_gradient("α", &dalpha, &differences(&alpha, 0..24, |v| dot(&literal_sum(v, &f64s(&h)), &dcontext)), 1e-5);
    assert_gradient("h", &dh, &differences(&h, some(24 * UNITS, 120), |v| dot(&literal_sum(&f64s(&alpha), v), &dcontext)), 1e-5);
}
