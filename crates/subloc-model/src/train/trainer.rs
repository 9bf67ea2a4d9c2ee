//! The loop. Whole, though long: what a step, an epoch and a stop do to one state is read together.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::{
    Event,
    adam::{MemberStep, keep_inactive},
    batches::batches,
    schedule,
    state::{Exact, Group, State, Status},
};
use crate::{
    Error, TrainedModel,
    batch::{Batch, Records},
    checkpoint::plausible,
    config::{ModelConfig, Objective, TrainingConfig},
    extra::ExtraScale,
    labels::Labels,
    layers::{label_loss::TrainingLoss, loss::Loss},
    models::{Mode, Network, Parameters},
    ops::on_cpu,
    predict::{AtOnce, require_inputs, values},
};

/// A member: whose rows it sees, and the key of all its random numbers.
#[derive(Clone, Debug)]
pub struct MemberPlan {
    /// Initial weights, order of batches, dropout.
    pub seed: u64,
    /// Training rows.
    pub train: Vec<u32>,
    /// Rows for early stopping; may be empty.
    pub validation: Vec<u32>,
    /// Rows that are only reported on; may be empty.
    pub test: Vec<u32>,
}

/// Trains all members and returns their final weights: the best epoch's with early stopping, else the average's where asked for, else the last.
///
/// `table` is [25, Ft]. With `checkpoint` the state is written there after each epoch and when the job is stopped; with `resume` it goes
/// on from there, to the same bits on the CPU. A stopped job drops the step in progress.
///
/// # Errors
/// `CANCELLED` (fact `resumable`), `TRAINING_DIVERGED` (facts `members`, `checkpoint`) after the other members have finished, `INVALID_CONFIG` where the
/// checkpoint belongs to another run, `OUT_OF_MEMORY` where the device cannot hold a single protein's arrays, `DEVICE_LOST` with the checkpoint of the epoch
/// before, `INVALID_OPTION`, `INVALID_MODEL`, `IO`.
#[expect(clippy::too_many_arguments, reason = "everything a run depends on, passed in")]
pub fn train(
    device: &Device,
    model: &ModelConfig,
    table: &[f32],
    training: &TrainingConfig,
    records: &Records,
    labels: Labels<'_>,
    members: &[MemberPlan],
    checkpoint: Option<&Path>,
    resume: bool,
    events: &mut dyn FnMut(Event),
    cancel: Arc<AtomicBool>,
) -> Result<TrainedModel, Error> {
    check(model, training, records, labels, members)?;
    let seeds: Vec<u64> = members.iter().map(|m| m.seed).collect();
    let state = match checkpoint {
        Some(path) if resume && path.exists() => State::load(path, model, training, &seeds, device)?,
        _ => State::new(model, training, &seeds, log_odds(labels, model.classes.len(), members).as_deref(), device),
    };
    if cancel.load(Ordering::Relaxed) {
        // Perhaps before all initial weights were drawn: nothing of this state may be kept.
        return Err(Error::cancelled(checkpoint.is_some_and(Path::exists)));
    }
    let model = Arc::new(model.clone());
    let scales = scales(&model, records, members);
    let mut trainer = Trainer {
        device,
        model,
        table,
        training,
        records,
        labels,
        members,
        seeds,
        checkpoint,
        cancel,
        state,
        scales,
        most_places: None,
        at_once: AtOnce::default(),
    };
    trainer.run(events)
}

fn check(
    model: &ModelConfig,
    training: &TrainingConfig,
    records: &Records,
    labels: Labels<'_>,
    members: &[MemberPlan],
) -> Result<(), Error> {
    let wrong = |option: &str, why: &str| Err(Error::new("INVALID_OPTION", format!("{option}: {why}"), json!({ "option": option })));
    if let Err(why) = plausible(model) {
        return wrong("model", &why);
    }
    let are_sets = matches!(labels, Labels::Sets(_));
    if are_sets != (model.loss == Objective::MultiLabel) || !labels.fit(records.len(), model.classes.len()) {
        return wrong("labels", "they are not those that the loss is of, or not of these records and classes");
    }
    require_inputs(model, records)?;
    if model.profile_dropout > 0.0 && !(model.profile && records.stand_ins.is_some()) {
        return wrong("profileDropout", "it needs profiles, and the rows that stand in for them");
    }
    if training.batch_size == 0 || training.bucket_batches == 0 || training.members_per_step == 0 || training.epochs == 0 {
        return wrong("training", "epochs, batchSize, bucketBatches and membersPerStep are at least 1");
    }
    if training.class_weights.as_ref().is_some_and(|w| w.len() != model.classes.len()) {
        return wrong("classWeights", "one weight a class is needed");
    }
    if members.is_empty() || members.iter().any(|m| m.train.is_empty()) {
        return wrong("members", "each member needs training rows");
    }
    if training.early_stopping.is_some() && members.iter().any(|m| m.validation.is_empty()) {
        return wrong("earlyStopping", "it needs validation rows");
    }
    Ok(())
}

