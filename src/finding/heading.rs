//! What a list shows a finding under: its root, its issue, or the finding itself.

use serde::Serialize;

use super::finding::Finding;
use super::kind::Kind;
use super::known::{Features, Known, KnownIssue, Number, State};
use super::root::{Root, RootBy};

/// The heading of one or more findings in a list. Findings with the same `id` belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// A root's id, an issue, or the finding's own id.
    pub id: String,
    /// The situation, or the finding's title.
    pub title: String,
    /// Whether it is known: it has a patch or an issue.
    pub known: bool,
    /// How the root was determined; `None` if it was not.
    pub by: Option<RootBy>,
    /// The issues that report it.
    pub issues: Vec<Reported>,
    /// Whether the list of known issues does not name the release that showed it.
    pub unlisted: bool,
}

/// An issue in a heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// The issue.
    pub issue: Number,
    /// Open or fixed; `None` if no list says.
    pub state: Option<State>,
    /// Issues that report the same.
    pub also: Vec<Number>,
}

impl Known {
    /// The heading of a finding.
    #[must_use]
    pub fn heading(&self, finding: &Finding) -> Heading {
        let go = &finding.origin.go_version;
        self.heading_of(&finding.id, finding.into(), go)
    }

    /// The heading of a finding that is not stored, so that nothing but this is known of it.
    #[must_use]
    pub fn bare_heading(
        &self,
        id: &str,
        kind: Kind,
        signature: &str,
        title: &str,
        go: &str,
    ) -> Heading {
        let (stacks, root, patched) = (&[][..], None, &[][..]);
        self.heading_of(id, Features { kind, signature, title, stacks, root, patched }, go)
    }

    /// The heading of a root of which only the id is known. `title` is for one that no list names.
    #[must_use]
    pub fn root_heading(&self, id: &str, title: &str, go: &str) -> Heading {
        let mut issues = Vec::new();
        self.add_reports(&mut issues, id, go);
        let title = self.of_root(id).next().map_or(title, |k| &k.title);
        let (id, title) = (id.to_owned(), title.to_owned());
        Heading { id, title, known: true, by: None, issues, unlisted: false }
    }

    fn heading_of(&self, id: &str, of: Features<'_>, go: &str) -> Heading {
        let entry = self.matching(of);
        match (of.root, entry) {
            (Some(root), entry) if root.by != RootBy::Issue && !root.is_new() => {
                self.of_found(root, entry, go)
            }
            // A list that knows more than the guess.
            (root, Some(entry)) => self.of_entry(root, entry, go),
            (Some(root), None) => self.of_found(root, None, go),
            (None, None) => Heading {
                id: id.to_owned(),
                title: of.title.to_owned(),
                known: false,
                by: None,
                issues: Vec::new(),
                unlisted: false,
            },
        }
    }

    fn of_found(&self, root: &Root, entry: Option<&KnownIssue>, go: &str) -> Heading {
        let mut issues = self.reported(root, go);
        // A user's entry may name another tracker.
        if let Some(entry) = entry.filter(|e| e.root.is_none()) {
            add(&mut issues, entry.into());
        }
        Heading {
            id: root.id.clone(),
            title: root.title.clone(),
            known: !root.is_new(),
            by: Some(root.by),
            issues,
            unlisted: false,
        }
    }

    fn of_entry(&self, root: Option<&Root>, entry: &KnownIssue, go: &str) -> Heading {
        let id = entry.root.clone().unwrap_or_else(|| entry.issue.to_string());
        let mut issues = vec![Reported::from(entry)];
        self.add_reports(&mut issues, &id, go);
        Heading {
            title: entry.title.clone(),
            known: true,
            by: root.map(|_| RootBy::Issue),
            unlisted: !entry.affects(go),
            issues,
            id,
        }
    }

    /// The issues of a root: those that the lists name, otherwise those of its patch.
    fn reported(&self, root: &Root, go: &str) -> Vec<Reported> {
        let mut issues = Vec::new();
        self.add_reports(&mut issues, &root.id, go);
        for number in root.issues.iter().map(|n| Number::Number(*n)) {
            // A list that names it has said above whether it is a report of this.
            if !self.names(&root.id, &number) {
                add(&mut issues, Reported { issue: number, state: None, also: Vec::new() });
            }
        }
        issues
    }

    /// Adds the reports of a root that concern a release.
    fn add_reports(&self, all: &mut Vec<Reported>, id: &str, go: &str) {
        for entry in self.of_root(id).filter(|k| k.reports(go)) {
            add(all, entry.into());
        }
    }

