//! Between burn's CPU tensors and slices.

use burn::tensor::{Shape, TensorData};
use burn_flex::FlexTensor;

/// A contiguous tensor that can be read as a slice; no copy where it is contiguous already.
pub(super) struct Floats(FlexTensor);

impl Floats {
    pub fn new(tensor: FlexTensor) -> Self {
        Self(tensor.to_contiguous())
    }
    #[expect(clippy::expect_used, reason = "every float tensor of the project is f32, and `new` made it contiguous")]
    pub fn slice(&self) -> &[f32] {
        self.0.as_slice::<f32>().expect("contiguous f32")
    }
}

pub(super) fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, Shape::from(shape)))
}
