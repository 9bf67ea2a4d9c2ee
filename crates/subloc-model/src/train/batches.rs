//! Which proteins make which step: a function of the member's seed and the epoch, nothing else.

use lstm_kernels::philox::Stream;

/// High word of the streams that order batches.
const ORDER_STREAMS: u64 = 0xFFFF_0002 << 32;

/// The epoch's batches of one member. Rows are shuffled, cut into windows of `bucket_batches` batches, sorted by length inside a window, cut into
/// batches, and the batches shuffled; with one batch a window they are plain random batches.
pub fn batches(
    seed: u64,
    epoch: usize,
    rows: &[u32],
    length: impl Fn(u32) -> usize,
    batch_size: usize,
    bucket_batches: usize,
) -> Vec<Vec<u32>> {
    let mut stream = Stream::new(seed, ORDER_STREAMS | epoch as u64);
    let mut rows = rows.to_vec();
    stream.shuffle(&mut rows);
    let mut batches = Vec::new();
    for window in rows.chunks_mut(batch_size * bucket_batches) {
        if bucket_batches > 1 {
            window.sort_by_key(|row| length(*row));
        }
        batches.extend(window.chunks(batch_size).map(<[u32]>::to_vec));
    }
    stream.shuffle(&mut batches);
    batches
}
