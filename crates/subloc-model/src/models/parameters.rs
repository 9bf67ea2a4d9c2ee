//! The weights of M members: one tensor [M, n] a parameter, under PyTorch's names and shapes.

use burn::tensor::{Device, Tensor, TensorData};
use lstm_kernels::philox::Stream;

use crate::{
    config::{InitialWeights, ModelConfig, ModelKind, SecondConv},
    ops::context,
};

/// What a parameter is, for its initial values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Filters and dense weights; `fan_in` inputs and `fan_out` outputs a unit.
    Weight {
        fan_in: usize,
        fan_out: usize,
    },
    /// Bias of a unit with `fan_in` inputs.
    Bias {
        fan_in: usize,
    },
    LstmInput,
    LstmRecurrent,
    LstmBias,
}

/// Name and shape of one member's parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// PyTorch's name, such as `lstm.weight_ih_l0_reverse`.
    pub name: String,
    /// Without the M axis.
    pub shape: Vec<usize>,
    role: Role,
}

impl Spec {
    /// Numbers of one member.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }
}

/// All parameters of an architecture, in file order.
pub fn specs(config: &ModelConfig) -> Vec<Spec> {
    let &ModelConfig { hidden, attention, dense, filters_per_width: filters, .. } = config;
    let (features, channels, classes) = (config.features(), config.channels(), config.classes.len());
    let (inputs, pooled) = (config.lstm_inputs(), config.pooled());
    let mut specs = Vec::new();
    let mut add = |name: String, shape: &[usize], role: Role| specs.push(Spec { name, shape: shape.to_vec(), role });
    for &w in &config.filter_widths {
        add(format!("conv.{w}.weight"), &[filters, features, w], Role::Weight { fan_in: features * w, fan_out: filters * w });
        add(format!("conv.{w}.bias"), &[filters], Role::Bias { fan_in: features * w });
    }
    if let Some(SecondConv { widths, filters_per_width: filters }) = &config.second_conv {
        for w in widths {
            add(format!("conv2.{w}.weight"), &[*filters, channels, *w], Role::Weight { fan_in: channels * w, fan_out: filters * w });
            add(format!("conv2.{w}.bias"), &[*filters], Role::Bias { fan_in: channels * w });
        }
    }
    for direction in ["", "_reverse"] {
        add(format!("lstm.weight_ih_l0{direction}"), &[4 * hidden, inputs], Role::LstmInput);
        add(format!("lstm.weight_hh_l0{direction}"), &[4 * hidden, hidden], Role::LstmRecurrent);
        add(format!("lstm.bias_ih_l0{direction}"), &[4 * hidden], Role::LstmBias);
    }
    if config.kind == ModelKind::ALstm {
        add("attention.W.weight".into(), &[attention, 2 * hidden], Role::Weight { fan_in: 2 * hidden, fan_out: attention });
        add("attention.v.weight".into(), &[1, attention], Role::Weight { fan_in: attention, fan_out: 1 });
    }
    add("dense.weight".into(), &[dense, pooled], Role::Weight { fan_in: pooled, fan_out: dense });
    add("dense.bias".into(), &[dense], Role::Bias { fan_in: pooled });
    add("output.weight".into(), &[classes, dense], Role::Weight { fan_in: dense, fan_out: classes });
    add("output.bias".into(), &[classes], Role::Bias { fan_in: dense });
    specs
}

/// High word of the streams that draw initial weights; steps of dropout counters never get there.
const WEIGHT_STREAMS: u64 = 0xFFFF_0001 << 32;

