//! Any number of labels a protein: the loss against the equations, training, and thresholds in the file.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use burn::tensor::{Device, Tensor};
use subloc_model::{
    TrainedModel,
    batch::{Batch, Records},
    config::{Adam, ModelConfig, ModelKind, Objective, TrainingConfig},
    labels::Labels,
    layers::{label_loss::TrainingLoss, loss::Loss},
    models::{Mode, Network, Parameters, specs},
    predict::Outputs,
    train::{EpochReport, Event},
};

use crate::{
    backends::devices,
    equations::Literal,
    files::model,
    problem::{Job, Problem, bytes, everything, failed, plain, plans},
    support::{
        Folder, KINDS, assert_close, assert_relative, bits, config, cpu, differences, f64s, host, network, predict, records, some, table,
    },
};

/// [6, 3]; the second protein has no label, the third all.
const SETS: [u8; 18] = [1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1];
const WEIGHTS: [f64; 3] = [1.0, 0.5, 2.0];

fn loss() -> TrainingLoss<'static> {
    TrainingLoss { labels: Labels::Sets(&SETS), label_smoothing: 0.1, class_weights: Some(&WEIGHTS) }
}

fn multi_label(kind: ModelKind) -> ModelConfig {
    ModelConfig { loss: Objective::MultiLabel, ..config(kind) }
}

/// Σ over proteins and labels as the equation stands, of one member.
fn literal(logits: &[Vec<f64>], rows: &[u32]) -> f64 {
    let one = |row: u32, z: &[f64]| -> f64 {
        let term = |k: usize| {
            let t = f64::from(SETS[row as usize * 3 + k]) * 0.9 + 0.05;
            let p = 1.0 / (1.0 + (-z[k]).exp());
            -WEIGHTS[k] * (t * p.ln() + (1.0 - t) * (1.0 - p).ln())
        };
        (0..3).map(term).sum::<f64>() / 3.5
    };
    rows.iter().zip(logits).map(|(row, z)| one(*row, z)).sum::<f64>() / rows.len() as f64
}

/// The members' losses, their right answers, the total's value, and each parameter's gradient [M, n].
fn gradients(
    config: &ModelConfig,
    values: Vec<Tensor<2>>,
    records: &Records,
    rows: &[&[u32]],
) -> (Vec<f64>, Vec<usize>, f32, Vec<Vec<f32>>) {
    let leaves: Vec<Tensor<2>> = values.into_iter().map(|v| Tensor::from_inner(v).require_grad()).collect();
    let network =
        Network::new(Arc::new(config.clone()), &table(config.table_features), Parameters::of(config, leaves.clone()), &cpu().autodiff());
    let batch = Batch::new(records, rows, config, &cpu().autodiff());
    let places: Vec<Option<u32>> = rows.iter().flat_map(|rows| (0..batch.size).map(|b| rows.get(b).copied())).collect();
    let Loss { total, members, correct } = loss().forward(network.forward(&batch, &Mode::Predict).logits, &places);
    let grads = total.backward();
    (members, correct, host(total.inner())[0], leaves.iter().map(|leaf| host(leaf.grad(&grads).unwrap())).collect())
}

fn values(config: &ModelConfig, seeds: &[u64]) -> Vec<Tensor<2>> {
    network(config, seeds, &cpu()).parameters.values
}

#[test]
fn the_loss_is_that_of_the_equation_and_its_gradient_that_of_differences() {
    let records = records(2, &[1, 4, 12, 30, 7, 2]);
    let rows: Vec<u32> = (0..6).collect();
    for kind in KINDS {
        let config = multi_label(kind);
        let (losses, correct, total, found) = gradients(&config, values(&config, &[5]), &records, &[&rows]);
        let parameters: Vec<Vec<f64>> = values(&config, &[5]).into_iter().map(|v| f64s(&host(v))).collect();
        let table = f64s(&table(config.table_features));
        let logits = |parameters: &[Vec<f64>]| -> Vec<Vec<f64>> {
            let literal = Literal { config: &config, table: &table, parameters };
            rows.iter().map(|row| literal.forward(&records, *row as usize).logits).collect()
        };
        let at = |parameters: &[Vec<f64>]| literal(&logits(parameters), &rows);
        assert!((losses[0] - at(&parameters)).abs() < 1e-5 && (f64::from(total) - losses[0]).abs() < 1e-5, "{losses:?} {total}");
        let right = |(row, z): (usize, &Vec<f64>)| (0..3).all(|k| (z[k] >= 0.0) == (SETS[row * 3 + k] != 0));
        assert_eq!(correct[0], logits(&parameters).iter().enumerate().filter(|found| right(*found)).count());
        for (i, spec) in specs(&config).iter().enumerate() {
            let places = some(spec.size(), 8);
            let moved = |values: &[f64]| {
                let mut parameters = parameters.clone();
                parameters[i] = values.to_vec();
                at(&parameters)
            };
            let expected = differences(&parameters[i], &places, 1e-6, moved);
            let found: Vec<f32> = places.iter().map(|p| found[i][*p]).collect();
            assert_relative(&format!("{kind:?} {}", spec.name), &found, &expected, 1e-3);
        }
    }
}

