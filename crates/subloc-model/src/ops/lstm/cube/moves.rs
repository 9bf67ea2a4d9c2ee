//! What is only moved.

use cubecl::prelude::*;

/// Copies a slab: `count` numbers from one buffer at `from` to another at `to`.
#[cube(launch_unchecked)]
pub(super) fn copy(source: &[f32], target: &mut [f32], from: u32, to: u32, count: u32) {
    if ABSOLUTE_POS < count as usize {
        target[to as usize + ABSOLUTE_POS] = source[from as usize + ABSOLUTE_POS];
    }
}

/// w `[groups, 4H, H]` → `[groups, H, 4H]`, so that the units of the whole-sequence form read beside one another.
#[cube(launch_unchecked)]
pub(super) fn transpose(w: &[f32], out: &mut [f32], count: u32, hidden: u32) {
    if ABSOLUTE_POS < count as usize {
        let at = ABSOLUTE_POS as u32;
        let columns = 4 * hidden;
        let (column, k, group) = (at % columns, (at / columns) % hidden, at / (columns * hidden));
        out[ABSOLUTE_POS] = w[((group * columns + column) * hidden + k) as usize];
    }
}
