//! The bank of one-dimensional filters over the residues, "same" zero padding, ReLU.

use std::sync::Arc;

use burn::tensor::{Tensor, TensorData, activation::relu, s};
use lstm_kernels::dropout::{DROPPED, drop_residues};

use crate::{
    batch::Batch,
    models::{CODES, DropoutLayer, Mode, Network},
    ops::{
        linear::linear,
        residue_conv::{DenseBlock, Residues, residue_conv},
    },
};

/// Filters of all widths.
pub struct ConvBank<'a> {
    network: &'a Network,
}

impl<'a> ConvBank<'a> {
    /// The bank of `network`.
    pub fn new(network: &'a Network) -> Self {
        Self { network }
    }

    /// Residues → [M, B, T, C], C = widths × filters.
    pub fn forward(&self, batch: &Batch, mode: &Mode) -> Tensor<4> {
        let config = &self.network.config;
        let (codes, row_mask, scale) = self.drop(batch, mode);
        let residues = Residues {
            codes,
            lengths: batch.lengths.clone(),
            dims: [batch.members, batch.size, batch.residues],
            widths: config.filter_widths.as_slice().into(),
            scale,
        };
        let dense = self.dense(batch).map(|rows| {
            let rows = match row_mask {
                Some(mask) => rows * mask,
                None => rows,
            };
            DenseBlock { weights: self.taps(config.table_features..config.features()), rows }
        });
        relu(residue_conv(self.table(), dense, self.bias(), residues))
    }

    /// The features of each residue that are no table's: its profile, then the user's own numbers, standardised; [M, B, T, 20 + d].
    fn dense(&self, batch: &Batch) -> Option<Tensor<4>> {
        let profile = batch.profile.clone().filter(|_| self.network.config.profile);
        let extra = batch.extra.clone().map(|[numbers, present]| match &self.network.extra {
            Some(scale) => scale.standardised(numbers, present),
            None => numbers,
        });
        match (profile, extra) {
            (Some(profile), Some(extra)) => Some(Tensor::cat(vec![profile, extra], 3)),
            (profile, extra) => profile.or(extra),
        }
    }

    /// The filters over the given features, a tap first: [M, taps, features, filters].
    fn taps(&self, features: std::ops::Range<usize>) -> Tensor<4> {
        let taps = |width: &usize| {
            let weight: Tensor<4> = self.network.parameters.get(&format!("conv.{width}.weight")); // [M, filters, F, w]
            weight.slice(s![.., .., features.clone(), ..]).permute([0, 3, 2, 1])
        };
        Tensor::cat(self.network.config.filter_widths.iter().map(taps).collect(), 1)
    }

    /// P = E · W: what each filter tap adds for each residue code, [M, taps, 25, filters].
    fn table(&self) -> Tensor<4> {
        let members = self.network.parameters.members();
        let features = self.network.config.table_features;
        if features == 0 {
            // There are dense blocks alone: the lookup adds nothing.
            let taps = self.network.config.filter_widths.iter().sum();
            return Tensor::zeros([members, taps, CODES, self.network.config.filters_per_width], &self.network.table.device());
        }
        let weights = self.taps(0..features); // [M, taps, Ft, filters]
        let [_, taps, _, filters] = weights.dims();
        let device = weights.device();
        let weights = weights.permute([0, 1, 3, 2]).reshape([members, taps * filters, features]);
        let encoding = self.network.table.clone().reshape([1, 1, CODES, features]).repeat_dim(0, members);
        let product = linear(encoding, weights, Tensor::zeros([members, taps * filters], &device), vec![CODES as u32; members].into());
        product.reshape([members, CODES, taps, filters]).permute([0, 2, 1, 3])
    }

    /// [M, C]
    fn bias(&self) -> Tensor<2> {
        let biases = self.network.config.filter_widths.iter().map(|w| self.network.parameters.get(&format!("conv.{w}.bias")));
        Tensor::cat(biases.collect(), 1)
    }

    /// Whole-residue dropout: the codes, the mask [M, B, T, 1] of the dense rows, and the scale of the sum.
    fn drop(&self, batch: &Batch, mode: &Mode) -> (Arc<[u8]>, Option<Tensor<4>>, f32) {
        let Some(mask) = mode.mask(DropoutLayer::Residues, batch, &batch.lengths) else { return (batch.codes.clone(), None, 1.0) };
        let mut codes = batch.codes.to_vec();
        drop_residues(&mask.mask(), &batch.lengths, batch.residues, &mut codes);
        let kept: Vec<f32> = codes.iter().map(|c| f32::from(u8::from(*c != DROPPED))).collect();
        let kept = Tensor::from_data(TensorData::new(kept, [batch.members, batch.size, batch.residues, 1]), &self.network.table.device());
        (codes.into(), Some(kept), 1.0 / (1.0 - mask.p))
    }
}
