//! A finding as an object: the texts of its crash directory.
//!
//! What another machine says of a finding is a claim. Its id must be that of its signature, its
//! class that of its scenario; a campaign runs it again before it is listed as confirmed. A report
//! or a program is text to be read and run here, never a result.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::entry::test_case;
use super::{Refused, refuse};
use crate::finding::{self, Finding};
use crate::scenario::{Class, Scenario};
use crate::store::{FINDING, MINIMIZED, REPORT, TESTCASE};
use crate::testcase::SourceCase;

/// The longest object.
pub const LONGEST: u64 = 2 << 20;
/// The longest report in it; the rest of a longer one, which is about other races of the same run,
/// stays where it is.
const LONGEST_REPORT: usize = 32 << 10;
const LONGEST_SIGNATURE: usize = 4 << 10;
const LONGEST_TITLE: usize = 1 << 10;
const MAX_STACKS: usize = 1_000;
const MAX_FRAMES: usize = 1_000;
const FORMAT: &str = "typerace-finding";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    format: String,
    version: u32,
    finding: serde_json::Value,
    testcase: String,
    report: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minimized: Option<String>,
}

/// A finding of another machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// The finding, as it is claimed; only its id and its class were checked.
    pub finding: Finding,
    /// Its test case.
    pub case: SourceCase,
    /// The test case's text.
    pub testcase: String,
    /// The claimed report.
    pub report: String,
    /// The text of the minimized test case.
    pub minimized: Option<String>,
}

/// The object of a crash directory; `None` if it is not complete or would be refused.
#[must_use]
pub fn encode(dir: &Path) -> Option<Vec<u8>> {
    let text = |name: &str| {
        let path = dir.join(name);
        // Reports of hangs may be longer.
        let is_short = fs::metadata(&path).is_ok_and(|m| m.len() <= 4 * LONGEST);
        let bytes = is_short.then(|| fs::read(path).ok()).flatten()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let stored = Stored {
        format: FORMAT.to_owned(),
        version: VERSION,
        finding: serde_json::from_str(&text(FINDING)?).ok()?,
        testcase: text(TESTCASE)?,
        report: beginning(text(REPORT)?),
        minimized: text(MINIMIZED),
    };
    let bytes = serde_json::to_vec(&stored).ok()?;
    decode(&bytes).is_ok().then_some(bytes)
}

/// A report without what is too much of it.
fn beginning(mut report: String) -> String {
    if report.len() > LONGEST_REPORT {
        let end = (0..=LONGEST_REPORT).rev().find(|&at| report.is_char_boundary(at));
        report.truncate(end.unwrap_or(0));
        report.push_str("\n…\n");
    }
    report
}

/// Reads an object.
///
/// # Errors
/// It is not a finding, contradicts itself, or exceeds a limit.
pub fn decode(bytes: &[u8]) -> Result<Parcel, Refused> {
    if bytes.len() as u64 > LONGEST {
        return refuse(format!("it has {} bytes, the limit is {LONGEST}", bytes.len()));
    }
    let stored: Stored = match serde_json::from_slice(bytes) {
        Ok(stored) => stored,
        Err(e) => return refuse(format!("it is not a finding: {e}")),
    };
    if stored.format != FORMAT || stored.version != VERSION {
        let Stored { format, version, .. } = &stored;
        return refuse(format!("{format:?} version {version} is not {FORMAT} version {VERSION}"));
    }
    let finding = match Finding::from_json(&stored.finding.to_string()) {
        Ok(finding) => finding,
        Err(e) => return refuse(e.to_string()),
    };
    let case = test_case(&stored.testcase)?;
    check(&finding)?;
    let minimized = stored.minimized.as_deref().map(test_case).transpose()?;
    // A minimized test case may show it without the element that breaks a rule.
    let has_class = |case: &SourceCase| class(case, &finding) == finding.class;
    if !has_class(&case) && !minimized.as_ref().is_some_and(has_class) {
        return refuse(format!("its scenario is not of class {}", finding.class));
    }
    let Stored { testcase, report, minimized, .. } = stored;
    Ok(Parcel { finding, case, testcase, report: beginning(report), minimized })
}

/// The class of a finding in a test case's scenario.
fn class(case: &SourceCase, of: &Finding) -> Class {
    let class = |s: &Scenario| s.class_for(of.origin.checker(), of.sequential).0;
    case.scenario.as_ref().map_or(Class::Bug, class)
}

/// The finding's own fields.
fn check(f: &Finding) -> Result<(), Refused> {
    let is_plain = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && !text.chars().any(char::is_control)
    };
    if !is_plain(&f.signature, LONGEST_SIGNATURE) || !is_plain(&f.title, LONGEST_TITLE) {
        return refuse("its signature or its title is no line of text");
    }
    let id = finding::id(f.kind, &f.signature);
    if f.id != id {
        return refuse(format!("its id is {:?}, and its signature's is {id}", f.id));
    }
    if f.stacks.len() > MAX_STACKS || f.stacks.iter().any(|s| s.frames.len() > MAX_FRAMES) {
        return refuse("it has too many stacks");
    }
    let origin = &f.origin;
    let seconds = origin.seconds_to_find;
    let names = [&origin.go_version, &origin.coverage_build, &origin.found_at];
    if !(0.0..1e10).contains(&seconds)
        || names.iter().any(|n| n.len() > 200 || n.chars().any(char::is_control))
    {
        return refuse("what it says of its origin cannot be");
    }
    Ok(())
}

