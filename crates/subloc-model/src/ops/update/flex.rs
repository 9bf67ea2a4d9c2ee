//! The same on slices: what the kernels are tested against.

use burn::backend::{Flex, TensorMetadata};
use burn_flex::FlexTensor;

use super::{AdamNumbers, COLUMNS, LARGEST_RATE, ORDERS, UpdateOps};
use crate::ops::flex::{self, Floats};

impl UpdateOps for Flex {
    fn add_squares(gradient: FlexTensor, so_far: FlexTensor) -> FlexTensor {
        let [members, n] = gradient.shape().dims();
        let (gradient, so_far) = (Floats::new(gradient), Floats::new(so_far));
        let sum = |m: usize| gradient.slice()[m * n..(m + 1) * n].iter().map(|g| f64::from(*g) * f64::from(*g)).sum::<f64>() as f32;
        flex::tensor((0..members).map(|m| so_far.slice()[m] + sum(m)).collect(), [members, 1])
    }

    fn judge(ledger: FlexTensor, orders: FlexTensor, squares: FlexTensor, loss: FlexTensor, right: FlexTensor, step: usize) -> FlexTensor {
        let [members, _] = ledger.shape().dims();
        let [ledger, orders, squares, loss, right] = [ledger, orders, squares, loss, right].map(Floats::new);
        let mut out = ledger.slice().to_vec();
        for m in 0..members {
            let (row, order) = (&mut out[m * COLUMNS..][..COLUMNS], &orders.slice()[m * ORDERS..][..ORDERS]);
            let (norm, loss) = (squares.slice()[m].sqrt(), loss.slice()[m]);
            let wanted = order[0] == 1.0 && row[0] == 0.0;
            let sound = norm.is_finite() && loss.is_finite() && order[2].abs() < LARGEST_RATE;
            let taken = wanted && sound;
            if wanted && !sound {
                row[0] = step as f32;
            }
            if taken {
                row[1] += loss * order[1];
                row[2] += right.slice()[m];
                row[3] += norm;
                row[4] += 1.0;
                row[5] += order[1];
                row[6] = loss;
            }
            row[7] = f32::from(u8::from(taken));
            row[8] = if order[5] > 0.0 && norm > order[5] { order[5] / norm } else { 1.0 };
            row[9..12].copy_from_slice(&order[2..5]);
        }
        flex::tensor(out, [members, COLUMNS])
    }

    fn adam(
        weights: FlexTensor,
        first: FlexTensor,
        second: FlexTensor,
        gradient: FlexTensor,
        ledger: FlexTensor,
        numbers: AdamNumbers,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let [members, n] = weights.shape().dims();
        let [weights, first, second, gradient, ledger] = [weights, first, second, gradient, ledger].map(Floats::new);
        let AdamNumbers { beta1, beta2, epsilon } = numbers;
        let (mut w, mut m, mut v) = (weights.slice().to_vec(), first.slice().to_vec(), second.slice().to_vec());
        for (at, ((w, (m, v)), g)) in w.iter_mut().zip(m.iter_mut().zip(&mut v)).zip(gradient.slice()).enumerate() {
            let row = &ledger.slice()[at / n * COLUMNS..][..COLUMNS];
            if row[7] == 0.0 {
                continue;
            }
            let g = g * row[8];
            *m = *m * beta1 + g * (1.0 - beta1);
            *v = *v * beta2 + g * g * (1.0 - beta2);
            *w = *w - *m * row[9] / ((*v * row[10]).sqrt() + epsilon) - *w * row[11];
        }
        let [weights, first, second] = [w, m, v].map(|values| flex::tensor(values, [members, n]));
        (weights, first, second)
    }

    fn average(average: FlexTensor, weights: FlexTensor, ledger: FlexTensor, decay: f32) -> FlexTensor {
        let [members, n] = weights.shape().dims();
        let [average, weights, ledger] = [average, weights, ledger].map(Floats::new);
        let mut next = average.slice().to_vec();
        for (at, (next, w)) in next.iter_mut().zip(weights.slice()).enumerate() {
            if ledger.slice()[at / n * COLUMNS + 7] != 0.0 {
                *next = *next * decay + w * (1.0 - decay);
            }
        }
        flex::tensor(next, [members, n])
    }
}
