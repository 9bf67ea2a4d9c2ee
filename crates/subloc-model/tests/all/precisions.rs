//! tf32 and bf16 on a GPU: what tensor cores do, imitated in f32 on every backend, against factors that are rounded on the host; where a card has tensor
//! cores, they against the imitation. Which devices take which precision.
use burn::tensor::{Device, Tensor};
use lstm_kernels::to_bf16;
use subloc_model::{
    config::ModelKind,
    device,
    lstm_alone::{self, RESULTS, apart, imitation_tolerance},
    ops::{
        context::{self, Context, Precision},
        lstm::{self, LstmForm},
    },
};

use crate::{
    backends::devices,
    oracle::{Case, run_on},
    problem::{Job, Problem, plain, plans},
    support::{assert_close, cpu, f64s, host, numbers},
};

/// 11 significant bits, ties away from zero.
fn to_tf32(x: f32) -> f32 {
    f32::from_bits((x.to_bits() + 0x1000) & 0xFFFF_E000)
}

/// Runs `work` with a precision, multiplied by tensor cores or as they do it.
fn with<R>(precision: Precision, imitate_tensor_cores: bool, work: impl FnOnce() -> R) -> R {
    context::with(Context { precision, imitate_tensor_cores, ..Context::detect() }, work)
}

/// More proteins than a tile, columns of one and a part, and lengths that end anywhere.
fn case() -> Case {
    Case::new(1, &(0..70).map(|i| (i * 5) % 7).collect::<Vec<u32>>())
}

/// y and the gradients of x, W, U and b.
fn lstm_on(device: &Device, case: &Case, input: usize, hidden: usize, rounded: impl Fn(f32) -> f32) -> Vec<Vec<f32>> {
    let m = case.members;
    let round = |values: Vec<f32>| values.into_iter().map(&rounded).collect::<Vec<f32>>();
    let inputs = [
        round(case.noise(1, input)),
        round(numbers(2, m * 8 * hidden * input, 0.3)),
        numbers(3, m * 8 * hidden * hidden, 0.2),
        numbers(4, m * 8 * hidden, 0.5),
    ];
    let op = |x: &[Tensor<1>]| {
        let weights = |i: usize, width: usize| x[i].clone().reshape([m, 2, 4 * hidden, width]);
        let bias = x[3].clone().reshape([m, 2, 4 * hidden]);
        lstm::lstm(x[0].clone().reshape(case.dims(input)), weights(1, input), weights(2, hidden), bias, case.lengths.clone()).flatten(0, 3)
    };
    let dy = numbers(99, case.places() * 2 * hidden, 1.0);
    let (y, gradients) = run_on(device, &op, &inputs, &dy);
    [vec![y], gradients].concat()
}

#[test]
fn the_products_of_a_chunk_are_those_of_rounded_factors() {
    let (case, input, hidden) = (case(), 20, 18);
    for (name, device) in devices() {
        for (precision, round, unit) in
            [(Precision::Tf32, to_tf32 as fn(f32) -> f32, 2f64.powi(-11)), (Precision::Bf16, to_bf16, 2f64.powi(-8))]
        {
            let what = |part: &str| format!("{} on {name}: {part}", precision.name());
            let found = with(precision, true, || lstm_on(&device, &case, input, hidden, |v| v));
            // Forward, x and W are all that is rounded, so f32 of rounded inputs gives the same but for the order of sums.
            let expected = lstm_on(&cpu(), &case, input, hidden, round);
            assert_close(&what("y"), &found[0], &f64s(&expected[0]), 2e-5);
            // Backward dz and h are rounded too: each factor is off by `unit` of itself at most, and so is a sum of products, by three of them.
            let exact = lstm_on(&device, &case, input, hidden, |v| v);
            for (i, (found, exact)) in found.iter().zip(&exact).enumerate() {
                assert_close(&what(&format!("result {i}")), found, &f64s(exact), 3.0 * unit);
                assert!(found != exact, "{}: rounded to nothing", what(&format!("result {i}")));
            }
        }
    }
}

