//! What is known of each record.

/// The classes of N records.
#[derive(Clone, Copy, Debug)]
pub enum Labels<'a> {
    /// [N] class indices: one class a record.
    Classes(&'a [u32]),
    /// [N, K] row-major, not 0 where the record has the label: any number of labels a record.
    Sets(&'a [u8]),
}

impl Labels<'_> {
    /// Whether they are there for so many records of so many classes.
    pub(crate) fn fit(&self, records: usize, classes: usize) -> bool {
        match self {
            Labels::Classes(labels) => labels.len() == records && labels.iter().all(|label| (*label as usize) < classes),
            Labels::Sets(sets) => sets.len() == records * classes,
        }
    }
}
