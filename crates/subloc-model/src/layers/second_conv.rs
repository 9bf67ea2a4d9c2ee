//! A second bank of one-dimensional filters, over the channels of the first: "same" zero padding, ReLU. Not in the paper.

use burn::tensor::{Tensor, activation::relu, s};

use crate::{batch::Batch, config::SecondConv, models::Network, ops::linear::linear};

/// Filters of all widths.
pub struct SecondConvBank<'a> {
    network: &'a Network,
    config: &'a SecondConv,
}

impl<'a> SecondConvBank<'a> {
    /// The second bank of `network`.
    pub fn new(network: &'a Network, config: &'a SecondConv) -> Self {
        Self { network, config }
    }

    /// x [M, B, T, C], 0 beyond a length → [M, B, T, widths · filters]. Filter W of width w sees residue t + k − ⌊w/2⌋ through its tap k, as in the first
    /// bank. The windows lie side by side ([M, B, T, w · C]) and go through the product of the linear layers, whose order is fixed.
    pub fn forward(&self, x: Tensor<4>, batch: &Batch) -> Tensor<4> {
        let [members, size, residues, channels] = x.dims();
        let device = x.device();
        if size * residues == 0 {
            return Tensor::zeros([members, size, residues, self.config.channels()], &device);
        }
        let bank = self.config.widths.iter().map(|&width| {
            let before = width / 2;
            let zeros = |count: usize| Tensor::zeros([members, size, count, channels], &device);
            let padded =
                Tensor::cat(vec![zeros(before), x.clone(), zeros(width - 1 - before)].into_iter().filter(|t| t.dims()[2] > 0).collect(), 2);
            let windows = Tensor::cat((0..width).map(|k| padded.clone().slice(s![.., .., k..k + residues, ..])).collect(), 3);
            let weight: Tensor<4> = self.network.parameters.get(&format!("conv2.{width}.weight")); // [M, filters, C, w]
            let weight = weight.permute([0, 1, 3, 2]).reshape([members, self.config.filters_per_width, width * channels]);
            linear(windows, weight, self.network.parameters.get(&format!("conv2.{width}.bias")), batch.lengths.clone())
        });
        relu(Tensor::cat(bank.collect(), 3))
    }
}
