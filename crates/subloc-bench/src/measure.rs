//! The measurements.

use std::{path::Path, sync::Arc, time::Instant};

use lstm_kernels::Isa;
use serde_json::json;
use subloc_model::{
    TrainedModel,
    config::{Adam, Dropout, InitialWeights, ModelConfig, ModelKind, Objective, Pooling, Schedule, TrainingConfig},
    device::{Device, DeviceReport, memory_in_use},
    labels::Labels,
    lstm_alone,
    ops::context::{self, Context, Precision},
    predict::{AtOnce, Outputs, Predictions, predict as predict_all},
    train::{Event, MemberPlan, train as train_members},
};

use crate::{
    Failure, Options, Results,
    data::{Proteins, fasta, onehot, stratified, synthetic},
    rounding,
};

/// Norm of the weights' difference after a short training, relative to the weights' own. Not the largest difference: where rounding puts an activation on the
/// other side of ReLU, or a gradient near 0 on the other side of 0, Adam moves a single weight by a whole learning rate. Seen on
/// llvmpipe with `--kind r-lstm --residues 12` at H = 5: one member of three alone, and of its dense layer one unit's row and bias alone, then all before it.
const PARITY: f64 = 1e-3;
/// Likewise of the CPU in bf16, whose forward pass alone rounds.
const PARITY_BF16: f64 = 1e-1;
/// Proteins a batch.
const BATCH: usize = 64;

/// The precision in force, by name.
pub fn precision() -> &'static str {
    context::current().precision.name()
}

fn model(kind: ModelKind, hidden: usize, classes: &[String], table_features: usize) -> ModelConfig {
    ModelConfig {
        kind,
        hidden,
        attention: 2 * hidden,
        dense: 2 * hidden,
        classes: classes.to_vec(),
        blocks: vec!["onehot".into()],
        filter_widths: vec![1, 3, 5, 9, 15, 21],
        filters_per_width: 10,
        profile: false,
        max_residues: 1000,
        pooling: Pooling::Attention,
        cut_gap: 0,
        second_conv: None,
        loss: Objective::Softmax,
        extra_features: 0,
        profile_dropout: 0.0,
        table_features,
    }
}

fn training(epochs: usize, batch_size: usize, members: usize) -> TrainingConfig {
    TrainingConfig {
        epochs,
        batch_size,
        optimizer: Adam { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 },
        clip_norm: Some(3.0),
        schedule: Schedule::Constant,
        dropout: Dropout { residues: 0.0, lstm_input: 0.5, dense_input: 0.5, softmax_input: 0.5 },
        initial_weights: InitialWeights::Framework,
        forget_bias: 0.0,
        label_smoothing: 0.0,
        class_weights: None,
        early_stopping: None,
        weight_averaging: None,
        bucket_batches: 1,
        members_per_step: members,
        evaluate_test: true,
    }
}

fn plans(train: &[u32], test: &[u32], members: usize) -> Vec<MemberPlan> {
    (0..members as u64).map(|seed| MemberPlan { seed: seed + 1, train: train.to_vec(), validation: vec![], test: test.to_vec() }).collect()
}

fn run(
    device: &Device,
    proteins: &Proteins,
    model: &ModelConfig,
    table: &[f32],
    training: &TrainingConfig,
    members: &[MemberPlan],
    events: &mut dyn FnMut(Event),
) -> Result<TrainedModel, Failure> {
    Ok(train_members(
        device,
        model,
        table,
        training,
        &proteins.records,
        Labels::Classes(&proteins.labels),
        members,
        None,
        false,
        events,
        Arc::default(),
    )?)
}

fn kinds(options: &Options) -> Result<Vec<(ModelKind, &'static str)>, Failure> {
    let one = |name: &str| match name {
        "r-lstm" => Ok((ModelKind::RLstm, "r-lstm")),
        "a-lstm" => Ok((ModelKind::ALstm, "a-lstm")),
        other => Err(Failure::Usage(format!("--kind: '{other}' is neither r-lstm nor a-lstm"))),
    };
    options.text("kind", "r-lstm,a-lstm").split(',').map(one).collect()
}

