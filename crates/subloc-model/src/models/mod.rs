//! The paper's two networks.

mod a_lstm;
mod parameters;
mod r_lstm;

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

pub use parameters::{Parameters, Spec, specs};

use crate::{
    batch::Batch,
    config::{Dropout, ModelConfig, ModelKind},
    extra::{ExtraScale, ExtraTensors},
    layers::{conv_bank::ConvBank, head::Head, second_conv::SecondConvBank},
    ops::dropout::DropoutMask,
};

/// The rows of the encoding table: 20 residues, B, Z, J, X, DROPPED.
pub const CODES: usize = lstm_kernels::residue_conv::CODES;

/// Which dropout a mask belongs to.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "method page, 8")]
pub enum DropoutLayer {
    Residues = 0,
    LstmInput = 1,
    DenseInput = 2,
    SoftmaxInput = 3,
    Profiles = 4,
}

/// How a forward pass runs.
#[derive(Clone, Debug)]
pub enum Mode {
    /// No dropout.
    Predict,
    /// With dropout; masks are keyed by member seed and step.
    Train {
        /// Probabilities.
        dropout: Dropout,
        /// [M]
        seeds: Arc<[u64]>,
        /// [M]
        steps: Arc<[u32]>,
    },
}

impl Mode {
    /// The mask of a layer, or none where nothing is dropped.
    pub fn mask(&self, layer: DropoutLayer, batch: &Batch, lengths: &Arc<[u32]>) -> Option<DropoutMask> {
        let Self::Train { dropout, seeds, steps } = self else { return None };
        let p = match layer {
            DropoutLayer::Residues => dropout.residues,
            DropoutLayer::LstmInput => dropout.lstm_input,
            DropoutLayer::DenseInput => dropout.dense_input,
            DropoutLayer::SoftmaxInput => dropout.softmax_input,
            // Of proteins, not of a tensor's elements.
            DropoutLayer::Profiles => 0.0,
        };
        (p > 0.0).then(|| DropoutMask {
            p,
            layer: layer as u32,
            seeds: seeds.clone(),
            steps: steps.clone(),
            records: batch.records.clone(),
            lengths: lengths.clone(),
        })
    }

    /// The mask of whole proteins, `records` [M, B] as a batch has them; none where nothing is dropped.
    pub fn record_mask(&self, layer: DropoutLayer, p: f64, records: &Arc<[u32]>) -> Option<DropoutMask> {
        let Self::Train { seeds, steps, .. } = self else { return None };
        let (seeds, steps, records) = (seeds.clone(), steps.clone(), records.clone());
        (p > 0.0).then(|| DropoutMask { p: p as f32, layer: layer as u32, seeds, steps, records, lengths: Arc::from([]) })
    }
}

/// What a network says of a batch.
#[derive(Clone, Debug)]
pub struct Forward {
    /// [M, B, K], before softmax.
    pub logits: Tensor<3>,
    /// α [M, B, T]; A-LSTM only.
    pub attention: Option<Tensor<3>>,
    /// What the head sees, before dropout, [M, B, P]: last states or context [2H], or context and last states [4H].
    pub pooled: Tensor<3>,
    /// h of every residue, [M, B, T, 2H]; A-LSTM only.
    pub hidden: Option<Tensor<4>>,
}

/// An architecture with the weights of M members.
#[derive(Clone, Debug)]
pub struct Network {
    /// The architecture.
    pub config: Arc<ModelConfig>,
    /// Features of each residue code, [25, Ft].
    pub table: Tensor<2>,
    /// The weights.
    pub parameters: Parameters,
    /// How each member standardises the user's own numbers; without it they are read as they are.
    pub extra: Option<ExtraTensors>,
}

impl Network {
    /// `table` is [25, Ft], row-major.
    pub fn new(config: Arc<ModelConfig>, table: &[f32], parameters: Parameters, device: &Device) -> Self {
        let table = Tensor::from_data(TensorData::new(table.to_vec(), [CODES, config.table_features]), device);
        Self { config, table, parameters, extra: None }
    }

    /// The same with a scale a member of the user's own numbers; no change where there is none.
    pub fn scaled(self, scales: &[ExtraScale], device: &Device) -> Self {
        Self { extra: ExtraTensors::new(scales, device), ..self }
    }

    /// The whole network: residues → conv bank → (second conv bank →) LSTM → pooling → head.
    pub fn forward(&self, batch: &Batch, mode: &Mode) -> Forward {
        let x = ConvBank::new(self).forward(batch, mode); // [M, B, T, C]
        let x = match &self.config.second_conv {
            Some(second) => SecondConvBank::new(self, second).forward(x, batch),
            None => x,
        };
        let (pooled, attention, hidden) = match self.config.kind {
            ModelKind::RLstm => (r_lstm::pool(self, x, batch, mode), None, None),
            ModelKind::ALstm => {
                let (pooled, attention, hidden) = a_lstm::pool(self, x, batch, mode);
                (pooled, Some(attention), Some(hidden))
            }
        };
        Forward { logits: Head::new(self).forward(pooled.clone(), batch, mode), attention, pooled, hidden }
    }
}
