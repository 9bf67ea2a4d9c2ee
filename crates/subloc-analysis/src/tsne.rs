//! t-SNE (van der Maaten & Hinton 2008) with Barnes–Hut sums (van der Maaten 2014): points of many dimensions as a map in two. The schedule is
//! scikit-learn's, so that the two can be compared.

use lstm_kernels::philox::Stream;
use rayon::prelude::*;

use crate::{
    neighbours::{Affinities, affinities},
    principal::first_two,
    quadtree::Quadtree,
};

/// How a map is made. Complete: the defaults stand in the package.
#[derive(Clone, Debug)]
pub struct Options {
    /// About how many neighbours a point has; at least 1. More than (N − 1) / 3 counts as that.
    pub perplexity: f64,
    /// Steps of gradient descent, exaggerated ones included.
    pub iterations: usize,
    /// A cell whose side is below `theta` of its distance counts as one point; 0 is exact.
    pub theta: f64,
    /// Of the jitter that takes equal points apart.
    pub seed: u64,
}

/// A map.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// [N, 2], mean 0.
    pub coordinates: Vec<f64>,
    /// KL(P ‖ Q) in nats, Q over all pairs.
    pub divergence: f64,
}

/// Attraction is this much stronger in the first steps, so that clusters find each other.
const EXAGGERATION: f64 = 12.0;
const EXAGGERATED_STEPS: usize = 250;
/// Standard deviation of the first coordinate at the start.
const START_DEVIATION: f64 = 1e-4;
/// Of that: the jitter's.
const JITTER: f64 = 1e-2;
/// Stream of the jitter under the seed.
const JITTER_STREAM: u64 = 0x7473_6e65;
const SMALLEST_GAIN: f64 = 0.01;

