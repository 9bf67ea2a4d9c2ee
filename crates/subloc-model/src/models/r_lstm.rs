//! R-LSTM: one LSTM reads 1..T, a separate one T..1; their last states are concatenated.

use burn::tensor::Tensor;

use super::{Mode, Network};
use crate::{batch::Batch, layers::lstm::Lstm};

/// x [M, B, T, C] → [M, B, 2H]
pub(super) fn pool(network: &Network, x: Tensor<4>, batch: &Batch, mode: &Mode) -> Tensor<3> {
    Lstm::new(network).last(x, batch, mode) // (1)–(6)
}
