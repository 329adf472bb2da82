//! Types that fit a place: names in scope, instances whose arguments satisfy
//! the constraints as far as the declarations show it.

mod basic;
mod carry;
mod choose;
mod compare;
mod demands;
mod methods;
mod violates;

pub(crate) use basic::{basic, is_any};
pub(crate) use choose::{args_for, instantiate, named_type, satisfying, some_type, wrapped};
pub(crate) use compare::comparable;
pub(crate) use demands::asked_methods;
pub(crate) use violates::violates;
