use subloc_model::train::batches;

/// 103 rows that are not consecutive, with lengths that repeat.
fn rows() -> Vec<u32> {
    (0..103).map(|i| 3 * i + 1).collect()
}
fn length(row: u32) -> usize {
    (row as usize * 31) % 17
}

#[test]
fn every_row_stands_in_exactly_one_batch_of_an_epoch() {
    for (batch_size, buckets) in [(1, 1), (16, 1), (16, 3), (16, 100), (103, 1), (1000, 2)] {
        let batches = batches(5, 1, &rows(), length, batch_size, buckets);
        let mut all = batches.concat();
        all.sort_unstable();
        assert_eq!(all, rows(), "batch size {batch_size}");
        // all are full but one: 103 = 6 · 16 + 7
        assert_eq!(batches.len(), 103usize.div_ceil(batch_size));
        assert!(batches.iter().filter(|b| b.len() < batch_size).count() <= 1);
    }
}

#[test]
fn batches_are_a_function_of_seed_and_epoch() {
    let with = |seed, epoch| batches(seed, epoch, &rows(), length, 16, 2);
    assert_eq!(with(5, 1), with(5, 1));
    assert_ne!(with(5, 1), with(5, 2));
    assert_ne!(with(5, 1), with(6, 1));
    assert_ne!(with(5, 1), with(5 | 1 << 40, 1), "the high half of the seed counts");
}

#[test]
fn plain_batches_do_not_depend_on_lengths() {
    assert_eq!(batches(5, 1, &rows(), length, 16, 1), batches(5, 1, &rows(), |_| 0, 16, 1));
}

#[test]
fn batches_of_one_window_do_not_overlap_in_length() {
    let mut batches = batches(5, 1, &rows(), length, 16, 7);
    let shuffled = batches.clone();
    let range = |rows: &[u32]| (rows.iter().map(|r| length(*r)).min().unwrap(), rows.iter().map(|r| length(*r)).max().unwrap());
    batches.sort_by_key(|rows| range(rows));
    assert!(batches.windows(2).all(|pair| range(&pair[0]).1 <= range(&pair[1]).0));
    assert_ne!(batches, shuffled, "short proteins do not always come first");
}
