//! Each operation's own form on the CPU against its literal form in burn operations, and both against the equations in f64.
//! What lies beyond a length is noise where the operation takes anything there.
use burn::tensor::{Tensor, TensorData};
use lstm_kernels::reference;
use subloc_model::ops::{
    attention_scores,
    dropout::{self, DropoutMask},
    linear, lstm, masked_softmax,
    residue_conv::{self, DenseBlock, Residues},
    weighted_sum,
};

use crate::{
    oracle::{cases, check, check_linear, member},
    support::{cpu, f64s, host, numbers},
};

#[test]
fn residue_conv_agrees_with_its_literal_form_and_the_equations_to_1e_5() {
    const WIDTHS: [usize; 4] = [1, 3, 4, 21]; // 21 is wider than most of the proteins
    let (taps, filters) = (29, 3);
    for case in cases() {
        // None, a profile's 20, and a profile with 33 own numbers.
        for columns in [0, 20, 53] {
            let m = case.members;
            let codes: Vec<u8> = numbers(1, case.places(), 12.5).iter().map(|v| (v + 12.5) as u8).collect();
            let residues = Residues {
                codes: codes.clone().into(),
                lengths: case.lengths.clone(),
                dims: [m, case.batch, case.residues],
                widths: WIDTHS.into(),
                scale: 1.25,
            };
            let dense = case.noise(2, columns);
            let mut inputs = vec![numbers(3, m * taps * 25 * filters, 1.0), numbers(4, m * WIDTHS.len() * filters, 1.0)];
            if columns > 0 {
                inputs.push(numbers(5, m * taps * columns * filters, 1.0));
            }
            let shaped = |x: &[Tensor<1>]| {
                let rows = || Tensor::from_data(TensorData::new(dense.clone(), case.dims(columns)), &x[0].device());
                let block = x.get(2).map(|w| DenseBlock { weights: w.clone().reshape([m, taps, columns, filters]), rows: rows() });
                (x[0].clone().reshape([m, taps, 25, filters]), block, x[1].clone().reshape([m, WIDTHS.len() * filters]))
            };
            let own = |x: &[Tensor<1>]| {
                let (table, block, bias) = shaped(x);
                residue_conv::residue_conv(table, block, bias, residues.clone()).flatten(0, 3)
            };
            let literal = |x: &[Tensor<1>]| {
                let (table, block, bias) = shaped(x);
                residue_conv::literal(table, block, bias, &residues).flatten(0, 3)
            };
            let expected = |x: &[Vec<f64>]| {
                let channels = WIDTHS.len() * filters;
                // each residue's code, and its dense row
                let row_of = |at: usize| f64s(&dense[at * columns..][..columns]);
                let input: Vec<f64> = codes.iter().enumerate().flat_map(|(at, c)| [f64::from(*c)].into_iter().chain(row_of(at))).collect();
                case.rows(&input, columns + 1, channels, |member_index, row| {
                    let codes: Vec<u8> = row.chunks(columns + 1).map(|r| r[0] as u8).collect();
                    let rows: Vec<f64> = row.chunks(columns + 1).flat_map(|r| r[1..].to_vec()).collect();
                    let mut z = vec![0.0; codes.len() * channels];
                    let mut tap = 0;
                    for (group, width) in WIDTHS.into_iter().enumerate() {
                        let of =
                            |v: &'_ [f64], per: usize| member(v, m, member_index)[tap * per * filters..][..width * per * filters].to_vec();
                        let weights = x.get(2).map(|w| of(w, columns));
                        let bias = &member(&x[1], m, member_index)[group * filters..][..filters];
                        let part = reference::residue_conv(
                            &of(&x[0], 25),
                            weights.as_deref().map(|w| (w, rows.as_slice())),
                            bias,
                            &codes,
                            width,
                            1.25,
                        );
                        for (t, values) in part.chunks(filters).enumerate() {
                            z[t * channels + group * filters..][..filters].copy_from_slice(values);
                        }
                        tap += width;
                    }
                    z
                })
            };
            check("residue_conv", &own, &literal, &expected, &inputs, 1e-5);
        }
    }
}

