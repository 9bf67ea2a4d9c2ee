//! Small numbers from Philox, a small network, a folder that goes away, comparison, finite differences.
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use burn::tensor::{Device, Tensor, TensorData};
use lstm_kernels::philox::Stream;
use subloc_model::{
    Error, TrainedModel,
    batch::{Extra, Records},
    config::{InitialWeights, ModelConfig, ModelKind, Objective, Pooling, SecondConv},
    device,
    models::{CODES, Network, Parameters},
    predict::{self, AtOnce, Outputs, Predictions},
};

pub const KINDS: [ModelKind; 2] = [ModelKind::RLstm, ModelKind::ALstm];

pub fn cpu() -> Device {
    device::open("cpu").unwrap().0
}

/// Predictions of a job that nobody listens to.
pub fn predict(model: &TrainedModel, device: &Device, records: &Records, want: Outputs) -> Result<Predictions, Error> {
    predict::predict(model, device, records, want, &AtOnce::default(), &mut |_| {})
}

/// Uniform on ±`range`.
pub fn numbers(stream: u64, n: usize, range: f32) -> Vec<f32> {
    let mut stream = Stream::new(7, stream);
    (0..n).map(|_| (2.0 * stream.uniform() - 1.0) * range).collect()
}

pub fn f64s(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

pub fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), &cpu())
}

pub fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

pub fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// Columns of the own numbers of [`records`].
pub const EXTRA: usize = 7;

/// Random proteins of the given lengths, with profiles, stand-ins for them, and own numbers.
pub fn records(seed: u64, lengths: &[usize]) -> Records {
    let mut stream = Stream::new(seed, 8);
    let mut records = Records { offsets: vec![0], ..Records::default() };
    for length in lengths {
        records.codes.extend((0..*length).map(|_| stream.below(24) as u8));
        records.offsets.push(records.codes.len() as u64);
    }
    records.profiles = Some((0..records.codes.len() * 20).map(|_| stream.below(200) as u8).collect());
    records.stand_ins = Some((0..records.codes.len() * 20).map(|_| stream.below(200) as u8).collect());
    records.extra = Some(Extra { columns: EXTRA, values: numbers(91, records.codes.len() * EXTRA, 1.0) });
    records
}

/// A small architecture with sizes that fit no vector; widths beyond the shortest proteins.
pub fn config(kind: ModelKind) -> ModelConfig {
    ModelConfig {
        kind,
        hidden: 6,
        attention: 7,
        dense: 9,
        classes: ["a", "b", "c"].map(String::from).to_vec(),
        blocks: vec!["onehot".into(), "profile".into()],
        filter_widths: vec![1, 3, 9],
        filters_per_width: 3,
        profile: true,
        max_residues: 1000,
        pooling: Pooling::Attention,
        cut_gap: 0,
        second_conv: None,
        loss: Objective::Softmax,
        extra_features: 0,
        profile_dropout: 0.0,
        table_features: 5,
    }
}

/// The networks beyond the paper's: a second convolution with widths beyond the shortest proteins, the last states beside the context,
/// and own numbers of each residue, with a profile beside them and without.
pub fn options(kind: ModelKind) -> Vec<ModelConfig> {
    let second_conv = Some(SecondConv { widths: vec![4, 1, 7], filters_per_width: 2 });
    let plain = ModelConfig { second_conv, ..config(kind) };
    let extra = ModelConfig { extra_features: EXTRA, ..config(kind) };
    match kind {
        ModelKind::RLstm => vec![plain, ModelConfig { profile: false, ..extra }],
        ModelKind::ALstm => vec![
            ModelConfig { pooling: Pooling::AttentionAndLast, ..config(kind) },
            ModelConfig { pooling: Pooling::AttentionAndLast, cut_gap: 3, ..plain },
            extra.clone(),
            ModelConfig { profile: false, table_features: 0, ..extra },
        ],
    }
}

/// Random features; the rows of X and DROPPED are zero.
pub fn table(features: usize) -> Vec<f32> {
    let mut table = numbers(90, CODES * features, 1.0);
    table[23 * features..].fill(0.0);
    table
}

pub const WEIGHTS: InitialWeights = InitialWeights::Framework;

/// A network with a member a seed.
pub fn network(config: &ModelConfig, seeds: &[u64], device: &Device) -> Network {
    let parameters = Parameters::initialise(config, seeds, WEIGHTS, 0.5, device);
    Network::new(config.clone().into(), &table(config.table_features), parameters, device)
}

pub fn in_pool<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(f)
}

/// A fresh folder, removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("subloc-model-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
    /// What lies in it, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Within `tolerance` of the largest expected value, or of 1 where all are smaller.
#[track_caller]
pub fn assert_close(what: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    let scale = expected.iter().fold(1.0f64, |m, e| m.max(e.abs()));
    assert_within(what, found, expected, tolerance * scale);
}

/// Within `tolerance` of the largest expected value, however small.
#[track_caller]
pub fn assert_relative(what: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    let scale = expected.iter().fold(1e-6f64, |m, e| m.max(e.abs()));
    assert_within(what, found, expected, tolerance * scale);
}

#[track_caller]
fn assert_within(what: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: size");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (f64::from(*found) - expected).abs();
        assert!(difference <= tolerance, "{what}[{at}]: found {found}, expected {expected}, tolerance {tolerance:e}");
    }
}

/// At most `n` indices spread over `len`.
pub fn some(len: usize, n: usize) -> Vec<usize> {
    (0..len).step_by(len.div_ceil(n).max(1)).collect()
}

/// d loss / d values[i] by central differences of `step`, for the given indices.
pub fn differences(values: &[f64], indices: &[usize], step: f64, mut loss: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let mut values = values.to_vec();
    let mut slope = |i: usize| {
        let here = values[i];
        values[i] = here + step;
        let above = loss(&values);
        values[i] = here - step;
        let below = loss(&values);
        values[i] = here;
        (above - below) / (2.0 * step)
    };
    indices.iter().map(|i| slope(*i)).collect()
}

pub fn dot(a: &[f64], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum()
}
