//! How an operation is checked: cases, and comparison of an own form, a literal form and the equations.
use burn::tensor::{Device, Tensor, TensorData};
use subloc_model::ops::Lengths;

use crate::support::{assert_close, assert_relative, cpu, differences, dot, f64s, host, numbers, some};

/// Flat inputs → the flat result; it gives them their shapes.
pub type Op<'a> = &'a dyn Fn(&[Tensor<1>]) -> Tensor<1>;

/// Values, and the gradients of Σ values ⊙ dy.
fn run(op: Op, inputs: &[Vec<f32>], dy: &[f32]) -> (Vec<f32>, Vec<Vec<f32>>) {
    run_on(&cpu(), op, inputs, dy)
}

/// Likewise on a device.
pub fn run_on(device: &Device, op: Op, inputs: &[Vec<f32>], dy: &[f32]) -> (Vec<f32>, Vec<Vec<f32>>) {
    let device = device.clone().autodiff();
    let leaf = |v: &Vec<f32>| Tensor::<1>::from_data(TensorData::new(v.clone(), [v.len()]), &device).require_grad();
    let leaves: Vec<Tensor<1>> = inputs.iter().map(leaf).collect();
    let y = op(&leaves);
    let grads = (y.clone() * Tensor::from_data(TensorData::new(dy.to_vec(), [dy.len()]), &device)).sum().backward();
    let gradient = |t: &Tensor<1>| t.grad(&grads).map_or_else(|| vec![0.0; t.dims()[0]], host);
    (host(y.inner()), leaves.iter().map(gradient).collect())
}

/// M and [M, B] lengths: alone, ragged, with places that have no protein.
const CASES: [(usize, &[u32]); 5] = [(1, &[1]), (1, &[7, 0, 3, 1]), (2, &[5, 1, 0, 12]), (3, &[2, 6, 1, 1, 0, 0]), (1, &[30, 4])];

pub struct Case {
    pub members: usize,
    pub batch: usize,
    pub residues: usize,
    pub lengths: Lengths,
}

pub fn cases() -> impl Iterator<Item = Case> {
    CASES.into_iter().map(|(members, lengths)| Case::new(members, lengths))
}

impl Case {
    /// `lengths` of M · B places.
    pub fn new(members: usize, lengths: &[u32]) -> Self {
        let residues = *lengths.iter().max().unwrap() as usize;
        Self { members, batch: lengths.len() / members, residues, lengths: lengths.into() }
    }
    pub fn places(&self) -> usize {
        self.lengths.len() * self.residues
    }
    pub fn dims(&self, width: usize) -> [usize; 4] {
        [self.members, self.batch, self.residues, width]
    }
    /// Noise [M, B, T, width].
    pub fn noise(&self, stream: u64, width: usize) -> Vec<f32> {
        numbers(stream, self.places() * width, 1.0)
    }
    /// Noise that is 0 beyond the lengths.
    pub fn padded(&self, stream: u64, width: usize) -> Vec<f32> {
        let mut values = self.noise(stream, width);
        for (row, length) in self.lengths.iter().enumerate() {
            values[(row * self.residues + *length as usize) * width..(row + 1) * self.residues * width].fill(0.0);
        }
        values
    }
    /// `f(member, the real residues of a row of x)` for each row of x [M, B, T, width], padded with 0 to [M, B, T, out].
    pub fn rows(&self, x: &[f64], width: usize, out: usize, f: impl Fn(usize, &[f64]) -> Vec<f64>) -> Vec<f64> {
        let mut y = vec![0.0; self.places() * out];
        for (row, length) in self.lengths.iter().enumerate().filter(|(_, l)| **l > 0) {
            let found = f(row / self.batch, &x[row * self.residues * width..][..*length as usize * width]);
            y[row * self.residues * out..][..found.len()].copy_from_slice(&found);
        }
        y
    }
}

pub fn member<T>(values: &[T], members: usize, m: usize) -> &[T] {
    &values[m * values.len() / members..][..values.len() / members]
}

/// Own = literal (`tolerance` of the largest value), both = `reference`; gradients against its differences at 60 places of each input.
#[track_caller]
pub fn check(what: &str, own: Op, literal: Op, reference: &dyn Fn(&[Vec<f64>]) -> Vec<f64>, inputs: &[Vec<f32>], tolerance: f64) {
    let exact: Vec<Vec<f64>> = inputs.iter().map(|v| f64s(v)).collect();
    let expected = reference(&exact);
    let dy = numbers(99, expected.len(), 1.0);
    let ((y, dx), (literal_y, literal_dx)) = (run(own, inputs, &dy), run(literal, inputs, &dy));
    assert_close(&format!("{what}: own"), &y, &expected, tolerance);
    assert_close(&format!("{what}: literal"), &literal_y, &expected, tolerance);
    assert_close(&format!("{what}: own against literal"), &y, &f64s(&literal_y), tolerance);
    for (i, (found, literal)) in dx.iter().zip(&literal_dx).enumerate() {
        assert_close(&format!("{what}: gradient {i}"), found, &f64s(literal), 2.0 * tolerance);
        let places = some(found.len(), 60);
        let loss = |v: &[f64]| {
            let mut inputs = exact.clone();
            inputs[i] = v.to_vec();
            dot(&reference(&inputs), &dy)
        };
        let expected = differences(&exact[i], &places, 1e-5, loss);
        let found: Vec<f32> = places.iter().map(|at| found[*at]).collect();
        assert_close(&format!("{what}: gradient {i} against differences"), &found, &expected, 4.0 * tolerance);
    }
}

/// Likewise for an operation that is linear: differences of the literal form itself, whose step may be 1, leave rounding only.
#[track_caller]
pub fn check_linear(what: &str, own: Op, literal: Op, input: Vec<f32>, outputs: usize) {
    let (dy, inputs) = (numbers(99, outputs, 1.0), [input]);
    let [input] = &inputs;
    let ((y, dx), (literal_y, literal_dx)) = (run(own, &inputs, &dy), run(literal, &inputs, &dy));
    assert_eq!((&y, &dx), (&literal_y, &literal_dx), "{what}: it only picks or scales");
    let places = some(input.len(), 60);
    let loss = |v: &[f64]| dot(&f64s(&run(literal, &[v.iter().map(|v| *v as f32).collect()], &dy).0), &dy);
    let expected = differences(&f64s(input), &places, 1.0, loss);
    let found: Vec<f32> = places.iter().map(|at| dx[0][*at]).collect();
    assert_relative(&format!("{what}: gradient against differences"), &found, &expected, 1e-5);
}