impl Parcel {
    /// The finding without what only a run here can say: how often it shows, its root, and all that
    /// was measured on programs made from it. `source` is who reported it.
    #[must_use]
    pub fn claim(&self, source: &str) -> Finding {
        let (checker, alone) = (self.finding.origin.checker(), self.finding.sequential);
        let rules = |s| finding::class_and_rules(s, checker, alone);
        Finding {
            elsewhere: Some(source.to_owned()),
            class: class(&self.case, &self.finding),
            rules: self.case.scenario.iter().flat_map(|s| rules(s).1).collect(),
            reproduced: None,
            rates: None,
            confirmed: false,
            minimized: None,
            standalone: None,
            suspects: Vec::new(),
            root: None,
            compiler: None,
            consequence: None,
            releases: Vec::new(),
            merged: None,
            ..self.finding.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;
    use crate::store::Store;

    const CASE: &str = "go check a\n-- a/a.go --\npackage a\n";

    fn crash(folder: &Path, report: &str) -> Vec<u8> {
        let store = Store::open(folder).unwrap();
        let f = fatal("planted");
        store.save(&f, CASE, report, &[]).unwrap();
        encode(&store.path(&f.id)).unwrap()
    }

    #[test]
    fn a_finding_is_read_back_and_its_results_are_not_believed() {
        let tmp = tempfile::tempdir().unwrap();
        let bytes = crash(tmp.path(), "fatal error: planted\n");
        let parcel = decode(&bytes).unwrap();
        assert_eq!(parcel.finding, fatal("planted"));
        assert_eq!(
            (parcel.testcase.as_str(), parcel.report.as_str()),
            (CASE, "fatal error: planted\n")
        );
        let mut boast = parcel.clone();
        (boast.finding.confirmed, boast.finding.reproduced) = (true, Some([10, 10]));
        let claim = boast.claim("node-1");
        assert!(!claim.confirmed && claim.reproduced.is_none());
        assert_eq!(claim.elsewhere.as_deref(), Some("node-1"));
    }

    #[test]
    fn a_long_report_is_cut_off() {
        let tmp = tempfile::tempdir().unwrap();
        let bytes = crash(tmp.path(), &"é".repeat(LONGEST_REPORT));
        let report = decode(&bytes).unwrap().report;
        assert!(report.len() <= LONGEST_REPORT + 8 && report.ends_with("…\n"));
    }

    #[test]
    fn forged_ones_are_refused() {
        let tmp = tempfile::tempdir().unwrap();
        let bytes = crash(tmp.path(), "x");
        let good: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let refused = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut forged = good.clone();
            change(&mut forged);
            decode(forged.to_string().as_bytes()).unwrap_err().0
        };
        let id = "panic-0123456789ab";
        assert!(refused(&|f| f["finding"]["id"] = id.into()).contains("its signature's is fatal-"));
        assert!(refused(&|f| f["finding"]["id"] = "../../../x".into()).contains("its id"));
        assert!(refused(&|f| f["finding"]["signature"] = "fatal: other".into()).contains("its id"));
        assert!(refused(&|f| f["finding"]["class"] = "contract".into()).contains("class contract"));
        assert!(refused(&|f| f["finding"]["seconds_to_find"] = (-1).into()).contains("origin"));
        assert!(refused(&|f| f["finding"]["version"] = 9.into()).contains("version 9"));
        assert!(refused(&|f| f["testcase"] = "-- ../x/a.go --\n".into()).contains("test case"));
        assert!(refused(&|f| f["minimized"] = "nonsense".into()).contains("test case"));
        assert!(refused(&|f| f["version"] = 2.into()).contains("version 2"));
        // Control characters are made visible, as in every finding.json that is read.
        let mut shown = good.clone();
        shown["finding"]["title"] = "a\u{1b}[2J".into();
        assert_eq!(decode(shown.to_string().as_bytes()).unwrap().finding.title, "a\\u001b[2J");
        let deep =
            good.to_string().replace("\"finding\":", &format!("\"finding\":{}", "[".repeat(9_999)));
        assert!(decode(deep.as_bytes()).unwrap_err().0.contains("recursion"));
        assert!(decode(&vec![b' '; LONGEST as usize + 1]).unwrap_err().0.contains("the limit"));
        // A breach cannot be passed off as a bug.
        let breach = "share info\ngo check a\ngo check a\n-- a/a.go --\npackage a\n";
        assert!(refused(&|f| f["testcase"] = breach.into()).contains("class bug"));
    }
}
