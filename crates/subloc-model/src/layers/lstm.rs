//! Two LSTMs, one a direction, with dropout on their input.

use burn::tensor::Tensor;

use crate::{
    batch::Batch,
    models::{DropoutLayer, Mode, Network},
    ops::{
        dropout::dropout,
        lstm::{lstm, lstm_last},
    },
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

    /// x [M, B, T, C] → h of every residue, [M, B, T, 2H].
    pub fn forward(&self, x: Tensor<4>, batch: &Batch, mode: &Mode) -> Tensor<4> {
        let Inputs { x, w_ih, w_hh, bias } = self.inputs(x, batch, mode);
        lstm(x, w_ih, w_hh, bias, batch.lengths.clone())
    }

    /// x [M, B, T, C] → h after the last residue of each direction, [M, B, 2H].
    pub fn last(&self, x: Tensor<4>, batch: &Batch, mode: &Mode) -> Tensor<3> {
        let Inputs { x, w_ih, w_hh, bias } = self.inputs(x, batch, mode);
        lstm_last(x, w_ih, w_hh, bias, batch.lengths.clone())
    }

    /// D(x), one mask for the four gates and both directions, and the weights of both.
    fn inputs(&self, x: Tensor<4>, batch: &Batch, mode: &Mode) -> Inputs {
        let x = match mode.mask(DropoutLayer::LstmInput, batch, &batch.lengths) {
            Some(mask) => dropout(x, mask), // D(x_t)
            None => x,
        };
        let get = |name: &str| -> Tensor<3> { self.network.parameters.get(name) };
        let both = |name: &str| Tensor::stack::<4>(vec![get(name), get(&format!("{name}_reverse"))], 1);
        let bias = |name: &str| -> Tensor<2> { self.network.parameters.get(name) };
        let bias = Tensor::stack::<3>(vec![bias("lstm.bias_ih_l0"), bias("lstm.bias_ih_l0_reverse")], 1);
        Inputs { x, w_ih: both("lstm.weight_ih_l0"), w_hh: both("lstm.weight_hh_l0"), bias }
    }
}

/// What the operation takes, see `ops/lstm/mod.rs`.
struct Inputs {
    x: Tensor<4>,
    w_ih: Tensor<4>,
    w_hh: Tensor<4>,
    bias: Tensor<3>,
}
