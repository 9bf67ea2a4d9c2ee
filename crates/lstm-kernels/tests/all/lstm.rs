use crate::support::{assert_close, assert_gradient, differences, dot, f64s, isas, kernel, numbers, some};
use lstm_kernels::{
    Cancelled, Isa, Kernel, activation,
    lstm::{self, Shape, States},
    reference,
};
use std::sync::atomic::AtomicBool;

pub struct Case {
    pub shape: Shape,
    pub lengths: Vec<u32>,
    pub x: Vec<f32>,
    pub w_ih: Vec<f32>,
    pub w_hh: Vec<f32>,
    pub bias: Vec<f32>,
    pub dy: Vec<f32>,
}

impl Case {
    pub fn new(members: usize, lengths: &[u32], input: usize, hidden: usize) -> Self {
        let batch = lengths.len() / members;
        let residues = *lengths.iter().max().unwrap() as usize;
        let shape = Shape { members, batch, residues, input, hidden };
        let sets = members * 2 * 4 * hidden;
        let range = 1.5 / (hidden as f32).sqrt();
        Self {
            shape,
            lengths: lengths.to_vec(),
            x: numbers(1, members * batch * residues * input, 1.0),
            w_ih: numbers(2, sets * input, 0.5),
            w_hh: numbers(3, sets * hidden, range),
            bias: numbers(4, sets, 0.5),
            dy: numbers(5, members * batch * residues * 2 * hidden, 1.0),
        }
    }

    /// y and the cache.
    pub fn forward_of(&self, kernel: Kernel, states: States) -> (Vec<f32>, Vec<f32>) {
        let Self { shape, lengths, x, w_ih, w_hh, bias, .. } = self;
        let places = if states == States::All { lengths.len() * shape.residues } else { lengths.len() };
        let mut y = vec![f32::NAN; places * 2 * shape.hidden];
        let mut cache = vec![f32::NAN; lstm::cache_len(kernel, shape, lengths)];
        let mut without = y.clone();
        lstm::forward(kernel, shape, states, x, w_ih, w_hh, bias, lengths, &mut without, None).unwrap();
        lstm::forward(kernel, shape, states, x, w_ih, w_hh, bias, lengths, &mut y, Some(&mut cache)).unwrap();
        assert!(y.iter().zip(&without).all(|(a, b)| a.to_bits() == b.to_bits()), "keeping changes nothing");
        (y, cache)
    }

    pub fn forward(&self, kernel: Kernel) -> (Vec<f32>, Vec<f32>) {
        self.forward_of(kernel, States::All)
    }

    pub fn backward(&self, kernel: Kernel) -> lstm::Gradients {
        let cache = self.forward(kernel).1;
        lstm::backward(kernel, &self.shape, States::All, &self.x, &self.w_ih, &self.w_hh, &self.lengths, &cache, &self.dy).unwrap()
    }

    /// Where the halves of a row's last states lie in y.
    fn last_places(&self, row: usize) -> [std::ops::Range<usize>; 2] {
        let Shape { residues, hidden, .. } = self.shape;
        let (first, last) = (row * residues, row * residues + self.lengths[row] as usize - 1);
        [last * 2 * hidden..last * 2 * hidden + hidden, first * 2 * hidden + hidden..first * 2 * hidden + 2 * hidden]
    }

    fn literal(&self, x: &[f64], w_ih: &[f64], w_hh: &[f64], bias: &[f64]) -> Vec<f64> {
        self.literal_with(x, w_ih, w_hh, bias, |value| value)
    }

    /// Its factors passed through `round`.
    pub fn literal_with(&self, x: &[f64], w_ih: &[f64], w_hh: &[f64], bias: &[f64], round: impl Fn(f64) -> f64) -> Vec<f64> {
        let Shape { batch, residues, input, hidden, .. } = self.shape;
        let mut y = vec![0.0; self.lengths.len() * residues * 2 * hidden];
        for (row, &length) in self.lengths.iter().enumerate() {
            for direction in 0..2 {
                let set = row / batch * 2 + direction;
                let weights = reference::LstmWeights {
                    w_ih: &w_ih[set * 4 * hidden * input..][..4 * hidden * input],
                    w_hh: &w_hh[set * 4 * hidden * hidden..][..4 * hidden * hidden],
                    bias: &bias[set * 4 * hidden..][..4 * hidden],
                };
                let states = reference::lstm_with(
                    weights,
                    &x[row * residues * input..][..length as usize * input],
                    input,
                    hidden,
                    direction == 1,
                    &round,
                );
                for (t, h) in states.chunks(hidden).enumerate() {
                    y[(row * residues + t) * 2 * hidden + direction * hidden..][..hidden].copy_from_slice(h);
                }
            }
        }
        y
    }
}

