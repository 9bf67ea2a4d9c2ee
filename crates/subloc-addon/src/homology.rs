//! The doors of the search for homologs.

use std::sync::atomic::Ordering;

use napi::bindgen_prelude::*;
use napi_derive::napi;
use serde_json::json;
use subloc_analysis::homology::{self, Control, Hit, IdentityOver, LONGEST, Limits, Linkage, Options, Proteins};
use subloc_model::{Error as ModelError, batch::Records};

use crate::{
    door::{door, guarded},
    events::BindingEvent,
    job::{BindingJob, JobContext},
    outcome::Outcome,
    records::{BindingRecords, check_rows, wrong_size},
    runtime::BindingRuntime,
};

/// Which alignments count, and how.
#[napi(object)]
pub struct BindingHomologyOptions {
    /// Largest E, above 0.
    pub expect: f64,
    /// Least identity, 0 to 1.
    pub identity: f64,
    /// Least coverage of both proteins, 0 to 1.
    pub coverage: f64,
    /// What identical columns are divided by.
    #[napi(ts_type = "'alignment' | 'shorter' | 'longer'")]
    pub identity_over: String,
    /// Align every pair.
    pub exhaustive: bool,
}

/// H pairs; hit h is the h-th of every array.
#[napi(object, object_from_js = false)]
pub struct BindingHits {
    /// [H]
    pub query: Uint32Array,
    /// [H]
    pub target: Uint32Array,
    /// [H] 0 to 1.
    pub identity: Float64Array,
    /// [H] 0 to 1.
    pub query_coverage: Float64Array,
    /// [H] 0 to 1.
    pub target_coverage: Float64Array,
    /// [H]
    pub bits: Float64Array,
    /// [H] E.
    pub expect: Float64Array,
}

impl From<&[Hit]> for BindingHits {
    fn from(hits: &[Hit]) -> Self {
        let numbers = |value: fn(&Hit) -> f64| hits.iter().map(value).collect::<Vec<_>>().into();
        Self {
            query: hits.iter().map(|hit| hit.query as u32).collect::<Vec<_>>().into(),
            target: hits.iter().map(|hit| hit.target as u32).collect::<Vec<_>>().into(),
            identity: numbers(|hit| hit.identity),
            query_coverage: numbers(|hit| hit.query_coverage),
            target_coverage: numbers(|hit| hit.target_coverage),
            bits: numbers(|hit| hit.bits),
            expect: numbers(|hit| hit.expect),
        }
    }
}

/// All pairs within the limits; with `groups` [N] those of different groups alone. Steps are queries.
#[napi(ts_return_type = "Promise<BindingSettled<BindingHits>>")]
pub fn homologous_pairs<'env>(
    env: &'env Env,
    job: &BindingJob,
    records: BindingRecords,
    groups: Option<Uint32Array>,
    options: BindingHomologyOptions,
    runtime: BindingRuntime,
) -> Result<Object<'env>> {
    let request = guarded(|| {
        let records = proteins(&records)?;
        let groups = groups.map(|groups| groups.to_vec());
        if groups.as_ref().is_some_and(|groups| groups.len() + 1 != records.offsets.len()) {
            return Err(wrong_size("groups", "there must be a group a protein"));
        }
        Ok((records, groups, checked(&options)?))
    });
    job.run(env, move |context| {
        let (records, groups, options) = request?;
        let own = Proteins::new(&records.codes, &records.offsets);
        let found = runtime.in_pool(|| watched(context, |control| homology::pairs(own, groups.as_deref(), &options, control)))?;
        Ok(BindingHits::from(found.ok_or_else(|| ModelError::cancelled(false))?.as_slice()))
    })
}

