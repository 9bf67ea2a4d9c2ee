//! The LSTM by itself, and a product by itself: how long they take, ours and burn's, which the bench compares them with; and what one call of the LSTM gives, of
//! which the bench asks what a precision does to it.

use std::time::Instant;

use burn::{
    nn::BiLstmConfig,
    tensor::{Device, Tensor, TensorData},
};
use lstm_kernels::philox::Stream;

use crate::{
    Error,
    ops::{context::Precision, linear, lstm::lstm},
    predict::values,
};

fn numbers<const D: usize>(stream: u64, shape: [usize; D], range: f32, device: &Device) -> Tensor<D> {
    let mut stream = Stream::new(1, stream);
    let values: Vec<f32> = (0..shape.iter().product::<usize>()).map(|_| (2.0 * stream.uniform() - 1.0) * range).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Seconds of each of `rounds` forward and backward passes with x [M, B, T, I], all of one length; a first one, which compiles kernels, is not counted. A round ends
/// when the gradient of the weights has been read.
///
/// # Errors
/// `OUT_OF_MEMORY` or `DEVICE_LOST`.
pub fn ours(device: &Device, [members, batch, residues, input]: [usize; 4], hidden: usize, rounds: usize) -> Result<Vec<f64>, Error> {
    let tracked = device.clone().autodiff();
    let x = numbers(1, [members, batch, residues, input], 1.0, &tracked).require_grad();
    let w_ih = numbers(2, [members, 2, 4 * hidden, input], 0.1, &tracked).require_grad();
    let w_hh = numbers(3, [members, 2, 4 * hidden, hidden], 0.1, &tracked).require_grad();
    let bias = numbers(4, [members, 2, 4 * hidden], 0.1, &tracked).require_grad();
    let lengths = vec![residues as u32; members * batch];
    timed(rounds, || {
        let y = lstm(x.clone(), w_ih.clone(), w_hh.clone(), bias.clone(), lengths.as_slice().into());
        let grads = y.sum().backward();
        w_hh.grad(&grads).map_or(Ok(()), |g| values(g.slice([0..1, 0..1, 0..1, 0..1])).map(drop))
    })
}

/// Likewise of burn-nn's `BiLstm` with x [B, T, I].
///
/// # Errors
/// `OUT_OF_MEMORY` or `DEVICE_LOST`.
pub fn burn_nn(device: &Device, [batch, residues, input]: [usize; 3], hidden: usize, rounds: usize) -> Result<Vec<f64>, Error> {
    let tracked = device.clone().autodiff();
    let x = numbers(1, [batch, residues, input], 1.0, &tracked).require_grad();
    let network = BiLstmConfig::new(input, hidden, true).init(&tracked);
    timed(rounds, || {
        let (y, _) = network.forward(x.clone(), None);
        let grads = y.sum().backward();
        x.grad(&grads).map_or(Ok(()), |g| values(g.slice([0..1, 0..1, 0..1])).map(drop))
    })
}

/// Names of what [`results`] gives.
pub const RESULTS: [&str; 5] = ["y", "dx", "dW", "dU", "db"];

/// One call: y [M, B, T, 2H], and the gradients of x [M, B, T, I], W [M, 2, 4H, I], U [M, 2, 4H, H] and b [M, 2, 4H] for a random dy. Factors and dy are uniform, x
/// and dy on ±1, weights and bias on ±1/√H, as a network begins; lengths lie evenly between T / 2 and T. In the precision of the context.
///
/// # Errors
/// `OUT_OF_MEMORY` or `DEVICE_LOST`.
pub fn results(device: &Device, [members, batch, residues, input]: [usize; 4], hidden: usize) -> Result<[Vec<f32>; 5], Error> {
    let tracked = device.clone().autodiff();
    let range = 1.0 / (hidden as f32).sqrt();
    let x = numbers(1, [members, batch, residues, input], 1.0, &tracked).require_grad();
    let w_ih = numbers(2, [members, 2, 4 * hidden, input], range, &tracked).require_grad();
    let w_hh = numbers(3, [members, 2, 4 * hidden, hidden], range, &tracked).require_grad();
    let bias = numbers(4, [members, 2, 4 * hidden], range, &tracked).require_grad();
    let length = |place: usize| residues - (place % batch) * (residues / 2) / batch;
    let lengths: Vec<u32> = (0..members * batch).map(|place| length(place) as u32).collect();
    let y = lstm(x.clone(), w_ih.clone(), w_hh.clone(), bias.clone(), lengths.as_slice().into());
    let dy = numbers(5, y.dims(), 1.0, &tracked);
    let grads = (y.clone() * dy).sum().backward();
    let of = |gradient: Option<Tensor<4>>| gradient.map_or(Ok(vec![]), values);
    let db = bias.grad(&grads).map_or(Ok(vec![]), values)?;
    Ok([values(y)?, of(x.grad(&grads))?, of(w_ih.grad(&grads))?, of(w_hh.grad(&grads))?, db])
}

/// ‖found − expected‖ / ‖expected‖; not finite where sizes differ, or a number is not.
pub fn apart(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let norm = |squares: &mut dyn Iterator<Item = f64>| squares.map(|v| v * v).sum::<f64>().sqrt();
    let differences = &mut found.iter().zip(expected).map(|(a, b)| f64::from(*a) - f64::from(*b));
    norm(differences) / norm(&mut expected.iter().map(|v| f64::from(*v)))
}

/// How far ([`apart`]) a result of tensor cores may be from that of their imitation, y or a gradient: sums in another order, and in gradients a dz or an h whose last
/// bit makes it round to the other side. A quarter of what the rounding itself does, or less.
pub fn imitation_tolerance(precision: Precision, result: usize) -> f64 {
    match (precision, result) {
        (_, 0) => 1e-5,
        (Precision::Bf16, _) => 1e-4,
        _ => 2e-5,
    }
}

/// Seconds of each of `rounds` forward and backward passes of y = x wᵀ + b with x [M, B, T, I] and O outputs in f32: by our tiles with a fixed order, or by burn's matmul.
///
/// # Errors
/// `OUT_OF_MEMORY` or `DEVICE_LOST`.
pub fn product(
    device: &Device,
    [members, batch, residues, input]: [usize; 4],
    outputs: usize,
    ours: bool,
    rounds: usize,
) -> Result<Vec<f64>, Error> {
    let tracked = device.clone().autodiff();
    let x = numbers(1, [members, batch, residues, input], 1.0, &tracked).require_grad();
    let w = numbers(2, [members, outputs, input], 0.1, &tracked).require_grad();
    let bias = numbers(3, [members, outputs], 0.1, &tracked).require_grad();
    let lengths = vec![residues as u32; members * batch];
    timed(rounds, || {
        let (x, weight, bias) = (x.clone(), w.clone(), bias.clone());
        let y = if ours { linear::linear(x, weight, bias, lengths.as_slice().into()) } else { linear::literal(x, weight, bias, &lengths) };
        let grads = y.sum().backward();
        w.grad(&grads).map_or(Ok(()), |g| values(g.slice([0..1, 0..1, 0..1])).map(drop))
    })
}

fn timed(rounds: usize, mut round: impl FnMut() -> Result<(), Error>) -> Result<Vec<f64>, Error> {
    round()?;
    let mut seconds = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let began = Instant::now();
        round()?;
        seconds.push(began.elapsed().as_secs_f64());
    }
    Ok(seconds)
}