#[test]
fn a_training_in_a_rounded_precision_stays_near_that_of_f32() {
    let problem = Problem::new(ModelKind::RLstm, 90);
    let weights = |device: &Device| {
        let model = Job::new(&problem, plain(), plans(90, &[1])).on(device).model();
        model.network(0, &cpu()).parameters.values.into_iter().flat_map(host).collect::<Vec<f32>>()
    };
    for (name, device) in devices() {
        let exact = weights(&device);
        for (precision, tolerance) in [(Precision::Tf32, 0.01), (Precision::Bf16, 0.05)] {
            let found = with(precision, true, || weights(&device));
            // By norm: Adam moves a weight whose gradient is near 0 by a whole learning rate, whatever its sign.
            let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt();
            let apart = norm(&mut found.iter().zip(&exact).map(|(a, b)| a - b)) / norm(&mut exact.iter().copied());
            assert!(apart <= tolerance, "{} on {name}: {apart} of the weights", precision.name());
            assert!(found != exact, "{} on {name}: nothing was rounded", precision.name());
        }
    }
}

#[test]
fn the_imitation_in_another_order_of_sums_is_within_the_tolerance_of_tensor_cores_and_f32_is_not() {
    let dims = [2, 5, 30, 20];
    for (name, device) in devices() {
        for precision in [Precision::Tf32, Precision::Bf16] {
            for hidden in [5, 64] {
                let run = |lstm_form, precision| {
                    let context = Context { precision, imitate_tensor_cores: true, lstm_form, ..Context::detect() };
                    context::with(context, || lstm_alone::results(&device, dims, hidden)).unwrap()
                };
                let (found, expected) = (run(LstmForm::PerStep, precision), run(LstmForm::WholeSequence, precision));
                let exact = run(LstmForm::PerStep, Precision::F32);
                for (at, result) in RESULTS.into_iter().enumerate() {
                    let what = format!("{} on {name}, H = {hidden}: {result}", precision.name());
                    let (order, rounding) = (apart(&found[at], &expected[at]), apart(&found[at], &exact[at]));
                    let tolerance = imitation_tolerance(precision, at);
                    eprintln!("{what}: order {order:e}, rounding {rounding:e}, tolerance {tolerance:e}");
                    assert!(order <= tolerance, "{what}: {order}");
                    assert!(rounding > 4.0 * tolerance, "{what}: the tolerance would pass f32, which is {rounding} apart");
                }
            }
        }
    }
}

#[test]
fn tensor_cores_agree_with_their_imitation_to_2e_5() {
    for precision in [Precision::Tf32, Precision::Bf16] {
        let able: Vec<_> = devices().into_iter().filter(|(_, device)| device::check_precision(device, precision).is_ok()).collect();
        if able.is_empty() {
            eprintln!("SKIPPED: no device here has tensor cores for {}", precision.name());
        }
        for (name, device) in able {
            for (input, hidden) in [(20, 18), (60, 64), (7, 200)] {
                let run = |imitate| with(precision, imitate, || lstm_on(&device, &case(), input, hidden, |v| v));
                for (i, (found, expected)) in run(false).iter().zip(&run(true)).enumerate() {
                    // A factor that is itself a sum, dz or h, may fall to the other side of a rounding.
                    let tolerance = if i == 0 { 2e-5 } else { 1e-3 };
                    assert_close(&format!("{} on {name}, H = {hidden}: result {i}", precision.name()), found, &f64s(expected), tolerance);
                }
            }
        }
    }
}

#[test]
fn a_device_without_the_precision_is_refused_in_words() {
    for (device, precision, code) in devices().into_iter().map(|(_, device)| device).chain([cpu()]).flat_map(|device| {
        let backend = device::backend_of(&device);
        let refused = move |precision| match (backend, precision) {
            (_, Precision::F32) | ("cpu", Precision::Bf16) => None,
            ("cuda", _) => Some("BACKEND_UNAVAILABLE"),
            _ => Some("INVALID_OPTION"),
        };
        Precision::ALL.map(|precision| (device.clone(), precision, refused(precision)))
    }) {
        let backend = device::backend_of(&device);
        match (device::check_precision(&device, precision), code) {
            (Ok(()), None) => {}
            // A card may have it or not.
            (Ok(()), Some("BACKEND_UNAVAILABLE")) => assert_eq!(backend, "cuda"),
            (Err(error), Some(code)) => {
                assert_eq!(error.code, code, "{error}");
                assert!(error.message.contains(precision.name()) && error.message.contains("cuda") || backend == "cuda", "{error}");
            }
            (found, expected) => panic!("{backend}, {}: {found:?}, expected {expected:?}", precision.name()),
        }
    }
    assert_eq!(Precision::of("f16").unwrap_err().code, "INVALID_OPTION");
    assert_eq!(Precision::of("tf32").unwrap(), Precision::Tf32);
}
