//! A small problem whose answer is a motif, and jobs that train on it.
use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use burn::tensor::Device;
use lstm_kernels::philox::Stream;
use subloc_model::{
    Error, TrainedModel,
    batch::Records,
    config::{
        Adam, Dropout, EarlyStopping, InitialWeights, ModelConfig, ModelKind, Objective, Pooling, Schedule, TrainingConfig, WeightAveraging,
    },
    labels::Labels,
    models::CODES,
    ops::context::{self, Context},
    train::{Event, MemberPlan, train},
};

use crate::support::{Folder, cpu, in_pool};

pub struct Problem {
    pub model: ModelConfig,
    pub table: Vec<f32>,
    pub records: Records,
    pub labels: Vec<u32>,
    /// [N, 3] in place of `labels`.
    pub sets: Option<Vec<u8>>,
}

impl Problem {
    /// `n` proteins of 6 to 15 residues: class 0 has a CCC somewhere, class 2 a WWW, class 1 has neither letter.
    pub fn new(kind: ModelKind, n: u32) -> Self {
        const C: u8 = 4;
        const W: u8 = 17;
        let mut stream = Stream::new(1, 55);
        let mut records = Records { offsets: vec![0], ..Records::default() };
        let labels: Vec<u32> = (0..n).map(|i| i % 3).collect();
        for label in &labels {
            let mut residue = || loop {
                let code = stream.below(20) as u8;
                if code != C && code != W {
                    return code;
                }
            };
            let mut protein: Vec<u8> = (0..15).map(|_| residue()).collect();
            protein.truncate(6 + stream.below(10) as usize);
            let at = stream.below(protein.len() as u32 - 2) as usize;
            match label {
                0 => protein[at..at + 3].fill(C),
                2 => protein[at..at + 3].fill(W),
                _ => {}
            }
            records.codes.extend(protein);
            records.offsets.push(records.codes.len() as u64);
        }
        let mut table = vec![0.0; CODES * 20];
        (0..20).for_each(|residue| table[residue * 21] = 1.0); // one-hot
        let model = ModelConfig {
            kind,
            hidden: 6,
            attention: 8,
            dense: 8,
            classes: ["cysteine", "neither", "tryptophan"].map(String::from).to_vec(),
            blocks: vec!["onehot".into()],
            filter_widths: vec![1, 3],
            filters_per_width: 4,
            profile: false,
            max_residues: 1000,
            pooling: Pooling::Attention,
            cut_gap: 0,
            second_conv: None,
            loss: Objective::Softmax,
            extra_features: 0,
            profile_dropout: 0.0,
            table_features: 20,
        };
        Self { model, table, records, labels, sets: None }
    }

    /// The same proteins with sets of labels: class 0 has the label of class 1 too.
    pub fn with_sets(kind: ModelKind, n: u32) -> Self {
        let mut problem = Self::new(kind, n);
        problem.model.loss = Objective::MultiLabel;
        problem.sets = Some(problem.labels.iter().flat_map(|label| [[1, 1, 0], [0, 1, 0], [0, 0, 1]][*label as usize]).collect());
        problem
    }
}

/// The plainest training.
pub fn plain() -> TrainingConfig {
    TrainingConfig {
        epochs: 3,
        batch_size: 16,
        optimizer: Adam { learning_rate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 },
        clip_norm: None,
        schedule: Schedule::Constant,
        dropout: Dropout::NONE,
        initial_weights: InitialWeights::Framework,
        forget_bias: 0.0,
        label_smoothing: 0.0,
        class_weights: None,
        early_stopping: None,
        weight_averaging: None,
        bucket_batches: 1,
        members_per_step: 1,
        evaluate_test: true,
    }
}

/// Every option in use.
pub fn everything() -> TrainingConfig {
    TrainingConfig {
        optimizer: Adam { weight_decay: 1e-3, ..plain().optimizer },
        clip_norm: Some(0.2),
        schedule: Schedule::Cosine { warmup_epochs: 0.7, final_fraction: 0.1 },
        dropout: Dropout { residues: 0.1, lstm_input: 0.3, dense_input: 0.3, softmax_input: 0.2 },
        initial_weights: InitialWeights::Orthogonal,
        forget_bias: 1.0,
        label_smoothing: 0.1,
        class_weights: Some(vec![1.0, 0.7, 1.3]),
        early_stopping: Some(EarlyStopping { patience: 2 }),
        weight_averaging: Some(WeightAveraging { decay: 0.8 }),
        bucket_batches: 2,
        ..plain()
    }
}

/// Members with training sets of different size: their epochs have different numbers of steps.
pub fn plans(n: u32, seeds: &[u64]) -> Vec<MemberPlan> {
    let plan = |(m, seed): (usize, &u64)| MemberPlan {
        seed: *seed,
        train: (0..n / 2 + 17 * m as u32).collect(),
        validation: (n - 30..n - 15).collect(),
        test: (n - 15..n).collect(),
    };
    seeds.iter().enumerate().map(plan).collect()
}

pub struct Job<'a> {
    pub problem: &'a Problem,
    pub training: TrainingConfig,
    pub members: Vec<MemberPlan>,
    /// Written to, and resumed from where it exists.
    pub checkpoint: Option<PathBuf>,
    pub threads: usize,
    pub device: Device,
    /// See `Context`.
    pub largest_allocation: Option<usize>,
}

impl<'a> Job<'a> {
    pub fn new(problem: &'a Problem, training: TrainingConfig, members: Vec<MemberPlan>) -> Self {
        Self { problem, training, members, checkpoint: None, threads: 2, device: cpu(), largest_allocation: None }
    }
    pub fn on(self, device: &Device) -> Self {
        Self { device: device.clone(), ..self }
    }
    pub fn at(self, checkpoint: PathBuf) -> Self {
        Self { checkpoint: Some(checkpoint), ..self }
    }

    /// Runs until it is done or `cancel` is set, by `events` or from elsewhere.
    pub fn run_with(&self, cancel: &Arc<AtomicBool>, events: &mut (dyn FnMut(Event) + Send)) -> Result<TrainedModel, Error> {
        let Problem { model, table, records, labels, sets } = self.problem;
        let context = Context { cancel: cancel.clone(), largest_allocation: self.largest_allocation, ..context::current() };
        let checkpoint = self.checkpoint.as_deref();
        let work = || {
            train(
                &self.device,
                model,
                table,
                &self.training,
                records,
                sets.as_deref().map_or(Labels::Classes(labels), Labels::Sets),
                &self.members,
                checkpoint,
                true,
                &mut |e| events(e),
                cancel.clone(),
            )
        };
        in_pool(self.threads, || context::with(context, work))
    }
    /// The result and all events.
    pub fn run(&self) -> (Result<TrainedModel, Error>, Vec<Event>) {
        let mut events = Vec::new();
        let result = self.run_with(&Arc::default(), &mut |event| events.push(event));
        (result, events)
    }
    pub fn model(&self) -> TrainedModel {
        self.run().0.unwrap()
    }
}

/// The error of a job that must not succeed, without printing a model's weights.
#[track_caller]
pub fn failed<T>(result: Result<T, Error>) -> Error {
    result.err().expect("an error")
}

/// The bytes of the model's file.
pub fn bytes(model: &TrainedModel) -> Vec<u8> {
    let folder = Folder::new();
    let path = folder.file("model.safetensors");
    model.save(&path).unwrap();
    std::fs::read(path).unwrap()
}
