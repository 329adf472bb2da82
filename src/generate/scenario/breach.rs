//! Breaches of documented rules.

use super::Maker;
use crate::scenario::{Class, INSTANCES, Operation, Query, Scenario, Setter, Share};

impl Maker<'_, '_> {
    pub(super) fn setter(&mut self) -> Option<Operation> {
        let what = self.rng.choose(Setter::ALL).copied()?;
        Some(Operation::Set { object: self.object()?, what })
    }

    /// Adds a breach of a documented rule, and checks that make the goroutines run into it.
    pub(super) fn breach(&mut self, s: &mut Scenario) {
        let mut breaches = Share::ALL.to_vec();
        breaches.retain(|share| share.class() == Class::Breach);
        if self.rng.chance(35)
            && let Some(op) = self.setter()
        {
            // The other goroutines read the object that is set.
            let at = self.rng.below(s.go.len());
            s.go[at].push(op);
            return;
        }
        let Some(&breach) = self.rng.choose(&breaches) else { return };
        s.share.insert(breach);
        if matches!(breach, Share::Interface | Share::Alias) {
            // The instances include them.
            for ops in &mut s.go {
                let query = [Query::Typeset, Query::Typeparams, Query::Unalias][self.rng.below(3)];
                let (package, order) = (INSTANCES.to_owned(), self.order());
                ops.push(Operation::Walk { query, package, order });
            }
            return;
        }
        if matches!(breach, Share::UnlockedImporter | Share::Incomplete) {
            // The importer is never asked for a package that `before` completed, and such a package
            // is no longer being checked.
            s.before.retain(|op| !matches!(op, Operation::Check { .. }));
        }
        if breach == Share::Incomplete
            && let Some(dependency) = self.all.iter().find(|o| o.imported)
            && let Some(ops) = s.go.first_mut()
        {
            ops.insert(0, Operation::Check { package: dependency.path.clone() });
        }
        let Some(root) = self.all.iter().rev().find(|o| !o.imported) else { return };
        for ops in &mut s.go {
            let check = Operation::Check { package: root.path.clone() };
            if !ops.contains(&check) {
                ops.insert(0, check);
            }
        }
    }
}
