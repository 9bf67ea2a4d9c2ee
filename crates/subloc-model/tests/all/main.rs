//! Operations against their literal forms and the equations in f64; networks, training and files against their promises.
mod adam;
mod backends;
mod batches;
mod checkpoints;
mod device_failures;
mod equations;
mod files;
mod filters;
mod hostile;
mod network;
mod ops;
mod oracle;
mod problem;
mod reproducible;
mod schedule;
mod support;
mod training;