/// H, M and T of each measurement.
pub fn sizes(options: &Options, default: &str) -> Result<Vec<[usize; 3]>, Failure> {
    let wrong = |size: &str| Failure::Usage(format!("--sizes: '{size}' is not H:M:T"));
    let one = |size: &str| {
        let numbers: Vec<usize> = size.split(':').map(|n| n.parse().map_err(|_| wrong(size))).collect::<Result<_, _>>()?;
        <[usize; 3]>::try_from(numbers).ok().filter(|n| n.iter().all(|n| *n > 0)).ok_or_else(|| wrong(size))
    };
    options.text("sizes", default).split(',').map(one).collect()
}

/// A short training with ragged proteins on the device and on the CPU; in tf32 and bf16 one call of the LSTM by itself, see `rounding.rs`.
pub fn parity(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    if report.backend != "cpu" && context::current().precision != Precision::F32 {
        return rounding::parity(device, report, options, results);
    }
    let proteins = synthetic(60, options.number("residues", 40)?, true, 3);
    let rows: Vec<u32> = (0..60).collect();
    let mut worst = 0.0f64;
    // The CPU rounds to bf16 alone, and is held to f32 there: a training by rounded factors strays.
    let tolerance = if context::current().precision == Precision::F32 { PARITY } else { PARITY_BF16 };
    for (kind, name) in kinds(options)? {
        for hidden in [5, 64, 200] {
            let model = model(kind, hidden, &proteins.classes, 20);
            let training = training(3, 16, 3);
            let one = |device: &Device| run(device, &proteins, &model, &onehot(), &training, &plans(&rows, &rows[..10], 3), &mut |_| {});
            // The CPU beside itself would agree to the bit: its portable form is taken.
            let isa = if report.backend == "cpu" { Isa::Portable } else { Isa::detect() };
            let found = weights(&context::with(Context { isa, ..context::current() }, || one(device))?);
            let expected = weights(&context::with(Context { precision: Precision::F32, ..Context::detect() }, || one(&Device::flex()))?);
            let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
            let apart = |(a, b): (&f32, &f32)| f64::from(a - b);
            let difference = norm(&mut found.iter().zip(&expected).map(apart)) / norm(&mut expected.iter().map(|w| f64::from(*w)));
            let largest = expected.iter().fold(1e-6f64, |m, w| m.max(f64::from(w.abs())));
            let outliers = found.iter().zip(&expected).filter(|pair| apart(*pair).abs() > tolerance * largest).count();
            // A comparison with NaN is no agreement.
            let agrees = found.len() == expected.len() && found.iter().all(|w| w.is_finite()) && difference <= tolerance;
            results.say(&json!({
                "what": "parity", "backend": report.backend, "precision": precision(), "device": report.name, "kind": name, "hidden": hidden, "members": 3,
                "steps": 12, "difference": difference, "outliers": outliers, "weights": found.len(), "tolerance": tolerance, "agrees": agrees,
            }));
            worst = if agrees { worst.max(difference) } else { f64::INFINITY };
        }
    }
    if worst.is_finite() { Ok(()) } else { Err(Failure::Check("the backends do not agree".into())) }
}

/// Predictions, and a line where memory runs out.
fn predicted(model: &TrainedModel, device: &Device, proteins: &Proteins, results: &mut Results) -> Result<Predictions, Failure> {
    let warn = &mut |message: String| results.say(&json!({ "what": "warning", "message": message }));
    Ok(predict_all(model, device, &proteins.records, Outputs::default(), &AtOnce::default(), warn)?)
}

fn weights(model: &TrainedModel) -> Vec<f32> {
    (0..model.members()).flat_map(|m| model.weights(m).iter().flatten().copied().collect::<Vec<_>>()).collect()
}

