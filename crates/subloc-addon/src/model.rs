//! A trained model behind a handle that can be closed.

use std::sync::{Arc, RwLock};

use napi::bindgen_prelude::*;
use napi_derive::napi;
use serde_json::json;
use subloc_model::{
    Error as ModelError, TrainedModel,
    predict::{self, Outputs},
};

use crate::{
    door::{door, guarded},
    job::{BindingJob, run_quietly},
    outcome::Outcome,
    records::BindingRecords,
    runtime::BindingRuntime,
};

/// A handle of a trained model. Jobs that run on it keep it alive after `close()`.
#[napi]
pub struct BindingModel {
    model: RwLock<Option<Arc<TrainedModel>>>,
}

/// What prediction gives besides the probabilities.
#[napi(object)]
pub struct BindingOutputs {
    /// Attention weights α; A-LSTM only.
    pub attention: bool,
    /// The pooled state that the head sees.
    pub states: bool,
}

/// Predictions in the order of the records.
#[napi(object, object_from_js = false)]
pub struct BindingPredictions {
    /// [M, N, K]
    pub probabilities: Float32Array,
    /// [M, ΣT]
    pub attention: Option<Float32Array>,
    /// [M, N, 2H]
    pub states: Option<Float32Array>,
}

impl From<TrainedModel> for BindingModel {
    fn from(model: TrainedModel) -> Self {
        Self { model: RwLock::new(Some(Arc::new(model))) }
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

    /// Trainable numbers of one member.
    #[napi(ts_return_type = "BindingOutcome<number>")]
    pub fn parameter_count(&self) -> Outcome<f64> {
        door(|| Ok(self.open()?.parameter_count() as f64))
    }

    /// Predicts; the job's handle cancels it.
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
        let want = Outputs { attention: outputs.attention, states: outputs.states };
        job.run(env, move |context| {
            let (model, records) = request?;
            let predictions = runtime.run(&context.cancel, |device| predict::predict(&model, device, &records, want))?;
            Ok(BindingPredictions {
                probabilities: predictions.probabilities.into(),
                attention: predictions.attention.map(Into::into),
                states: predictions.states.map(Into::into),
            })
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
