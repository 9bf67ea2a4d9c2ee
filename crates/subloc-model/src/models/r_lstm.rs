//! R-LSTM: one LSTM reads 1..T, a separate one T..1; their last states are concatenated.

use burn::tensor::Tensor;

use super::{Mode, Network};
use crate::{batch::Batch, layers::lstm::Lstm, ops::last_states::last_states};

/// x [M, B, T, C] → [M, B, 2H]
pub(super) fn pool(network: &Network, x: Tensor<4>, batch: &Batch, mode: &Mode) -> Tensor<3> {
    let h = Lstm::new(network).forward(x, batch, mode); // (1)–(6), [M, B, T, 2H]
    last_states(h, batch.lengths.clone())
}
