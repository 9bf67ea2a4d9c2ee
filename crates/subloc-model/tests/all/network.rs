//! Whole networks: against the equations in f64, and what must be the same to the bit.
use std::sync::Arc;

use burn::tensor::Tensor;
use lstm_kernels::reference;
use subloc_model::{
    batch::{Batch, Records},
    config::{Dropout, ModelConfig, ModelKind},
    layers::loss::{CrossEntropy, Loss},
    models::{Mode, Network, Parameters, specs},
};

use crate::{
    equations::Literal,
    support::{
        KINDS, assert_close, assert_relative, bits, config, cpu, differences, f64s, host, in_pool, network, options, records, some, table,
    },
};

/// Ragged, with a protein of one residue, shorter and longer than the widest filter.
fn lengths(n: usize) -> Vec<usize> {
    (0..n).map(|i| 1 + (i * 7) % 23).collect()
}

/// Everything that a network says of each of its proteins: the bits of logits, pooled states and attention weights of the real residues.
fn outputs(network: &Network, records: &Records, rows: &[&[u32]], mode: &Mode) -> Vec<Vec<Vec<u32>>> {
    let batch = Batch::new(records, rows, &network.config, &cpu());
    let found = network.forward(&batch, mode);
    let (logits, pooled, attention) = (host(found.logits), host(found.pooled), found.attention.map(host));
    let (classes, width) = (network.config.classes.len(), network.config.pooled());
    let one = |m: usize, b: usize, row: u32| {
        let place = m * batch.size + b;
        let mut all = logits[place * classes..][..classes].to_vec();
        all.extend(&pooled[place * width..][..width]);
        all.extend(attention.iter().flat_map(|a| &a[place * batch.residues..][..records.length(row as usize)]));
        bits(&all)
    };
    rows.iter().enumerate().map(|(m, rows)| rows.iter().enumerate().map(|(b, row)| one(m, b, *row)).collect()).collect()
}

const DROPOUT: Dropout = Dropout { residues: 0.1, lstm_input: 0.5, dense_input: 0.3, softmax_input: 0.2 };

fn training(seeds: &[u64]) -> Mode {
    Mode::Train { dropout: DROPOUT, seeds: seeds.into(), steps: vec![3; seeds.len()].into() }
}

/// Losses, and each parameter's gradient [M, n]; member m's row r has the class r mod K.
fn gradients(
    config: &ModelConfig,
    seeds: &[u64],
    records: &Records,
    rows: &[&[u32]],
    mode: &Mode,
    loss: CrossEntropy,
) -> (Vec<f64>, Vec<Vec<f32>>) {
    let tracked = cpu().autodiff();
    let leaves: Vec<Tensor<2>> =
        network(config, seeds, &cpu()).parameters.values.into_iter().map(|v| Tensor::from_inner(v).require_grad()).collect();
    let network = Network::new(Arc::new(config.clone()), &table(config.table_features), Parameters::of(config, leaves.clone()), &tracked);
    let batch = Batch::new(records, rows, config, &tracked);
    let label = |row: &u32| row % config.classes.len() as u32;
    let labels: Vec<Option<u32>> = rows.iter().flat_map(|rows| (0..batch.size).map(|b| rows.get(b).map(label))).collect();
    let Loss { total, members, .. } = loss.forward(network.forward(&batch, mode).logits, &labels);
    let grads = total.backward();
    (members, leaves.iter().map(|leaf| host(leaf.grad(&grads).unwrap())).collect())
}

const PLAIN: CrossEntropy = CrossEntropy { label_smoothing: 0.0, class_weights: None };

/// The paper's blocks: table alone, table and profile, profile alone; and the networks beyond the paper's.
fn encodings(kind: ModelKind) -> Vec<ModelConfig> {
    let both = config(kind);
    [vec![ModelConfig { profile: false, ..both.clone() }, both.clone(), ModelConfig { table_features: 0, ..both }], options(kind)].concat()
}

