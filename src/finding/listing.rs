//! Findings as people read them, one line each: new ones first, then known issues, then
//! what the documentation does not cover, then the number of breaches.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use super::kind::Kind;
use super::known::{KnownIssue, State};
use crate::scenario::Class;

/// A finding in a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// One line for people.
    pub title: String,
    /// Kind.
    pub kind: Kind,
    /// Class.
    pub class: Class,
    /// Its issue, if it has one.
    pub known: Option<KnownIssue>,
    /// Whether it was run again and never seen again.
    pub is_unconfirmed: bool,
    /// How often a campaign saw it, where that is known.
    pub times: Option<u64>,
    /// What else there is to say about it.
    pub notes: Vec<String>,
    /// The Go that showed it.
    pub go_version: String,
    /// Lines of its minimized program, if it has one.
    pub lines: Option<usize>,
    /// Its crash directory.
    pub path: PathBuf,
}

impl Item {
    fn line(&self) -> String {
        let times = self.times.map(times);
        let path = self.path.display().to_string();
        let parts = self.notes.iter().cloned().chain(times).chain([path]);
        format!("  {}: {}", self.title, parts.collect::<Vec<_>>().join(", "))
    }
}

fn times(n: u64) -> String {
    format!("seen {}", count(n, "time"))
}

/// `1 finding`, `2 findings`
fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Groups of findings.
#[derive(Debug)]
pub struct Listing<'a> {
    groups: [Group; 4],
    breaches: Vec<&'a Item>,
    /// Breaches that were not stored.
    not_stored: usize,
    verbose: bool,
}

#[derive(Debug)]
struct Group {
    title: String,
    rows: Vec<String>,
    /// How many rows are shown at most.
    cap: usize,
}

/// Rows that each group may have, however long the others are: new findings, known issues,
/// unstated and unconfirmed findings.
const LEAST: [usize; 4] = [10, 5, 4, 2];

impl<'a> Listing<'a> {
    /// A list without a limit. A verbose one has a line for each signature of a known issue
    /// and for each breach.
    #[must_use]
    pub fn new(items: &'a [Item], verbose: bool) -> Self {
        let of = |want: fn(&Item) -> bool| items.iter().filter(|i| want(i)).collect::<Vec<_>>();
        let breaches = of(|i| i.class == Class::Breach);
        let sure = |i: &Item| i.class != Class::Breach && !i.is_unconfirmed;
        let sure_of = |want: fn(&Item) -> bool| -> Vec<&Item> {
            items.iter().filter(|i| sure(i) && want(i)).collect()
        };
        let new = sure_of(|i| i.known.is_none() && i.class == Class::Bug);
        let unstated = sure_of(|i| i.known.is_none() && i.class == Class::Unstated);
        let doubtful = of(|i| i.class != Class::Breach && i.is_unconfirmed);
        let issues = issues(&sure_of(|i| i.known.is_some()));
        let known = count(issues.len() as u64, "known issue");
        let known_rows = issues.iter().flat_map(|of_one| known_rows(of_one, verbose)).collect();
        let group = |word: &str, about: &str, items: &[&Item]| {
            let title = format!("{}{about}", count(items.len() as u64, &format!("{word} finding")));
            Group::new(title, items.iter().map(|i| i.line()).collect())
        };
        Self {
            groups: [
                group("new", "", &new),
                Group::new(known, known_rows),
                group("unstated", ", which the documentation does not cover", &unstated),
                group("unconfirmed", ", which no repetition showed", &doubtful),
            ],
            breaches,
            not_stored: 0,
            verbose,
        }
    }

    /// Says also how many breaches were not stored.
    #[must_use]
    pub fn not_stored(mut self, n: usize) -> Self {
        self.not_stored = n;
        self
    }

    /// Leaves out rows so that the list fits in this number of lines. Groups that come first
    /// get the room that is left.
    #[must_use]
    pub fn within(mut self, lines: usize) -> Self {
        for (group, least) in self.groups.iter_mut().zip(LEAST) {
            group.cap = least;
        }
        for i in 0..self.groups.len() {
            while self.groups[i].cap < self.groups[i].rows.len() {
                self.groups[i].cap += 1;
                if self.to_string().lines().count() > lines {
                    self.groups[i].cap -= 1;
                    break;
                }
            }
        }
        self
    }
}

impl Group {
    fn new(title: String, rows: Vec<String>) -> Self {
        Self { title, rows, cap: usize::MAX }
    }

    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n{}:", self.title)?;
        // The line that says how many are left out may as well be the one that is.
        let fits = self.rows.len() <= self.cap.saturating_add(1);
        let shown = if fits { self.rows.len() } else { self.cap };
        for row in &self.rows[..shown] {
            writeln!(f, "{row}")?;
        }
        match self.rows.len() - shown {
            0 => Ok(()),
            n => writeln!(f, "  and {n} more: typerace report"),
        }
    }
}

/// Known findings by issue, in the order in which the issues come first.
fn issues<'a>(known: &[&'a Item]) -> Vec<Vec<&'a Item>> {
    let issue = |i: &Item| i.known.as_ref().map(|k| k.issue.clone());
    let mut issues: Vec<Vec<&Item>> = Vec::new();
    for &item in known {
        match issues.iter_mut().find(|of_one| issue(of_one[0]) == issue(item)) {
            Some(of_one) => of_one.push(item),
            None => issues.push(vec![item]),
        }
    }
    issues
}

