//! How long the LSTM takes by itself, forward and backward: ours, and burn-nn's, the naive form that the bench compares it with.

use std::time::Instant;

use burn::{
    nn::BiLstmConfig,
    tensor::{Device, Tensor, TensorData},
};
use lstm_kernels::philox::Stream;

use crate::{Error, ops::lstm::lstm, predict::values};

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
