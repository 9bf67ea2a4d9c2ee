//! Model files: safetensors with PyTorch's names and shapes for each member and one JSON string of metadata; written whole or not at all.
//! Whole, though long: what is written of the format and what is read of it stand side by side.

use std::{fs, io, path::Path, sync::Arc};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Error,
    config::{ModelConfig, Objective, SecondConv},
    extra::ExtraScale,
    models::{CODES, Network, Parameters, Spec, specs},
    tensors::{NamedTensor, finite, read_tensors, write_tensors},
};

/// The version of the file's layout: 2 where the network has something that version 1 cannot say, so that a reader of version 1 refuses it.
const FORMAT_VERSIONS: [u32; 2] = [1, 2];
/// Sizes beyond which a file is not ours; they keep a hostile header from asking for memory.
const MOST: usize = 1 << 16;
const MOST_HIDDEN: usize = 1 << 13;
const MOST_WEIGHTS: usize = 1 << 30;
/// A gap as wide as the widest filter keeps the two sides apart for all of them.
const MOST_GAP: usize = 1000;
/// Its windows lie in memory side by side: [B, T, w · C].
const MOST_SECOND_WIDTH: usize = 101;

/// M trained members.
#[derive(Clone, Debug)]
pub struct TrainedModel {
    config: Arc<ModelConfig>,
    table: Vec<f32>,
    seeds: Vec<u64>,
    /// Of each member, the parameters in the order of [`specs`].
    members: Vec<Vec<Vec<f32>>>,
    /// [K] the probability from which on a label is given; of a multi-label model for which they were chosen.
    thresholds: Option<Vec<f64>>,
    /// Of the user's own numbers, one a member; empty where the model reads none.
    scales: Vec<ExtraScale>,
}

/// What the metadata says, as it is written; fields of the architecture that have their default are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    format_version: u32,
    #[serde(flatten)]
    config: &'a ModelConfig,
    members: usize,
    seeds: Vec<String>,
    axes: HashMapOfAxes,
    #[serde(skip_serializing_if = "Option::is_none")]
    thresholds: Option<&'a [f64]>,
    version: String,
}

/// The same as it is read: what is no field of its own must be one of the architecture's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadMetadata {
    format_version: u32,
    #[serde(flatten)]
    config: serde_json::Map<String, serde_json::Value>,
    members: usize,
    seeds: Vec<String>,
    #[serde(default)]
    thresholds: Option<Vec<f64>>,
    #[serde(default, rename = "axes")]
    _axes: HashMapOfAxes,
    #[serde(default, rename = "version")]
    _version: String,
}

type HashMapOfAxes = std::collections::BTreeMap<String, String>;

impl TrainedModel {
    /// Members as host values, each in the order of [`specs`]; `table` is [25, Ft].
    pub fn new(config: Arc<ModelConfig>, table: Vec<f32>, seeds: Vec<u64>, members: Vec<Vec<Vec<f32>>>) -> Self {
        Self { config, table, seeds, members, thresholds: None, scales: Vec::new() }
    }
    /// The same with the scale of each member's own numbers; none where the model reads none.
    pub fn with_scales(self, scales: Vec<ExtraScale>) -> Self {
        Self { scales, ..self }
    }
    /// How a member standardises the user's own numbers; none where it reads none.
    pub fn scale(&self, member: usize) -> Option<&ExtraScale> {
        self.scales.get(member)
    }

    /// The architecture.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }
    /// M.
    pub fn members(&self) -> usize {
        self.members.len()
    }
    /// A seed a member.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }
    /// Trainable numbers of one member.
    pub fn parameter_count(&self) -> usize {
        specs(&self.config).iter().map(|s| s.size()).sum()
    }

