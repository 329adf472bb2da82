//! What operators on structs and interfaces have in common.

use super::super::Context;
use crate::edit::env::Env;
use crate::edit::walk::change_fields;
use crate::goast::Field;
use crate::goast::FieldRole;
use crate::rng::Rng;
use crate::testcase::TestCase;

/// Removes an element from a list of that kind; false if there is none.
pub(super) fn delete_from(case: &mut TestCase, cx: &mut Context<'_>, sort: FieldRole) -> bool {
    change_fields(
        case,
        cx.rng,
        |fields, role, _| if role == sort { fields.len() as u32 } else { 0 },
        |fields, _, _, rng| {
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
    change_fields(
        case,
        cx.rng,
        |_, role, _| u32::from(role == sort),
        |fields, _, env, rng| {
            let new = make(fields, env, rng);
            let made = new.is_some();
            fields.extend(new);
            made
        },
    )
}
