//! Well-typed Go programs and scenarios from nothing but a seed.
//!
//! Programs are typed by construction. A model of the declared types
//! ([`model`]) knows what every name is; declarations, expressions and
//! statements are made from it and written as syntax trees ([`emit`]). What a
//! program is made of is decided by a policy, drawn first ([`policy`]).

mod args;

mod chains;
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
mod methods;
mod model;
mod names;
mod objects;
mod policy;
mod relations;
mod scenario;

mod stmts;
mod types;
mod values;
mod vars;
mod world;

pub use features::{FEATURES, Feature};
pub use scenario::scenario;

use std::cell::Cell;

use crate::go_release;
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::testcase::{Package, TestCase};

use model::{DeclId, ParamId};
use policy::Policy;
use world::World;

/// What programs may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The minor version of Go, which decides what the language has.
    pub go_minor: u32,
    /// The most packages in a program, 1 to 4.
    pub max_packages: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { go_minor: go_release::LATEST, max_packages: 4 }
    }
}

/// A random program: its packages, dependencies first.
#[must_use]
pub fn packages(rng: &mut Rng, options: &Options) -> Vec<Package> {
    let most = options.max_packages.clamp(1, names::MAX_PACKAGES);
    // Two packages, the second an importer of the first, are the least that
    // shares a completed package between checkers.
    let n = match rng.below(10) {
        0 => 1,
        1..8 => 2,
        8 => 3,
        _ => 4,
    };
    let policy = Policy::draw(rng);
    let mut paths = names::PATHS;
    rng.shuffle(&mut paths);
    let mut world = SPARE.take().unwrap_or_else(|| Box::new(World::new()));
    world.clear();
    let mut g = Gen::new(rng, world, policy, *options, paths);
    let made = (0..n.min(most)).map(|i| g.one_package(i as u8, n.min(most))).collect();
    SPARE.set(Some(g.w));
    made
}

thread_local! {
    /// The memory of the last program's model, for the next one.
    static SPARE: Cell<Option<Box<World>>> = const { Cell::new(None) };
}

/// A random program with a random scenario over it.
#[must_use]
pub fn test_case(rng: &mut Rng, options: &Options, profile: Profile) -> TestCase {
    let packages = packages(rng, options);
    let scenario = scenario(rng, &packages, profile);
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
    /// The package that is being made.
    package: u8,
    /// The packages it may import.
    deps: Vec<u8>,
    /// What it calls them; `.` for a dot import.
    import_names: [&'static str; names::MAX_PACKAGES],
    /// Exported types of those packages.
    foreign: Vec<DeclId>,
    /// Its own types start here in [`World::decls`].
    first_decl: usize,
    /// Its own functions and variables.
    first_func: usize,
    first_var: usize,
    next_type: usize,
    next_hidden_type: usize,
    /// The imports of the declaration that is being written.
    uses: u8,
    /// Receiver type parameters with the names that they have in a method.
    renamed: Vec<(ParamId, &'static str)>,
    /// Labels of the function that is being written.
    labels: usize,
}

#[cfg(test)]
mod tests;
