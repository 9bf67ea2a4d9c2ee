//! What stands in for `gpu.rs` in a build without GPU backends.

use super::{Device, Found};
use crate::ops::context::Precision;

pub(super) fn find(_: &str) -> Result<Vec<Found>, String> {
    Err("this build has no GPU backends (made with build:cpu)".to_owned())
}
pub(super) fn largest_tensor_bytes(_: &Device) -> Option<u64> {
    None
}
pub(super) fn memory_in_use(_: &Device) -> Option<(u64, u64)> {
    None
}
pub(super) fn backend_of(_: &Device) -> &'static str {
    "cpu"
}
pub(super) fn multiplies(_: &Device, precision: Precision) -> bool {
    precision == Precision::F32
}
