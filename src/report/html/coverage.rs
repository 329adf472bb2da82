//! Which functions of go/types were reached, as a heat map.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{escape, heading, missing};

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
            // The probes that typerace adds are no part of go/types.
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
        return missing(out, "Not measured: <code>report --html FILE --coverage</code> does.");
    };
    let all = coverage.functions.len();
    let reached = coverage.functions.iter().filter(|f| f.percent > 0.0).count();
    let _ = writeln!(
        out,
        "<p>{:.1} % of the statements, {reached} of {all} functions. A square is a function: the \
         fuller, the more of its statements ran.</p>",
        coverage.total
    );
    let mut files: BTreeMap<&str, Vec<&FunctionCoverage>> = BTreeMap::new();
    for f in &coverage.functions {
        files.entry(&f.file).or_default().push(f);
    }
    for (file, functions) in files {
        let mean = functions.iter().map(|f| f.percent).sum::<f64>() / functions.len() as f64;
        let _ = writeln!(
            out,
            "<details><summary><span class=\"bar\"><i style=\"width:{mean:.0}%\"></i></span> \
             <code>{}</code> {mean:.0} % of {} functions</summary>",
            escape(file),
            functions.len()
        );
        let missed: Vec<&str> =
            functions.iter().filter(|f| f.percent == 0.0).map(|f| f.name.as_str()).collect();
        if !missed.is_empty() {
            let _ =
                writeln!(out, "<p>Never reached: <code>{}</code></p>", escape(&missed.join(", ")));
        }
        out.push_str("</details>\n<div class=\"map\">");
        for f in functions {
            let text = format!("{} (line {}): {:.0} %", f.name, f.line, f.percent);
            let style = if f.percent == 0.0 {
                "background:var(--bad)".to_owned()
            } else {
                format!("background:color-mix(in srgb,var(--good) {:.0}%,var(--panel))", f.percent)
            };
            let _ = write!(out, "<span style=\"{style}\" title=\"{}\"></span>", escape(&text));
        }
        out.push_str("</div>\n");
    }
    out.push_str("</section>\n");
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
        assert!(out.contains("2 of 2 functions"), "{out}");
    }
}
