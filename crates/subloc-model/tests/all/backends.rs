//! Every backend of this machine against the CPU and the literal forms. A backend that is not there is skipped, and the test says so.
use std::sync::{Arc, OnceLock};

use burn::tensor::{Device, Tensor, TensorData};
use subloc_model::{
    batch::Batch,
    config::{Dropout, ModelConfig, ModelKind},
    device,
    layers::loss::CrossEntropy,
    models::{Mode, Network, Parameters},
    ops::{
        attention_scores,
        context::{self, Context},
        dropout::{self, DropoutMask},
        linear,
        lstm::{self, LstmForm},
        masked_softmax,
        residue_conv::{self, DenseBlock, Residues},
        weighted_sum,
    },
};

use crate::{
    oracle::{Case, Op, cases, run_on},
    support::{KINDS, assert_close, assert_relative, config, cpu, f64s, host, network, numbers, options, records, table},
};

/// Every backend that is here but the CPU; opened once.
pub fn devices() -> Vec<(String, Device)> {
    static OPENED: OnceLock<Vec<(String, Device)>> = OnceLock::new();
    let open = |backend: &str| match device::open(backend) {
        Ok((device, report)) => Some((format!("{backend} ({})", report.name), device)),
        Err(error) => {
            eprintln!("SKIPPED: {backend} is not tested here: {error}");
            None
        }
    };
    let backends = || device::compiled_backends().into_iter().filter(|backend| *backend != "cpu");
    OPENED.get_or_init(|| backends().filter_map(open).collect()).clone()
}

/// Runs `work` with a form of the recurrence.
fn with_form<R>(lstm_form: LstmForm, work: impl FnOnce() -> R) -> R {
    context::with(Context { lstm_form, ..Context::detect() }, work)
}

/// The operation's own form on each device against its own form on the CPU, and against its literal form there: `tolerance` of the largest value, twice that
/// for gradients.
#[track_caller]
fn agrees(what: &str, own: Op, literal: Option<Op>, inputs: &[Vec<f32>], tolerance: f64) {
    let dy = numbers(99, host(own(&leaves(&cpu(), inputs))).len(), 1.0);
    let (y, dx) = run_on(&cpu(), own, inputs, &dy);
    for (name, device) in devices() {
        for (form, op) in [("own form", Some(own)), ("literal form", literal)] {
            let Some(op) = op else { continue };
            let (found, gradients) = run_on(&device, op, inputs, &dy);
            assert_close(&format!("{what} on {name}, {form}"), &found, &f64s(&y), tolerance);
            for (i, (found, expected)) in gradients.iter().zip(&dx).enumerate() {
                assert_close(&format!("{what} on {name}, {form}: gradient {i}"), found, &f64s(expected), 2.0 * tolerance);
            }
        }
    }
}

fn leaves(device: &Device, inputs: &[Vec<f32>]) -> Vec<Tensor<1>> {
    inputs.iter().map(|v| Tensor::from_data(TensorData::new(v.clone(), [v.len()]), device)).collect()
}

/// The LSTM and its last states, a case and H, on every device.
fn lstm_agrees(case: &Case, input: usize, hidden: usize, with_literal: bool) {
    let m = case.members;
    let (w_ih, w_hh) = (numbers(2, m * 8 * hidden * input, 0.3), numbers(3, m * 8 * hidden * hidden, 0.2));
    let inputs = [case.noise(1, input), w_ih, w_hh, numbers(4, m * 8 * hidden, 0.5)];
    let shaped = |x: &[Tensor<1>]| {
        let weights = |i: usize, width: usize| x[i].clone().reshape([m, 2, 4 * hidden, width]);
        (x[0].clone().reshape(case.dims(input)), weights(1, input), weights(2, hidden), x[3].clone().reshape([m, 2, 4 * hidden]))
    };
    let all = |x: &[Tensor<1>]| {
        let (x, w_ih, w_hh, bias) = shaped(x);
        lstm::lstm(x, w_ih, w_hh, bias, case.lengths.clone()).flatten(0, 3)
    };
    let literal = |x: &[Tensor<1>]| {
        let (x, w_ih, w_hh, bias) = shaped(x);
        lstm::literal(x, w_ih, w_hh, bias, &case.lengths).flatten(0, 3)
    };
    let last = |x: &[Tensor<1>]| {
        let (x, w_ih, w_hh, bias) = shaped(x);
        lstm::lstm_last(x, w_ih, w_hh, bias, case.lengths.clone()).flatten(0, 2)
    };
    // One form is enough where products are large: lavapipe takes its time.
    let forms: &[LstmForm] = if hidden > 128 && m > 1 { &[LstmForm::Auto] } else { &[LstmForm::PerStep, LstmForm::WholeSequence] };
    for &form in forms {
        with_form(form, || {
            agrees(&format!("lstm, H = {hidden}, {form:?}"), &all, None, &inputs, 2e-5);
            agrees(&format!("lstm_last, H = {hidden}, {form:?}"), &last, None, &inputs, 2e-5);
        });
    }
    if with_literal {
        agrees(&format!("lstm, H = {hidden}"), &all, Some(&literal), &inputs, 2e-5);
    }
}

