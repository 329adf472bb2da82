//! Mutators: operators that change a test case, one in each file, and the one list of them. A new
//! operator needs its own file and, here, a module line and a row.
//!
//! [`mutate`] applies a few operators in turn and repairs a chosen share of the results. Every
//! result prints as Go that parses, is within the bounds, and has a scenario that the profile
//! allows.

mod mutate;
mod stats;
mod steering;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
mod weights;

pub use mutate::{Context, Donor, Mutated, Operator, Settings, mutate, mutate_by};
pub use stats::{OperatorStats, Outcome};
pub use steering::{Parents, Steering};
pub use weights::{Choice, Weights};

/// Operators on programs, and code that several of them share.
mod program {
    pub(super) mod add_method;
    pub(super) mod alias_import;
    pub(super) mod alias_instance;
    pub(super) mod alias_to_defined;
    pub(super) mod alias_variable;
    pub(super) mod close_cycle;
    pub(super) mod constraint;
    pub(super) mod defined_to_alias;
    pub(super) mod delete_decl;
    pub(super) mod delete_field;
    pub(super) mod delete_method;
    pub(super) mod delete_stmt;
    pub(super) mod duplicate_decl;
    pub(super) mod duplicate_package;
    pub(super) mod embed_field;
    pub(super) mod embed_interface;
    pub(super) mod erase_type_args;
    pub(super) mod file_version;
    pub(super) mod generate_decl;
    pub(super) mod infer_type;
    pub(super) mod insert_decl;
    pub(super) mod instantiate;
    pub(super) mod lists;
    pub(super) mod make_generic;
    pub(super) mod move_decl;
    pub(super) mod open_cycle;
    pub(super) mod parameters;
    pub(super) mod provoke_error;
    pub(super) mod rename;
    pub(super) mod replace_name;
    pub(super) mod self_alias;
    pub(super) mod splice;
    pub(super) mod swap_types;
    pub(super) mod type_parameters;
    pub(super) mod unwrap_type;
    pub(super) mod wrap_type;
    pub(super) mod write_type_args;
}

/// Operators on scenarios, and code that several of them share.
mod scenario {
    pub(super) mod add_goroutine;
    pub(super) mod add_operation;
    pub(super) mod add_setter;
    pub(super) mod alias_shared;
    pub(super) mod change_config;
    pub(super) mod change_expression;
    pub(super) mod change_godebug;
    pub(super) mod change_import;
    pub(super) mod change_importing;
    pub(super) mod change_meet;
    pub(super) mod change_operand;
    pub(super) mod change_procs;
    pub(super) mod change_rounds;
    pub(super) mod change_schedule;
    pub(super) mod change_share;
    pub(super) mod change_walk;
    pub(super) mod concurrent_check;
    pub(super) mod concurrent_eval;
    pub(super) mod concurrent_import;
    pub(super) mod duplicate_operation;
    pub(super) mod limit;
    pub(super) mod mirror_goroutine;
    pub(super) mod pick;
    pub(super) mod remove_goroutine;
    pub(super) mod remove_operation;
    pub(super) mod reorder_operations;
    pub(super) mod shared_evaluation;
    pub(super) mod shared_instance;
    pub(super) mod side_by_side;
    pub(super) mod splice_goroutine;
    pub(super) mod toggle_fresh;
    pub(super) mod toggle_oracle;
}

/// A row of the list.
pub struct Entry {
    weight: u32,
    name: &'static str,
    operator: &'static dyn Operator,
}

