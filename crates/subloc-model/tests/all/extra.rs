//! Numbers of the user's for every residue, and profiles that are dropped in training.
use subloc_model::{
    TrainedModel,
    batch::{Batch, Extra, Records},
    config::{ModelConfig, ModelKind, TrainingConfig},
    extra::ExtraScale,
    models::{DropoutLayer, Mode},
    predict::Outputs,
};

use crate::{
    backends::devices,
    problem::{Job, Problem, bytes, everything, failed, plain, plans},
    support::{EXTRA, Folder, KINDS, assert_close, assert_relative, bits, config, cpu, f64s, host, network, numbers, predict, records},
};

/// The motif problem, whose classes stand in the numbers too: the first column is high, in the middle or low, about 100.
fn with_numbers(kind: ModelKind, n: u32) -> Problem {
    let mut problem = Problem::new(kind, n);
    let mut values = numbers(92, problem.records.codes.len() * 3, 1.0);
    for record in 0..n as usize {
        for residue in problem.records.range(record) {
            values[residue * 3] = 100.0 + values[residue * 3] + 2.0 * (problem.labels[record] as f32 - 1.0);
        }
    }
    problem.records.extra = Some(Extra { columns: 3, values });
    problem.model.extra_features = 3;
    problem
}

/// Profiles, and rows that stand in for them.
fn with_profiles(kind: ModelKind, n: u32, p: f64) -> Problem {
    let mut problem = Problem::new(kind, n);
    let bytes = |stream: u64, n: usize| numbers(stream, n, 100.0).into_iter().map(|v| (v + 100.0) as u8).collect();
    problem.records.profiles = Some(bytes(93, problem.records.codes.len() * 20));
    problem.records.stand_ins = Some(bytes(94, problem.records.codes.len() * 20));
    problem.model.profile = true;
    problem.model.profile_dropout = p;
    problem
}

fn probabilities(model: &TrainedModel, records: &Records) -> Vec<f32> {
    predict(model, &cpu(), records, Outputs::default()).unwrap().probabilities
}

#[test]
fn the_scale_is_mean_and_deviation_of_the_training_residues_that_have_numbers() {
    let mut records = records(1, &[3, 2, 1]);
    let nan = f32::NAN;
    // Two columns: protein 0, protein 1 with a gap, protein 2, which is no training protein. The second column is constant, in rounded numbers.
    let values = vec![1.0, 0.1, 2.0, 0.1, 6.0, 0.1, 3.0, 0.1, nan, nan, 1e9, 1e9];
    records.extra = Some(Extra { columns: 2, values });
    let found = ExtraScale::of(&records, &[0, 1]).unwrap();
    // (1 + 2 + 6 + 3) / 4 = 3; (4 + 1 + 9 + 0) / 4 = 3.5
    assert_eq!(found, ExtraScale { mean: vec![3.0, 0.1], deviation: vec![3.5f32.sqrt(), 0.0] });
    assert_eq!(ExtraScale::of(&Records { extra: None, ..records }, &[0]), None);
}

#[test]
fn a_network_reads_the_numbers_less_their_mean_over_their_deviation_and_0_where_there_are_none() {
    for kind in KINDS {
        let config = ModelConfig { extra_features: EXTRA, ..config(kind) };
        let raw = records(3, &[1, 4, 30]);
        let scale = ExtraScale {
            mean: numbers(1, EXTRA, 2.0),
            deviation: [vec![0.0], numbers(2, EXTRA - 1, 1.0)].concat().into_iter().map(f32::abs).collect(),
        };
        let (mut given, mut standard) = (raw.clone(), raw);
        let Extra { values, .. } = given.extra.as_mut().unwrap();
        values[2 * EXTRA..3 * EXTRA].fill(f32::NAN);
        let by_hand = |(at, value): (usize, &f32)| {
            let (mean, deviation) = (scale.mean[at % EXTRA], scale.deviation[at % EXTRA]);
            if value.is_nan() || deviation == 0.0 { 0.0 } else { (value - mean) / deviation }
        };
        standard.extra.as_mut().unwrap().values = values.iter().enumerate().map(by_hand).collect();
        let logits = |records: &Records, scales: &[ExtraScale]| {
            let network = network(&config, &[5], &cpu()).scaled(scales, &cpu());
            host(network.forward(&Batch::new(records, &[&[0, 1, 2]], &config, &cpu()), &Mode::Predict).logits)
        };
        assert_close("logits", &logits(&given, std::slice::from_ref(&scale)), &f64s(&logits(&standard, &[])), 1e-5);
        assert_ne!(bits(&logits(&given, &[scale])), bits(&logits(&records(3, &[1, 4, 30]), &[])));
    }
}

#[test]
fn a_training_finds_the_classes_in_the_numbers_and_its_file_predicts_the_same_bits() {
    for kind in KINDS {
        let mut problem = with_numbers(kind, 120);
        // Without the residues there is nothing else to learn from.
        problem.records.codes.fill(0);
        let model = Job::new(&problem, TrainingConfig { epochs: 40, ..plain() }, plans(120, &[1])).model();
        let found = probabilities(&model, &problem.records);
        let right = |(p, label): (&[f32], &u32)| p.iter().all(|other| *other <= p[*label as usize]);
        let right = found.chunks(3).zip(&problem.labels).filter(|case| right(*case)).count();
        assert!(right >= 110, "{kind:?}: {right} of 120");
        let folder = Folder::new();
        model.save(&folder.file("model.safetensors")).unwrap();
        let loaded = TrainedModel::load(&folder.file("model.safetensors")).unwrap();
        assert_eq!(bits(&probabilities(&loaded, &problem.records)), bits(&found));
    }
}

