//! The roots of a campaign's findings.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::found::Found;
use crate::finding::{Finding, RootBy};
use crate::scenario::Class;

/// A root, as a campaign met it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundRoot {
    /// The patch's id, the issue, or a name that begins with `new: `.
    pub id: String,
    /// The situation, one line.
    pub title: String,
    /// Its issues in golang/go.
    pub issues: Vec<u64>,
    /// How it was determined, by the best of its findings.
    pub by: RootBy,
    /// The gravest class of its findings.
    pub class: Class,
    /// The ids of its findings, in the order of discovery.
    pub findings: Vec<String>,
    /// Executions that showed one of them.
    pub times: u64,
    /// Lines of its smallest standalone program that showed it; `null` if there is none.
    pub lines: Option<usize>,
    /// How many processes of that program showed it, and all that were run.
    pub verified: Option<[u32; 2]>,
    /// The crash directory of that program, or else of the first finding.
    pub path: PathBuf,
}

/// The roots of these findings, of which `stored` returns what is in the crash directory.
#[must_use]
pub fn roots<'a>(
    found: &[Found],
    stored: impl Fn(&Found) -> Option<&'a Finding>,
) -> Vec<FoundRoot> {
    let mut roots: Vec<FoundRoot> = Vec::new();
    for f in found {
        let Some(root) = &f.root else { continue };
        let at = roots.iter().position(|r| r.id == root.id).unwrap_or_else(|| {
            roots.push(FoundRoot {
                id: root.id.clone(),
                title: root.title.clone(),
                issues: root.issues.clone(),
                by: root.by,
                class: f.class,
                findings: Vec::new(),
                times: 0,
                lines: None,
                verified: None,
                path: f.path.clone(),
            });
            roots.len() - 1
        });
        let all = &mut roots[at];
        if certainty(root.by) > certainty(all.by) {
            (all.by, all.title) = (root.by, root.title.clone());
        }
        all.class = all.class.min(f.class);
        all.findings.push(f.id.clone());
        all.times += f.times;
        let program = stored(f).and_then(|f| f.standalone.as_ref());
        if let Some(program) = program.filter(|s| s.reproduced[0] > 0) {
            let share = |[k, n]: [u32; 2]| f64::from(k) / f64::from(n.max(1));
            let rate = share(program.reproduced);
            let best = all.verified.map_or(0.0, share);
            // One that shows it in most processes is better than a shorter one that does not.
            let is_shorter = all.lines.is_none_or(|lines| program.lines < lines);
            if best < 0.5 && rate > best || rate >= 0.5 && is_shorter {
                (all.lines, all.verified) = (Some(program.lines), Some(program.reproduced));
                all.path.clone_from(&f.path);
            }
        }
    }
    // The sort keeps the order of discovery.
    roots.sort_by_key(|r| r.class);
    roots
}

fn certainty(by: RootBy) -> u8 {
    match by {
        RootBy::Patch => 2,
        RootBy::Issue => 1,
        RootBy::Guess => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::monitor::board::tests::found;
    use crate::finding::test_support::fatal;
    use crate::finding::{Kind, Root, Standalone};

    #[test]
    fn a_root_has_its_findings_and_the_best_program() {
        let with = |n, class, id: &str, by| {
            let root = Root {
                id: id.to_owned(),
                title: format!("{id} {n}"),
                issues: vec![7],
                by,
                tried: Vec::new(),
            };
            Found { root: Some(root), ..found(n, Kind::DataRace, class, "t") }
        };
        let all = [
            with(1, Class::Unstated, "R8", RootBy::Patch),
            with(2, Class::Unstated, "R1", RootBy::Guess),
            with(3, Class::Bug, "R1", RootBy::Patch),
            with(4, Class::Bug, "R1", RootBy::Patch),
            with(5, Class::Bug, "R1", RootBy::Patch),
            found(6, Kind::DataRace, Class::Bug, "none"),
        ];
        let program = |found: &Found| {
            let (k, lines) = match found.seconds_to_find as u32 {
                2 => (3, 10),
                3 => (10, 50),
                4 => (9, 40),
                _ => return None,
            };
            let text = format!(
                "{{\"reproduced\": [{k}, 10], \"attempts\": 1, \"go_version\": \"go1.27.3\", \
                 \"lines\": {lines}, \"others\": []}}"
            );
            let standalone: Standalone = serde_json::from_str(&text).unwrap();
            Some(Finding { standalone: Some(standalone), ..fatal("x") })
        };
        let programs: Vec<Option<Finding>> = all.iter().map(program).collect();
        let roots = roots(&all, |f| programs[f.seconds_to_find as usize - 1].as_ref());
        let ids: Vec<_> = roots.iter().map(|r| (&*r.id, r.class, r.findings.len())).collect();
        assert_eq!(ids, [("R1", Class::Bug, 4), ("R8", Class::Unstated, 1)]);
        assert_eq!((roots[0].by, &*roots[0].title, roots[0].times), (RootBy::Patch, "R1 3", 4));
        assert_eq!((roots[0].lines, roots[0].verified), (Some(40), Some([9, 10])));
        assert_eq!((roots[1].lines, roots[1].verified), (None, None));
    }
}