impl Entry {
    /// How often it is chosen before anything is known about its yield.
    #[must_use]
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// A short name for tables: `wrap type`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

const fn op(weight: u32, name: &'static str, operator: &'static dyn Operator) -> Entry {
    Entry { weight, name, operator }
}

/// Every operator: those on programs, those on scenarios, and later additions. A seed gives the same mutants only
/// while the order and the weights stay the same.
#[rustfmt::skip]
pub static OPERATORS: &[Entry] = &[
    // weight, name                       operator
    op(    10, "change parameters",      &program::parameters::Parameters),
    op(    10, "change type parameters", &program::type_parameters::TypeParameters),
    op(     8, "make generic",           &program::make_generic::MakeGeneric),
    op(    12, "instantiate",            &program::instantiate::Instantiate),
    op(    10, "alias instance",         &program::alias_instance::AliasInstance),
    op(     3, "alias import",           &program::alias_import::AliasImport),
    op(     6, "alias variable",         &program::alias_variable::AliasVariable),
    op(     8, "splice type",            &program::splice::SPLICE_TYPE),
    op(    12, "splice declaration",     &program::splice::SPLICE_DECL),
    op(     6, "splice method",          &program::splice::SPLICE_METHOD),
    op(     6, "splice field",           &program::splice::SPLICE_FIELD),
    op(     3, "splice statement",       &program::splice::SPLICE_STMT),
    op(     2, "splice expression",      &program::splice::SPLICE_EXPR),
    op(     8, "alias of itself",        &program::self_alias::SelfAlias),
    op(     4, "alias to defined type",  &program::alias_to_defined::AliasToDefined),
    op(     4, "defined type to alias",  &program::defined_to_alias::DefinedToAlias),
    op(     6, "move declaration",       &program::move_decl::MoveDecl),
    op(     6, "embed field",            &program::embed_field::EmbedField),
    op(     6, "embed interface",        &program::embed_interface::EmbedInterface),
    op(     8, "close cycle",            &program::close_cycle::CloseCycle),
    op(     3, "open cycle",             &program::open_cycle::OpenCycle),
    op(     8, "add method",             &program::add_method::AddMethod),
    op(    10, "wrap type",              &program::wrap_type::WrapType),
    op(     4, "unwrap type",            &program::unwrap_type::UnwrapType),
    op(     3, "erase type arguments",   &program::erase_type_args::EraseTypeArgs),
    op(     3, "write type arguments",   &program::write_type_args::WriteTypeArgs),
    op(     3, "infer type",             &program::infer_type::InferType),
    op(     3, "duplicate package",      &program::duplicate_package::DuplicatePackage),
    op(     5, "delete declaration",     &program::delete_decl::DeleteDecl),
    op(     4, "delete field",           &program::delete_field::DeleteField),
    op(     4, "delete method",          &program::delete_method::DeleteMethod),
    op(     3, "delete statement",       &program::delete_stmt::DeleteStmt),
    op(     4, "duplicate declaration",  &program::duplicate_decl::DuplicateDecl),
    op(     5, "swap types",             &program::swap_types::SwapTypes),
    op(     8, "replace name",           &program::replace_name::ReplaceName),
    op(     6, "change constraint",      &program::constraint::ChangeConstraint),
    op(     4, "rename",                 &program::rename::Rename),
    op(     6, "insert declaration",     &program::insert_decl::InsertDecl),
    op(     6, "generate declaration",   &program::generate_decl::GenerateDecl),
    op(     4, "add goroutine",          &scenario::add_goroutine::AddGoroutine),
    op(     2, "remove goroutine",       &scenario::remove_goroutine::RemoveGoroutine),
    op(     5, "mirror goroutine",       &scenario::mirror_goroutine::MirrorGoroutine),
    op(     4, "splice goroutine",       &scenario::splice_goroutine::SpliceGoroutine),
    op(     8, "add operation",          &scenario::add_operation::AddOperation),
    op(     3, "remove operation",       &scenario::remove_operation::RemoveOperation),
    op(     4, "reorder operations",     &scenario::reorder_operations::ReorderOperations),
    op(     3, "duplicate operation",    &scenario::duplicate_operation::DuplicateOperation),
    op(     8, "change walk",            &scenario::change_walk::ChangeWalk),
    op(     5, "change target",          &scenario::change_operand::ChangeOperand),
    op(     6, "change share",           &scenario::change_share::ChangeShare),
    op(     3, "change meet",            &scenario::change_meet::ChangeMeet),
    op(     2, "change import",          &scenario::change_import::ChangeImport),
    op(     1, "add setter",             &scenario::add_setter::AddSetter),
    op(     2, "change procs",           &scenario::change_procs::ChangeProcs),
    op(     1, "change rounds",          &scenario::change_rounds::ChangeRounds),
    op(     8, "change schedule",        &scenario::change_schedule::ChangeSchedule),
    op(     2, "change godebug",         &scenario::change_godebug::ChangeGodebug),
    op(     1, "toggle fresh",           &scenario::toggle_fresh::ToggleFresh),
    op(     2, "toggle oracle",          &scenario::toggle_oracle::ToggleOracle),
    op(     6, "share instance",         &scenario::shared_instance::SharedInstance),
    op(     6, "concurrent import",      &scenario::concurrent_import::ConcurrentImport),
    op(     5, "concurrent check",       &scenario::concurrent_check::ConcurrentCheck),
    op(     5, "alias shared",           &scenario::alias_shared::AliasShared),
    op(     5, "concurrent eval",        &scenario::concurrent_eval::ConcurrentEval),
    op(     5, "share evaluation",       &scenario::shared_evaluation::SharedEvaluation),
    op(     4, "change expression",      &scenario::change_expression::ChangeExpression),
    op(     5, "provoke error",          &program::provoke_error::ProvokeError),
    op(     2, "change file version",    &program::file_version::FileVersion),
    op(     4, "change importing",       &scenario::change_importing::ChangeImporting),
    op(     2, "change configuration",   &scenario::change_config::ChangeConfig),
    op(     1, "side by side",           &scenario::side_by_side::SideBySide),
];
