//! Findings as people read them, by root: new ones first, then known ones, then what the
//! documentation does not cover, then the number of breaches.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use super::heading::{Heading, by_heading};
use super::kind::Kind;
use super::learned::Learned;
use super::root::RootBy;
use super::title::{writes_in, written};
use crate::scenario::Class;
use crate::words::count;

/// A finding in a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// One line for people.
    pub title: String,
    /// Kind.
    pub kind: Kind,
    /// Class.
    pub class: Class,
    /// What it stands under.
    pub heading: Heading,
    /// Whether it was run again and never seen again.
    pub is_unconfirmed: bool,
    /// How often a campaign saw it, where that is known.
    pub times: Option<u64>,
    /// What else there is to say about it.
    pub notes: Vec<String>,
    /// The Go that showed it.
    pub go_version: String,
    /// What later commands learned.
    pub learned: Learned,
    /// Its crash directory.
    pub path: PathBuf,
}

impl Item {
    fn line(&self) -> String {
        let times = self.times.map(times);
        let path = self.path.display().to_string();
        let notes = self.learned.place().into_iter().chain(self.notes.iter().cloned());
        let parts = notes.chain(times).chain([path]);
        format!("  {}: {}", self.title, parts.collect::<Vec<_>>().join(", "))
    }
}

fn times(n: u64) -> String {
    format!("seen {}", count(n, "time"))
}

/// Groups of findings.
#[derive(Debug)]
pub struct Listing<'a> {
    groups: [Group; 5],
    breaches: Vec<&'a Item>,
    /// Breaches that were not stored.
    not_stored: usize,
    verbose: bool,
}

#[derive(Debug)]
struct Group {
    title: String,
    /// One for each root; a row may have several lines.
    rows: Vec<String>,
    /// How many rows are shown at most.
    cap: usize,
}

/// Rows that each group may have, however long the others are: new and known roots, findings whose
/// root is not determined, unstated and unconfirmed ones.
const LEAST: [usize; 5] = [4, 4, 2, 1, 1];

