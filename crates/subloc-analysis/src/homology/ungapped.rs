//! How well two proteins match around a shared word, without gaps.

use super::matrix::{BLOSUM62, CODES};

/// Stands between proteins: no extension passes it.
pub const END: u8 = CODES as u8;
/// The score with [`END`]: below any that a drop forgives.
const WALL: i32 = -1000;
/// An extension ends where the score has fallen this far below its best.
const DROP: i32 = 12;

/// Scores with [`END`] in both directions, row by row of 32.
pub struct Scores([i32; 32 * 32]);

impl Scores {
    pub fn new() -> Self {
        let mut table = [WALL; 32 * 32];
        for (a, row) in BLOSUM62.iter().enumerate() {
            for (b, score) in row.iter().enumerate() {
                table[a * 32 + b] = i32::from(*score);
            }
        }
        Self(table)
    }

    fn of(&self, a: u8, b: u8) -> i32 {
        self.0[(usize::from(a) & 31) * 32 + (usize::from(b) & 31)]
    }

    /// The best score of a stretch of the diagonal that holds query[i] and target[j], as far as the drop lets it be seen; and the query's place after the last residue
    /// that was looked at. Both sequences end with [`END`] on both sides.
    pub fn extend(&self, query: &[u8], i: usize, target: &[u8], j: usize) -> (i32, usize) {
        let (mut right, mut score, mut step) = (0, 0, 0);
        loop {
            score += self.of(query[i + step], target[j + step]);
            step += 1;
            if score > right {
                right = score;
            } else if score < right - DROP {
                break;
            }
        }
        let seen = i + step;
        let (mut left, mut score, mut step) = (0, 0, 1);
        loop {
            score += self.of(query[i - step], target[j - step]);
            step += 1;
            if score > left {
                left = score;
            } else if score < left - DROP {
                break;
            }
        }
        (left + right, seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_takes_the_best_of_both_sides_and_stops_at_the_ends() {
        // By hand: W W 11, A A 4, A against W −3.
        let (a, w) = (0, 17);
        let query = [END, a, w, w, a, w, END];
        let target = [END, a, w, w, w, w, END];
        let scores = Scores::new();
        assert_eq!(scores.extend(&query, 2, &target, 2), (4 + 11 + 11 - 3 + 11, 7));
        assert_eq!(scores.extend(&query, 1, &target, 4), (11 - 3, 4));
    }
}
