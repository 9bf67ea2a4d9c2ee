//! The t-SNE door.

use std::sync::atomic::Ordering;

use napi::bindgen_prelude::*;
use napi_derive::napi;
use serde_json::json;
use subloc_analysis::tsne;
use subloc_model::Error as ModelError;

use crate::{door::guarded, job::BindingJob, random::unsigned, records::wrong_size, runtime::BindingRuntime};

/// How a map is made.
#[napi(object)]
pub struct BindingMapOptions {
    /// About how many neighbours a point has, from 1.
    pub perplexity: f64,
    /// Steps of gradient descent.
    pub iterations: u32,
    /// 0 is exact.
    pub theta: f64,
    /// Of the jitter.
    pub seed: BigInt,
}

/// A map.
#[napi(object, object_from_js = false)]
pub struct BindingMap {
    /// [N, 2]
    pub coordinates: Float64Array,
    /// KL(P ‖ Q), nats.
    pub divergence: f64,
}

/// t-SNE of `points` [N, dims]; the job's handle cancels it.
#[napi(ts_return_type = "Promise<BindingSettled<BindingMap>>")]
pub fn tsne<'env>(
    env: &'env Env,
    job: &BindingJob,
    points: Float32Array,
    dims: u32,
    options: BindingMapOptions,
    runtime: BindingRuntime,
) -> Result<Object<'env>> {
    let request = guarded(|| {
        let (points, dims) = (points.to_vec(), dims as usize);
        if dims == 0 || !points.len().is_multiple_of(dims) {
            return Err(wrong_size("points", format!("{} numbers do not make points of {dims} dimensions", points.len())));
        }
        if let Some(at) = points.iter().position(|value| !value.is_finite()) {
            return Err(wrong_size("points", format!("points[{at}] is not finite")));
        }
        let BindingMapOptions { perplexity, iterations, theta, .. } = options;
        for (name, value, least) in [("perplexity", perplexity, 1.0), ("theta", theta, 0.0)] {
            if !(value.is_finite() && value >= least) {
                let facts = json!({ "option": name, "value": value });
                return Err(ModelError::new("INVALID_OPTION", format!("{name}: {value} is not a number from {least}"), facts));
            }
        }
        let seed = unsigned("seed", &options.seed)?;
        Ok((points, dims, tsne::Options { perplexity, iterations: iterations as usize, theta, seed }))
    });
    job.run(env, move |context| {
        let (points, dims, options) = request?;
        let is_cancelled = || context.cancel.load(Ordering::Relaxed);
        let found = runtime.in_pool(|| tsne::tsne(&points, dims, &options, &is_cancelled))?;
        let map = found.ok_or_else(|| ModelError::cancelled(false))?;
        Ok(BindingMap { coordinates: map.coordinates.into(), divergence: map.divergence })
    })
}
