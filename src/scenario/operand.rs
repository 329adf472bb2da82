//! The kinds of operands that operations have.

use super::{Configured, ObjectRef, Order, Query, Reading, Setter};

macro_rules! operands {
    ($($(#[$doc:meta])* $kind:ident($type:ty), $form:literal, $words:expr;)*) => {
        /// The kind of an operand. It decides how the operand is written, drawn, repaired
        /// and simplified, in every operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum OperandKind { $($(#[$doc])* $kind,)* }

        /// The value of an operand.
        #[derive(Clone, Debug)]
        pub enum OperandValue { $($(#[$doc])* $kind($type),)* }

        /// An operand of an operation.
        #[derive(Clone, Copy, Debug)]
        pub enum Operand<'a> { $($(#[$doc])* $kind(&'a $type),)* }

        /// An operand of an operation, to change it.
        #[derive(Debug)]
        pub enum OperandMut<'a> { $($(#[$doc])* $kind(&'a mut $type),)* }

        impl OperandKind {
            /// Its form in scenarios, for error messages and help.
            #[must_use]
            pub fn form(self) -> &'static str {
                match self { $(Self::$kind => $form,)* }
            }

            /// The fewest and the most words that it takes.
            #[must_use]
            pub fn words(self) -> (usize, usize) {
                match self { $(Self::$kind => $words,)* }
            }
        }
    };
}

operands! {
    /// The name under which a target registered an operation.
    Name(String), "NAME", (1, 1);
    /// A package that the operation checks from source.
    Source(String), "PACKAGE", (1, 1);
    /// A package.
    Package(String), "PACKAGE", (1, 1);
    /// A package, or the instances that other operations made.
    Walked(String), "PACKAGE", (1, 1);
    /// The package whose scope resolves the next operand.
    Home(String), "PACKAGE", (1, 1);
    /// An object of the package that the operand before it names.
    Member(Option<String>), "[OBJECT]", (0, 1);
    /// A Go expression in the package that the operand before it names. It takes the rest
    /// of the line.
    Expr(String), "EXPRESSION", (1, usize::MAX);
    /// The place at which an expression is evaluated: the end of the N-th block of the
    /// package's functions, or the package's scope.
    Place(Option<u32>), "[at N]", (0, 2);
    /// The number of an expression in the syntax of the package.
    Node(u32), "N", (1, 1);
    /// An object.
    Object(ObjectRef), "PACKAGE.NAME", (1, 1);
    /// A second object. It may be left out.
    Other(Option<ObjectRef>), "[PACKAGE.NAME]", (0, 1);
    /// A generic type, alias or function.
    Generic(ObjectRef), "PACKAGE.NAME", (1, 1);
    /// Type arguments for the generic object that the operand before them names.
    TypeArgs(Vec<String>), "TYPE,TYPE", (1, 1);
    /// Whether the shared `types.Context` is given.
    Context(bool), "[context]", (0, 1);
    /// The query.
    Query(Query), "QUERY", (1, 1);
    /// The order of a walk.
    Order(Order), "[declared|reversed|rotated N|shuffled N]", (0, 2);
    /// The setter.
    Setter(Setter), "SETTER", (1, 1);
    /// A setting of a Config.
    Config(Configured), "SETTING [VALUE]", (1, 2);
    /// What is read of functions.
    Reading(Reading), "WHAT", (1, 1);
    /// The name of an analyzer.
    Analyzer(String), "ANALYZER", (1, 1);
}

impl OperandKind {
    /// Whether it says what the operation does, as the operation's word does. Such operands
    /// are part of the name under which executions are counted.
    #[must_use]
    pub fn names(self) -> bool {
        matches!(
            self,
            Self::Name | Self::Query | Self::Setter | Self::Config | Self::Reading | Self::Analyzer
        )
    }
}

impl Operand<'_> {
    /// How it is written; empty if it is the default and left out.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Name(s)
            | Self::Source(s)
            | Self::Package(s)
            | Self::Walked(s)
            | Self::Home(s)
            | Self::Expr(s)
            | Self::Analyzer(s) => s.clone(),
            Self::Member(s) => s.clone().unwrap_or_default(),
            Self::Object(t) | Self::Generic(t) => t.to_string(),
            Self::Other(t) => t.as_ref().map(ToString::to_string).unwrap_or_default(),
            Self::TypeArgs(args) => args.join(","),
            Self::Place(place) => place.map(|n| format!("at {n}")).unwrap_or_default(),
            Self::Node(n) => n.to_string(),
            Self::Context(given) => if *given { "context" } else { "" }.to_owned(),
            Self::Query(q) => q.name().to_owned(),
            Self::Order(Order::Declared) => String::new(),
            Self::Order(order) => order.to_string(),
            Self::Setter(s) => s.name().to_owned(),
            Self::Config(c) => c.to_string(),
            Self::Reading(r) => r.name().to_owned(),
        }
    }

    /// What it adds to the size of a test case for a reader.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Member(o) => usize::from(o.is_some()),
            Self::Other(o) => usize::from(o.is_some()),
            Self::Expr(e) => e.len() / 2,
            Self::Place(place) => place.map_or(0, |n| 4 + usize::from(n > 0)),
            Self::Node(n) => usize::from(*n > 0),
            Self::TypeArgs(args) => args.iter().map(String::len).sum(),
            Self::Context(given) => usize::from(*given),
            Self::Query(q) => 4 * usize::from(q.needs_tools()),
            Self::Order(order) => usize::from(*order != Order::Declared),
            _ => 0,
        }
    }
}
