//! What training promises besides reproducibility: it learns, stops early, keeps the best, and survives a member that diverges.
use subloc_model::{
    Error,
    batch::Records,
    config::{Adam, EarlyStopping, TrainingConfig},
    predict::Outputs,
    train::{EpochReport, Event, MemberPlan},
};

use crate::{
    problem::{Job, Problem, bytes, failed, plain, plans},
    support::{Folder, KINDS, cpu, predict},
};

fn reports(events: &[Event], member: usize) -> Vec<&EpochReport> {
    let own = events.iter().filter_map(|e| match e {
        Event::Epoch(report) => Some(report),
        _ => None,
    });
    own.filter(|r| r.member == member).collect()
}

#[test]
fn a_motif_is_learnt() {
    for kind in KINDS {
        let problem = Problem::new(kind, 240);
        let training = TrainingConfig { epochs: 12, ..plain() };
        let plan = MemberPlan { seed: 1, train: (0..180).collect(), validation: vec![], test: (180..240).collect() };
        let (model, events) = Job::new(&problem, training, vec![plan]).run();
        let reports = reports(&events, 1);
        let (first, last) = (reports[0], reports[11]);
        assert!(
            last.training_loss < 0.5 * first.training_loss,
            "{kind:?}: {} is not far below {}",
            last.training_loss,
            first.training_loss
        );
        assert!(last.training_accuracy > 0.9 && last.test_accuracy > Some(0.9), "{kind:?}: {last:?}");
        // 180 proteins in batches of 16
        assert!(reports.iter().all(|r| r.steps == 12 && r.gradient_norm > 0.0 && r.validation_loss.is_none()));

        // what was reported of the test rows is what the model predicts
        let found = predict(&model.unwrap(), &cpu(), &problem.records, Outputs::default()).unwrap().probabilities;
        let loss = (180..240).map(|row| -f64::from(found[row * 3 + problem.labels[row] as usize]).ln()).sum::<f64>() / 60.0;
        assert!((last.test_loss.unwrap() - loss).abs() < 1e-12, "{kind:?}");
    }
}

#[test]
fn steps_epochs_and_checkpoints_are_told_in_order() {
    let problem = Problem::new(KINDS[0], 90);
    let (_, events) = Job::new(&problem, TrainingConfig { epochs: 2, members_per_step: 2, ..plain() }, plans(90, &[1, 2])).run();
    let told = events.iter().map(|event| match event {
        Event::Step { epoch, step, steps, loss } => {
            assert!(loss.is_finite());
            format!("{epoch}:{step}/{steps}")
        }
        Event::Epoch(EpochReport { member, epoch, steps, .. }) => format!("{epoch} member {member} {steps} steps"),
        other => format!("{other:?}"),
    });
    // 45 and 62 rows in batches of 16: 3 and 4 steps
    let epoch = |e: usize| {
        let steps = (1..=4).map(move |s| format!("{e}:{s}/4"));
        steps.chain([format!("{e} member 1 3 steps"), format!("{e} member 2 4 steps")])
    };
    assert_eq!(told.collect::<Vec<_>>(), epoch(1).chain(epoch(2)).collect::<Vec<_>>());
}

#[test]
fn early_stopping_keeps_the_best_epoch() {
    for kind in KINDS {
        // Labels without sense: what is learnt by heart makes the validation rows worse.
        let mut problem = Problem::new(kind, 90);
        problem.labels.iter_mut().enumerate().for_each(|(i, label)| *label = (i as u32 * 7919 / 13) % 3);
        let training = TrainingConfig { epochs: 60, early_stopping: Some(EarlyStopping { patience: 4 }), ..plain() };
        let members = plans(90, &[1, 2]);
        let (model, events) = Job::new(&problem, TrainingConfig { members_per_step: 2, ..training.clone() }, members.clone()).run();
        let model = bytes(&model.unwrap());
        let alone = members.iter().enumerate().map(|(m, plan)| {
            let losses: Vec<f64> = reports(&events, m + 1).iter().map(|r| r.validation_loss.unwrap()).collect();
            let best = (0..losses.len()).fold(0, |best, i| if losses[i] < losses[best] { i } else { best }) + 1;
            assert_eq!(losses.len(), best + 4, "{kind:?} member {}: four epochs after the best", m + 1);
            // as if training had ended there
            Job::new(&problem, TrainingConfig { epochs: best, early_stopping: None, ..training.clone() }, vec![plan.clone()]).model()
        });
        let expected = subloc_model::TrainedModel::merge(alone.collect()).unwrap();
        assert!(model == bytes(&expected), "{kind:?}");
    }
}

fn diverged(error: &Error) -> Vec<u64> {
    assert_eq!(error.code, "TRAINING_DIVERGED");
    error.facts["members"].as_array().unwrap().iter().map(|m| m["member"].as_u64().unwrap()).collect()
}