/// The map of `points` [N, dims], dims ≥ 1; None once `is_cancelled` says so. The start is the first two principal components.
pub fn tsne(points: &[f32], dims: usize, options: &Options, is_cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Map> {
    let n = points.len() / dims;
    if n < 2 {
        return Some(Map { coordinates: vec![0.0; 2 * n], divergence: 0.0 });
    }
    let perplexity = options.perplexity.min((n - 1) as f64 / 3.0).max(1.0);
    let p = affinities(points, dims, perplexity);
    let mut y = start(points, dims, options.seed);
    let mut velocity = vec![0.0; 2 * n];
    let mut gains = vec![1.0; 2 * n];
    let rate = (n as f64 / EXAGGERATION / 4.0).max(50.0);
    for step in 0..options.iterations {
        if is_cancelled() {
            return None;
        }
        let early = step < EXAGGERATED_STEPS;
        let (exaggeration, momentum) = if early { (EXAGGERATION, 0.5) } else { (1.0, 0.8) };
        let gradient = gradient(&p, &y, exaggeration, options.theta);
        for at in 0..2 * n {
            // A gain grows while a coordinate keeps its direction.
            gains[at] = if velocity[at] * gradient[at] < 0.0 { gains[at] + 0.2 } else { f64::max(gains[at] * 0.8, SMALLEST_GAIN) };
            velocity[at] = momentum * velocity[at] - rate * gains[at] * gradient[at];
            y[at] += velocity[at];
        }
        centre(&mut y);
    }
    let divergence = divergence(&p, &y);
    Some(Map { coordinates: y, divergence })
}

fn start(points: &[f32], dims: usize, seed: u64) -> Vec<f64> {
    let mut y = first_two(points, dims);
    let n = y.len() / 2;
    let deviation = (y.iter().step_by(2).map(|v| v * v).sum::<f64>() / n as f64).sqrt();
    let scale = if deviation > 0.0 { START_DEVIATION / deviation } else { 0.0 };
    let mut stream = Stream::new(seed, JITTER_STREAM);
    for point in y.chunks_exact_mut(2) {
        let jitter = stream.normals();
        point[0] = point[0] * scale + jitter[0] * JITTER * START_DEVIATION;
        point[1] = point[1] * scale + jitter[1] * JITTER * START_DEVIATION;
    }
    y
}

/// ∂KL/∂y = 4 Σ_j (e p_ij − q_ij) w_ij (y_i − y_j), with w_ij = 1 / (1 + |y_i − y_j|²), q_ij = w_ij / Z (van der Maaten 2014, eq. (8)); `e` is the exaggeration.
fn gradient(p: &Affinities, y: &[f64], exaggeration: f64, theta: f64) -> Vec<f64> {
    let tree = Quadtree::new(y);
    let n = y.len() / 2;
    let place = |i: usize| [y[2 * i], y[2 * i + 1]];
    let forces: Vec<([f64; 2], [f64; 2], f64)> = (0..n)
        .into_par_iter()
        .map(|i| {
            let own = place(i);
            let (repulsion, sum) = tree.repulsion(own, theta);
            let mut attraction = [0.0; 2];
            for (j, p) in p.row(i) {
                let away = [own[0] - y[2 * j], own[1] - y[2 * j + 1]];
                let w = 1.0 / (1.0 + away[0] * away[0] + away[1] * away[1]);
                attraction[0] += p * w * away[0];
                attraction[1] += p * w * away[1];
            }
            (attraction, repulsion, sum)
        })
        .collect();
    let z: f64 = forces.iter().map(|(_, _, sum)| sum).sum();
    forces.iter().flat_map(|(pull, push, _)| [0, 1].map(|axis| 4.0 * (exaggeration * pull[axis] - push[axis] / z))).collect()
}

fn centre(y: &mut [f64]) {
    let n = (y.len() / 2) as f64;
    for axis in 0..2 {
        let mean = y.iter().skip(axis).step_by(2).sum::<f64>() / n;
        y.iter_mut().skip(axis).step_by(2).for_each(|v| *v -= mean);
    }
}

/// Σ p ln(p / q), every pair counted in Z.
fn divergence(p: &Affinities, y: &[f64]) -> f64 {
    let n = y.len() / 2;
    let weight = |i: usize, j: usize| {
        let away = [y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1]];
        1.0 / (1.0 + away[0] * away[0] + away[1] * away[1])
    };
    let rows: Vec<(f64, f64)> = (0..n)
        .into_par_iter()
        .map(|i| {
            let sum: f64 = (0..n).filter(|j| *j != i).map(|j| weight(i, j)).sum();
            let own: f64 = p.row(i).filter(|(_, p)| *p > 0.0).map(|(j, p)| p * (p / weight(i, j)).ln()).sum();
            (sum, own)
        })
        .collect();
    let z: f64 = rows.iter().map(|(sum, _)| sum).sum();
    // Σ p = 1, so ln Z stands alone.
    rows.iter().map(|(_, own)| own).sum::<f64>() + z.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three clouds of 30 points in eight dimensions.
    fn clouds() -> Vec<f32> {
        let mut stream = Stream::new(5, 1);
        (0..90)
            .flat_map(|i| (0..8).map(|d| f32::from(u8::from(i / 30 == d)) * 6.0 + stream.normals()[0] as f32).collect::<Vec<_>>())
            .collect()
    }

    const OPTIONS: Options = Options { perplexity: 10.0, iterations: 400, theta: 0.5, seed: 1 };

    fn map(points: &[f32], dims: usize, options: &Options) -> Map {
        tsne(points, dims, options, &|| false).unwrap()
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_divergence() {
        let p = affinities(&clouds(), 8, 10.0);
        let mut stream = Stream::new(9, 2);
        let mut y: Vec<f64> = (0..180).map(|_| stream.normals()[0]).collect();
        let found = gradient(&p, &y, 1.0, 0.0);
        for at in (0..180).step_by(13) {
            let here = y[at];
            y[at] = here + 1e-5;
            let above = divergence(&p, &y);
            y[at] = here - 1e-5;
            let below = divergence(&p, &y);
            y[at] = here;
            assert!((found[at] - (above - below) / 2e-5).abs() < 1e-8, "{at}: {} {}", found[at], (above - below) / 2e-5);
        }
    }

    #[test]
    fn clouds_stay_apart() {
        let Map { coordinates: y, divergence } = map(&clouds(), 8, &OPTIONS);
        assert!(divergence > 0.0 && divergence < 1.0, "{divergence}");
        for i in 0..90 {
            let square = |j: usize| (y[2 * i] - y[2 * j]).powi(2) + (y[2 * i + 1] - y[2 * j + 1]).powi(2);
            let nearest = (0..90).filter(|j| *j != i).min_by(|a, b| square(*a).total_cmp(&square(*b))).unwrap();
            assert_eq!(nearest / 30, i / 30, "{i}");
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let in_pool =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| map(&clouds(), 8, &OPTIONS));
        let one = in_pool(1);
        for threads in [2, 3] {
            let other = in_pool(threads);
            assert!(one.coordinates.iter().zip(&other.coordinates).all(|(a, b)| a.to_bits() == b.to_bits()));
            assert_eq!(one.divergence.to_bits(), other.divergence.to_bits());
        }
        assert_ne!(one, map(&clouds(), 8, &Options { seed: 2, ..OPTIONS }), "the seed changes something");
    }

    #[test]
    fn few_points_and_equal_points_have_a_map() {
        assert_eq!(map(&[], 3, &OPTIONS).coordinates, []);
        assert_eq!(map(&[1.0, 2.0, 3.0], 3, &OPTIONS).coordinates, [0.0, 0.0]);
        for points in [vec![1.0; 6], vec![1.0; 60], vec![0.0, 0.0, 1e30, 0.0, 0.0, 1e30]] {
            let found = map(&points, 2, &OPTIONS);
            assert!(found.coordinates.iter().all(|v| v.is_finite()) && found.divergence.is_finite(), "{found:?}");
        }
    }

    #[test]
    fn a_cancelled_map_ends() {
        assert_eq!(tsne(&clouds(), 8, &OPTIONS, &|| true), None);
    }
}
