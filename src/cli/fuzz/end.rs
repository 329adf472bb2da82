//! The last line of `fuzz --jsonl`: the campaign's final figures, and how it ended.

use crate::campaign::{Display, End, EndBy, Limits, Summary};
use crate::cli::{Exit, progress};
use crate::escape;

/// What is known at a campaign's start, for its last line.
pub(super) struct Ending {
    pub display: Display,
    pub limits: Limits,
}

impl Ending {
    /// What a campaign ends with that did not fail. Says why if that is not in the summary.
    pub(super) fn exit(&self, summary: &Summary) -> Exit {
        if did_nothing(summary, &self.limits) {
            let seconds = summary.seconds;
            progress(&format!("no test case ran in {seconds:.1} s: give a longer --time"));
        }
        exit(summary, &self.limits)
    }

    /// Writes the line. `summary` is `None` if the campaign failed, and `result` is what the process
    /// ends with.
    ///
    /// # Errors
    /// Those of `result`, or figures that could not be written.
    pub(super) fn tell(
        &self,
        summary: Option<&Summary>,
        result: anyhow::Result<Exit>,
    ) -> anyhow::Result<Exit> {
        let (exit, error) = match &result {
            Ok(exit) => (*exit, None),
            Err(e) => (Exit::of(e), Some(escape::line(&format!("{e:#}")))),
        };
        let by = summary.map_or(EndBy::Error, |summary| ended_by(summary, &self.limits));
        let written = self.display.end_samples(summary, End { by, exit: exit as u8, error });
        // An error of the campaign says more.
        let exit = result?;
        written?;
        Ok(exit)
    }
}

fn exit(summary: &Summary, limits: &Limits) -> Exit {
    match () {
        // The folder was writable at the start, so the disk is full now.
        () if !summary.not_stored.is_empty() || summary.corpus_not_stored > 0 => Exit::Environment,
        () if did_nothing(summary, limits) => Exit::Environment,
        () if summary.findings.is_empty() => Exit::Nothing,
        () => Exit::Findings,
    }
}

/// Whether it ran nothing although it should have: that nothing was found means nothing.
fn did_nothing(summary: &Summary, limits: &Limits) -> bool {
    let is_wanted = limits.execs != Some(0) && !summary.interrupted;
    summary.execs == 0 && summary.findings.is_empty() && is_wanted
}

fn ended_by(summary: &Summary, limits: &Limits) -> EndBy {
    let found = summary.findings.len();
    match () {
        () if summary.interrupted => EndBy::Signal,
        // Without executions, the time was too short for the first entry.
        () if summary.corpus == 0 && summary.execs > 0 => EndBy::EmptyCorpus,
        () if limits.findings.is_some_and(|n| found >= n) => EndBy::Findings,
        () if limits.execs.is_some_and(|n| summary.execs >= n) => EndBy::Execs,
        // Last: a campaign takes some time for its roots after any other limit.
        () => EndBy::Time,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn nothing_done_or_nothing_kept_is_not_green() {
        let limits = Limits::default();
        let quiet = Summary { execs: 10, corpus: 1, ..Summary::default() };
        assert_eq!(exit(&quiet, &limits), Exit::Nothing);
        let lost = Summary { corpus_not_stored: 1, ..quiet.clone() };
        assert_eq!(exit(&lost, &limits), Exit::Environment);
        let idle = Summary { execs: 0, ..quiet };
        assert_eq!(exit(&idle, &limits), Exit::Environment);
        assert_eq!(exit(&idle, &Limits { execs: Some(0), ..limits }), Exit::Nothing);
        assert_eq!(exit(&Summary { interrupted: true, ..idle }, &limits), Exit::Nothing);
    }

    #[test]
    fn what_ended_it() {
        let time = Some(Duration::from_secs(5));
        let limits = Limits { time, execs: Some(10), findings: Some(0) };
        let summary = Summary { execs: 10, corpus: 1, seconds: 6.0, ..Summary::default() };
        let by = |limits: Limits| ended_by(&summary, &limits);
        assert_eq!(by(limits), EndBy::Findings);
        assert_eq!(by(Limits { findings: None, ..limits }), EndBy::Execs);
        assert_eq!(by(Limits { time, ..Limits::default() }), EndBy::Time);
        let empty = Summary { corpus: 0, ..summary.clone() };
        assert_eq!(ended_by(&empty, &limits), EndBy::EmptyCorpus);
        let idle = Summary { execs: 0, ..empty };
        assert_eq!(ended_by(&idle, &Limits { time, ..Limits::default() }), EndBy::Time);
        let killed = Summary { interrupted: true, ..summary };
        assert_eq!(ended_by(&killed, &limits), EndBy::Signal);
    }
}
