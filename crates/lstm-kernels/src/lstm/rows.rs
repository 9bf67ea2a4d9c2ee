//! Between rows, where a residue's values lie side by side, and lanes, where a unit's do.

use crate::simd::{Simd, entry};

/// `lanes[k · stride + lane] = rows[starts[lane] + k]` for k < width and every lane of `starts`.
#[inline(always)]
unsafe fn to_lanes_body<S: Simd>(rows: &[f32], starts: &[usize], width: usize, lanes: &mut [f32], stride: usize) {
    let whole = width / 8 * 8;
    let eights = starts.len() / 8 * 8;
    assert!(width == 0 || starts.is_empty() || (width - 1) * stride + starts.len() <= lanes.len(), "lanes");
    for lane in (0..eights).step_by(8) {
        let from: [usize; 8] = std::array::from_fn(|l| starts[lane + l]);
        assert!(from.iter().all(|start| start + width <= rows.len()), "rows");
        for k in (0..whole).step_by(8) {
            // SAFETY: both asserted above.
            unsafe {
                S::transpose8(rows, from.map(|start| start + k), lanes.as_mut_ptr(), std::array::from_fn(|c| (k + c) * stride + lane))
            };
        }
    }
    for (lane, &start) in starts.iter().enumerate() {
        let done = if lane < eights { whole } else { 0 };
        for (k, value) in rows[start..start + width].iter().enumerate().skip(done) {
            lanes[k * stride + lane] = *value;
        }
    }
}

entry! { pub(super) fn to_lanes(rows: &[f32], starts: &[usize], width: usize, lanes: &mut [f32], stride: usize) = to_lanes_body }

/// Rows that several jobs write, no two of them the same one.
#[derive(Clone, Copy)]
pub(super) struct SharedRows<'a> {
    pointer: *mut f32,
    len: usize,
    owner: std::marker::PhantomData<&'a mut [f32]>,
}

// SAFETY: `to_rows` is unsafe and asks its callers to write different places.
unsafe impl Send for SharedRows<'_> {}
// SAFETY: as above.
unsafe impl Sync for SharedRows<'_> {}

impl<'a> SharedRows<'a> {
    pub fn new(rows: &'a mut [f32]) -> Self {
        Self { pointer: rows.as_mut_ptr(), len: rows.len(), owner: std::marker::PhantomData }
    }

    /// Copies `row` to `start`.
    ///
    /// # Safety
    /// No other thread reads or writes these floats meanwhile.
    pub unsafe fn copy(self, row: &[f32], start: usize) {
        assert!(start + row.len() <= self.len, "rows");
        // SAFETY: inside the slice, which the caller keeps to itself.
        unsafe { std::ptr::copy_nonoverlapping(row.as_ptr(), self.pointer.add(start), row.len()) };
    }
}

#[inline(always)]
unsafe fn to_rows_body<S: Simd>(lanes: &[f32], stride: usize, width: usize, rows: SharedRows, starts: &[usize]) {
    let whole = width / 8 * 8;
    let eights = starts.len() / 8 * 8;
    assert!(starts.iter().all(|start| start + width <= rows.len), "rows");
    for lane in (0..eights).step_by(8) {
        let to: [usize; 8] = std::array::from_fn(|l| starts[lane + l]);
        for k in (0..whole).step_by(8) {
            let from: [usize; 8] = std::array::from_fn(|c| (k + c) * stride + lane);
            assert!(from[7] + 8 <= lanes.len(), "lanes");
            // SAFETY: both asserted above.
            unsafe { S::transpose8(lanes, from, rows.pointer, to.map(|start| start + k)) };
        }
    }
    for (lane, &start) in starts.iter().enumerate() {
        for k in if lane < eights { whole } else { 0 }..width {
            // SAFETY: asserted above.
            unsafe { *rows.pointer.add(start + k) = lanes[k * stride + lane] };
        }
    }
}

entry! {
    /// `rows[starts[lane] + k] = lanes[k · stride + lane]` for k < width and every lane of `starts`.
    ///
    /// The caller keeps other threads away from the rows at `starts`.
    fn to_rows_entry(lanes: &[f32], stride: usize, width: usize, rows: SharedRows, starts: &[usize]) = to_rows_body
}

/// The inverse of [`to_lanes`].
///
/// # Safety
/// No other thread reads or writes the rows at `starts` meanwhile.
pub(super) unsafe fn to_rows(isa: crate::Isa, lanes: &[f32], stride: usize, width: usize, rows: SharedRows, starts: &[usize]) {
    to_rows_entry(isa, lanes, stride, width, rows, starts);
}
