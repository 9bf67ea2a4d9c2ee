//! Attention over the hidden states, eq. (11)–(13).

use burn::tensor::Tensor;

use crate::{
    batch::Batch,
    models::Network,
    ops::{attention_scores::attention_scores, masked_softmax::masked_softmax, weighted_sum::weighted_sum},
};

/// What attention finds.
pub struct Attended {
    /// α [M, B, T], sums to 1 over the real residues.
    pub weights: Tensor<3>,
    /// c [M, B, 2H].
    pub context: Tensor<3>,
}

/// W_a and v_a.
pub struct Attention<'a> {
    network: &'a Network,
}

impl<'a> Attention<'a> {
    /// The attention of `network`.
    pub fn new(network: &'a Network) -> Self {
        Self { network }
    }

    /// h [M, B, T, 2H] → α and c.
    pub fn forward(&self, h: Tensor<4>, batch: &Batch) -> Attended {
        let (w_a, v_a): (Tensor<3>, Tensor<3>) =
            (self.network.parameters.get("attention.W.weight"), self.network.parameters.get("attention.v.weight"));
        let scores = attention_scores(h.clone(), w_a, v_a, batch.lengths.clone()); // (11)
        let weights = masked_softmax(scores, batch.lengths.clone()); // (12)
        let context = weighted_sum(weights.clone(), h, batch.lengths.clone()); // (13)
        Attended { weights, context }
    }
}