impl<'a> Listing<'a> {
    /// A list without a limit. A verbose one has a line for each signature of a root and for each
    /// breach.
    #[must_use]
    pub fn new(items: &'a [Item], verbose: bool) -> Self {
        let breaches = items.iter().filter(|i| i.class == Class::Breach).collect();
        let doubtful: Vec<&Item> =
            items.iter().filter(|i| i.class != Class::Breach && i.is_unconfirmed).collect();
        let sure = items.iter().filter(|i| i.class != Class::Breach && !i.is_unconfirmed);
        let mut roots: [Vec<Vec<&Item>>; 4] = Default::default();
        for root in by_heading(sure, |i| &i.heading) {
            let any = |is: fn(&Item) -> bool| root.iter().any(|i| is(i));
            let place = match any(|i| i.heading.known) {
                true => 1,
                false if !any(|i| i.class == Class::Bug) => 3,
                false if any(|i| i.heading.is_root()) => 0,
                false => 2,
            };
            roots[place].push(root);
        }
        let [new, known, open, unstated] = roots;
        let open: Vec<&Item> = open.into_iter().flatten().collect();
        let undetermined = format!(
            "{} without a root so far (typerace report --roots determines it)",
            count(open.len(), "finding")
        );
        let group = |word: &str, about: &str, roots: &[Vec<&Item>]| {
            let title = format!("{}{about}", count(roots.len(), &format!("{word} root")));
            Group::new(title, roots.iter().map(|root| row(root, verbose)).collect())
        };
        let unconfirmed =
            format!("{}, which no repetition showed", count(doubtful.len(), "unconfirmed finding"));
        Self {
            groups: [
                group("new", "", &new),
                group("known", "", &known),
                Group::new(undetermined, by_write(&open, verbose)),
                group("unstated", ", which the documentation does not cover", &unstated),
                Group::new(unconfirmed, doubtful.iter().map(|i| i.line()).collect()),
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

/// Findings whose roots are not determined yet. Races that write at one place most likely have one
/// root, so they share a row.
fn by_write(open: &[&Item], verbose: bool) -> Vec<String> {
    let mut places: Vec<(Option<&str>, Vec<&Item>)> = Vec::new();
    for item in open {
        let place = written(&item.title);
        match places.iter_mut().find(|(p, _)| place.is_some() && *p == place) {
            Some((_, items)) => items.push(item),
            None => places.push((place, vec![item])),
        }
    }
    let row = |(place, items): (Option<&str>, Vec<&Item>)| match (place, &items[..]) {
        (Some(place), [first, _, ..]) => {
            let times = items.iter().map(|i| i.times).sum::<Option<u64>>().map(times);
            let path = first.path.display().to_string();
            let parts = [count(items.len(), "signature")].into_iter().chain(times).chain([path]);
            let parts = parts.collect::<Vec<_>>().join(", ");
            let mut row = format!("  {}: {parts}", writes_in(place));
            for item in items.iter().filter(|_| verbose) {
                row.push_str(&format!("\n  {}", item.line()));
            }
            row
        }
        _ => items[0].line(),
    };
    places.into_iter().map(row).collect()
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
        let last = |row: &String| !row.contains('\n');
        let fits = self.rows.len() <= self.cap
            || self.rows.len() == self.cap + 1 && self.rows.last().is_some_and(last);
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

/// A root: what it is, then its figures and the crash directory of its smallest program.
fn row(root: &[&Item], verbose: bool) -> String {
    let Some(heading) = Heading::merged(root.iter().map(|i| &i.heading)) else {
        return String::new();
    };
    // A program that was seen to show it comes before a smaller one.
    let size = |i: &&&Item| {
        let shows = i.learned.standalone.is_some_and(|[k, _]| k > 0);
        (!shows, i.learned.lines.unwrap_or(usize::MAX))
    };
    let Some(item) = root.iter().min_by_key(size) else { return String::new() };
    let mut parts: Vec<String> = item.learned.place().into_iter().collect();
    parts.extend(match root {
        [one] => one.notes.clone(),
        many => vec![count(many.len(), "signature")],
    });
    parts.extend(root.iter().map(|i| i.times).sum::<Option<u64>>().map(times));
    parts.extend(item.learned.size());
    let ran = item.learned.standalone.filter(|s| s[1] > 0);
    parts.extend(ran.map(|[k, n]| format!("standalone {k} of {n}")));
    let since = root.iter().find_map(|i| i.learned.since.as_ref());
    parts.extend(since.map(|go| format!("since {go}")));
    if heading.known && root.iter().all(|i| i.class == Class::Unstated) {
        parts.push("unstated".to_owned());
    }
    if heading.unlisted {
        parts.push(format!("not listed for {}", item.go_version));
    }
    match heading.by {
        Some(RootBy::Guess) if heading.known => parts.push("presumed".to_owned()),
        Some(RootBy::Guess) if root.len() > 1 => {
            parts.push("a guess puts them together".to_owned());
        }
        _ => {}
    }
    let path = item.path.display();
    let mut out = format!("  {}\n    {}; {path}", heading.line(), parts.join(", "));
    if verbose && (root.len() > 1 || heading.is_root()) {
        for item in root {
            out.push_str(&format!("\n    {}", item.line()));
        }
    }
    out
}

impl Display for Listing<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            group.write(f)?;
        }
        if !self.breaches.is_empty() {
            let races = self.breaches.iter().all(|i| i.kind == Kind::DataRace);
            let what = if races { "raced" } else { "raced or failed" };
            let ways = count(self.breaches.len(), "way");
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
            let races = count(self.not_stored, "more race");
            let were = if self.not_stored == 1 { "was" } else { "were" };
            writeln!(f, "\n{races} of the same breaches of contract {were} not stored")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Blame, Known, Reported, State};

    fn item(class: Class, signature: &str, lines: Option<usize>) -> Item {
        item_on("go1.21.13", class, signature, lines)
    }

    fn item_on(go: &str, class: Class, signature: &str, lines: Option<usize>) -> Item {
        Item {
            title: signature.replace("data-race: go/types.", "data race: "),
            kind: Kind::DataRace,
            class,
            heading: Known::shipped().bare_heading(
                signature,
                Kind::DataRace,
                signature,
                &signature.replace("data-race: go/types.", "data race: "),
                go,
            ),
            is_unconfirmed: false,
            times: Some(3),
            notes: vec!["reproduced 5 of 5".to_owned()],
            go_version: go.to_owned(),
            learned: Learned { lines, ..Learned::default() },
            path: format!("crashes/{}", signature.len()).into(),
        }
    }

    fn numbered(class: Class, n: usize) -> Vec<Item> {
        (0..n).map(|i| item(class, &format!("data-race: go/types.f{i} / g"), None)).collect()
    }

    /// A finding with a root.
    fn of_root(id: &str, by: RootBy, class: Class, signature: &str) -> Item {
        let mut item = item(class, signature, None);
        item.heading = Heading {
            id: id.to_owned(),
            title: format!("race that {id} stands for"),
            known: by != RootBy::Guess,
            by: Some(by),
            issues: Vec::new(),
            unlisted: false,
        };
        item
    }

    /// Roots: known ones with and without an issue, a guess.
    fn roots() -> Vec<Item> {
        let (patch, guess) = (RootBy::Patch, RootBy::Guess);
        let mut all = vec![
            of_root("R8", patch, Class::Unstated, "data-race: c"),
            of_root("R1", patch, Class::Bug, "data-race: a"),
            of_root("R1", patch, Class::Unstated, "data-race: bb"),
            of_root("new: T.f", guess, Class::Bug, "data-race: d"),
            of_root("new: T.f", guess, Class::Bug, "data-race: ee"),
            of_root("R3", patch, Class::Bug, "data-race: f"),
            of_root("R1", patch, Class::Breach, "data-race: g"),
            Item { is_unconfirmed: true, ..of_root("R1", patch, Class::Bug, "data-race: h") },
        ];
        all[0].learned.blame = Some(Blame::Target);
        all[1].learned.lines = Some(3);
        all[2].learned = Learned {
            blame: None,
            lines: Some(5),
            is_unfinished: true,
            standalone: Some([9, 10]),
            since: Some("go1.24.11".to_owned()),
        };
        all[5].heading.issues =
            vec![Reported { issue: 79035.into(), state: Some(State::Open), also: vec![7.into()] }];
        all
    }

    #[test]
    fn roots_stand_together() {
        insta::assert_snapshot!(Listing::new(&roots(), false).to_string());
    }

    #[test]
    fn roots_verbose() {
        insta::assert_snapshot!(Listing::new(&roots(), true).to_string());
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
            item_on("go1.27.3", Class::Bug, unpack, None),
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
                    // Rows of roots have two lines, so that one line may be left.
                    let fits = lines == whole.min(36) || whole > 36 && lines == 35;
                    assert!(fits, "{new} {unstated} {doubtful}:\n{text}");
                    assert_eq!(text.contains(" more: typerace report"), lines < whole, "{text}");
                }
            }
        }
    }
}
