//! y = x wᵀ + bias on a GPU: the tiled products of `ops/product`.

use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};

use super::{LinearGrad, LinearOps};
use crate::ops::{
    Lengths,
    gpu::{Words, dims, empty, reshaped},
    product::{self, WeightGradient, by_residue},
};

impl LinearOps for CubeBackend {
    fn linear(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, lengths: Lengths) -> CubeTensor {
        let [x, weight, bias] = [x, weight, bias].map(into_contiguous);
        let ([members, batch, residues, input], [_, output, _]) = (dims(&x), dims(&weight));
        let y = empty(&x, [members, batch, residues, output]);
        product::forward(
            by_residue(&Words::new(&x.client, &lengths), [members, batch, residues]),
            [&x, &weight, &bias],
            &y,
            output,
            input,
            false,
        );
        y
    }
}

impl LinearGrad for CubeBackend {
    fn linear_backward(x: CubeTensor, weight: CubeTensor, dy: CubeTensor, lengths: &[u32]) -> [CubeTensor; 3] {
        let [x, weight, dy] = [x, weight, dy].map(into_contiguous);
        let ([members, batch, residues, input], [_, output, _]) = (dims(&x), dims(&weight));
        let lengths = Words::new(&x.client, lengths);
        let rows = by_residue(&lengths, [members, batch, residues]);
        let dx = empty(&x, [members, batch, residues, input]);
        product::input_gradient(rows, &dy, &weight, &dx, output, input, 0);
        let mut gradient = WeightGradient::new(&x, rows.rows, members, output, input, 0);
        gradient.add(rows, &dy, &x, &x);
        let [dw, _, dbias] = gradient.finish();
        [dx, reshaped(dw, [members, output, input]), reshaped(dbias, [members, output])]
    }
}
