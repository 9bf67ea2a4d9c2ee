use crate::support::{assert_close, assert_gradient, codes, differences, dot, f64s, isas, kernel, numbers, some};
use lstm_kernels::{
    reference,
    residue_conv::{self, CODES, Dense, Shape},
};

// Not in order: what an offset reaches has gaps.
const WIDTHS: [usize; 4] = [4, 1, 21, 3];

struct Case {
    lengths: Vec<u32>,
    residues: usize,
    filters: usize,
    dense: usize,
    codes: Vec<u8>,
    rows: Vec<f32>,
}

impl Case {
    fn shape(&self) -> Shape<'static> {
        Shape { members: 1, batch: self.lengths.len(), residues: self.residues, widths: &WIDTHS, filters: self.filters, dense: self.dense }
    }
    fn literal(&self, table: &[f64], weights: Option<&[f64]>, bias: &[f64], scale: f64) -> Vec<f64> {
        let channels = WIDTHS.len() * self.filters;
        let rows = f64s(&self.rows);
        let mut z = vec![0.0; self.codes.len() * channels];
        for (b, &length) in self.lengths.iter().enumerate() {
            let from = b * self.residues;
            let mut tap = 0;
            for (group, width) in WIDTHS.into_iter().enumerate() {
                let table = &table[tap * CODES * self.filters..][..width * CODES * self.filters];
                let dense = weights
                    .map(|w| (&w[tap * self.dense * self.filters..][..width * self.dense * self.filters], &rows[from * self.dense..]));
                let part = reference::residue_conv(
                    table,
                    dense,
                    &bias[group * self.filters..][..self.filters],
                    &self.codes[from..][..length as usize],
                    width,
                    scale,
                );
                for (t, values) in part.chunks(self.filters).enumerate() {
                    z[(from + t) * channels + group * self.filters..][..self.filters].copy_from_slice(values);
                }
                tap += width;
            }
        }
        z
    }
}

#[test]
fn values_and_gradients_agree_with_the_literal_form() {
    for isa in isas() {
        // Columns of the dense rows: none, a profile's 20, and numbers that fill no vector register. The widest filter is longer than most proteins.
        for (lengths, filters, dense) in [
            (vec![1], 1, 0),
            (vec![30, 0, 5, 1], 3, 0),
            (vec![30, 0, 5, 1], 10, 20),
            (vec![2, 2], 10, 20),
            (vec![1], 3, 7),
            (vec![30, 0, 5, 1], 3, 1),
            (vec![5, 1, 0, 22], 10, 53),
        ] {
            let residues = *lengths.iter().max().unwrap() as usize;
            let n = lengths.len() * residues;
            let case = Case { residues, filters, dense, codes: codes(1, n), rows: numbers(2, n * dense, 1.0), lengths };
            let shape = case.shape();
            let table = numbers(3, shape.taps() * CODES * filters, 1.0);
            let weights = numbers(4, shape.taps() * dense * filters, 1.0);
            let bias = numbers(5, shape.channels(), 1.0);
            let dz: Vec<f32> = numbers(6, n * shape.channels(), 1.0);
            let with_rows = dense > 0;
            let block = with_rows.then_some(Dense { weights: &weights, rows: &case.rows });
            let mut z = vec![f32::NAN; dz.len()];
            residue_conv::forward(kernel(isa), &shape, &table, block, &bias, &case.codes, &case.lengths, 1.25, &mut z).unwrap();
            let (t64, w64, b64) = (f64s(&table), f64s(&weights), f64s(&bias));
            let w = with_rows.then_some(w64.as_slice());
            assert_close("z", &z, &case.literal(&t64, w, &b64, 1.25), 2e-6);
            let found = residue_conv::backward(
                kernel(isa),
                &shape,
                with_rows.then_some(case.rows.as_slice()),
                &case.codes,
                &case.lengths,
                1.25,
                &dz,
            )
            .unwrap();
            assert_gradient(
                "table",
                &found.table,
                &differences(&table, some(table.len(), 200), |v| dot(&case.literal(v, w, &b64, 1.25), &dz)),
                1e-5,
            );
            assert_gradient(
                "bias",
                &found.bias,
                &differences(&bias, some(bias.len(), 40), |v| dot(&case.literal(&t64, w, v, 1.25), &dz)),
                1e-5,
            );
            if let Some(found) = found.dense_weights {
                assert_gradient(
                    "weights",
                    &found,
                    &differences(&weights, some(weights.len(), 200), |v| dot(&case.literal(&t64, Some(v), &b64, 1.25), &dz)),
                    1e-5,
                );
            }
        }
    }
}
