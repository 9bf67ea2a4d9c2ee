//! The equations as they stand, in f64, one protein at a time: what every fast form is tested against. Gradients are checked by central
//! finite differences of these functions.

use crate::residue_conv::CODES;

/// σ(z) = 1 / (1 + e^−z) (7)
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Weights of one LSTM direction.
#[derive(Clone, Copy, Debug)]
pub struct LstmWeights<'a> {
    /// [4H, I], gates i, f, g, o
    pub w_ih: &'a [f64],
    /// [4H, H]
    pub w_hh: &'a [f64],
    /// [4H]
    pub bias: &'a [f64],
}

/// Hidden states [T, H] of one protein x `[T, I]`; `reverse` reads T..1.
pub fn lstm(weights: LstmWeights, x: &[f64], input: usize, hidden: usize, reverse: bool) -> Vec<f64> {
    lstm_with(weights, x, input, hidden, reverse, |value| value)
}

/// As [`lstm`] with every factor of a product, weights, x and h, passed through `round` ([`crate::Precision`]).
pub fn lstm_with(weights: LstmWeights, x: &[f64], input: usize, hidden: usize, reverse: bool, round: impl Fn(f64) -> f64) -> Vec<f64> {
    let residues = x.len() / input;
    let mut states = vec![0.0; residues * hidden];
    let (mut h, mut c) = (vec![0.0; hidden], vec![0.0; hidden]);
    for step in 0..residues {
        let t = if reverse { residues - 1 - step } else { step };
        let x_t = &x[t * input..][..input];
        let z = |gate: usize| -> f64 {
            let from_x: f64 = weights.w_ih[gate * input..][..input].iter().zip(x_t).map(|(w, x)| round(*w) * round(*x)).sum();
            let from_h: f64 = weights.w_hh[gate * hidden..][..hidden].iter().zip(&h).map(|(w, h)| round(*w) * round(*h)).sum();
            from_x + from_h + weights.bias[gate]
        };
        let mut next = vec![0.0; hidden];
        for k in 0..hidden {
            let i = sigmoid(z(k)); // (1)
            let f = sigmoid(z(hidden + k)); // (2)
            let g = z(2 * hidden + k).tanh(); // (3)
            c[k] = f * c[k] + i * g; // (4)
            let o = sigmoid(z(3 * hidden + k)); // (5)
            next[k] = o * c[k].tanh(); // (6)
        }
        h = next;
        states[t * hidden..][..hidden].copy_from_slice(&h);
    }
    states
}

/// y `[n, O]` = x `[n, I]` · weight `[O, I]`ᵀ + bias `[O]`.
pub fn linear(x: &[f64], weight: &[f64], bias: &[f64], input: usize) -> Vec<f64> {
    x.chunks(input)
        .flat_map(|x| weight.chunks(input).zip(bias).map(move |(w, b)| w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b))
        .collect()
}

/// One bank of equally wide filters over one protein: z `[T, filters]`, table `[w, 25, filters]`, dense weights `[w, D, filters]` with rows `[T, D]`.
pub fn residue_conv(table: &[f64], dense: Option<(&[f64], &[f64])>, bias: &[f64], codes: &[u8], width: usize, scale: f64) -> Vec<f64> {
    let filters = bias.len();
    let mut z = Vec::with_capacity(codes.len() * filters);
    for t in 0..codes.len() {
        for f in 0..filters {
            let mut sum = 0.0;
            for k in 0..width {
                let seen = t as isize + k as isize - (width / 2) as isize;
                if seen < 0 || seen >= codes.len() as isize {
                    continue;
                }
                let seen = seen as usize;
                sum += table[(k * CODES + codes[seen] as usize) * filters + f];
                if let Some((weights, rows)) = dense {
                    let columns = weights.len() / (width * filters);
                    sum += (0..columns).map(|a| rows[seen * columns + a] * weights[(k * columns + a) * filters + f]).sum::<f64>();
                }
            }
            z.push(scale * sum + bias[f]);
        }
    }
    z
}

/// α = softmax(scores) (12)
pub fn softmax(scores: &[f64]) -> Vec<f64> {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exps: Vec<f64> = scores.iter().map(|s| (s - largest).exp()).collect();
    let sum: f64 = exps.iter().sum();
    exps.into_iter().map(|e| e / sum).collect()
}

/// c = Σ α_t h_t (13), h `[T, units]`.
pub fn weighted_sum(alpha: &[f64], h: &[f64], units: usize) -> Vec<f64> {
    (0..units).map(|u| alpha.iter().enumerate().map(|(t, a)| a * h[t * units + u]).sum()).collect()
}

/// a_t = tanh(h_t W_a) v_aᵀ (11): h [T, U], w [A, U], v [A] → [T].
pub fn attention_scores(h: &[f64], w: &[f64], v: &[f64], units: usize) -> Vec<f64> {
    let hidden = linear(h, w, &vec![0.0; v.len()], units);
    hidden.chunks(v.len()).map(|hidden| hidden.iter().zip(v).map(|(x, v)| x.tanh() * v).sum()).collect()
}
