//! Adam over [M, n] against algorithm 1 of Kingma & Ba (2014) in f64, and against burn's at M = 1.
use burn::{
    optim::{AdamConfig, AdamWConfig, Optimizer},
    tensor::Tensor,
};
use subloc_model::{
    config::Adam,
    train::adam::{MemberStep, Moments},
};

use crate::support::{assert_close, bits, host, numbers, tensor};

const ADAM: Adam = Adam { learning_rate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 };

fn step(count: u32) -> MemberStep {
    MemberStep { active: true, count, learning_rate: ADAM.learning_rate, gradient_scale: 1.0 }
}

/// One number's history, eq. by eq. of algorithm 1; decay as in Loshchilov & Hutter (2019), algorithm 2.
fn literal(config: &Adam, start: f64, steps: impl Iterator<Item = (f64, MemberStep)>) -> f64 {
    let (mut w, mut m, mut v) = (start, 0.0, 0.0);
    for (gradient, MemberStep { count, learning_rate, gradient_scale, .. }) in steps {
        let g = gradient * gradient_scale;
        m = config.beta1 * m + (1.0 - config.beta1) * g;
        v = config.beta2 * v + (1.0 - config.beta2) * g * g;
        let m_hat = m / (1.0 - config.beta1.powf(f64::from(count)));
        let v_hat = v / (1.0 - config.beta2.powf(f64::from(count)));
        w -= learning_rate * (m_hat / (v_hat.sqrt() + config.epsilon) + config.weight_decay * w);
    }
    w
}

#[test]
fn thirty_steps_of_three_members_agree_with_the_equations_to_1e_6() {
    for config in [ADAM, Adam { weight_decay: 0.1, ..ADAM }, Adam { beta1: 0.5, beta2: 0.9, epsilon: 1e-3, ..ADAM }] {
        let start = [numbers(1, 3 * 5, 1.0), numbers(2, 3, 1.0)];
        let mut weights = vec![tensor(start[0].clone(), [3, 5]), tensor(start[1].clone(), [3, 1])];
        let mut moments = Moments::zeros(&weights);
        // Each member has its own count, rate and clipping; member 2 rests in every third step.
        let plan = |m: usize, s: usize| MemberStep {
            active: m != 1 || s % 3 != 2,
            count: if m == 1 { (s - s / 3 + 1) as u32 } else { (s + 1) as u32 },
            learning_rate: config.learning_rate * (1.0 + m as f64) / (1.0 + s as f64),
            gradient_scale: if s.is_multiple_of(2) { 1.0 } else { 0.25 * (m + 1) as f64 },
        };
        // Gradients over ten orders of magnitude.
        let gradients = |s: usize, p: usize| -> Vec<f32> {
            let values = numbers((100 + 2 * s + p) as u64, if p == 0 { 15 } else { 3 }, 1.0);
            values.iter().enumerate().map(|(i, g)| g * 10f32.powi((i % 11) as i32 - 7)).collect()
        };
        for s in 0..30 {
            let members: Vec<MemberStep> = (0..3).map(|m| plan(m, s)).collect();
            moments.step(&config, &members, &mut weights, vec![tensor(gradients(s, 0), [3, 5]), tensor(gradients(s, 1), [3, 1])]);
        }
        for (p, width) in [(0, 5), (1, 1)] {
            let history = |i: usize| {
                let m = i / width;
                (0..30).map(move |s| (f64::from(gradients(s, p)[i]), plan(m, s))).filter(|(_, step)| step.active)
            };
            let expected: Vec<f64> = (0..3 * width).map(|i| literal(&config, f64::from(start[p][i]), history(i))).collect();
            assert_close("weights", &host(weights[p].clone()), &expected, 1e-6);
        }
    }
}

#[test]
fn the_first_step_moves_every_weight_by_the_learning_rate() {
    // By hand: m̂ = g and v̂ = g², so the step is α · g / (|g| + ε) = ±α for |g| much larger than ε = 1e-8.
    let mut weights = vec![tensor(vec![1.0, 1.0, 1.0], [1, 3])];
    Moments::zeros(&weights).step(&ADAM, &[step(1)], &mut weights, vec![tensor(vec![0.5, -200.0, 0.0], [1, 3])]);
    assert_close("weights", &host(weights.remove(0)), &[0.99, 1.01, 1.0], 1e-7);
}

