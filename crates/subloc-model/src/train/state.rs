//! The whole state of a job, and its file.

use std::{fs, path::Path};

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::adam::Moments;
use crate::{
    Error,
    config::{ModelConfig, TrainingConfig},
    models::{Parameters, specs},
    predict::values,
    tensors::{NamedTensor, floats, read_tensors, write_tensors},
};

/// f64 that survives JSON to the bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "u64", from = "u64")]
pub(super) struct Exact(pub f64);
impl From<Exact> for u64 {
    fn from(x: Exact) -> Self {
        x.0.to_bits()
    }
}
impl From<u64> for Exact {
    fn from(bits: u64) -> Self {
        Self(f64::from_bits(bits))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Status {
    Training,
    Stopped,
    Diverged { epoch: usize, step: usize },
}

/// One member's counts and sums.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberState {
    pub status: Status,
    /// Updates so far.
    pub steps: u32,
    /// Of the epoch in progress.
    pub loss_sum: Exact,
    pub correct: usize,
    pub rows: usize,
    pub norm_sum: Exact,
    pub epoch_steps: usize,
    pub learning_rate: Exact,
    /// Early stopping.
    pub best_loss: Option<Exact>,
    pub epochs_since_best: usize,
}

impl MemberState {
    fn new() -> Self {
        Self {
            status: Status::Training,
            steps: 0,
            loss_sum: Exact(0.0),
            correct: 0,
            rows: 0,
            norm_sum: Exact(0.0),
            epoch_steps: 0,
            learning_rate: Exact(0.0),
            best_loss: None,
            epochs_since_best: 0,
        }
    }
    pub fn begin_epoch(&mut self) {
        let Self { status, steps, best_loss, epochs_since_best, .. } = *self;
        *self = Self { status, steps, best_loss, epochs_since_best, ..Self::new() };
    }
}

/// Members that share steps: their weights and moments.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Index of the first member.
    pub first: usize,
    pub weights: Vec<Tensor<2>>,
    pub moments: Moments,
    /// Exponential average, where asked for.
    pub average: Option<Vec<Tensor<2>>>,
    /// Weights of the best epoch, with early stopping.
    pub best: Option<Vec<Tensor<2>>>,
}

impl Group {
    pub fn members(&self) -> usize {
        self.weights[0].dims()[0]
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Position {
    /// From 1; the epoch in progress.
    pub epoch: usize,
    /// Groups that finished their steps of it.
    pub group: usize,
    /// Steps that the next group has done in it.
    pub step: usize,
}

pub(super) struct State {
    pub position: Position,
    pub members: Vec<MemberState>,
    pub groups: Vec<Group>,
    /// Epoch reports as JSON lines, kept as text so that their bytes stay.
    pub history: Vec<String>,
}

/// The version of the checkpoint's layout.
const CHECKPOINT_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    checkpoint_version: u32,
    model: ModelConfig,
    training: TrainingConfig,
    seeds: Vec<String>,
    position: Position,
    members: Vec<MemberState>,
    history: Vec<String>,
}

impl State {
    /// `output_bias` replaces the initial bias of the output layer, [K] a member, where there is one.
    pub fn new(model: &ModelConfig, training: &TrainingConfig, seeds: &[u64], output_bias: Option<&[Vec<f32>]>, device: &Device) -> Self {
        let size = training.members_per_step.max(1);
        let groups = seeds.chunks(size).enumerate().map(|(g, seeds)| {
            let mut weights = Parameters::initialise(model, seeds, training.initial_weights, training.forget_bias, device).values;
            if let (Some(last), Some(bias)) = (weights.last_mut(), output_bias) {
                let bias = bias[g * size..g * size + seeds.len()].concat();
                *last = Tensor::from_data(TensorData::new(bias, last.dims()), device);
            }
            Group {
                first: g * size,
                moments: Moments::zeros(&weights),
                average: training.weight_averaging.map(|_| weights.clone()),
                best: training.early_stopping.map(|_| weights.clone()),
                weights,
            }
        });
        Self {
            position: Position { epoch: 1, group: 0, step: 0 },
            members: vec![MemberState::new(); seeds.len()],
            groups: groups.collect(),
            history: Vec::new(),
        }
    }

