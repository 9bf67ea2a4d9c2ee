//! Filters as scoring matrices against the network's own convolution; a model without some of them; last states.
use subloc_model::{
    TrainedModel,
    batch::{Batch, Records},
    config::{ModelConfig, ModelKind},
    filters::{Filter, filters, peaks, silenced},
    layers::conv_bank::ConvBank,
    models::{CODES, Mode, Parameters},
    predict::Outputs,
};

use crate::support::{KINDS, WEIGHTS, bits, config, cpu, host, predict, records, table};

fn model(kind: ModelKind) -> TrainedModel {
    let config = config(kind);
    let member = |seed: u64| Parameters::initialise(&config, &[seed], WEIGHTS, 0.5, &cpu()).values.into_iter().map(host).collect();
    TrainedModel::new(config.clone().into(), table(config.table_features), vec![5, 6], vec![member(5), member(6)])
}

/// The network's activations of one protein alone, [T, C].
fn activations(model: &TrainedModel, member: usize, records: &Records, record: u32) -> Vec<f32> {
    let batch = Batch::new(records, &[&[record]], model.config(), &cpu());
    host(ConvBank::new(&model.network(member, &cpu())).forward(&batch, &Mode::Predict))
}

#[test]
fn a_peak_is_the_largest_activation_of_the_convolution() {
    let (model, records) = (model(ModelKind::RLstm), records(1, &[1, 4, 9, 40]));
    let channels = model.config().channels();
    for member in 0..2 {
        let found = peaks(&filters(&model, member).unwrap(), &records, &[0; 4], 0);
        for record in 0..4 {
            let all = activations(&model, member, &records, record as u32);
            for filter in 0..channels {
                let at = record * channels + filter;
                let column: Vec<f32> = all.iter().skip(filter).step_by(channels).copied().collect();
                let largest = column.iter().copied().fold(0.0, f32::max);
                assert!((found.activations[at] - largest).abs() < 1e-5, "{record} {filter}: {} {largest}", found.activations[at]);
                assert!((column[found.residues[at] as usize] - largest).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn windows_across_the_cut_do_not_count() {
    let (model, records) = (model(ModelKind::RLstm), records(2, &[30]));
    let filters = filters(&model, 0).unwrap();
    let all = activations(&model, 0, &records, 0);
    for gap in [0, 3] {
        windows_across_the_cut(&filters, &all, &records, gap);
    }
}

fn windows_across_the_cut(filters: &[Filter], all: &[f32], records: &Records, gap: usize) {
    let junction = 12u32;
    let found = peaks(filters, records, &[junction], gap);
    let mut differs = false;
    for (at, filter) in filters.iter().enumerate() {
        let half = (filter.width / 2) as i64;
        // A window whose middle is within half a width of the junction has residues of both sides, unless the gap is as wide.
        let counts = |t: i64| !(t - half < i64::from(junction) && t + half >= i64::from(junction) + gap as i64);
        let value = |t: i64| all[t as usize * filters.len() + at];
        let largest = (0..30).filter(|t| counts(*t)).map(value).fold(0.0, f32::max);
        assert!(counts(i64::from(found.residues[at])));
        assert!((found.activations[at] - largest).abs() < 1e-5);
        differs |= (0..30).map(value).fold(0.0, f32::max) > largest + 1e-4;
    }
    assert!(differs, "a filter peaks across the cut, or the test shows nothing");
}

#[test]
fn a_scoring_matrix_is_the_filter_times_the_table() {
    // By hand: one feature of a table that is 2 for code 0 and 3 for code 1 doubles and triples the filter's weight of that feature.
    let mut config = config(ModelKind::RLstm);
    (config.table_features, config.profile, config.filter_widths, config.filters_per_width) = (1, false, vec![3], 1);
    let mut table = vec![0.0; CODES];
    (table[0], table[1]) = (2.0, 3.0);
    let specs = subloc_model::models::specs(&config);
    let value = |name: &str, size: usize| match name {
        "conv.3.weight" => vec![1.0, -1.0, 0.5],
        "conv.3.bias" => vec![0.25],
        _ => vec![0.0; size],
    };
    let member = specs.iter().map(|s| value(&s.name, s.size())).collect();
    let found = filters(&TrainedModel::new(config.into(), table, vec![1], vec![member]), 0).unwrap();
    let [filter] = found.as_slice() else { panic!("one filter") };
    assert_eq!((filter.codes[0], filter.codes[1], filter.codes[2]), (2.0, 3.0, 0.0));
    assert_eq!((filter.codes[CODES], filter.codes[CODES + 1]), (-2.0, -3.0));
    assert_eq!((filter.codes[2 * CODES], filter.codes[2 * CODES + 1]), (1.0, 1.5));
    assert_eq!((filter.bias, filter.profile.is_none()), (0.25, true));
}

#[test]
fn a_silenced_filter_is_zero_and_the_others_are_as_they_were() {
    let (model, records) = (model(ModelKind::ALstm), records(3, &[17]));
    let channels = model.config().channels();
    let found = silenced(&model, &[1, 8]).unwrap();
    for member in 0..2 {
        let (before, after) = (activations(&model, member, &records, 0), activations(&found, member, &records, 0));
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            let expected = if [1, 8].contains(&(at % channels)) { 0.0 } else { *before };
            assert_eq!(after.to_bits(), f32::to_bits(expected), "{at}");
        }
    }
    assert_eq!(silenced(&model, &[9]).unwrap_err().code, "INVALID_OPTION");
    assert_eq!(filters(&model, 2).unwrap_err().code, "INVALID_OPTION");
    let with_numbers = ModelConfig { extra_features: 3, ..config(ModelKind::ALstm) };
    let refused = filters(&TrainedModel::new(with_numbers.into(), vec![], vec![5], vec![vec![]]), 0).unwrap_err();
    assert_eq!((refused.code, &refused.facts["extraFeatures"]), ("INVALID_OPTION", &3.into()));
}

#[test]
fn last_states_are_those_after_the_last_residue_of_each_direction() {
    let records = records(4, &[1, 5, 12, 3]);
    for kind in KINDS {
        let model = model(kind);
        let want = Outputs { attention: true, states: true, last_states: true };
        let found = predict(&model, &cpu(), &records, want).unwrap();
        let (last, pooled) = (found.last_states.unwrap(), found.states.unwrap());
        if kind == ModelKind::RLstm {
            assert_eq!(bits(&last), bits(&pooled));
            continue;
        }
        // α of a protein of one residue is 1: its context is its only state, which is the last of both directions.
        let width = 2 * model.config().hidden;
        for member in 0..2 {
            assert_eq!(bits(&last[member * 4 * width..][..width]), bits(&pooled[member * 4 * width..][..width]));
        }
        // An R-LSTM with the same LSTM has the same last states.
        let mut other = config(ModelKind::RLstm);
        other.classes = model.config().classes.clone();
        let names: Vec<String> = subloc_model::models::specs(&other).into_iter().map(|s| s.name).collect();
        let members = (0..2).map(|m| names.iter().map(|name| model.parameter(m, name).to_vec()).collect()).collect();
        let other = TrainedModel::new(other.into(), table(5), vec![5, 6], members);
        let expected = predict(&other, &cpu(), &records, want).unwrap().states.unwrap();
        assert!(last.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
        assert_ne!(bits(&last), bits(&pooled));
    }
}
