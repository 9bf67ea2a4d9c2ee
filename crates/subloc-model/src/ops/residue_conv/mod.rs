//! The filter bank over residues, before ReLU: table blocks by lookup, dense rows (a profile, the user's numbers) by a product; see `lstm_kernels::residue_conv`.
//!
//! residue_conv(table [M,taps,25,f], dense weights [M,taps,D,f] with rows [M,B,T,D], bias [M,C], codes [M,B,T], lengths [M,B]) → z [M,B,T,C].
//! taps = Σ widths, C = widths · f, width-major. Rows get no gradient: they are input. Own form against literal: 1e-5 of the largest value.

#[cfg(feature = "gpu")]
mod cube;

use std::sync::Arc;

use burn::{
    backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, tensor::FloatTensor},
    tensor::{Tensor, TensorData, s},
};
use burn_autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn_flex::FlexTensor;
use lstm_kernels::residue_conv::{self as kernels, CODES, Dense, Shape};

use super::{
    Lengths, context,
    flex::{self, Floats},
    indices, length_mask,
};

/// What a batch brings to the convolution besides tensors.
#[derive(Clone, Debug)]
pub struct Residues {
    /// [M, B, T]
    pub codes: Arc<[u8]>,
    /// [M, B]
    pub lengths: Lengths,
    /// M, B, T.
    pub dims: [usize; 3],
    /// Filter widths.
    pub widths: Arc<[usize]>,
    /// Times the sum, before the bias: 1 / (1 − p) of whole-residue dropout.
    pub scale: f32,
}

impl Residues {
    fn shape(&self, filters: usize, dense: usize) -> Shape<'_> {
        let [members, batch, residues] = self.dims;
        Shape { members, batch, residues, widths: &self.widths, filters, dense }
    }
}

/// The dense block: weights [M, taps, D, f] and rows [M, B, T, D].
#[derive(Clone, Debug)]
pub struct DenseBlock {
    /// Filter weights.
    pub weights: Tensor<4>,
    /// The proteins' numbers.
    pub rows: Tensor<4>,
}

