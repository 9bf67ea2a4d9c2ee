//! The training door.

use std::path::PathBuf;

use napi::bindgen_prelude::*;
use napi_derive::napi;
use serde::de::DeserializeOwned;
use serde_json::json;
use subloc_model::{
    Error as ModelError,
    batch::Records,
    config::{ModelConfig, TrainingConfig},
    labels::Labels,
    train::{self, MemberPlan},
};

use crate::{
    door::door,
    events::BindingEvent,
    job::{BindingJob, JobContext},
    model::BindingModel,
    outcome::Outcome,
    random::unsigned,
    records::{BindingRecords, check_rows, wrong_size},
    runtime::BindingRuntime,
};

/// Residue codes, and so rows of the encoding table.
const CODES: usize = 25;

/// One member: its rows and its seed.
#[napi(object)]
pub struct BindingMember {
    /// Key of all its random numbers.
    pub seed: BigInt,
    /// Rows of the records.
    pub train: Uint32Array,
    /// May be empty.
    pub validation: Uint32Array,
    /// May be empty.
    pub test: Uint32Array,
}

/// All that a training job needs.
#[napi(object)]
pub struct BindingTraining {
    /// `ModelConfig` as JSON.
    pub model: String,
    /// `TrainingConfig` as JSON.
    pub training: String,
    /// [25, Ft], the features of each residue code.
    pub table: Float32Array,
    /// The proteins.
    pub records: BindingRecords,
    /// [N] class indices; empty with label sets.
    pub labels: Uint32Array,
    /// [N, K], not 0 where a record has a label: of a multi-label model alone.
    pub label_sets: Option<Uint8Array>,
    /// The members.
    pub members: Vec<BindingMember>,
    /// Where the state is kept; none is kept without it.
    pub checkpoint: Option<String>,
    /// Whether to go on from the checkpoint.
    pub resume: bool,
}

/// The same, copied and checked.
struct Training {
    model: ModelConfig,
    training: TrainingConfig,
    table: Vec<f32>,
    records: Records,
    labels: Vec<u32>,
    label_sets: Option<Vec<u8>>,
    members: Vec<MemberPlan>,
    checkpoint: Option<PathBuf>,
    resume: bool,
}

/// Trains; resolves with the model. A mistake in the request comes with the promise too.
#[napi(ts_return_type = "Promise<BindingSettled<BindingModel>>")]
pub fn train<'env>(env: &'env Env, job: &BindingJob, request: BindingTraining, runtime: BindingRuntime) -> Result<Object<'env>> {
    let training = crate::door::guarded(|| request.copy());
    job.run(env, move |context| training?.run(context, &runtime).map(BindingModel::from))
}

/// The epochs that a checkpoint remembers, as a JSON array.
#[napi(ts_return_type = "BindingOutcome<string>")]
pub fn training_history(checkpoint: String) -> Outcome<String> {
    door(|| train::history(checkpoint.as_ref()))
}

impl Training {
    fn run(self, context: &JobContext, runtime: &BindingRuntime) -> std::result::Result<subloc_model::TrainedModel, ModelError> {
        runtime.run(&context.cancel, |device| {
            train::train(
                device,
                &self.model,
                &self.table,
                &self.training,
                &self.records,
                self.label_sets.as_deref().map_or(Labels::Classes(&self.labels), Labels::Sets),
                &self.members,
                self.checkpoint.as_deref(),
                self.resume,
                &mut |event| context.emit(BindingEvent::from(event)),
                context.cancel.clone(),
            )
        })
    }
}

impl BindingTraining {
    fn copy(&self) -> std::result::Result<Training, ModelError> {
        let model: ModelConfig = parse("model", &self.model)?;
        let (table, labels, records) = (self.table.to_vec(), self.labels.to_vec(), self.records.copy()?);
        let count = records.offsets.len() - 1;
        if table.len() != CODES * model.table_features {
            let message = format!("the table has {} values, not {CODES} × {}", table.len(), model.table_features);
            return Err(wrong_size("table", message));
        }
        let label_sets = self.label_sets.as_ref().map(|sets| sets.to_vec());
        if let Some(sets) = &label_sets
            && sets.len() != count * model.classes.len()
        {
            let message = format!("{} label values for {count} records of {} classes", sets.len(), model.classes.len());
            return Err(wrong_size("labelSets", message));
        }
        if label_sets.is_none() && labels.len() != count {
            return Err(wrong_size("labels", format!("{} labels for {count} records", labels.len())));
        }
        check_rows("labels", &labels, model.classes.len())?;
        if self.members.is_empty() {
            return Err(wrong_size("members", "at least one member is needed"));
        }
        let members = self.members.iter().map(|member| member.copy(count)).collect::<std::result::Result<Vec<_>, _>>()?;
        let checkpoint = self.checkpoint.as_ref().map(PathBuf::from);
        Ok(Training {
            model,
            training: parse("training", &self.training)?,
            table,
            records,
            labels,
            label_sets,
            members,
            checkpoint,
            resume: self.resume,
        })
    }
}

impl BindingMember {
    fn copy(&self, count: usize) -> std::result::Result<MemberPlan, ModelError> {
        let plan = MemberPlan {
            seed: unsigned("seed", &self.seed)?,
            train: self.train.to_vec(),
            validation: self.validation.to_vec(),
            test: self.test.to_vec(),
        };
        for (name, rows) in [("train", &plan.train), ("validation", &plan.validation), ("test", &plan.test)] {
            check_rows(name, rows, count)?;
        }
        if plan.train.is_empty() {
            return Err(wrong_size("train", "a member without training rows"));
        }
        Ok(plan)
    }
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> std::result::Result<T, ModelError> {
    serde_json::from_str(text)
        .map_err(|reason| ModelError::new("INVALID_OPTION", format!("{name} configuration: {reason}"), json!({ "option": name })))
}
