//! Mathematics around a network that needs no network: t-SNE, homology. Parallel over the current rayon pool, the same bytes for any number of threads: whatever is
//! summed is summed in a fixed order.

#![warn(missing_docs)]

pub mod homology;
mod neighbours;
mod principal;
mod quadtree;
pub mod tsne;