/// See the module.
pub fn residue_conv(table: Tensor<4>, dense: Option<DenseBlock>, bias: Tensor<2>, residues: Residues) -> Tensor<4> {
    let (table, bias) = (table.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(match dense {
        Some(DenseBlock { weights, rows }) => Dispatch::dense_conv(table, weights.into_dispatch(), bias, rows.into_dispatch(), residues),
        None => Dispatch::table_conv(table, bias, residues),
    })
}

/// The same in plain burn operations: one product a tap over the residues that it sees.
pub fn literal(table: Tensor<4>, dense: Option<DenseBlock>, bias: Tensor<2>, residues: &Residues) -> Tensor<4> {
    let [members, batch, length] = residues.dims;
    let [_, _, _, filters] = table.dims();
    let device = table.device();
    let tap = |t: &Tensor<4>, tap: usize| t.clone().slice(s![.., tap..tap + 1, .., ..]).squeeze_dim::<3>(1);
    let mut groups = Vec::new();
    let mut first = 0;
    for &width in residues.widths.iter() {
        let mut sum: Tensor<3> = Tensor::zeros([members, batch * length, filters], &device);
        for k in 0..width {
            // Which residue each position sees through this tap; none outside the protein.
            let seen: Vec<Option<usize>> = (0..members * batch * length)
                .map(|at| {
                    let (row, t) = (at / length.max(1), at % length.max(1));
                    let seen = (t + k).checked_sub(width / 2)?;
                    (seen < residues.lengths[row] as usize).then_some(row * length + seen)
                })
                .collect();
            let mut onehot = vec![0.0f32; seen.len() * CODES];
            for (at, seen) in seen.iter().enumerate() {
                if let Some(seen) = seen {
                    onehot[at * CODES + residues.codes[*seen] as usize] = 1.0;
                }
            }
            let onehot: Tensor<3> = Tensor::from_data(TensorData::new(onehot, [members, batch * length, CODES]), &device);
            sum = sum + onehot.matmul(tap(&table, first + k));
            if let Some(DenseBlock { weights, rows }) = &dense {
                let inside: Vec<f32> = seen.iter().map(|s| f32::from(u8::from(s.is_some()))).collect();
                let inside: Tensor<3> = Tensor::from_data(TensorData::new(inside, [members, batch * length, 1]), &device);
                let index = indices(seen.iter().map(|s| s.unwrap_or(0) as i32).collect(), &device);
                let [_, _, _, columns] = rows.dims();
                let rows = rows.clone().reshape([members * batch * length, columns]).select(0, index);
                let rows = rows.reshape([members, batch * length, columns]);
                sum = sum + (rows * inside).matmul(tap(weights, first + k));
            }
        }
        groups.push(sum);
        first += width;
    }
    let channels = residues.widths.len() * filters;
    let z = Tensor::cat(groups, 2) * residues.scale + bias.reshape([members, 1, channels]);
    z.reshape([members, batch, length, channels]) * length_mask(&residues.lengths, residues.dims, &device)
}

/// What a backend supplies.
#[backend_extension(Autodiff, Flex, Cube: cfg(feature = "gpu"))]
pub trait ResidueConvOps: Backend {
    /// [`residue_conv`](fn@residue_conv) without dense rows.
    fn table_conv(table: FloatTensor<Self>, bias: FloatTensor<Self>, residues: Residues) -> FloatTensor<Self>;
    /// [`residue_conv`](fn@residue_conv) with one.
    fn dense_conv(
        table: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        rows: FloatTensor<Self>,
        residues: Residues,
    ) -> FloatTensor<Self>;
}

/// The gradients of [`ResidueConvOps`].
pub trait ResidueConvGrad: Backend {
    /// Gradients of the table, the bias and, with rows, the dense weights; `filters` of each width.
    fn residue_conv_backward(
        rows: Option<FloatTensor<Self>>,
        dz: FloatTensor<Self>,
        residues: &Residues,
        filters: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, Option<FloatTensor<Self>>);
}

fn forward(table: FlexTensor, dense: Option<(FlexTensor, FlexTensor)>, bias: FlexTensor, residues: &Residues) -> FlexTensor {
    let [_, _, _, filters] = table.shape().dims();
    let columns = dense.as_ref().map_or(0, |(_, rows)| rows.shape()[3]);
    let shape = residues.shape(filters, columns);
    let [members, batch, length] = residues.dims;
    let (table, bias) = (Floats::new(table), Floats::new(bias));
    let dense = dense.map(|(weights, rows)| (Floats::new(weights), Floats::new(rows)));
    let dense = dense.as_ref().map(|(weights, rows)| Dense { weights: weights.slice(), rows: rows.slice() });
    let mut z = vec![0.0; members * batch * length * shape.channels()];
    // Cancelled: the caller drops the step.
    let _ = context::kernel(|k| {
        kernels::forward(k, &shape, table.slice(), dense, bias.slice(), &residues.codes, &residues.lengths, residues.scale, &mut z)
    });
    flex::tensor(z, [members, batch, length, shape.channels()])
}

impl ResidueConvOps for Flex {
    fn table_conv(table: FlexTensor, bias: FlexTensor, residues: Residues) -> FlexTensor {
        forward(table, None, bias, &residues)
    }
    fn dense_conv(table: FlexTensor, weights: FlexTensor, bias: FlexTensor, rows: FlexTensor, residues: Residues) -> FlexTensor {
        forward(table, Some((weights, rows)), bias, &residues)
    }
}

impl ResidueConvGrad for Flex {
    fn residue_conv_backward(
        rows: Option<FlexTensor>,
        dz: FlexTensor,
        residues: &Residues,
        filters: usize,
    ) -> (FlexTensor, FlexTensor, Option<FlexTensor>) {
        let columns = rows.as_ref().map_or(0, |rows| rows.shape()[3]);
        let shape = residues.shape(filters, columns);
        let (members, taps, channels) = (residues.dims[0], shape.taps(), shape.channels());
        let (rows, dz) = (rows.map(Floats::new), Floats::new(dz));
        let rows = rows.as_ref().map(Floats::slice);
        let found = context::kernel(|k| kernels::backward(k, &shape, rows, &residues.codes, &residues.lengths, residues.scale, dz.slice()))
            .unwrap_or_else(|_| kernels::Gradients {
                table: vec![0.0; members * taps * CODES * filters],
                dense_weights: rows.map(|_| vec![0.0; members * taps * columns * filters]),
                bias: vec![0.0; members * channels],
            });
        (
            flex::tensor(found.table, [members, taps, CODES, filters]),
            flex::tensor(found.bias, [members, channels]),
            found.dense_weights.map(|weights| flex::tensor(weights, [members, taps, columns, filters])),
        )
    }
}

#[derive(Debug)]
struct TableConv;
impl<B: ResidueConvGrad> Backward<B, 2> for TableConv {
    type State = (Residues, usize);
    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dz = grads.consume::<B>(&ops.node);
        let (table, bias, _) = B::residue_conv_backward(None, dz, &ops.state.0, ops.state.1);
        for (parent, gradient) in ops.parents.into_iter().zip([table, bias]) {
            if let Some(parent) = parent {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

#[derive(Debug)]
struct DenseConv;
impl<B: ResidueConvGrad> Backward<B, 3> for DenseConv {
    type State = (FloatTensor<B>, Residues, usize);
    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dz = grads.consume::<B>(&ops.node);
        let (rows, residues, filters) = ops.state;
        let (table, bias, weights) = B::residue_conv_backward(Some(rows), dz, &residues, filters);
        for (parent, gradient) in ops.parents.into_iter().zip([Some(table), weights, Some(bias)]) {
            if let (Some(parent), Some(gradient)) = (parent, gradient) {
                grads.register::<B>(parent.id, gradient);
            }
        }
    }
}

impl<B: ResidueConvOps + ResidueConvGrad, C: CheckpointStrategy> ResidueConvOps for Autodiff<B, C> {
    fn table_conv(table: FloatTensor<Self>, bias: FloatTensor<Self>, residues: Residues) -> FloatTensor<Self> {
        let nodes = [table.node(), bias.node()];
        let (table, bias) = (table.into_primitive(), bias.into_primitive());
        let [_, _, _, filters] = table.shape().dims();
        match TableConv.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((residues.clone(), filters), B::table_conv(table, bias, residues)),
            OpsKind::UnTracked(prep) => prep.finish(B::table_conv(table, bias, residues)),
        }
    }

    fn dense_conv(
        table: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        rows: FloatTensor<Self>,
        residues: Residues,
    ) -> FloatTensor<Self> {
        let nodes = [table.node(), weights.node(), bias.node()];
        let [table, weights, bias, rows] = [table, weights, bias, rows].map(|t| t.into_primitive());
        let [_, _, _, filters] = table.shape().dims();
        match DenseConv.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                prep.finish((rows.clone(), residues.clone(), filters), B::dense_conv(table, weights, bias, rows, residues))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::dense_conv(table, weights, bias, rows, residues)),
        }
    }
}
