//! Adam (Kingma & Ba 2014, algorithm 1) over [M, n], each member with its own step count; decoupled weight decay.

use burn::tensor::{Device, Tensor, TensorData};

use crate::config::Adam;

/// First and second moments of every parameter.
#[derive(Clone, Debug)]
pub struct Moments {
    /// m, [M, n] each.
    pub first: Vec<Tensor<2>>,
    /// v, [M, n] each.
    pub second: Vec<Tensor<2>>,
}

/// What one member does in a step.
#[derive(Clone, Copy, Debug)]
pub struct MemberStep {
    /// Whether it takes the step at all.
    pub active: bool,
    /// t, from 1.
    pub count: u32,
    /// α.
    pub learning_rate: f64,
    /// Times the gradient: clipping.
    pub gradient_scale: f64,
}

impl Moments {
    /// All zero.
    pub fn zeros(parameters: &[Tensor<2>]) -> Self {
        let zeros = || parameters.iter().map(|p| Tensor::zeros(p.dims(), &p.device())).collect();
        Self { first: zeros(), second: zeros() }
    }

    /// One update; the weights, moments and count of an inactive member keep their bits.
    pub fn step(&mut self, config: &Adam, members: &[MemberStep], parameters: &mut [Tensor<2>], gradients: Vec<Tensor<2>>) {
        let device = parameters[0].device();
        let column = |f: &dyn Fn(&MemberStep) -> f64| -> Tensor<2> {
            let values: Vec<f32> = members.iter().map(|m| f(m) as f32).collect();
            Tensor::from_data(TensorData::new(values, [members.len(), 1]), &device)
        };
        let scale = column(&|m| m.gradient_scale);
        let rate = column(&|m| m.learning_rate / (1.0 - config.beta1.powi(m.count as i32)));
        let second_scale = column(&|m| 1.0 / (1.0 - config.beta2.powi(m.count as i32)));
        let decay = column(&|m| m.learning_rate * config.weight_decay);
        for (i, gradient) in gradients.into_iter().enumerate() {
            let gradient = gradient * scale.clone();
            let first = self.first[i].clone() * config.beta1 + gradient.clone() * (1.0 - config.beta1);
            let second = self.second[i].clone() * config.beta2 + gradient.clone() * gradient * (1.0 - config.beta2);
            let mut next =
                parameters[i].clone() - first.clone() * rate.clone() / ((second.clone() * second_scale.clone()).sqrt() + config.epsilon);
            if config.weight_decay > 0.0 {
                next = next - parameters[i].clone() * decay.clone();
            }
            let keep = |old: &Tensor<2>, new: Tensor<2>| keep_inactive(members, old, new, &device);
            parameters[i] = keep(&parameters[i], next);
            self.first[i] = keep(&self.first[i], first);
            self.second[i] = keep(&self.second[i], second);
        }
    }
}

/// `new` for active members, the untouched `old` for the others.
pub(super) fn keep_inactive(members: &[MemberStep], old: &Tensor<2>, new: Tensor<2>, device: &Device) -> Tensor<2> {
    if members.iter().all(|m| m.active) {
        return new;
    }
    let rests: Vec<bool> = members.iter().map(|m| !m.active).collect();
    let rests: Tensor<2, burn::tensor::Bool> = Tensor::from_data(TensorData::new(rests, [members.len(), 1]), device);
    new.mask_where(rests.expand(old.dims()), old.clone())
}
