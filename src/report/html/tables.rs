//! The toolchain matrix and the operators' figures.

use std::fmt::Write as _;

use serde_json::Value;

use super::{heading, markup, missing};

/// From `regress --json`: a row for each case, a column for each Go.
pub(super) fn matrix(out: &mut String, matrix: Option<&Value>) {
    heading(out, "matrix", "Toolchains");
    let columns = matrix.and_then(|m| m["columns"].as_array()).filter(|c| !c.is_empty());
    let Some(columns) = columns else {
        return missing(out, "No matrix: it comes from <code>regress --json</code>.");
    };
    out.push_str("<div class=\"scroll\"><table><tr><th>case</th>");
    for column in columns {
        let _ = write!(out, "<th>{}</th>", markup(column["label"].as_str().unwrap_or_default()));
    }
    out.push_str("</tr>\n");
    let rows = columns[0]["cases"].as_array().map_or(0, Vec::len);
    for i in 0..rows {
        let name = columns[0]["cases"][i]["case"].as_str().unwrap_or_default();
        let _ = write!(out, "<tr><td>{}</td>", markup(name));
        for column in columns {
            cell(out, column, &column["cases"][i]);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table></div></section>\n");
}

fn cell(out: &mut String, column: &Value, case: &Value) {
    let seen = case["seen"].as_array().map_or(&[][..], Vec::as_slice);
    let runs = case["runs"].as_u64().unwrap_or(0);
    // The most frequent finding and its status.
    let Some(best) = seen.first() else {
        let text = if runs == 0 { "not run" } else { "–" };
        let _ = write!(out, "<td class=\"good\">{text}</td>");
        return;
    };
    let signature = best["finding"]["signature"].as_str().unwrap_or_default();
    let judged = column["verdict"]["findings"].as_array().into_iter().flatten();
    let status = judged
        .filter(|j| j["signature"].as_str() == Some(signature))
        .find_map(|j| j["status"].as_str())
        .unwrap_or_default();
    let class = match status {
        "new" | "worse" => "bad",
        "listed" => "warn",
        _ => "",
    };
    let hits = best["hits"].as_u64().unwrap_or(0);
    let more = if seen.len() > 1 { format!(" +{}", seen.len() - 1) } else { String::new() };
    let _ = write!(
        out,
        "<td class=\"{class}\" title=\"{}\">{} {hits}/{runs}{more}</td>",
        markup(signature),
        markup(status)
    );
}

/// From `fuzz --json`.
pub(super) fn operators(out: &mut String, summary: Option<&Value>) {
    heading(out, "operators", "Operators");
    let rows = summary.and_then(|s| s["operators"].as_array()).filter(|r| !r.is_empty());
    let Some(rows) = rows else {
        return missing(out, "No figures: they come from <code>fuzz --json</code>.");
    };
    let mut rows: Vec<&Value> = rows.iter().collect();
    let count = |row: &Value, key: &str| row[key].as_u64().unwrap_or(0);
    rows.sort_by_key(|r| std::cmp::Reverse((count(r, "findings"), count(r, "new_coverage"))));
    out.push_str(
        "<div class=\"scroll\"><table><tr><th>operator</th><th class=\"num\">mutants</th>\
         <th class=\"num\">parse %</th><th class=\"num\">type-check %</th>\
         <th class=\"num\">new coverage</th><th class=\"num\">findings</th></tr>\n",
    );
    for row in rows {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"num\">{}</td><td class=\"num\">{:.1}</td>\
             <td class=\"num\">{:.1}</td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>",
            markup(row["name"].as_str().unwrap_or_default()),
            count(row, "made"),
            row["parsed_percent"].as_f64().unwrap_or(0.0),
            row["checked_percent"].as_f64().unwrap_or(0.0),
            count(row, "new_coverage"),
            count(row, "findings")
        );
    }
    out.push_str("</table></div></section>\n");
}