/// One member's initial values of the parameter with this index; a function of the seed, not of M.
fn initial(spec: &Spec, index: usize, hidden: usize, seed: u64, weights: InitialWeights, forget_bias: f32) -> Vec<f32> {
    let mut stream = Stream::new(seed, WEIGHT_STREAMS | index as u64);
    let mut uniform = |range: f64| -> Vec<f32> { (0..spec.size()).map(|_| ((2.0 * stream.uniform_f64() - 1.0) * range) as f32).collect() };
    let root = |n: usize| 1.0 / (n as f64).sqrt();
    let glorot = |a: usize, b: usize| (6.0 / (a + b) as f64).sqrt();
    let mut values = match (weights, spec.role) {
        (InitialWeights::Uniform { .. } | InitialWeights::Orthogonal, Role::Bias { .. } | Role::LstmBias) => vec![0.0; spec.size()],
        (InitialWeights::Uniform { range }, _) => uniform(f64::from(range)),
        (InitialWeights::Framework, Role::Weight { fan_in, .. } | Role::Bias { fan_in }) => uniform(root(fan_in)),
        // PyTorch draws bias_ih and bias_hh; ours is their sum.
        (InitialWeights::Framework, Role::LstmBias) => {
            let (first, second) = (uniform(root(hidden)), uniform(root(hidden)));
            first.iter().zip(second).map(|(a, b)| a + b).collect()
        }
        (InitialWeights::Framework, _) => uniform(root(hidden)),
        (InitialWeights::Orthogonal, Role::Weight { fan_in, fan_out }) => uniform(glorot(fan_in, fan_out)),
        (InitialWeights::Orthogonal, Role::LstmInput) => uniform(glorot(spec.shape[1], hidden)),
        (InitialWeights::Orthogonal, Role::LstmRecurrent) => (0..4).flat_map(|_| orthogonal(hidden, &mut stream)).collect(),
    };
    if spec.role == Role::LstmBias {
        values[hidden..2 * hidden].iter_mut().for_each(|bias| *bias += forget_bias); // gates i, f, g, o
    }
    values
}

/// A random orthogonal matrix [n, n]: Gram–Schmidt, twice, on normal rows. A cancelled job gets zeros soon: n³ additions take long.
fn orthogonal(n: usize, stream: &mut Stream) -> Vec<f32> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(n);
    let context = context::current();
    while rows.len() < n {
        if context.is_cancelled() {
            return vec![0.0; n * n];
        }
        let mut row: Vec<f64> = (0..n.div_ceil(2)).flat_map(|_| stream.normals()).take(n).collect();
        for _ in 0..2 {
            for other in &rows {
                let dot: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
                row.iter_mut().zip(other).for_each(|(a, b)| *a -= dot * b);
            }
        }
        let norm = row.iter().map(|a| a * a).sum::<f64>().sqrt();
        if norm > 1e-6 {
            rows.push(row.into_iter().map(|a| a / norm).collect());
        }
    }
    rows.into_iter().flatten().map(|a| a as f32).collect()
}

/// The weights of M members.
#[derive(Clone, Debug)]
pub struct Parameters {
    specs: std::sync::Arc<[Spec]>,
    /// [M, n] each, in the order of [`specs`].
    pub values: Vec<Tensor<2>>,
}

impl Parameters {
    /// Initial values; member m's depend on `seeds[m]` alone.
    pub fn initialise(config: &ModelConfig, seeds: &[u64], weights: InitialWeights, forget_bias: f32, device: &Device) -> Self {
        let specs = specs(config);
        let host: Vec<Vec<f32>> = specs
            .iter()
            .enumerate()
            .map(|(index, spec)| seeds.iter().flat_map(|&seed| initial(spec, index, config.hidden, seed, weights, forget_bias)).collect())
            .collect();
        Self::from_host(config, seeds.len(), host, device)
    }

    /// From host values [M, n], in the order of [`specs`].
    ///
    /// # Panics
    /// Where a parameter has not M · n values.
    pub fn from_host(config: &ModelConfig, members: usize, host: Vec<Vec<f32>>, device: &Device) -> Self {
        let specs = specs(config);
        let values =
            specs.iter().zip(host).map(|(spec, v)| Tensor::from_data(TensorData::new(v, [members, spec.size()]), device)).collect();
        Self { specs: specs.into(), values }
    }

    /// From tensors [M, n] in the order of [`specs`].
    pub fn of(config: &ModelConfig, values: Vec<Tensor<2>>) -> Self {
        Self { specs: specs(config).into(), values }
    }

    /// Names and shapes.
    pub fn specs(&self) -> &[Spec] {
        &self.specs
    }

    /// M.
    pub fn members(&self) -> usize {
        self.values[0].dims()[0]
    }

    /// A parameter with its M axis in front: D = 1 + the rank of its shape.
    ///
    /// # Panics
    /// Where the architecture has no parameter of that name.
    pub fn get<const D: usize>(&self, name: &str) -> Tensor<D> {
        let index = self.specs.iter().position(|s| s.name == name);
        #[expect(clippy::expect_used, reason = "names are written in this crate; a test builds every layer")]
        let index = index.expect("a parameter of the architecture");
        let mut shape = [self.members(); D];
        shape[1..].copy_from_slice(&self.specs[index].shape);
        self.values[index].clone().reshape(shape)
    }
}
