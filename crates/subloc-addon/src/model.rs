//! A trained model behind a handle that can be closed.

use std::sync::{Arc, RwLock};

use napi::bindgen_prelude::*;
use napi_derive::napi;
use serde_json::json;
use subloc_model::{
    Error as ModelError, TrainedModel, filters,
    predict::{self, AtOnce, Outputs},
};

use crate::{
    door::{door, guarded},
    events::BindingEvent,
    job::{BindingJob, run_quietly},
    outcome::Outcome,
    records::{BindingRecords, wrong_size},
    runtime::BindingRuntime,
};

/// A handle of a trained model. Jobs that run on it keep it alive after `close()`.
#[napi]
pub struct BindingModel {
    model: RwLock<Option<Arc<TrainedModel>>>,
    /// What a prediction learned of a GPU's memory, the next one keeps to.
    at_once: Arc<AtOnce>,
}

/// What prediction gives besides the probabilities.
#[napi(object)]
pub struct BindingOutputs {
    /// Attention weights α; A-LSTM only.
    pub attention: bool,
    /// The pooled state that the head sees.
    pub states: bool,
    /// The last state of each direction.
    pub last_states: bool,
}

/// Predictions in the order of the records.
#[napi(object, object_from_js = false)]
pub struct BindingPredictions {
    /// [M, N, K]
    pub probabilities: Float32Array,
    /// [M, ΣT]
    pub attention: Option<Float32Array>,
    /// [M, N, P]: 2H, or 4H of an A-LSTM whose head sees context and last states
    pub states: Option<Float32Array>,
    /// [M, N, 2H]: forward, then backward
    pub last_states: Option<Float32Array>,
}

/// A convolution filter of one member as a scoring matrix.
#[napi(object, object_from_js = false)]
pub struct BindingFilter {
    /// Residues that it spans.
    pub width: u32,
    /// [width, 25], columns are residue codes.
    pub codes: Float64Array,
    /// [width, 20]; absent without a profile block.
    pub profile: Option<Float64Array>,
    /// Added before ReLU.
    pub bias: f64,
}

/// Where filters peak.
#[napi(object, object_from_js = false)]
pub struct BindingPeaks {
    /// [N, C]
    pub activations: Float32Array,
    /// [N, C] the middle tap's residue, from 0.
    pub residues: Uint32Array,
}

impl From<filters::Filter> for BindingFilter {
    fn from(filter: filters::Filter) -> Self {
        Self { width: filter.width as u32, codes: filter.codes.into(), profile: filter.profile.map(Into::into), bias: filter.bias }
    }
}

impl From<TrainedModel> for BindingModel {
    fn from(model: TrainedModel) -> Self {
        Self { model: RwLock::new(Some(Arc::new(model))), at_once: Arc::default() }
    }
}

