use crate::support::{assert_close, assert_gradient, differences, dot, f64s, in_pool, isas, kernel, numbers, some};
use lstm_kernels::{
    attention_scores::{self, Gradients, Shape},
    reference,
};

#[test]
fn values_and_gradients_agree_with_the_literal_form() {
    for isa in isas() {
        for (members, lengths, residues, units, attention) in
            [(1, vec![1u32], 1, 1, 1), (1, vec![3, 0, 5], 5, 7, 13), (2, vec![4, 1, 0, 6], 6, 16, 24), (1, vec![300], 300, 10, 9)]
        {
            let batch = lengths.len() / members;
            let shape = Shape { members, batch, residues, units, attention };
            let h = numbers(1, lengths.len() * residues * units, 1.0);
            let (w, v) = (numbers(2, members * attention * units, 0.7), numbers(3, members * attention, 1.0));
            let dscores = numbers(4, lengths.len() * residues, 1.0);
            let literal = |h: &[f64], w: &[f64], v: &[f64]| -> Vec<f64> {
                let mut scores = vec![0.0; lengths.len() * residues];
                for (row, &length) in lengths.iter().enumerate() {
                    let (m, length) = (row / batch, length as usize);
                    let (w, v) = (&w[m * attention * units..][..attention * units], &v[m * attention..][..attention]);
                    let own = reference::attention_scores(&h[row * residues * units..][..length * units], w, v, units);
                    scores[row * residues..][..length].copy_from_slice(&own);
                }
                scores
            };
            let run = |threads: usize| -> (Vec<f32>, Gradients) {
                in_pool(threads, || {
                    let mut scores = vec![f32::NAN; dscores.len()];
                    let kept = attention_scores::forward(kernel(isa), &shape, &h, &w, &v, &lengths, &mut scores).unwrap();
                    (scores, attention_scores::backward(kernel(isa), &shape, &h, &w, &v, &lengths, &kept, &dscores).unwrap())
                })
            };
            let (scores, found) = run(1);
            let (h64, w64, v64) = (f64s(&h), f64s(&w), f64s(&v));
            assert_close("scores", &scores, &literal(&h64, &w64, &v64), 2e-6);
            assert_gradient("h", &found.h, &differences(&h, some(h.len(), 50), |x| dot(&literal(x, &w64, &v64), &dscores)), 2e-5);
            assert_gradient("w", &found.w, &differences(&w, some(w.len(), 50), |x| dot(&literal(&h64, x, &v64), &dscores)), 2e-5);
            assert_gradient("v", &found.v, &differences(&v, some(v.len(), 50), |x| dot(&literal(&h64, &w64, x), &dscores)), 2e-5);
            let (two, gradients) = run(2);
            assert_eq!((scores, found.h, found.w, found.v), (two, gradients.h, gradients.w, gradients.v), "{isa}: two threads");
        }
    }
}