#[test]
fn forward_agrees_with_the_equations_to_2e_6() {
    for isa in isas() {
        for (members, lengths, input, hidden) in [
            (1, vec![1], 1, 1),
            (1, vec![3, 0, 1], 4, 2),
            (1, vec![9, 4, 9, 1, 2, 7], 60, 5),
            (2, vec![5, 0, 3, 8, 8, 1], 3, 7),
            (1, (0..65).map(|b| b % 13).collect(), 6, 16),
            (3, (0..51).map(|b| 1 + b % 4).collect(), 60, 64),
            (1, vec![4, 2, 3], 60, 65),
            (1, vec![2, 3], 60, 200),
            (1, (0..40).map(|b| 1 + (b * 11) % 9).collect(), 61, 201),
            (1, (0..90).map(|b| 1 + (b * 7) % 5).collect(), 9, 33),
            (1, vec![2], 60, 512),
        ] {
            let case = Case::new(members, &lengths, input, hidden);
            let expected = case.literal(&f64s(&case.x), &f64s(&case.w_ih), &f64s(&case.w_hh), &f64s(&case.bias));
            assert_close(&format!("{isa} H {hidden} B {}", lengths.len()), &case.forward(kernel(isa)).0, &expected, 2e-6);
        }
    }
}

#[test]
fn a_thousand_residues_stay_within_2e_5() {
    let case = Case::new(1, &[1000, 17], 20, 12);
    let expected = case.literal(&f64s(&case.x), &f64s(&case.w_ih), &f64s(&case.w_hh), &f64s(&case.bias));
    for isa in isas() {
        assert_close(&isa.to_string(), &case.forward(kernel(isa)).0, &expected, 2e-5);
    }
}

#[test]
fn gradients_agree_with_finite_differences_to_2e_4() {
    for isa in isas() {
        for (members, lengths, input, hidden) in [
            (1, vec![1], 1, 1),
            (1, vec![3, 0, 1], 4, 2),
            (2, vec![5, 0, 3, 8, 8, 1], 3, 7),
            (1, (0..19).map(|b| 1 + b % 5).collect(), 5, 9),
            (1, vec![40, 39, 2], 7, 11),
            (1, (0..30).map(|b| 1 + (b * 5) % 23).collect(), 3, 49),
            (1, (0..70).map(|b| 4 + b % 3).collect(), 9, 12),
            (1, vec![1000, 17], 5, 6),
            (1, vec![3, 2], 9, 201),
            (1, vec![2], 4, 512),
        ] {
            let case = Case::new(members, &lengths, input, hidden);
            let found = case.backward(kernel(isa));
            let [x, w_ih, w_hh, bias] = [&case.x, &case.w_ih, &case.w_hh, &case.bias].map(|v| f64s(v));
            let real = |i: usize| ((i / input) % case.shape.residues) < lengths[i / input / case.shape.residues] as usize;
            let check = |what: &str, found: &[f32], expected: &[(usize, f64)]| {
                assert_gradient(&format!("{isa} H {hidden} {what}"), found, expected, 2e-4)
            };
            check(
                "x",
                &found.x,
                &differences(&case.x, some(case.x.len(), 60).filter(|i| real(*i)), |v| {
                    dot(&case.literal(v, &w_ih, &w_hh, &bias), &case.dy)
                }),
            );
            check(
                "w_ih",
                &found.w_ih,
                &differences(&case.w_ih, some(case.w_ih.len(), 60), |v| dot(&case.literal(&x, v, &w_hh, &bias), &case.dy)),
            );
            check(
                "w_hh",
                &found.w_hh,
                &differences(&case.w_hh, some(case.w_hh.len(), 60), |v| dot(&case.literal(&x, &w_ih, v, &bias), &case.dy)),
            );
            check(
                "bias",
                &found.bias,
                &differences(&case.bias, some(case.bias.len(), 40), |v| dot(&case.literal(&x, &w_ih, &w_hh, v), &case.dy)),
            );
            assert!(found.x.iter().enumerate().all(|(i, d)| real(i) || *d == 0.0), "no gradient beyond a length");
        }
    }
}