#[napi]
impl BindingModel {
    /// Reads model.safetensors.
    #[napi(ts_return_type = "Promise<BindingSettled<BindingModel>>")]
    pub fn load(env: &Env, path: String) -> Result<Object<'_>> {
        run_quietly(env, move || TrainedModel::load(path.as_ref()).map(Self::from))
    }

    /// Joins the members of several models of one architecture.
    #[napi(ts_return_type = "BindingOutcome<BindingModel>")]
    pub fn merge(models: Vec<ClassInstance<'_, BindingModel>>) -> Outcome<BindingModel> {
        door(|| {
            let models = models.iter().map(|model| model.open().map(|model| (*model).clone())).collect::<std::result::Result<_, _>>()?;
            TrainedModel::merge(models).map(Self::from)
        })
    }

    /// The model of some of the members, from 0.
    #[napi(ts_return_type = "BindingOutcome<BindingModel>")]
    pub fn select(&self, members: Vec<u32>) -> Outcome<BindingModel> {
        door(|| {
            let members: Vec<usize> = members.iter().map(|m| *m as usize).collect();
            self.open()?.select(&members).map(Self::from)
        })
    }

    /// Writes model.safetensors, all of it or nothing.
    #[napi(ts_return_type = "Promise<BindingSettled<undefined>>")]
    pub fn save<'env>(&self, env: &'env Env, path: String) -> Result<Object<'env>> {
        let model = self.open();
        run_quietly(env, move || model?.save(path.as_ref()))
    }

    /// What the file says about itself, as JSON (see docs of the run folder).
    #[napi(ts_return_type = "BindingOutcome<string>")]
    pub fn metadata(&self) -> Outcome<String> {
        door(|| Ok(self.open()?.metadata_json()))
    }

    /// The members' seeds; JSON cannot carry 64 bits.
    #[napi(ts_return_type = "BindingOutcome<BigUint64Array>")]
    pub fn seeds(&self) -> Outcome<BigUint64Array> {
        door(|| Ok(self.open()?.seeds().to_vec().into()))
    }

    /// The same model with the probabilities [K] from which on a label is given; of a multi-label model.
    #[napi(ts_return_type = "BindingOutcome<BindingModel>")]
    pub fn with_thresholds(&self, thresholds: Float64Array) -> Outcome<BindingModel> {
        door(|| self.open()?.with_thresholds(thresholds.to_vec()).map(Self::from))
    }

    /// Trainable numbers of one member.
    #[napi(ts_return_type = "BindingOutcome<number>")]
    pub fn parameter_count(&self) -> Outcome<f64> {
        door(|| Ok(self.open()?.parameter_count() as f64))
    }

    /// Predicts; the job's handle cancels it, and is told by a `warning` where the device has not the memory for a batch.
    #[napi(ts_return_type = "Promise<BindingSettled<BindingPredictions>>")]
    pub fn predict<'env>(
        &self,
        env: &'env Env,
        job: &BindingJob,
        records: BindingRecords,
        outputs: BindingOutputs,
        runtime: BindingRuntime,
    ) -> Result<Object<'env>> {
        let request = guarded(|| Ok((self.open()?, records.copy()?)));
        let want = Outputs { attention: outputs.attention, states: outputs.states, last_states: outputs.last_states };
        let at_once = self.at_once.clone();
        job.run(env, move |context| {
            let (model, records) = request?;
            let warn = &mut |message| context.emit(BindingEvent::warning(message));
            let predictions = runtime.run(&context.cancel, |device| predict::predict(&model, device, &records, want, &at_once, warn))?;
            Ok(BindingPredictions {
                probabilities: predictions.probabilities.into(),
                attention: predictions.attention.map(Into::into),
                states: predictions.states.map(Into::into),
                last_states: predictions.last_states.map(Into::into),
            })
        })
    }

    /// The filters of a member, from 0.
    #[napi(ts_return_type = "BindingOutcome<BindingFilter[]>")]
    pub fn filters(&self, member: u32) -> Outcome<Vec<BindingFilter>> {
        door(|| {
            let found = filters::filters(&*self.open()?, member as usize)?;
            Ok(found.into_iter().map(BindingFilter::from).collect())
        })
    }

    /// Where a member's filters peak. `junctions` [N]: the first residue after the middle cut (of a model with a gap its first X), 0 where nothing was cut.
    #[napi(ts_return_type = "Promise<BindingSettled<BindingPeaks>>")]
    pub fn filter_peaks<'env>(
        &self,
        env: &'env Env,
        job: &BindingJob,
        member: u32,
        records: BindingRecords,
        junctions: Uint32Array,
        runtime: BindingRuntime,
    ) -> Result<Object<'env>> {
        let request = guarded(|| {
            let (model, records, junctions) = (self.open()?, records.copy()?, junctions.to_vec());
            let filters = filters::filters(&model, member as usize)?;
            if junctions.len() != records.len() {
                return Err(wrong_size("junctions", format!("{} junctions for {} records", junctions.len(), records.len())));
            }
            Ok((filters, records, junctions, model.config().cut_gap))
        });
        job.run(env, move |context| {
            let (filters, records, junctions, gap) = request?;
            let found = runtime.in_pool(|| filters::peaks(&filters, &records, &junctions, gap))?;
            if context.cancel.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(ModelError::cancelled(false));
            }
            Ok(BindingPeaks { activations: found.activations.into(), residues: found.residues.into() })
        })
    }

    /// The model with some of its C filters, from 0, giving 0 everywhere.
    #[napi(ts_return_type = "BindingOutcome<BindingModel>")]
    pub fn silenced(&self, filters: Vec<u32>) -> Outcome<BindingModel> {
        door(|| {
            let filters: Vec<usize> = filters.iter().map(|filter| *filter as usize).collect();
            filters::silenced(&*self.open()?, &filters).map(Self::from)
        })
    }

    /// Frees the weights now instead of when the garbage collector comes by. Idempotent.
    #[napi]
    pub fn close(&self) {
        self.model.write().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}

impl BindingModel {
    fn open(&self) -> std::result::Result<Arc<TrainedModel>, ModelError> {
        let model = self.model.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        model.clone().ok_or_else(|| ModelError::new("INVALID_OPTION", "the model has been closed", json!({ "option": "model" })))
    }
}
