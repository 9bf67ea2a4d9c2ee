//! Steps on a GPU: everything of a step is queued and nothing read. The members' counts stay in the ledger (`ops/update`), which is read every
//! [`STEPS_A_READING`] steps; what the device could not do is found there, and the steps since the reading before are then undone.

use burn::tensor::Tensor;

use super::{
    Event,
    adam::Moments,
    state::{Exact, MemberState, Status},
    trainer::Trainer,
};
use crate::{
    Error,
    batch::Batch,
    device,
    layers::loss::Unread,
    models::Mode,
    ops::update::{self, AdamNumbers, COLUMNS},
    predict::{even_for_one, values},
    train::schedule,
};

/// Often enough that a job stops soon, seldom enough that the device need not wait for the host.
const STEPS_A_READING: usize = 8;

/// A group as it was at a reading; tensors are shared, not copied.
struct Reading {
    weights: Vec<Tensor<2>>,
    moments: Moments,
    average: Option<Vec<Tensor<2>>>,
    members: Vec<MemberState>,
    step: usize,
}

/// What passes through the network at once: some members, and their rows.
struct Piece<'a> {
    members: std::ops::Range<usize>,
    rows: Vec<&'a [u32]>,
}

impl Trainer<'_> {
    /// The rest of the epoch's steps of the group at the position.
    pub(super) fn train_group_on_device(&mut self, events: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let (epoch, g) = (self.state.position.epoch, self.state.position.group);
        let (first, count) = (self.state.groups[g].first, self.state.groups[g].members());
        let order = self.order(g);
        let steps = order.iter().map(Vec::len).max().unwrap_or(0);
        let steps_an_epoch: Vec<usize> = order.iter().map(Vec::len).collect();
        let mut before = self.reading(g);
        let mut ledger = update::ledger(count, self.device);
        // The first step is read at once: memory that is too small shows there.
        let mut a_reading = 1;
        loop {
            let rows = self.rows(first, &order);
            let step = self.state.position.step;
            let done = step >= steps || rows.iter().all(|r| r.is_empty());
            let cancelled = self.is_cancelled();
            if step > before.step && (done || cancelled || step - before.step >= a_reading) {
                match self.settle(g, &ledger, &before, events) {
                    Ok(loss) => {
                        a_reading = STEPS_A_READING;
                        events(Event::Step { epoch, step, steps, loss });
                    }
                    Err(error) if error.code == "OUT_OF_MEMORY" => {
                        self.undo(g, &before);
                        self.halve(&error, &order, before.step, events)?;
                        a_reading = 1;
                    }
                    Err(error) => return Err(error),
                }
                before = self.reading(g);
                ledger = update::ledger(count, self.device);
                if cancelled {
                    return Err(self.stop());
                }
                continue;
            }
            if done {
                return Ok(());
            }
            if cancelled {
                return Err(self.stop());
            }
            ledger = self.queue_step(g, &rows, &steps_an_epoch, ledger);
            self.state.position.step += 1;
        }
    }

    fn reading(&self, g: usize) -> Reading {
        let group = &self.state.groups[g];
        Reading {
            weights: group.weights.clone(),
            moments: group.moments.clone(),
            average: group.average.clone(),
            members: self.state.members.clone(),
            step: self.state.position.step,
        }
    }

    fn undo(&mut self, g: usize, before: &Reading) {
        let group = &mut self.state.groups[g];
        group.weights = before.weights.clone();
        group.moments = before.moments.clone();
        group.average = before.average.clone();
        self.state.members = before.members.clone();
        self.state.position.step = before.step;
    }

    /// Reads the ledger into the members' states; the mean loss of the last step.
    fn settle(&mut self, g: usize, ledger: &Tensor<2>, before: &Reading, events: &mut dyn FnMut(Event)) -> Result<f64, Error> {
        let found = values(ledger.clone())?;
        // The last weights too: what they were made from may have failed after the ledger was written.
        if let Some(last) = self.state.groups[g].weights.last() {
            values(last.clone())?;
        }
        let (first, epoch) = (self.state.groups[g].first, self.state.position.epoch);
        let (mut losses, mut present) = (0.0, 0);
        for (m, row) in found.chunks(COLUMNS).enumerate() {
            let [failed, loss, right, norm, steps, proteins, last] = [0, 1, 2, 3, 4, 5, 6].map(|c| f64::from(row[c]));
            let state = &mut self.state.members[first + m];
            // The host counted every step as taken.
            state.steps = before.members[first + m].steps + steps as u32;
            state.loss_sum.0 += loss;
            state.correct += right as usize;
            state.norm_sum.0 += norm;
            state.epoch_steps += steps as usize;
            state.rows += proteins as usize;
            if steps > 0.0 {
                (losses, present) = (losses + last, present + 1);
            }
            if failed > 0.0 {
                let step = failed as usize;
                state.status = Status::Diverged { epoch, step };
                events(Event::Diverged { member: first + m + 1, epoch, step });
            }
        }
        Ok(losses / f64::from(present.max(1)))
    }

    /// Half as many proteins at once from now on; the sums of a step stay those of the whole batch.
    fn halve(&mut self, error: &Error, order: &[Vec<Vec<u32>>], step: usize, events: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let largest = order.iter().filter_map(|o| o.get(step)).map(Vec::len).max().unwrap_or(1) * order.len();
        let now = self.most_places.unwrap_or(largest).min(largest);
        if now <= 1 {
            return Err(even_for_one(error));
        }
        if self.most_places.is_none() {
            let message = format!("{}; a batch is now computed in parts of {} proteins or fewer, to the same sums", error.message, now / 2);
            events(Event::Warning { epoch: self.state.position.epoch, message });
        }
        self.most_places = Some(now / 2);
        Ok(())
    }

    /// A step's rows in pieces: whole members where they fit, else parts of one member's batch.
    fn pieces<'r>(&self, rows: &[&'r [u32]]) -> Vec<Piece<'r>> {
        let batch = rows.iter().map(|r| r.len()).max().unwrap_or(0).max(1);
        let residues = rows.iter().flat_map(|r| r.iter()).map(|&r| self.records.length(r as usize)).max().unwrap_or(1).max(1);
        // No tensor over [M, B, T] may be larger than the device takes.
        let bound = device::largest_tensor_bytes(self.device).map_or(usize::MAX, |bytes| bytes as usize);
        let most = (bound / (size_of::<f32>() * self.model.widest() * residues)).min(self.most_places.unwrap_or(usize::MAX)).max(1);
        let members = (most / batch).clamp(1, rows.len());
        if most >= batch {
            let ranges = (0..rows.len()).step_by(members).map(|from| from..(from + members).min(rows.len()));
            return ranges.map(|members| Piece { rows: rows[members.clone()].to_vec(), members }).collect();
        }
        let parts = |m: usize| {
            let rows: Vec<&'r [u32]> = if rows[m].is_empty() { vec![&[]] } else { rows[m].chunks(most).collect() };
            rows.into_iter().map(move |rows| Piece { members: m..m + 1, rows: vec![rows] })
        };
        (0..rows.len()).flat_map(parts).collect()
    }

    /// Queues a step of a group; the ledger after it.
    fn queue_step(&mut self, g: usize, rows: &[&[u32]], steps_an_epoch: &[usize], ledger: Tensor<2>) -> Tensor<2> {
        let first = self.state.groups[g].first;
        let mut gradients: Vec<Vec<Tensor<2>>> = Vec::new(); // a member piece, a parameter
        let (mut losses, mut right): (Vec<Tensor<2>>, Vec<Tensor<2>>) = (Vec::new(), Vec::new());
        let mut begun = 0; // members up to here have a place in the three above
        for piece in self.pieces(rows) {
            let (found, Unread { members: loss, right: answers, .. }) = self.gradients_of(g, first, &piece, rows);
            if piece.members.start >= begun {
                begun = piece.members.end;
                gradients.push(found);
                losses.push(loss);
                right.push(answers);
            } else if let (Some(sums), Some(losses), Some(right)) = (gradients.last_mut(), losses.last_mut(), right.last_mut()) {
                // Another part of the same member's batch.
                for (sum, more) in sums.iter_mut().zip(found) {
                    *sum = sum.clone() + more;
                }
                *losses = losses.clone() + loss;
                *right = right.clone() + answers;
            }
        }
        let joined = |mut parts: Vec<Tensor<2>>| if parts.len() == 1 { parts.remove(0) } else { Tensor::cat(parts, 0) };
        let parameters = self.state.groups[g].weights.len();
        let gradients: Vec<Tensor<2>> = (0..parameters).map(|p| joined(gradients.iter().map(|of| of[p].clone()).collect())).collect();
        let orders = self.orders(first, rows, steps_an_epoch);
        let none: Tensor<2> = Tensor::zeros([rows.len(), 1], self.device);
        let squares = gradients.iter().fold(none, |sum, gradient| update::add_squares(gradient.clone(), sum));
        let ledger = update::judge(ledger, orders, squares, joined(losses), joined(right), self.state.position.step + 1);
        let optimizer = &self.training.optimizer;
        let numbers = AdamNumbers { beta1: optimizer.beta1 as f32, beta2: optimizer.beta2 as f32, epsilon: optimizer.epsilon as f32 };
        let averaging = self.training.weight_averaging;
        let group = &mut self.state.groups[g];
        for (p, gradient) in gradients.into_iter().enumerate() {
            let moments = [group.moments.first[p].clone(), group.moments.second[p].clone()];
            let [weights, m, v] = update::adam(group.weights[p].clone(), moments, gradient, ledger.clone(), numbers);
            (group.moments.first[p], group.moments.second[p]) = (m, v);
            if let (Some(average), Some(averaging)) = (&mut group.average, averaging) {
                average[p] = update::average(average[p].clone(), weights.clone(), ledger.clone(), averaging.decay as f32);
            }
            group.weights[p] = weights;
        }
        ledger
    }

    /// Gradients and loss of a piece.
    fn gradients_of(&self, g: usize, first: usize, piece: &Piece, rows: &[&[u32]]) -> (Vec<Tensor<2>>, Unread) {
        let tracked = self.device.clone().autodiff();
        let members = piece.members.clone();
        let part = |w: &Tensor<2>| if members.len() == rows.len() { w.clone() } else { w.clone().slice([members.clone(), 0..w.dims()[1]]) };
        let parameters: Vec<Tensor<2>> = self.state.groups[g].weights.iter().map(|w| Tensor::from_inner(part(w)).require_grad()).collect();
        let network = self.network(parameters.clone(), &tracked, first + members.start..first + members.end);
        let mode = Mode::Train {
            dropout: self.training.dropout,
            seeds: self.seeds[first + members.start..first + members.end].into(),
            steps: members.clone().map(|m| self.state.members[first + m].steps).collect(),
        };
        let batch = Batch::of_step(self.records, &piece.rows, &self.model, &mode, &tracked);
        let places: Vec<Option<u32>> = piece.rows.iter().flat_map(|rows| (0..batch.size).map(|b| rows.get(b).copied())).collect();
        let loss = self.loss();
        let mut share = 1.0;
        if piece.rows.len() == 1 && piece.rows[0].len() < rows[members.start].len() {
            // A part of a batch: its weights are those of the whole batch.
            let weight = |rows: &[u32]| rows.iter().map(|row| loss.weight(*row)).sum::<f64>();
            share = weight(piece.rows[0]) / weight(rows[members.start]).max(f64::MIN_POSITIVE);
        }
        let found = loss.unread(network.forward(&batch, &mode).logits, &places, share);
        let mut grads = found.total.backward();
        let gradients = parameters
            .iter()
            .map(|p| p.grad_remove(&mut grads).map_or_else(|| Tensor::zeros(p.dims(), self.device), Tensor::inner))
            .collect();
        (gradients, found)
    }

    /// What each member is to do in the step, [M, 6]; counts it as done.
    fn orders(&mut self, first: usize, rows: &[&[u32]], steps_an_epoch: &[usize]) -> Vec<f32> {
        let (training, optimizer) = (self.training, &self.training.optimizer);
        let mut orders = Vec::with_capacity(rows.len() * update::ORDERS);
        for (m, rows) in rows.iter().enumerate() {
            let state = &mut self.state.members[first + m];
            let learning_rate =
                optimizer.learning_rate * schedule::factor(training.schedule, state.steps as usize, steps_an_epoch[m], training.epochs);
            if !rows.is_empty() {
                state.steps += 1;
                state.learning_rate = Exact(learning_rate);
            }
            let count = state.steps.max(1) as i32;
            orders.extend([
                f64::from(u8::from(!rows.is_empty())) as f32,
                rows.len() as f32,
                (learning_rate / (1.0 - optimizer.beta1.powi(count))) as f32,
                (1.0 / (1.0 - optimizer.beta2.powi(count))) as f32,
                (learning_rate * optimizer.weight_decay) as f32,
                training.clip_norm.unwrap_or(0.0) as f32,
            ]);
        }
        orders
    }
}
