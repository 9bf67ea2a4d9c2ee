//! The loss of a training: cross-entropy of one class a protein, or binary cross-entropy of any number of labels.
//!
//! Binary: −Σ_k w_k [ t_k ln σ(z_k) + (1 − t_k) ln(1 − σ(z_k)) ] / Σ_k w_k, the mean over a member's proteins, the sum over members. A target t is
//! y (1 − s) + s/2 with the label smoothing s; w_k is the label's weight.

use burn::tensor::{
    Tensor, TensorData,
    activation::{relu, sigmoid},
};

use super::loss::{CrossEntropy, Loss, Unread};
use crate::{labels::Labels, predict::values};

/// What a training makes smaller.
#[derive(Clone, Copy, Debug)]
pub struct TrainingLoss<'a> {
    /// Of all records.
    pub labels: Labels<'a>,
    /// Share of the target spread over all classes, or between the two answers of a label.
    pub label_smoothing: f64,
    /// [K]; 1 each where none.
    pub class_weights: Option<&'a [f64]>,
}

impl<'a> TrainingLoss<'a> {
    fn cross_entropy(&self) -> CrossEntropy<'a> {
        CrossEntropy { label_smoothing: self.label_smoothing, class_weights: self.class_weights }
    }

    /// logits `[M, B, K]`, rows `[M, B]` (None where there is no protein). Right answers: the largest logit is the class, or all labels are right at 0.5.
    pub fn forward(&self, logits: Tensor<3>, rows: &[Option<u32>]) -> Loss {
        match self.labels {
            Labels::Classes(labels) => self.cross_entropy().forward(logits, &classes_of(labels, rows)),
            Labels::Sets(sets) => self.binary(sets).forward(logits, rows),
        }
    }

    /// What a protein counts in its batch.
    pub(crate) fn weight(&self, row: u32) -> f64 {
        match self.labels {
            Labels::Classes(labels) => self.cross_entropy().weight(labels[row as usize]),
            Labels::Sets(_) => 1.0,
        }
    }

    /// The loss without reading anything: the total, and each member's loss and right answers as [M, 1], times `share` of a batch.
    pub(crate) fn unread(&self, logits: Tensor<3>, rows: &[Option<u32>], share: f64) -> Unread {
        match self.labels {
            Labels::Classes(labels) => {
                let (loss, labels) = (self.cross_entropy(), classes_of(labels, rows));
                let mut targets = loss.targets(&labels, logits.dims());
                targets.iter_mut().for_each(|t| *t *= share);
                CrossEntropy::unread(logits, &targets, &labels)
            }
            Labels::Sets(sets) => self.binary(sets).unread(logits, rows, share),
        }
    }

    fn binary(&self, sets: &'a [u8]) -> BinaryCrossEntropy<'a> {
        BinaryCrossEntropy { sets, label_smoothing: self.label_smoothing, class_weights: self.class_weights }
    }
}

fn classes_of(labels: &[u32], rows: &[Option<u32>]) -> Vec<Option<u32>> {
    rows.iter().map(|row| row.map(|row| labels[row as usize])).collect()
}

struct BinaryCrossEntropy<'a> {
    sets: &'a [u8],
    label_smoothing: f64,
    class_weights: Option<&'a [f64]>,
}

/// Of every logit, [M, B, K].
struct Terms {
    /// t.
    targets: Vec<f64>,
    /// What the term counts; 0 where there is no protein. A member's sum to 1.
    weights: Vec<f64>,
}

