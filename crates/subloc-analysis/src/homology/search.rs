//! The path of a pair: seeds, score, alignment, limits. Whole, though long: a quarter of it is its tests, which compare each step with the literal form.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::*;

use super::{
    Proteins,
    alignment::{Aligner, Alignment},
    lanes::{Scorer, Set},
    seeds::{Index, MOST_RESIDUES, Seeker},
    statistics::{bits, expect},
};

/// What the identical columns are divided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum IdentityOver {
    /// Columns of the alignment, gaps too: MMseqs2's default (`--seq-id-mode 0`), BLAST's identity.
    Alignment,
    /// Residues of the shorter protein (`--seq-id-mode 1`).
    Shorter,
    /// Residues of the longer protein (`--seq-id-mode 2`).
    Longer,
}

/// Which alignments count. Equal sequences count always, however short.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest E; of a pair within one set, with the shorter protein as the query.
    pub expect: f64,
    /// Least identity, 0 to 1.
    pub identity: f64,
    /// Least share of the residues of each of both that lie between the ends of the alignment, 0 to 1.
    pub coverage: f64,
}

/// How proteins are compared. Complete: the defaults stand in the package.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which alignments count.
    pub limits: Limits,
    /// Of the limit and of what is told.
    pub identity_over: IdentityOver,
    /// Align every pair, without the seed filter.
    pub exhaustive: bool,
}

/// How a search is watched.
pub struct Control<'a> {
    /// Asked often; the search ends soon after it says so.
    pub is_cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Told how many queries are done, of how many; from several threads.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// A pair whose alignment is within the limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Number of the query.
    pub query: usize,
    /// Number of the target.
    pub target: usize,
    /// 0 to 1.
    pub identity: f64,
    /// Share of the query's residues between the alignment's ends.
    pub query_coverage: f64,
    /// Of the target's.
    pub target_coverage: f64,
    /// Bit score.
    pub bits: f64,
    /// Expected number of such scores by chance.
    pub expect: f64,
    /// Columns of the alignment.
    pub columns: u32,
}

/// All pairs within one set whose alignments are within the limits, query before target, in order; with `groups` [N], only pairs of different groups. None once
/// cancelled.
pub fn pairs(proteins: Proteins<'_>, groups: Option<&[u32]>, options: &Options, control: &Control<'_>) -> Option<Vec<Hit>> {
    let search = Search { queries: proteins, targets: proteins, is_one_set: true, groups, options };
    let mut found = search.run(control, |work, query, scored| {
        let chosen: Vec<usize> = scored.iter().filter(|own| search.counts(query, own)).map(|own| own.target).collect();
        let mut hits = search.hits(query, &chosen, work);
        hits.retain(|hit| search.is_within(hit));
        hits
    })?;
    found.sort_unstable_by_key(|hit: &Hit| (hit.query, hit.target));
    Some(found)
}

/// For each query the target with the largest bit score (of equals the first) whose E is within the limit; its identity and coverage are told, not limited. None once
/// cancelled.
pub fn nearest(queries: Proteins<'_>, targets: Proteins<'_>, options: &Options, control: &Control<'_>) -> Option<Vec<Option<Hit>>> {
    let search = Search { queries, targets, is_one_set: false, groups: None, options };
    let found = search.run(control, |work, query, scored| {
        let best = scored.iter().filter(|own| search.counts(query, own)).min_by_key(|own| (std::cmp::Reverse(own.score), own.target));
        search.hits(query, &best.map(|own| own.target).into_iter().collect::<Vec<_>>(), work)
    })?;
    let mut best: Vec<Option<Hit>> = vec![None; queries.count()];
    for hit in found {
        let own = &mut best[hit.query];
        let is_better = own.is_none_or(|former| (hit.bits, former.target) > (former.bits, hit.target));
        if is_better {
            *own = Some(hit);
        }
    }
    Some(best)
}

/// What a thread keeps between queries.
struct Work {
    set: Set,
    seeker: Seeker,
    scorer: Scorer,
    aligner: Aligner,
}