/// Seconds of a training step: epochs of a few steps, the first of which compiles kernels and is not counted.
pub fn steps(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    let steps = options.number("steps", 8)?;
    let batch = options.number("batch", BATCH)?;
    for (kind, name) in kinds(options)? {
        for [hidden, members, residues] in sizes(options, "64:1:1000,200:1:1000,64:10:1000,200:10:1000")? {
            let proteins = synthetic(batch * steps, residues, false, 11);
            let rows: Vec<u32> = (0..proteins.labels.len() as u32).collect();
            let training = TrainingConfig { evaluate_test: false, ..training(1 + options.number("rounds", 3)?, batch, members) };
            let mut seconds = Vec::new();
            let mut began = Instant::now();
            run(
                device,
                &proteins,
                &model(kind, hidden, &proteins.classes, 20),
                &onehot(),
                &training,
                &plans(&rows, &[], members),
                &mut |e| {
                    if let Event::Epoch(report) = e
                        && report.member == members
                    {
                        seconds.push(began.elapsed().as_secs_f64() / steps as f64);
                        began = Instant::now();
                    }
                },
            )?;
            let first = seconds.remove(0);
            results.say(&json!({
                "what": "step", "backend": report.backend, "precision": precision(), "device": report.name, "kind": name, "hidden": hidden, "members": members,
                "residues": residues, "batch": batch, "seconds": seconds, "firstStepSeconds": first,
                "memoryBytes": memory_in_use(device).map(|m| m.1),
            }));
        }
    }
    Ok(())
}

/// Proteins a second, of random residues and one length.
pub fn predict(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    for (kind, name) in kinds(options)? {
        for [hidden, members, residues] in sizes(options, "64:1:400,200:1:400,64:10:400")? {
            let proteins = synthetic(options.number("proteins", 640)?, residues, true, 11);
            let config = TrainingConfig { evaluate_test: false, ..training(1, 4, members) };
            let trained = run(
                device,
                &proteins,
                &model(kind, hidden, &proteins.classes, 20),
                &onehot(),
                &config,
                &plans(&[0, 1], &[], members),
                &mut |_| {},
            )?;
            let mut seconds = Vec::new();
            for _ in 0..=options.number("rounds", 3)? {
                let began = Instant::now();
                predicted(&trained, device, &proteins, results)?;
                seconds.push(began.elapsed().as_secs_f64());
            }
            let first = seconds.remove(0);
            results.say(&json!({
                "what": "predict", "backend": report.backend, "precision": precision(), "device": report.name, "kind": name, "hidden": hidden, "members": members,
                "residues": residues, "proteins": proteins.labels.len(), "seconds": seconds, "firstSeconds": first,
            }));
        }
    }
    Ok(())
}

/// The bidirectional LSTM alone: 60 inputs, all of one length, forward and backward.
pub fn lstm(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    let rounds = options.number("rounds", 3)?;
    let batch = options.number("batch", BATCH)?;
    let naive_residues = options.number("naive-residues", 100)?;
    for [hidden, members, residues] in sizes(options, "64:1:1000,200:1:1000,64:10:1000,200:10:1000")? {
        let mut say = |form: &str, residues: usize, seconds: Vec<f64>| {
            results.say(&json!({
                "what": "lstm", "form": form, "backend": report.backend, "precision": precision(), "device": report.name, "hidden": hidden, "members": members,
                "residues": residues, "batch": batch, "inputs": 60, "seconds": seconds,
            }));
        };
        say("ours", residues, lstm_alone::ours(device, [members, batch, residues, 60], hidden, rounds)?);
        if members == 1 && naive_residues > 0 {
            // A launch or more for every operation of every step: at full length it would take the session.
            let short = residues.min(naive_residues);
            say("ours", short, lstm_alone::ours(device, [1, batch, short, 60], hidden, rounds)?);
            say("burn-nn", short, lstm_alone::burn_nn(device, [batch, short, 60], hidden, rounds)?);
        }
    }
    Ok(())
}

