//! Importers that differ from plain ones: they get a package and an error, know the folder of the
//! importing file, or fail the first time.

use super::text::quoted;
use super::uses::{Context, Uses};
use crate::scenario::Importing;

impl Context<'_, '_> {
    fn differs(&self, word: Importing) -> bool {
        self.plan.scenario.importing.contains(&word)
    }

    /// An importer that returns one package for several paths, if the scenario has such importers.
    pub(super) fn renamed(&self, importer: String, uses: &mut Uses) -> String {
        let packages = &self.plan.packages;
        let pairs: Vec<String> = packages
            .iter()
            .enumerate()
            .filter_map(|(i, p)| {
                let first = packages[..i].iter().find(|q| q.files == p.files)?;
                Some(format!("{}: {}", quoted(p.path), quoted(first.path)))
            })
            .collect();
        if !self.differs(Importing::Twice) || pairs.is_empty() {
            return importer;
        }
        let helper = uses.helper("renamed");
        format!("{helper}{{{importer}, map[string]string{{{}}}}}", pairs.join(", "))
    }

    /// An importer that fails the first time, if the scenario has such importers.
    pub(super) fn flaky(&self, importer: String, uses: &mut Uses) -> String {
        if !self.differs(Importing::Flaky) {
            return importer;
        }
        format!("{}{{{importer}, map[string]bool{{}}}}", uses.helper("flaky"))
    }

    /// An importer that returns errors and is an ImporterFrom, as far as the scenario asks for it.
    pub(super) fn with_errors(&self, importer: String, uses: &mut Uses) -> String {
        let mut out = importer;
        for (word, helper) in [
            (Importing::Faulty, "withErrors"),
            (Importing::Error, "failing"),
            (Importing::From, "importerFrom"),
        ] {
            if self.differs(word) {
                out = format!("{}{{{out}}}", uses.helper(helper));
            }
        }
        out
    }
}
