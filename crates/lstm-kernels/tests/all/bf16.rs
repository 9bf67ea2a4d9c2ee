//! The recurrence with operands of bf16, on every instruction set: the processor's own products where it has them, else their values in `f32`.
use crate::{
    lstm::Case,
    support::{assert_close, f64s, in_pool, isas},
};
use lstm_kernels::{Isa, Kernel, Precision, lstm::States, reference, to_bf16};

fn bf16(isa: Isa) -> Kernel<'static> {
    Kernel::new(isa, None).with_precision(Precision::Bf16)
}

fn rounded(value: f64) -> f64 {
    f64::from(to_bf16(value as f32))
}

fn literal(case: &Case) -> Vec<f64> {
    case.literal_with(&f64s(&case.x), &f64s(&case.w_ih), &f64s(&case.w_hh), &f64s(&case.bias), rounded)
}

#[test]
fn one_residue_agrees_with_the_rounded_equations_to_2e_6() {
    for isa in isas() {
        for (members, proteins, input, hidden) in
            [(1, 1, 1, 1), (1, 3, 4, 2), (3, 51, 61, 65), (1, 65, 60, 64), (2, 40, 5, 201), (1, 2, 60, 512)]
        {
            let case = Case::new(members, &vec![1; members * proteins], input, hidden);
            let y = case.forward(bf16(isa)).0;
            assert_close(&format!("{isa} H {hidden}"), &y, &literal(&case), 2e-6);
            assert!(hidden < 64 || y != case.forward(Kernel::new(isa, None)).0, "{isa} H {hidden}: nothing was rounded");
        }
    }
}

/// The second residue, whose h comes from the first: with weights of x and an x that bf16 holds exactly, what is rounded is h and w_hh alone.
#[test]
fn the_state_before_and_its_weights_are_rounded_to_nearest() {
    for isa in isas() {
        for hidden in [1, 2, 7, 64, 201] {
            let mut case = Case::new(1, &[2; 30], 3, hidden);
            for values in [&mut case.x, &mut case.w_ih] {
                values.iter_mut().for_each(|value| *value = to_bf16(*value));
            }
            let y = case.forward(bf16(isa)).0;
            let (x, w_ih, w_hh, bias) = (f64s(&case.x), f64s(&case.w_ih), f64s(&case.w_hh), f64s(&case.bias));
            for row in 0..30 {
                for direction in 0..2 {
                    let [first, second] = if direction == 0 { [0, 1] } else { [1, 0] };
                    let state = |t: usize| &y[(row * 2 + t) * 2 * hidden + direction * hidden..][..hidden];
                    let gates = 4 * hidden;
                    let z = |t: usize, gate: usize| {
                        let at = direction * gates + gate;
                        bias[at] + (0..3).map(|k| w_ih[at * 3 + k] * x[(row * 2 + t) * 3 + k]).sum::<f64>()
                    };
                    let expected: Vec<f64> = (0..hidden)
                        .map(|unit| {
                            let own = |q: usize| q * hidden + unit;
                            let c = reference::sigmoid(z(first, own(0))) * z(first, own(2)).tanh();
                            let from_h = |gate: usize| -> f64 {
                                let row = &w_hh[(direction * gates + gate) * hidden..][..hidden];
                                row.iter().zip(state(first)).map(|(w, h)| rounded(*w) * rounded(f64::from(*h))).sum()
                            };
                            let [i, f, g, o] = [0, 1, 2, 3].map(|q| z(second, own(q)) + from_h(own(q)));
                            let c = reference::sigmoid(f) * c + reference::sigmoid(i) * g.tanh();
                            reference::sigmoid(o) * c.tanh()
                        })
                        .collect();
                    assert_close(&format!("{isa} H {hidden} row {row} direction {direction}"), state(second), &expected, 2e-6);
                }
            }
        }
    }
}

