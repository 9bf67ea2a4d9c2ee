//! What tf32 and bf16 do to one call of the LSTM: y and every gradient, by ‖difference‖ / ‖expected‖, on one device. The imitation multiplies in f32 what tensor
//! cores multiply, factors rounded to 11 or 8 significant bits, and adds in f32.

use serde_json::json;
use subloc_model::{
    Error,
    device::{Device, DeviceReport},
    lstm_alone::{RESULTS, apart, imitation_tolerance, results as results_of},
    ops::context::{self, Context, Precision},
};

use crate::{Failure, Options, Results, measure::sizes};

/// Proteins a batch, and inputs.
const BATCH: usize = 8;
const INPUTS: usize = 60;

fn one_call(device: &Device, dims: [usize; 4], hidden: usize, precision: Precision, imitate: bool) -> Result<[Vec<f32>; 5], Error> {
    context::with(Context { precision, imitate_tensor_cores: imitate, ..context::current() }, || results_of(device, dims, hidden))
}

/// Tensor cores against their imitation on the same device, in the context's precision.
pub fn parity(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    let precision = context::current().precision;
    let batch = options.number("batch", BATCH)?;
    let mut agree = true;
    for [hidden, members, residues] in sizes(options, "5:3:40,64:3:40,200:3:40")? {
        let dims = [members, batch, residues, INPUTS];
        let found = one_call(device, dims, hidden, precision, false)?;
        let expected = one_call(device, dims, hidden, precision, true)?;
        let exact = one_call(device, dims, hidden, Precision::F32, false)?;
        for (at, result) in RESULTS.into_iter().enumerate() {
            let (difference, tolerance) = (apart(&found[at], &expected[at]), imitation_tolerance(precision, at));
            // NaN is no agreement.
            let agrees = difference <= tolerance;
            agree &= agrees;
            results.say(&json!({
                "what": "parity", "compared": "one LSTM call, tensor cores against their imitation in f32 of rounded factors", "backend": report.backend,
                "precision": precision.name(), "device": report.name, "hidden": hidden, "members": members, "residues": residues, "batch": batch,
                "result": result, "difference": difference, "tolerance": tolerance, "fromF32": apart(&found[at], &exact[at]), "agrees": agrees,
            }));
        }
    }
    if agree { Ok(()) } else { Err(Failure::Check("tensor cores and their imitation do not agree".into())) }
}

/// The imitation against f32: what the rounding of factors costs, on any GPU.
pub fn rounding(device: &Device, report: &DeviceReport, options: &Options, results: &mut Results) -> Result<(), Failure> {
    if report.backend == "cpu" {
        return Err(Failure::Usage("rounding: the imitation of tensor cores runs on wgpu and cuda".into()));
    }
    let batch = options.number("batch", 2)?;
    for [hidden, members, residues] in sizes(options, "64:1:1000,200:1:1000")? {
        let dims = [members, batch, residues, INPUTS];
        let exact = one_call(device, dims, hidden, Precision::F32, false)?;
        for precision in [Precision::Tf32, Precision::Bf16] {
            let found = one_call(device, dims, hidden, precision, true)?;
            let largest = |values: &[f32]| values.iter().fold(0.0f32, |m, v| m.max(v.abs()));
            let apart_most = |at: usize| found[at].iter().zip(&exact[at]).fold(0.0f32, |m, (a, b)| m.max((a - b).abs()));
            for (at, result) in RESULTS.into_iter().enumerate() {
                results.say(&json!({
                    "what": "rounding", "backend": report.backend, "precision": precision.name(), "device": report.name, "hidden": hidden,
                    "members": members, "residues": residues, "batch": batch, "result": result, "difference": apart(&found[at], &exact[at]),
                    "largestDifference": apart_most(at) / largest(&exact[at]),
                }));
            }
        }
    }
    Ok(())
}
