//! A job that was stopped goes on to the same bytes; a checkpoint of another job, or a damaged one, is refused.
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use subloc_model::{
    Error,
    config::{Adam, EarlyStopping, ModelKind, Pooling, SecondConv, TrainingConfig},
    train::{Event, MemberPlan, history},
};

use crate::{
    hostile::{edit_header, edit_metadata},
    problem::{Job, Problem, bytes, everything, failed, plain, plans},
    support::{Folder, KINDS},
};

const N: u32 = 90;

fn three(training: TrainingConfig) -> TrainingConfig {
    TrainingConfig { members_per_step: 2, ..training }
}

#[test]
fn a_job_stopped_after_any_step_and_resumed_writes_the_bytes_of_an_uninterrupted_one() {
    let mut beyond = Problem::new(ModelKind::ALstm, N);
    beyond.model.pooling = Pooling::AttentionAndLast;
    beyond.model.second_conv = Some(SecondConv { widths: vec![3, 2], filters_per_width: 3 });
    for problem in KINDS.map(|kind| Problem::new(kind, N)).into_iter().chain([beyond]) {
        let kind = problem.model.kind;
        for training in [three(plain()), three(everything())] {
            let folder = Folder::new();
            let whole = Job::new(&problem, training.clone(), plans(N, &[1, 2, 3])).at(folder.file("whole"));
            let expected = bytes(&whole.model());
            // Three epochs of 4 and 5 steps: stops in the middle of an epoch, at its last step, and after each step.
            for every in [1, 2, 4, 7, 9, 13] {
                let path = folder.file(&format!("stopped every {every}"));
                let job = Job { threads: 1 + every % 2, ..Job::new(&problem, training.clone(), plans(N, &[1, 2, 3])).at(path.clone()) };
                let (mut stops, mut steps) = (0, 0);
                let model = loop {
                    let cancel = Arc::new(AtomicBool::new(false));
                    let stop = cancel.clone();
                    let result = job.run_with(&cancel, &mut |event| {
                        steps += usize::from(matches!(event, Event::Step { .. }));
                        stop.store(matches!(event, Event::Step { .. }) && steps % every == 0, Ordering::Relaxed);
                    });
                    match result {
                        Ok(model) => break model,
                        Err(error) => assert_eq!((error.code, &error.facts["resumable"]), ("CANCELLED", &true.into())),
                    }
                    stops += 1;
                };
                assert!(stops >= 1, "it was stopped");
                assert!(bytes(&model) == expected, "{kind:?}, every {every} steps");
                assert_eq!(history(&path).unwrap(), history(&folder.file("whole")).unwrap(), "{kind:?}, every {every} steps");
                assert!(std::fs::read(&path).unwrap() == std::fs::read(folder.file("whole")).unwrap(), "the checkpoint itself");
            }
        }
    }
}

#[test]
fn a_job_stopped_at_any_moment_and_resumed_writes_the_bytes_of_an_uninterrupted_one() {
    // Three members whose evaluation takes longer than their steps, so that stops fall into steps and between evaluations.
    let problem = Problem::new(KINDS[1], 900);
    let members: Vec<MemberPlan> = (1..4)
        .map(|seed| MemberPlan { seed, train: (0..40).collect(), validation: (40..800).collect(), test: (800..900).collect() })
        .collect();
    let training = TrainingConfig { early_stopping: Some(EarlyStopping { patience: 2 }), epochs: 6, ..three(plain()) };
    let folder = Folder::new();
    let expected = bytes(&Job::new(&problem, training.clone(), members.clone()).at(folder.file("whole")).model());
    let job = Job::new(&problem, training, members).at(folder.file("stopped"));
    let mut stops = 0;
    let model = loop {
        let cancel = Arc::new(AtomicBool::new(false));
        let timer = {
            let (cancel, after) = (cancel.clone(), Duration::from_micros(1000 + 700 * stops));
            std::thread::spawn(move || {
                std::thread::sleep(after);
                cancel.store(true, Ordering::Relaxed);
            })
        };
        let result = job.run_with(&cancel, &mut |_| {});
        timer.join().unwrap();
        match result {
            Ok(model) => break model,
            Err(error) => assert_eq!(error.code, "CANCELLED"),
        }
        stops += 1;
    };
    assert!(stops >= 1, "it was stopped");
    assert!(bytes(&model) == expected, "after {stops} stops");
    assert_eq!(history(&folder.file("stopped")).unwrap(), history(&folder.file("whole")).unwrap(), "after {stops} stops");
}

#[test]
fn a_finished_job_resumed_gives_its_model_again() {
    let (problem, folder) = (Problem::new(KINDS[0], N), Folder::new());
    let job = Job::new(&problem, everything(), plans(N, &[1])).at(folder.file("deep/down/state"));
    let first = job.model();
    let (again, events) = job.run();
    assert!(bytes(&first) == bytes(&again.unwrap()) && events.is_empty());
}

