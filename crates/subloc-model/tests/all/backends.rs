//! Every backend of this machine against the CPU and the literal forms. A backend that is not there is skipped, and the test says so.
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use burn::tensor::{Device, Tensor, TensorData};
use subloc_model::{
    Error, TrainedModel,
    batch::Batch,
    config::{Adam, Dropout, ModelConfig, ModelKind, TrainingConfig},
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
        residue_conv::{self, ProfileBlock, Residues},
        update::{self, AdamNumbers},
        weighted_sum,
    },
    predict::{Outputs, predict},
    train::{EpochReport, Event},
};

use crate::{
    oracle::{Case, Op, cases, run_on},
    problem::{Job, Problem, everything, failed, plain, plans},
    support::{Folder, KINDS, assert_close, assert_relative, config, cpu, f64s, host, network, numbers, options, records, table},
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
    // The chunks of `ops/lstm/cube.rs` are at most 128 steps.
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
        for with_profile in [false, true] {
            let (m, taps) = (case.members, 29);
            let codes: Vec<u8> = numbers(1, case.places(), 12.5).iter().map(|v| (v + 12.5) as u8).collect();
            let residues = Residues {
                codes: codes.into(),
                lengths: case.lengths.clone(),
                dims: [m, case.batch, case.residues],
                widths: WIDTHS.into(),
                scale: 1.25,
            };
            let profile = case.noise(2, 20);
            let mut inputs = vec![numbers(3, m * taps * 25 * filters, 1.0), numbers(4, m * WIDTHS.len() * filters, 1.0)];
            if with_profile {
                inputs.push(numbers(5, m * taps * 20 * filters, 1.0));
            }
            let shaped = |x: &[Tensor<1>]| {
                let rows = || Tensor::from_data(TensorData::new(profile.clone(), case.dims(20)), &x[0].device());
                let block = x.get(2).map(|w| ProfileBlock { weights: w.clone().reshape([m, taps, 20, filters]), rows: rows() });
                (x[0].clone().reshape([m, taps, 25, filters]), block, x[1].clone().reshape([m, WIDTHS.len() * filters]))
            };
            let own = |x: &[Tensor<1>]| {
                let (table, profile, bias) = shaped(x);
                residue_conv::residue_conv(table, profile, bias, residues.clone()).flatten(0, 3)
            };
            let literal = |x: &[Tensor<1>]| {
                let (table, profile, bias) = shaped(x);
                residue_conv::literal(table, profile, bias, &residues).flatten(0, 3)
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
    let batch = Batch::new(&records, rows, config.profile, &tracked);
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

/// Eleven steps of two members side by side, with everything that a training can do but early stopping.
fn eleven_steps() -> TrainingConfig {
    // 45 and 62 rows in batches of 16: 3 and 4 steps an epoch, of which there are 3
    TrainingConfig { early_stopping: None, members_per_step: 2, ..everything() }
}

fn weights(model: &TrainedModel) -> Vec<f32> {
    (0..model.members()).flat_map(|m| model.network(m, &cpu()).parameters.values).flat_map(host).collect()
}

fn reports(events: &[Event]) -> Vec<EpochReport> {
    let report = |event: &Event| if let Event::Epoch(report) = event { Some(report.clone()) } else { None };
    events.iter().filter_map(report).collect()
}

/// Reports agree but for rounding: `tolerance` of losses and norms, the counts to the last one.
fn assert_same_reports(what: &str, found: &[Event], expected: &[Event], tolerance: f64) {
    let (found, expected) = (reports(found), reports(expected));
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!((found.member, found.epoch, found.steps), (expected.member, expected.epoch, expected.steps), "{what}");
        assert_eq!(found.learning_rate.to_bits(), expected.learning_rate.to_bits(), "{what}");
        assert!((found.training_accuracy - expected.training_accuracy).abs() < 0.03, "{what}: one answer of 45 may flip");
        for (found, expected) in [
            (found.training_loss, expected.training_loss),
            (found.gradient_norm, expected.gradient_norm),
            (found.test_loss.unwrap(), expected.test_loss.unwrap()),
            (found.validation_loss.unwrap(), expected.validation_loss.unwrap()),
        ] {
            assert!((found - expected).abs() <= tolerance * expected.abs(), "{what}: found {found}, expected {expected}");
        }
    }
}

#[test]
fn eleven_training_steps_agree_on_every_backend_to_1e_3() {
    for kind in KINDS {
        let problem = Problem::new(kind, 90);
        let (expected, expected_events) = Job::new(&problem, eleven_steps(), plans(90, &[1, 2])).run();
        let expected = f64s(&weights(&expected.unwrap()));
        for (name, device) in devices() {
            let (found, events) = Job::new(&problem, eleven_steps(), plans(90, &[1, 2])).on(&device).run();
            assert_same_reports(&name, &events, &expected_events, 1e-3);
            assert_relative(&format!("{kind:?} on {name}: weights"), &weights(&found.unwrap()), &expected, 1e-3);
        }
    }
}

#[test]
fn a_model_predicts_the_same_on_every_backend_wherever_it_was_trained_to_2e_5() {
    for kind in KINDS {
        let problem = Problem::new(kind, 90);
        let folder = Folder::new();
        let all = [("cpu".to_owned(), cpu())].into_iter().chain(devices()).collect::<Vec<_>>();
        for (trained_on, device) in &all {
            let path = folder.file("model.safetensors");
            Job::new(&problem, eleven_steps(), plans(90, &[1, 2])).on(device).model().save(&path).unwrap();
            let model = TrainedModel::load(&path).unwrap();
            let want = Outputs { attention: true, states: true, ..Outputs::default() };
            let expected = predict(&model, &cpu(), &problem.records, want).unwrap();
            for (name, device) in &all[1..] {
                let what = format!("{kind:?} trained on {trained_on}, on {name}");
                let found = predict(&model, device, &problem.records, want).unwrap();
                assert_close(&what, &found.probabilities, &f64s(&expected.probabilities), 2e-5);
                assert_close(&what, &found.states.unwrap(), &f64s(expected.states.as_ref().unwrap()), 2e-5);
                assert_eq!(found.attention.is_some(), kind == ModelKind::ALstm);
                if let (Some(found), Some(expected)) = (found.attention, &expected.attention) {
                    assert_close(&what, &found, &f64s(expected), 2e-5);
                }
            }
        }
    }
}

#[test]
fn early_stopping_and_a_resume_go_on_from_a_checkpoint_of_any_backend() {
    let problem = Problem::new(ModelKind::RLstm, 90);
    for (name, device) in devices() {
        let folder = Folder::new();
        let checkpoint = folder.file("state.safetensors");
        // Two epochs on the device, the third on the CPU: as three on the CPU, but for rounding.
        let cancel = Arc::<AtomicBool>::default();
        let job = Job::new(&problem, everything(), plans(90, &[1])).at(checkpoint.clone()).on(&device);
        let stopped = job.run_with(&cancel, &mut |event| {
            if matches!(event, Event::Epoch(EpochReport { epoch: 2, .. })) {
                cancel.store(true, Ordering::Relaxed);
            }
        });
        assert_eq!(failed(stopped).code, "CANCELLED", "{name}");
        let (resumed, _) = Job { device: cpu(), ..job }.run();
        let (expected, _) = Job::new(&problem, everything(), plans(90, &[1])).run();
        assert_relative(&name, &weights(&resumed.unwrap()), &f64s(&weights(&expected.unwrap())), 1e-3);
    }
}

#[test]
fn a_member_that_diverges_on_a_device_rests_and_the_other_goes_on() {
    let problem = Problem::new(ModelKind::RLstm, 90);
    // Only member 2 sees class 2, whose weight makes its loss NaN.
    let training = TrainingConfig { members_per_step: 2, class_weights: Some(vec![1.0, 1.0, f64::NAN]), ..plain() };
    let mut members = plans(90, &[1, 2]);
    members[0].train.retain(|row| problem.labels[*row as usize] != 2);
    let (_, alone) = Job::new(&problem, training.clone(), members[..1].to_vec()).run();
    for (name, device) in devices() {
        let (result, events) = Job::new(&problem, training.clone(), members.clone()).on(&device).run();
        let error = failed(result);
        assert_eq!(error.code, "TRAINING_DIVERGED", "{name}");
        let at = &error.facts["members"].as_array().unwrap()[..];
        assert_eq!(at, [serde_json::json!({ "member": 2, "epoch": 1, "step": 1 })], "{name}");
        let own: Vec<Event> = events.into_iter().filter(|e| matches!(e, Event::Epoch(r) if r.member == 1)).collect();
        let losses = |events: &[Event]| reports(events).iter().map(|r| r.training_loss).collect::<Vec<_>>();
        assert_eq!(own.len(), 3, "{name}");
        for (found, expected) in losses(&own).iter().zip(losses(&alone)) {
            assert!((found - expected).abs() < 1e-3 * expected, "{name}: {found}, {expected}");
        }
    }
}

#[test]
fn a_learning_rate_that_no_weight_survives_ends_in_training_diverged() {
    let problem = Problem::new(ModelKind::RLstm, 90);
    for (name, device) in devices() {
        for learning_rate in [1e30, 1e39] {
            let training = TrainingConfig { epochs: 2, optimizer: Adam { learning_rate, ..plain().optimizer }, ..plain() };
            let error = failed(Job::new(&problem, training, plans(90, &[1])).on(&device).run().0);
            assert_eq!(error.code, "TRAINING_DIVERGED", "{name} {learning_rate}");
        }
    }
}

#[test]
fn the_update_agrees_with_its_form_on_slices_to_1e_6() {
    let (m, n) = (3, 700);
    let run = |device: &Device| {
        let tensor = |stream: u64, width: usize, range: f32| -> Tensor<2> {
            Tensor::from_data(TensorData::new(numbers(stream, m * width, range), [m, width]), device)
        };
        let gradient = tensor(1, n, 1.0);
        let squares = update::add_squares(gradient.clone(), tensor(2, 1, 0.0));
        // Member 1 clips, member 2 has no batch, and member 3's loss is not finite.
        let orders = vec![1.0, 16.0, 0.01, 1.5, 0.002, 0.3, 0.0, 0.0, 0.01, 1.5, 0.002, 0.0, 1.0, 9.0, 0.01, 1.5, 0.002, 0.0];
        let losses = Tensor::from_data(TensorData::new(vec![0.5, 0.0, f32::NAN], [m, 1]), device);
        let ledger = update::judge(update::ledger(m, device), orders, squares, losses, tensor(3, 1, 5.0), 7);
        let numbers = AdamNumbers { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        let second = tensor(5, n, 1.0).powf_scalar(2.0);
        let [weights, first, second] = update::adam(tensor(4, n, 1.0), [tensor(6, n, 1.0), second], gradient, ledger.clone(), numbers);
        let average = update::average(tensor(7, n, 1.0), weights.clone(), ledger.clone(), 0.9);
        [ledger, weights, first, second, average].map(host)
    };
    let expected = run(&cpu());
    assert_eq!(expected[0][24], 7.0, "member 3 failed in step 7");
    assert_eq!([7, 19, 31].map(|at| expected[0][at]), [1.0, 0.0, 0.0], "only member 1 takes the step");
    for (name, device) in devices() {
        for (what, (found, expected)) in ["ledger", "weights", "m", "v", "average"].into_iter().zip(run(&device).iter().zip(&expected)) {
            assert_close(&format!("{what} on {name}"), found, &f64s(expected), 1e-6);
        }
    }
}

/// Runs a job whose arrays may have so many bytes at most; the result, and its warnings.
fn with_memory(job: Job, largest_allocation: usize) -> (Result<TrainedModel, Error>, Vec<Event>) {
    let mut events = Vec::new();
    let result = Job { largest_allocation: Some(largest_allocation), ..job }.run_with(&Arc::default(), &mut |event| events.push(event));
    (result, events)
}

#[test]
fn memory_that_runs_out_halves_the_batch_with_one_warning_to_the_same_weights() {
    let problem = Problem::new(ModelKind::RLstm, 90);
    // The largest array is z: 15 steps of 2 members · 2 · 16 proteins · 4 H.
    let z = 15 * 2 * 2 * 16 * 24 * size_of::<f32>();
    for (name, device) in devices() {
        let job = || Job::new(&problem, TrainingConfig { epochs: 1, ..eleven_steps() }, plans(90, &[1, 2])).on(&device);
        let (expected, expected_events) = job().run();
        let expected = f64s(&weights(&expected.unwrap()));
        for parts in [2, 7] {
            let (found, events) = with_memory(job(), z / parts);
            let warnings = events.iter().filter(|e| matches!(e, Event::Warning { .. })).count();
            assert_eq!(warnings, 1, "{name}: one warning");
            assert_same_reports(&name, &events, &expected_events, 1e-3);
            assert_relative(&format!("{name}: weights"), &weights(&found.unwrap()), &expected, 1e-3);
        }
        let error = failed(with_memory(job(), 64).0);
        assert_eq!((error.code, &error.facts["proteins"]), ("OUT_OF_MEMORY", &1.into()), "{name}: {error}");
        // The device is as good as before.
        assert!(job().run().0.is_ok(), "{name}");
    }
}

#[test]
fn prediction_takes_fewer_proteins_at_once_where_memory_runs_out() {
    let problem = Problem::new(ModelKind::ALstm, 90);
    let model = Job::new(&problem, plain(), plans(90, &[1])).model();
    let expected = predict(&model, &cpu(), &problem.records, Outputs::default()).unwrap();
    for (name, device) in devices() {
        let within = |bytes| {
            let context = Context { largest_allocation: Some(bytes), ..Context::detect() };
            context::with(context, || predict(&model, &device, &problem.records, Outputs::default()))
        };
        let found = within(15 * 2 * 5 * 24 * 4).unwrap();
        assert_close(&name, &found.probabilities, &f64s(&expected.probabilities), 2e-5);
        assert_eq!(within(64).unwrap_err().code, "OUT_OF_MEMORY", "{name}");
    }
}
