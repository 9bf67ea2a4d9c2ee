//! What a model is and how it is trained. Complete values: the defaults stand in the package's `config/`, not here.

use serde::{Deserialize, Serialize};

/// Which of the paper's two networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Last states of both directions, concatenated.
    RLstm,
    /// Attention over all states, eq. (11)–(13).
    ALstm,
}

/// What the head of an A-LSTM sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pooling {
    /// The context c, eq. (13): [2H]. What the paper has, and what files without the field mean.
    #[default]
    #[serde(rename = "attention")]
    Attention,
    /// The context, then the last state of each direction: [4H].
    #[serde(rename = "attention+last")]
    AttentionAndLast,
}

/// What a protein's classes are, and so what the outputs mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// One of K: softmax and cross-entropy. What the paper has, and what files without the field mean.
    #[default]
    Softmax,
    /// Any of K: a sigmoid and binary cross-entropy each.
    MultiLabel,
}

/// A second bank of filters, over the channels of the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecondConv {
    /// Filter widths in residues.
    pub widths: Vec<usize>,
    /// Filters of each width.
    pub filters_per_width: usize,
}

impl SecondConv {
    /// Channels that it gives.
    pub fn channels(&self) -> usize {
        self.widths.len() * self.filters_per_width
    }
}

/// Whether a value is the one that a file without the field means: it is then left out, and a model without options has the bytes that it always had.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The architecture of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelConfig {
    /// Which network.
    pub kind: ModelKind,
    /// H, LSTM units a direction, ≥ 1.
    pub hidden: usize,
    /// A, second dimension of W_a, ≥ 1 (unused by the R-LSTM).
    pub attention: usize,
    /// D, dense units, ≥ 1.
    pub dense: usize,
    /// K class names, ≥ 2, in byte order.
    pub classes: Vec<String>,
    /// Encoding blocks as the user named them.
    pub blocks: Vec<String>,
    /// Filter widths in residues.
    pub filter_widths: Vec<usize>,
    /// Filters of each width.
    pub filters_per_width: usize,
    /// Whether the profile block is used.
    pub profile: bool,
    /// Longest sequence before the middle cut.
    pub max_residues: usize,
    /// Ft, columns of the encoding table.
    pub table_features: usize,
    /// What the head sees; an R-LSTM has [`Pooling::Attention`] here, without effect.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pooling: Pooling,
    /// X residues that stand at the junction of a sequence that was cut; the records come with them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cut_gap: usize,
    /// Between the first bank and the LSTM.
    #[serde(default, skip_serializing_if = "is_default")]
    pub second_conv: Option<SecondConv>,
    /// Of the outputs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub loss: Objective,
    /// d, numbers of the user's own a residue, after the blocks; 0 without any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extra_features: usize,
    /// Probability, 0 to 1, that a protein's profile gives way to its stand-in in a step of training.
    #[serde(default, skip_serializing_if = "is_default")]
    pub profile_dropout: f64,
}

impl ModelConfig {
    /// F, features a residue: the table's, the profile's 20 and the user's own.
    pub fn features(&self) -> usize {
        self.table_features + self.dense_features()
    }
    /// Those that cross as rows of numbers: the profile's 20 and the user's own.
    pub fn dense_features(&self) -> usize {
        usize::from(self.profile) * 20 + self.extra_features
    }
    /// Numbers of a residue in the widest array of a forward pass: [B, T, C], [B, T, 2H], [B, T, A], the dense rows, or the second convolution's
    /// [B, T, w · C].
    pub(crate) fn widest(&self) -> usize {
        let over_residues = if self.kind == ModelKind::ALstm { (2 * self.hidden).max(self.attention) } else { 1 };
        let second = self.second_conv.as_ref().map_or(0, |second| second.widths.iter().max().unwrap_or(&0) * self.channels());
        self.channels().max(self.lstm_inputs()).max(over_residues).max(second).max(20).max(self.dense_features())
    }
    /// C, channels of the (first) conv bank.
    pub fn channels(&self) -> usize {
        self.filter_widths.len() * self.filters_per_width
    }
    /// Whether it has anything that the files of format version 1 cannot say.
    pub(crate) fn has_options(&self) -> bool {
        let of_network = is_default(&self.pooling) && is_default(&self.cut_gap) && is_default(&self.second_conv) && is_default(&self.loss);
        !(of_network && is_default(&self.extra_features) && is_default(&self.profile_dropout))
    }
    /// What the LSTM reads of a residue: C, or the channels of the second convolution.
    pub fn lstm_inputs(&self) -> usize {
        self.second_conv.as_ref().map_or_else(|| self.channels(), SecondConv::channels)
    }
    /// P, numbers of a protein that the head sees: 2H, or 4H with [`Pooling::AttentionAndLast`].
    pub fn pooled(&self) -> usize {
        2 * self.hidden * if self.has_last_states() { 2 } else { 1 }
    }
    /// Whether the head of an A-LSTM sees the last states too.
    pub fn has_last_states(&self) -> bool {
        self.kind == ModelKind::ALstm && self.pooling == Pooling::AttentionAndLast
    }
}

