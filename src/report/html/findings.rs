//! A finding on a card: the rules of its class, both stacks with their source lines, the
//! program, and its report.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{code, markup};
use crate::checker::Checker;
use crate::finding::{Blame, Finding, Frame, Stack, owner};

/// A finding with the contents of its crash directory.
#[derive(Clone, Debug)]
pub struct PageFinding {
    /// The finding.
    pub finding: Finding,
    /// The smallest test case there is.
    pub testcase: String,
    /// Whether that is the minimized test case.
    pub minimized: bool,
    /// What the tool said about it.
    pub report: String,
    /// Lines of source, by file as frames name it, and line number.
    pub source: BTreeMap<(String, u32), String>,
}

/// Frames of a stack. The report has all of them.
const FRAMES: usize = 5;
/// A deadlock can have many stacks.
const STACKS: usize = 4;

/// What a card says about its finding.
pub(super) fn body(out: &mut String, page: &PageFinding) {
    let f = &page.finding;
    let _ = writeln!(out, "<p>{}<br/><code>{}</code></p>", markup(&f.title), markup(&f.signature));
    for rule in &f.rules {
        let tag = if rule.source.is_quotation() { "blockquote" } else { "p" };
        let remarks = [rule.remarks(), rule.elements.join(", ")];
        let remarks: Vec<_> = remarks.iter().filter(|r| !r.is_empty()).map(|r| markup(r)).collect();
        let _ = writeln!(
            out,
            "<{tag}>{} <small>{}</small></{tag}>",
            markup(&rule.sentence()),
            remarks.join(" · ")
        );
    }
    out.push_str("<div class=\"sides\">\n");
    for s in f.stacks.iter().take(STACKS) {
        stack(out, s, page);
    }
    out.push_str("</div>\n");
    if f.stacks.len() > STACKS {
        let _ = writeln!(out, "<p><small>{} more stacks</small></p>", f.stacks.len() - STACKS);
    }
    let name = if page.minimized { "Program, minimized" } else { "Program, as found" };
    let lines = page.testcase.lines().count();
    let open = if lines <= 40 { " open" } else { "" };
    let _ = writeln!(
        out,
        "<details{open}><summary>{name} ({lines} lines)</summary><pre>{}</pre></details>",
        code::testcase(&page.testcase)
    );
    if !f.origin.history.is_empty() {
        let steps: String = f
            .origin
            .history
            .iter()
            .map(|s| format!("<li>{}</li>", markup(&s.to_string())))
            .collect();
        let _ = writeln!(
            out,
            "<details><summary>History, {} steps</summary><ol>{steps}</ol></details>",
            f.origin.history.len()
        );
    }
    let _ = writeln!(
        out,
        "<details><summary>Report</summary><pre>{}</pre></details>",
        markup(&page.report)
    );
}

fn stack(out: &mut String, stack: &Stack, page: &PageFinding) {
    let _ = writeln!(out, "<div><h4>{}</h4>", markup(&stack.of));
    let shown = stack.frames.len().min(FRAMES);
    if page.finding.blame == Blame::Target {
        // Its source is not read, and a line of a package that it calls would mislead.
        if let Some(f) = stack.frames.iter().find(|f| owner(&f.function) == Blame::Target) {
            let (function, file) = (markup(&f.function), markup(&f.file));
            let _ =
                writeln!(out, "<p><code>{function}</code> <small>{file}:{}</small></p>", f.line);
        }
    } else if let Some(lines) = quoted(stack, page) {
        out.push_str(&lines);
    }
    let _ = writeln!(out, "<pre>{}</pre>", frames(&stack.frames[..shown]));
    let rest = stack.frames.len() - shown;
    if rest > 0 {
        let _ = writeln!(out, "<small>{rest} more in the report</small>");
    }
    out.push_str("</div>\n");
}

/// The lines of a stack's most telling frame whose source is there.
fn quoted(stack: &Stack, page: &PageFinding) -> Option<String> {
    let has = |f: &&Frame| source(page, f).is_some();
    let library = stack.frames.iter().filter(|f| Checker::of(&f.function).is_some()).find(has);
    // First the frame that the signature names, then one outside of the standard library.
    let module = stack.frames.iter().filter(|f| is_module(&f.file)).find(has);
    excerpt(page, library.or(module).or_else(|| stack.frames.iter().find(has))?)
}

/// Whether a file is a module's: their paths start with a domain name.
fn is_module(file: &str) -> bool {
    file.split_once('/').is_some_and(|(first, _)| first.contains('.'))
}

fn frames(frames: &[Frame]) -> String {
    frames
        .iter()
        .map(|f| {
            format!(
                "{}\n    <span class=\"c\">{}:{}</span>\n",
                markup(&f.function),
                markup(&f.file),
                f.line
            )
        })
        .collect()
}

fn source<'a>(page: &'a PageFinding, frame: &Frame) -> Option<&'a str> {
    page.source.get(&(frame.file.clone(), frame.line)).map(String::as_str)
}

/// The line that a frame names, with the lines around it.
fn excerpt(page: &PageFinding, frame: &Frame) -> Option<String> {
    source(page, frame)?;
    let mut out = String::from("<pre>");
    for line in frame.line.saturating_sub(3)..=frame.line.saturating_add(3) {
        let Some(text) = page.source.get(&(frame.file.clone(), line)) else { continue };
        // After a line number, tab stops would be off.
        let text = format!("{line:>5}  {}", code::go(&text.replace('\t', "    ")));
        if line == frame.line {
            let _ = writeln!(out, "<span class=\"here\">{text}</span>");
        } else {
            let _ = writeln!(out, "{text}");
        }
    }
    let _ = writeln!(out, "</pre><small>{}</small>", markup(&frame.file));
    Some(out)
}
