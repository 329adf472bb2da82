//! What a scenario shares, where its goroutines meet, and how it is run.

use super::Maker;
use crate::scenario::{
    ANALYZERS, Configured, Family, Import, Importing, Meet, Operation, Scenario, Share,
};

impl Maker<'_, '_> {
    pub(super) fn shares(&mut self, s: &mut Scenario) {
        let dice = [
            (Share::Fset, 30),
            (Share::Context, 35),
            (Share::Importer, 20),
            (Share::ParallelImporter, 12),
            (Share::Config, 5),
            (Share::Ast, 8),
        ];
        s.share.extend(dice.iter().filter(|d| self.rng.chance(d.1)).map(|d| d.0));
        s.import = match self.rng.below(10) {
            0..8 => Import::Source,
            8 => Import::Export,
            _ => Import::Synthetic,
        };
    }

    /// Importers that differ from plain ones. They come last, and so do configurations, so that
    /// the draws before them stay the same.
    pub(super) fn importing(&mut self, s: &mut Scenario) {
        // The compiler costs as much as fifty executions.
        match self.rng.below(300) {
            0..2 => s.import = Import::Unified,
            2..4 => s.import = Import::Mixed,
            _ => {}
        }
        // One package under two paths needs a copy of a package, which a mutator makes.
        let dice = [
            (Importing::From, 8),
            (Importing::Error, 4),
            (Importing::Faulty, 4),
            (Importing::Flaky, 1),
        ];
        s.importing.extend(dice.iter().filter(|d| self.rng.chance(d.1)).map(|d| d.0));
    }

    /// Configurations of some goroutines, so that two checkers of one package differ.
    pub(super) fn configure(&mut self, s: &mut Scenario) {
        if !self.rng.chance(12) {
            return;
        }
        let some = s.go.len().min(2);
        let lists = s.go.iter_mut().take(some).chain([&mut s.before]);
        for ops in lists.filter(|ops| ops.iter().any(|op| op.row().family == Family::Check)) {
            if self.rng.chance(60)
                && let Some(setting) = Configured::draw(self.rng)
            {
                ops.insert(0, Operation::Configure { setting });
            }
        }
    }

    pub(super) fn meets(&mut self, s: &mut Scenario) {
        let dice = [(Meet::Start, 85), (Meet::Import, 65), (Meet::Operation, 15), (Meet::Error, 5)];
        s.meet.extend(dice.iter().filter(|d| self.rng.chance(d.1)).map(|d| d.0));
    }

    pub(super) fn setting(&mut self, s: &mut Scenario) {
        if self.rng.chance(10) {
            s.procs = self.rng.choose(&[1, 2, 4]).copied();
        }
        if self.rng.chance(6) {
            s.rounds = Some(self.rng.between(2, 3) as u32);
        }
        // A new process costs as much as a hundred executions.
        s.fresh = self.rng.below(400) == 0;
        if self.rng.chance(30) {
            s.schedule = Some(self.rng.below(1 << 16) as u64);
        }
        s.oracle = self.rng.chance(20);
        if self.rng.chance(4) {
            s.godebug.push("gotypesalias=0".to_owned());
        }
    }

    /// Often lets the goroutines that build SSA code or run analyzers share the program or the graph
    /// of analyses, and gives them different analyzers.
    pub(super) fn tools(&mut self, s: &mut Scenario) {
        let all = s.go.iter().flatten();
        let (mut ssa, mut analyze) = (false, false);
        for op in all {
            ssa |= matches!(op, Operation::Ssa { .. } | Operation::SsaRead { .. });
            analyze |= matches!(op, Operation::Analyze { .. });
        }
        for (any, share) in [(ssa, Share::Program), (analyze, Share::Analyses)] {
            if any && self.rng.chance(60) {
                s.share.insert(share);
            }
        }
        for op in s.go.iter_mut().skip(1).flatten() {
            if let Operation::Analyze { analyzer, .. } = op
                && self.rng.chance(70)
                && let Some(other) = self.rng.choose(ANALYZERS)
            {
                (*other).clone_into(analyzer);
            }
        }
    }
}
