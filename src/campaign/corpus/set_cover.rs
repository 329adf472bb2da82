//! The smallest set that covers as much: greedy, as LibAFL's and AFL's cmin do it, but in
//! an order that the input alone decides.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What one entry covers, and what it costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set {
    /// Items, each once.
    pub covers: Vec<u32>,
    /// Of two that cover as much, the cheaper one is taken.
    pub cost: u64,
}

/// Indices of sets that together cover what all do, ascending. The one that covers most of
/// what is missing comes first, then the cheaper one, then the earlier one; in the end, what
/// later ones made superfluous is taken out again, the dearest first.
#[must_use]
pub fn cover(sets: &[Set]) -> Vec<usize> {
    let items = sets.iter().flat_map(|s| &s.covers).max().map_or(0, |&m| m as usize + 1);
    let mut covered = vec![0u32; items];
    let missing = |covered: &[u32], set: &Set| {
        set.covers.iter().filter(|&&at| covered[at as usize] == 0).count()
    };
    // What a set brings only shrinks, so the first whose figure still holds is the best.
    let mut heap: BinaryHeap<(usize, Reverse<(u64, usize)>)> =
        (sets.iter().enumerate()).map(|(i, s)| (s.covers.len(), Reverse((s.cost, i)))).collect();
    let mut taken = Vec::new();
    while let Some((brings, Reverse((cost, i)))) = heap.pop() {
        let now = missing(&covered, &sets[i]);
        if now == 0 {
            continue;
        }
        if now < brings {
            heap.push((now, Reverse((cost, i))));
            continue;
        }
        sets[i].covers.iter().for_each(|&at| covered[at as usize] += 1);
        taken.push(i);
    }
    let mut dearest = taken.clone();
    dearest.sort_by_key(|&i| Reverse((sets[i].cost, i)));
    for i in dearest {
        if sets[i].covers.iter().all(|&at| covered[at as usize] > 1) {
            sets[i].covers.iter().for_each(|&at| covered[at as usize] -= 1);
            taken.retain(|&t| t != i);
        }
    }
    taken.sort_unstable();
    taken
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rng::Rng;

    fn set(covers: &[u32], cost: u64) -> Set {
        Set { covers: covers.to_vec(), cost }
    }

    #[test]
    fn the_most_and_then_the_cheapest() {
        assert!(cover(&[]).is_empty());
        assert!(cover(&[set(&[], 1)]).is_empty());
        assert_eq!(cover(&[set(&[1, 2], 9), set(&[1, 2], 3), set(&[1, 2], 3)]), [1]);
        assert_eq!(cover(&[set(&[1], 1), set(&[2], 1), set(&[1, 2, 3], 50)]), [2]);
        // Greed takes the first one, and the two others make it superfluous.
        let sets = [set(&[1, 2, 3, 4], 9), set(&[1, 2, 5], 1), set(&[3, 4, 6], 1)];
        assert_eq!(cover(&sets), [1, 2]);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_superfluous() {
        let mut rng = Rng::new(3);
        for _ in 0..50 {
            let sets: Vec<Set> = (0..40)
                .map(|_| {
                    let covers: BTreeSet<u32> =
                        (0..rng.below(15)).map(|_| rng.below(80) as u32).collect();
                    set(&covers.into_iter().collect::<Vec<_>>(), rng.below(9) as u64)
                })
                .collect();
            let union = |indices: &[usize]| {
                indices.iter().flat_map(|&i| sets[i].covers.clone()).collect::<BTreeSet<_>>()
            };
            let kept = cover(&sets);
            let all: Vec<usize> = (0..sets.len()).collect();
            assert_eq!(union(&kept), union(&all));
            for &i in &kept {
                let others: Vec<usize> = kept.iter().copied().filter(|&o| o != i).collect();
                assert_ne!(union(&others), union(&all), "{i} is superfluous");
            }
            assert_eq!(kept, cover(&sets));
        }
    }
}