/// The line of an issue, with the crash directory of its smallest program.
fn known_rows(of_one: &[&Item], verbose: bool) -> Vec<String> {
    let smallest = of_one.iter().min_by_key(|i| i.lines.unwrap_or(usize::MAX));
    let Some((item, known)) = smallest.and_then(|i| Some((i, i.known.as_ref()?))) else {
        return Vec::new();
    };
    let state = if known.state == State::Open { "open" } else { "fixed" };
    let mut row =
        format!("  {} ({state}): {}", known.issue, count(of_one.len() as u64, "signature"));
    if let Some(sum) = of_one.iter().map(|i| i.times).sum::<Option<u64>>() {
        row += &format!(", {}", times(sum));
    }
    if !known.affects(&item.go_version) {
        row += &format!(", not listed for {}", item.go_version);
    }
    row += &format!("; {}; {}", known.title, item.path.display());
    let mut rows = vec![row];
    if verbose {
        rows.extend(of_one.iter().map(|i| format!("  {}", i.line())));
    }
    rows
}

impl Display for Listing<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            group.write(f)?;
        }
        if !self.breaches.is_empty() {
            let races = self.breaches.iter().all(|i| i.kind == Kind::DataRace);
            let what = if races { "raced" } else { "raced or failed" };
            let ways = count(self.breaches.len() as u64, "way");
            let [they, them] =
                if self.breaches.len() == 1 { ["it", "it"] } else { ["they", "them"] };
            let end = if self.verbose { ":" } else { &format!(": --verbose lists {them}") };
            writeln!(f, "\n{ways} to break the contract {what}, as {they} should{end}")?;
        }
        if self.verbose {
            for breach in &self.breaches {
                writeln!(f, "{}", breach.line())?;
            }
        }
        if self.not_stored > 0 && (self.verbose || self.breaches.is_empty()) {
            let races = count(self.not_stored as u64, "more race");
            let were = if self.not_stored == 1 { "was" } else { "were" };
            writeln!(f, "\n{races} of the same breaches of contract {were} not stored")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Known;

    fn item(class: Class, signature: &str, lines: Option<usize>) -> Item {
        Item {
            title: signature.replace("data-race: go/types.", "data race: "),
            kind: Kind::DataRace,
            class,
            known: Known::shipped().look_up(Kind::DataRace, signature, "").cloned(),
            is_unconfirmed: false,
            times: Some(3),
            notes: vec!["reproduced 5 of 5".to_owned()],
            go_version: "go1.21.13".to_owned(),
            lines,
            path: format!("crashes/{}", signature.len()).into(),
        }
    }

    fn numbered(class: Class, n: usize) -> Vec<Item> {
        (0..n).map(|i| item(class, &format!("data-race: go/types.f{i} / g"), None)).collect()
    }

    /// One of every group, and an issue with two signatures.
    fn all() -> Vec<Item> {
        let alias = "data-race: go/types.unalias / go/types.unalias";
        let mut small = item(Class::Bug, alias, Some(12));
        (small.path, small.times) = ("crashes/small".into(), Some(1));
        let doubtful = Item { is_unconfirmed: true, ..item(Class::Bug, "hang: h", None) };
        let unpack = "data-race: go/types.(*Checker).isComplete / go/types.(*Named).unpack";
        let mut items = vec![
            item(Class::Breach, alias, None),
            doubtful,
            item(Class::Unstated, alias, Some(40)),
            item(Class::Unstated, "data-race: go/types.u", None),
            small,
            Item { go_version: "go1.27.3".to_owned(), ..item(Class::Bug, unpack, None) },
        ];
        items.extend(numbered(Class::Bug, 2));
        items.extend(numbered(Class::Breach, 2));
        items
    }

    #[test]
    fn all_groups() {
        insta::assert_snapshot!(Listing::new(&all(), false).not_stored(7).to_string());
    }

    #[test]
    fn all_groups_verbose() {
        insta::assert_snapshot!(Listing::new(&all(), true).not_stored(7).to_string());
    }

    #[test]
    fn one_breach_and_other_kinds() {
        let mut items = numbered(Class::Breach, 1);
        let text = Listing::new(&items, false).to_string();
        assert_eq!(text, "\n1 way to break the contract raced, as it should: --verbose lists it\n");
        items.extend(numbered(Class::Breach, 1));
        items[1].kind = Kind::Panic;
        let text = Listing::new(&items, false).to_string();
        assert_eq!(
            text,
            "\n2 ways to break the contract raced or failed, as they should: --verbose lists them\n"
        );
        assert_eq!(Listing::new(&[], false).to_string(), "");
    }

    /// Whatever there is, it fits, and no room is wasted.
    #[test]
    fn within_lines() {
        for new in [0, 1, 11, 12, 40] {
            for unstated in [0, 5, 30] {
                for doubtful in [0, 3, 9] {
                    let mut items = all();
                    items.extend(numbered(Class::Bug, new));
                    items.extend(numbered(Class::Unstated, unstated));
                    items.extend(
                        numbered(Class::Bug, doubtful)
                            .into_iter()
                            .map(|i| Item { is_unconfirmed: true, ..i }),
                    );
                    let whole = Listing::new(&items, false).to_string().lines().count();
                    let text = Listing::new(&items, false).within(36).to_string();
                    let lines = text.lines().count();
                    assert_eq!(lines, whole.min(36), "{new} {unstated} {doubtful}:\n{text}");
                    assert_eq!(text.contains(" more: typerace report"), lines < whole, "{text}");
                }
            }
        }
    }
}
