//! Numbers of the user's for every residue, such as the embeddings of a protein language model: what a model remembers of their scale.

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use crate::batch::{Extra, Records};

/// Mean and standard deviation of each column over the residues that a member was trained on.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraScale {
    /// [d]
    pub mean: Vec<f32>,
    /// [d]; 0 where a column is constant (it then tells nothing and reads 0).
    pub deviation: Vec<f32>,
}

/// Deviations below this share of the mean are the rounding of f32 (2⁻²⁴), not a spread.
const ROUNDING: f64 = 1e-7;
/// Proteins that are summed together, in their order, so that the sums do not depend on the threads.
const TOGETHER: usize = 64;

impl ExtraScale {
    /// Over the residues of `rows` that have numbers; two passes in f64 in a fixed order. None where the records have no numbers.
    pub fn of(records: &Records, rows: &[u32]) -> Option<Self> {
        let Extra { columns, values } = records.extra.as_ref()?;
        let present = |row: u32| {
            let range = records.range(row as usize);
            values[range.start * columns..range.end * columns].chunks_exact(*columns).filter(|row| !row[0].is_nan())
        };
        let mean_of = |of: &(dyn Fn(usize, f64) -> f64 + Sync)| -> Vec<f64> {
            let part = |rows: &[u32]| {
                let (mut sums, mut count) = (vec![0.0f64; *columns], 0usize);
                for row in rows.iter().flat_map(|row| present(*row)) {
                    count += 1;
                    sums.iter_mut().enumerate().for_each(|(column, sum)| *sum += of(column, f64::from(row[column])));
                }
                (sums, count)
            };
            let parts: Vec<(Vec<f64>, usize)> = rows.par_chunks(TOGETHER).map(part).collect();
            let (mut sums, mut count) = (vec![0.0f64; *columns], 0usize);
            for (part, residues) in parts {
                count += residues;
                sums.iter_mut().zip(part).for_each(|(sum, more)| *sum += more);
            }
            sums.into_iter().map(|sum| sum / count.max(1) as f64).collect()
        };
        let mean = mean_of(&|_, value| value);
        let variance = mean_of(&|column, value| (value - mean[column]) * (value - mean[column]));
        let deviation = |(variance, mean): (&f64, &f64)| match variance.sqrt() {
            deviation if deviation > ROUNDING * mean.abs() => deviation as f32,
            _ => 0.0,
        };
        Some(Self { deviation: variance.iter().zip(&mean).map(deviation).collect(), mean: mean.iter().map(|m| *m as f32).collect() })
    }
}

/// The scales of M members on a device.
#[derive(Clone, Debug)]
pub struct ExtraTensors {
    /// [M, 1, 1, d]
    mean: Tensor<4>,
    /// 1 / deviation, 0 where that is 0, [M, 1, 1, d]
    inverse: Tensor<4>,
}

impl ExtraTensors {
    /// Of members with equally many columns.
    pub fn new(scales: &[ExtraScale], device: &Device) -> Option<Self> {
        let columns = scales.first()?.mean.len();
        let tensor = |values: Vec<f32>| Tensor::from_data(TensorData::new(values, [scales.len(), 1, 1, columns]), device);
        let inverse = |deviation: &f32| if *deviation > 0.0 { 1.0 / deviation } else { 0.0 };
        Some(Self {
            mean: tensor(scales.iter().flat_map(|scale| scale.mean.clone()).collect()),
            inverse: tensor(scales.iter().flat_map(|scale| scale.deviation.iter().map(inverse)).collect()),
        })
    }

    /// (x − mean) / deviation where `present` [M, B, T, 1] is 1, else 0: x [M, B, T, d] → [M, B, T, d].
    pub fn standardised(&self, x: Tensor<4>, present: Tensor<4>) -> Tensor<4> {
        (x - self.mean.clone()) * self.inverse.clone() * present
    }
}