#[test]
fn a_diverged_job_resumed_tells_the_same_again() {
    let (problem, folder) = (Problem::new(KINDS[0], N), Folder::new());
    for learning_rate in [1e30, 1e39] {
        let training = TrainingConfig { optimizer: Adam { learning_rate, ..plain().optimizer }, ..plain() };
        let job = Job::new(&problem, training, plans(N, &[1])).at(folder.file(&learning_rate.to_string()));
        let (first, again) = (failed(job.run().0), failed(job.run().0));
        assert_eq!(first.code, "TRAINING_DIVERGED");
        assert_eq!((first.code, first.message, first.facts), (again.code, again.message, again.facts));
    }
}

#[test]
fn a_checkpoint_of_another_configuration_is_refused() {
    let (problem, folder) = (Problem::new(KINDS[0], N), Folder::new());
    let job = |problem, training, seeds: &[u64]| Job::new(problem, training, plans(N, seeds)).at(folder.file("state")).run().0;
    job(&problem, plain(), &[1]).unwrap();
    let before = std::fs::read(folder.file("state")).unwrap();
    let mut other = Problem::new(KINDS[0], N);
    other.model.hidden += 1;
    let differs = |result: Result<_, Error>| {
        let error = failed(result);
        assert_eq!(error.code, "INVALID_CONFIG");
        assert!(error.message.contains(folder.path().to_str().unwrap()), "{}", error.message);
        error.facts["differs"].as_str().unwrap().to_owned()
    };
    assert_eq!(differs(job(&other, plain(), &[1])), "model");
    assert_eq!(differs(job(&problem, TrainingConfig { epochs: 4, ..plain() }, &[1])), "training");
    assert_eq!(differs(job(&problem, plain(), &[2])), "seeds");
    assert_eq!(differs(job(&problem, plain(), &[1, 2])), "seeds");
    assert!(std::fs::read(folder.file("state")).unwrap() == before, "it was not touched");
}

#[test]
fn a_checkpoint_belongs_to_its_configuration_whatever_its_decimals_are() {
    let (problem, folder) = (Problem::new(KINDS[0], N), Folder::new());
    let few = vec![MemberPlan { seed: 1, train: vec![0], validation: vec![], test: vec![] }];
    // numbers of 17 digits, which a JSON reader that hurries may miss by the last bit
    for i in 1..200 {
        let optimizer = Adam { learning_rate: 1e-3 / f64::from(i), epsilon: 1e-8 / f64::from(i), ..plain().optimizer };
        let training = TrainingConfig { epochs: 1, optimizer, clip_norm: Some(1.0 / f64::from(i)), ..plain() };
        let job = Job::new(&problem, training, few.clone()).at(folder.file(&i.to_string()));
        job.model();
        assert!(job.run().0.is_ok(), "1 / {i}");
    }
}

#[track_caller]
fn refused(job: &Job, path: &Path, bytes: &[u8], what: &str) {
    std::fs::write(path, bytes).unwrap();
    let error = failed(job.run().0);
    assert_eq!(error.code, "INVALID_MODEL", "{what}: {error}");
    assert!(error.message.contains(path.to_str().unwrap()), "{what}: {error}");
    assert!(std::fs::read(path).unwrap() == bytes, "{what}: it was not touched");
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let (problem, folder) = (Problem::new(KINDS[0], N), Folder::new());
    let path = folder.file("state");
    let job = Job::new(&problem, everything(), plans(N, &[1, 2])).at(path.clone());
    job.model();
    let whole = std::fs::read(&path).unwrap();
    for cut in (0..20).chain((20..whole.len()).step_by(whole.len() / 40)).chain([whole.len() - 1]) {
        refused(&job, &path, &whole[..cut], &format!("cut at {cut}"));
        assert_eq!(history(&path).unwrap_err().code, "INVALID_MODEL");
    }
    for (what, from, to) in [
        ("another member's weights are missing", "\"weights.dense.bias\"", "\"weights.dense.bios\""),
        ("a moment is missing", "\"second.dense.bias\"", "\"second.dense.bios\""),
        ("the best weights are missing", "\"best.dense.bias\"", "\"best.dense.bios\""),
    ] {
        refused(&job, &path, &edit_header(&whole, |header| header.replace(from, to)), what);
    }
    let members = |change: &dyn Fn(&mut Vec<serde_json::Value>)| edit_metadata(&whole, |m| change(m["members"].as_array_mut().unwrap()));
    refused(&job, &path, &members(&|members| members.truncate(1)), "the state of a member is missing");
    refused(&job, &path, &members(&|members| members.clear()), "the state of all members is missing");
    refused(&job, &path, &members(&|members| members.push(members[0].clone())), "a member too many");
    refused(&job, &path, &edit_metadata(&whole, |m| m["checkpointVersion"] = 2.into()), "another version");
}
