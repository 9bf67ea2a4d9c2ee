//! Training of M members side by side.

pub mod adam;
mod batches;
mod device_steps;
mod epoch;
mod events;
mod schedule;
mod state;
mod trainer;

pub use batches::batches;
pub use events::{EpochReport, Event};
pub use schedule::factor as schedule_factor;
pub use state::history;
pub use trainer::{MemberPlan, train};