fn literal_parameters(network: &Network) -> Vec<Vec<f64>> {
    network.parameters.values.iter().map(|v| f64s(&host(v.clone()))).collect()
}

#[test]
fn logits_and_attention_agree_with_the_equations_to_2e_5() {
    let records = records(1, &lengths(9));
    for config in KINDS.into_iter().flat_map(encodings) {
        let network = network(&config, &[5], &cpu());
        let (parameters, table) = (literal_parameters(&network), f64s(&table(config.table_features)));
        let literal = Literal { config: &config, table: &table, parameters: &parameters };
        let rows: Vec<u32> = (0..9).collect();
        let batch = Batch::new(&records, &[&rows], &config, &cpu());
        let found = network.forward(&batch, &Mode::Predict);
        let (logits, attention) = (host(found.logits), found.attention.map(host));
        for row in 0..9 {
            let expected = literal.forward(&records, row);
            assert_close("logits", &logits[row * 3..][..3], &expected.logits, 2e-5);
            let length = records.length(row);
            if let (Some(found), Some(expected)) = (&attention, expected.attention) {
                assert_close("α", &found[row * batch.residues..][..length], &expected, 2e-5);
            }
        }
        assert_eq!(attention.is_some(), config.kind == ModelKind::ALstm);
    }
}

#[test]
fn the_gradient_of_the_loss_agrees_with_differences_to_1e_3_of_each_parameter() {
    let records = records(2, &[1, 4, 12, 30]);
    let rows: [u32; 4] = [0, 1, 2, 3];
    let weights = [1.0, 0.5, 2.0];
    let loss = CrossEntropy { label_smoothing: 0.1, class_weights: Some(&weights) };
    for config in KINDS.into_iter().flat_map(encodings) {
        let (losses, found) = gradients(&config, &[5], &records, &[&rows], &Mode::Predict, loss);
        let (parameters, table) = (literal_parameters(&network(&config, &[5], &cpu())), f64s(&table(config.table_features)));
        let labels = rows.map(|r| r % 3);
        let at =
            |parameters: &[Vec<f64>]| Literal { config: &config, table: &table, parameters }.loss(&records, &rows, &labels, 0.1, &weights);
        assert!((losses[0] - at(&parameters)).abs() < 1e-5, "{} is not {}", losses[0], at(&parameters));
        for (i, spec) in specs(&config).iter().enumerate() {
            let places = some(spec.size(), 8);
            let moved = |values: &[f64]| {
                let mut parameters = parameters.clone();
                parameters[i] = values.to_vec();
                at(&parameters)
            };
            let expected = differences(&parameters[i], &places, 1e-6, moved);
            let found: Vec<f32> = places.iter().map(|p| found[i][*p]).collect();
            assert_relative(&format!("{:?} {}", config.kind, spec.name), &found, &expected, 1e-3);
        }
    }
}

#[test]
fn a_protein_gets_the_same_bits_alone_first_and_last_in_batches_of_1_to_65() {
    let records = records(3, &lengths(65));
    for config in KINDS.into_iter().flat_map(encodings) {
        let network = network(&config, &[5], &cpu());
        for mode in [Mode::Predict, training(&[5])] {
            let alone: Vec<_> = (0..65).map(|row| outputs(&network, &records, &[&[row]], &mode).remove(0).remove(0)).collect();
            for size in 1..=65 {
                let rows: Vec<u32> = (0..size).collect();
                let found = outputs(&network, &records, &[&rows], &mode).remove(0);
                assert_eq!(found, alone[..size as usize], "{:?}, B = {size}", config.kind);
            }
            let backwards: Vec<u32> = (0..65).rev().collect();
            let mut found = outputs(&network, &records, &[&backwards], &mode).remove(0);
            found.reverse();
            assert_eq!(found, alone, "{:?}, back to front", config.kind);
        }
    }
}

