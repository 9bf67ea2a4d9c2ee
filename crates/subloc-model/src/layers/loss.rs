//! Cross-entropy: the mean over a member's proteins, the sum over members; so a member's gradient does not depend on the others.

use burn::tensor::{Tensor, TensorData, activation::log_softmax};

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
        let weight = |label: u32| self.class_weights.map_or(1.0, |w| w[label as usize]);
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
        let log_probabilities = log_softmax(logits, 2);
        let host = crate::predict::values(log_probabilities.clone());
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
}

/// Index of the largest value, the first of equals.
pub fn largest(values: &[f32]) -> usize {
    (1..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}
