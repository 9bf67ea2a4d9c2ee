//! Learning rates, from a member's own count of steps.

use crate::config::Schedule;

/// Factor of the learning rate at `step` (from 0) of a member with `steps_an_epoch` steps and `epochs` epochs.
pub fn factor(schedule: Schedule, step: usize, steps_an_epoch: usize, epochs: usize) -> f64 {
    let total = (steps_an_epoch * epochs) as f64;
    match schedule {
        Schedule::Constant => 1.0,
        Schedule::Cosine { warmup_epochs, final_fraction } => {
            let warmup = (warmup_epochs * steps_an_epoch as f64).round().min(total); // whole steps, so that the last one has factor 1
            let at = step as f64;
            if at < warmup {
                return (at + 1.0) / warmup.max(1.0);
            }
            let progress = (at - warmup) / (total - warmup - 1.0).max(1.0);
            final_fraction + (1.0 - final_fraction) * 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos())
        }
        Schedule::Step { every_epochs, factor } => factor.powi((step / steps_an_epoch.max(1) / every_epochs.max(1)) as i32),
    }
}