impl BinaryCrossEntropy<'_> {
    fn terms(&self, rows: &[Option<u32>], [members, batch, classes]: [usize; 3], share: f64) -> Terms {
        let mut terms = Terms { targets: vec![0.0; members * batch * classes], weights: vec![0.0; members * batch * classes] };
        let total = self.class_weights.map_or(classes as f64, |w| w.iter().sum()).max(f64::MIN_POSITIVE);
        for (m, rows) in rows.chunks(batch.max(1)).enumerate() {
            let scale = share / (total * rows.iter().flatten().count().max(1) as f64);
            for (b, row) in rows.iter().enumerate().filter_map(|(b, row)| row.map(|row| (b, row as usize))) {
                let set = &self.sets[row * classes..][..classes];
                for (k, label) in set.iter().enumerate() {
                    let at = (m * batch + b) * classes + k;
                    terms.targets[at] = f64::from(u8::from(*label != 0)) * (1.0 - self.label_smoothing) + self.label_smoothing / 2.0;
                    terms.weights[at] = scale * self.class_weights.map_or(1.0, |w| w[k]);
                }
            }
        }
        terms
    }

    /// Only the CPU comes here, and reading there is a copy. The gradient w (σ(z) − t) is computed as it stands, in f64: built from operations it would be
    /// wrong where a logit is exactly 0.
    fn forward(&self, logits: Tensor<3>, rows: &[Option<u32>]) -> Loss {
        let dims @ [members, batch, classes] = logits.dims();
        let Terms { targets, weights } = self.terms(rows, dims, 1.0);
        let host = values(logits.clone()).unwrap_or_default();
        let (mut losses, mut correct) = (vec![0.0; members], vec![0; members]);
        let (mut slopes, mut rest) = (vec![0.0f32; host.len()], 0.0);
        for (place, row) in rows.iter().enumerate() {
            let Some(row) = row else { continue };
            let set = &self.sets[*row as usize * classes..][..classes];
            let mut is_right = true;
            for (k, label) in set.iter().enumerate() {
                let at = place * classes + k;
                let (z, t, w) = (f64::from(host[at]), targets[at], weights[at]);
                let loss = w * (z.max(0.0) - z * t + (-z.abs()).exp().ln_1p());
                slopes[at] = (w * (logistic(z) - t)) as f32;
                losses[place / batch] += loss;
                rest += loss - z * f64::from(slopes[at]);
                is_right &= (z >= 0.0) == (*label != 0);
            }
            correct[place / batch] += usize::from(is_right);
        }
        let slopes: Tensor<3> = Tensor::from_data(TensorData::new(slopes, dims), &logits.device());
        Loss { total: (logits * slopes).sum() + rest, members: losses, correct }
    }

    fn unread(&self, logits: Tensor<3>, rows: &[Option<u32>], share: f64) -> Unread {
        let dims @ [members, _, classes] = logits.dims();
        let Terms { targets, weights } = self.terms(rows, dims, share);
        let z = logits.clone().inner();
        let of = |values: Vec<f32>| -> Tensor<3> { Tensor::from_data(TensorData::new(values, dims), &z.device()) };
        let (t, w) = (of(targets.into_iter().map(|t| t as f32).collect()), of(weights.into_iter().map(|w| w as f32).collect()));
        let losses = (relu(z.clone()) - z.clone() * t.clone() + z.clone().abs().neg().exp().log1p()) * w.clone();
        let slopes = (sigmoid(z.clone()) - t) * w;
        let rest = losses.clone().sum() - (z.clone() * slopes.clone()).sum();
        let answers = |row: &Option<u32>| match row {
            Some(row) => self.sets[*row as usize * classes..][..classes].iter().map(|label| f32::from(u8::from(*label != 0))).collect(),
            // Nothing is right where there is no protein.
            None => vec![-1.0; classes],
        };
        let answers = of(rows.iter().flat_map(answers).collect());
        let right = z.greater_equal_elem(0.0).float().equal(answers).float().sum_dim(2).equal_elem(classes as f32).float();
        Unread {
            total: (logits * Tensor::from_inner(slopes)).sum() + Tensor::from_inner(rest),
            members: losses.sum_dim(2).sum_dim(1).reshape([members, 1]),
            right: right.sum_dim(1).reshape([members, 1]),
        }
    }
}

/// σ(z), eq. (7), in f64.
pub(crate) fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}
