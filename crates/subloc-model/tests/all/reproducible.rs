//! The same seed gives the same bytes, however the work is laid out.
use subloc_model::{
    TrainedModel,
    config::TrainingConfig,
    train::{EpochReport, Event},
};

use crate::{
    problem::{Job, Problem, bytes, everything, plain, plans},
    support::KINDS,
};

const N: u32 = 90;

/// The reports as the history has them, without times.
fn reports(events: &[Event], member: usize) -> Vec<String> {
    let own = events.iter().filter_map(|e| match e {
        Event::Epoch(report) if report.member == member => Some(report),
        _ => None,
    });
    own.map(|r| serde_json::to_string(&EpochReport { member: 0, ..r.clone() }).unwrap()).collect()
}

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    for kind in KINDS {
        let problem = Problem::new(kind, N);
        for training in [plain(), everything()] {
            let run = |threads| {
                let (model, events) = Job { threads, ..Job::new(&problem, training.clone(), plans(N, &[1])) }.run();
                (bytes(&model.unwrap()), reports(&events, 1))
            };
            let (one, two) = (run(1), run(2));
            assert!(one == two, "{kind:?}");
        }
    }
}

#[test]
fn another_seed_writes_other_bytes() {
    let problem = Problem::new(KINDS[0], N);
    let run = |seed| bytes(&Job::new(&problem, plain(), plans(N, &[seed])).model());
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn members_trained_together_in_turn_and_alone_are_the_same_bytes() {
    let seeds = [3, 4, 5];
    for kind in KINDS {
        let problem = Problem::new(kind, N);
        for training in [plain(), everything()] {
            let together = |members_per_step| {
                let training = TrainingConfig { members_per_step, ..training.clone() };
                let (model, events) = Job::new(&problem, training, plans(N, &seeds)).run();
                (bytes(&model.unwrap()), [1, 2, 3].map(|m| reports(&events, m)))
            };
            let in_turn = together(1);
            for members_per_step in [2, 3, 10] {
                assert!(together(members_per_step) == in_turn, "{kind:?}, {members_per_step} members a step");
            }
            let alone: Vec<_> = plans(N, &seeds).into_iter().map(|plan| Job::new(&problem, training.clone(), vec![plan]).run()).collect();
            for ((_, events), joint) in alone.iter().zip(&in_turn.1) {
                assert_eq!(reports(events, 1), *joint, "{kind:?}");
            }
            let merged = TrainedModel::merge(alone.into_iter().map(|(model, _)| model.unwrap()).collect()).unwrap();
            assert!(bytes(&merged) == in_turn.0, "{kind:?}");
        }
    }
}
