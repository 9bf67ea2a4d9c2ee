//! How alike points are: the joint probabilities P of t-SNE over each point's nearest neighbours.

use rayon::prelude::*;

/// A symmetric sparse matrix, rows one after the other; columns rise within a row.
#[derive(Clone, Debug)]
pub struct Affinities {
    /// [N + 1]
    pub rows: Vec<usize>,
    pub columns: Vec<u32>,
    /// p_ij; they sum to 1.
    pub values: Vec<f64>,
}

impl Affinities {
    /// The neighbours of a point and its p with each.
    pub fn row(&self, point: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        (self.rows[point]..self.rows[point + 1]).map(|at| (self.columns[at] as usize, self.values[at]))
    }
}

/// Steps of the search for a bandwidth; each halves the interval.
const SEARCH_STEPS: usize = 64;

/// p_ij = (p_j|i + p_i|j) / 2N, with p_j|i a Gaussian whose entropy is ln(perplexity), over the ⌊3 · perplexity⌋ nearest neighbours of i
/// (van der Maaten 2014, eq. (5) and (6)). `points` is [N, dims]. Of equally near neighbours the first ones count.
pub fn affinities(points: &[f32], dims: usize, perplexity: f64) -> Affinities {
    let n = points.len() / dims;
    let k = ((3.0 * perplexity) as usize).clamp(1, n - 1);
    let conditional: Vec<Vec<(u32, f64)>> = (0..n)
        .into_par_iter()
        .map(|i| {
            let nearest = nearest(points, dims, i, k);
            let squares: Vec<f64> = nearest.iter().map(|(_, square)| *square).collect();
            nearest.iter().map(|(j, _)| *j).zip(probabilities(&squares, perplexity)).collect()
        })
        .collect();
    symmetric(&conditional)
}

/// The `k` nearest others and their squared distances, nearest first.
fn nearest(points: &[f32], dims: usize, i: usize, k: usize) -> Vec<(u32, f64)> {
    let own = &points[i * dims..][..dims];
    let square = |j: usize| -> f64 {
        own.iter().zip(&points[j * dims..][..dims]).map(|(a, b)| (f64::from(*a) - f64::from(*b)) * (f64::from(*a) - f64::from(*b))).sum()
    };
    let mut all: Vec<(u32, f64)> = (0..points.len() / dims).filter(|j| *j != i).map(|j| (j as u32, square(j))).collect();
    let order = |a: &(u32, f64), b: &(u32, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
    if k < all.len() {
        all.select_nth_unstable_by(k - 1, order);
        all.truncate(k);
    }
    all.sort_unstable_by(order);
    all
}

/// exp(−β d²), normalised, with the β that gives the wanted perplexity.
fn probabilities(squares: &[f64], perplexity: f64) -> Vec<f64> {
    let wanted = perplexity.ln();
    let (mut low, mut high, mut beta) = (0.0, f64::INFINITY, 1.0);
    let mut found = gaussian(squares, beta);
    for _ in 0..SEARCH_STEPS {
        let entropy: f64 = found.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
        if (entropy - wanted).abs() < 1e-5 {
            break;
        }
        // A flat distribution has too much entropy: a larger β makes it narrower.
        if entropy > wanted {
            low = beta;
            beta = if high.is_finite() { (beta + high) / 2.0 } else { beta * 2.0 };
        } else {
            high = beta;
            beta = (beta + low) / 2.0;
        }
        found = gaussian(squares, beta);
    }
    found
}

fn gaussian(squares: &[f64], beta: f64) -> Vec<f64> {
    // From the nearest, so that the largest term is 1: equal distances, however large, stay equal probabilities.
    let nearest = squares[0];
    let weights: Vec<f64> = squares.iter().map(|d| (-(d - nearest) * beta).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

fn symmetric(conditional: &[Vec<(u32, f64)>]) -> Affinities {
    let n = conditional.len();
    let mut both: Vec<Vec<(u32, f64)>> = conditional.to_vec();
    for (i, row) in conditional.iter().enumerate() {
        for (j, p) in row {
            both[*j as usize].push((i as u32, *p));
        }
    }
    let mut found = Affinities { rows: vec![0], columns: Vec::new(), values: Vec::new() };
    for mut row in both {
        row.sort_by_key(|(j, _)| *j); // stable: p_j|i stays before p_i|j
        for (j, p) in row {
            if found.columns.len() > found.rows[found.rows.len() - 1] && found.columns.last() == Some(&j) {
                *found.values.last_mut().expect("a value a column") += p / (2 * n) as f64;
            } else {
                found.columns.push(j);
                found.values.push(p / (2 * n) as f64);
            }
        }
        found.rows.push(found.columns.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: usize) -> Vec<f32> {
        (0..n).map(|i| (i * i) as f32 * 0.1).collect()
    }

    #[test]
    fn probabilities_sum_to_one_and_have_the_wanted_perplexity() {
        let squares: Vec<f64> = (1..40).map(|i| f64::from(i) * 0.7).collect();
        for perplexity in [2.0, 5.0, 12.0] {
            let found = probabilities(&squares, perplexity);
            let entropy: f64 = found.iter().map(|p| if *p > 0.0 { -p * p.ln() } else { 0.0 }).sum();
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!((entropy.exp() - perplexity).abs() < 1e-3, "{}", entropy.exp());
        }
    }

    #[test]
    fn affinities_are_symmetric_and_sum_to_one() {
        let found = affinities(&line(30), 1, 4.0);
        let mut dense = vec![0.0; 900];
        for i in 0..30 {
            for (j, p) in found.row(i) {
                assert_eq!(dense[i * 30 + j], 0.0, "{i} {j} occurs twice");
                dense[i * 30 + j] = p;
            }
        }
        for i in 0..30 {
            assert_eq!(dense[i * 30 + i], 0.0);
            for j in 0..30 {
                assert!((dense[i * 30 + j] - dense[j * 30 + i]).abs() < 1e-15);
            }
        }
        assert!((found.values.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn points_that_are_all_equal_are_equally_alike() {
        let found = affinities(&[3.0; 12], 2, 2.0);
        assert!(found.values.iter().all(|p| p.is_finite() && *p > 0.0));
    }
}