    /// [K] the probability from which on a label is given; none where they were not chosen.
    pub fn thresholds(&self) -> Option<&[f64]> {
        self.thresholds.as_deref()
    }
    /// The same model with thresholds of its labels, [K], 0 to 1 each.
    ///
    /// # Errors
    /// `INVALID_OPTION` for a model of one class a protein, or thresholds that are none.
    pub fn with_thresholds(&self, thresholds: Vec<f64>) -> Result<Self, Error> {
        checked_thresholds(&self.config, &thresholds)
            .map_err(|why| Error::new("INVALID_OPTION", format!("thresholds: {why}"), json!({ "option": "thresholds" })))?;
        Ok(Self { thresholds: Some(thresholds), ..self.clone() })
    }

    /// A member's parameters as host values, in the order of [`specs`].
    pub fn weights(&self, member: usize) -> &[Vec<f32>] {
        &self.members[member]
    }
    /// Features of each residue code, [25, Ft].
    pub fn table(&self) -> &[f32] {
        &self.table
    }
    /// A member's parameter by its name in the file; empty where there is none.
    pub fn parameter(&self, member: usize, name: &str) -> &[f32] {
        self.place(name).map_or(&[], |place| &self.members[member][place])
    }
    pub(crate) fn parameter_mut(&mut self, member: usize, name: &str) -> &mut [f32] {
        self.place(name).map_or(&mut [], |place| &mut self.members[member][place])
    }
    fn place(&self, name: &str) -> Option<usize> {
        specs(&self.config).iter().position(|spec| spec.name == name)
    }

    /// One member on a device.
    pub fn network(&self, member: usize, device: &Device) -> Network {
        let parameters = Parameters::from_host(&self.config, 1, self.members[member].clone(), device);
        let network = Network::new(self.config.clone(), &self.table, parameters, device);
        network.scaled(self.scales.get(member..member + 1).unwrap_or_default(), device)
    }

