//! What the CubeCL forms of the operations share: contiguous tensors in, new tensors out, and the few numbers of the device that a launch asks for.

use burn::tensor::{DType, Shape};
use burn_cubecl::{
    kernel,
    ops::numeric::{empty_device_dtype, zeros_client},
    tensor::CubeTensor,
};
use cubecl::{client::Client, prelude::*, server::Handle};

use burn::backend::TensorMetadata;

use super::context;

/// Units of a cube where an operation has no reason for another number.
pub(super) const UNITS: u32 = 256;

/// A tensor whose elements lie in the order of its axes.
pub(super) fn contiguous(tensor: CubeTensor) -> CubeTensor {
    kernel::into_contiguous(tensor)
}

/// A tensor of unwritten memory on the device of `like`.
pub(super) fn empty<const D: usize>(like: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    let bytes = shape.iter().product::<usize>() * size_of::<f32>();
    if context::current().largest_allocation.is_some_and(|largest| bytes > largest) {
        // More than any device has: it fails where and as a real one does.
        let handle = like.client.empty(1 << 44);
        return CubeTensor::new_contiguous(like.client.clone(), like.device.clone(), Shape::from(shape), handle, DType::F32);
    }
    empty_device_dtype(like.client.clone(), like.device.clone(), Shape::from(shape), DType::F32)
}

/// A tensor of zeros on the device of `like`.
pub(super) fn zeros<const D: usize>(like: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    zeros_client(like.client.clone(), like.device.clone(), Shape::from(shape), DType::F32)
}

/// Words from the host that several launches read; the copy is queued once, and not waited for.
#[derive(Clone, Debug)]
pub(super) struct Words {
    handle: Handle,
    count: usize,
}

impl Words {
    pub fn new(client: &Client, values: &[u32]) -> Self {
        // A buffer of no bytes cannot be bound.
        let values = if values.is_empty() { &[0] } else { values };
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Self { handle: client.create_from_slice(&bytes), count: values.len() }
    }
    pub fn arg(&self) -> BufferArg {
        // SAFETY: the handle was made from exactly so many words.
        unsafe { BufferArg::from_raw_parts(self.handle.clone(), self.count) }
    }
}

/// Words for one launch.
pub(super) fn words(client: &Client, values: &[u32]) -> BufferArg {
    Words::new(client, values).arg()
}

/// Cubes for `elements` units of work, one element a unit: a row of cubes wraps into the second axis, whose kernels count with `ABSOLUTE_POS`
/// (x fastest) and stop beyond `elements`.
pub(super) fn cubes_for(elements: usize) -> CubeCount {
    let cubes = elements.div_ceil(UNITS as usize).max(1);
    let wide = cubes.min(32_768);
    CubeCount::Static(wide as u32, cubes.div_ceil(wide) as u32, 1)
}

/// A size as a kernel takes it; sizes of tensors that fit a device are far below 2³².
pub(super) fn size(n: usize) -> u32 {
    n as u32
}

/// Cores that compute at once, where the device tells; a guess of a small GPU otherwise.
pub(super) fn processors(client: &Client) -> usize {
    client.properties().hardware.num_streaming_multiprocessors.unwrap_or(16) as usize
}

/// `tensor`'s axes.
pub(super) fn dims<const D: usize>(tensor: &CubeTensor) -> [usize; D] {
    tensor.shape().dims()
}

/// The same memory under another shape of as many elements.
pub(super) fn reshaped<const D: usize>(tensor: CubeTensor, shape: [usize; D]) -> CubeTensor {
    CubeTensor::new_contiguous(tensor.client, tensor.device, shape.into(), tensor.handle, tensor.dtype)
}

/// Where part `part` of `all` ends, in parts of `of_a_part`.
#[cube]
pub(super) fn end_of_part(part: u32, of_a_part: u32, all: u32) -> u32 {
    let mut end = (part + 1) * of_a_part;
    if end > all {
        end = all;
    }
    end
}

/// Units of a cube that works on one row.
pub(super) const ROW_UNITS: usize = 128;
/// Half of them.
pub(super) const HALF: u32 = ROW_UNITS as u32 / 2;

/// Σ of `value` over the cube's `ROW_UNITS` units, in a fixed order and without plane operations; every unit gets it.
#[cube]
pub(super) fn sum_of_cube(shared: &mut Shared<[f32]>, value: f32, unit: u32) -> f32 {
    shared[unit as usize] = value;
    sync_cube();
    let mut half = HALF.runtime();
    while half > 0 {
        if unit < half {
            shared[unit as usize] += shared[(unit + half) as usize];
        }
        sync_cube();
        half /= 2;
    }
    let total = shared[0];
    sync_cube();
    total
}
