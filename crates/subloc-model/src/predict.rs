//! Prediction: length-sorted batches of bounded size, results in input order. On the CPU a protein's results do not depend on its batch.

use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::{DataError, Device, Tensor, activation::softmax};
use serde_json::json;

use crate::{
    Error, TrainedModel,
    batch::{Batch, Records},
    config::{ModelConfig, Objective},
    device,
    layers::label_loss::logistic,
    models::{Forward, Mode, Network},
    ops::{context, on_cpu},
};

/// What to return besides the class probabilities.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outputs {
    /// Attention weights α; A-LSTM only.
    pub attention: bool,
    /// The pooled states that the head sees.
    pub states: bool,
    /// The last state of each direction: after residue T, and after residue 1.
    pub last_states: bool,
}

/// Results of M members for N proteins.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// [M, N, K]
    pub probabilities: Vec<f32>,
    /// [M, ΣT], in the order of the residues
    pub attention: Option<Vec<f32>>,
    /// [M, N, P], P = 2H, or 4H of an A-LSTM whose head sees context and last states
    pub states: Option<Vec<f32>>,
    /// [M, N, 2H]: forward, then backward
    pub last_states: Option<Vec<f32>>,
}

/// Proteins in a batch, and residues in it, padding included.
const MOST_PROTEINS: usize = 64;
const MOST_RESIDUES: usize = 64 * 1024;

/// How many residues, padding included, pass through a network at once on a GPU: half of a batch that the device had not the memory for. Whoever shares one keeps
/// what was learned, and is told of it once.
#[derive(Debug)]
pub struct AtOnce(AtomicUsize);

impl Default for AtOnce {
    fn default() -> Self {
        Self(AtomicUsize::new(MOST_RESIDUES))
    }
}

impl AtOnce {
    /// Residues of a batch, padding included, from 1.
    pub fn residues(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// After a batch of so many residues failed.
    fn halve(&self, residues: usize, error: &Error, warn: &mut dyn FnMut(String)) {
        let half = (residues / 2).max(1);
        if self.0.fetch_min(half, Ordering::Relaxed) == MOST_RESIDUES {
            warn(format!("{}; from now on {half} residues or fewer are predicted at once, to the same results", error.message));
        }
    }
}

/// Memory that ran out for a single protein: nothing smaller can be tried.
pub(crate) fn even_for_one(error: &Error) -> Error {
    let mut facts = error.facts.clone();
    facts.insert("proteins".into(), json!(1));
    Error::new("OUT_OF_MEMORY", format!("{}, even for one protein at a time", error.message), serde_json::Value::Object(facts))
}

/// A tensor's values on the host.
///
/// # Errors
/// `OUT_OF_MEMORY` or `DEVICE_LOST` where the device could not compute them, or not hand them over.
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    let device = tensor.device();
    let data = tensor.inner().try_into_data().map_err(|reason| device::failure(&device, &reason))?;
    // The data may still lie on the device: only this call copies them.
    data.try_to_vec().map_err(|error| match error {
        DataError::StorageAccess(reason) => device::read_failure(&device, &reason.to_string()),
        other => Error::new("INTERNAL", format!("a tensor is not of 32-bit floats: {other:?}"), json!({})),
    })
}

/// Residues of a batch, padding included, so that no tensor of the network is larger than the device takes.
fn most_residues(config: &ModelConfig, device: &Device) -> usize {
    let bound = device::largest_tensor_bytes(device).map_or(usize::MAX, |bytes| bytes as usize);
    MOST_RESIDUES.min(bound / (size_of::<f32>() * config.widest()))
}