impl Default for Work {
    fn default() -> Self {
        Self { set: Set::detect(), seeker: Seeker::default(), scorer: Scorer::default(), aligner: Aligner::default() }
    }
}

/// A candidate and its Smith–Waterman score; the largest that lanes.rs tells stands for all beyond.
#[derive(Clone, Copy)]
struct Scored {
    target: usize,
    score: u32,
}

struct Search<'a> {
    queries: Proteins<'a>,
    targets: Proteins<'a>,
    is_one_set: bool,
    groups: Option<&'a [u32]>,
    options: &'a Options,
}

/// Targets that are scored before the search looks up whether it was cancelled.
const BATCH: usize = 1024;

impl Search<'_> {
    /// Scores all candidates of each query and collects what `choose` makes of them. In no particular order.
    fn run(&self, control: &Control<'_>, choose: impl Fn(&mut Work, usize, &[Scored]) -> Vec<Hit> + Sync) -> Option<Vec<Hit>> {
        let twins = self.twins();
        let parts = self.parts();
        let total = parts.len() * self.queries.count();
        let done = AtomicUsize::new(0);
        let mut found = Vec::new();
        for (first, last) in parts {
            if (control.is_cancelled)() {
                return None;
            }
            let index = (!self.options.exhaustive).then(|| Index::new(self.targets, first, last));
            // A query of one set meets only later proteins.
            let queries = if self.is_one_set { 0..last.min(self.queries.count()) } else { 0..self.queries.count() };
            let hits: Vec<Hit> = queries
                .into_par_iter()
                .map_init(Work::default, |work, query| {
                    let scored = self.scored(query, (first, last), index.as_ref(), &twins, work, control);
                    let chosen = choose(work, query, &scored);
                    (control.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                    chosen
                })
                .flatten_iter()
                .collect();
            found.extend(hits);
        }
        (!(control.is_cancelled)()).then_some(found)
    }

    /// Runs of targets that fit an index.
    fn parts(&self) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let (mut first, mut residues) = (0, 0);
        for target in 0..self.targets.count() {
            let own = self.targets.get(target).len() + 1;
            if residues + own > MOST_RESIDUES && target > first {
                parts.push((first, target));
                (first, residues) = (target, 0);
            }
            residues += own;
        }
        if first < self.targets.count() {
            parts.push((first, self.targets.count()));
        }
        parts
    }

    /// Targets by sequence: equal ones are found however short they are.
    fn twins(&self) -> HashMap<&[u8], Vec<usize>> {
        let mut twins: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for target in 0..self.targets.count() {
            twins.entry(self.targets.get(target)).or_default().push(target);
        }
        twins
    }

    fn scored(
        &self,
        query: usize,
        (first, last): (usize, usize),
        index: Option<&Index>,
        twins: &HashMap<&[u8], Vec<usize>>,
        work: &mut Work,
        control: &Control<'_>,
    ) -> Vec<Scored> {
        let own = self.queries.get(query);
        let from = if self.is_one_set { first.max(query + 1) } else { first };
        if own.is_empty() || from >= last || (control.is_cancelled)() {
            return Vec::new();
        }
        let mut candidates = match index {
            Some(index) => index.candidates(own, from, &mut work.seeker),
            None => (from..last).collect(),
        };
        candidates.extend(twins.get(own).into_iter().flatten().filter(|target| (from..last).contains(*target)));
        candidates.sort_unstable();
        candidates.dedup();
        if let Some(groups) = self.groups {
            candidates.retain(|target| groups[*target] != groups[query]);
        }
        candidates.sort_by_key(|target| self.targets.get(*target).len());
        let mut scored = Vec::with_capacity(candidates.len());
        for batch in candidates.chunks(BATCH) {
            if (control.is_cancelled)() {
                return Vec::new();
            }
            let slices: Vec<&[u8]> = batch.iter().map(|target| self.targets.get(*target)).collect();
            let scores = work.scorer.scores(work.set, own, &slices);
            scored.extend(batch.iter().zip(scores).map(|(target, score)| Scored { target: *target, score }));
        }
        scored
    }

    fn expect(&self, query: usize, target: usize, score: i32) -> f64 {
        let (query, target) = (self.queries.get(query).len(), self.targets.get(target).len());
        expect(score, if self.is_one_set { query.min(target) } else { query }, self.targets.residues())
    }

    /// Whether a score is worth an alignment.
    fn counts(&self, query: usize, Scored { target, score }: &Scored) -> bool {
        let is_surprising = *score > 0 && self.expect(query, *target, *score as i32) <= self.options.limits.expect;
        is_surprising || self.queries.get(query) == self.targets.get(*target)
    }

    /// Alignments with some of the targets, which stand in the order of their lengths.
    fn hits(&self, query: usize, targets: &[usize], work: &mut Work) -> Vec<Hit> {
        let slices: Vec<&[u8]> = targets.iter().map(|target| self.targets.get(*target)).collect();
        let alignments = work.aligner.align(work.set, self.queries.get(query), &slices);
        targets.iter().zip(alignments).map(|(target, alignment)| self.hit(query, *target, &alignment)).collect()
    }

    fn hit(&self, query: usize, target: usize, alignment: &Alignment) -> Hit {
        let Alignment { score, identical, columns, query: span, target: target_span } = *alignment;
        let (own, other) = (self.queries.get(query).len(), self.targets.get(target).len());
        let over = match self.options.identity_over {
            IdentityOver::Alignment => columns as usize,
            IdentityOver::Shorter => own.min(other),
            IdentityOver::Longer => own.max(other),
        };
        let share = |part: u32, whole: usize| if whole == 0 { 0.0 } else { f64::from(part) / whole as f64 };
        Hit {
            query,
            target,
            identity: share(identical, over),
            query_coverage: share(span.1 - span.0, own),
            target_coverage: share(target_span.1 - target_span.0, other),
            bits: bits(score),
            expect: self.expect(query, target, score),
            columns,
        }
    }

    fn is_within(&self, hit: &Hit) -> bool {
        let Limits { identity, coverage, .. } = self.options.limits;
        let is_equal = self.queries.get(hit.query) == self.targets.get(hit.target);
        is_equal || (hit.identity >= identity && hit.query_coverage.min(hit.target_coverage) >= coverage)
    }
}