#[test]
fn lstm_agrees_with_its_literal_form_and_the_equations_to_2e_5() {
    for (case, (input, hidden)) in cases().zip([(1, 1), (4, 2), (3, 7), (9, 17), (5, 6)]) {
        let m = case.members;
        let (w_ih, w_hh) = (numbers(2, m * 8 * hidden * input, 0.8), numbers(3, m * 8 * hidden * hidden, 0.8));
        let inputs = [case.noise(1, input), w_ih, w_hh, numbers(4, m * 8 * hidden, 0.8)];
        let shaped = |x: &[Tensor<1>]| {
            let weights = |i: usize, width: usize| x[i].clone().reshape([m, 2, 4 * hidden, width]);
            (x[0].clone().reshape(case.dims(input)), weights(1, input), weights(2, hidden), x[3].clone().reshape([m, 2, 4 * hidden]))
        };
        let own = |x: &[Tensor<1>]| {
            let (x, w_ih, w_hh, bias) = shaped(x);
            lstm::lstm(x, w_ih, w_hh, bias, case.lengths.clone()).flatten(0, 3)
        };
        let literal = |x: &[Tensor<1>]| {
            let (x, w_ih, w_hh, bias) = shaped(x);
            lstm::literal(x, w_ih, w_hh, bias, &case.lengths).flatten(0, 3)
        };
        let expected = |x: &[Vec<f64>]| {
            case.rows(&x[0], input, 2 * hidden, |m, row| {
                let states = [0, 1].map(|d| {
                    let of = |i: usize| member(&x[i], 2 * case.members, 2 * m + d);
                    let weights = reference::LstmWeights { w_ih: of(1), w_hh: of(2), bias: of(3) };
                    reference::lstm(weights, row, input, hidden, d == 1)
                });
                states[0].chunks(hidden).zip(states[1].chunks(hidden)).flat_map(|(f, r)| [f, r].concat()).collect()
            })
        };
        check("lstm", &own, &literal, &expected, &inputs, 2e-5);
        let own = |x: &[Tensor<1>]| {
            let (x, w_ih, w_hh, bias) = shaped(x);
            lstm::lstm_last(x, w_ih, w_hh, bias, case.lengths.clone()).flatten(0, 2)
        };
        let literal = |x: &[Tensor<1>]| {
            let (x, w_ih, w_hh, bias) = shaped(x);
            lstm::literal_last(x, w_ih, w_hh, bias, &case.lengths).flatten(0, 2)
        };
        let [.., residues, _] = case.dims(1);
        let expected_last = |x: &[Vec<f64>]| {
            let all = expected(x);
            let state = |row: usize, t: usize, half: usize| all[(row * residues + t) * 2 * hidden + half * hidden..][..hidden].to_vec();
            let last = |(row, &length): (usize, &u32)| match length as usize {
                0 => vec![0.0; 2 * hidden],
                length => [state(row, length - 1, 0), state(row, 0, 1)].concat(),
            };
            case.lengths.iter().enumerate().flat_map(last).collect()
        };
        check("lstm_last", &own, &literal, &expected_last, &inputs, 2e-5);
    }
}

#[test]
fn linear_agrees_with_its_literal_form_and_the_equations_to_1e_5() {
    for (case, (input, output)) in cases().zip([(1, 1), (5, 3), (70, 11), (7, 65), (20, 2)]) {
        let m = case.members;
        let inputs = [case.noise(1, input), numbers(2, m * output * input, 1.0), numbers(3, m * output, 1.0)];
        let shaped = |x: &[Tensor<1>]| {
            (x[0].clone().reshape(case.dims(input)), x[1].clone().reshape([m, output, input]), x[2].clone().reshape([m, output]))
        };
        let own = |x: &[Tensor<1>]| {
            let (x, weight, bias) = shaped(x);
            linear::linear(x, weight, bias, case.lengths.clone()).flatten(0, 3)
        };
        let literal = |x: &[Tensor<1>]| {
            let (x, weight, bias) = shaped(x);
            linear::literal(x, weight, bias, &case.lengths).flatten(0, 3)
        };
        let expected = |x: &[Vec<f64>]| {
            case.rows(&x[0], input, output, |at, row| reference::linear(row, member(&x[1], m, at), member(&x[2], m, at), input))
        };
        check("linear", &own, &literal, &expected, &inputs, 1e-5);
    }
}

