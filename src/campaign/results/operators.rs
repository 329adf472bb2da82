//! The operators' figures as a table for people.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::mutators::OperatorStats;

/// One row of the operator table at the end of a campaign.
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

/// Rows shown for the operators that yielded most, and for those that yielded least.
const TOP: usize = 10;
const BOTTOM: usize = 5;

/// The operators that yielded most and least, with a line for all of them; `--json` has every row.
/// A mutant counts for each operator that helped to make it.
pub(super) struct OperatorTable<'a>(pub &'a [Row]);

impl Display for OperatorTable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<&Row> = self.0.iter().collect();
        // The sort is stable: rows with the same yield keep the list's order.
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
            // Rounding would show 99.96 % as 100 %.
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
