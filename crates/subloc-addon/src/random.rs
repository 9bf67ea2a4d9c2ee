//! Philox for TypeScript: splits, shuffles and synthetic data draw from the same generator as the weights.

use lstm_kernels::philox::Stream;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use subloc_model::Error;

use crate::{door::door, outcome::Outcome};

/// 0…n−1 in the order of stream `stream` of `seed` (Fisher–Yates).
#[napi(ts_return_type = "BindingOutcome<Uint32Array>")]
pub fn shuffled_indices(seed: BigInt, stream: BigInt, n: u32) -> Outcome<Uint32Array> {
    door(|| {
        let mut indices: Vec<u32> = (0..n).collect();
        stream_of(&seed, &stream)?.shuffle(&mut indices);
        Ok(indices.into())
    })
}

/// The first `n` numbers of stream `stream` of `seed`, uniform on [0, 1) in steps of 2⁻⁵³.
#[napi(ts_return_type = "BindingOutcome<Float64Array>")]
pub fn uniforms(seed: BigInt, stream: BigInt, n: u32) -> Outcome<Float64Array> {
    door(|| {
        let mut stream = stream_of(&seed, &stream)?;
        Ok((0..n).map(|_| stream.uniform_f64()).collect::<Vec<f64>>().into())
    })
}

fn stream_of(seed: &BigInt, stream: &BigInt) -> std::result::Result<Stream, Error> {
    Ok(Stream::new(unsigned("seed", seed)?, unsigned("stream", stream)?))
}

/// A bigint as `u64`; negative or wider ones are refused.
pub fn unsigned(name: &str, value: &BigInt) -> std::result::Result<u64, Error> {
    match value.get_u64() {
        (false, value, true) => Ok(value),
        _ => {
            Err(Error::new("INVALID_OPTION", format!("{name} must be an integer from 0 to 2⁶⁴ − 1"), serde_json::json!({ "option": name })))
        }
    }
}
