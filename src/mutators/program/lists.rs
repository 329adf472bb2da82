//! What operators on structs and interfaces have in common.

use super::super::Context;
use crate::edit::env::Env;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Site, at_random};
use crate::goast::Field;
use crate::goast::FieldRole;
use crate::rng::Rng;
use crate::testcase::TestCase;

/// Removes an element from a list of that kind; false if there is none.
pub(super) fn delete_from(case: &mut TestCase, cx: &mut Context<'_>, sort: FieldRole) -> bool {
    let symbols = Symbols::new(case);
    at_random(
        case,
        &symbols,
        cx.rng,
        |site, _| match site {
            Site::Fields(f, list) if *list == sort => f.len() as u32,
            _ => 0,
        },
        |site, _, rng| {
            let Site::Fields(fields, _) = site else { return false };
            fields.remove(rng.below(fields.len()));
            true
        },
    )
}

/// Adds what `make` returns to a list of that kind.
pub(super) fn add_to(
    case: &mut TestCase,
    cx: &mut Context<'_>,
    sort: FieldRole,
    make: impl FnOnce(&[Field], &Env<'_>, &mut Rng) -> Option<Field>,
) -> bool {
    let symbols = Symbols::new(case);
    at_random(
        case,
        &symbols,
        cx.rng,
        |site, _| u32::from(matches!(site, Site::Fields(_, list) if *list == sort)),
        |site, env, rng| {
            let Site::Fields(fields, _) = site else { return false };
            let new = make(fields, env, rng);
            let made = new.is_some();
            fields.extend(new);
            made
        },
    )
}
