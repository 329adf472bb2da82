//! Known findings: which issue each has, and whether it is open.

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Stack};
use super::kind::Kind;
use super::root::{Root, RootBy};
use super::signature::sides;

/// The list inside the binary.
const SHIPPED: &str = include_str!("../../known.toml");

/// Whether an issue is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not fixed yet.
    Open,
    /// Fixed in a release, or in the next one.
    Fixed,
}

impl State {
    /// `open` or `fixed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Fixed => "fixed",
        }
    }
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownIssue {
    /// The issue's number in golang/go, or an identifier of the list owner's choice.
    pub issue: Number,
    /// One line.
    pub title: String,
    /// Open or fixed.
    pub state: State,
    /// The root that it belongs to: `R4`. An entry with a root needs nothing else to know a
    /// finding by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Issues that report the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Number>,
    /// The finding's kind; any kind if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The whole signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The functions in the signature, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// Words in the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Functions that must all be on one of the finding's stacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<String>,
    /// Minor releases that are affected, `1.27`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<String>,
    /// The first release without it, `1.28`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// Why no test case can show it. Such an entry matches no finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<String>,
}

/// One search of the tracker for a root that has no issue there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The root.
    pub root: String,
    /// The day: `2026-11-29`.
    pub date: String,
    /// What was looked for.
    pub about: String,
    /// The words that were used, if somebody wrote them down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// What was found.
    pub found: String,
}

/// An issue: a number or a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// A number in golang/go.
    Number(u64),
    /// An identifier in another tracker.
    Text(String),
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Number(n) => write!(f, "golang/go#{n}"),
            Number::Text(text) => f.write_str(text),
        }
    }
}

impl Number {
    /// The issue's page; `None` if the list gives none.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        match self {
            Number::Number(n) => Some(format!("https://go.dev/issue/{n}")),
            Number::Text(text) => text.starts_with("https://").then(|| text.clone()),
        }
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Self {
        Self::Number(n)
    }
}

/// A list that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// Not TOML, or not a list of known findings. The error names line and column.
    #[error("it is not a list of known findings: {0}")]
    Toml(#[from] toml::de::Error),
    /// An entry that would match everything.
    #[error("the entry of {0} names no signature, functions or words to know a finding by")]
    Empty(Number),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    known: Vec<KnownIssue>,
    #[serde(default)]
    searched: Vec<Search>,
}

/// Lists of known findings. If two entries match, the first one counts.
#[derive(Clone, Debug, Default)]
pub struct Known {
    issues: Vec<KnownIssue>,
    searches: Vec<Search>,
}

/// What an entry can know a finding by.
#[derive(Clone, Copy)]
pub(super) struct Features<'a> {
    pub kind: Kind,
    pub signature: &'a str,
    pub title: &'a str,
    pub stacks: &'a [Stack],
    pub root: Option<&'a Root>,
    pub patched: &'a [String],
}

impl<'a> From<&'a Finding> for Features<'a> {
    fn from(f: &'a Finding) -> Self {
        Self {
            kind: f.kind,
            signature: &f.signature,
            title: &f.title,
            stacks: &f.stacks,
            root: f.root.as_ref(),
            patched: &f.origin.patched,
        }
    }
}

impl Known {
    /// The list that is inside typerace.
    ///
    /// # Panics
    /// Never: a test reads the list.
    #[must_use]
    pub fn shipped() -> Self {
        let mut known = Self::default();
        known.add(SHIPPED).expect("known.toml is valid");
        known
    }

    /// Adds a user's list. Its entries take precedence over the existing ones.
    ///
    /// # Errors
    /// Text that is not such a list; the error has line and column.
    pub fn add(&mut self, text: &str) -> Result<(), KnownError> {
        let List { known: mut issues, mut searched } = toml::from_str(text)?;
        if let Some(entry) = issues.iter().find(|e| !e.has_features() && e.root.is_none()) {
            return Err(KnownError::Empty(entry.issue.clone()));
        }
        issues.append(&mut self.issues);
        searched.append(&mut self.searches);
        (self.issues, self.searches) = (issues, searched);
        Ok(())
    }

    /// Whether an issue affects a release, `go1.27.3`.
    #[must_use]
    pub fn affects(&self, issue: &Number, go_version: &str) -> bool {
        self.issues.iter().any(|k| k.issue == *issue && k.affects(go_version))
    }

    /// The entry that matches a finding.
    #[must_use]
    pub fn find(&self, finding: &Finding) -> Option<&KnownIssue> {
        self.matching(finding.into())
    }

