//! A campaign over time, as small charts.

use std::fmt::Write as _;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{heading, markup, missing};

/// One line of `fuzz --jsonl`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Sample {
    /// Seconds since the campaign's start. Every line has them, so a file without is another one.
    pub seconds: f64,
    /// Executions.
    #[serde(default)]
    pub execs: u64,
    /// Corpus entries.
    #[serde(default)]
    pub corpus: u64,
    /// Counters of go/types that were hit.
    #[serde(default)]
    pub coverage: u64,
    /// All counters of go/types.
    #[serde(default)]
    pub counters: u64,
    /// Distinct findings.
    #[serde(default)]
    pub findings: u64,
    /// Whether it is the last line, which says how the campaign ended.
    #[serde(default, rename = "end", deserialize_with = "is_there")]
    pub is_end: bool,
}

fn is_there<'de, D: Deserializer<'de>>(end: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(end).map(|_| true)
}

/// Points of a chart: enough for a wide screen.
const POINTS: usize = 400;
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 140.0;

pub(super) fn section(out: &mut String, samples: &[Sample], summary: Option<&Value>) {
    heading(out, "campaign", "Campaign");
    if let Some(s) = summary {
        facts(out, s);
    }
    if let Some(few) = too_few(samples) {
        let text = format!("{few}: <code>fuzz --jsonl FILE</code> writes one every second.");
        return missing(out, &text);
    }
    out.push_str("<div class=\"curves\">\n");
    // At its end, a campaign works on its roots and executes nothing more.
    let speeds = samples.windows(2).filter(|w| !w[1].is_end).map(|w| {
        let time = w[1].seconds - w[0].seconds;
        let rate = w[1].execs.saturating_sub(w[0].execs) as f64 / time;
        (w[1].seconds, if time > 0.0 { rate } else { 0.0 })
    });
    let of = |value: fn(&Sample) -> u64| -> Vec<(f64, f64)> {
        samples.iter().map(|s| (s.seconds, value(s) as f64)).collect()
    };
    chart(out, "Counters reached", &of(|s| s.coverage));
    chart(out, "Corpus entries", &of(|s| s.corpus));
    chart(out, "Executions per second", &speeds.collect::<Vec<_>>());
    chart(out, "Findings", &of(|s| s.findings));
    out.push_str("</div></section>\n");
}

/// What to say instead of curves if there are not enough points for them.
#[must_use]
pub fn too_few(samples: &[Sample]) -> Option<&'static str> {
    match samples {
        [] => Some("No samples"),
        [_] => Some("One sample only, too few for a curve"),
        _ => None,
    }
}

fn facts(out: &mut String, summary: &Value) {
    let number = |key: &str| summary[key].as_f64();
    let mut facts = Vec::new();
    if let (Some(execs), Some(seconds)) = (number("execs"), number("seconds")) {
        facts.push(format!("{execs} executions in {seconds:.0} s"));
    }
    if let Some(rate) = number("execs_per_second") {
        facts.push(format!("{rate:.0} a second"));
    }
    if let (Some(hit), Some(total)) =
        (summary["coverage"]["hit"].as_u64(), summary["coverage"]["total"].as_u64())
    {
        facts.push(format!("{hit} of {total} counters"));
    }
    if let Some(valid) = number("valid_percent") {
        facts.push(format!("{valid:.1} % of inputs type-check"));
    }
    if let Some(go) = summary["go_version"].as_str() {
        facts.push(go.to_owned());
    }
    let _ = writeln!(out, "<p>{}</p>", markup(&facts.join(" · ")));
}

fn chart(out: &mut String, name: &str, points: &[(f64, f64)]) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let most = points.iter().map(|p| p.1).fold(0.0, f64::max);
    let span = (last.0 - first.0).max(f64::MIN_POSITIVE);
    let step = points.len().div_ceil(POINTS).max(1);
    let mut line = String::new();
    // Always draw the last point.
    let cut = !(points.len() - 1).is_multiple_of(step);
    for (x, y) in points.iter().step_by(step).chain(cut.then_some(last)) {
        let x = (x - first.0) / span * WIDTH;
        let y = if most > 0.0 { HEIGHT - y / most * (HEIGHT - 8.0) - 2.0 } else { HEIGHT - 2.0 };
        let _ = write!(line, "{x:.1},{y:.1} ");
    }
    let top = if most > last.1 { format!(", at most {most:.0}") } else { String::new() };
    let label = format!("{name}: {:.0}{top}", last.1);
    let _ = writeln!(
        out,
        "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{}\" preserveAspectRatio=\"none\"><polyline points=\"{}\"/></svg></figure>",
        markup(&label),
        markup(&label),
        line.trim_end()
    );
}
