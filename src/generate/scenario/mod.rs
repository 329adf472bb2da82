//! Random scenarios over given packages.
//!
//! Many races are on lazy state that two readers complete. So goroutines often run the same
//! operations on the same packages, in different orders.

mod breach;
mod goroutines;
mod operands;
mod settings;

use std::collections::BTreeMap;

use self::operands::registered;
use super::objects::{Objects, objects};
use crate::goast::scope::PackageScope;
use crate::rng::Rng;
use crate::scenario::{Operation, Profile, Scenario, Share};
use crate::testcase::Package;

/// Percent of scenarios with a contract breach under [`Profile::All`].
const BREACHES: u32 = 15;

/// Percent of scenarios that start with operations of a target, if there is one.
const BEFORE: u32 = 40;

/// A random scenario over these packages.
#[must_use]
pub fn scenario(rng: &mut Rng, packages: &[Package], profile: Profile) -> Scenario {
    let mut s = Scenario::default();
    let all = objects(packages);
    if all.is_empty() {
        return s;
    }
    Maker { rng, all: &all, packages, scopes: BTreeMap::new() }.fill(&mut s, profile);
    s
}

struct Maker<'r, 'a> {
    rng: &'r mut Rng,
    all: &'a [Objects],
    packages: &'a [Package],
    /// The scopes of packages, by path, that expressions needed so far.
    scopes: BTreeMap<&'a str, PackageScope>,
}

impl<'a> Maker<'_, 'a> {
    fn fill(&mut self, s: &mut Scenario, profile: Profile) {
        let breach = match profile {
            Profile::Safe => false,
            Profile::Contract => true,
            Profile::All => self.rng.chance(BREACHES),
        };
        self.shares(s);
        self.meets(s);
        self.setting(s);
        self.before(s);
        self.goroutines(s);
        if s.fresh && self.rng.chance(50) {
            self.universe(s);
        }
        self.tools(s);
        if breach {
            self.breach(s);
        }
        self.importing(s);
        self.configure(s);
        debug_assert!(profile.allows(s.class()));
    }

    /// Adds checks of imported packages to `before`, so that their importers share complete
    /// packages. Sometimes `before` checks the importers too.
    fn before(&mut self, s: &mut Scenario) {
        let shared = [Share::Importer, Share::ParallelImporter];
        let leave_to_importer = shared.iter().any(|i| s.share.contains(i)) && self.rng.chance(40);
        let everything = self.rng.chance(25);
        let any_imported = self.all.iter().any(|o| o.imported);
        for o in self.all {
            if everything || (o.imported && !leave_to_importer) || !any_imported {
                s.before.push(Operation::Check { package: o.path.clone() });
            }
        }
        if self.rng.chance(45) {
            for _ in 0..self.rng.between(1, 2) {
                s.before.extend(self.instantiate());
            }
        }
        if self.rng.chance(15) {
            s.before.extend(self.evaluation());
        }
        // What goroutines share is often made by another operation of the target, for a package that
        // is complete.
        if !registered().is_empty() && self.rng.chance(BEFORE) {
            for _ in 0..self.rng.between(1, 2) {
                s.before.extend(self.target());
            }
        }
    }
}