/// Dropout probabilities, each 0 ≤ p < 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dropout {
    /// Whole residues of the input.
    pub residues: f32,
    /// Before the LSTM.
    pub lstm_input: f32,
    /// Before the dense layer.
    pub dense_input: f32,
    /// Before the output layer.
    pub softmax_input: f32,
}

impl Dropout {
    /// No dropout at all.
    pub const NONE: Self = Self { residues: 0.0, lstm_input: 0.0, dense_input: 0.0, softmax_input: 0.0 };
}

/// How weights begin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum InitialWeights {
    /// U ± range for every weight, biases 0 (the paper).
    Uniform {
        /// Half the width of the interval.
        range: f32,
    },
    /// PyTorch's defaults: U ± 1/√fan_in for convolution and dense layers, U ± 1/√H for the LSTM, biases included.
    Framework,
    /// Orthogonal recurrent weights, Glorot uniform elsewhere, biases 0.
    Orthogonal,
}

/// Adam (Kingma & Ba 2014) with decoupled weight decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adam {
    /// Step size.
    pub learning_rate: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Decoupled weight decay a step, times the learning rate.
    pub weight_decay: f64,
}

/// How the learning rate changes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Schedule {
    /// Not at all.
    Constant,
    /// Linear warm-up, then half a cosine down to a fraction.
    Cosine {
        /// Epochs of warm-up, may be a fraction.
        warmup_epochs: f64,
        /// Of the learning rate, at the last step.
        final_fraction: f64,
    },
    /// Times `factor` after every so many epochs.
    Step {
        /// Epochs between changes, ≥ 1.
        every_epochs: usize,
        /// Multiplier.
        factor: f64,
    },
}

/// Stop when the validation loss has not improved for `patience` epochs; the best epoch's weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs without improvement, ≥ 1.
    pub patience: usize,
}

/// Exponential average of the weights, used for evaluation and as the result.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WeightAveraging {
    /// Share of the old average a step, 0 ≤ decay < 1.
    pub decay: f64,
}

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrainingConfig {
    /// Passes over the training rows.
    pub epochs: usize,
    /// B, proteins in a step.
    pub batch_size: usize,
    /// Adam's numbers.
    pub optimizer: Adam,
    /// Largest global gradient norm of a member; none where null.
    pub clip_norm: Option<f64>,
    /// Learning-rate schedule.
    pub schedule: Schedule,
    /// Where values are dropped.
    pub dropout: Dropout,
    /// How weights begin.
    pub initial_weights: InitialWeights,
    /// Added to the forget gate's initial bias.
    pub forget_bias: f32,
    /// Share of the target that is spread over all classes, 0 ≤ s < 1.
    pub label_smoothing: f64,
    /// Weight of each class in the loss; null = 1.
    pub class_weights: Option<Vec<f64>>,
    /// Needs validation rows.
    pub early_stopping: Option<EarlyStopping>,
    /// Average of the weights.
    pub weight_averaging: Option<WeightAveraging>,
    /// Batches are cut from length-sorted windows of so many batches; 1 = plain random batches.
    pub bucket_batches: usize,
    /// Members that share a step.
    pub members_per_step: usize,
    /// Report loss and accuracy of the test rows after each epoch; never used to choose anything.
    pub evaluate_test: bool,
}
