//! The common inputs of all parts of a program, and a record of what its statements use.

use std::collections::BTreeSet;

use super::checks::{Check, Mode};
use super::options::Options;
use super::plan::{Imports, Plan};
use crate::scenario::Share;

/// The common inputs of all parts of a program.
#[derive(Clone, Copy)]
pub struct Context<'p, 'a> {
    pub plan: &'p Plan<'a>,
    pub mode: Mode,
    pub options: &'p Options,
    /// Whether a walk visits types in another order than the one in which it reaches them.
    pub ordered: bool,
}

impl Context<'_, '_> {
    /// Whether goroutines share this.
    pub fn shares(&self, share: Share) -> bool {
        self.plan.scenario.share.contains(&share)
    }
}

/// What the statements of a program use, recorded while they are emitted.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    /// Declarations of the library.
    pub helpers: BTreeSet<&'static str>,
    /// Functions that check.
    pub checks: BTreeSet<Check>,
    /// Variables of completed packages.
    pub packages: BTreeSet<usize>,
    /// Variables of completed packages with their syntax.
    pub syntax: BTreeSet<usize>,
    /// The map of completed packages.
    pub complete: bool,
    /// The importer that goroutines share.
    pub shared: bool,
    /// The list of instances.
    pub instances: bool,
}

impl Uses {
    /// Records a declaration of the library, and returns its name.
    pub fn helper(&mut self, name: &'static str) -> &'static str {
        self.helpers.insert(name);
        name
    }

    /// Records a function that checks, and returns its name.
    pub fn check(&mut self, check: Check, mode: Mode) -> String {
        self.checks.insert(check);
        self.helpers.extend(check.helpers(mode));
        check.to_string()
    }

    /// The map of the packages that are complete, if there are any.
    pub fn completed(&mut self, cx: &Context<'_, '_>) -> Option<&'static str> {
        if cx.plan.completed.is_empty() && !cx.shares(Share::Incomplete) {
            return None;
        }
        self.complete = true;
        Some("packages")
    }

    /// An expression for a new loader, which has the packages that are complete.
    pub fn loader(&mut self, cx: &Context<'_, '_>) -> String {
        match self.completed(cx) {
            Some(packages) => format!("maps.Clone({packages})"),
            None => format!("{}{{}}", self.helper("loader")),
        }
    }

    /// The importer that all goroutines share.
    pub fn importer(&mut self, plan: &Plan<'_>) -> &'static str {
        match plan.imports {
            Imports::None => "nil",
            Imports::Completed | Imports::Own => {
                self.complete = true;
                "packages"
            }
            Imports::Locked | Imports::Parallel | Imports::Unlocked => {
                self.shared = true;
                "shared"
            }
        }
    }
}