#[test]
fn a_member_of_a_joint_network_equals_the_member_alone_to_the_bit() {
    let records = records(4, &lengths(40));
    let seeds = [11, 12, u64::MAX];
    // of different size, so that members have empty places, and of different longest protein, so that they have padding
    let rows: [Vec<u32>; 3] = [(0..20).collect(), vec![7, 0], (3..40).step_by(3).collect()];
    let all: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
    for config in KINDS.into_iter().flat_map(|kind| [vec![config(kind)], options(kind)].concat()) {
        for mode in [|_: &[u64]| Mode::Predict, training] {
            let joint = outputs(&network(&config, &seeds, &cpu()), &records, &all, &mode(&seeds));
            let (losses, joint_gradients) = gradients(&config, &seeds, &records, &all, &mode(&seeds), PLAIN);
            for (m, seed) in seeds.into_iter().enumerate() {
                let alone = outputs(&network(&config, &[seed], &cpu()), &records, &[&rows[m]], &mode(&[seed])).remove(0);
                assert_eq!(joint[m], alone, "{:?} member {m}", config.kind);
                let (loss, alone) = gradients(&config, &[seed], &records, &[&rows[m]], &mode(&[seed]), PLAIN);
                assert_eq!(losses[m].to_bits(), loss[0].to_bits(), "{:?} member {m}", config.kind);
                for ((spec, joint), alone) in specs(&config).iter().zip(&joint_gradients).zip(alone) {
                    let own = &joint[m * spec.size()..][..spec.size()];
                    assert_eq!(bits(own), bits(&alone), "{:?} member {m} {}", config.kind, spec.name);
                }
            }
        }
    }
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let records = records(5, &lengths(65));
    let (seeds, rows) = ([1, 2], [(0..65).collect::<Vec<u32>>(), (0..40).collect()]);
    for kind in KINDS {
        // wide enough that work is split
        let config = ModelConfig { hidden: 40, dense: 80, attention: 80, filters_per_width: 10, ..config(kind) };
        let run = |threads: usize| {
            in_pool(threads, || {
                let rows = [rows[0].as_slice(), &rows[1]];
                let found = outputs(&network(&config, &seeds, &cpu()), &records, &rows, &training(&seeds));
                let (losses, gradients) = gradients(&config, &seeds, &records, &rows, &training(&seeds), PLAIN);
                let losses: Vec<u64> = losses.into_iter().map(f64::to_bits).collect();
                (found, losses, gradients.iter().map(|g| bits(g)).collect::<Vec<_>>())
            })
        };
        assert!(run(1) == run(2), "{kind:?}");
    }
}

#[test]
fn attention_weights_sum_to_1_over_the_real_residues_and_are_0_beyond() {
    let records = records(6, &lengths(20));
    let network = network(&config(ModelKind::ALstm), &[5], &cpu());
    let rows: Vec<u32> = (0..20).collect();
    let batch = Batch::new(&records, &[&rows], &network.config, &cpu());
    let alpha = host(network.forward(&batch, &Mode::Predict).attention.unwrap());
    for (row, alpha) in alpha.chunks(batch.residues).enumerate() {
        let (real, padding) = alpha.split_at(records.length(row));
        let sum: f64 = f64s(real).iter().sum();
        assert!((sum - 1.0).abs() < 1e-6 && real.iter().all(|a| *a > 0.0), "protein {row}: {sum}");
        assert!(padding.iter().all(|a| *a == 0.0), "protein {row}");
    }
}

#[test]
fn a_protein_of_one_residue_gets_probabilities_that_sum_to_1() {
    let mut records = records(7, &[1]);
    for config in KINDS.into_iter().flat_map(encodings) {
        let network = network(&config, &[5], &cpu());
        // each residue, and a profile row without any count
        for code in 0..24 {
            records.codes = vec![code];
            records.profiles = Some(vec![0; 20]);
            let batch = Batch::new(&records, &[&[0]], &config, &cpu());
            let logits = f64s(&host(network.forward(&batch, &Mode::Predict).logits));
            let probabilities = reference::softmax(&logits);
            assert!(probabilities.iter().all(|p| p.is_finite()) && (probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{logits:?}");
        }
    }
}
