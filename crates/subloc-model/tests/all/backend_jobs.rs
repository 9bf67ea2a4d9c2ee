//! Jobs on every backend of this machine against those on the CPU: training, prediction, memory that runs out.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use burn::tensor::{Device, Tensor, TensorData};
use subloc_model::{
    Error, TrainedModel,
    config::{Adam, ModelKind, TrainingConfig},
    ops::{
        context::{self, Context},
        update::{self, AdamNumbers},
    },
    predict::{AtOnce, Outputs},
    train::{EpochReport, Event},
};

use crate::{
    backends::devices,
    problem::{Job, Problem, everything, failed, plain, plans},
    support::{Folder, KINDS, assert_close, assert_relative, cpu, f64s, host, numbers, predict},
};

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
fn prediction_takes_fewer_proteins_at_once_where_memory_runs_out_says_so_once_and_keeps_to_it() {
    let problem = Problem::new(ModelKind::ALstm, 90);
    let model = Job::new(&problem, plain(), plans(90, &[1])).model();
    let expected = predict(&model, &cpu(), &problem.records, Outputs::default()).unwrap();
    for (name, device) in devices() {
        let within = |bytes, at_once: &AtOnce| {
            let context = Context { largest_allocation: Some(bytes), ..Context::detect() };
            let mut told = Vec::new();
            let warn = &mut |line| told.push(line);
            let found = context::with(context, || {
                subloc_model::predict::predict(&model, &device, &problem.records, Outputs::default(), at_once, warn)
            });
            (found, told)
        };
        let at_once = AtOnce::default();
        // z of 5 proteins, 15 steps of both directions and 4 H.
        let (found, told) = within(15 * 2 * 5 * 24 * 4, &at_once);
        assert_close(&name, &found.unwrap().probabilities, &f64s(&expected.probabilities), 2e-5);
        // 64 proteins of 15 residues are halved to 4.
        assert_eq!(at_once.residues(), 15 * 4, "{name}");
        assert!(told.len() == 1 && told[0].contains("residues or fewer") && told[0].lines().count() == 1, "{name}: {told:?}");
        // Another call keeps to it: nothing fails any more.
        let (found, told) = within(15 * 2 * 5 * 24 * 4, &at_once);
        assert_close(&name, &found.unwrap().probabilities, &f64s(&expected.probabilities), 2e-5);
        assert_eq!((told.len(), at_once.residues()), (0, 15 * 4), "{name}");
        let (one, told) = within(64, &AtOnce::default());
        let one = one.unwrap_err();
        assert_eq!((one.code, &one.facts["proteins"], told.len()), ("OUT_OF_MEMORY", &1.into(), 1), "{name}: {one}");
    }
}

#[test]
fn an_evaluation_that_runs_out_of_memory_says_so_once_a_training() {
    let problem = Problem::new(ModelKind::RLstm, 90);
    // Steps of two proteins, evaluations of fifteen: z of four fits.
    let training = TrainingConfig { batch_size: 2, epochs: 2, ..plain() };
    let z = 15 * 2 * 4 * 24 * size_of::<f32>();
    for (name, device) in devices() {
        let job = || Job::new(&problem, training.clone(), plans(90, &[1])).on(&device);
        let (expected, expected_events) = job().run();
        assert!(expected.is_ok(), "{name}");
        let (found, events) = with_memory(job(), z);
        assert!(found.is_ok(), "{name}");
        let warnings: Vec<_> = events.iter().filter(|e| matches!(e, Event::Warning { .. })).collect();
        assert_eq!(warnings.len(), 1, "{name}: {warnings:?}");
        assert_same_reports(&name, &events, &expected_events, 1e-3);
    }
}
