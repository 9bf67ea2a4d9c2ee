use crate::support::{assert_close, assert_gradient, differences, dot, f64s, isas, kernel, numbers, some};
use lstm_kernels::{
    linear::{self, Shape},
    reference,
};

#[test]
fn values_and_gradients_agree_with_the_literal_form() {
    for isa in isas() {
        for (lengths, residues, input, output) in
            [(vec![1, 1, 0, 1], 1, 130, 11), (vec![3, 0, 5], 5, 7, 70), (vec![300], 300, 20, 1), (vec![1], 1, 1, 1)]
        {
            let shape = Shape { members: 1, batch: lengths.len(), residues, input, output };
            let x = numbers(1, lengths.len() * residues * input, 1.0);
            let (weight, bias) = (numbers(2, output * input, 1.0), numbers(3, output, 1.0));
            let dy = numbers(4, lengths.len() * residues * output, 1.0);
            let real = |i: usize, width: usize| (i / width) % residues < lengths[i / width / residues] as usize;
            let literal = |x: &[f64], weight: &[f64], bias: &[f64]| {
                let mut y = reference::linear(x, weight, bias, input);
                y.iter_mut().enumerate().for_each(|(i, y)| *y *= f64::from(u8::from(real(i, output))));
                y
            };
            let lengths: Vec<u32> = lengths.iter().map(|l| *l as u32).collect();
            let mut y = vec![f32::NAN; dy.len()];
            linear::forward(kernel(isa), &shape, &x, &weight, &bias, &lengths, &mut y).unwrap();
            let (x64, w64, b64) = (f64s(&x), f64s(&weight), f64s(&bias));
            assert_close("y", &y, &literal(&x64, &w64, &b64), 1e-6);
            let found = linear::backward(kernel(isa), &shape, &x, &weight, &lengths, &dy).unwrap();
            assert_gradient("x", &found.x, &differences(&x, some(x.len(), 50), |v| dot(&literal(v, &w64, &b64), &dy)), 1e-5);
            assert_gradient(
                "weight",
                &found.weight,
                &differences(&weight, some(weight.len(), 50), |v| dot(&literal(&x64, v, &b64), &dy)),
                1e-5,
            );
            assert_gradient("bias", &found.bias, &differences(&bias, some(bias.len(), 50), |v| dot(&literal(&x64, &w64, v), &dy)), 1e-5);
        }
    }
}
