//! What a training job tells while it runs.

use serde::Serialize;

/// One member's epoch.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EpochReport {
    /// From 1.
    pub member: usize,
    /// From 1.
    pub epoch: usize,
    /// Steps of this epoch.
    pub steps: usize,
    /// At the last step.
    pub learning_rate: f64,
    /// Mean over the epoch's proteins, with dropout, while the weights change; nats.
    pub training_loss: f64,
    /// Likewise.
    pub training_accuracy: f64,
    /// Mean global norm before clipping.
    pub gradient_norm: f64,
    /// Log loss of the validation rows, nats.
    pub validation_loss: Option<f64>,
    /// 0 to 1.
    pub validation_accuracy: Option<f64>,
    /// Log loss of the test rows, nats; reported, never used.
    pub test_loss: Option<f64>,
    /// 0 to 1.
    pub test_accuracy: Option<f64>,
    /// Wall time of the epoch; not in the history, whose bytes are reproducible.
    #[serde(skip)]
    pub seconds: f64,
}

/// What happens, in order.
#[derive(Clone, Debug)]
pub enum Event {
    /// A member finished an epoch; the checkpoint already holds it.
    Epoch(EpochReport),
    /// A step was done.
    Step {
        /// From 1.
        epoch: usize,
        /// Steps done in this epoch by this group of members.
        step: usize,
        /// Steps of this epoch.
        steps: usize,
        /// Mean loss of the step's members, nats.
        loss: f64,
    },
    /// A member's loss or gradient was not finite, and it rests with the weights before that step; or its weights were not, at the epoch's end.
    Diverged {
        /// From 1.
        member: usize,
        /// From 1.
        epoch: usize,
        /// From 1.
        step: usize,
    },
    /// Something that changes no result and is worth knowing, in one line.
    Warning {
        /// From 1; in progress.
        epoch: usize,
        /// For a person.
        message: String,
    },
    /// The state was written.
    Checkpoint {
        /// Epoch in progress or just finished.
        epoch: usize,
        /// Steps done in it.
        step: usize,
    },
}