    /// The entry that matches a finding with this kind, signature and title. Entries that ask
    /// for functions on a stack do not match.
    #[must_use]
    pub fn look_up(&self, kind: Kind, signature: &str, title: &str) -> Option<&KnownIssue> {
        let (stacks, root, patched) = (&[][..], None, &[][..]);
        self.matching(Features { kind, signature, title, stacks, root, patched })
    }

    pub(super) fn matching(&self, of: Features<'_>) -> Option<&KnownIssue> {
        self.issues.iter().find(|k| k.fits(of))
    }

    /// The entries of a root that a test case can show.
    pub fn of_root<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a KnownIssue> {
        let of = move |k: &&KnownIssue| k.root.as_deref() == Some(root) && k.unreachable.is_none();
        self.issues.iter().filter(of)
    }

    /// The entries that no test case can show.
    pub fn unreachable(&self) -> impl Iterator<Item = &KnownIssue> {
        self.issues.iter().filter(|k| k.unreachable.is_some())
    }

    /// The searches of the tracker for a root.
    pub fn searches<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a Search> {
        self.searches.iter().filter(move |s| s.root == root)
    }
}

impl KnownIssue {
    /// Whether it says how to know a finding, or that there is none.
    fn has_features(&self) -> bool {
        self.signature.is_some()
            || self.words.is_some()
            || !self.functions.is_empty()
            || self.unreachable.is_some()
    }

    fn fits(&self, of: Features<'_>) -> bool {
        if !self.has_features() || self.unreachable.is_some() || self.contradicts(of) {
            return false;
        }
        let mut sites: Vec<&str> = sides(of.signature).collect();
        sites.sort_unstable();
        let mut functions: Vec<&str> = self.functions.iter().map(String::as_str).collect();
        functions.sort_unstable();
        let calls = |s: &Stack, f: &String| s.frames.iter().any(|frame| frame.function == *f);
        self.kind.is_none_or(|k| k == of.kind)
            && self.signature.as_ref().is_none_or(|s| s == of.signature)
            && (functions.is_empty() || functions == sites)
            && self.words.as_ref().is_none_or(|w| of.title.contains(w.as_str()))
            && (self.through.is_empty()
                || of.stacks.iter().any(|s| self.through.iter().all(|f| calls(s, f))))
    }

    /// Whether a finding cannot have this entry's root: a patch says that it has another one, the
    /// root's own patch did not end it, or that patch was in the go/types that showed it.
    fn contradicts(&self, of: Features<'_>) -> bool {
        let Some(own) = &self.root else { return false };
        let other = of.root.is_some_and(|root| match root.by {
            RootBy::Issue => false,
            _ if root.is_new() => root.tried.iter().any(|t| t.patch == *own),
            _ => root.id != *own,
        });
        other || of.patched.contains(own)
    }

    /// Whether it is a report of what a release shows: it is open, or a later release fixed it.
    #[must_use]
    pub fn reports(&self, go_version: &str) -> bool {
        let later = |fixed: &String| is_newer(fixed, go_version);
        self.state == State::Open || self.fixed.as_ref().is_some_and(later)
    }

    /// Whether the entry says that a release is affected; true if it does not list releases.
    #[must_use]
    pub fn affects(&self, go_version: &str) -> bool {
        let minor = |v: &str| release(v).map(|(_, minor, _)| minor);
        self.affected.is_empty() || self.affected.iter().any(|a| minor(a) == minor(go_version))
    }
}

/// `go1.27.3` as 1, 27, 3: an order of releases.
pub(super) fn release(text: &str) -> Option<(u32, u32, u32)> {
    let text = text.split_whitespace().find(|w| w.contains("1."))?;
    let mut parts = text.trim_start_matches("go").split(|c: char| !c.is_ascii_digit());
    let first = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some((first, minor, parts.next().and_then(|p| p.parse().ok()).unwrap_or(0)))
}

