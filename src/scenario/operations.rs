//! The table of operations: one row for each, which every part of the program asks.
//!
//! A new operation is a row here, its Go function under `harness_go/internal/engine`,
//! and what a standalone program does for it; see CONTRIBUTING.md.

use serde::{Deserialize, Serialize};

use super::operand::{Operand, OperandKind, OperandMut, OperandValue};
use super::operation::{Family, Row};
use super::quotations::{
    ACTIONS, COMPLETE, CONTEXT, EVAL, LOCKED, READERS, SILENT, SSA, SSA_PROGRAM,
};
use super::{Class, Configured, ObjectRef, Order, Query, Reading, Setter};

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident { $($(#[$about:meta])* $field:ident: $kind:ident($type:ty),)* } {
        $($column:ident: $value:expr,)*
    })*) => {
        /// One step of a goroutine. Names that do not exist resolve by index, so a
        /// mutated program never leaves a scenario empty.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Operation { $($(#[$doc])* $variant { $($(#[$about])* $field: $type,)* },)* }

        /// The rows of the table, each under its operation's name.
        #[allow(non_upper_case_globals)]
        mod rows {
            use super::*;

            $(pub(super) const $variant: &Row = &Row {
                operands: &[$(OperandKind::$kind,)*],
                make: |operand| Some(Operation::$variant {
                    $($field: match operand(OperandKind::$kind)? {
                        OperandValue::$kind(value) => value,
                        _ => return None,
                    },)*
                }),
                $($column: $value,)*
            };)*
        }

        /// The table.
        pub const OPERATIONS: &[&Row] = &[$(rows::$variant,)*];

        impl Operation {
            /// Its row of the table.
            #[must_use]
            pub fn row(&self) -> &'static Row {
                match self { $(Self::$variant { .. } => rows::$variant,)* }
            }

            /// Its operands in the row's order.
            #[must_use]
            pub fn operands(&self) -> Vec<Operand<'_>> {
                match self {
                    $(Self::$variant { $($field,)* } => vec![$(Operand::$kind($field),)*],)*
                }
            }

            /// The same, to be changed.
            pub fn operands_mut(&mut self) -> Vec<OperandMut<'_>> {
                match self {
                    $(Self::$variant { $($field,)* } => vec![$(OperandMut::$kind($field),)*],)*
                }
            }
        }
    };
}

