//! Roots: one card each, with the finding that stands for it; the others are rows of a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::findings::{PageFinding, body};
use super::{Page, filter, heading, markup, missing};
use crate::finding::{Finding, Heading, Kind, OnRelease, RootBy, again, since};
use crate::report::rate;
use crate::report::roots::rank;
use crate::scenario::Class;
use crate::words::count;

/// The rows of all cards together, so that the page stays small.
const ROWS: usize = 1500;
/// The rows that every card may have.
const FEWEST: usize = 10;

/// A root with its findings.
#[derive(Clone, Debug)]
pub struct PageRoot {
    /// What it is.
    pub heading: Heading,
    /// Its gravest class.
    pub class: Class,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// The one that stands for it.
    pub shown: PageFinding,
}

/// How many there are of each kind, as in the list for a terminal.
#[must_use]
pub fn counts(page: &Page) -> String {
    let mut groups = [0; 4];
    for root in &page.roots {
        let rank = usize::from(rank(&root.heading, root.class));
        // Each finding without a root stands for itself.
        groups[rank] += if rank == 2 { root.findings.len() } else { 1 };
    }
    let [new, known, open, unstated] = groups;
    let counted = [
        (new, "new root", ""),
        (known, "known root", ""),
        (open, "finding", " without a root so far"),
        (unstated, "unstated root", ""),
        (page.unconfirmed.len(), "unconfirmed finding", ""),
    ];
    let mut parts: Vec<String> = counted
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, what, more)| format!("{}{more}", count(n, what)))
        .collect();
    if !page.breaches.is_empty() {
        parts.push(format!("{} to break the contract", count(page.breaches.len(), "way")));
    }
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

pub(super) fn section(out: &mut String, page: &Page) {
    heading(out, "findings", "Findings");
    if page.findings().next().is_none() {
        return missing(out, "Nothing was found.");
    }
    let mut tally: BTreeMap<(Class, Kind), usize> = BTreeMap::new();
    for f in page.findings() {
        *tally.entry((f.class, f.kind)).or_default() += 1;
    }
    let counts: Vec<String> =
        tally.iter().map(|((class, kind), n)| format!("{n} {kind} ({class})")).collect();
    let _ = writeln!(out, "<p>{}</p>", markup(&counts.join(" · ")));
    let _ = writeln!(
        out,
        "<p>A root is what one change of go/types ends. The crash directories are in <code>{}\
         </code>.</p>",
        markup(&page.folder)
    );
    filter::form(out, page);
    for root in &page.roots {
        card(out, root, (ROWS / page.roots.len()).max(FEWEST));
    }
    let unconfirmed = "Seen once and never again";
    table_card(out, "unconfirmed", unconfirmed, &page.unconfirmed);
    let breaches = "Breaches of contract, which raced or failed as they should";
    table_card(out, "breaches", breaches, &page.breaches);
    out.push_str("</section>\n");
}

fn card(out: &mut String, root: &PageRoot, rows: usize) {
    let Heading { title, .. } = &root.heading;
    let name = root.heading.name();
    let searched = format!("{name} {title}").to_lowercase();
    let _ = writeln!(
        out,
        "<article class=\"card\" id=\"{}\" data-text=\"{}\">\n<h3>{}</h3>\n<div class=\"tags\">",
        markup(&root.heading.id),
        markup(&searched),
        markup(title)
    );
    tags(out, root);
    out.push_str("</div>\n");
    body(out, &root.shown);
    releases(out, &root.shown.finding.releases);
    let open = if root.findings.len() > 1 { " open" } else { "" };
    let signatures = count(root.findings.len(), "signature");
    let _ = writeln!(out, "<details{open}><summary>{signatures}</summary>");
    table(out, &root.findings, rows);
    out.push_str("</details>\n</article>\n");
}

fn tag(out: &mut String, class: &str, text: &str) {
    let _ = write!(out, "<span class=\"tag {class}\">{}</span>", markup(text));
}

fn tags(out: &mut String, root: &PageRoot) {
    let heading = &root.heading;
    tag(out, root.class.as_str(), root.class.as_str());
    if !heading.is_root() {
        tag(out, "", "no root determined");
    } else if !heading.known {
        tag(out, "bad", "new");
    } else if !heading.is_issue() {
        tag(out, "", &heading.id);
    }
    for reported in &heading.issues {
        let text = markup(&reported.to_string());
        match reported.issue.url().map(|url| markup(&url)) {
            Some(url) => {
                let _ = write!(
                    out,
                    "<a class=\"tag known\" href=\"{url}\" rel=\"noreferrer\">{text}</a>"
                );
            }
            None => {
                let _ = write!(out, "<span class=\"tag known\">{text}</span>");
            }
        }
    }
    if heading.known && heading.issues.is_empty() {
        tag(out, "", "not reported");
    }
    if heading.by == Some(RootBy::Guess) {
        tag(out, "", "a guess");
    }
    let f = &root.shown.finding;
    tag(out, "", &again(f.reproduced.unwrap_or_default()));
    if f.sequential {
        tag(out, "", "one goroutine alone");
    }
    if let Some(go) = since(&f.releases) {
        tag(out, "", &format!("since {go}"));
    }
}

fn releases(out: &mut String, tried: &[OnRelease]) {
    if tried.is_empty() {
        return;
    }
    out.push_str("<details><summary>On other releases</summary><div class=\"scroll\"><table>");
    for r in tried {
        let shown = match (&r.instead, &r.not_run) {
            (_, Some(why)) => format!("not run: {why}"),
            (Some(i), _) => format!("{} of {}: {}", i.hits, r.reproduced[1], i.signature),
            _ => rate(Some(r.reproduced)),
        };
        let _ =
            writeln!(out, "<tr><td>{}</td><td>{}</td></tr>", markup(&r.go_version), markup(&shown));
    }
    out.push_str("</table></div></details>\n");
}

/// Findings that have no card of their own.
fn table_card(out: &mut String, id: &str, title: &str, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<article class=\"card\" id=\"{id}\" data-text=\"\">\n<details><summary>{title} \
         ({})</summary>",
        findings.len()
    );
    table(out, findings, ROWS);
    out.push_str("</details>\n</article>\n");
}

/// A table of at most `rows` findings.
fn table(out: &mut String, findings: &[Finding], rows: usize) {
    out.push_str(
        "<div class=\"scroll\"><table><tr><th>signature</th><th>class</th><th>Go</th>\
         <th>reproduced</th><th>crash directory</th></tr>\n",
    );
    for f in findings.iter().take(rows) {
        let _ = writeln!(
            out,
            "<tr class=\"row\" data-class=\"{class}\" data-kind=\"{}\" data-go=\"{go}\">\
             <td>{}</td><td>{class}</td><td>{go}</td><td>{}</td><td><code>{}</code></td></tr>",
            f.kind,
            markup(&f.signature),
            rate(f.reproduced),
            markup(&f.id),
            class = f.class,
            go = markup(&f.origin.go_version),
        );
    }
    if findings.len() > rows {
        let more = findings.len() - rows;
        let _ = writeln!(
            out,
            "<tr><td colspan=5>{more} more: <code>typerace report --verbose</code></td></tr>"
        );
    }
    out.push_str("</table></div>\n");
}