/// Whether a release, `go1.27.3`, came after another.
#[must_use]
pub fn is_newer(go_version: &str, than: &str) -> bool {
    matches!((release(go_version), release(than)), (Some(a), Some(b)) if a > b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Frame;
    use crate::finding::test_support::fatal;

    fn issue(known: &Known, kind: Kind, signature: &str, title: &str) -> Option<String> {
        known.look_up(kind, signature, title).map(|k| k.issue.to_string())
    }

    #[test]
    fn the_shipped_list() {
        let k = Known::shipped();
        let race = |s: &str| issue(&k, Kind::DataRace, s, "");
        let alias = "data-race: go/types.unalias / go/types.unalias";
        assert_eq!(race(alias).as_deref(), Some("golang/go#79035"));
        let unpack = "data-race: go/types.(*Checker).isComplete / go/types.(*Named).unpack";
        assert_eq!(race(unpack).as_deref(), Some("golang/go#81122"));
        assert_eq!(race("data-race: go/types.unalias / go/types.f"), None);
        assert_eq!(issue(&k, Kind::Fatal, alias, ""), None);
        let title = "panic: known implementation limitation: encountered an incomplete alias (see go.dev/issue/78296): (*typeWriter).typ";
        assert_eq!(
            issue(&k, Kind::Panic, "panic: x: f", title).as_deref(),
            Some("golang/go#78296")
        );
        // These need their stacks: the signatures alone are too general.
        let hang = "hang: recursion of go/types.(*subster).typ";
        assert_eq!(issue(&k, Kind::Hang, hang, ""), None);
        let hash = "panic: assertion failed: go/types.(*Named).Underlying";
        assert_eq!(issue(&k, Kind::Panic, hash, ""), None);
        let frame = |f: &str| Frame { function: f.to_owned(), ..Frame::default() };
        let on = |kind, signature: &str, functions: &[&str]| {
            let frames = functions.iter().copied().map(frame).collect();
            let mut f = Finding { kind, ..fatal("x") };
            f.signature = signature.to_owned();
            f.title = signature.to_owned();
            f.stacks = vec![Stack { of: "panic".to_owned(), frames }];
            k.find(&f).map(|k| k.issue.to_string())
        };
        let sets = "go/types.computeInterfaceTypeSet";
        let of = on(Kind::Hang, hang, &["go/types.(*Named).expandRHS", sets]);
        assert_eq!(of.as_deref(), Some("golang/go#78341"));
        let of = on(Kind::Panic, hash, &[sets, "go/types.(*Context).instanceHash"]);
        assert_eq!(of.as_deref(), Some("golang/go#56045"));
        assert_eq!(on(Kind::Panic, hash, &[sets]), None);
    }

    /// Every issue of a patch, and what the tracker's other reports of a root are.
    #[test]
    fn the_shipped_list_knows_roots() {
        let k = Known::shipped();
        for patch in crate::patches::built_in().unwrap() {
            let listed: Vec<String> = (k.of_root(&patch.id))
                .flat_map(|e| std::iter::once(&e.issue).chain(&e.also).map(ToString::to_string))
                .collect();
            for issue in &patch.issues {
                let name = format!("golang/go#{issue}");
                assert!(listed.contains(&name), "{}: {name} is not in {listed:?}", patch.id);
            }
        }
        let without: Vec<String> = k.unreachable().map(|e| e.issue.to_string()).collect();
        assert_eq!(without, ["golang/go#75757", "golang/go#63285"]);
        assert_eq!(k.searches("R1").count(), 1);
    }

    #[test]
    fn a_users_list_comes_first_and_is_checked() {
        let mut k = Known::shipped();
        k.add("[[known]]\nissue = \"TEAM-7\"\ntitle = \"ours\"\nstate = \"fixed\"\nfunctions = [\"go/types.unalias\", \"go/types.unalias\"]\n").unwrap();
        let alias = "data-race: go/types.unalias / go/types.unalias";
        assert_eq!(issue(&k, Kind::DataRace, alias, "").as_deref(), Some("TEAM-7"));
        for (text, want) in [
            ("[[known]]\nissue = 1\ntitle = \"t\"\nstate = \"open\"\n", "golang/go#1 names no"),
            ("[[known]]\nissue = 1\ntitel = \"t\"\n", "line 3"),
            ("known = 3", "line 1"),
            ("[[known", "line 1"),
        ] {
            let e = k.add(text).unwrap_err().to_string();
            assert!(e.contains(want), "{e}");
        }
    }

    #[test]
    fn releases_are_ordered() {
        assert!(is_newer("go1.27.3", "go1.26.8") && is_newer("go1.27.10", "go1.27.9"));
        assert!(
            is_newer("go1.28-devel_1a", "go1.27.3") && is_newer("devel go1.28-1a Thu", "go1.27")
        );
        assert!(!is_newer("go1.27.3", "go1.27.3") && !is_newer("", "go1.27.3"));
        let k = Known::shipped();
        let alias = "data-race: go/types.unalias / go/types.unalias";
        let entry = k.look_up(Kind::DataRace, alias, "").unwrap();
        assert!(entry.affects("go1.26.8") && !entry.affects("go1.21.13"));
        let unpack = Number::Number(81122);
        assert!(k.affects(&unpack, "go1.27.3") && !k.affects(&unpack, "go1.25.5"));
        // The other function that reads without the lock, in the release before.
        let unpack = "data-race: go/types.(*Checker).finiteSize / go/types.(*Named).unpack";
        let entry = k.look_up(Kind::DataRace, unpack, "").unwrap();
        assert!(entry.issue == Number::Number(81122));
        assert!(entry.affects("go1.26.8") && !entry.affects("go1.27.3"));
    }
}