pub(super) struct Trainer<'a> {
    pub(super) device: &'a Device,
    pub(super) model: Arc<ModelConfig>,
    pub(super) table: &'a [f32],
    pub(super) training: &'a TrainingConfig,
    pub(super) records: &'a Records,
    pub(super) labels: Labels<'a>,
    pub(super) members: &'a [MemberPlan],
    pub(super) seeds: Vec<u64>,
    pub(super) checkpoint: Option<&'a Path>,
    pub(super) cancel: Arc<AtomicBool>,
    pub(super) state: State,
    /// Of the user's own numbers, a member each over its training rows; empty where the model reads none.
    pub(super) scales: Vec<ExtraScale>,
    /// Proteins of all members that pass through the network at once: halved where the device has not the memory for more.
    pub(super) most_places: Option<usize>,
    /// Likewise where members are evaluated, one by one and without gradients.
    pub(super) at_once: AtOnce,
}

impl Trainer<'_> {
    fn run(&mut self, events: &mut dyn FnMut(Event)) -> Result<TrainedModel, Error> {
        while self.state.position.epoch <= self.training.epochs && self.state.members.iter().any(|m| m.status == Status::Training) {
            let began = Instant::now();
            let epoch = self.state.position.epoch;
            if self.state.position.group == 0 && self.state.position.step == 0 {
                self.state.members.iter_mut().filter(|m| m.status == Status::Training).for_each(|m| m.begin_epoch());
            }
            while self.state.position.group < self.state.groups.len() {
                self.train_group(events)?;
                self.state.position.group += 1;
                self.state.position.step = 0;
            }
            let reports = self.finish_epoch(began, events)?;
            self.state.position = super::state::Position { epoch: epoch + 1, group: 0, step: 0 };
            self.save()?;
            reports.into_iter().for_each(|report| events(Event::Epoch(report)));
            if self.checkpoint.is_some() {
                events(Event::Checkpoint { epoch, step: 0 });
            }
        }
        self.finish()
    }

    fn save(&self) -> Result<(), Error> {
        match self.checkpoint {
            Some(path) => self.state.save(path, &self.model, self.training, &self.seeds),
            None => Ok(()),
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    pub(super) fn stop(&self) -> Error {
        match self.save() {
            Ok(()) => Error::cancelled(self.checkpoint.is_some()),
            Err(error) => error,
        }
    }

    /// The rest of the epoch's steps of the group at the position.
    fn train_group(&mut self, events: &mut dyn FnMut(Event)) -> Result<(), Error> {
        if !on_cpu(self.device) {
            return self.train_group_on_device(events);
        }
        let (epoch, g) = (self.state.position.epoch, self.state.position.group);
        let (first, count) = (self.state.groups[g].first, self.state.groups[g].members());
        let order = self.order(g);
        let steps = order.iter().map(Vec::len).max().unwrap_or(0);
        let steps_an_epoch: Vec<usize> = order.iter().map(Vec::len).collect();
        while self.state.position.step < steps {
            let step = self.state.position.step;
            let rows = self.rows(first, &order);
            if rows.iter().all(|r| r.is_empty()) {
                break;
            }
            let Some(loss) = self.step(g, &rows, &steps_an_epoch, events) else { return Err(self.stop()) };
            self.state.position.step += 1;
            events(Event::Step { epoch, step: step + 1, steps, loss });
            if self.is_cancelled() {
                return Err(self.stop());
            }
        }
        debug_assert_eq!(count, order.len());
        Ok(())
    }

    /// The epoch's batches of each member of a group.
    pub(super) fn order(&self, g: usize) -> Vec<Vec<Vec<u32>>> {
        let epoch = self.state.position.epoch;
        let (first, count) = (self.state.groups[g].first, self.state.groups[g].members());
        let length = |row: u32| self.records.length(row as usize);
        (first..first + count)
            .map(|m| {
                batches(self.members[m].seed, epoch, &self.members[m].train, length, self.training.batch_size, self.training.bucket_batches)
            })
            .collect()
    }

    /// Each member's rows of the step at the position: none where it has no more batches, or does not train.
    pub(super) fn rows<'b>(&self, first: usize, order: &'b [Vec<Vec<u32>>]) -> Vec<&'b [u32]> {
        let rows = |(m, order): (usize, &'b Vec<Vec<u32>>)| match order.get(self.state.position.step) {
            Some(rows) if self.state.members[first + m].status == Status::Training => rows.as_slice(),
            _ => &[],
        };
        order.iter().enumerate().map(rows).collect()
    }

    /// One step of a group; None where it was cancelled and dropped.
    fn step(&mut self, g: usize, rows: &[&[u32]], steps_an_epoch: &[usize], events: &mut dyn FnMut(Event)) -> Option<f64> {
        let tracked = self.device.clone().autodiff();
        let group = &self.state.groups[g];
        let first = group.first;
        let parameters: Vec<Tensor<2>> = group.weights.iter().map(|w| Tensor::from_inner(w.clone()).require_grad()).collect();
        let network = self.network(parameters.clone(), &tracked, first..first + rows.len());
        let mode = Mode::Train {
            dropout: self.training.dropout,
            seeds: self.seeds[first..first + rows.len()].into(),
            steps: (0..rows.len()).map(|m| self.state.members[first + m].steps).collect(),
        };
        let batch = Batch::of_step(self.records, rows, &self.model, &mode, &tracked);
        let places: Vec<Option<u32>> = rows.iter().flat_map(|rows| (0..batch.size).map(|b| rows.get(b).copied())).collect();
        let Loss { total, members: losses, correct } = self.loss().forward(network.forward(&batch, &mode).logits, &places);
        if self.is_cancelled() {
            return None;
        }
        let mut grads = total.backward();
        let gradients: Vec<Tensor<2>> = parameters
            .iter()
            .map(|p| p.grad_remove(&mut grads).map_or_else(|| Tensor::zeros(p.dims(), self.device), Tensor::inner))
            .collect();
        drop((grads, network, parameters));
        if self.is_cancelled() {
            return None;
        }
        let norms = norms(&gradients, rows.len());
        let mut updates = Vec::with_capacity(rows.len());
        for (m, rows) in rows.iter().enumerate() {
            let training = self.training;
            let (epoch, step) = (self.state.position.epoch, self.state.position.step + 1);
            let state = &mut self.state.members[first + m];
            let mut active = !rows.is_empty();
            if active && !(losses[m].is_finite() && norms[m].is_finite()) {
                active = false;
                state.status = Status::Diverged { epoch, step };
                events(Event::Diverged { member: first + m + 1, epoch, step });
            }
            let learning_rate = training.optimizer.learning_rate
                * schedule::factor(training.schedule, state.steps as usize, steps_an_epoch[m], training.epochs);
            if active {
                state.steps += 1;
                state.epoch_steps += 1;
                state.loss_sum.0 += losses[m] * rows.len() as f64;
                state.norm_sum.0 += norms[m];
                state.correct += correct[m];
                state.rows += rows.len();
                state.learning_rate = Exact(learning_rate);
            }
            let gradient_scale = match training.clip_norm {
                Some(largest) if norms[m] > largest => largest / norms[m],
                _ => 1.0,
            };
            updates.push(MemberStep { active, count: state.steps.max(1), learning_rate, gradient_scale });
        }
        self.update(g, updates, gradients, events);
        let present = rows.iter().filter(|r| !r.is_empty()).count().max(1);
        Some(losses.iter().sum::<f64>() / present as f64)
    }

    /// Adam's step of a group. A member whose weights overflow in it rests with those before, like one whose loss is not finite.
    fn update(&mut self, g: usize, mut updates: Vec<MemberStep>, gradients: Vec<Tensor<2>>, events: &mut dyn FnMut(Event)) {
        let (epoch, step) = (self.state.position.epoch, self.state.position.step + 1);
        let group = &self.state.groups[g];
        let (mut moments, mut weights, first) = (group.moments.clone(), group.weights.clone(), group.first);
        moments.step(&self.training.optimizer, &updates, &mut weights, gradients.clone());
        let finite = finite(&weights, updates.len());
        let mut overflowed = false;
        for (m, (update, finite)) in updates.iter_mut().zip(finite).enumerate() {
            if update.active && !finite {
                (update.active, overflowed) = (false, true);
                self.state.members[first + m].status = Status::Diverged { epoch, step };
                events(Event::Diverged { member: first + m + 1, epoch, step });
            }
        }
        let group = &mut self.state.groups[g];
        if overflowed {
            (moments, weights) = (group.moments.clone(), group.weights.clone());
            moments.step(&self.training.optimizer, &updates, &mut weights, gradients);
        }
        (group.moments, group.weights) = (moments, weights);
        let Group { weights, average, .. } = group;
        if let (Some(average), Some(averaging)) = (average, self.training.weight_averaging) {
            for (average, weight) in average.iter_mut().zip(weights) {
                let next = average.clone() * averaging.decay + weight.clone() * (1.0 - averaging.decay);
                *average = keep_inactive(&updates, average, next, self.device);
            }
        }
    }

    pub(super) fn loss(&self) -> TrainingLoss<'_> {
        let TrainingConfig { label_smoothing, class_weights, .. } = self.training;
        TrainingLoss { labels: self.labels, label_smoothing: *label_smoothing, class_weights: class_weights.as_deref() }
    }

    /// The network of some of the job's members.
    pub(super) fn network(&self, values: Vec<Tensor<2>>, device: &Device, members: std::ops::Range<usize>) -> Network {
        debug_assert_eq!(values[0].dims()[0], members.len());
        let network = Network::new(self.model.clone(), self.table, Parameters::of(&self.model, values), device);
        network.scaled(self.scales.get(members).unwrap_or_default(), device)
    }

    fn finish(&self) -> Result<TrainedModel, Error> {
        let diverged = self.state.members.iter().enumerate().filter_map(|(m, s)| match s.status {
            Status::Diverged { epoch, step } => Some(json!({ "member": m + 1, "epoch": epoch, "step": step })),
            _ => None,
        });
        let diverged: Vec<_> = diverged.collect();
        if let Some(worst) = diverged.first() {
            self.save()?;
            let message = format!(
                "training of {} of {} members diverged: a loss, gradient or weight is not finite (first: {worst})",
                diverged.len(),
                self.members.len()
            );
            let path = self.checkpoint.map(|p| p.display().to_string());
            return Err(Error::new("TRAINING_DIVERGED", message, json!({ "members": diverged, "checkpoint": path })));
        }
        let mut members = Vec::with_capacity(self.members.len());
        for group in &self.state.groups {
            let weights = group.best.as_deref().unwrap_or_else(|| Self::current(group));
            let host: Vec<Vec<f32>> = weights.iter().map(|w| values(w.clone())).collect::<Result<_, _>>()?;
            for m in 0..group.members() {
                members.push(host.iter().map(|v| v[m * v.len() / group.members()..(m + 1) * v.len() / group.members()].to_vec()).collect());
            }
        }
        Ok(TrainedModel::new(self.model.clone(), self.table.to_vec(), self.seeds.clone(), members).with_scales(self.scales.clone()))
    }
}

