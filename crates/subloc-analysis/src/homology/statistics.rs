//! How surprising a score is (Karlin & Altschul 1990), with what BLAST uses for BLOSUM62 with gaps 11/1 (Altschul et al. 2001).

const LAMBDA: f64 = 0.267;
const K: f64 = 0.041;

/// (λS − ln K) / ln 2.
pub fn bits(score: i32) -> f64 {
    (LAMBDA * f64::from(score) - K.ln()) / std::f64::consts::LN_2
}

/// E = K m n e^(−λS): alignments of at least this score that chance is expected to give a query of `query` residues among `targets` residues. Lengths are not
/// shortened by an edge correction, so E is on the large side for short queries.
pub fn expect(score: i32, query: usize, targets: usize) -> f64 {
    K * query as f64 * targets as f64 * (-LAMBDA * f64::from(score)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: (0.267 · 100 + 3.19418) / 0.693147 = 43.13 bits, which is what blastp prints beside a score of 100.
    #[test]
    fn bits_are_those_of_blast() {
        assert!((bits(100) - 43.128).abs() < 1e-3, "{}", bits(100));
    }
}
