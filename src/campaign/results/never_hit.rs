//! The blocks of go/types that a campaign never reached, by function.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checker::{Checker, short};
use crate::harness::CounterSite;

/// A function with blocks that were never reached.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct NeverHit {
    /// `go/types.(*Scope).Insert`.
    pub function: String,
    /// The name of its file, without folder.
    pub file: String,
    /// How many counters it has, those of its inlined copies included.
    pub counters: usize,
    /// The counters that were never hit, each as its number and its line.
    pub blocks: Vec<(usize, u32)>,
}

impl NeverHit {
    /// Whether no block of it was reached.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.blocks.len() == self.counters
    }
}

/// The functions of the checker with blocks that were never reached, by file and line. `hits` has a
/// byte for each counter.
#[must_use]
pub fn never_hit(sites: &[CounterSite], hits: &[u8]) -> Vec<NeverHit> {
    let mut all: BTreeMap<&str, NeverHit> = BTreeMap::new();
    for (i, site) in sites.iter().enumerate() {
        if Checker::of(&site.function).is_none() {
            continue;
        }
        let new = || NeverHit {
            function: site.function.clone(),
            file: site.file.rsplit('/').next().unwrap_or_default().to_owned(),
            counters: 0,
            blocks: Vec::new(),
        };
        let f = all.entry(&site.function).or_insert_with(new);
        f.counters += 1;
        if hits.get(i).is_none_or(|n| *n == 0) {
            f.blocks.push((i, site.line));
        }
    }
    let mut all: Vec<_> = all.into_values().filter(|f| !f.blocks.is_empty()).collect();
    for f in &mut all {
        f.blocks.sort_unstable_by_key(|(counter, line)| (*line, *counter));
    }
    all.sort_by(|a, b| (&a.file, a.blocks[0].1).cmp(&(&b.file, b.blocks[0].1)));
    all
}

/// The blocks that no worker of several reached.
#[must_use]
pub fn by_none(workers: &[&[NeverHit]]) -> Vec<NeverHit> {
    let Some((first, others)) = workers.split_first() else { return Vec::new() };
    let mut all = first.to_vec();
    for other in others {
        let missed: std::collections::BTreeSet<usize> =
            other.iter().flat_map(|f| &f.blocks).map(|(counter, _)| *counter).collect();
        for f in &mut all {
            f.blocks.retain(|(counter, _)| missed.contains(counter));
        }
    }
    all.retain(|f| !f.blocks.is_empty());
    all
}

/// One line and the names of the functions of which no block was reached.
#[must_use]
pub fn text(all: &[NeverHit]) -> String {
    let whole: Vec<String> =
        all.iter().filter(|f| f.is_whole()).map(|f| short(&f.function)).collect();
    let blocks: usize = all.iter().map(|f| f.blocks.len()).sum();
    format!(
        "\nnever reached: {blocks} blocks in {} functions of the checker (--json has their lines), \
         {} of them whole:\n  {}\n",
        all.len(),
        whole.len(),
        whole.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(function: &str, line: u32) -> CounterSite {
        CounterSite { function: format!("go/types.{function}"), file: "/x/a.go".to_owned(), line }
    }

    #[test]
    fn a_block_counts_for_the_function_it_stands_in() {
        let mut sites = vec![site("f", 1), site("g", 9), site("f", 3), site("h", 20)];
        sites.push(CounterSite { function: "sort.x".to_owned(), ..CounterSite::default() });
        let all = never_hit(&sites, &[1, 0, 0, 4, 0]);
        let found: Vec<_> =
            all.iter().map(|f| (&f.function[9..], f.is_whole(), f.blocks.clone())).collect();
        assert_eq!(found, [("f", false, vec![(2, 3)]), ("g", true, vec![(1, 9)])]);
        assert!(text(&all).contains("2 blocks in 2 functions"), "{}", text(&all));
        assert!(text(&all).ends_with("1 of them whole:\n  g\n"), "{}", text(&all));
    }

    #[test]
    fn what_one_worker_reached_was_reached() {
        let sites = [site("f", 1), site("f", 2), site("g", 9)];
        let (a, b) = (never_hit(&sites, &[0, 0, 1]), never_hit(&sites, &[1, 0, 0]));
        let both = by_none(&[&a, &b]);
        assert_eq!(both.len(), 1);
        assert_eq!(both[0].blocks, [(1, 2)]);
        assert!(by_none(&[]).is_empty());
    }
}
