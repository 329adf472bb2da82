//! Describes a race from its report and the toolchain's sources: which line writes, which line
//! reads, and which locks each side holds.

use crate::finding::{Blame, Finding, Frame, Side, findings, owner, race_reports};
use crate::finding::{End, Observed, Origin};
use crate::scenario::Scenario;
use crate::triage::Quotes;

/// The finding's own report in report.txt. If the finding is not a race, the start of the text.
#[must_use]
pub fn report(finding: &Finding, text: &str) -> String {
    let scenario = Scenario::default();
    let origin = Origin::default();
    for r in race_reports(text) {
        let whole = format!("==================\n{}\n==================\n", r.raw);
        let seen = findings(&Observed {
            reports: &whole,
            end: End::Replied,
            panics: &[],
            scenario: &scenario,
            sequential: false,
            origin: &origin,
        });
        if seen.iter().any(|f| f.id == finding.id) {
            return whole;
        }
    }
    const MOST: usize = 120;
    // The message of a fatal error comes after earlier race reports.
    let start = ["fatal error: ", "panic: ", "goroutine "]
        .iter()
        .find_map(|m| {
            if text.starts_with(m) { Some(0) } else { text.find(&format!("\n{m}")).map(|i| i + 1) }
        })
        .unwrap_or(0);
    let lines: Vec<&str> = text[start..].lines().collect();
    let mut out = lines[..lines.len().min(MOST)].join("\n") + "\n";
    if lines.len() > MOST {
        out.push_str(&format!("… {} more lines\n", lines.len() - MOST));
    }
    out
}

/// The pairs of functions that race, as a list: from the signatures of one root.
#[must_use]
pub(super) fn pairs(signatures: &[&str]) -> String {
    let pairs = signatures.iter().filter_map(|s| s.strip_prefix("data-race: "));
    let lines: Vec<String> = pairs
        .map(|pair| {
            let sides: Vec<_> = pair.split(" / ").map(|f| format!("`{f}`")).collect();
            format!("- {}\n", sides.join(" and "))
        })
        .collect();
    match lines.len() {
        0 | 1 => String::new(),
        _ => format!("\nFunctions that race, in reports of this program:\n\n{}", lines.concat()),
    }
}

/// One paragraph for each side of a race. `blame` is the finding's.
#[must_use]
pub fn analysis(report: &str, quotes: &Quotes, blame: Blame) -> String {
    let reports = race_reports(report);
    let Some(race) = reports.first() else { return String::new() };
    if blame == Blame::Target {
        return race.sides.iter().map(of_target).collect();
    }
    let mut out = String::new();
    let mut short_form = Vec::new();
    for side in &race.sides {
        let library =
            |f: &&Frame| f.function.starts_with("go/") || f.function.starts_with("golang.org/x/");
        let Some(frame) = side.stack.iter().find(library) else {
            out.push_str(&format!("- **{}**: the detector lost the stack.\n", side.access));
            continue;
        };
        let place = format!("{}:{}", short(&frame.file), frame.line);
        out.push_str(&format!("- **{}** in `{}`, {place}", side.access, frame.function));
        let source = Source::read(&frame.file, quotes);
        match source.as_ref().and_then(|s| s.line(frame.line)) {
            Some(text) => out.push_str(&format!(":\n  ```go\n  {}\n  ```\n", text.trim())),
            None => out.push('\n'),
        }
        let (held, looked) = held(&side.stack, quotes);
        out.push_str(&format!("  {}\n", locks(&held, looked)));
        let line = source.as_ref().and_then(|s| s.line(frame.line)).unwrap_or_default();
        short_form.push((side.access.to_string(), frame.function.clone(), line.to_owned(), held));
    }
    if let [one, two] = &short_form[..] {
        out.push_str(&in_short(one, two));
    }
    out
}

/// A side of a race in a target: its own place, not that of a package which it calls. Its source is
/// not read, so its locks are not known.
fn of_target(side: &Side) -> String {
    match side.stack.iter().find(|f| owner(&f.function) == Blame::Target) {
        Some(f) => {
            format!("- **{}** in `{}`, {}:{}\n", side.access, f.function, short(&f.file), f.line)
        }
        None => format!("- **{}**: the detector lost the stack.\n", side.access),
    }
}