#[test]
fn the_gradient_is_right_where_logits_are_exactly_0_and_where_they_are_huge() {
    let (config, records) = (multi_label(ModelKind::RLstm), records(3, &[5, 2, 9]));
    for bias in [0.0, 90.0, -90.0] {
        let mut values = values(&config, &[5]);
        let last = values.len() - 1;
        values[last - 1] = values[last - 1].clone() * 0.0; // output weights
        values[last] = values[last].clone() * 0.0 + bias;
        let (losses, _, _, found) = gradients(&config, values, &records, &[&[0, 2]]);
        let p = 1.0 / (1.0 + f64::exp(-bias));
        let slope = |k: usize| [0, 2].iter().map(|row| WEIGHTS[k] * (p - (f64::from(SETS[row * 3 + k]) * 0.9 + 0.05)) / 7.0).sum::<f64>();
        assert_close("output.bias", &found[last], &[slope(0), slope(1), slope(2)], 1e-6);
        assert!(losses[0].is_finite());
    }
}

#[test]
fn a_member_of_a_joint_network_equals_the_member_alone_to_the_bit() {
    let (config, records) = (multi_label(ModelKind::ALstm), records(4, &[9, 3, 1, 14, 6, 2]));
    let (rows, seeds): ([&[u32]; 2], _) = ([&[0, 1, 2, 3], &[5, 4]], [7, 8]);
    let (losses, correct, _, joint) = gradients(&config, values(&config, &seeds), &records, &rows);
    for m in 0..2 {
        let (loss, right, _, alone) = gradients(&config, values(&config, &seeds[m..=m]), &records, &rows[m..=m]);
        assert_eq!((losses[m].to_bits(), correct[m]), (loss[0].to_bits(), right[0]));
        for ((spec, joint), alone) in specs(&config).iter().zip(&joint).zip(alone) {
            assert_eq!(bits(&joint[m * spec.size()..][..spec.size()]), bits(&alone), "member {m} {}", spec.name);
        }
    }
}

fn reports(events: &[Event]) -> Vec<EpochReport> {
    events.iter().filter_map(|event| if let Event::Epoch(report) = event { Some(report.clone()) } else { None }).collect()
}

#[test]
fn a_model_learns_sets_and_a_job_that_was_stopped_goes_on_to_the_same_bytes() {
    for kind in KINDS {
        let problem = Problem::with_sets(kind, 90);
        let training = TrainingConfig { epochs: 12, ..plain() };
        let (model, events) = Job::new(&problem, training.clone(), plans(90, &[1, 2])).run();
        let (model, reports) = (model.unwrap(), reports(&events));
        let (first, last) = (&reports[0], &reports[reports.len() - 1]);
        assert!(last.training_loss < 0.75 * first.training_loss, "{} {}", first.training_loss, last.training_loss);
        // What is reported of the test rows is what the model predicts of them.
        let found = predict(&model, &cpu(), &problem.records, Outputs::default()).unwrap().probabilities;
        let sets = problem.sets.as_ref().unwrap();
        let (mut loss, mut right) = (0.0, 0.0);
        for row in 75..90 {
            let own = &found[(90 + row) * 3..][..3]; // member 2
            let has = |k: usize| sets[row * 3 + k] != 0;
            loss -= (0..3).map(|k| f64::from(if has(k) { own[k] } else { 1.0 - own[k] }).ln()).sum::<f64>() / 45.0;
            right += f64::from(u8::from((0..3).all(|k| has(k) == (own[k] >= 0.5)))) / 15.0;
        }
        assert!((last.test_loss.unwrap() - loss).abs() < 1e-4, "{} {loss}", last.test_loss.unwrap());
        assert!((last.test_accuracy.unwrap() - right).abs() < 1e-9);
        let folder = Folder::new();
        let job = Job::new(&problem, TrainingConfig { members_per_step: 2, ..everything() }, plans(90, &[1, 2]));
        let (expected, job) = (bytes(&job.model()), job.at(folder.file("state")));
        let cancel = Arc::new(AtomicBool::new(false));
        let (stop, mut steps) = (cancel.clone(), 0);
        let error = failed(job.run_with(&cancel, &mut |event| {
            steps += usize::from(matches!(event, Event::Step { .. }));
            stop.store(steps >= 6, Ordering::Relaxed);
        }));
        assert_eq!(error.code, "CANCELLED");
        assert!(bytes(&job.model()) == expected, "{kind:?}");
    }
}