/// The best hit of each query that has one, in the order of the queries. Identity and coverage limit nothing.
#[napi(ts_return_type = "Promise<BindingSettled<BindingHits>>")]
pub fn nearest_homologs<'env>(
    env: &'env Env,
    job: &BindingJob,
    queries: BindingRecords,
    targets: BindingRecords,
    options: BindingHomologyOptions,
    runtime: BindingRuntime,
) -> Result<Object<'env>> {
    let request = guarded(|| Ok((proteins(&queries)?, proteins(&targets)?, checked(&options)?)));
    job.run(env, move |context| {
        let (queries, targets, options) = request?;
        let (own, others) = (Proteins::new(&queries.codes, &queries.offsets), Proteins::new(&targets.codes, &targets.offsets));
        let found = runtime.in_pool(|| watched(context, |control| homology::nearest(own, others, &options, control)))?;
        let hits: Vec<Hit> = found.ok_or_else(|| ModelError::cancelled(false))?.into_iter().flatten().collect();
        Ok(BindingHits::from(hits.as_slice()))
    })
}

/// Clusters of linked proteins, numbered from 0 in the order of their first ones. `from` and `to` [L] are the links' ends.
#[napi(ts_return_type = "BindingOutcome<Uint32Array>")]
pub fn homology_clusters(
    lengths: Uint32Array,
    from: Uint32Array,
    to: Uint32Array,
    #[napi(ts_arg_type = "'single' | 'greedy'")] linkage: String,
) -> Outcome<Uint32Array> {
    door(|| {
        if from.len() != to.len() {
            return Err(wrong_size("to", "a link has two ends"));
        }
        check_rows("from", &from, lengths.len())?;
        check_rows("to", &to, lengths.len())?;
        let linkage = match linkage.as_str() {
            "single" => Linkage::Single,
            "greedy" => Linkage::Greedy,
            _ => return Err(unknown("linkage", &linkage, &["single", "greedy"])),
        };
        let lengths: Vec<usize> = lengths.iter().map(|length| *length as usize).collect();
        let links: Vec<(u32, u32)> = from.iter().copied().zip(to.iter().copied()).collect();
        Ok(homology::cluster(&lengths, &links, linkage).into())
    })
}

fn watched<T>(context: &JobContext, work: impl FnOnce(&Control<'_>) -> T) -> T {
    let progress = |done: usize, of: usize| {
        context.emit(BindingEvent { kind: "step".into(), step: Some(done as u32), steps: Some(of as u32), ..BindingEvent::default() });
    };
    work(&Control { is_cancelled: &|| context.cancel.load(Ordering::Relaxed), progress: &progress })
}

fn proteins(records: &BindingRecords) -> std::result::Result<Records, ModelError> {
    let records = records.copy()?;
    match records.offsets.windows(2).position(|pair| pair[1] - pair[0] > LONGEST as u64) {
        Some(at) => Err(wrong_size("records", format!("record {at} has more than {LONGEST} residues"))),
        None => Ok(records),
    }
}

fn checked(options: &BindingHomologyOptions) -> std::result::Result<Options, ModelError> {
    let BindingHomologyOptions { expect, identity, coverage, exhaustive, .. } = *options;
    for (name, value, is_right) in [
        ("expect", expect, expect > 0.0 && expect.is_finite()),
        ("identity", identity, (0.0..=1.0).contains(&identity)),
        ("coverage", coverage, (0.0..=1.0).contains(&coverage)),
    ] {
        if !is_right {
            let facts = json!({ "option": name, "value": value });
            return Err(ModelError::new("INVALID_OPTION", format!("{name}: {value} is out of range"), facts));
        }
    }
    let identity_over = match options.identity_over.as_str() {
        "alignment" => IdentityOver::Alignment,
        "shorter" => IdentityOver::Shorter,
        "longer" => IdentityOver::Longer,
        other => return Err(unknown("identityOver", other, &["alignment", "shorter", "longer"])),
    };
    Ok(Options { limits: Limits { expect, identity, coverage }, identity_over, exhaustive })
}

fn unknown(option: &str, value: &str, allowed: &[&str]) -> ModelError {
    let message = format!("{option}: '{value}' is not one of {}", allowed.join(", "));
    ModelError::new("INVALID_OPTION", message, json!({ "option": option, "value": value, "allowed": allowed }))
}