/// Of the user's own numbers, a member each; empty where the model reads none. Members of one training part, as an ensemble's are, share the sums.
fn scales(model: &ModelConfig, records: &Records, members: &[MemberPlan]) -> Vec<ExtraScale> {
    let mut scales: Vec<ExtraScale> = Vec::new();
    for (m, member) in members.iter().enumerate().filter(|_| model.extra_features > 0) {
        let before = (0..m).find(|other| members[*other].train == member.train).map(|other| scales[other].clone());
        scales.extend(before.or_else(|| ExtraScale::of(records, &member.train)));
    }
    scales
}

/// Of label sets: ln(p / (1 − p)) of each label's share p among a member's training rows, [K] a member (half a record is added to both answers). With biases of
/// 0 every label would begin at 0.5, and the first epochs would do nothing but push all of them down, which leaves Adam's second moments large for long.
fn log_odds(labels: Labels<'_>, classes: usize, members: &[MemberPlan]) -> Option<Vec<Vec<f32>>> {
    let Labels::Sets(sets) = labels else { return None };
    let of = |rows: &[u32], label: usize| {
        let with = rows.iter().filter(|row| sets[**row as usize * classes + label] != 0).count() as f64;
        ((with + 0.5) / (rows.len() as f64 - with + 0.5)).ln() as f32
    };
    Some(members.iter().map(|member| (0..classes).map(|label| of(&member.train, label)).collect()).collect())
}

/// Whether all weights of each member are.
fn finite(weights: &[Tensor<2>], members: usize) -> Vec<bool> {
    let mut all = vec![true; members];
    for weight in weights {
        let values = values(weight.clone()).unwrap_or_default(); // the CPU's, which can be read
        for (all, member) in all.iter_mut().zip(values.chunks((values.len() / members).max(1))) {
            *all &= member.iter().all(|v| v.is_finite());
        }
    }
    all
}

/// Global gradient norm of each member: one sum a member in a fixed order.
fn norms(gradients: &[Tensor<2>], members: usize) -> Vec<f64> {
    let mut sums = vec![0.0; members];
    for gradient in gradients {
        let values = values(gradient.clone()).unwrap_or_default();
        for (sum, member) in sums.iter_mut().zip(values.chunks((values.len() / members).max(1))) {
            *sum += member.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>();
        }
    }
    sums.into_iter().map(f64::sqrt).collect()
}
