//! A quadtree over points in the plane: far cells count as one point (Barnes & Hut 1986).

/// A square with the points in it.
#[derive(Clone, Debug)]
struct Cell {
    centre: [f64; 2],
    /// Half its side.
    half: f64,
    /// Mean of its points.
    mass: [f64; 2],
    count: f64,
    /// First of four children that lie one after the other; 0 for a leaf (the root is nobody's child).
    children: u32,
}

/// Cells, the root first.
#[derive(Clone, Debug)]
pub struct Quadtree {
    cells: Vec<Cell>,
}

/// Below this depth points count as equal.
const MOST_DEPTH: usize = 48;

impl Quadtree {
    /// The tree of `points` [N, 2], in their order.
    pub fn new(points: &[f64]) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points.chunks_exact(2) {
            for (axis, value) in point.iter().enumerate() {
                low[axis] = low[axis].min(*value);
                high[axis] = high[axis].max(*value);
            }
        }
        let half = ((high[0] - low[0]).max(high[1] - low[1]) / 2.0).max(1e-300) * (1.0 + 1e-9);
        let centre = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
        let mut tree = Self { cells: vec![Cell { centre, half, mass: [0.0; 2], count: 0.0, children: 0 }] };
        for point in points.chunks_exact(2) {
            tree.insert([point[0], point[1]]);
        }
        tree
    }

    fn insert(&mut self, point: [f64; 2]) {
        let mut at = 0;
        for _ in 0..MOST_DEPTH {
            let cell = &mut self.cells[at];
            let (former, before) = (cell.mass, cell.count);
            cell.count += 1.0;
            cell.mass = std::array::from_fn(|axis| former[axis] + (point[axis] - former[axis]) / cell.count);
            if before == 0.0 || (cell.children == 0 && former == point) {
                return;
            }
            if cell.children == 0 {
                self.split(at, former, before);
            }
            at = self.child(at, point);
        }
        // So close to another that one leaf holds both.
        let cell = &mut self.cells[at];
        cell.count += 1.0;
        cell.mass = std::array::from_fn(|axis| cell.mass[axis] + (point[axis] - cell.mass[axis]) / cell.count);
    }

    /// Four children; the points that the leaf held (all at one place) go to theirs.
    fn split(&mut self, at: usize, former: [f64; 2], count: f64) {
        let Cell { centre, half, .. } = self.cells[at];
        self.cells[at].children = self.cells.len() as u32;
        for quarter in 0..4 {
            let sign = |bit: usize| if quarter & bit == 0 { -0.5 } else { 0.5 };
            let centre = [centre[0] + sign(1) * half, centre[1] + sign(2) * half];
            self.cells.push(Cell { centre, half: half / 2.0, mass: [0.0; 2], count: 0.0, children: 0 });
        }
        let child = self.child(at, former);
        self.cells[child].mass = former;
        self.cells[child].count = count;
    }

    fn child(&self, at: usize, point: [f64; 2]) -> usize {
        let Cell { centre, children, .. } = &self.cells[at];
        *children as usize + usize::from(point[0] > centre[0]) + 2 * usize::from(point[1] > centre[1])
    }

    /// Σ_j q² (y − y_j) and Σ_j q over the points other than those at `point` itself, with q = 1 / (1 + |y − y_j|²). A cell whose side is below `theta` of its
    /// distance counts as its points at their mean; theta 0 is exact.
    pub fn repulsion(&self, point: [f64; 2], theta: f64) -> ([f64; 2], f64) {
        let (mut force, mut sum) = ([0.0; 2], 0.0);
        let mut waiting = vec![0u32];
        while let Some(at) = waiting.pop() {
            let cell = &self.cells[at as usize];
            if cell.count == 0.0 {
                continue;
            }
            let away = [point[0] - cell.mass[0], point[1] - cell.mass[1]];
            let square = away[0] * away[0] + away[1] * away[1];
            let is_leaf = cell.children == 0;
            if is_leaf && square == 0.0 {
                // Itself, and those at its very place: they push nowhere, but count in the sum.
                sum += cell.count - 1.0;
                continue;
            }
            if is_leaf || 4.0 * cell.half * cell.half < theta * theta * square {
                let q = 1.0 / (1.0 + square);
                sum += cell.count * q;
                force[0] += cell.count * q * q * away[0];
                force[1] += cell.count * q * q * away[1];
            } else {
                waiting.extend(cell.children..cell.children + 4);
            }
        }
        (force, sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Vec<f64> {
        let mut stream = lstm_kernels::philox::Stream::new(3, 1);
        let mut points: Vec<f64> = (0..400).map(|_| stream.uniform_f64() * 10.0 - 5.0).collect();
        points.extend_from_within(0..8); // four points twice
        points
    }

    fn literal(points: &[f64], i: usize) -> ([f64; 2], f64) {
        let (mut force, mut sum) = ([0.0; 2], 0.0);
        for j in (0..points.len() / 2).filter(|j| *j != i) {
            let away = [points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]];
            let q = 1.0 / (1.0 + away[0] * away[0] + away[1] * away[1]);
            sum += q;
            force[0] += q * q * away[0];
            force[1] += q * q * away[1];
        }
        (force, sum)
    }

    #[test]
    fn without_far_cells_the_sums_are_the_literal_ones() {
        let points = points();
        let tree = Quadtree::new(&points);
        for i in 0..points.len() / 2 {
            let (force, sum) = tree.repulsion([points[2 * i], points[2 * i + 1]], 0.0);
            let (expected, total) = literal(&points, i);
            assert!((sum - total).abs() < 1e-9, "{i}: {sum} {total}");
            assert!((force[0] - expected[0]).abs() < 1e-9 && (force[1] - expected[1]).abs() < 1e-9, "{i}");
        }
    }

    #[test]
    fn far_cells_cost_little() {
        let points = points();
        let tree = Quadtree::new(&points);
        let (mut error, mut size) = (0.0, 0.0);
        for i in 0..points.len() / 2 {
            let (force, sum) = tree.repulsion([points[2 * i], points[2 * i + 1]], 0.5);
            let (expected, total) = literal(&points, i);
            error += (force[0] - expected[0]).abs() + (force[1] - expected[1]).abs();
            size += expected[0].abs() + expected[1].abs();
            assert!((sum - total).abs() < 0.02 * total);
        }
        assert!(error > 0.0 && error < 0.03 * size, "{}", error / size);
    }

    #[test]
    fn one_point_and_equal_points_have_no_force() {
        assert_eq!(Quadtree::new(&[2.0, 3.0]).repulsion([2.0, 3.0], 0.5), ([0.0; 2], 0.0));
        assert_eq!(Quadtree::new(&[2.0, 3.0, 2.0, 3.0, 2.0, 3.0]).repulsion([2.0, 3.0], 0.5), ([0.0; 2], 2.0));
    }
}
