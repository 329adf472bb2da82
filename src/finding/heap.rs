//! Heap profiles, and the findings of kind `memory` that they explain.

use super::dump::stall;
use super::finding::{Finding, Origin};
use super::frame::Frame;
use super::kind::Kind;
use super::normalise::Blame;
use super::observe::{Draft, stack};
use super::signature::{signature, site};
use super::title;
use crate::scenario::Scenario;

/// What one place in the program holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeapSite {
    /// Live bytes; of a sample of the allocations unless every one was profiled.
    pub bytes: u64,
    /// Innermost call first.
    pub frames: Vec<Frame>,
}

/// The sites of a heap profile in its text form (`debug=1`), largest first.
#[must_use]
pub fn heap_sites(profile: &str) -> Vec<HeapSite> {
    let mut sites: Vec<HeapSite> = Vec::new();
    for line in profile.lines() {
        if let Some(frame) = line.strip_prefix('#') {
            let frame = frame_of(frame);
            if let (Some(site), Some(frame)) = (sites.last_mut(), frame) {
                site.frames.push(frame);
            }
        } else if let Some(bytes) = in_use(line) {
            sites.push(HeapSite { bytes, frames: Vec::new() });
        } else if !line.is_empty() && !line.starts_with("heap profile") {
            break;
        }
    }
    sites.retain(|s| s.bytes > 0);
    sites.sort_by_key(|site| std::cmp::Reverse(site.bytes));
    sites
}

/// `1: 1048576 [2: 2097152] @ 0x1 0x2`: what is in use.
fn in_use(line: &str) -> Option<u64> {
    let (count, rest) = line.split_once(": ")?;
    count.trim().parse::<u64>().ok()?;
    rest.split(' ').next()?.parse().ok()
}

/// `\t0x47c2f1\tgo/types.f+0x11\t\t/go/src/go/types/x.go:12`
fn frame_of(line: &str) -> Option<Frame> {
    let mut parts = line.split('\t').filter(|p| !p.is_empty());
    parts.next().filter(|p| p.starts_with("0x"))?;
    let function = parts.next()?;
    let (function, _) = function.rsplit_once("+0x").unwrap_or((function, ""));
    let (file, line) = parts.next()?.rsplit_once(':')?;
    Some(Frame { function: function.into(), file: file.into(), line: line.parse().ok()? })
}

/// The finding of a test case whose heap was over the cap. The profile says where the
/// memory was allocated; without one, the dump says which goroutines were running.
#[must_use]
pub fn over_memory(
    bytes: u64,
    dump: &str,
    profile: &str,
    scenario: &Scenario,
    origin: &Origin,
) -> Finding {
    let largest = heap_sites(profile).into_iter().next();
    let stalled = stall(dump);
    let mut stacks: Vec<_> = stalled
        .workers
        .iter()
        .map(|g| stack(format!("goroutine {}: {}", g.id, g.state), &g.frames))
        .collect();
    let (sites, blame) = match &largest {
        Some(held) => {
            stacks.insert(0, stack(format!("allocation of {}", mib(held.bytes)), &held.frames));
            let at = site(&held.frames);
            (vec![at.to_string()], at.owner())
        }
        None => (stalled.sites.clone(), stalled.blame),
    };
    let draft = Draft {
        kind: Kind::Memory,
        signature: signature(Kind::Memory, "over the cap", &sites),
        title: title::at(&format!("memory over the cap ({})", mib(bytes)), &sites),
        blame,
        alone: stalled.workers.len() == 1,
        stacks,
    };
    draft.finding(scenario, false, origin)
}

/// The finding of a heap that grows by `bytes_per_run` with every execution of one test
/// case, as two profiles of all allocations show.
#[must_use]
pub fn growth(
    bytes_per_run: u64,
    before: &str,
    after: &str,
    scenario: &Scenario,
    origin: &Origin,
) -> Finding {
    let old = heap_sites(before);
    let had = |s: &HeapSite| old.iter().find(|o| o.frames == s.frames).map_or(0, |o| o.bytes);
    let grown = heap_sites(after)
        .into_iter()
        .map(|s| HeapSite { bytes: s.bytes.saturating_sub(had(&s)), ..s })
        .max_by_key(|s| s.bytes)
        .filter(|s| s.bytes > 0);
    let (sites, blame) = match &grown {
        Some(s) => {
            let at = site(&s.frames);
            (vec![at.to_string()], at.owner())
        }
        None => (Vec::new(), Blame::Harness),
    };
    let draft = Draft {
        kind: Kind::Memory,
        signature: signature(Kind::Memory, "grows", &sites),
        title: title::at(&format!("memory grows by {bytes_per_run} bytes an execution"), &sites),
        blame,
        alone: false,
        stacks: grown
            .iter()
            .map(|s| stack(format!("growth of {} bytes", s.bytes), &s.frames))
            .collect(),
    };
    draft.finding(scenario, false, origin)
}

fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = "heap profile: 3: 3000 [9: 9000] @ heap/1048576\n\
        1: 1000 [1: 1000] @ 0x1 0x2\n#\t0x1\tgo/types.small+0x11\t\t/go/src/go/types/a.go:7\n\n\
        2: 2097152 [2: 2097152] @ 0x3\n#\t0x3\truntime.makeslice+0x1\t/go/src/runtime/slice.go:1\n\
        #\t0x4\tgo/types.(*T).big+0x2\t/go/src/go/types/b.go:8\n\n\
        0: 0 [5: 80] @ 0x9\n#\t0x9\tx.y+0x1\t/x.go:1\n\n# runtime.MemStats\n# Alloc = 5\n";

    #[test]
    fn the_largest_site_is_named() {
        let sites = heap_sites(PROFILE);
        assert_eq!(sites.iter().map(|s| s.bytes).collect::<Vec<_>>(), [2_097_152, 1000]);
        assert_eq!((sites[1].frames.len(), sites[1].frames[0].line), (1, 7));
        let f = over_memory(300 << 20, "", PROFILE, &Scenario::default(), &Origin::default());
        assert_eq!(f.signature, "memory: over the cap: go/types.(*T).big");
        assert_eq!(
            (f.title.as_str(), f.blame),
            ("memory over the cap (300 MiB): (*T).big", Blame::GoTypes)
        );
        assert!(heap_sites("what").is_empty() && heap_sites("").is_empty());
    }

    #[test]
    fn what_grew_is_named_and_not_what_is_large() {
        let before = PROFILE.replace("1: 1000 [", "1: 100 [");
        let f = growth(9, &before, PROFILE, &Scenario::default(), &Origin::default());
        assert_eq!(f.signature, "memory: grows: go/types.small");
        assert_eq!(f.title, "memory grows by 9 bytes an execution: small");
    }
}