/// Calls `work` with batches of rows of similar length, longest first; where the device has not the memory for one, with smaller ones from there on, down to one
/// protein.
fn in_batches(
    (records, rows): (&Records, &[u32]),
    (config, device): (&ModelConfig, &Device),
    at_once: &AtOnce,
    warn: &mut dyn FnMut(String),
    work: &mut dyn FnMut(&[u32]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|&row| std::cmp::Reverse(records.length(row as usize)));
    let bound = most_residues(config, device);
    let mut rest = &sorted[..];
    while let Some(&first) = rest.first() {
        let longest = records.length(first as usize).max(1);
        let residues = if on_cpu(device) { bound } else { bound.min(at_once.residues()) };
        let (batch, others) = rest.split_at((residues / longest).clamp(1, MOST_PROTEINS).min(rest.len()));
        match work(batch) {
            Ok(()) => rest = others,
            Err(error) if error.code == "OUT_OF_MEMORY" && batch.len() > 1 => at_once.halve(batch.len() * longest, &error, warn),
            Err(error) if error.code == "OUT_OF_MEMORY" => return Err(even_for_one(&error)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Logits [M, B, K] → the probability of each class: a softmax over them, or a sigmoid of each (on the host in f64, which does not depend on its neighbours).
fn probabilities_of(logits: Tensor<3>, loss: Objective) -> Result<Vec<f32>, Error> {
    match loss {
        Objective::Softmax => values(softmax(logits, 2)),
        Objective::MultiLabel => Ok(values(logits)?.into_iter().map(|z| logistic(f64::from(z)) as f32).collect()),
    }
}

/// Class probabilities of one member's network for some rows, [rows, K], in the order of `rows`.
pub(crate) fn probabilities(
    network: &Network,
    records: &Records,
    rows: &[u32],
    device: &Device,
    at_once: &AtOnce,
    warn: &mut dyn FnMut(String),
) -> Result<Vec<f32>, Error> {
    let classes = network.config.classes.len();
    let mut place = vec![0; records.len()];
    rows.iter().enumerate().for_each(|(i, row)| place[*row as usize] = i);
    let mut out = vec![0.0; rows.len() * classes];
    in_batches((records, rows), (&network.config, device), at_once, warn, &mut |batch_rows| {
        let batch = Batch::new(records, &[batch_rows], &network.config, device);
        let found = probabilities_of(network.forward(&batch, &Mode::Predict).logits, network.config.loss)?;
        for (row, found) in batch_rows.iter().zip(found.chunks(classes)) {
            out[place[*row as usize] * classes..][..classes].copy_from_slice(found);
        }
        Ok(())
    })?;
    Ok(out)
}

/// Whether the records have what the architecture reads besides residues.
///
/// # Errors
/// `INVALID_OPTION`.
pub(crate) fn require_inputs(config: &ModelConfig, records: &Records) -> Result<(), Error> {
    let wrong = |option: &str, message: String| Err(Error::new("INVALID_OPTION", message, serde_json::json!({ "option": option })));
    if config.profile && records.profiles.is_none() {
        return wrong("profiles", "the model reads profiles, and none were given".into());
    }
    let (expected, found) = (config.extra_features, records.extra.as_ref().map_or(0, |extra| extra.columns));
    if expected != 0 && found != expected {
        return wrong("extra", format!("the model reads {expected} own numbers a residue, and {found} were given"));
    }
    Ok(())
}

/// Predicts all records with every member. Where a GPU has not the memory for a batch, it and those that follow, also of later calls with the same `at_once`, are
/// smaller; `warn` is told so in one line, once an `at_once`.
///
/// # Errors
/// `CANCELLED` once the context's flag is set; `OUT_OF_MEMORY` where the device cannot hold a single protein's arrays; `DEVICE_LOST`; `INVALID_OPTION` where the model needs profiles, or own
/// numbers, and the records have none, or others.
pub fn predict(
    model: &TrainedModel,
    device: &Device,
    records: &Records,
    want: Outputs,
    at_once: &AtOnce,
    warn: &mut dyn FnMut(String),
) -> Result<Predictions, Error> {
    let config = model.config();
    require_inputs(config, records)?;
    let (n, classes, width, residues) = (records.len(), config.classes.len(), 2 * config.hidden, records.codes.len());
    let want_attention = want.attention && config.kind == crate::config::ModelKind::ALstm;
    let mut out = Predictions {
        probabilities: vec![0.0; model.members() * n * classes],
        attention: want_attention.then(|| vec![0.0; model.members() * residues]),
        states: want.states.then(|| vec![0.0; model.members() * n * config.pooled()]),
        last_states: want.last_states.then(|| vec![0.0; model.members() * n * width]),
    };
    let networks: Vec<Network> = (0..model.members()).map(|m| model.network(m, device)).collect();
    let rows: Vec<u32> = (0..n as u32).filter(|row| records.length(*row as usize) > 0).collect();
    in_batches((records, &rows), (config, device), at_once, warn, &mut |batch_rows| {
        let batch = Batch::new(records, &[batch_rows], config, device);
        for (m, network) in networks.iter().enumerate() {
            let Forward { logits, attention, pooled, hidden } = network.forward(&batch, &Mode::Predict);
            let probabilities = probabilities_of(logits, config.loss)?;
            let alpha = attention.filter(|_| want_attention).map(values).transpose()?;
            let last = if want.last_states { Some(last_states(&pooled, hidden, &batch)?) } else { None };
            let states = if want.states { Some(values(pooled)?) } else { None };
            if context::current().is_cancelled() {
                return Err(Error::cancelled(false));
            }
            for (b, &row) in batch_rows.iter().enumerate() {
                let row = row as usize;
                out.probabilities[(m * n + row) * classes..][..classes].copy_from_slice(&probabilities[b * classes..][..classes]);
                if let (Some(to), Some(from)) = (&mut out.states, &states) {
                    let pooled = config.pooled();
                    to[(m * n + row) * pooled..][..pooled].copy_from_slice(&from[b * pooled..][..pooled]);
                }
                if let (Some(to), Some(from)) = (&mut out.last_states, &last) {
                    to[(m * n + row) * width..][..width].copy_from_slice(&from[b * width..][..width]);
                }
                if let (Some(to), Some(from)) = (&mut out.attention, &alpha) {
                    let range = records.range(row);
                    to[m * residues + range.start..m * residues + range.end].copy_from_slice(&from[b * batch.residues..][..range.len()]);
                }
            }
        }
        Ok(())
    })?;
    Ok(out)
}

/// The last states of one member's batch, [B, 2H]: an R-LSTM pools them, of an A-LSTM they are the forward half at residue T and the backward half at 1.
fn last_states(pooled: &Tensor<3>, hidden: Option<Tensor<4>>, batch: &Batch) -> Result<Vec<f32>, Error> {
    let Some(hidden) = hidden else { return values(pooled.clone()) };
    let [_, _, residues, width] = hidden.dims();
    let (hidden, half) = (values(hidden)?, width / 2);
    let state = |b: usize, t: usize, part: usize| hidden[(b * residues + t) * width + part * half..][..half].to_vec();
    Ok(batch.lengths.iter().enumerate().flat_map(|(b, length)| [state(b, *length as usize - 1, 0), state(b, 0, 1)].concat()).collect())
}