    /// What the file says about itself.
    pub fn metadata_json(&self) -> String {
        let mut axes = vec![
            ("weight_ih_l0", "4H,C; gates i,f,g,o"),
            ("weight_hh_l0", "4H,H"),
            ("conv.w.weight", "filters,F,w"),
            ("encoding.table", "25,Ft"),
        ];
        if self.config.extra_features > 0 {
            axes.extend([("extra.mean", "d"), ("extra.deviation", "d")]);
        }
        if self.config.second_conv.is_some() {
            axes.push(("conv2.w.weight", "filters,C,w"));
        }
        let metadata = Metadata {
            format_version: FORMAT_VERSIONS[usize::from(self.config.has_options())],
            config: &self.config,
            members: self.members(),
            seeds: self.seeds.iter().map(u64::to_string).collect(),
            axes: axes.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            thresholds: self.thresholds(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        serde_json::to_string(&metadata).unwrap_or_default()
    }

    /// Joins the members of models of one architecture, in order. A threshold becomes the mean over the members; none where a model has none.
    ///
    /// # Errors
    /// `INVALID_MODEL` where architectures or encoding tables differ, or there is no model.
    pub fn merge(models: Vec<Self>) -> Result<Self, Error> {
        let mut models = models.into_iter();
        let Some(mut first) = models.next() else { return Err(Error::new("INVALID_MODEL", "there is no model to merge", json!({}))) };
        let mut thresholds = first.thresholds.take().map(|own| (own, first.members.len() as f64));
        for (index, model) in models.enumerate() {
            if model.config != first.config || model.table != first.table {
                return Err(Error::new(
                    "INVALID_MODEL",
                    format!("model {} has another architecture than model 1", index + 2),
                    json!({ "model": index + 2 }),
                ));
            }
            let added = model.members.len() as f64;
            thresholds = thresholds.zip(model.thresholds).map(|((mean, count), own)| {
                (mean.iter().zip(own).map(|(a, b)| (a * count + b * added) / (count + added)).collect(), count + added)
            });
            first.seeds.extend(model.seeds);
            first.members.extend(model.members);
            first.scales.extend(model.scales);
        }
        first.thresholds = thresholds.map(|(mean, _)| mean);
        Ok(first)
    }

    /// The model of some of the members, from 0, in the given order.
    ///
    /// # Errors
    /// `INVALID_OPTION` where there is no such member, or none is named.
    pub fn select(&self, members: &[usize]) -> Result<Self, Error> {
        if let Some(member) = members.iter().find(|m| **m >= self.members()) {
            let message = format!("there is no member {member}: the model has {}", self.members());
            return Err(Error::new("INVALID_OPTION", message, json!({ "option": "members", "value": member })));
        }
        if members.is_empty() {
            return Err(Error::new("INVALID_OPTION", "name at least one member", json!({ "option": "members" })));
        }
        let seeds = members.iter().map(|m| self.seeds[*m]).collect();
        let values = members.iter().map(|m| self.members[*m].clone()).collect();
        let thresholds = self.thresholds.clone();
        let scales = members.iter().filter_map(|m| self.scale(*m).cloned()).collect();
        Ok(Self { thresholds, scales, ..Self::new(self.config.clone(), self.table.clone(), seeds, values) })
    }

    /// Writes the file, all of it or nothing.
    ///
    /// # Errors
    /// `IO` with the path and the stage.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let specs = specs(&self.config);
        let mut tensors = Vec::new();
        for (m, member) in self.members.iter().enumerate() {
            for (spec, values) in specs.iter().zip(member) {
                tensors.push(NamedTensor { name: format!("member.{m}.{}", spec.name), shape: spec.shape.clone(), values: values.clone() });
                if spec.name.starts_with("lstm.bias_ih") {
                    // torch.nn.LSTM has two biases that add up; ours is the first
                    let name = format!("member.{m}.{}", spec.name.replace("bias_ih", "bias_hh"));
                    tensors.push(NamedTensor { name, shape: spec.shape.clone(), values: vec![0.0; values.len()] });
                }
            }
            if let Some(ExtraScale { mean, deviation }) = self.scale(m) {
                for (name, values) in [("mean", mean), ("deviation", deviation)] {
                    let name = format!("member.{m}.extra.{name}");
                    tensors.push(NamedTensor { name, shape: vec![values.len()], values: values.clone() });
                }
            }
        }
        tensors.push(NamedTensor {
            name: "encoding.table".into(),
            shape: vec![CODES, self.config.table_features],
            values: self.table.clone(),
        });
        write_tensors(path, &tensors, &self.metadata_json())
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// `INVALID_MODEL` that says what is wrong with the file (missing, foreign, damaged), or `IO`.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let invalid = |why: String| {
            Error::new("INVALID_MODEL", format!("{}: {why}", path.display()), json!({ "path": path.display().to_string(), "reason": why }))
        };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(reason) if matches!(reason.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(invalid("there is no such file".to_owned()));
            }
            Err(reason) => return Err(Error::io(path, "read", &reason)),
        };
        Self::from_bytes(&bytes).map_err(invalid)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let (metadata, tensors) = read_tensors(bytes)?;
        let metadata: ReadMetadata =
            serde_json::from_str(&metadata).map_err(|reason| format!("its description cannot be read ({reason})"))?;
        let config: ModelConfig = serde_json::from_value(serde_json::Value::Object(metadata.config))
            .map_err(|reason| format!("its description cannot be read ({reason})"))?;
        let expected = FORMAT_VERSIONS[usize::from(config.has_options())];
        if metadata.format_version != expected {
            return Err(format!("it has format {}, this version reads its network in format {expected}", metadata.format_version));
        }
        plausible(&config)?;
        if metadata.members == 0 || metadata.members > MOST || metadata.seeds.len() != metadata.members {
            return Err(format!("{} members with {} seeds", metadata.members, metadata.seeds.len()));
        }
        let seeds = metadata.seeds.iter().map(|s| s.parse().map_err(|_| format!("'{s}' is no seed"))).collect::<Result<_, _>>()?;
        let specs = specs(&config);
        let read = |name: &str, shape: &[usize]| finite(&tensors, name, shape);
        let value = |m: usize, spec: &Spec| -> Result<Vec<f32>, String> {
            let mut values = read(&format!("member.{m}.{}", spec.name), &spec.shape)?;
            if spec.name.starts_with("lstm.bias_ih") {
                // Zero in files of ours; a file that went through torch may have both.
                let second = read(&format!("member.{m}.{}", spec.name.replace("bias_ih", "bias_hh")), &spec.shape)?;
                values.iter_mut().zip(second).for_each(|(a, b)| *a += b);
            }
            Ok(values)
        };
        let member = |m: usize| specs.iter().map(|spec| value(m, spec)).collect::<Result<Vec<_>, _>>();
        let members = (0..metadata.members).map(member).collect::<Result<_, _>>()?;
        let scale = |m: usize| -> Result<ExtraScale, String> {
            let read = |name: &str| read(&format!("member.{m}.extra.{name}"), &[config.extra_features]);
            let (mean, deviation) = (read("mean")?, read("deviation")?);
            match deviation.iter().all(|deviation| *deviation >= 0.0) {
                true => Ok(ExtraScale { mean, deviation }),
                false => Err(format!("a deviation of member {m} is below 0")),
            }
        };
        let scales = (0..metadata.members).filter(|_| config.extra_features > 0).map(scale).collect::<Result<_, _>>()?;
        let table = finite(&tensors, "encoding.table", &[CODES, config.table_features])?;
        if let Some(thresholds) = &metadata.thresholds {
            checked_thresholds(&config, thresholds)?;
        }
        Ok(Self { config: config.into(), table, seeds, members, thresholds: metadata.thresholds, scales })
    }
}

