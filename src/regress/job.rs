//! One case on one Go tree, while it runs.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::run::{FIRST, is_over};
use super::{Case, CaseKind, CaseRun, Column, RegressError, Seen};
use crate::escape;
use crate::finding::{Finding, Root};
use crate::harness::{
    End, EnvError, Harness, HarnessConfig, HarnessError, ImportError, Outcome, RunRequest,
};
use crate::scenario::Scenario;
use crate::triage::{Judge, not_run, origin_of};

/// A case that hits its time limit this often does not run again, because each time costs
/// many seconds.
const TIMEOUTS: u32 = 2;

/// The roots that crash directories name, by the id of their findings.
#[derive(Default)]
pub(super) struct Roots<'a>(BTreeMap<&'a str, &'a Root>);

impl<'a> Roots<'a> {
    pub fn new(cases: &'a [Case]) -> Self {
        let stored = cases.iter().filter_map(|c| c.expected.as_ref());
        Self(stored.filter_map(|f| Some((f.id.as_str(), f.root.as_ref()?))).collect())
    }

    /// The root of a finding that some crash directory was stored for, unless that root's patch is
    /// in the go/types that showed the finding.
    fn of(&self, finding: &Finding) -> Option<Root> {
        let root = self.0.get(finding.id.as_str())?;
        (!finding.origin.patched.contains(&root.id)).then(|| (*root).clone())
    }
}

/// A case in progress.
pub(super) struct Job<'a> {
    case: &'a Case,
    column: &'a Column,
    roots: &'a Roots<'a>,
    scenario: Option<Scenario>,
    pub run: CaseRun,
    timeouts: u32,
    /// This Go cannot run it at all.
    unusable: bool,
}

impl<'a> Job<'a> {
    pub fn new(case: &'a Case, column: &'a Column, roots: &'a Roots<'a>) -> Self {
        let mut run = CaseRun::of(case);
        let unusable = column.built.toolchain.minor < case.since;
        if unusable {
            run.notes.push(format!("not run: made for go1.{} and later", case.since));
        }
        let scenario = case.source.scenario.clone();
        Self { case, column, roots, scenario, run, timeouts: 0, unusable }
    }

    pub fn finish(job: Mutex<Self>) -> CaseRun {
        let mut run = job.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).run;
        run.sort();
        run
    }

    pub fn start(&self, patience: Option<Duration>) -> Result<Harness, EnvError> {
        let mut config = HarnessConfig::new(&self.column.built.path);
        config.limits.total = patience.unwrap_or(config.limits.total);
        Harness::start(config)
    }

    /// Runs the case until it has run `runs` times in all.
    pub fn run(
        &mut self,
        harness: &mut Harness,
        runs: u32,
        deadline: Option<Instant>,
        patience: Option<Duration>,
    ) -> Result<(), RegressError> {
        let start = Instant::now();
        let Some(scenario) = self.scenario(harness)? else { return Ok(()) };
        let judge = Judge::new(origin_of(&self.column.built));
        let is_over_limit = |job: &Self| job.timeouts >= TIMEOUTS || job.run.late;
        while self.run.runs < runs && !is_over_limit(self) && !self.unusable {
            if self.run.runs > 0 && is_over(deadline) {
                break;
            }
            let is_gate = self.case.kind == CaseKind::Gate;
            let scenario = match is_gate {
                true => scenario.for_other_run(self.run.runs),
                false => scenario.for_run(self.run.runs),
            };
            let id = u64::from(self.run.runs);
            let mut request =
                RunRequest { id, ..RunRequest::new(&scenario, &self.case.source.packages) };
            if is_gate {
                // There are many, and reports cost more than runs.
                request = request.exploring();
            }
            if self.run.runs < FIRST && scenario.uses_targets() {
                // Targets have package-level variables, and what fills one races only once.
                harness.recycle();
            }
            self.once(harness, &judge, &request, patience.is_some())?;
        }
        self.run.seconds += start.elapsed().as_secs_f64();
        Ok(())
    }

    fn once(
        &mut self,
        harness: &mut Harness,
        judge: &Judge,
        request: &RunRequest<'_>,
        impatient: bool,
    ) -> Result<(), HarnessError> {
        let (outcome, judgement) = judge.examine(harness, request)?;
        if impatient && matches!(outcome.end, End::TimedOut { .. }) {
            self.run.late = true;
            return Ok(());
        }
        self.run.covered.add(harness.coverage());
        self.run.runs += 1;
        self.note(&outcome, request.scenario);
        if matches!(outcome.end, End::TimedOut { .. }) {
            self.timeouts += 1;
        }
        for finding in &judgement.findings {
            let seen = &mut self.run.seen;
            match seen.iter_mut().find(|s| s.finding.id == finding.id) {
                Some(s) => s.hits += 1,
                None => seen.push(Seen {
                    hits: 1,
                    finding: Finding { root: self.roots.of(finding), ..finding.clone() },
                    report: judgement.report(&outcome, finding),
                }),
            }
        }
        Ok(())
    }

    /// The scenario; the default one depends on who imports whom. `None` if
    /// this Go cannot parse the program.
    fn scenario(&mut self, harness: &mut Harness) -> Result<Option<Scenario>, RegressError> {
        if self.scenario.is_none() && !self.unusable {
            match harness.import(&self.case.source) {
                Ok(case) => self.scenario = Some(case.scenario),
                Err(ImportError::Harness(e)) => return Err(e.into()),
                Err(e) => {
                    self.unusable = true;
                    self.run.notes.push(escape::line(&format!("not run: {e}")));
                }
            }
        }
        Ok(self.scenario.clone())
    }

    /// Notes what was not run as written. Otherwise a case that does nothing would look like
    /// one that shows nothing. The gate's corpus has ill-typed entries on purpose, and was measured
    /// as it runs.
    fn note(&mut self, outcome: &Outcome, scenario: &Scenario) {
        if self.case.kind == CaseKind::Gate {
            return;
        }
        let Some(reply) = &outcome.reply else { return };
        for note in not_run(reply, scenario, &self.case.source.packages) {
            if !self.run.notes.contains(&note) {
                self.run.notes.push(note);
            }
        }
    }
}
