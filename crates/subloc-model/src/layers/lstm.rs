//! Two LSTMs, one a direction, with dropout on their input.

use burn::tensor::Tensor;

use crate::{
    batch::Batch,
    models::{DropoutLayer, Mode, Network},
    ops::{dropout::dropout, lstm::lstm},
};

/// Both directions.
pub struct Lstm<'a> {
    network: &'a Network,
}

impl<'a> Lstm<'a> {
    /// The LSTM of `network`.
    pub fn new(network: &'a Network) -> Self {
        Self { network }
    }

    /// x [M, B, T, C] → h [M, B, T, 2H]; one mask D(x) is shared by the four gates and both directions.
    pub fn forward(&self, x: Tensor<4>, batch: &Batch, mode: &Mode) -> Tensor<4> {
        let x = match mode.mask(DropoutLayer::LstmInput, batch, &batch.lengths) {
            Some(mask) => dropout(x, mask), // D(x_t)
            None => x,
        };
        let get = |name: &str| -> Tensor<3> { self.network.parameters.get(name) };
        let both = |name: &str| Tensor::stack::<4>(vec![get(name), get(&format!("{name}_reverse"))], 1);
        let bias = |name: &str| -> Tensor<2> { self.network.parameters.get(name) };
        let bias = Tensor::stack::<3>(vec![bias("lstm.bias_ih_l0"), bias("lstm.bias_ih_l0_reverse")], 1);
        lstm(x, both("lstm.weight_ih_l0"), both("lstm.weight_hh_l0"), bias, batch.lengths.clone())
    }
}
