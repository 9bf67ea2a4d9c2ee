//! The networks against PyTorch in float64: `test/golden/pytorch_forward.py` states the weights' formula and wrote the expected values.
use std::{collections::BTreeMap, sync::Arc};

use burn::tensor::{Device, Tensor, activation::softmax};
use serde::Deserialize;
use subloc_model::{
    TrainedModel,
    batch::{Batch, Records},
    config::ModelConfig,
    device,
    layers::loss::CrossEntropy,
    models::{CODES, Forward, Mode, Network, Parameters, specs},
    predict::{AtOnce, Outputs, predict},
};

/// Largest difference of values between 0 and 1, and of states: 32-bit arithmetic under weights that are larger than trained ones.
const VALUES: f64 = 2e-6;
/// Of logits and losses, of which the largest is about 5.
const LOGITS: f64 = 5e-6;
/// Of a gradient, relative to the norm of its parameter's.
const GRADIENTS: f64 = 1e-5;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Golden {
    scales: BTreeMap<String, f32>,
    members: usize,
    lengths: Vec<usize>,
    labels: Vec<u32>,
    class_weights: Vec<f64>,
    smoothing: f64,
    table: Vec<Vec<f32>>,
    codes: Vec<u8>,
    profiles: Vec<Vec<u8>>,
    first_weights: Vec<f32>,
    cases: BTreeMap<String, Case>,
}

#[derive(Deserialize)]
struct Case {
    config: ModelConfig,
    members: Vec<Expected>,
}

/// Of one member.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    logits: Vec<Vec<f64>>,
    probabilities: Vec<Vec<f64>>,
    attention: Option<Vec<Vec<f64>>>,
    pooled: Vec<Vec<f64>>,
    loss: f64,
    smoothed_loss: f64,
    weighted_loss: f64,
    gradients: BTreeMap<String, Gradient>,
}

#[derive(Deserialize)]
struct Gradient {
    norm: f64,
    at: Vec<usize>,
    values: Vec<f64>,
}

