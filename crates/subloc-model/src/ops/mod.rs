//! The project's own differentiable operations.
//!
//! Each has a literal form in plain burn operations, which is the oracle of its tests and runs on every device, and a form on the CPU's slices
//! (`lstm-kernels`) with its own backward. The CubeCL form (`cube.rs` or `cube/`, in a build with `gpu`) runs on wgpu and cuda. The function of a tensor chooses by
//! the tensor's device.

pub mod attention_scores;
pub mod context;
pub mod dropout;
mod flex;
#[cfg(feature = "gpu")]
mod gpu;
pub mod linear;
pub mod lstm;
pub mod masked_softmax;
#[cfg(feature = "gpu")]
mod product;
pub mod residue_conv;
pub mod update;
pub mod weighted_sum;

use std::sync::Arc;

use burn::{
    backend::DispatchDevice,
    tensor::{Device, Int, Tensor, TensorData},
};

/// Real residues of each protein, [M, B].
pub type Lengths = Arc<[u32]>;

/// Whether the device is the CPU, which has own kernels.
pub fn on_cpu(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}

/// 1 at real residues, 0 beyond: [M, B, T, 1].
fn length_mask(lengths: &[u32], [members, batch, residues]: [usize; 3], device: &Device) -> Tensor<4> {
    let mask: Vec<f32> = lengths.iter().flat_map(|&l| (0..residues).map(move |t| f32::from(u8::from(t < l as usize)))).collect();
    Tensor::from_data(TensorData::new(mask, [members, batch, residues, 1]), device)
}

fn indices(values: Vec<i32>, device: &Device) -> Tensor<1, Int> {
    let n = values.len();
    Tensor::from_data(TensorData::new(values, [n]), device)
}
