//! The convolution filters of a trained model as scoring matrices (the paper's Fig. 7), where they peak, and a model without some of them.

use rayon::prelude::*;
use serde_json::json;

use crate::{
    Error, TrainedModel,
    batch::{PROFILE, Records},
    models::CODES,
};

/// One filter of one member.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Residues that it spans.
    pub width: usize,
    /// [width, 25]: what each residue code at each tap adds, the filter times the encoding table.
    pub codes: Vec<f64>,
    /// [width, 20]: what a profile row that is certain of a residue adds; None without a profile block.
    pub profile: Option<Vec<f64>>,
    /// Added to the sum before ReLU.
    pub bias: f64,
}

/// Where filters peak: [N, C] each.
#[derive(Clone, Debug, PartialEq)]
pub struct Peaks {
    /// The largest activation after ReLU over the windows that count.
    pub activations: Vec<f32>,
    /// Its middle tap's residue, from 0; of equals the first.
    pub residues: Vec<u32>,
}

/// The filters of a member, widths in their order, [C].
///
/// # Errors
/// `INVALID_OPTION` where there is no such member, or the model reads numbers of the user's own: what those add is no matter of the residue.
pub fn filters(model: &TrainedModel, member: usize) -> Result<Vec<Filter>, Error> {
    let own = model.config().extra_features;
    if own > 0 {
        let message = format!("the filters of a model that reads {own} own numbers a residue (--extra) are no matrices over amino acids");
        return Err(Error::new("INVALID_OPTION", message, json!({ "option": "model", "extraFeatures": own })));
    }
    if member >= model.members() {
        let message = format!("there is no member {member}: the model has {}", model.members());
        return Err(Error::new("INVALID_OPTION", message, json!({ "option": "member", "value": member })));
    }
    let config = model.config();
    let (features, table_features) = (config.features(), config.table_features);
    let mut found = Vec::with_capacity(config.channels());
    for &width in &config.filter_widths {
        let weights = model.parameter(member, &format!("conv.{width}.weight")); // [filters, F, w]
        let biases = model.parameter(member, &format!("conv.{width}.bias"));
        for (index, bias) in biases.iter().enumerate() {
            let weight = |feature: usize, tap: usize| f64::from(weights[(index * features + feature) * width + tap]);
            let code = |tap: usize, code: usize| -> f64 {
                (0..table_features).map(|f| weight(f, tap) * f64::from(model.table()[code * table_features + f])).sum()
            };
            let codes = (0..width * CODES).map(|at| code(at / CODES, at % CODES)).collect();
            let profile =
                config.profile.then(|| (0..width * PROFILE).map(|at| weight(table_features + at % PROFILE, at / PROFILE)).collect());
            found.push(Filter { width, codes, profile, bias: f64::from(*bias) });
        }
    }
    Ok(found)
}

/// Each filter's largest activation in each protein. `junctions[n]` is the first residue after the middle cut of protein n, 0 where nothing was cut, and `gap`
/// X residues stand there before the protein goes on: windows with residues from both sides, or from none, do not count. A window may reach into the gap, or beyond an end of
/// the protein, where it adds nothing.
pub fn peaks(filters: &[Filter], records: &Records, junctions: &[u32], gap: usize) -> Peaks {
    let found: Vec<(f32, u32)> = (0..records.len())
        .into_par_iter()
        .flat_map_iter(|record| {
            let codes = &records.codes[records.range(record)];
            let rows =
                records.profiles.as_ref().map(|rows| shares(&rows[records.range(record).start * PROFILE..][..codes.len() * PROFILE]));
            filters.iter().map(move |filter| filter.peak(codes, rows.as_deref(), junctions[record] as usize, gap))
        })
        .collect();
    let (activations, residues) = found.into_iter().unzip();
    Peaks { activations, residues }
}

/// Bytes over their row's sum; a row of zeros stays zero.
fn shares(rows: &[u8]) -> Vec<f64> {
    let share = |row: &[u8]| {
        let sum: f64 = row.iter().map(|v| f64::from(*v)).sum();
        row.iter().map(|v| f64::from(*v) / sum.max(1.0)).collect::<Vec<f64>>()
    };
    rows.chunks_exact(PROFILE).flat_map(share).collect()
}

impl Filter {
    fn peak(&self, codes: &[u8], rows: Option<&[f64]>, junction: usize, gap: usize) -> (f32, u32) {
        let before = self.width / 2;
        let mut best = (0.0f64, 0u32);
        let mut none = true;
        for middle in 0..codes.len() {
            // The window's residues: those that it has on this protein.
            let (from, to) = (middle.saturating_sub(before), (middle + self.width - before).min(codes.len()));
            let is_across = junction > from && junction + gap < to;
            let is_inside_gap = junction > 0 && from >= junction && to <= junction + gap;
            if is_across || is_inside_gap {
                continue;
            }
            let mut sum = self.bias;
            for residue in from..to {
                let tap = residue + before - middle;
                sum += self.codes[tap * CODES + usize::from(codes[residue])];
                if let (Some(rows), Some(profile)) = (rows, &self.profile) {
                    let (row, weights) = (&rows[residue * PROFILE..][..PROFILE], &profile[tap * PROFILE..][..PROFILE]);
                    sum += row.iter().zip(weights).map(|(a, b)| a * b).sum::<f64>();
                }
            }
            if none || sum.max(0.0) > best.0 {
                best = (sum.max(0.0), middle as u32);
                none = false;
            }
        }
        (best.0 as f32, best.1)
    }
}

/// The model with some filters (from 0, of C) giving 0 everywhere, in all members.
///
/// # Errors
/// `INVALID_OPTION` where there is no such filter.
pub fn silenced(model: &TrainedModel, filters: &[usize]) -> Result<TrainedModel, Error> {
    let config = model.config();
    let mut model = model.clone();
    for &filter in filters {
        if filter >= config.channels() {
            let message = format!("there is no filter {filter}: the model has {}", config.channels());
            return Err(Error::new("INVALID_OPTION", message, json!({ "option": "filters", "value": filter })));
        }
        let (width, index) = (config.filter_widths[filter / config.filters_per_width], filter % config.filters_per_width);
        for member in 0..model.members() {
            // ReLU(0) = 0: no weight, no bias, nothing to pass on.
            for (name, size) in [(format!("conv.{width}.weight"), config.features() * width), (format!("conv.{width}.bias"), 1)] {
                model.parameter_mut(member, &name)[index * size..][..size].fill(0.0);
            }
        }
    }
    Ok(model)
}
