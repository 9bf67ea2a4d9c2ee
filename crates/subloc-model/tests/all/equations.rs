//! The whole network in f64, one protein at a time, from the literal equations of `lstm_kernels::reference`.
use lstm_kernels::reference::{self, LstmWeights};
use subloc_model::{
    batch::{Extra, Records},
    config::{ModelConfig, ModelKind, Pooling, SecondConv},
    models::{CODES, specs},
};

pub struct Literal<'a> {
    pub config: &'a ModelConfig,
    /// [25, Ft]
    pub table: &'a [f64],
    /// One member's, in the order of `specs`.
    pub parameters: &'a [Vec<f64>],
}

pub struct Found {
    pub logits: Vec<f64>,
    pub attention: Option<Vec<f64>>,
}

fn relu(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|v| v.max(0.0)).collect()
}

impl Literal<'_> {
    fn get(&self, name: &str) -> &[f64] {
        let specs = specs(self.config);
        &self.parameters[specs.iter().position(|s| s.name == name).unwrap()]
    }

    /// [T, C]: the encoding of each residue through ordinary filters (filters, F, w), not through a product table.
    fn conv_bank(&self, records: &Records, record: usize) -> Vec<f64> {
        let ModelConfig { table_features, filters_per_width: filters, .. } = *self.config;
        let (range, features) = (records.range(record), self.config.features());
        let length = range.len();
        let encoding: Vec<Vec<f64>> = range
            .map(|at| {
                let code = usize::from(records.codes[at]);
                assert!(code < CODES);
                let mut x = self.table[code * table_features..][..table_features].to_vec();
                if self.config.profile {
                    let row = &records.profiles.as_ref().unwrap()[at * 20..][..20];
                    let sum: f64 = row.iter().map(|v| f64::from(*v)).sum();
                    x.extend(row.iter().map(|v| f64::from(*v) / sum.max(1.0)));
                }
                if self.config.extra_features > 0 {
                    let Extra { columns, values } = records.extra.as_ref().unwrap();
                    x.extend(values[at * columns..][..*columns].iter().map(|v| f64::from(*v)));
                }
                x
            })
            .collect();
        let mut out = Vec::new();
        for t in 0..length {
            for &width in &self.config.filter_widths {
                let (weight, bias) = (self.get(&format!("conv.{width}.weight")), self.get(&format!("conv.{width}.bias")));
                for f in 0..filters {
                    let mut sum = bias[f];
                    for k in 0..width {
                        if let Some(x) = (t + k).checked_sub(width / 2).and_then(|seen| encoding.get(seen)) {
                            sum += (0..features).map(|i| weight[(f * features + i) * width + k] * x[i]).sum::<f64>();
                        }
                    }
                    out.push(sum);
                }
            }
        }
        relu(out)
    }

    /// [T, widths · filters]: x [T, C] through the second bank, where there is one.
    fn second_conv(&self, x: Vec<f64>) -> Vec<f64> {
        let Some(SecondConv { widths, filters_per_width }) = &self.config.second_conv else { return x };
        let channels = self.config.channels();
        let residues: Vec<&[f64]> = x.chunks(channels).collect();
        let mut out = Vec::new();
        for t in 0..residues.len() {
            for width in widths {
                let (weight, bias) = (self.get(&format!("conv2.{width}.weight")), self.get(&format!("conv2.{width}.bias")));
                for f in 0..*filters_per_width {
                    let seen = |k: usize| (t + k).checked_sub(width / 2).and_then(|seen| residues.get(seen));
                    let tap = |k: usize, x: &[f64]| (0..channels).map(|i| weight[(f * channels + i) * width + k] * x[i]).sum::<f64>();
                    out.push(bias[f] + (0..*width).filter_map(|k| seen(k).map(|x| tap(k, x))).sum::<f64>());
                }
            }
        }
        relu(out)
    }

    pub fn forward(&self, records: &Records, record: usize) -> Found {
        let (hidden, input) = (self.config.hidden, self.config.lstm_inputs());
        let x = self.second_conv(self.conv_bank(records, record));
        let [forward, reverse] = ["", "_reverse"].map(|direction| {
            let get = |name: &str| self.get(&format!("lstm.{name}_l0{direction}"));
            let weights = LstmWeights { w_ih: get("weight_ih"), w_hh: get("weight_hh"), bias: get("bias_ih") };
            reference::lstm(weights, &x, input, hidden, direction == "_reverse")
        });
        let (pooled, attention) = match self.config.kind {
            ModelKind::RLstm => ([&forward[forward.len() - hidden..], &reverse[..hidden]].concat(), None),
            ModelKind::ALstm => {
                let h: Vec<f64> = forward.chunks(hidden).zip(reverse.chunks(hidden)).flat_map(|(f, r)| [f, r].concat()).collect();
                let units = self.config.attention;
                let inner: Vec<f64> = reference::linear(&h, self.get("attention.W.weight"), &vec![0.0; units], 2 * hidden)
                    .into_iter()
                    .map(f64::tanh)
                    .collect();
                let alpha = reference::softmax(&reference::linear(&inner, self.get("attention.v.weight"), &[0.0], units)); // (11), (12)
                let context = reference::weighted_sum(&alpha, &h, 2 * hidden); // (13)
                let last = [&forward[forward.len() - hidden..], &reverse[..hidden]].concat();
                (if self.config.pooling == Pooling::AttentionAndLast { [context, last].concat() } else { context }, Some(alpha))
            }
        };
        let dense = relu(reference::linear(&pooled, self.get("dense.weight"), self.get("dense.bias"), pooled.len()));
        let logits = reference::linear(&dense, self.get("output.weight"), self.get("output.bias"), self.config.dense);
        Found { logits, attention }
    }

    /// Σ w[label] · cross-entropy / Σ w[label], targets smoothed by `smoothing`.
    pub fn loss(&self, records: &Records, rows: &[u32], labels: &[u32], smoothing: f64, weights: &[f64]) -> f64 {
        let (mut loss, mut total) = (0.0, 0.0);
        for (row, label) in rows.iter().zip(labels) {
            let probabilities = reference::softmax(&self.forward(records, *row as usize).logits);
            let weight = weights[*label as usize];
            let mean = -probabilities.iter().map(|p| p.ln()).sum::<f64>() / probabilities.len() as f64;
            loss += weight * (smoothing * mean - (1.0 - smoothing) * probabilities[*label as usize].ln());
            total += weight;
        }
        loss / total
    }
}
