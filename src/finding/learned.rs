//! What lists say about a finding beside its title.

use super::finding::Finding;
use super::normalise::Blame;
use super::releases::since;
use crate::words::count;

/// What was learned about a finding after it was stored.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// Whose fault it is, if not go/types'.
    pub blame: Option<Blame>,
    /// Lines of its minimized program, if it has one.
    pub lines: Option<usize>,
    /// Whether the minimizer had no time to finish.
    pub is_unfinished: bool,
    /// `[k, n]`: k of n processes of its standalone program showed it, if that was run.
    pub standalone: Option<[u32; 2]>,
    /// The first release that shows it, if it was bisected.
    pub since: Option<String>,
}

impl Learned {
    /// From a stored finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        let minimized = finding.minimized.as_ref();
        Self {
            blame: (finding.blame != Blame::GoTypes).then_some(finding.blame),
            lines: minimized.map(|m| m.lines),
            is_unfinished: minimized.is_some_and(|m| !m.complete),
            standalone: finding.standalone.as_ref().map(|s| s.reproduced),
            since: since(&finding.releases).map(str::to_owned),
        }
    }

    /// `in target`
    pub(super) fn place(&self) -> Option<String> {
        self.blame.map(|blame| format!("in {}", blame.as_str()))
    }

    /// `minimized to 3 lines`
    pub(super) fn size(&self) -> Option<String> {
        let so_far = if self.is_unfinished { " so far" } else { "" };
        self.lines.map(|n| format!("minimized to {}{so_far}", count(n, "line")))
    }
}