/// An access, its function, its line and the locks that are held there.
type Access = (String, String, String, Vec<Held>);

/// One sentence: what is written where, and which locks each side holds.
fn in_short(one: &Access, two: &Access) -> String {
    let writes = |a: &Access| a.0.to_lowercase().contains("write");
    let (write, other) = if writes(one) { (one, two) } else { (two, one) };
    let Some(field) = assigned(&write.2) else { return String::new() };
    let with = |a: &Access| match &a.3[..] {
        [] => "no lock".to_owned(),
        held => held.iter().map(|h| format!("`{}`", h.lock)).collect::<Vec<_>>().join(", "),
    };
    let common = write.3.iter().any(|h| other.3.iter().any(|o| o.lock == h.lock));
    let verdict = if common {
        "both hold a lock of one name, so it must be of two objects"
    } else {
        "they have no lock in common"
    };
    format!(
        "- In short: `{field}` is written in `{}` with {} held, and the other side is a {} in `{}` with {} held: {verdict}.\n",
        write.1,
        with(write),
        other.0,
        other.1,
        with(other)
    )
}

/// The left-hand side of an assignment: `check.posStack` for `check.posStack = …`.
fn assigned(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("delete(").or_else(|| line.strip_prefix("clear(")) {
        return rest.split([',', ')']).next();
    }
    let to = match line.split_once(" = ").or_else(|| line.split_once(" += ")) {
        Some((to, _)) => to,
        None => line.strip_suffix("++").or_else(|| line.strip_suffix("--"))?,
    };
    // Keep the map or slice of an element, and drop the `if` before the assignment.
    let to = to.rsplit([';', '{']).next().unwrap_or(to).trim();
    let to = to.split('[').next().unwrap_or(to).trim();
    (!to.is_empty() && !to.contains([' ', '('])).then_some(to)
}

/// A lock that is held.
struct Held {
    lock: String,
    place: String,
}

/// The locks that the calls of a stack hold, judging by the source of their functions, and the
/// number of calls whose source was read.
fn held(stack: &[Frame], quotes: &Quotes) -> (Vec<Held>, usize) {
    let mut held = Vec::new();
    let mut looked = 0;
    for frame in stack.iter().filter(|f| f.function.starts_with("go/")) {
        let Some(source) = Source::read(&frame.file, quotes) else { continue };
        looked += 1;
        for (line, lock) in source.held(frame.line) {
            held.push(Held { place: format!("{}:{line}", short(&frame.file)), lock });
        }
    }
    (held, looked)
}

fn locks(held: &[Held], looked: usize) -> String {
    match (held.is_empty(), looked) {
        (_, 0) => "The toolchain's sources are not here, so its locks are not known.".to_owned(),
        (true, 1) => "No lock is held there by the one call of go/… on this stack.".to_owned(),
        (true, n) => {
            format!("No lock is held there by any of the {n} calls of go/… on this stack.")
        }
        (false, _) => {
            let all: Vec<_> =
                held.iter().map(|h| format!("`{}` (locked in {})", h.lock, h.place)).collect();
            format!("Held there: {}.", all.join(", "))
        }
    }
}

/// `go/types/named.go` for a path below a GOROOT.
fn short(file: &str) -> &str {
    file.rsplit_once("/src/").map_or(file, |(_, f)| f)
}

struct Source(Vec<String>);

impl Source {
    fn read(file: &str, quotes: &Quotes) -> Option<Self> {
        // Reports come from other machines too, so only Go source is read.
        let text = file.contains("/src/go/").then(|| quotes.read(file)).flatten()?;
        Some(Self(text.lines().map(str::to_owned).collect()))
    }

    fn line(&self, line: u32) -> Option<&str> {
        self.0.get((line as usize).checked_sub(1)?).map(String::as_str)
    }