#[test]
fn the_last_states_are_those_of_all_states_and_so_are_their_gradients() {
    for isa in isas() {
        for lengths in [vec![1], vec![3, 0, 1], (0..70).map(|b| (b * 7) % 19).collect()] {
            let mut case = Case::new(1, &lengths, 5, 6);
            let width = 2 * case.shape.hidden;
            let (all, last) = (case.forward(kernel(isa)).0, case.forward_of(kernel(isa), States::Last));
            let dlast = numbers(6, lengths.len() * width, 1.0);
            case.dy.fill(0.0);
            for (row, _) in lengths.iter().enumerate().filter(|(_, l)| **l > 0) {
                for (half, place) in case.last_places(row).into_iter().enumerate() {
                    let own = row * width + half * width / 2..row * width + (half + 1) * width / 2;
                    assert_eq!(last.0[own.clone()], all[place.clone()], "{isa} row {row}");
                    case.dy[place].copy_from_slice(&dlast[own]);
                }
            }
            let found =
                lstm::backward(kernel(isa), &case.shape, States::Last, &case.x, &case.w_ih, &case.w_hh, &lengths, &last.1, &dlast).unwrap();
            let expected = case.backward(kernel(isa));
            assert_eq!((found.x, found.w_ih, found.w_hh, found.bias), (expected.x, expected.w_ih, expected.w_hh, expected.bias), "{isa}");
        }
    }
}

#[test]
fn a_protein_that_ends_earlier_leaves_nothing_in_its_lane() {
    // 17 proteins: the second vector holds one long and, later, no protein; and lanes that join late when time runs backward.
    let lengths: Vec<u32> = (0..17).map(|b| if b == 16 { 30 } else { 1 + b }).collect();
    let case = Case::new(1, &lengths, 3, 4);
    for isa in isas() {
        let joint = case.backward(kernel(isa));
        for (row, &length) in lengths.iter().enumerate() {
            let mut alone = Case::new(1, &lengths, 3, 4);
            alone.lengths = lengths.iter().enumerate().map(|(r, l)| if r == row { *l } else { 0 }).collect();
            let found = alone.backward(kernel(isa));
            let at = row * case.shape.residues * 3;
            assert_eq!(joint.x[at..][..length as usize * 3], found.x[at..][..length as usize * 3], "{isa} row {row}");
        }
    }
}

#[test]
fn sigmoid_and_tanh_stay_within_4e_7_and_keep_nan() {
    let values: Vec<f32> =
        (-200_000..=200_000).map(|i| i as f32 * 1e-3).chain([f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-30]).collect();
    for isa in isas() {
        let (mut s, mut t) = (vec![0.0; values.len()], vec![0.0; values.len()]);
        activation::sigmoid_and_tanh(kernel(isa), &values, &mut s, &mut t);
        for ((v, s), t) in values.iter().zip(s).zip(t) {
            if v.is_nan() {
                assert!(s.is_nan() && t.is_nan());
                continue;
            }
            let v = f64::from(*v);
            assert!((f64::from(s) - reference::sigmoid(v)).abs() < 4e-7, "{isa} σ({v}) = {s}");
            assert!((f64::from(t) - v.tanh()).abs() < 4e-7, "{isa} tanh({v}) = {t}");
        }
    }
}

#[test]
fn a_set_flag_cancels() {
    let flag = AtomicBool::new(true);
    let case = Case::new(1, &[3], 2, 2);
    let mut y = vec![0.0; 12];
    let result = lstm::forward(
        Kernel::new(Isa::detect(), Some(&flag)),
        &case.shape,
        States::All,
        &case.x,
        &case.w_ih,
        &case.w_hh,
        &case.bias,
        &case.lengths,
        &mut y,
        None,
    );
    assert_eq!(result, Err(Cancelled));
}
