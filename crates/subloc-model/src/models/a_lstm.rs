//! A-LSTM: a bidirectional LSTM whose states are weighted by attention and summed; with `attention+last` the last states stand beside the sum.

use burn::tensor::{Tensor, TensorData, s};

use super::{Mode, Network};
use crate::{
    batch::Batch,
    layers::{
        attention::{Attended, Attention},
        lstm::Lstm,
    },
    ops::weighted_sum::weighted_sum,
};

/// x [M, B, T, C] → what the head sees [M, B, P], α [M, B, T], and the states h [M, B, T, 2H]
pub(super) fn pool(network: &Network, x: Tensor<4>, batch: &Batch, mode: &Mode) -> (Tensor<3>, Tensor<3>, Tensor<4>) {
    let h = Lstm::new(network).forward(x, batch, mode); // (1)–(6), [M, B, T, 2H]
    let Attended { weights, context } = Attention::new(network).forward(h.clone(), batch); // (11)–(13)
    if !network.config.has_last_states() {
        return (context, weights, h);
    }
    (Tensor::cat(vec![context, last_states(h.clone(), batch)], 2), weights, h)
}

/// h [M, B, T, 2H] → the last state of each direction [M, B, 2H]: the forward half at the last residue, the backward half at the first. Weights that are
/// 1 there and 0 elsewhere pick them, so that it is a sum that every backend has.
fn last_states(h: Tensor<4>, batch: &Batch) -> Tensor<3> {
    let half = h.dims()[3] / 2;
    let at = |place: fn(u32) -> u32| {
        let mut weights = vec![0.0f32; batch.members * batch.size * batch.residues];
        for (row, length) in batch.lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            weights[row * batch.residues + place(*length) as usize] = 1.0;
        }
        let weights = TensorData::new(weights, [batch.members, batch.size, batch.residues]);
        weighted_sum(Tensor::from_data(weights, &h.device()), h.clone(), batch.lengths.clone())
    };
    let (forward, backward) = (at(|length| length - 1), at(|_| 0));
    Tensor::cat(vec![forward.slice(s![.., .., ..half]), backward.slice(s![.., .., half..])], 2)
}