#[test]
fn what_is_not_finite_stays_so() {
    for isa in isas() {
        for odd in [f32::NAN, f32::INFINITY] {
            let mut case = Case::new(1, &[3, 3], 5, 6);
            case.x[2 * 5] = odd; // the last residue of the first protein
            let y = case.forward(bf16(isa)).0;
            let of = |row: usize| &y[row * 3 * 12..][..3 * 12];
            if odd.is_nan() {
                assert!(of(0)[2 * 12..].iter().all(|h| h.is_nan()), "{isa}");
            }
            case.x[2 * 5] = 0.0;
            assert_eq!(of(1), &case.forward(bf16(isa)).0[3 * 12..], "{isa}: the neighbour");
        }
    }
}

/// A state near the middle between two bf16 may be rounded to the other one; from there on the recurrence differs by a bf16's last bit.
#[test]
fn many_residues_agree_with_the_rounded_equations_to_a_last_bit_of_bf16() {
    for isa in isas() {
        for (members, lengths, input, hidden) in [
            (1, vec![3, 0, 1], 4, 2),
            (2, vec![5, 0, 3, 8, 8, 1], 3, 7),
            (3, (0..51).map(|b| 1 + b % 4).collect(), 60, 64),
            (1, (0..40).map(|b| 1 + (b * 11) % 9).collect(), 61, 201),
            (1, vec![1000, 17], 20, 12),
        ] {
            let case = Case::new(members, &lengths, input, hidden);
            assert_close(&format!("{isa} H {hidden}"), &case.forward(bf16(isa)).0, &literal(&case), 4e-3);
        }
    }
}

#[test]
fn last_states_threads_and_neighbours_change_nothing() {
    let lengths: Vec<u32> = (0..65).map(|b| 1 + (b * 7) % 23).collect();
    let joint = Case::new(1, &lengths, 6, 11);
    let (residues, width) = (joint.shape.residues, 22);
    for isa in isas() {
        let y = in_pool(2, || joint.forward(bf16(isa)).0);
        assert_eq!(y, in_pool(1, || joint.forward(bf16(isa)).0), "{isa} threads");
        let last = joint.forward_of(bf16(isa), States::Last).0;
        for row in [0, 16, 40, 64] {
            let end = (row * residues + lengths[row] as usize - 1) * width;
            assert_eq!(last[row * width..][..11], y[end..][..11], "{isa} row {row} last state");
            assert_eq!(last[row * width + 11..][..11], y[row * residues * width + 11..][..11], "{isa} row {row} last state in reverse");
            let mut alone = Case::new(1, &[residues as u32], 6, 11);
            alone.lengths = vec![lengths[row]];
            alone.x = joint.x[row * residues * 6..][..residues * 6].to_vec();
            (alone.w_ih, alone.w_hh, alone.bias) = (joint.w_ih.clone(), joint.w_hh.clone(), joint.bias.clone());
            assert_eq!(alone.forward(bf16(isa)).0, y[row * residues * width..][..residues * width], "{isa} row {row} alone");
        }
    }
}

/// Backward takes the rounding for the identity, so its gradients are those of `f32` up to what the states differ by.
#[test]
fn gradients_point_where_those_of_f32_do() {
    let case = Case::new(1, &(0..30).map(|b| 1 + (b * 5) % 23).collect::<Vec<_>>(), 9, 33);
    for isa in isas() {
        let (found, exact) = (case.backward(bf16(isa)), case.backward(Kernel::new(isa, None)));
        for (what, found, exact) in [("x", found.x, exact.x), ("w_ih", found.w_ih, exact.w_ih), ("w_hh", found.w_hh, exact.w_hh)] {
            let norm = |values: &[f32]| values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
            let cosine = found.iter().zip(&exact).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() / norm(&found) / norm(&exact);
            assert!(cosine > 0.9999, "{isa} {what}: cosine {cosine}");
            assert_ne!(found, exact, "{isa} {what}: nothing was rounded");
        }
    }
}