operations! {
    /// `check P`: type-checks the package with a checker of its own.
    Check {
        /// Import path.
        package: Source(String),
    } {
        word: "check", bare: false, class: Class::Bug, rule: COMPLETE,
        does: "type-checks a package with a checker of its own",
        family: Family::Check, generated: (77, 85), mutated: (0, 5), size: 10, imports: true,
    }
    /// `import P`: asks the goroutine's importer for the package.
    Import {
        /// Import path.
        package: Package(String),
    } {
        word: "import", bare: false, class: Class::Bug, rule: LOCKED,
        does: "asks the importer for a package",
        family: Family::Check, generated: (85, 91), mutated: (5, 6), size: 10, imports: true,
    }
    /// `instantiate P.T ARG,ARG [context]`: makes an instance of a generic
    /// type, alias or function.
    Instantiate {
        /// The generic object.
        #[serde(rename = "target")]
        object: Generic(ObjectRef),
        /// Type arguments, Go types without white space.
        args: TypeArgs(Vec<String>),
        /// Whether the shared `types.Context` is given.
        context: Context(bool),
    } {
        word: "instantiate", bare: false, class: Class::Bug, rule: CONTEXT,
        does: "types.Instantiate, with the shared Context or without",
        family: Family::Instantiate, generated: (65, 77), mutated: (6, 8), size: 10, imports: false,
    }
    /// `eval P [at N] EXPR`: `types.Eval` in the package's scope or in a function's body.
    Eval {
        /// Import path.
        package: Home(String),
        /// Where in the package.
        #[serde(default)]
        place: Place(Option<u32>),
        /// A Go expression.
        expr: Expr(String),
    } {
        word: "eval", bare: false, class: Class::Bug, rule: EVAL,
        does: "types.Eval in a completed package",
        family: Family::Eval, generated: (96, 98), mutated: (12, 13), size: 11, imports: false,
    }
    /// `checkexpr P [at N] EXPR`: `types.CheckExpr` in the package's scope or in a function's
    /// body.
    CheckExpr {
        /// Import path.
        package: Home(String),
        /// Where in the package.
        #[serde(default)]
        place: Place(Option<u32>),
        /// A Go expression.
        expr: Expr(String),
    } {
        word: "checkexpr", bare: false, class: Class::Bug, rule: EVAL,
        does: "types.CheckExpr in a completed package",
        family: Family::Eval, generated: (98, 100), mutated: (0, 0), size: 11, imports: false,
    }
    /// `checknode P N`: `types.CheckExpr` of an expression in the package's syntax.
    CheckNode {
        /// Import path.
        package: Package(String),
        /// Which expression.
        node: Node(u32),
    } {
        word: "checknode", bare: false, class: Class::Bug, rule: EVAL,
        does: "types.CheckExpr of the N-th expression in the syntax of a completed package, with an Info; of a call without its type arguments, as gopls does",
        family: Family::Eval, generated: (100, 101), mutated: (0, 0), size: 13, imports: false,
    }
    /// `QUERY P.T [P.U]`: a query on a named object.
    Query {
        /// What is asked.
        query: Query(Query),
        /// The object that is asked.
        #[serde(rename = "target")]
        object: Object(ObjectRef),
        /// The second operand of a query on two types.
        other: Other(Option<ObjectRef>),
    } {
        word: "query", bare: true, class: Class::Bug, rule: READERS,
        does: "a query on a named object",
        family: Family::Query, generated: (40, 65), mutated: (8, 12), size: 9, imports: false,
    }
    /// `walk QUERY P [ORDER]`: a query on every type reachable from a package.
    Walk {
        /// What is asked.
        query: Query(Query),
        /// Import path, or [`INSTANCES`](super::INSTANCES).
        package: Walked(String),
        /// In which order the types are visited.
        order: Order(Order),
    } {
        word: "walk", bare: false, class: Class::Bug, rule: READERS,
        does: "a query on every type reachable from a package",
        family: Family::Query, generated: (0, 37), mutated: (13, 19), size: 12, imports: false,
    }
    /// `info QUERY P`: a query on every type that the check of a package recorded.
    Info {
        /// What is asked.
        query: Query(Query),
        /// Import path.
        package: Package(String),
    } {
        word: "info", bare: false, class: Class::Bug, rule: READERS,
        does: "a query on every type in the types.Info of a completed package: local types, instances, method values",
        family: Family::Query, generated: (38, 40), mutated: (19, 20), size: 13, imports: false,
    }
    /// `universe QUERY`: a query on every type of `types.Universe`.
    Universe {
        /// What is asked.
        query: Query(Query),
    } {
        word: "universe", bare: false, class: Class::Bug, rule: READERS,
        does: "a query on every predeclared type; in a fresh process, the first question about each",
        family: Family::Query, generated: (37, 38), mutated: (0, 0), size: 12, imports: false,
    }
    /// `export P`: writes the package as export data.
    Export {
        /// Import path.
        package: Package(String),
    } {
        word: "export", bare: false, class: Class::Bug, rule: READERS,
        does: "writes a completed package as export data (golang.org/x/tools/go/gcexportdata)",
        family: Family::Export, generated: (91, 93), mutated: (20, 21), size: 12, imports: false,
    }
    /// `ssa P`: builds SSA code of the package.
    Ssa {
        /// Import path.
        package: Package(String),
    } {
        word: "ssa", bare: false, class: Class::Bug, rule: SSA,
        does: "builds SSA code of a checked package, generic functions instantiated (golang.org/x/tools/go/ssa)",
        family: Family::Other, generated: (93, 94), mutated: (21, 22), size: 12, imports: true,
    }
    /// `ssaread WHAT P`: reads functions of the package in the shared `ssa.Program`.
    SsaRead {
        /// What is read.
        what: Reading(Reading),
        /// Import path.
        package: Package(String),
    } {
        word: "ssaread", bare: false, class: Class::Bug, rule: SSA_PROGRAM,
        does: "reads functions of a package in the ssa.Program that goroutines share, without building it (golang.org/x/tools/go/ssa)",
        family: Family::Other, generated: (94, 95), mutated: (0, 0), size: 13, imports: true,
    }
    /// `analyze ANALYZER P`: runs an analyzer on the package.
    Analyze {
        /// The name of its package.
        analyzer: Analyzer(String),
        /// Import path.
        package: Package(String),
    } {
        word: "analyze", bare: false, class: Class::Bug, rule: ACTIONS,
        does: "runs an analyzer on a completed package and its syntax, which must stay as it is (golang.org/x/tools/go/analysis/passes)",
        family: Family::Other, generated: (95, 96), mutated: (0, 0), size: 13, imports: true,
    }
    /// `set P.T WHAT`: changes an object that others read.
    Set {
        /// The object.
        #[serde(rename = "target")]
        object: Object(ObjectRef),
        /// What of it.
        what: Setter(Setter),
    } {
        word: "set", bare: false, class: Class::Breach, rule: READERS,
        does: "calls a setter on an object of a completed package",
        family: Family::Other, generated: (0, 0), mutated: (0, 0), size: 12, imports: false,
    }
    /// `configure SETTING [VALUE]`: sets a field in the Config of the goroutine's later
    /// checks.
    Configure {
        /// The field, and its value.
        setting: Config(Configured),
    } {
        word: "configure", bare: false, class: Class::Bug, rule: COMPLETE,
        does: "sets a field in the Config of the goroutine's later checks",
        family: Family::Other, generated: (0, 0), mutated: (0, 0), size: 9, imports: false,
    }
    /// `target NAME P [T]`: an operation that a package of the user's registered. Its
    /// row comes last: the vocabulary has what was registered in its place.
    Target {
        /// Its name.
        name: Name(String),
        /// Import path.
        package: Home(String),
        /// A name in the package's scope.
        object: Member(Option<String>),
    } {
        word: "target", bare: false, class: Class::Unstated, rule: SILENT,
        does: "an operation of a target that is not there",
        family: Family::Other, generated: (0, 0), mutated: (0, 0), size: 14, imports: false,
    }
}