#[test]
fn a_huge_learning_rate_ends_in_training_diverged() {
    for kind in KINDS {
        let problem = Problem::new(kind, 90);
        for (learning_rate, epochs) in [(1e30, 2), (1e39, 2)] {
            let training = TrainingConfig { epochs, optimizer: Adam { learning_rate, ..plain().optimizer }, ..plain() };
            let (result, events) = Job::new(&problem, training, plans(90, &[1, 2])).run();
            assert_eq!(diverged(&failed(result)), [1, 2], "{kind:?} {learning_rate}");
            assert_eq!(events.iter().filter(|e| matches!(e, Event::Diverged { .. })).count(), 2);
        }
    }
}

#[test]
fn weights_that_overflow_in_the_very_last_step_are_no_model() {
    let problem = Problem::new(KINDS[0], 90);
    // One step in all: its loss is finite, the weights after it are not.
    let training = TrainingConfig { epochs: 1, batch_size: 100, optimizer: Adam { learning_rate: 1e39, ..plain().optimizer }, ..plain() };
    let folder = Folder::new();
    let checkpoint = folder.file("state.safetensors");
    let (result, _) = Job::new(&problem, training, plans(90, &[1])).at(checkpoint.clone()).run();
    assert_eq!(diverged(&failed(result)), [1]);
    // The state before that step is what stays.
    let file = std::fs::read(checkpoint).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&file).unwrap();
    let values = |kind: &str| {
        let of_kind = tensors.iter().filter(|(name, _)| name.starts_with(kind));
        of_kind
            .flat_map(|(_, t)| t.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect::<Vec<_>>())
            .collect::<Vec<f32>>()
    };
    assert!(values("weights.").iter().all(|v| v.is_finite()) && values("weights.").iter().any(|v| *v != 0.0));
    assert!(values("first.").iter().all(|v| *v == 0.0), "no moment of the step that was not taken");
}

#[test]
fn a_member_that_diverges_is_named_and_the_other_finishes_as_if_alone() {
    for kind in KINDS {
        let problem = Problem::new(kind, 90);
        for members_per_step in [1, 2] {
            // Only member 2 sees class 2, whose weight makes its loss NaN.
            let training = TrainingConfig { members_per_step, class_weights: Some(vec![1.0, 1.0, f64::NAN]), ..plain() };
            let mut members = plans(90, &[1, 2]);
            members[0].train.retain(|row| problem.labels[*row as usize] != 2);
            let (result, events) = Job::new(&problem, training.clone(), members.clone()).run();
            let error = failed(result);
            assert_eq!(diverged(&error), [2], "{kind:?}");
            assert_eq!((&error.facts["members"][0]["epoch"], &error.facts["members"][0]["step"]), (&1.into(), &1.into()));
            let (alone, expected) = Job::new(&problem, training, members[..1].to_vec()).run();
            assert!(alone.is_ok());
            let json = |events: &[Event]| reports(events, 1).iter().map(|r| serde_json::to_string(r).unwrap()).collect::<Vec<_>>();
            assert_eq!((json(&events), json(&events).len()), (json(&expected), 3), "{kind:?}");
            assert!(reports(&events, 2).is_empty());
        }
    }
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let problem = Problem::new(KINDS[0], 90);
    let refused = |problem: &Problem, training: TrainingConfig, members: Vec<MemberPlan>| {
        let error = failed(Job::new(problem, training, members).run().0);
        assert_eq!(error.code, "INVALID_OPTION");
        error.facts["option"].as_str().unwrap().to_owned()
    };
    let plan = plans(90, &[1]);
    for training in [
        TrainingConfig { epochs: 0, ..plain() },
        TrainingConfig { batch_size: 0, ..plain() },
        TrainingConfig { bucket_batches: 0, ..plain() },
        TrainingConfig { members_per_step: 0, ..plain() },
    ] {
        assert_eq!(refused(&problem, training, plan.clone()), "training");
    }
    assert_eq!(refused(&problem, TrainingConfig { class_weights: Some(vec![1.0]), ..plain() }, plan.clone()), "classWeights");
    assert_eq!(refused(&problem, plain(), vec![]), "members");
    assert_eq!(refused(&problem, plain(), vec![MemberPlan { train: vec![], ..plan[0].clone() }]), "members");
    let stopping = TrainingConfig { early_stopping: Some(EarlyStopping { patience: 1 }), ..plain() };
    assert_eq!(refused(&problem, stopping, vec![MemberPlan { validation: vec![], ..plan[0].clone() }]), "earlyStopping");
    let mut without = Problem::new(KINDS[0], 90);
    without.model.profile = true;
    without.records = Records { profiles: None, ..without.records };
    assert_eq!(refused(&without, plain(), plan), "profiles");
}