    pub fn save(&self, path: &Path, model: &ModelConfig, training: &TrainingConfig, seeds: &[u64]) -> Result<(), Error> {
        let header = Header {
            checkpoint_version: CHECKPOINT_VERSION,
            model: model.clone(),
            training: training.clone(),
            seeds: seeds.iter().map(u64::to_string).collect(),
            position: self.position,
            members: self.members.clone(),
            history: self.history.clone(),
        };
        let header = serde_json::to_string(&header).map_err(|reason| Error::new("INTERNAL", reason.to_string(), json!({})))?;
        let mut tensors = Vec::new();
        for (kind, of) in KINDS {
            for (i, spec) in specs(model).iter().enumerate() {
                let parts: Option<Vec<&Tensor<2>>> = self.groups.iter().map(|g| of(g).map(|v| &v[i])).collect();
                let Some(parts) = parts else { continue };
                let parts: Vec<Vec<f32>> = parts.into_iter().map(|t| values(t.clone())).collect::<Result<_, _>>()?;
                let values = parts.concat();
                tensors.push(NamedTensor { name: format!("{kind}.{}", spec.name), shape: vec![seeds.len(), spec.size()], values });
            }
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|reason| Error::io(folder, "create", &reason))?;
        }
        write_tensors(path, &tensors, &header)
    }

    pub fn load(path: &Path, model: &ModelConfig, training: &TrainingConfig, seeds: &[u64], device: &Device) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|reason| Error::io(path, "read", &reason))?;
        let invalid = |why: String| {
            Error::new(
                "INVALID_MODEL",
                format!("checkpoint {}: {why}", path.display()),
                json!({ "path": path.display().to_string(), "reason": why }),
            )
        };
        let (header, tensors) = read_tensors(&bytes).map_err(invalid)?;
        let header: Header = serde_json::from_str(&header).map_err(|reason| invalid(reason.to_string()))?;
        if header.checkpoint_version != CHECKPOINT_VERSION {
            return Err(invalid(format!("it has format {}, this version reads {CHECKPOINT_VERSION}", header.checkpoint_version)));
        }
        let same = [
            ("model", header.model == *model),
            ("training", through_json(training).is_some_and(|training| header.training == training)),
            ("seeds", header.seeds == seeds.iter().map(u64::to_string).collect::<Vec<_>>()),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            let message = format!("checkpoint {} belongs to a run with another {what} configuration", path.display());
            return Err(Error::new("INVALID_CONFIG", message, json!({ "path": path.display().to_string(), "differs": what })));
        }
        if header.members.len() != seeds.len() {
            return Err(invalid(format!("it has the state of {} members, not of {}", header.members.len(), seeds.len())));
        }
        let specs = specs(model);
        let read = |kind: &str, first: usize, count: usize| -> Result<Vec<Tensor<2>>, String> {
            specs
                .iter()
                .map(|spec| {
                    let size = spec.size();
                    let all = floats(&tensors, &format!("{kind}.{}", spec.name), &[seeds.len(), size])?;
                    let own = all[first * size..(first + count) * size].to_vec();
                    Ok(Tensor::from_data(TensorData::new(own, [count, size]), device))
                })
                .collect()
        };
        let size = training.members_per_step.max(1);
        let group = |g: usize, count: usize| -> Result<Group, String> {
            let first = g * size;
            Ok(Group {
                first,
                weights: read("weights", first, count)?,
                moments: Moments { first: read("first", first, count)?, second: read("second", first, count)? },
                average: training.weight_averaging.map(|_| read("average", first, count)).transpose()?,
                best: training.early_stopping.map(|_| read("best", first, count)).transpose()?,
            })
        };
        let groups = seeds.chunks(size).enumerate().map(|(g, s)| group(g, s.len())).collect::<Result<_, _>>().map_err(invalid)?;
        Ok(Self { position: header.position, members: header.members, groups, history: header.history })
    }
}

/// As a header gives it back: reading a decimal may miss its last bit, in the same way each time.
fn through_json(training: &TrainingConfig) -> Option<TrainingConfig> {
    serde_json::from_str(&serde_json::to_string(training).ok()?).ok()
}

type Of = fn(&Group) -> Option<&Vec<Tensor<2>>>;

const KINDS: [(&str, Of); 5] = [
    ("weights", |g| Some(&g.weights)),
    ("first", |g| Some(&g.moments.first)),
    ("second", |g| Some(&g.moments.second)),
    ("average", |g| g.average.as_ref()),
    ("best", |g| g.best.as_ref()),
];

/// The epochs that a checkpoint remembers: a JSON array, without times.
///
/// # Errors
/// `INPUT_MISSING`, `IO` or `INVALID_MODEL`.
pub fn history(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|reason| Error::io(path, "read", &reason))?;
    let read = || -> Result<String, String> {
        let header: Header = serde_json::from_str(&read_tensors(&bytes)?.0).map_err(|reason| reason.to_string())?;
        Ok(format!("[{}]", header.history.join(",")))
    };
    read().map_err(|why| {
        Error::new(
            "INVALID_MODEL",
            format!("checkpoint {}: {why}", path.display()),
            json!({ "path": path.display().to_string(), "reason": why }),
        )
    })
}
