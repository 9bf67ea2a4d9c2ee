//! Local alignment as Smith & Waterman (1981) and Gotoh (1982) say it: three full tables and a walk back. What the fast forms are tested against.

use super::matrix::{BLOSUM62, GAP_EXISTENCE, GAP_EXTENSION};

/// The tables at [i][j]: best score of a local alignment that ends with residues i and j of both (1-based) in any way, in a gap in `b`, in a gap in `a`.
pub struct Tables {
    pub h: Vec<Vec<i32>>,
    pub e: Vec<Vec<i32>>,
    pub f: Vec<Vec<i32>>,
}

const NEVER: i32 = i32::MIN / 2;

pub fn tables(a: &[u8], b: &[u8]) -> Tables {
    let empty = vec![vec![0; b.len() + 1]; a.len() + 1];
    let never = vec![vec![NEVER; b.len() + 1]; a.len() + 1];
    let Tables { mut h, mut e, mut f } = Tables { h: empty, e: never.clone(), f: never };
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            e[i][j] = (e[i - 1][j] - GAP_EXTENSION).max(h[i - 1][j] - GAP_EXISTENCE - GAP_EXTENSION);
            f[i][j] = (f[i][j - 1] - GAP_EXTENSION).max(h[i][j - 1] - GAP_EXISTENCE - GAP_EXTENSION);
            let matched = h[i - 1][j - 1] + i32::from(BLOSUM62[a[i - 1] as usize][b[j - 1] as usize]);
            h[i][j] = matched.max(e[i][j]).max(f[i][j]).max(0);
        }
    }
    Tables { h, e, f }
}

/// The Smith–Waterman score.
pub fn score(a: &[u8], b: &[u8]) -> i32 {
    tables(a, b).h.iter().flatten().copied().max().unwrap_or(0)
}

/// An alignment: its columns are pairs of places, from 0; None is a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(pub Vec<(Option<usize>, Option<usize>)>);

/// Every alignment of the best score, walked back from every cell that has it until the score is 0. For small sequences.
pub fn best_paths(a: &[u8], b: &[u8]) -> Vec<Path> {
    let t = tables(a, b);
    let best = score(a, b);
    let mut found = Vec::new();
    if best == 0 {
        return found;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            if t.h[i][j] == best {
                walk(&t, a, b, ('h', i, j), &mut Vec::new(), &mut found);
            }
        }
    }
    found
}

fn walk(
    t: &Tables,
    a: &[u8],
    b: &[u8],
    (table, i, j): (char, usize, usize),
    columns: &mut Vec<(Option<usize>, Option<usize>)>,
    found: &mut Vec<Path>,
) {
    let open = GAP_EXISTENCE + GAP_EXTENSION;
    match table {
        'h' if t.h[i][j] == 0 => found.push(Path(columns.iter().rev().copied().collect())),
        'h' => {
            if t.h[i][j] == t.h[i - 1][j - 1] + i32::from(BLOSUM62[a[i - 1] as usize][b[j - 1] as usize]) {
                columns.push((Some(i - 1), Some(j - 1)));
                walk(t, a, b, ('h', i - 1, j - 1), columns, found);
                columns.pop();
            }
            for (name, gap) in [('e', &t.e), ('f', &t.f)] {
                if t.h[i][j] == gap[i][j] {
                    walk(t, a, b, (name, i, j), columns, found);
                }
            }
        }
        'e' => {
            columns.push((Some(i - 1), None));
            if t.e[i][j] == t.e[i - 1][j] - GAP_EXTENSION {
                walk(t, a, b, ('e', i - 1, j), columns, found);
            }
            if t.e[i][j] == t.h[i - 1][j] - open {
                walk(t, a, b, ('h', i - 1, j), columns, found);
            }
            columns.pop();
        }
        _ => {
            columns.push((None, Some(j - 1)));
            if t.f[i][j] == t.f[i][j - 1] - GAP_EXTENSION {
                walk(t, a, b, ('f', i, j - 1), columns, found);
            }
            if t.f[i][j] == t.h[i][j - 1] - open {
                walk(t, a, b, ('h', i, j - 1), columns, found);
            }
            columns.pop();
        }
    }
}

/// Pseudo-random proteins: related to `parent` by substitutions and gaps where there is one.
pub fn relative(stream: &mut lstm_kernels::philox::Stream, parent: &[u8], kept: f64) -> Vec<u8> {
    let mut child = Vec::new();
    for code in parent {
        match stream.uniform_f64() {
            u if u < 0.008 => {}
            u if u < 0.016 => child.extend((0..3).map(|_| stream.below(20) as u8)),
            _ if stream.uniform_f64() < kept => child.push(*code),
            _ => child.push(stream.below(20) as u8),
        }
    }
    child
}

/// `length` residues at random.
pub fn random(stream: &mut lstm_kernels::philox::Stream, length: usize) -> Vec<u8> {
    (0..length).map(|_| stream.below(20) as u8).collect()
}

mod tests {
    use super::*;

    /// By hand: W–W 11, C–C 9, a gap of two in `b` costs 13, W–W 11: 11 + 9 - 13 < 11 + 11 + 9 + 11 - 13 = 29.
    #[test]
    fn a_small_alignment_by_hand() {
        let (w, c, g) = (17, 4, 7);
        let (a, b) = ([w, c, w, g, g, w, c], [w, c, w, w, c]);
        assert_eq!(score(&a, &b), 11 + 9 + 11 - 13 + 11 + 9);
        let found = best_paths(&a, &b);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.len(), 7);
        assert_eq!(found[0].0[3], (Some(3), None));
    }
}