fn checked_thresholds(config: &ModelConfig, thresholds: &[f64]) -> Result<(), String> {
    if config.loss != Objective::MultiLabel {
        return Err("a model of one class a protein has none".to_owned());
    }
    if thresholds.len() != config.classes.len() || !thresholds.iter().all(|threshold| (0.0..=1.0).contains(threshold)) {
        return Err("one from 0 to 1 is needed for each class".to_owned());
    }
    Ok(())
}

/// Whether an architecture's sizes can be meant; what is wrong with them in words.
pub(crate) fn plausible(config: &ModelConfig) -> Result<(), String> {
    let sizes = [
        config.hidden,
        config.attention,
        config.dense,
        config.filters_per_width,
        config.filter_widths.len(),
        config.max_residues.min(MOST),
    ];
    let widths = config.filter_widths.iter().all(|w| (1..=1000).contains(w));
    if sizes.iter().any(|s| *s == 0 || *s > MOST)
        || !widths
        || config.classes.len() < 2
        || config.classes.len() > MOST
        || config.table_features > 1000
        || config.extra_features > MOST
        || config.features() == 0
    {
        return Err("its sizes are out of range".to_owned());
    }
    let mut names = config.classes.clone();
    names.sort_unstable();
    names.dedup();
    if names.len() != config.classes.len() || names.iter().any(|name| name.is_empty() || name.contains(char::is_control)) {
        return Err("its class names are not distinct plain words".to_owned());
    }
    let mut unique = config.filter_widths.clone();
    unique.sort_unstable();
    unique.dedup();
    if unique.len() != config.filter_widths.len() {
        return Err("a filter width stands twice".to_owned());
    }
    if !(0.0..=1.0).contains(&config.profile_dropout) || (config.profile_dropout > 0.0 && !config.profile) {
        return Err("its profile dropout is no probability, or there are no profiles".to_owned());
    }
    if config.cut_gap > MOST_GAP {
        return Err("its sizes are out of range".to_owned());
    }
    if let Some(SecondConv { widths, filters_per_width }) = &config.second_conv {
        let mut unique = widths.clone();
        unique.sort_unstable();
        unique.dedup();
        let fits = widths.iter().all(|w| (1..=MOST_SECOND_WIDTH).contains(w)) && (1..=1000).contains(filters_per_width);
        if widths.is_empty() || unique.len() != widths.len() || !fits {
            return Err("its second convolution's sizes are out of range".to_owned());
        }
    }
    if config.hidden > MOST_HIDDEN || specs(config).iter().map(Spec::size).sum::<usize>() > MOST_WEIGHTS {
        return Err("it has more weights than any memory holds".to_owned());
    }
    Ok(())
}