#[test]
fn the_lstm_agrees_on_every_backend_to_2e_5() {
    for (case, (input, hidden)) in cases().zip([(1, 1), (4, 2), (3, 7), (9, 17), (5, 6)]) {
        lstm_agrees(&case, input, hidden, case.residues < 10);
    }
    for members in [1, 3] {
        let rows = [6, 1, 0, 3].repeat(members);
        for hidden in [5, 64, 200] {
            lstm_agrees(&Case::new(members, &rows), 7, hidden, false);
        }
    }
}

#[test]
fn the_lstm_agrees_beyond_the_end_of_a_chunk() {
    // The chunks of `ops/lstm/cube/mod.rs` are at most 128 steps.
    lstm_agrees(&Case::new(2, &[300, 128, 129, 1, 0, 256, 257, 40]), 3, 5, false);
}

#[test]
fn the_lstm_agrees_with_more_proteins_than_a_tile() {
    let lengths: Vec<u32> = (0..70).map(|i| (i * 5) % 7).collect();
    lstm_agrees(&Case::new(1, &lengths), 20, 18, false);
}

#[test]
fn the_residue_convolution_agrees_on_every_backend_to_1e_5() {
    const WIDTHS: [usize; 4] = [1, 3, 4, 21]; // 21 is wider than most of the proteins
    for (case, filters) in cases().zip([3, 10, 1, 17, 3]) {
        // None, a profile's 20, and a profile with 33 own numbers.
        for columns in [0, 20, 53] {
            let (m, taps) = (case.members, 29);
            let codes: Vec<u8> = numbers(1, case.places(), 12.5).iter().map(|v| (v + 12.5) as u8).collect();
            let residues = Residues {
                codes: codes.into(),
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
            agrees("residue_conv", &own, (case.residues < 10).then_some(&literal as Op), &inputs, 1e-5);
        }
    }
}

#[test]
fn linear_layers_and_attention_agree_on_every_backend_to_2e_5() {
    for (case, (input, output)) in cases().zip([(1, 1), (5, 3), (70, 11), (7, 65), (130, 70)]) {
        let m = case.members;
        let dims = [m, case.batch, case.residues];
        let inputs = [case.noise(1, input), numbers(2, m * output * input, 1.0), numbers(3, m * output, 1.0)];
        let own = |x: &[Tensor<1>]| {
            let (weight, bias) = (x[1].clone().reshape([m, output, input]), x[2].clone().reshape([m, output]));
            linear::linear(x[0].clone().reshape(case.dims(input)), weight, bias, case.lengths.clone()).flatten(0, 3)
        };
        agrees("linear", &own, None, &inputs, 1e-5);
        let own = |x: &[Tensor<1>]| {
            let (w, v) = (x[1].clone().reshape([m, output, input]), x[2].clone().reshape([m, 1, output]));
            attention_scores::attention_scores(x[0].clone().reshape(case.dims(input)), w, v, case.lengths.clone()).flatten(0, 2)
        };
        agrees("attention_scores", &own, None, &inputs, 2e-5);
        let own = |x: &[Tensor<1>]| masked_softmax::masked_softmax(x[0].clone().reshape(dims), case.lengths.clone()).flatten(0, 2);
        agrees("masked_softmax", &own, None, &[case.noise(1, 1).iter().map(|s| s * 5.0).collect()], 1e-6);
        // its contract: both are 0 beyond a length
        let inputs = [case.padded(1, 1), case.padded(2, input)];
        let own = |x: &[Tensor<1>]| {
            weighted_sum::weighted_sum(x[0].clone().reshape(dims), x[1].clone().reshape(case.dims(input)), case.lengths.clone())
                .flatten(0, 2)
        };
        agrees("weighted_sum", &own, None, &inputs, 1e-5);
    }
}

#[test]
fn a_dropout_mask_is_the_same_bits_on_every_backend() {
    for (case, units) in cases().zip([1, 3, 4, 17, 8]) {
        let mask = DropoutMask {
            p: 0.3,
            layer: 2,
            seeds: (0..case.members as u64).map(|m| u64::MAX - m).collect(),
            steps: (0..case.members as u32).map(|m| 70_000 + m).collect(),
            records: (0..case.lengths.len() as u32).map(|r| r * 1_000_003).collect(),
            lengths: case.lengths.clone(),
        };
        let own = |x: &[Tensor<1>]| dropout::dropout(x[0].clone().reshape(case.dims(units)), mask.clone()).flatten(0, 3);
        let inputs = [case.noise(1, units)];
        let dy = numbers(99, case.places() * units, 1.0);
        let expected = run_on(&cpu(), &own, &inputs, &dy);
        for (name, device) in devices() {
            assert_eq!(run_on(&device, &own, &inputs, &dy), expected, "{name}");
        }
    }
}

/// Logits, pooled states, attention, the loss and every parameter's gradient of a network in training.
fn trained_once(config: &ModelConfig, seeds: &[u64], rows: &[&[u32]], device: &Device) -> Vec<(String, Vec<f32>)> {
    let records = records(4, &[12, 1, 30, 7, 3, 21]);
    let tracked = device.clone().autodiff();
    let leaves: Vec<Tensor<2>> =
        network(config, seeds, device).parameters.values.into_iter().map(|v| Tensor::from_inner(v).require_grad()).collect();
    let parameters = Parameters::of(config, leaves.clone());
    let names: Vec<String> = parameters.specs().iter().map(|s| format!("gradient of {}", s.name)).collect();
    let network = Network::new(Arc::new(config.clone()), &table(config.table_features), parameters, &tracked);
    let batch = Batch::new(&records, rows, config, &tracked);
    let dropout = Dropout { residues: 0.1, lstm_input: 0.5, dense_input: 0.3, softmax_input: 0.2 };
    let mode = Mode::Train { dropout, seeds: seeds.into(), steps: vec![3; seeds.len()].into() };
    let label = |row: &u32| row % config.classes.len() as u32;
    let labels: Vec<Option<u32>> = rows.iter().flat_map(|rows| (0..batch.size).map(|b| rows.get(b).map(label))).collect();
    let found = network.forward(&batch, &mode);
    let loss = CrossEntropy { label_smoothing: 0.1, class_weights: None }.forward(found.logits.clone(), &labels);
    let grads = loss.total.clone().backward();
    let mut all = vec![
        ("logits".to_owned(), host(found.logits.inner())),
        ("pooled".to_owned(), host(found.pooled.inner())),
        ("loss".to_owned(), host(loss.total.inner())),
    ];
    all.extend(found.attention.map(|a| ("attention".to_owned(), host(a.inner()))));
    all.extend(names.into_iter().zip(leaves.iter().map(|leaf| host(leaf.grad(&grads).unwrap()))));
    all
}

#[test]
fn the_networks_and_every_gradient_agree_on_every_backend_to_2e_4_of_each() {
    let encodings = |kind| {
        let both: ModelConfig = config(kind);
        [vec![ModelConfig { profile: false, ..both.clone() }, both.clone(), ModelConfig { table_features: 0, ..both }], options(kind)]
            .concat()
    };
    for config in KINDS.into_iter().flat_map(encodings) {
        for (seeds, rows) in [(vec![5], vec![vec![0, 1, 2, 3]]), (vec![5, 6, 7], vec![vec![4, 5, 1], vec![2], vec![]])] {
            let rows: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
            let expected = trained_once(&config, &seeds, &rows, &cpu());
            for (name, device) in devices() {
                for ((what, found), (_, expected)) in trained_once(&config, &seeds, &rows, &device).iter().zip(&expected) {
                    assert_relative(&format!("{:?} on {name}: {what}", config.kind), found, &f64s(expected), 2e-4);
                }
            }
        }
    }
    assert_eq!(KINDS, [ModelKind::RLstm, ModelKind::ALstm]);
}
