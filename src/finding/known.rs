//! Known findings: which issue each has, and whether it is open.

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::kind::Kind;
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
    /// Minor releases that are affected, `1.27`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<String>,
    /// The first release without it, `1.28`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
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
}

/// Lists of known findings. If two entries match, the first one counts.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<KnownIssue>);

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
        let mut list = toml::from_str::<List>(text)?.known;
        for entry in &list {
            let by = entry.signature.is_some() || entry.words.is_some();
            if !by && entry.functions.is_empty() {
                return Err(KnownError::Empty(entry.issue.clone()));
            }
        }
        list.append(&mut self.0);
        self.0 = list;
        Ok(())
    }

    /// Whether an issue affects a release, `go1.27.3`.
    #[must_use]
    pub fn affects(&self, issue: &Number, go_version: &str) -> bool {
        self.0.iter().any(|k| k.issue == *issue && k.affects(go_version))
    }

    /// The entry that matches a finding.
    #[must_use]
    pub fn find(&self, finding: &Finding) -> Option<&KnownIssue> {
        self.look_up(finding.kind, &finding.signature, &finding.title)
    }

    /// The entry that matches a finding with this kind, signature and title.
    #[must_use]
    pub fn look_up(&self, kind: Kind, signature: &str, title: &str) -> Option<&KnownIssue> {
        self.0.iter().find(|k| k.fits(kind, signature, title))
    }
}

impl KnownIssue {
    fn fits(&self, kind: Kind, signature: &str, title: &str) -> bool {
        let mut sites: Vec<&str> = sides(signature).collect();
        sites.sort_unstable();
        let mut functions: Vec<&str> = self.functions.iter().map(String::as_str).collect();
        functions.sort_unstable();
        self.kind.is_none_or(|k| k == kind)
            && self.signature.as_ref().is_none_or(|s| s == signature)
            && (functions.is_empty() || functions == sites)
            && self.words.as_ref().is_none_or(|w| title.contains(w.as_str()))
    }

    /// Whether the entry says that a release is affected; true if it does not list releases.
    #[must_use]
    pub fn affects(&self, go_version: &str) -> bool {
        let minor = |v: &str| version(v).map(|(_, minor, _)| minor);
        self.affected.is_empty() || self.affected.iter().any(|a| minor(a) == minor(go_version))
    }
}

/// `go1.27.3` as 1, 27, 3.
fn version(text: &str) -> Option<(u32, u32, u32)> {
    let text = text.split_whitespace().find(|w| w.contains("1."))?;
    let mut parts = text.trim_start_matches("go").split(|c: char| !c.is_ascii_digit());
    let first = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some((first, minor, parts.next().and_then(|p| p.parse().ok()).unwrap_or(0)))
}

/// Whether a release, `go1.27.3`, came after another.
#[must_use]
pub fn is_newer(go_version: &str, than: &str) -> bool {
    matches!((version(go_version), version(than)), (Some(a), Some(b)) if a > b)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let hang = "hang: recursion of go/types.(*typeWriter).typ";
        assert_eq!(issue(&k, Kind::Hang, hang, "").as_deref(), Some("golang/go#78341"));
        let hash = "panic: assertion failed: go/types.(*Named).Underlying";
        assert_eq!(issue(&k, Kind::Panic, hash, "").as_deref(), Some("golang/go#56045"));
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
