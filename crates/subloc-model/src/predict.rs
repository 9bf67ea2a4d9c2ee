//! Prediction: length-sorted batches of bounded size, results in input order. On the CPU a protein's results do not depend on its batch.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, Wake, Waker},
};

use burn::tensor::{Device, ExecutionError, Tensor, TensorData, activation::softmax};

use crate::{
    Error, TrainedModel,
    batch::{Batch, Records},
    config::{ModelConfig, Objective},
    device,
    layers::label_loss::logistic,
    models::{Forward, Mode, Network},
    ops::context,
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

/// Rows in batches of similar length, longest first.
pub(crate) fn batches(records: &Records, rows: &[u32], most_residues: usize) -> Vec<Vec<u32>> {
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|&row| std::cmp::Reverse(records.length(row as usize)));
    let mut batches: Vec<Vec<u32>> = Vec::new();
    let mut longest = 0;
    for row in sorted {
        match batches.last_mut() {
            Some(batch) if batch.len() < MOST_PROTEINS && (batch.len() + 1) * longest <= most_residues => batch.push(row),
            _ => {
                longest = records.length(row as usize).max(1);
                batches.push(vec![row]);
            }
        }
    }
    batches
}

/// A tensor's values on the host.
///
/// # Errors
/// `OUT_OF_MEMORY` or `DEVICE_LOST` where the device could not compute them.
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    let device = tensor.device();
    floats(tensor.inner().try_into_data(), &device)
}

fn floats(told: Told, device: &Device) -> Result<Vec<f32>, Error> {
    let data = told.map_err(|reason| device::failure(device, &reason))?;
    data.try_to_vec()
        .map_err(|reason| Error::new("INTERNAL", format!("a tensor is not of 32-bit floats: {reason:?}"), serde_json::json!({})))
}

/// Calls `work` with a batch's rows; where the device has not the memory for them, with each half, down to one protein.
fn in_parts(rows: &[u32], work: &mut dyn FnMut(&[u32]) -> Result<(), Error>) -> Result<(), Error> {
    match work(rows) {
        Err(error) if error.code == "OUT_OF_MEMORY" && rows.len() > 1 => {
            let (first, second) = rows.split_at(rows.len() / 2);
            in_parts(first, work)?;
            in_parts(second, work)
        }
        result => result,
    }
}

/// Residues of a batch, padding included, so that no tensor of the network is larger than the device takes.
fn most_residues(config: &ModelConfig, device: &Device) -> usize {
    let bound = device::largest_tensor_bytes(device).map_or(usize::MAX, |bytes| bytes as usize);
    MOST_RESIDUES.min(bound / (size_of::<f32>() * config.widest()))
}

/// Logits [M, B, K] → what is read of them: of one class a protein the softmax over them, of several labels the logits.
fn on_device(logits: Tensor<3>, loss: Objective) -> Tensor<3> {
    match loss {
        Objective::Softmax => softmax(logits, 2),
        Objective::MultiLabel => logits,
    }
}

/// What was read → probabilities: of several labels the sigmoid of each, in f64, which does not depend on its neighbours.
fn on_host(read: Vec<f32>, loss: Objective) -> Vec<f32> {
    match loss {
        Objective::Softmax => read,
        Objective::MultiLabel => read.into_iter().map(|z| logistic(f64::from(z)) as f32).collect(),
    }
}

/// Class probabilities of one member's network for some rows, [rows, K], in the order of `rows`.
pub(crate) fn probabilities(network: &Network, records: &Records, rows: &[u32], device: &Device) -> Result<Vec<f32>, Error> {
    let classes = network.config.classes.len();
    let mut place = vec![0; records.len()];
    rows.iter().enumerate().for_each(|(i, row)| place[*row as usize] = i);
    let mut out = vec![0.0; rows.len() * classes];
    for batch_rows in batches(records, rows, most_residues(&network.config, device)) {
        in_parts(&batch_rows, &mut |batch_rows| {
            let batch = Batch::new(records, &[batch_rows], network.config.profile, device);
            let logits = network.forward(&batch, &Mode::Predict).logits;
            let found = on_host(values(on_device(logits, network.config.loss))?, network.config.loss);
            for (row, found) in batch_rows.iter().zip(found.chunks(classes)) {
                out[place[*row as usize] * classes..][..classes].copy_from_slice(found);
            }
            Ok(())
        })?;
    }
    Ok(out)
}

