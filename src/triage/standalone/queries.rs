//! Turns queries into Go.

use crate::scenario::Query;

/// How a query is written.
pub enum Form {
    /// A function of one type.
    One(&'static str),
    /// A function of two types.
    Two(&'static str),
    /// A function of a scope.
    Scope,
    /// A function that returns a function of one type, with state.
    Stateful(&'static str),
}

/// The helper that asks a query.
pub fn form(query: Query) -> Form {
    match query {
        Query::Underlying => Form::One("underlying"),
        Query::Unalias => Form::One("unalias"),
        Query::String => Form::One("typeText"),
        Query::Methodset => Form::One("methodSet"),
        Query::Lookup => Form::One("lookup"),
        Query::Methods => Form::One("methods"),
        Query::Fields => Form::One("fields"),
        Query::Typeparams => Form::One("typeParams"),
        Query::Typeset => Form::One("typeSet"),
        Query::Identical => Form::Two("identical"),
        Query::Implements => Form::Two("implements"),
        Query::Satisfies => Form::Two("satisfies"),
        Query::Assignable => Form::Two("assignable"),
        Query::Convertible => Form::Two("convertible"),
        Query::Comparable => Form::One("isComparable"),
        Query::Sizes => Form::One("sizes"),
        Query::Scope => Form::Scope,
        Query::Objectpath => Form::One("objectPath"),
        Query::Methodsetcache => Form::One("cachedMethodSet"),
        Query::Typemap => Form::Stateful("typeMap"),
        Query::Objects => Form::One("askObjects"),
        Query::Package => Form::One("askPackage"),
        Query::Iterators => Form::One("iterate"),
        Query::Hash => Form::One("hashed"),
    }
}

/// A query on one object as a plain call, where a single call is enough.
pub fn inline(query: Query, t: &str, u: &str) -> Option<String> {
    match query {
        Query::Underlying => Some(format!("{t}.Underlying()")),
        Query::Comparable => Some(format!("types.Comparable({t})")),
        Query::Assignable => Some(format!("types.AssignableTo({t}, {u})")),
        Query::Convertible => Some(format!("types.ConvertibleTo({t}, {u})")),
        Query::Methodset => Some(format!("types.NewMethodSet(types.NewPointer({t}))")),
        _ => None,
    }
}
