//! The end of an epoch: weights are checked, members measured, the best kept, and the history written.

use std::time::Instant;

use burn::tensor::Tensor;

use super::{
    EpochReport, Event,
    state::{Exact, Group, Status},
    trainer::Trainer,
};
use crate::{Error, labels::Labels, layers::loss::largest, predict};

impl Trainer<'_> {
    /// Evaluates, decides who stops, and writes the history.
    pub(super) fn finish_epoch(&mut self, began: Instant, events: &mut dyn FnMut(Event)) -> Result<Vec<EpochReport>, Error> {
        let epoch = self.state.position.epoch;
        // All measurements come first: a job that is stopped between them has changed nothing, and measures again when it goes on.
        let mut measured = Vec::new();
        for g in 0..self.state.groups.len() {
            let (first, count) = (self.state.groups[g].first, self.state.groups[g].members());
            for m in (0..count).filter(|m| self.state.members[first + m].status == Status::Training) {
                let plan = &self.members[first + m];
                let validation = self.evaluate(g, m, &plan.validation, events)?;
                let test = if self.training.evaluate_test { self.evaluate(g, m, &plan.test, events)? } else { None };
                if self.is_cancelled() {
                    return Err(self.stop());
                }
                measured.push((g, m, validation, test));
            }
        }
        let mut reports = Vec::new();
        for (g, m, validation, test) in measured {
            let member = self.state.groups[g].first + m;
            let state = &mut self.state.members[member];
            let report = EpochReport {
                member: member + 1,
                epoch,
                steps: state.epoch_steps,
                learning_rate: state.learning_rate.0,
                training_loss: state.loss_sum.0 / state.rows.max(1) as f64,
                training_accuracy: state.correct as f64 / state.rows.max(1) as f64,
                gradient_norm: state.norm_sum.0 / state.epoch_steps.max(1) as f64,
                validation_loss: validation.map(|e| e.0),
                validation_accuracy: validation.map(|e| e.1),
                test_loss: test.map(|e| e.0),
                test_accuracy: test.map(|e| e.1),
                seconds: began.elapsed().as_secs_f64(),
            };
            if let (Some(stopping), Some((loss, _))) = (self.training.early_stopping, validation) {
                if state.best_loss.is_none_or(|best| loss < best.0) {
                    state.best_loss = Some(Exact(loss));
                    state.epochs_since_best = 0;
                    self.keep_best(g, m);
                } else {
                    state.epochs_since_best += 1;
                    if state.epochs_since_best >= stopping.patience {
                        state.status = Status::Stopped;
                    }
                }
            }
            self.state.history.push(serde_json::to_string(&report).unwrap_or_default());
            reports.push(report);
        }
        Ok(reports)
    }

    /// The weights that count: the average where there is one.
    pub(super) fn current(group: &Group) -> &[Tensor<2>] {
        group.average.as_deref().unwrap_or(&group.weights)
    }

    fn keep_best(&mut self, g: usize, m: usize) {
        let group = &mut self.state.groups[g];
        let current = Self::current(group).to_vec();
        if let Some(best) = &mut group.best {
            for (best, now) in best.iter_mut().zip(current) {
                let width = now.dims()[1];
                *best = best.clone().slice_assign([m..m + 1, 0..width], now.slice([m..m + 1, 0..width]));
            }
        }
    }

    /// Log loss and accuracy of a member on some rows; of label sets the mean over the labels, and the share of proteins whose labels are all right at 0.5.
    fn evaluate(&self, g: usize, m: usize, rows: &[u32], events: &mut dyn FnMut(Event)) -> Result<Option<(f64, f64)>, Error> {
        if rows.is_empty() {
            return Ok(None);
        }
        let one = Self::current(&self.state.groups[g]).iter().map(|t| t.clone().slice([m..m + 1, 0..t.dims()[1]])).collect();
        let member = self.state.groups[g].first + m;
        let network = self.network(one, self.device, member..member + 1);
        let epoch = self.state.position.epoch;
        // One line a training: the steps may have said it already.
        let is_told = self.most_places.is_some();
        let warn = &mut |message| {
            if !is_told {
                events(Event::Warning { epoch, message });
            }
        };
        let found = predict::probabilities(&network, self.records, rows, self.device, &self.at_once, warn)?;
        let (mut loss, mut correct) = (0.0, 0);
        let classes = self.model.classes.len();
        let ln = |p: f64| p.max(1e-30).ln();
        for (row, probabilities) in rows.iter().zip(found.chunks(classes)) {
            match self.labels {
                Labels::Classes(labels) => {
                    let label = labels[*row as usize] as usize;
                    loss -= ln(f64::from(probabilities[label]));
                    correct += usize::from(largest(probabilities) == label);
                }
                Labels::Sets(sets) => {
                    let set = &sets[*row as usize * classes..][..classes];
                    let answers = || set.iter().zip(probabilities).map(|(label, p)| (*label != 0, f64::from(*p)));
                    loss -= answers().map(|(has, p)| ln(if has { p } else { 1.0 - p })).sum::<f64>() / classes as f64;
                    correct += usize::from(answers().all(|(has, p)| has == (p >= 0.5)));
                }
            }
        }
        Ok(Some((loss / rows.len() as f64, correct as f64 / rows.len() as f64)))
    }
}
