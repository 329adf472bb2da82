//! An element of the vocabulary: its kind, its class, and the rule that the class rests on.

use serde::Serialize;

use super::{Class, Rule};

/// What an [`Element`] is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ElementKind {
    /// A value of `share`.
    Share,
    /// A value of `import`.
    Import,
    /// An operation.
    Operation,
    /// A query of an operation or a `walk`.
    Query,
    /// A value of `meet`.
    Meet,
    /// What the operation `set` sets.
    Setter,
    /// What the operation `ssaread` reads.
    Reading,
    /// The order of a walk.
    Order,
    /// A directive on how the test case is run.
    Setting,
    /// What two goroutines do at once.
    Pattern,
    /// An operation that a package of the user's registered.
    Target,
    /// What the operation `configure` sets.
    Config,
}

impl ElementKind {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ElementKind::Share => "share",
            ElementKind::Import => "import",
            ElementKind::Operation => "operation",
            ElementKind::Query => "query",
            ElementKind::Meet => "meet",
            ElementKind::Setter => "setter",
            ElementKind::Reading => "reading",
            ElementKind::Order => "order",
            ElementKind::Setting => "setting",
            ElementKind::Pattern => "pattern",
            ElementKind::Target => "target",
            ElementKind::Config => "config",
        }
    }
}

/// One element of the vocabulary.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Element {
    /// What it is part of.
    pub kind: ElementKind,
    /// The name used in scenarios.
    pub name: &'static str,
    /// Its class.
    pub class: Class,
    /// What it does, in a line.
    pub does: &'static str,
    /// What the class rests on.
    pub rule: Rule,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $kind:ident { $($(#[$attr:meta])* $variant:ident = $text:literal, $class:ident, $rule:ident, $does:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $(#[doc = $does] $(#[$attr])* $variant,)* }
        impl $name {
            /// Every value, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The name used in scenarios.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
            /// Its class.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class,)* }
            }
            /// The value of a word.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)* _ => None }
            }
            pub(in crate::scenario) const ELEMENTS: &'static [Element] = &[$(Element {
                kind: ElementKind::$kind, name: $text, class: Class::$class, does: $does, rule: $rule,
            },)*];
        }
    };
}

pub(super) use words;