/// The product y = x wᵀ + b with x [M, B, T, 60] and 4H outputs in f32, forward and backward: by our tiles with a fixed order, and by burn's matmul.
pub fn products(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    let rounds = options.number("rounds", 3)?;
    let batch = options.number("batch", BATCH)?;
    for [hidden, members, residues] in sizes(options, "64:1:128,200:1:128,200:10:128")? {
        for (form, ours) in [("ours", true), ("burn matmul", false)] {
            let seconds = lstm_alone::product(device, [members, batch, residues, 60], 4 * hidden, ours, rounds)?;
            results.say(&json!({
                "what": "product", "form": form, "backend": report.backend, "device": report.name, "hidden": hidden, "members": members,
                "residues": residues, "batch": batch, "inputs": 60, "seconds": seconds,
            }));
        }
    }
    Ok(())
}

/// A training on FASTA files: seconds of an epoch, and the accuracy of the members together on a stratified fifth.
pub fn train(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    let proteins = fasta(Path::new(&options.text("data", "multiloc")))?;
    let (rows, test) = stratified(&proteins.labels, proteins.classes.len(), 1);
    let (members, epochs) = (options.number("members", 10)?, options.number("epochs", 100)?);
    let table = match options.text("table", "").as_str() {
        "" => onehot(),
        path => std::fs::read_to_string(path)
            .map_err(|reason| Failure::Usage(format!("--table {path}: {reason}")))?
            .split_whitespace()
            .map(|v| v.parse().map_err(|_| Failure::Usage(format!("--table {path}: '{v}' is no number"))))
            .collect::<Result<Vec<f32>, _>>()?,
    };
    if table.is_empty() || table.len() % 25 != 0 {
        return Err(Failure::Usage(format!("--table: {} numbers are no 25 rows", table.len())));
    }
    for (kind, name) in kinds(options)? {
        let model = model(kind, options.number("hidden", 64)?, &proteins.classes, table.len() / 25);
        let training = TrainingConfig { bucket_batches: options.number("bucket-batches", 20)?, ..training(epochs, BATCH, members) };
        let began = Instant::now();
        let mut ended = began;
        let trained = run(device, &proteins, &model, &table, &training, &plans(&rows, &test, members), &mut |event| match event {
            Event::Epoch(epoch) if epoch.member == members => {
                results.say(&json!({
                    "what": "epoch", "backend": report.backend, "precision": precision(), "device": report.name, "kind": name, "hidden": model.hidden, "members": members,
                    "epoch": epoch.epoch, "seconds": ended.elapsed().as_secs_f64(), "loss": epoch.training_loss, "testAccuracy": epoch.test_accuracy,
                }));
                ended = Instant::now();
            }
            Event::Warning { message, .. } => results.say(&json!({ "what": "warning", "message": message })),
            _ => {}
        })?;
        let seconds = began.elapsed().as_secs_f64();
        let found = predicted(&trained, device, &proteins, results)?;
        let (n, classes) = (proteins.labels.len(), proteins.classes.len());
        let right = test.iter().filter(|row| {
            let mean = |k: usize| (0..members).map(|m| found.probabilities[(m * n + **row as usize) * classes + k]).sum::<f32>();
            (0..classes).fold(0, |best, k| if mean(k) > mean(best) { k } else { best }) == proteins.labels[**row as usize] as usize
        });
        results.say(&json!({
            "what": "training", "backend": report.backend, "precision": precision(), "device": report.name, "kind": name, "hidden": model.hidden, "members": members,
            "epochs": epochs, "split": "stratified", "proteins": rows.len(), "seconds": seconds,
            "accuracy": right.count() as f64 / test.len().max(1) as f64,
        }));
    }
    Ok(())
}
