//! A-LSTM: a bidirectional LSTM whose states are weighted by attention and summed.

use burn::tensor::Tensor;

use super::{Mode, Network};
use crate::{
    batch::Batch,
    layers::{
        attention::{Attended, Attention},
        lstm::Lstm,
    },
};

/// x [M, B, T, C] → α [M, B, T] and context [M, B, 2H], and the states h [M, B, T, 2H]
pub(super) fn pool(network: &Network, x: Tensor<4>, batch: &Batch, mode: &Mode) -> (Attended, Tensor<4>) {
    let h = Lstm::new(network).forward(x, batch, mode); // (1)–(6), [M, B, T, 2H]
    (Attention::new(network).forward(h.clone(), batch), h) // (11)–(13)
}