#[test]
fn each_member_standardises_by_its_own_training_rows_alone_or_beside_others_and_after_a_merge() {
    let problem = with_numbers(ModelKind::ALstm, 90);
    let all = plans(90, &[1, 2]); // of different size
    let both = Job::new(&problem, everything(), all.clone()).model();
    assert_ne!(both.scale(0), both.scale(1));
    let alone: Vec<TrainedModel> = all.iter().map(|plan| Job::new(&problem, everything(), vec![plan.clone()]).model()).collect();
    for (m, alone) in alone.iter().enumerate() {
        assert!(bytes(&both.select(&[m]).unwrap()) == bytes(alone), "member {m}");
    }
    assert!(bytes(&TrainedModel::merge(alone).unwrap()) == bytes(&both));
}

#[test]
fn numbers_that_are_missing_or_of_another_width_are_an_error_with_both() {
    let mut problem = with_numbers(ModelKind::RLstm, 60);
    let model = Job::new(&problem, TrainingConfig { epochs: 1, ..plain() }, plans(60, &[1])).model();
    let mut told = |extra: Option<Extra>| {
        problem.records.extra = extra;
        let errors = [
            failed(predict(&model, &cpu(), &problem.records, Outputs::default())),
            failed(Job::new(&problem, plain(), plans(60, &[1])).run().0),
        ];
        for error in &errors {
            assert_eq!((error.code, &error.facts["option"]), ("INVALID_OPTION", &"extra".into()));
        }
        errors[0].message.clone()
    };
    assert!(told(None).contains("reads 3 own numbers a residue, and 0 were given"));
    let residues = model.config().max_residues;
    assert!(told(Some(Extra { columns: 5, values: vec![0.0; 60 * 15 * 5] })).contains("and 5 were given"), "{residues}");
}

#[test]
fn a_profile_that_is_always_dropped_trains_the_bits_of_its_stand_in() {
    for kind in KINDS {
        let always = with_profiles(kind, 60, 1.0);
        let mut stand_ins = with_profiles(kind, 60, 0.0);
        stand_ins.records.profiles = stand_ins.records.stand_ins.take();
        // The evaluation of an epoch reads the profiles as they are: only the weights are compared.
        let weights = |problem: &Problem| {
            let model = Job::new(problem, TrainingConfig { early_stopping: None, ..everything() }, plans(60, &[1])).model();
            model.weights(0).concat()
        };
        let found = bits(&weights(&always));
        assert_eq!(found, bits(&weights(&stand_ins)), "{kind:?}");
        assert_ne!(found, bits(&weights(&with_profiles(kind, 60, 0.0))), "{kind:?}");
        assert_ne!(found, bits(&weights(&with_profiles(kind, 60, 0.5))), "{kind:?}");
    }
}

#[test]
fn profile_dropout_of_0_changes_no_bit_and_needs_no_stand_ins() {
    let with = with_profiles(ModelKind::RLstm, 60, 0.0);
    let mut without = with_profiles(ModelKind::RLstm, 60, 0.0);
    without.records.stand_ins = None;
    let run = |problem: &Problem| bytes(&Job::new(problem, plain(), plans(60, &[1])).model());
    assert!(run(&with) == run(&without));
    without.model.profile_dropout = 0.5;
    let refused = failed(Job::new(&without, plain(), plans(60, &[1])).run().0);
    assert_eq!((refused.code, &refused.facts["option"]), ("INVALID_OPTION", &"profileDropout".into()));
}

#[test]
fn a_protein_loses_its_profile_with_the_probability_by_its_own_draw_whatever_the_batch() {
    let n = 4000u32;
    let mode = |step: u32| Mode::Train { dropout: subloc_model::config::Dropout::NONE, seeds: [5].into(), steps: [step].into() };
    let dropped = |step: u32, rows: &[u32]| {
        lstm_kernels::dropout::drop_records(&mode(step).record_mask(DropoutLayer::Profiles, 0.3, &rows.into()).unwrap().mask())
    };
    let rows: Vec<u32> = (0..n).collect();
    let all = dropped(1, &rows);
    // A binomial count of 4000 at 0.3 has the deviation 29: five of them.
    let count = all.iter().filter(|d| **d).count();
    assert!((1055..=1345).contains(&count), "{count}");
    assert_ne!(all, dropped(2, &rows));
    let some: Vec<u32> = (0..n).rev().step_by(7).collect();
    assert_eq!(dropped(1, &some), some.iter().map(|row| all[*row as usize]).collect::<Vec<_>>());
    assert!(Mode::Predict.record_mask(DropoutLayer::Profiles, 0.3, &rows.into()).is_none());
}

#[test]
fn a_training_with_numbers_and_dropped_profiles_agrees_on_every_backend_to_1e_3() {
    for kind in KINDS {
        let mut problem = with_profiles(kind, 90, 0.5);
        let numbers = with_numbers(kind, 90);
        (problem.records.extra, problem.model.extra_features) = (numbers.records.extra, 3);
        let training = || TrainingConfig { early_stopping: None, members_per_step: 2, ..everything() };
        let weights = |model: TrainedModel| (0..2).flat_map(|m| model.weights(m).concat()).collect::<Vec<f32>>();
        let expected = weights(Job::new(&problem, training(), plans(90, &[1, 2])).model());
        for (name, device) in devices() {
            let found = weights(Job::new(&problem, training(), plans(90, &[1, 2])).on(&device).model());
            assert_relative(&format!("{kind:?} on {name}"), &found, &f64s(&expected), 1e-3);
        }
    }
}