fn golden() -> Golden {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/golden/pytorch_forward.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The formula of the weights, numbers that are exact in 32 bits.
fn formula(seed: u32, n: usize) -> Vec<f32> {
    let hash = |i: u32| {
        let mut x = seed.wrapping_mul(0x9E37_79B1).wrapping_add(i.wrapping_mul(0x85EB_CA6B));
        for (shift, factor) in [(16, 0x7FEB_352D_u32), (15, 0x846C_A68B)] {
            x = (x ^ (x >> shift)).wrapping_mul(factor);
        }
        x ^ (x >> 16)
    };
    (0..n as u32).map(|i| ((hash(i) % 2049) as f32 - 1024.0) / 1024.0).collect()
}

impl Golden {
    fn records(&self) -> Records {
        let mut offsets = vec![0];
        self.lengths.iter().for_each(|n| offsets.push(offsets[offsets.len() - 1] + *n as u64));
        Records { codes: self.codes.clone(), offsets, profiles: Some(self.profiles.concat()), ..Records::default() }
    }
    fn table(&self, config: &ModelConfig) -> Vec<f32> {
        assert_eq!(self.table.len(), CODES);
        self.table.iter().flat_map(|row| row[..config.table_features].to_vec()).collect()
    }
    /// One member's parameters in the order of `specs`.
    fn member(&self, config: &ModelConfig, member: usize) -> Vec<Vec<f32>> {
        let scale = |name: &str| *self.scales.iter().find(|(prefix, _)| name.starts_with(*prefix)).unwrap().1;
        let values = |index: usize, n: usize| formula(1000 * (member as u32 + 1) + index as u32, n);
        specs(config).iter().enumerate().map(|(p, s)| values(p, s.size()).into_iter().map(|v| v * scale(&s.name)).collect()).collect()
    }
    /// All members side by side.
    fn network(&self, config: &ModelConfig, device: &Device, leaves: impl Fn(Tensor<2>) -> Tensor<2>) -> Network {
        let members: Vec<_> = (0..self.members).map(|m| self.member(config, m)).collect();
        let host = (0..specs(config).len()).map(|p| members.iter().flat_map(|m| m[p].clone()).collect()).collect();
        let plain = Parameters::from_host(config, self.members, host, &cpu());
        let parameters = Parameters::of(config, plain.values.into_iter().map(leaves).collect());
        Network::new(Arc::new(config.clone()), &self.table(config), parameters, device)
    }
    fn rows(&self) -> Vec<u32> {
        (0..self.lengths.len() as u32).collect()
    }
}

fn cpu() -> Device {
    device::open("cpu").unwrap().0
}

fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

/// Compares, and says how far apart they are (`--nocapture`).
#[track_caller]
fn compare(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: size");
    let differences = found.iter().zip(expected).map(|(f, e)| (f - e).abs());
    let (at, largest) = differences.enumerate().fold((0, 0.0), |most, (at, d)| if d > most.1 || d.is_nan() { (at, d) } else { most });
    println!("{what}: {largest:.1e}");
    assert!(largest <= tolerance, "{what}[{at}]: found {}, PyTorch says {}, tolerance {tolerance:e}", found[at], expected[at]);
}

#[test]
fn weights_follow_the_formula() {
    let golden = golden();
    assert_eq!(formula(1000, golden.first_weights.len()), golden.first_weights);
}

#[test]
fn a_batch_of_members_is_what_pytorch_computes() {
    let golden = golden();
    let records = golden.records();
    for (name, Case { config, members }) in &golden.cases {
        let network = golden.network(config, &cpu(), |v| v);
        let rows = golden.rows();
        let batch = Batch::new(&records, &vec![rows.as_slice(); golden.members], config, &cpu());
        let Forward { logits, attention, pooled, .. } = network.forward(&batch, &Mode::Predict);
        let proteins = |of: fn(&Expected) -> &Vec<Vec<f64>>| members.iter().flat_map(|m| of(m).concat()).collect::<Vec<_>>();
        compare(&format!("{name}: pooled states"), &widened(&host(pooled)), &proteins(|m| &m.pooled), VALUES);
        compare(&format!("{name}: logits"), &widened(&host(logits.clone())), &proteins(|m| &m.logits), LOGITS);
        compare(&format!("{name}: probabilities"), &widened(&host(softmax(logits, 2))), &proteins(|m| &m.probabilities), VALUES);
        assert_eq!(attention.is_some(), members[0].attention.is_some());
        let Some(attention) = attention else { continue };
        // [M, B, T]: zero beyond the protein
        let padded = |alpha: &Vec<f64>| [alpha.clone(), vec![0.0; batch.residues - alpha.len()]].concat();
        let expected: Vec<f64> = members.iter().flat_map(|m| m.attention.as_ref().unwrap().iter().flat_map(padded)).collect();
        compare(&format!("{name}: attention"), &widened(&host(attention)), &expected, VALUES);
    }
}

#[test]
fn a_saved_and_loaded_model_predicts_what_pytorch_computes() {
    let golden = golden();
    let records = golden.records();
    let folder = std::env::temp_dir().join(format!("subloc-golden-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (number, (name, Case { config, members })) in golden.cases.iter().enumerate() {
        let path = folder.join(format!("{number}.safetensors"));
        let parameters = (0..golden.members).map(|m| golden.member(config, m)).collect();
        let seeds = (1..=golden.members as u64).collect();
        TrainedModel::new(Arc::new(config.clone()), golden.table(config), seeds, parameters).save(&path).unwrap();
        let model = TrainedModel::load(&path).unwrap();
        let found = predict(
            &model,
            &cpu(),
            &records,
            Outputs { attention: true, states: true, last_states: true },
            &AtOnce::default(),
            &mut |_| {},
        )
        .unwrap();
        let all = |of: fn(&Expected) -> &Vec<Vec<f64>>| members.iter().flat_map(|m| of(m).concat()).collect::<Vec<_>>();
        compare(&format!("{name}: predicted probabilities"), &widened(&found.probabilities), &all(|m| &m.probabilities), VALUES);
        compare(&format!("{name}: predicted states"), &widened(&found.states.unwrap()), &all(|m| &m.pooled), VALUES);
        assert_eq!(found.attention.is_some(), members[0].attention.is_some());
        if let Some(attention) = found.attention {
            compare(&format!("{name}: predicted attention"), &widened(&attention), &all(|m| m.attention.as_ref().unwrap()), VALUES);
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn losses_and_gradients_are_what_pytorch_computes() {
    let golden = golden();
    let records = golden.records();
    for (name, Case { config, members }) in &golden.cases {
        let tracked = cpu().autodiff();
        let network = golden.network(config, &tracked, |v| Tensor::from_inner(v).require_grad());
        let rows = golden.rows();
        let batch = Batch::new(&records, &vec![rows.as_slice(); golden.members], config, &tracked);
        let logits = network.forward(&batch, &Mode::Predict).logits;
        let labels: Vec<Option<u32>> = (0..golden.members).flat_map(|_| golden.labels.iter().map(|l| Some(*l))).collect();
        let loss = |label_smoothing, class_weights| CrossEntropy { label_smoothing, class_weights }.forward(logits.clone(), &labels);
        let each = |of: fn(&Expected) -> f64| members.iter().map(of).collect::<Vec<_>>();
        let plain = loss(0.0, None);
        compare(&format!("{name}: loss"), &plain.members, &each(|m| m.loss), LOGITS);
        compare(&format!("{name}: smoothed loss"), &loss(golden.smoothing, None).members, &each(|m| m.smoothed_loss), LOGITS);
        compare(&format!("{name}: weighted loss"), &loss(0.0, Some(&golden.class_weights)).members, &each(|m| m.weighted_loss), LOGITS);

        let mut gradients = plain.total.backward();
        for (spec, leaf) in network.parameters.specs().iter().zip(&network.parameters.values) {
            let gradient = widened(&host(leaf.grad_remove(&mut gradients).unwrap()));
            for (m, (gradient, expected)) in gradient.chunks(spec.size()).zip(members).enumerate() {
                let Gradient { norm, at, values } = &expected.gradients[&spec.name];
                let what = format!("{name}: gradient of {} of member {m}, by its norm", spec.name);
                let found: Vec<f64> = at.iter().map(|i| gradient[*i] / norm).collect();
                let expected: Vec<f64> = values.iter().map(|v| v / norm).collect();
                compare(&what, &found, &expected, GRADIENTS);
                let found = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
                compare(&format!("{what}: norm"), &[found / norm], &[1.0], GRADIENTS);
            }
        }
        assert!(members.iter().all(|m| m.gradients.len() == specs(config).len()));
    }
}
