//! Which functions of go/types were reached, as a heat map.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{heading, markup, missing};

/// A function and how much of it ran.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionCoverage {
    /// `named.go`.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// `(*Named).unpack`.
    pub name: String,
    /// Share of its statements that ran, percent.
    pub percent: f64,
}

/// The functions of go/types.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// By file and line.
    pub functions: Vec<FunctionCoverage>,
    /// Share of all statements that ran, percent.
    pub total: f64,
    /// What ran, and on which Go; may be empty.
    pub of: String,
}

impl Coverage {
    /// Reads what `go tool cover -func` prints.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut coverage = Coverage::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [place, name, percent] = words[..] else { continue };
            let Some(percent) = percent.strip_suffix('%').and_then(|p| p.parse::<f64>().ok())
            else {
                continue;
            };
            if place == "total:" {
                coverage.total = percent;
                continue;
            }
            let mut parts = place.split(':');
            let file = parts.next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
            let line = parts.next().and_then(|l| l.parse().ok()).unwrap_or(0);
            // The probes that typerace adds are not part of go/types.
            if file.ends_with(".go") && !file.starts_with("zz_typerace") {
                let (file, name) = (file.to_owned(), name.to_owned());
                coverage.functions.push(FunctionCoverage { file, line, name, percent });
            }
        }
        coverage
    }
}

pub(super) fn section(out: &mut String, coverage: Option<&Coverage>) {
    heading(out, "coverage", "Coverage of go/types");
    let Some(coverage) = coverage.filter(|c| !c.functions.is_empty()) else {
        return missing(
            out,
            "Not measured: <code>--cover</code> runs the corpus in a build with Go's coverage, \
             <code>--coverage FILE</code> takes what <code>go tool cover -func</code> prints.",
        );
    };
    let all = coverage.functions.len();
    let reached = coverage.functions.iter().filter(|f| f.percent > 0.0).count();
    let of = match coverage.of.as_str() {
        "" => String::new(),
        of => format!(" by {}", markup(of)),
    };
    let _ = writeln!(
        out,
        "<p>{:.1} % of the statements{of}. {reached} of {all} functions are reached. A square is a \
         function, in the order of the file: <span class=\"map key\"><span class=\"cold\"></span> no \
         input reaches it, {} some of its statements run, {} all of them.</span></p>",
        coverage.total,
        square(30.0, ""),
        square(100.0, "")
    );
    let mut files: BTreeMap<&str, Vec<&FunctionCoverage>> = BTreeMap::new();
    for f in &coverage.functions {
        files.entry(&f.file).or_default().push(f);
    }
    missed(out, &files, all - reached);
    out.push_str("<div class=\"files\">\n");
    for (file, functions) in &files {
        file_map(out, file, functions);
    }
    out.push_str("</div></section>\n");
}

/// The functions that no input reaches.
fn missed(out: &mut String, files: &BTreeMap<&str, Vec<&FunctionCoverage>>, count: usize) {
    if count == 0 {
        return;
    }
    let _ =
        writeln!(out, "<details><summary>{count} functions that no input reaches</summary><dl>");
    for (file, functions) in files {
        let names: Vec<&str> =
            functions.iter().filter(|f| f.percent == 0.0).map(|f| f.name.as_str()).collect();
        if !names.is_empty() {
            let _ = writeln!(
                out,
                "<dt><code>{}</code></dt><dd><code>{}</code></dd>",
                markup(file),
                markup(&names.join(", "))
            );
        }
    }
    out.push_str("</dl></details>\n");
}

/// One file: its squares, and a table of its functions that unfolds.
fn file_map(out: &mut String, file: &str, functions: &[&FunctionCoverage]) {
    let mean = functions.iter().map(|f| f.percent).sum::<f64>() / functions.len() as f64;
    let reached = functions.iter().filter(|f| f.percent > 0.0).count();
    let _ = write!(
        out,
        "<details class=\"file\"><summary><code>{}</code> <small>{mean:.0} % · {reached}/{}</small>\
         <span class=\"map\">",
        markup(file),
        functions.len()
    );
    for f in functions {
        let text = format!("{} (line {}): {:.0} %", f.name, f.line, f.percent);
        out.push_str(&square(f.percent, &text));
    }
    out.push_str("</span></summary><table>\n");
    for f in functions {
        let class = if f.percent == 0.0 { "num bad" } else { "num" };
        let _ = writeln!(
            out,
            "<tr><td class=\"num\">{}</td><td><code>{}</code></td><td class=\"{class}\">{:.0} %</td></tr>",
            f.line,
            markup(&f.name),
            f.percent
        );
    }
    out.push_str("</table></details>\n");
}

/// A function's square: cold if no input reaches it, and warmer the more of it runs.
fn square(percent: f64, text: &str) -> String {
    let title = match text {
        "" => String::new(),
        text => format!(" title=\"{}\"", markup(text)),
    };
    if percent == 0.0 {
        return format!("<span class=\"cold\"{title}></span>");
    }
    // Even a little coverage must stand out from the background.
    let heat = 20.0 + percent * 0.8;
    format!("<span style=\"--heat:{heat:.0}%\"{title}></span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tool_is_read() {
        let text = "go/types/alias.go:60:\t\tNewAlias\t\t100.0%\n\
                    go/types/zz_typerace.go:9:\ttyperaceProbe\t0.0%\n\
                    /r/src/go/types/named.go:105:\t(*Named).unpack\t\t42.5%\n\
                    total:\t\t(statements)\t\t61.3%\n\nnoise\n";
        let c = Coverage::parse(text);
        let of: Vec<_> = c.functions.iter().map(|f| (f.file.as_str(), f.line, f.percent)).collect();
        assert_eq!(of, [("alias.go", 60, 100.0), ("named.go", 105, 42.5)]);
        assert_eq!(c.total, 61.3);
        let mut out = String::new();
        section(&mut out, Some(&c));
        assert!(out.contains("2 of 2 functions are reached"), "{out}");
        assert!(!out.contains("that no input reaches</summary>"), "{out}");
        let cold = FunctionCoverage { percent: 0.0, ..c.functions[1].clone() };
        let c = Coverage { functions: vec![cold, c.functions[0].clone()], ..c };
        let mut out = String::new();
        section(&mut out, Some(&c));
        assert!(out.contains("1 functions that no input reaches"), "{out}");
        assert!(
            out.contains("<dt><code>named.go</code></dt><dd><code>(*Named).unpack</code></dd>")
        );
    }
}