#[cfg(test)]
mod tests {
    use super::super::literal;
    use super::*;
    use lstm_kernels::philox::Stream;

    const OPTIONS: Options = Options {
        limits: Limits { expect: 1e-3, identity: 0.3, coverage: 0.8 },
        identity_over: IdentityOver::Alignment,
        exhaustive: false,
    };
    const FREE: Control<'static> = Control { is_cancelled: &|| false, progress: &|_, _| {} };

    /// 8 families of five, and 30 strangers; two equal peptides that are too short for any E.
    fn families() -> (Vec<u8>, Vec<u64>) {
        let mut stream = Stream::new(21, 1);
        let mut proteins = vec![vec![0, 4, 17, 3, 9], vec![0, 4, 17, 3, 9]];
        for family in 0..8 {
            let parent = literal::random(&mut stream, 60 + 35 * family);
            proteins.extend((0..5).map(|n| literal::relative(&mut stream, &parent, 0.95 - 0.12 * f64::from(n))));
        }
        proteins.extend((0..30).map(|n| literal::random(&mut stream, 30 + 9 * n)));
        let mut offsets = vec![0];
        proteins.iter().for_each(|own| offsets.push(offsets[offsets.len() - 1] + own.len() as u64));
        (proteins.concat(), offsets)
    }

