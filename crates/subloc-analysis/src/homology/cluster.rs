//! Clusters of what is linked.

/// How links become clusters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Linkage {
    /// Whatever a chain of links connects is one cluster: no link runs between two clusters.
    Single,
    /// The longest protein that is left takes all that are linked to it and are left (CD-HIT, MMseqs2's `--cluster-mode 2`). Links between clusters remain.
    Greedy,
}

/// The cluster of each of `lengths.len()` proteins: clusters are numbered from 0 in the order of their first proteins. `links` are pairs of numbers.
pub fn cluster(lengths: &[usize], links: &[(u32, u32)], linkage: Linkage) -> Vec<u32> {
    let owner = match linkage {
        Linkage::Single => single(lengths.len(), links),
        Linkage::Greedy => greedy(lengths, links),
    };
    let mut numbers = vec![u32::MAX; lengths.len()];
    let mut next = 0;
    owner
        .into_iter()
        .map(|owner| {
            if numbers[owner] == u32::MAX {
                numbers[owner] = next;
                next += 1;
            }
            numbers[owner]
        })
        .collect()
}

/// Union–find with halved paths; the smaller number is the root.
fn single(count: usize, links: &[(u32, u32)]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..count).collect();
    fn root(parents: &mut [usize], mut at: usize) -> usize {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    }
    for (a, b) in links {
        let (a, b) = (root(&mut parents, *a as usize), root(&mut parents, *b as usize));
        parents[a.max(b)] = a.min(b);
    }
    (0..count).map(|at| root(&mut parents, at)).collect()
}

fn greedy(lengths: &[usize], links: &[(u32, u32)]) -> Vec<usize> {
    let mut neighbours: Vec<Vec<u32>> = vec![Vec::new(); lengths.len()];
    for (a, b) in links {
        neighbours[*a as usize].push(*b);
        neighbours[*b as usize].push(*a);
    }
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(lengths[*at]), *at));
    let mut owner = vec![usize::MAX; lengths.len()];
    for at in order {
        if owner[at] != usize::MAX {
            continue;
        }
        owner[at] = at;
        for other in &neighbours[at] {
            if owner[*other as usize] == usize::MAX {
                owner[*other as usize] = at;
            }
        }
    }
    owner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_one_cluster_by_single_linkage_and_two_by_greedy() {
        let links = [(1, 2), (3, 2), (3, 4)];
        let lengths = [9, 50, 40, 60, 30];
        assert_eq!(cluster(&lengths, &links, Linkage::Single), [0, 1, 1, 1, 1]);
        // The longest, 3, takes 2 and 4; 1 is left.
        assert_eq!(cluster(&lengths, &links, Linkage::Greedy), [0, 1, 2, 2, 2]);
        assert_eq!(cluster(&[], &[], Linkage::Single), []);
    }
}
