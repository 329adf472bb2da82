//! A test case with its operations run against themselves and against their readers, as the sense's
//! directed runs do: code that two goroutines run at the same time races if it is not guarded, and
//! code that one of them runs does not.

use super::gauge::Gauge;
use crate::campaign::corpus::stored::CorpusError;
use crate::campaign::fuzz::directed::mirrored;
use crate::harness::{Place, Site};
use crate::scenario::{Family, Meet, Scenario};
use crate::sense::Lead;
use crate::testcase::SourceCase;

/// The mirrored forms of a test case.
pub(super) fn of(gauge: &mut Gauge, case: &SourceCase) -> Result<Vec<SourceCase>, CorpusError> {
    let Some(scenario) = &case.scenario else { return Ok(Vec::new()) };
    let mut leads: Vec<(Place, Option<Place>)> = Vec::new();
    for (i, operations) in scenario.go.iter().enumerate() {
        let place = |operation| Place { goroutine: i + 1, operation };
        leads.extend((0..operations.len()).map(|o| (place(o), None)));
    }
    for (writer, reader) in gauge.meetings(case)? {
        if !leads.contains(&(writer, Some(reader))) {
            leads.push((writer, Some(reader)));
        }
    }
    let mut all = before(scenario);
    for (writer, reader) in leads {
        let lead = Lead { site: Site::default(), writer, reader, between: 0, locked: false };
        for scenario in mirrored(scenario, &lead) {
            if !all.contains(&scenario) {
                all.push(scenario);
            }
        }
    }
    let with = |scenario| SourceCase { scenario: Some(scenario), ..case.clone() };
    Ok(all.into_iter().map(with).collect())
}

/// Each operation of `before` that works on packages, in two goroutines, after what comes before it.
fn before(from: &Scenario) -> Vec<Scenario> {
    let works = |at: &usize| match from.before[*at].row().family {
        Family::Check | Family::Eval | Family::Instantiate | Family::Query | Family::Export => true,
        Family::Other => false,
    };
    let twice = |at: usize| {
        let mut scenario = Scenario { schedule: None, oracle: false, rounds: None, ..from.clone() };
        scenario.meet.insert(Meet::Start);
        scenario.before.truncate(at);
        scenario.go = vec![vec![from.before[at].clone()]; 2];
        scenario
    };
    (0..from.before.len()).filter(works).map(twice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_before_runs_twice_at_once() {
        let text = "share context\noracle sequential\nbefore check lib ; check a\ngo walk methods a\n\
                    go walk string a";
        let from = Scenario::parse(text).unwrap().unwrap();
        let texts: Vec<String> = before(&from).iter().map(Scenario::to_string).collect();
        assert_eq!(texts.len(), 2);
        assert!(texts[0].contains("share context") && !texts[0].contains("oracle"), "{}", texts[0]);
        assert!(
            texts[0].ends_with("meet start\ngo     check lib\ngo     check lib\n"),
            "{}",
            texts[0]
        );
        assert!(
            texts[1].contains("before check lib\ngo     check a\ngo     check a\n"),
            "{}",
            texts[1]
        );
    }
}
