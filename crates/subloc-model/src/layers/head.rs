//! dense(ReLU, D) → logits, for both models.

use std::sync::Arc;

use burn::tensor::{Tensor, activation::relu};

use crate::{
    batch::Batch,
    models::{DropoutLayer, Mode, Network},
    ops::{dropout::dropout, linear::linear},
};

/// The dense and the output layer.
pub struct Head<'a> {
    network: &'a Network,
}

impl<'a> Head<'a> {
    /// The head of `network`.
    pub fn new(network: &'a Network) -> Self {
        Self { network }
    }

    /// pooled [M, B, P] → logits [M, B, K]
    pub fn forward(&self, pooled: Tensor<3>, batch: &Batch, mode: &Mode) -> Tensor<3> {
        let parameters = &self.network.parameters;
        let present: Arc<[u32]> = batch.lengths.iter().map(|l| (*l).min(1)).collect();
        let drop = |x: Tensor<4>, layer| match mode.mask(layer, batch, &present) {
            Some(mask) => dropout(x, mask),
            None => x,
        };
        let x = drop(pooled.unsqueeze_dim(2), DropoutLayer::DenseInput); // [M, B, 1, P]
        let x = relu(linear(x, parameters.get("dense.weight"), parameters.get("dense.bias"), present.clone()));
        let x = drop(x, DropoutLayer::SoftmaxInput);
        linear(x, parameters.get("output.weight"), parameters.get("output.bias"), present.clone()).squeeze_dim(2)
    }
}
