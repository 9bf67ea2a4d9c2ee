//! The convolutional LSTM networks of Sønderby et al. 2015 on burn: layers, models, training, prediction and their files.
//!
//! Axes: **M** members trained side by side · **B** proteins in a batch · **T** residues (ragged) · **F** input features · **C** conv channels ·
//! **H** LSTM units a direction · **A** attention units · **D** dense units · **K** classes. Every parameter and every batch has a leading M.
//! Equation numbers are the paper's.

#![warn(missing_docs)]

pub mod batch;
pub mod checkpoint;
pub mod config;
pub mod device;
mod error;
pub mod extra;
pub mod filters;
pub mod labels;
pub mod layers;
pub mod lstm_alone;
pub mod models;
pub mod ops;
pub mod predict;
mod tensors;
pub mod train;

pub use checkpoint::TrainedModel;
pub use error::Error;