    fn names(&self, root: &str, issue: &Number) -> bool {
        self.of_root(root).any(|k| k.issue == *issue || k.also.contains(issue))
    }
}

impl From<&KnownIssue> for Reported {
    fn from(k: &KnownIssue) -> Self {
        Self { issue: k.issue.clone(), state: Some(k.state), also: k.also.clone() }
    }
}

fn add(all: &mut Vec<Reported>, one: Reported) {
    if !all.iter().any(|r| r.issue == one.issue) {
        all.push(one);
    }
}

impl Heading {
    /// The headings of several findings as one. A root's title comes before that of an issue, and
    /// the issues of all of them count.
    #[must_use]
    pub fn merged<'a>(all: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut all = all.into_iter();
        let mut sum = all.next()?.clone();
        for one in all {
            if sum.by != Some(RootBy::Patch) && one.by == Some(RootBy::Patch) {
                (sum.title, sum.by) = (one.title.clone(), one.by);
            }
            sum.known |= one.known;
            sum.unlisted &= one.unlisted;
            for issue in &one.issues {
                add(&mut sum.issues, issue.clone());
            }
        }
        Some(sum)
    }

    /// Whether it stands for a root, so that other findings may have the same.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.known || self.by.is_some()
    }

    /// Numbers and states for people: `golang/go#79035 (open), #81138 (open)`, `not reported`, or
    /// `new`.
    #[must_use]
    pub fn standing(&self) -> String {
        let said = |(i, r): (usize, &Reported)| {
            let issue = r.issue.to_string();
            let issue = if i > 0 { short(&issue) } else { issue };
            r.state.map_or(issue.clone(), |s| format!("{issue} ({})", s.as_str()))
        };
        if !self.issues.is_empty() {
            return self.issues.iter().enumerate().map(said).collect::<Vec<_>>().join(", ");
        }
        (if self.known { "not reported" } else { "new" }).to_owned()
    }

    /// Whether it is known by an issue alone, so that the id is the issue.
    #[must_use]
    pub fn is_issue(&self) -> bool {
        self.issues.iter().any(|r| r.issue.to_string() == self.id)
    }

    /// The id and the standing, each once: `R3, golang/go#79035 (open)`.
    #[must_use]
    pub fn name(&self) -> String {
        let standing = self.standing();
        let says = !self.known || self.is_issue();
        if says { standing } else { format!("{}, {standing}", self.id) }
    }

    /// Name and title on one line. What is new has only its title.
    #[must_use]
    pub fn line(&self) -> String {
        if self.known { format!("{}: {}", self.name(), self.title) } else { self.title.clone() }
    }
}

/// `#79035` for an issue of golang/go.
fn short(issue: &str) -> String {
    issue.replace("golang/go#", "#")
}

impl std::fmt::Display for Reported {
    /// `golang/go#78296 (open; also #77837)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state.map(State::as_str);
        let also: Vec<String> = self.also.iter().map(|n| short(&n.to_string())).collect();
        let also = (!also.is_empty()).then(|| format!("also {}", also.join(", ")));
        let more: Vec<String> = state.map(str::to_owned).into_iter().chain(also).collect();
        match &more[..] {
            [] => write!(f, "{}", self.issue),
            more => write!(f, "{} ({})", self.issue, more.join("; ")),
        }
    }
}