    /// Locks acquired between the start of the function and a line, and not released.
    fn held(&self, line: u32) -> Vec<(usize, String)> {
        let end = (line as usize).saturating_sub(1).min(self.0.len());
        let start = self.0[..end].iter().rposition(|l| l.starts_with("func ")).unwrap_or(end);
        let mut held: Vec<(usize, String)> = Vec::new();
        for (i, text) in self.0.iter().enumerate().take(end).skip(start) {
            let text = text.trim();
            for method in [".Lock()", ".RLock()"] {
                if let Some(lock) = text.strip_suffix(method) {
                    held.push((i + 1, lock.to_owned()));
                }
            }
            if let Some(lock) = text.strip_suffix(".Unlock()").or(text.strip_suffix(".RUnlock()")) {
                // A deferred call runs later.
                held.retain(|(_, l)| l != lock);
            }
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn pairs_are_a_list() {
        assert_eq!(pairs(&["data-race: go/types.a / go/types.b"]), "");
        let two = pairs(&["data-race: go/types.a / go/types.b", "data-race: x / y", "panic: z"]);
        assert!(two.ends_with("\n\n- `go/types.a` and `go/types.b`\n- `x` and `y`\n"), "{two}");
    }

    #[test]
    fn what_a_line_assigns_to() {
        for (line, to) in [
            ("\tcheck.posStack = append(check.posStack, pos)", Some("check.posStack")),
            ("delete(check.objPathIdx, obj)", Some("check.objPathIdx")),
            ("check.objPathIdx[obj] = len(check.objPath)", Some("check.objPathIdx")),
            ("if x { n.y = 1 }", Some("n.y")),
            ("n.count++", Some("n.count")),
            ("return x == y", None),
            ("f(a, b)", None),
        ] {
            assert_eq!(assigned(line), to, "{line}");
        }
    }

    #[test]
    fn sides_locks_and_lines() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("src/go/types");
        fs::create_dir_all(&dir).unwrap();
        let file = dir.join("named.go");
        fs::write(&file, "package types\n\nfunc (n *Named) w() {\n\tn.mu.Lock()\n\tdefer n.mu.Unlock()\n\tn.x = 1\n}\n\nfunc r(n *Named) {\n\tm.Lock()\n\tm.Unlock()\n\t_ = n.x\n}\n").unwrap();
        let file = file.display();
        let text = format!(
            "==================\nWARNING: DATA RACE\nWrite at 0x00c0 by goroutine 8:\n  go/types.(*Named).w()\n      {file}:6 +0x1\n\nPrevious read at 0x00c0 by goroutine 7:\n  go/types.r()\n      {file}:12 +0x1\n\nGoroutine 8 (running) created at:\n  main.f()\n      /x/main.go:1 +0x1\n==================\n"
        );
        let said = analysis(&text, &Quotes::default(), Blame::GoTypes);
        assert!(said.contains("**write** in `go/types.(*Named).w`, go/types/named.go:6"), "{said}");
        assert!(
            said.contains("n.x = 1") && said.contains("`n.mu` (locked in go/types/named.go:4)"),
            "{said}"
        );
        assert!(
            said.contains("**read**") && said.contains("No lock is held there by the one call"),
            "{said}"
        );
        assert!(
            said.contains("In short: `n.x` is written in `go/types.(*Named).w` with `n.mu` held")
                && said.contains("with no lock held: they have no lock in common"),
            "{said}"
        );
        assert_eq!(analysis("nothing", &Quotes::default(), Blame::GoTypes), "");
    }

    #[test]
    fn a_target_is_shown_with_its_own_places() {
        let side = |access: &str| {
            format!(
                "{access} at 0x00c0 by goroutine 8:\n  go/ast.Inspect()\n      /go/src/go/ast/walk.go:361 +0x1\n  example.org/mylint.HoldsLock()\n      /home/me/mylint/lint.go:40 +0x1\n  typerace/harness/internal/engine.run()\n      /x/engine.go:1 +0x1\n\n"
            )
        };
        let text = format!(
            "==================\nWARNING: DATA RACE\n{}{}Goroutine 8 (running) created at:\n  main.f()\n      /x/main.go:1 +0x1\n==================\n",
            side("Write"),
            side("Previous read")
        );
        assert_eq!(
            analysis(&text, &Quotes::default(), Blame::Target),
            "- **write** in `example.org/mylint.HoldsLock`, /home/me/mylint/lint.go:40\n\
             - **read** in `example.org/mylint.HoldsLock`, /home/me/mylint/lint.go:40\n"
        );
    }
}
