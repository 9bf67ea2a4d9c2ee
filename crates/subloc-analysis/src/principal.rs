//! The first two principal components, as a start for t-SNE.

use rayon::prelude::*;

/// Sweeps of Jacobi's method; it has converged long before.
const MOST_SWEEPS: usize = 50;

/// Coordinates [N, 2] of `points` [N, dims] along their first two principal axes. An axis points to where its largest part is positive; of one dimension the
/// second coordinate is 0.
pub fn first_two(points: &[f32], dims: usize) -> Vec<f64> {
    let n = points.len() / dims;
    let mean: Vec<f64> = (0..dims).map(|d| (0..n).map(|i| f64::from(points[i * dims + d])).sum::<f64>() / n as f64).collect();
    let centred = |i: usize, d: usize| f64::from(points[i * dims + d]) - mean[d];
    let covariance: Vec<f64> = (0..dims)
        .into_par_iter()
        .flat_map_iter(|a| (0..dims).map(move |b| (0..n).map(|i| centred(i, a) * centred(i, b)).sum::<f64>()))
        .collect();
    let (values, vectors) = eigen(covariance, dims);
    let mut order: Vec<usize> = (0..dims).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    let axes: Vec<Vec<f64>> =
        order.iter().take(2).map(|at| towards_positive((0..dims).map(|d| vectors[d * dims + at]).collect())).collect();
    let along = |i: usize, axis: Option<&Vec<f64>>| axis.map_or(0.0, |axis| (0..dims).map(|d| centred(i, d) * axis[d]).sum());
    (0..n).flat_map(|i| [along(i, axes.first()), along(i, axes.get(1))]).collect()
}

fn towards_positive(axis: Vec<f64>) -> Vec<f64> {
    let largest = axis.iter().fold(0.0f64, |best, v| if v.abs() > best.abs() { *v } else { best });
    if largest < 0.0 { axis.iter().map(|v| -v).collect() } else { axis }
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix, by cyclic Jacobi rotations (Golub & Van Loan, 8.5).
fn eigen(mut a: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut v: Vec<f64> = (0..n * n).map(|at| f64::from(u8::from(at / n == at % n))).collect();
    let scale: f64 = a.iter().map(|x| x * x).sum::<f64>().sqrt();
    for _ in 0..MOST_SWEEPS {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * n + j] * a[i * n + j]).sum::<f64>().sqrt();
        if off <= 1e-13 * scale {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, n, p, q);
            }
        }
    }
    ((0..n).map(|i| a[i * n + i]).collect(), v)
}

/// Makes a[p, q] zero.
fn rotate(a: &mut [f64], v: &mut [f64], n: usize, p: usize, q: usize) {
    let apq = a[p * n + q];
    if apq == 0.0 {
        return;
    }
    let tau = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for k in 0..n {
        let (kp, kq) = (a[k * n + p], a[k * n + q]);
        (a[k * n + p], a[k * n + q]) = (c * kp - s * kq, s * kp + c * kq);
    }
    for k in 0..n {
        let (pk, qk) = (a[p * n + k], a[q * n + k]);
        (a[p * n + k], a[q * n + k]) = (c * pk - s * qk, s * pk + c * qk);
        let (kp, kq) = (v[k * n + p], v[k * n + q]);
        (v[k * n + p], v[k * n + q]) = (c * kp - s * kq, s * kp + c * kq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symmetric_matrix_is_taken_apart_and_put_together() {
        let n = 7;
        let a: Vec<f64> = (0..n * n).map(|at| ((at / n) * (at % n)) as f64 + f64::from(u8::from(at / n == at % n)) * 3.0).collect();
        let (values, vectors) = eigen(a.clone(), n);
        for i in 0..n {
            for j in 0..n {
                let again: f64 = (0..n).map(|k| vectors[i * n + k] * values[k] * vectors[j * n + k]).sum();
                assert!((again - a[i * n + j]).abs() < 1e-10, "{i} {j}");
            }
        }
    }

    #[test]
    fn points_on_a_tilted_line_keep_their_distances() {
        // (3, 4) / 5 is the axis: hand arithmetic.
        let points: Vec<f32> = [-2.0, 0.0, 1.0, 5.0].iter().flat_map(|t| [3.0 * t, 4.0 * t]).collect();
        let found = first_two(&points, 2);
        for (at, expected) in [-15.0, -5.0, 0.0, 20.0].iter().enumerate() {
            assert!((found[2 * at] - expected).abs() < 1e-9 && found[2 * at + 1].abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn one_dimension_has_one_coordinate() {
        assert_eq!(first_two(&[1.0, 3.0], 1), [-1.0, 0.0, 1.0, 0.0]);
    }
}
