//! Events of a running job, on their way to JavaScript.
//!
//! The job's thread puts them into a queue and rings; the JavaScript thread takes all that wait at each ring, and the rest with the result.
//! So no epoch is ever lost and all arrive before the result, however busy either side is. A step event is replaced by the next one until
//! it is taken, and rings at most every [`RING_INTERVAL`].

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use napi_derive::napi;
use subloc_model::train::{EpochReport, Event};

/// How often a step may ring.
const RING_INTERVAL: Duration = Duration::from_millis(50);

/// One event; which fields are there depends on `kind`.
#[napi(object)]
#[derive(Clone, Default)]
pub struct BindingEvent {
    /// What happened.
    #[napi(ts_type = "'epoch' | 'step' | 'diverged' | 'warning' | 'checkpoint'")]
    pub kind: String,
    /// From 1; not of a checkpoint.
    pub member: Option<u32>,
    /// From 1; 0 of a warning outside a training.
    pub epoch: u32,
    /// Steps done in this epoch: of a step, a checkpoint, a divergence.
    pub step: Option<u32>,
    /// Steps an epoch: of a step and an epoch.
    pub steps: Option<u32>,
    /// The batch's training loss in nats: of a step.
    pub loss: Option<f64>,
    /// For a person: of a warning.
    pub message: Option<String>,
    pub learning_rate: Option<f64>,
    pub training_loss: Option<f64>,
    pub training_accuracy: Option<f64>,
    pub gradient_norm: Option<f64>,
    pub validation_loss: Option<f64>,
    pub validation_accuracy: Option<f64>,
    pub test_loss: Option<f64>,
    pub test_accuracy: Option<f64>,
    /// Wall time of the epoch: of an epoch.
    pub seconds: Option<f64>,
}

impl From<EpochReport> for BindingEvent {
    fn from(report: EpochReport) -> Self {
        Self {
            kind: "epoch".into(),
            member: Some(report.member as u32),
            epoch: report.epoch as u32,
            steps: Some(report.steps as u32),
            learning_rate: Some(report.learning_rate),
            training_loss: Some(report.training_loss),
            training_accuracy: Some(report.training_accuracy),
            gradient_norm: Some(report.gradient_norm),
            validation_loss: report.validation_loss,
            validation_accuracy: report.validation_accuracy,
            test_loss: report.test_loss,
            test_accuracy: report.test_accuracy,
            seconds: Some(report.seconds),
            ..Self::default()
        }
    }
}

impl From<Event> for BindingEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::Epoch(report) => report.into(),
            Event::Step { epoch, step, steps, loss } => Self {
                kind: "step".into(),
                epoch: epoch as u32,
                step: Some(step as u32),
                steps: Some(steps as u32),
                loss: Some(loss),
                ..Self::default()
            },
            Event::Diverged { member, epoch, step } => Self {
                kind: "diverged".into(),
                member: Some(member as u32),
                epoch: epoch as u32,
                step: Some(step as u32),
                ..Self::default()
            },
            Event::Warning { epoch, message } => {
                Self { kind: "warning".into(), epoch: epoch as u32, message: Some(message), ..Self::default() }
            }
            Event::Checkpoint { epoch, step } => {
                Self { kind: "checkpoint".into(), epoch: epoch as u32, step: Some(step as u32), ..Self::default() }
            }
        }
    }
}

impl BindingEvent {
    /// A line for a person, outside any epoch.
    pub fn warning(message: String) -> Self {
        Self { kind: "warning".into(), message: Some(message), ..Self::default() }
    }

    fn may_be_replaced(&self) -> bool {
        self.kind == "step"
    }
}

/// Events between the two threads.
#[derive(Default)]
pub struct EventQueue {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    events: Vec<BindingEvent>,
    last_ring: Option<Instant>,
}

impl EventQueue {
    /// Adds an event; says whether to ring now.
    pub fn push(&self, event: BindingEvent) -> bool {
        let mut waiting = self.lock();
        let replaceable = event.may_be_replaced();
        match waiting.events.last_mut() {
            Some(last) if replaceable && last.may_be_replaced() => *last = event,
            _ => waiting.events.push(event),
        }
        let rings = !replaceable || waiting.last_ring.is_none_or(|ring| ring.elapsed() >= RING_INTERVAL);
        if rings {
            waiting.last_ring = Some(Instant::now());
        }
        rings
    }

    /// All that wait, in order.
    pub fn take(&self) -> Vec<BindingEvent> {
        std::mem::take(&mut self.lock().events)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