/// Puts what has the same heading together, in the order in which the headings first occur.
#[must_use]
pub fn by_heading<'a, T>(
    items: impl IntoIterator<Item = &'a T>,
    heading: impl Fn(&T) -> &Heading,
) -> Vec<Vec<&'a T>> {
    let mut groups: Vec<Vec<&T>> = Vec::new();
    for item in items {
        match groups.iter_mut().find(|g| heading(g[0]).id == heading(item).id) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;
    use crate::finding::{Frame, Kind, Stack};

    fn finding(signature: &str, go: &str) -> Finding {
        let kind = if signature.starts_with("hang") { Kind::Hang } else { Kind::DataRace };
        let mut f = Finding { kind, ..fatal("x") };
        (f.signature, f.id) = (signature.to_owned(), "id-1".to_owned());
        f.origin.go_version = go.to_owned();
        f
    }

    fn root(id: &str, by: RootBy, issues: &[u64]) -> Option<Root> {
        let title = format!("{id} happens");
        Some(Root { id: id.to_owned(), title, issues: issues.into(), by, tried: Vec::new() })
    }

    const UNALIAS: &str = "data-race: go/types.unalias / go/types.unalias";

    #[test]
    fn findings_of_one_root_have_one_heading() {
        let known = Known::shipped();
        // By its signature, and by a patch that ended another signature.
        let by_list = known.heading(&finding(UNALIAS, "go1.27.3"));
        let other = finding("data-race: a / b", "go1.27.3");
        let by_patch =
            known.heading(&Finding { root: root("R3", RootBy::Patch, &[79035, 81138]), ..other });
        assert_eq!((by_list.id.as_str(), by_patch.id.as_str()), ("R3", "R3"));
        let both = Heading::merged([&by_list, &by_patch]).unwrap();
        assert_eq!(both.name(), "R3, golang/go#79035 (open), #81138 (open)");
        assert_eq!(both.title, "R3 happens");
        assert!(!both.unlisted && both.known);
        let old = known.heading(&finding(UNALIAS, "go1.21.13"));
        assert!(old.unlisted, "{old:?}");
    }

    #[test]
    fn a_patch_without_an_issue_is_not_reported() {
        let known = Known::shipped();
        let of = |id: &str, issues: &[u64], go: &str| {
            let f = finding("data-race: a / b", go);
            known.heading(&Finding { root: root(id, RootBy::Patch, issues), ..f }).name()
        };
        assert_eq!(of("R1", &[], "go1.27.3"), "R1, not reported");
        // A closed issue does not report what a later release shows.
        assert_eq!(of("R7", &[57522], "go1.27.3"), "R7, not reported");
        assert_eq!(of("R5", &[78341, 61561], "go1.27.3"), "R5, golang/go#78341 (open)");
        let early = of("R5", &[78341, 61561], "go1.21.13");
        assert_eq!(early, "R5, golang/go#78341 (open), #61561 (fixed)");
        assert_eq!(of("R6", &[78296, 77837], "go1.27.3"), "R6, golang/go#78296 (open)");
        let entry = known.of_root("R6").next().unwrap();
        let also = "golang/go#78296 (open; also #77837, #79655, #76078, #77640, #80150)";
        assert_eq!(Reported::from(entry).to_string(), also);
        assert_eq!(of("Mine", &[7], "go1.27.3"), "Mine, golang/go#7");
    }

    #[test]
    fn a_guess_is_new_until_a_list_knows_it() {
        let mut known = Known::shipped();
        let guess = root("new: Named.fromRHS", RootBy::Guess, &[]);
        let f = Finding { root: guess, ..finding("data-race: a / b", "go1.27.3") };
        let heading = known.heading(&f);
        assert_eq!((heading.name().as_str(), heading.known), ("new", false));
        let list = "[[known]]\nissue = \"T-1\"\ntitle = \"t\"\nstate = \"open\"\nfunctions = [\"a\", \"b\"]\n";
        known.add(list).unwrap();
        assert_eq!(known.heading(&f).name(), "T-1 (open)");
        let alone = Known::shipped().heading(&Finding { root: None, ..f });
        assert_eq!((alone.id.as_str(), alone.name().as_str()), ("id-1", "new"));
    }

    #[test]
    fn an_entry_of_a_root_yields_to_what_patches_say() {
        let known = Known::shipped();
        let endless = "hang: recursion of go/types.(*subster).typ";
        let frame = |f: &str| Frame { function: f.to_owned(), ..Frame::default() };
        let frames = ["go/types.(*Named).expandRHS", "go/types.computeInterfaceTypeSet"];
        let stack = Stack { of: "goroutine 1".to_owned(), frames: frames.map(frame).into() };
        let title = endless.to_owned();
        let f = Finding { title, stacks: vec![stack], ..finding(endless, "go1.27.3") };
        assert_eq!(known.heading(&f).name(), "R5, golang/go#78341 (open)");
        // A type string without end that no type set asks for is another hang.
        assert!(!known.heading(&Finding { stacks: Vec::new(), ..f.clone() }).known);
        let other = Finding { root: root("R1", RootBy::Patch, &[]), ..f.clone() };
        assert_eq!(known.heading(&other).name(), "R1, not reported");
        let mut guess = root("new: x", RootBy::Guess, &[]);
        let tried = serde_json::json!([{ "patch": "R5", "seen": 3, "runs": 3 }]);
        guess.as_mut().unwrap().tried = serde_json::from_value(tried).unwrap();
        assert!(!known.heading(&Finding { root: guess, ..f.clone() }).known);
        let mut behind = f.clone();
        behind.origin.patched = vec!["R5".to_owned()];
        assert!(!known.heading(&behind).known, "R5 was patched");
        let by_issue = Finding { root: root("golang/go#78341", RootBy::Issue, &[78341]), ..f };
        assert_eq!(known.heading(&by_issue).id, "R5");
    }
}
