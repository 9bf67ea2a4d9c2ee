//! `y = x wᵀ + bias` on the real residues, in the fixed order of [`product`](crate::product).

use crate::{
    Cancelled, Kernel,
    product::{self, Packed, Rows},
};

/// Sizes of a linear layer; `residues` is 1 where there is one vector a protein.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the axes of the crate's legend")]
pub struct Shape {
    pub members: usize,
    pub batch: usize,
    pub residues: usize,
    pub input: usize,
    pub output: usize,
}

/// Gradients of [`forward`].
#[derive(Clone, Debug)]
pub struct Gradients {
    /// [M, B, T, I]
    pub x: Vec<f32>,
    /// [M, O, I]
    pub weight: Vec<f32>,
    /// [M, O]
    pub bias: Vec<f32>,
}

/// Indices (protein · T + residue) of one member's real residues, in order.
pub(crate) fn real_residues(lengths: &[u32], residues: usize) -> Vec<usize> {
    lengths.iter().enumerate().flat_map(|(b, &length)| b * residues..b * residues + length as usize).collect()
}

pub(crate) fn starts(real: &[usize], width: usize) -> Vec<usize> {
    real.iter().map(|index| index * width).collect()
}

pub(crate) fn scatter(real: &[usize], width: usize, packed: &[f32], to: &mut [f32]) {
    for (&index, row) in real.iter().zip(packed.chunks(width.max(1))) {
        to[index * width..][..width].copy_from_slice(row);
    }
}

/// x `[M, B, T, I]`, weight `[M, O, I]`, bias `[M, O]` → y `[M, B, T, O]`; every element of y is written, 0 beyond a length.
///
/// # Errors
/// [`Cancelled`] once the flag is set.
pub fn forward(
    kernel: Kernel,
    shape: &Shape,
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    lengths: &[u32],
    y: &mut [f32],
) -> Result<(), Cancelled> {
    let &Shape { members, batch, residues, input, output } = shape;
    y.fill(0.0);
    for m in 0..members {
        kernel.check()?;
        let real = real_residues(&lengths[m * batch..][..batch], residues);
        let packed = Packed::new(kernel, &weight[m * output * input..][..output * input], input, output, 1, input);
        let x = &x[m * batch * residues * input..][..batch * residues * input];
        let mut rows = vec![0.0; real.len() * output];
        product::rows(
            kernel,
            Rows { data: x, starts: &starts(&real, input), width: input },
            &packed,
            Some(&bias[m * output..][..output]),
            &mut rows,
        );
        scatter(&real, output, &rows, &mut y[m * batch * residues * output..][..batch * residues * output]);
    }
    Ok(())
}

/// Gradients of [`forward`] for dy `[M, B, T, O]` (ignored beyond each length).
///
/// # Errors
/// [`Cancelled`] once the flag is set.
pub fn backward(kernel: Kernel, shape: &Shape, x: &[f32], weight: &[f32], lengths: &[u32], dy: &[f32]) -> Result<Gradients, Cancelled> {
    let &Shape { members, batch, residues, input, output } = shape;
    let mut gradients = Gradients { x: vec![0.0; x.len()], weight: vec![0.0; weight.len()], bias: vec![0.0; members * output] };
    for m in 0..members {
        kernel.check()?;
        let real = real_residues(&lengths[m * batch..][..batch], residues);
        let (x_starts, dy_starts) = (starts(&real, input), starts(&real, output));
        let x = Rows { data: &x[m * batch * residues * input..][..batch * residues * input], starts: &x_starts, width: input };
        let dy = Rows { data: &dy[m * batch * residues * output..][..batch * residues * output], starts: &dy_starts, width: output };
        let packed = Packed::new(kernel, &weight[m * output * input..][..output * input], output, input, input, 1);
        let mut rows = vec![0.0; real.len() * input];
        product::rows(kernel, dy, &packed, None, &mut rows);
        scatter(&real, input, &rows, &mut gradients.x[m * batch * residues * input..][..batch * residues * input]);
        product::outer_parallel(kernel, dy, x, &mut gradients.weight[m * output * input..][..output * input]);
        let bias = &mut gradients.bias[m * output..][..output];
        for &start in &dy_starts {
            for (sum, d) in bias.iter_mut().zip(&dy.data[start..]) {
                *sum += d;
            }
        }
    }
    Ok(gradients)
}
