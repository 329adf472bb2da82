//! The operators' figures as a table for people.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::mutators::OperatorStats;

/// One row of the operator table that a campaign ends with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The operator; `generate` is the generator.
    pub name: String,
    /// Counts.
    #[serde(flatten)]
    pub stats: OperatorStats,
    /// Share of its mutants that parse.
    pub parsed_percent: f64,
    /// Share of its mutants that type-check.
    pub checked_percent: f64,
}

/// Rows shown of those that yielded most, and of those that yielded least.
const TOP: usize = 10;
const BOTTOM: usize = 5;

/// The operators that yielded most and least, with a line over all; `--json`
/// has every row. A mutant counts for each operator that had a part in it.
pub(super) struct OperatorTable<'a>(pub &'a [Row]);

impl Display for OperatorTable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<&Row> = self.0.iter().collect();
        // Stable: what yields the same stays in the list's order.
        rows.sort_by_key(|r| {
            let s = &r.stats;
            (std::cmp::Reverse((s.findings, s.new_coverage)), s.made)
        });
        writeln!(
            f,
            "{:<24} {:>8} {:>8} {:>12} {:>13} {:>9}",
            "operator", "mutants", "parse %", "type-check %", "new coverage", "findings"
        )?;
        let hidden = rows.len().saturating_sub(TOP + BOTTOM);
        for (i, r) in rows.iter().enumerate() {
            if hidden > 0 && i == TOP {
                writeln!(f, "… {hidden} more, all with --json")?;
            }
            if hidden > 0 && (TOP..TOP + hidden).contains(&i) {
                continue;
            }
            let s = &r.stats;
            // Rounded, 99.96 % would read as all.
            let parsed = (r.parsed_percent * 10.0).floor() / 10.0;
            writeln!(
                f,
                "{:<24} {:>8} {:>8.1} {:>12.1} {:>13} {:>9}",
                r.name, s.made, parsed, r.checked_percent, s.new_coverage, s.findings
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(i: u64) -> Row {
        let stats = OperatorStats {
            made: 100 + i,
            parsed: 100 + i,
            checked: 70,
            new_coverage: i % 7,
            findings: u64::from(i == 3),
        };
        let checked_percent = stats.percent(stats.checked);
        Row { name: format!("operator {i}"), stats, parsed_percent: 99.96, checked_percent }
    }

    #[test]
    fn what_yields_most_stands_first() {
        let rows: Vec<Row> = (0..20).map(row).collect();
        insta::assert_snapshot!(OperatorTable(&rows).to_string());
        let few: Vec<Row> = (0..15).map(row).collect();
        assert_eq!(OperatorTable(&few).to_string().lines().count(), 16);
    }
}
