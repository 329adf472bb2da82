//! Generates well-typed Go programs and scenarios from a seed alone.
//!
//! Programs are typed by construction. A model of the declared types ([`model`]) records what every
//! name stands for; declarations, expressions and statements are made from it and written as syntax
//! trees ([`emit`]). A policy, drawn first, decides what a program is made of ([`policy`]).

mod args;
pub(crate) mod asks;
mod builtins;

mod chains;
mod compilation;
mod constraints;
mod control;
mod decls;
mod detect;
mod emit;
mod exprs;
mod features;

mod funcs;
mod imports;
mod members;
mod method_params;
mod methods;
mod model;
mod names;
mod objects;
mod phrases;
mod policy;
mod relations;
mod scenario;

mod stmts;
mod types;
mod values;
mod vars;
mod wide;
mod world;

pub use asks::{FORMS, Form};
pub use features::{FEATURES, Feature};
pub use scenario::scenario;

use std::cell::Cell;

use crate::checker::Checker;
use crate::go_release;
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::testcase::{Package, TestCase};

use model::{DeclId, ParamId};
use policy::Policy;
use world::World;

/// Limits on generated programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The type checker, which decides what scenarios can say.
    pub checker: Checker,
    /// The minor version of Go, which decides which language features are available.
    pub go_minor: u32,
    /// The most packages in a program, 1 to 4.
    pub max_packages: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { checker: Checker::default(), go_minor: go_release::LATEST, max_packages: 4 }
    }
}

/// A random program: its packages, dependencies first.
#[must_use]
pub fn packages(rng: &mut Rng, options: &Options) -> Vec<Package> {
    let most = options.max_packages.clamp(1, names::MAX_PACKAGES);
    // Sharing a completed package between checkers takes at least two packages, the second an
    // importer of the first.
    let n = match rng.below(10) {
        0 => 1,
        1..8 => 2,
        8 => 3,
        _ => 4,
    };
    let (mut policy, mut options) = (Policy::draw(rng), *options);
    if rng.chance(8) {
        policy.file_versions = Some(options.go_minor);
        let oldest = go_release::OLDEST.min(options.go_minor) as usize;
        options.go_minor = rng.between(oldest, options.go_minor as usize) as u32;
    }
    let mut paths = names::PATHS;
    rng.shuffle(&mut paths);
    let mut world = SPARE.take().unwrap_or_else(|| Box::new(World::new()));
    world.clear();
    let mut g = Gen::new(rng, world, policy, options, paths);
    let made = (0..n.min(most)).map(|i| g.one_package(i as u8, n.min(most))).collect();
    SPARE.set(Some(g.w));
    made
}

thread_local! {
    /// The memory of the last program's model, reused for the next one.
    static SPARE: Cell<Option<Box<World>>> = const { Cell::new(None) };
}

/// A random program and a random scenario that uses it.
#[must_use]
pub fn test_case(rng: &mut Rng, options: &Options, profile: Profile) -> TestCase {
    let packages = packages(rng, options);
    let mut scenario = scenario(rng, &packages, profile);
    if options.checker == Checker::Types2 {
        compilation::compilation(rng, &packages, &mut scenario);
    }
    TestCase { scenario, packages }
}

/// The generator's state within one program.
struct Gen<'a> {
    rng: &'a mut Rng,
    w: Box<World>,
    policy: Policy,
    options: Options,
    /// Import paths by package.
    paths: [&'static str; 10],
    /// The package being generated.
    package: u8,
    /// The packages it may import.
    deps: Vec<u8>,
    /// The names by which it imports them; `.` for a dot import.
    import_names: [&'static str; names::MAX_PACKAGES],
    /// Exported types of those packages.
    foreign: Vec<DeclId>,
    /// Index in [`World::decls`] of its first type.
    first_decl: usize,
    /// Its own functions and variables.
    first_func: usize,
    first_var: usize,
    next_type: usize,
    next_hidden_type: usize,
    /// The imports of the declaration being written.
    uses: u8,
    /// Receiver type parameters with their names in the current method.
    renamed: Vec<(ParamId, &'static str)>,
    /// Labels of the function being written.
    labels: usize,
    /// The phrases of the program so far.
    placed: Vec<phrases::Placed>,
}

#[cfg(test)]
mod tests;