/// Predicts all records with every member.
///
/// # Errors
/// `CANCELLED` once the context's flag is set; `OUT_OF_MEMORY` where the device cannot hold a single protein's arrays; `DEVICE_LOST`; `INVALID_OPTION` where the model needs profiles and the records have none.
pub fn predict(model: &TrainedModel, device: &Device, records: &Records, want: Outputs) -> Result<Predictions, Error> {
    let config = model.config();
    if config.profile && records.profiles.is_none() {
        return Err(Error::new(
            "INVALID_OPTION",
            "the model reads profiles, and none were given",
            serde_json::json!({ "option": "profiles" }),
        ));
    }
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
    let queue = |batch_rows: &[u32]| {
        let batch = Batch::new(records, &[batch_rows], config.profile, device);
        let members = networks.iter().map(|network| {
            let Forward { logits, attention, pooled, hidden } = network.forward(&batch, &Mode::Predict);
            Asked {
                probabilities: Reading::begin(on_device(logits, config.loss)),
                attention: attention.filter(|_| want_attention).map(Reading::begin),
                last: want.last_states.then(|| Reading::begin(hidden.unwrap_or_else(|| pooled.clone().unsqueeze_dim(2)))),
                states: want.states.then(|| Reading::begin(pooled)),
            }
        });
        (members.collect::<Vec<_>>(), batch)
    };
    let mut take = |batch_rows: &[u32], (members, batch): (Vec<Asked>, Batch)| {
        for (m, asked) in members.into_iter().enumerate() {
            let probabilities = on_host(asked.probabilities.finish()?, config.loss);
            let alpha = asked.attention.map(Reading::finish).transpose()?;
            let last = asked.last.map(Reading::finish).transpose()?.map(|hidden| last_states(&hidden, &batch, width));
            let states = asked.states.map(Reading::finish).transpose()?;
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
    };
    // One batch ahead: a device computes the next while the last is read and put in its place. What has not the memory is done again in parts, alone.
    let mut settle = |batch_rows: Vec<u32>, asked| match take(&batch_rows, asked) {
        Err(error) if error.code == "OUT_OF_MEMORY" && batch_rows.len() > 1 => {
            let (first, second) = batch_rows.split_at(batch_rows.len() / 2);
            [first, second].into_iter().try_for_each(|rows| in_parts(rows, &mut |rows| take(rows, queue(rows))))
        }
        result => result,
    };
    let mut ahead = None;
    for batch_rows in batches(records, &rows, most_residues(config, device)) {
        let asked = queue(&batch_rows);
        if let Some((rows, asked)) = ahead.replace((batch_rows, asked)) {
            settle(rows, asked)?;
        }
    }
    if let Some((rows, asked)) = ahead {
        settle(rows, asked)?;
    }
    Ok(out)
}

/// What is read of one member's batch.
struct Asked {
    probabilities: Reading,
    attention: Option<Reading>,
    /// Hidden states [1, B, T, 2H], or the pooled ones of a network that keeps no others, [1, B, 1, 2H].
    last: Option<Reading>,
    states: Option<Reading>,
}

type Told = Result<TensorData, ExecutionError>;

/// A tensor on its way to the host. The copy is queued when it begins, in front of what the device is given afterwards.
struct Reading {
    told: Pin<Box<dyn Future<Output = Told> + Send>>,
    ready: Option<Told>,
    device: Device,
}

impl Reading {
    fn begin<const D: usize>(tensor: Tensor<D>) -> Self {
        let device = tensor.device();
        let mut told: Pin<Box<dyn Future<Output = Told> + Send>> = Box::pin(tensor.inner().into_data_async());
        let ready = match told.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())) {
            Poll::Ready(told) => Some(told),
            Poll::Pending => None,
        };
        Self { told, ready, device }
    }
    /// Waits for it.
    ///
    /// # Errors
    /// As [`values`].
    fn finish(self) -> Result<Vec<f32>, Error> {
        let Self { told, ready, device } = self;
        floats(ready.unwrap_or_else(|| wait(told)), &device)
    }
}

/// Runs a future to its end on this thread.
fn wait<T>(mut future: Pin<Box<dyn Future<Output = T> + Send>>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match future.as_mut().poll(&mut TaskContext::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// The last states of one member's batch, [B, 2H], from what [`Asked::last`] reads: an R-LSTM pools them, of an A-LSTM they are the forward half at residue T
/// and the backward half at 1.
fn last_states(hidden: &[f32], batch: &Batch, width: usize) -> Vec<f32> {
    let (residues, half) = (hidden.len() / (batch.size * width), width / 2);
    if residues == 1 {
        return hidden.to_vec();
    }
    let state = |b: usize, t: usize, part: usize| hidden[(b * residues + t) * width + part * half..][..half].to_vec();
    batch.lengths.iter().enumerate().flat_map(|(b, length)| [state(b, *length as usize - 1, 0), state(b, 0, 1)].concat()).collect()
}
