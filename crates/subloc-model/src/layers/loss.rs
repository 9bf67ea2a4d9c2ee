//! Cross-entropy: the mean over a member's proteins, the sum over members; so a member's gradient does not depend on the others.

use burn::tensor::{Int, Tensor, TensorData, activation::log_softmax};

/// How targets are made.
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropy<'a> {
    /// Share of the target spread over all classes. A class weight scales a protein's whole target, by its true class.
    pub label_smoothing: f64,
    /// [K]; 1 each where none.
    pub class_weights: Option<&'a [f64]>,
}

/// A batch's loss.
pub struct Loss {
    /// Σ over members, differentiable.
    pub total: Tensor<1>,
    /// A member's weighted mean loss, [M]; 0 where it has no protein in the batch.
    pub members: Vec<f64>,
    /// A member's proteins whose largest logit is the right class, [M].
    pub correct: Vec<usize>,
}

impl CrossEntropy<'_> {
    /// logits `[M, B, K]`, labels `[M, B]` (None where there is no protein).
    pub fn forward(&self, logits: Tensor<3>, labels: &[Option<u32>]) -> Loss {
        let [members, batch, classes] = logits.dims();
        let targets = self.targets(labels, [members, batch, classes]);
        let log_probabilities = log_softmax(logits, 2);
        // Only the CPU comes here, and reading there is a copy.
        let host = crate::predict::values(log_probabilities.clone()).unwrap_or_default();
        let (mut losses, mut correct) = (vec![0.0; members], vec![0; members]);
        for (row, label) in labels.iter().enumerate() {
            let Some(label) = label else { continue };
            let at = row * classes..(row + 1) * classes;
            losses[row / batch] -= host[at.clone()].iter().zip(&targets[at.clone()]).map(|(p, t)| f64::from(*p) * t).sum::<f64>();
            correct[row / batch] += usize::from(largest(&host[at]) == *label as usize);
        }
        let device = log_probabilities.device();
        let targets: Vec<f32> = targets.into_iter().map(|t| t as f32).collect();
        let targets: Tensor<3> = Tensor::from_data(TensorData::new(targets, [members, batch, classes]), &device);
        Loss { total: -(log_probabilities * targets).sum(), members: losses, correct }
    }

    /// What a protein of this class counts.
    pub(crate) fn weight(&self, label: u32) -> f64 {
        self.class_weights.map_or(1.0, |w| w[label as usize])
    }

    /// What the log-probabilities are multiplied with, [M, B, K]: a member's weights sum to 1 over its proteins; 0 where there is none.
    pub(crate) fn targets(&self, labels: &[Option<u32>], [members, batch, classes]: [usize; 3]) -> Vec<f64> {
        let weight = |label: u32| self.weight(label);
        let mut targets = vec![0.0f64; members * batch * classes];
        for (m, labels) in labels.chunks(batch.max(1)).enumerate() {
            let total: f64 = labels.iter().flatten().map(|l| weight(*l)).sum();
            for (b, label) in labels.iter().enumerate().filter_map(|(b, l)| l.map(|l| (b, l))) {
                let row = &mut targets[(m * batch + b) * classes..][..classes];
                row.fill(self.label_smoothing / classes as f64);
                row[label as usize] += 1.0 - self.label_smoothing;
                row.iter_mut().for_each(|t| *t *= weight(label) / total.max(f64::MIN_POSITIVE));
            }
        }
        targets
    }

    /// The loss without reading anything: the total, and each member's loss and right answers as [M, 1]. `targets` as of [`CrossEntropy::targets`].
    pub(crate) fn unread(logits: Tensor<3>, targets: &[f64], labels: &[Option<u32>]) -> Unread {
        let [members, batch, classes] = logits.dims();
        let log_probabilities = log_softmax(logits, 2);
        let device = log_probabilities.device();
        let targets: Vec<f32> = targets.iter().map(|t| *t as f32).collect();
        let targets: Tensor<3> = Tensor::from_data(TensorData::new(targets, [members, batch, classes]), &device);
        let chosen = log_probabilities.clone().inner().argmax(2); // [M, B, 1]
        let classes: Vec<i32> = labels.iter().map(|l| l.map_or(-1, |l| l as i32)).collect();
        let classes: Tensor<3, Int> = Tensor::from_data(TensorData::new(classes, [members, batch, 1]), &device.inner());
        let losses = -(log_probabilities * targets);
        Unread {
            total: losses.clone().sum(),
            members: losses.inner().sum_dim(2).sum_dim(1).reshape([members, 1]),
            right: chosen.equal(classes).float().sum_dim(1).reshape([members, 1]),
        }
    }
}

/// A batch's loss, all of it on the device.
pub(crate) struct Unread {
    /// Σ over members, differentiable.
    pub total: Tensor<1>,
    /// A member's loss, [M, 1].
    pub members: Tensor<2>,
    /// A member's right answers, [M, 1].
    pub right: Tensor<2>,
}

/// Index of the largest value, the first of equals.
pub fn largest(values: &[f32]) -> usize {
    (1..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}