#[test]
fn the_output_bias_begins_at_the_log_odds_of_each_member_s_training_rows() {
    let problem = Problem::with_sets(ModelKind::RLstm, 90);
    let optimizer = Adam { learning_rate: 0.0, ..plain().optimizer };
    let training = TrainingConfig { epochs: 1, optimizer, members_per_step: 2, ..plain() };
    let model = Job::new(&problem, training, plans(90, &[1, 2])).model();
    let sets = problem.sets.as_ref().unwrap();
    for (m, plan) in plans(90, &[1, 2]).iter().enumerate() {
        let odds = |k: usize| {
            let with = plan.train.iter().filter(|row| sets[**row as usize * 3 + k] != 0).count() as f64;
            ((with + 0.5) / (plan.train.len() as f64 - with + 0.5)).ln()
        };
        assert_close("output.bias", model.parameter(m, "output.bias"), &[odds(0), odds(1), odds(2)], 1e-6);
    }
}

#[test]
fn training_agrees_on_every_backend_in_parts_too_to_1e_3() {
    let problem = Problem::with_sets(ModelKind::ALstm, 90);
    let training = TrainingConfig { early_stopping: None, members_per_step: 2, ..everything() };
    let of = |device: &Device, largest_allocation: Option<usize>| {
        let job = Job { largest_allocation, ..Job::new(&problem, training.clone(), plans(90, &[1, 2])).on(device) };
        let (model, events) = job.run();
        let model = model.unwrap();
        let weights: Vec<f32> = (0..2).flat_map(|m| model.weights(m).concat()).collect();
        (weights, reports(&events))
    };
    let (expected, expected_reports) = of(&cpu(), None);
    for (name, device) in devices() {
        for largest in [None, Some(9000)] {
            let (found, reports) = of(&device, largest);
            assert_relative(&format!("{name}: weights"), &found, &f64s(&expected), 1e-3);
            for (found, expected) in reports.iter().zip(&expected_reports) {
                assert!((found.training_loss - expected.training_loss).abs() < 1e-3 * expected.training_loss, "{name}");
                assert!((found.training_accuracy - expected.training_accuracy).abs() < 0.03, "{name}: one answer may flip");
            }
        }
    }
}

#[test]
fn thresholds_travel_with_the_file_and_are_those_of_all_members() {
    let folder = Folder::new();
    let path = folder.file("model.safetensors");
    let plain = model(&multi_label(ModelKind::RLstm));
    assert!(plain.thresholds().is_none());
    let with = plain.with_thresholds(vec![0.25, 0.5, 0.123_456]).unwrap();
    with.save(&path).unwrap();
    let loaded = TrainedModel::load(&path).unwrap();
    assert_eq!(loaded.thresholds(), Some(&[0.25, 0.5, 0.123_456][..]));
    assert_eq!((loaded.config().loss, bytes(&loaded) == bytes(&with)), (Objective::MultiLabel, true));
    assert_eq!(loaded.select(&[1]).unwrap().thresholds(), loaded.thresholds());
    let other = plain.select(&[0]).unwrap().with_thresholds(vec![1.0, 0.5, 0.123_456]).unwrap();
    let merged = TrainedModel::merge(vec![loaded.clone(), other]).unwrap();
    assert_eq!(merged.thresholds().unwrap()[0], 0.5); // (2 · 0.25 + 1) / 3
    assert!(TrainedModel::merge(vec![loaded, plain.clone()]).unwrap().thresholds().is_none());
    for wrong in [vec![0.5; 2], vec![0.5, 1.5, 0.0], vec![f64::NAN, 0.0, 0.0]] {
        assert_eq!(failed(plain.with_thresholds(wrong)).code, "INVALID_OPTION");
    }
    assert_eq!(failed(model(&config(ModelKind::RLstm)).with_thresholds(vec![0.5; 3])).code, "INVALID_OPTION");
}

#[test]
fn labels_that_do_not_fit_the_loss_are_refused() {
    let (mut sets, mut classes) = (Problem::with_sets(ModelKind::RLstm, 90), Problem::new(ModelKind::RLstm, 90));
    sets.sets.as_mut().unwrap().pop();
    classes.model.loss = Objective::MultiLabel;
    for problem in [sets, classes] {
        assert_eq!(failed(Job::new(&problem, plain(), plans(90, &[1])).run().0).code, "INVALID_OPTION");
    }
}
