//! A small set with the same coverage: greedy, like the cmin of LibAFL and AFL, but in an order
//! that depends only on the input.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The coverage and the cost of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set {
    /// Items, each once.
    pub covers: Vec<u32>,
    /// Of two with the same coverage, the cheaper one is chosen.
    pub cost: u64,
}

/// Indices, ascending, of sets that together cover what all of them cover. In each step the set
/// that covers most of the rest is chosen, then the cheaper one, then the earlier one. At the end,
/// sets that later choices made superfluous are removed, the most expensive first.
#[must_use]
pub fn cover(sets: &[Set]) -> Vec<usize> {
    let mut taken = greedy(sets, |brings, _| brings as u64);
    taken.sort_unstable();
    taken
}

/// The same, but in each step the set that covers most of the rest for its cost is chosen. The
/// indices come in the order that such steps take with the result alone.
#[must_use]
pub fn cover_by_rate(sets: &[Set]) -> Vec<usize> {
    let rate = |brings: usize, cost: u64| (brings as u64).saturating_mul(1 << 32) / cost.max(1);
    let kept = greedy(sets, rate);
    let of_kept: Vec<Set> = kept.iter().map(|&i| sets[i].clone()).collect();
    greedy(&of_kept, rate).into_iter().map(|i| kept[i]).collect()
}

/// Takes the set of the highest worth as long as one brings something, and removes what that made
/// superfluous.
fn greedy(sets: &[Set], worth: impl Fn(usize, u64) -> u64) -> Vec<usize> {
    let items = sets.iter().flat_map(|s| &s.covers).max().map_or(0, |&m| m as usize + 1);
    let mut covered = vec![0u32; items];
    let missing = |covered: &[u32], set: &Set| {
        set.covers.iter().filter(|&&at| covered[at as usize] == 0).count()
    };
    // A set's worth only shrinks, so the first set whose stored worth is still right is the best.
    let mut heap: BinaryHeap<(u64, Reverse<(u64, usize)>)> = (sets.iter().enumerate())
        .map(|(i, s)| (worth(s.covers.len(), s.cost), Reverse((s.cost, i))))
        .collect();
    let mut taken = Vec::new();
    while let Some((stored, Reverse((cost, i)))) = heap.pop() {
        let brings = missing(&covered, &sets[i]);
        if brings == 0 {
            continue;
        }
        let now = worth(brings, cost);
        if now < stored {
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
        // The greedy choice takes the first one, which the two others make superfluous.
        let sets = [set(&[1, 2, 3, 4], 9), set(&[1, 2, 5], 1), set(&[3, 4, 6], 1)];
        assert_eq!(cover(&sets), [1, 2]);
    }

    #[test]
    fn the_most_for_its_cost_comes_first() {
        let sets = [set(&[1, 2, 3], 30), set(&[1], 1), set(&[2, 4], 4), set(&[5], 9)];
        assert_eq!(cover_by_rate(&sets), [2, 3, 0]);
        assert_eq!(cover_by_rate(&[set(&[1], 0), set(&[1], 0)]), [0]);
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