#[test]
fn attention_scores_agree_with_their_literal_form_and_the_equation_to_2e_5() {
    for (case, (units, attention)) in cases().zip([(1, 1), (5, 3), (70, 11), (7, 65), (20, 2)]) {
        let m = case.members;
        let inputs = [case.noise(1, units), numbers(2, m * attention * units, 1.0), numbers(3, m * attention, 1.0)];
        let shaped = |x: &[Tensor<1>]| {
            let (w, v) = (x[1].clone().reshape([m, attention, units]), x[2].clone().reshape([m, 1, attention]));
            (x[0].clone().reshape(case.dims(units)), w, v)
        };
        let own = |x: &[Tensor<1>]| {
            let (h, w, v) = shaped(x);
            attention_scores::attention_scores(h, w, v, case.lengths.clone()).flatten(0, 2)
        };
        let literal = |x: &[Tensor<1>]| {
            let (h, w, v) = shaped(x);
            attention_scores::literal(h, w, v, &case.lengths).flatten(0, 2)
        };
        let expected = |x: &[Vec<f64>]| {
            case.rows(&x[0], units, 1, |at, row| reference::attention_scores(row, member(&x[1], m, at), member(&x[2], m, at), units))
        };
        check("attention_scores", &own, &literal, &expected, &inputs, 2e-5);
    }
}

#[test]
fn masked_softmax_agrees_with_its_literal_form_and_the_equations_to_1e_6() {
    for case in cases() {
        let dims = [case.members, case.batch, case.residues];
        let own = |x: &[Tensor<1>]| masked_softmax::masked_softmax(x[0].clone().reshape(dims), case.lengths.clone()).flatten(0, 2);
        let literal = |x: &[Tensor<1>]| masked_softmax::literal(x[0].clone().reshape(dims), &case.lengths).flatten(0, 2);
        let expected = |x: &[Vec<f64>]| case.rows(&x[0], 1, 1, |_, row| reference::softmax(row));
        let scores = case.noise(1, 1).iter().map(|s| s * 5.0).collect();
        check("masked_softmax", &own, &literal, &expected, &[scores], 1e-6);
    }
}

#[test]
fn masked_softmax_of_scores_far_apart_stays_finite() {
    // e^0, e^-1000 and e^-2000 over their sum: 1, 0, 0 in f32
    let scores = Tensor::from_data(TensorData::new(vec![1000.0, 0.0, -1000.0], [1, 1, 3]), &cpu());
    assert_eq!(host(masked_softmax::masked_softmax(scores, [3].into())), [1.0, 0.0, 0.0]);
}

#[test]
fn weighted_sum_agrees_with_its_literal_form_and_the_equations_to_1e_5() {
    for (case, units) in cases().zip([1, 3, 4, 17, 40]) {
        let dims = [case.members, case.batch, case.residues];
        // its contract: both are 0 beyond a length
        let inputs = [case.padded(1, 1), case.padded(2, units)];
        let own = |x: &[Tensor<1>]| {
            weighted_sum::weighted_sum(x[0].clone().reshape(dims), x[1].clone().reshape(case.dims(units)), case.lengths.clone())
                .flatten(0, 2)
        };
        let literal =
            |x: &[Tensor<1>]| weighted_sum::literal(x[0].clone().reshape(dims), x[1].clone().reshape(case.dims(units))).flatten(0, 2);
        let expected = |x: &[Vec<f64>]| {
            let row = |(row, length): (usize, &u32)| {
                let real = |i: usize, width: usize| &x[i][row * case.residues * width..][..*length as usize * width];
                reference::weighted_sum(real(0, 1), real(1, units), units)
            };
            case.lengths.iter().enumerate().flat_map(row).collect()
        };
        check("weighted_sum", &own, &literal, &expected, &inputs, 1e-5);
    }
}

#[test]
fn dropout_scales_and_drops_what_its_literal_form_does() {
    for (case, units) in cases().zip([1, 3, 4, 17, 8]) {
        let mask = DropoutMask {
            p: 0.5,
            layer: 1,
            seeds: (0..case.members as u64).collect(),
            steps: (0..case.members as u32).collect(),
            records: (0..case.lengths.len() as u32).collect(),
            lengths: case.lengths.clone(),
        };
        let own = |x: &[Tensor<1>]| dropout::dropout(x[0].clone().reshape(case.dims(units)), mask.clone()).flatten(0, 3);
        let literal = |x: &[Tensor<1>]| dropout::literal(x[0].clone().reshape(case.dims(units)), &mask).flatten(0, 3);
        check_linear("dropout", &own, &literal, case.noise(1, units), case.places() * units);
    }
}