    /// Every pair by the literal form alone: which scores count, and of these the identity of the best alignment is left to alignment.rs.
    #[test]
    fn scores_that_count_are_those_of_all_literal_pairs() {
        let (codes, offsets) = families();
        let proteins = Proteins::new(&codes, &offsets);
        let limits = Limits { identity: 0.0, coverage: 0.0, ..OPTIONS.limits };
        let mut expected = Vec::new();
        for a in 0..proteins.count() {
            for b in a + 1..proteins.count() {
                let (own, other) = (proteins.get(a), proteins.get(b));
                let score = literal::score(own, other);
                if own == other || expect(score, own.len().min(other.len()), codes.len()) <= limits.expect {
                    expected.push((a, b, bits(score)));
                }
            }
        }
        assert!(expected.len() > 50, "{}", expected.len());
        let found = |exhaustive| -> Vec<_> {
            let hits = pairs(proteins, None, &Options { limits, exhaustive, ..OPTIONS }, &FREE).unwrap();
            hits.iter().map(|hit| (hit.query, hit.target, hit.bits)).collect()
        };
        assert_eq!(found(true), expected);
        // The seeds may miss the faintest: 10 of 100, and none of 50 bits.
        let seeded = found(false);
        assert!(seeded.iter().all(|hit| expected.contains(hit)));
        assert!(expected.iter().all(|hit| hit.2 < 50.0 || seeded.contains(hit)));
        assert!(seeded.len() * 10 >= expected.len() * 9, "{} of {}", seeded.len(), expected.len());
    }

    #[test]
    fn any_number_of_threads_gives_the_same_hits_and_limits_take_the_rest_away() {
        let (codes, offsets) = families();
        let proteins = Proteins::new(&codes, &offsets);
        let in_pool = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| pairs(proteins, None, &OPTIONS, &FREE).unwrap())
        };
        let one = in_pool(1);
        assert_eq!(one, in_pool(3));
        assert_eq!((one[0].query, one[0].target, one[0].identity), (0, 1, 1.0), "equal peptides");
        let wide = Options { limits: Limits { identity: 0.0, coverage: 0.0, ..OPTIONS.limits }, ..OPTIONS };
        let all = pairs(proteins, None, &wide, &FREE).unwrap();
        let within = |hit: &&Hit| hit.identity >= 0.3 && hit.query_coverage >= 0.8 && hit.target_coverage >= 0.8;
        assert_eq!(one, all.iter().filter(within).copied().collect::<Vec<_>>());
        assert!(one.len() < all.len());
        let groups: Vec<u32> = (0..proteins.count() as u32).map(|at| at % 2).collect();
        let across = pairs(proteins, Some(&groups), &OPTIONS, &FREE).unwrap();
        assert_eq!(across, one.iter().filter(|hit| (hit.query + hit.target) % 2 == 1).copied().collect::<Vec<_>>());
    }

    #[test]
    fn the_nearest_is_the_first_of_the_best_scores() {
        let (codes, offsets) = families();
        let proteins = Proteins::new(&codes, &offsets);
        let found = nearest(proteins, proteins, &OPTIONS, &FREE).unwrap();
        for (query, hit) in found.iter().enumerate() {
            let hit = hit.expect("every protein is its own relative");
            assert_eq!((hit.target, hit.identity), (if query == 1 { 0 } else { query }, 1.0));
        }
        let strangers = Proteins::new(&[9, 9, 9], &[0, 3]);
        assert_eq!(nearest(strangers, proteins, &OPTIONS, &FREE), Some(vec![None]));
    }

    #[test]
    fn identity_may_be_over_the_shorter_or_the_longer() {
        // 60 residues of 20 kinds, within 90.
        let long: Vec<u8> = (0..90).map(|at| (at * 7 % 20) as u8).collect();
        let codes = [&long[10..70], &long[..]].concat();
        let proteins = Proteins::new(&codes, &[0, 60, 150]);
        let limits = Limits { coverage: 0.0, ..OPTIONS.limits };
        let identity = |identity_over| pairs(proteins, None, &Options { limits, identity_over, ..OPTIONS }, &FREE).unwrap()[0].identity;
        assert_eq!(identity(IdentityOver::Alignment), 1.0);
        assert_eq!(identity(IdentityOver::Shorter), 1.0);
        assert_eq!(identity(IdentityOver::Longer), 60.0 / 90.0);
    }

    #[test]
    fn a_cancelled_search_ends_with_nothing() {
        let (codes, offsets) = families();
        let proteins = Proteins::new(&codes, &offsets);
        let control = Control { is_cancelled: &|| true, progress: &|_, _| {} };
        assert_eq!(pairs(proteins, None, &OPTIONS, &control), None);
        assert_eq!(nearest(proteins, proteins, &OPTIONS, &control), None);
    }
}