#[test]
fn weight_decay_alone_shrinks_a_weight_by_rate_times_decay() {
    // By hand: 2 · (1 − 0.01 · 0.5) = 1.99 where the gradient is 0.
    let mut weights = vec![tensor(vec![2.0], [1, 1])];
    Moments::zeros(&weights).step(&Adam { weight_decay: 0.5, ..ADAM }, &[step(1)], &mut weights, vec![tensor(vec![0.0], [1, 1])]);
    assert_close("weight", &host(weights.remove(0)), &[1.99], 1e-7);
}

/// 20 steps of an optimizer of burn's on one tensor.
fn burns(optimizer: &impl Optimizer, start: &[f32]) -> Vec<f32> {
    let mut weights: Tensor<2> = tensor(start.to_vec(), [1, start.len()]);
    let mut state = None;
    for s in 0..20 {
        (weights, state) = optimizer.step(ADAM.learning_rate, weights, tensor(numbers(50 + s, start.len(), 0.1), [1, start.len()]), state);
    }
    host(weights)
}

fn ours(config: &Adam, start: &[f32]) -> Vec<f64> {
    let mut weights = vec![tensor(start.to_vec(), [1, start.len()])];
    let mut moments = Moments::zeros(&weights);
    for s in 0..20 {
        moments.step(config, &[step(s + 1)], &mut weights, vec![tensor(numbers(50 + u64::from(s), start.len(), 0.1), [1, start.len()])]);
    }
    crate::support::f64s(&host(weights.remove(0)))
}

#[test]
fn one_member_agrees_with_burns_adam_and_adamw_to_1e_5() {
    let start = numbers(3, 40, 1.0);
    let adam = AdamConfig::new().with_epsilon(1e-8).build();
    assert_close("Adam", &burns(&adam, &start), &ours(&ADAM, &start), 1e-5);
    let adamw = AdamWConfig::new().with_epsilon(1e-8).with_weight_decay(0.1).build();
    assert_close("AdamW", &burns(&adamw, &start), &ours(&Adam { weight_decay: 0.1, ..ADAM }, &start), 1e-5);
}

#[test]
fn an_inactive_member_keeps_the_bits_of_weights_and_moments_whatever_its_gradient() {
    let mut weights = vec![tensor(vec![-0.0, 1e-42, 3.0, 0.5, 0.5, 0.5], [2, 3])];
    let mut moments = Moments::zeros(&weights);
    let gradient = || vec![tensor(vec![1.0, 2.0, 3.0, 1.0, 2.0, 3.0], [2, 3])];
    let config = Adam { weight_decay: 0.1, ..ADAM };
    moments.step(&config, &[step(1), step(1)], &mut weights, gradient());
    let all =
        |moments: &Moments, weights: &[Tensor<2>]| [&weights[0], &moments.first[0], &moments.second[0]].map(|t| bits(&host(t.clone())));
    let before = all(&moments, &weights);
    let resting = MemberStep { active: false, ..step(2) };
    moments.step(&config, &[resting, step(2)], &mut weights, vec![tensor(vec![f32::NAN, f32::INFINITY, 1.0, 1.0, 2.0, 3.0], [2, 3])]);
    for (before, after) in before.iter().zip(all(&moments, &weights)) {
        assert_eq!(before[..3], after[..3], "the resting member");
        assert!(before[3..].iter().zip(&after[3..]).all(|(b, a)| b != a), "the active member");
    }
}

#[test]
fn clipping_scales_the_gradient() {
    // Halving is exact in binary: scale ½ of g is scale 1 of g / 2, to the bit.
    let run = |scale: f64, gradient: Vec<f32>| {
        let mut weights = vec![tensor(vec![1.0, -2.0], [1, 2])];
        let mut moments = Moments::zeros(&weights);
        for count in 1..4 {
            moments.step(
                &ADAM,
                &[MemberStep { gradient_scale: scale, ..step(count) }],
                &mut weights,
                vec![tensor(gradient.clone(), [1, 2])],
            );
        }
        [&weights[0], &moments.first[0], &moments.second[0]].map(|t| bits(&host(t.clone())))
    };
    assert_eq!(run(0.5, vec![0.75, -3.0]), run(1.0, vec![0.375, -1.5]));
}
