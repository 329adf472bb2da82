//! An element of a scenario: its kind, and the documentation that its class rests on.

use serde::Serialize;

use super::Class;

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
    /// The order of a walk.
    Order,
    /// A directive on how the test case is run.
    Setting,
    /// What two goroutines do at once.
    Pattern,
    /// An operation that a package of the user's registered.
    Target,
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
            ElementKind::Order => "order",
            ElementKind::Setting => "setting",
            ElementKind::Pattern => "pattern",
            ElementKind::Target => "target",
        }
    }
}

/// A sentence of the documentation, or of the maintainers, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The sentence.
    pub says: &'static str,
    /// Where: a declaration's doc comment, or an issue.
    pub place: &'static str,
}

/// One element of the vocabulary.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Element {
    /// What it is part of.
    pub kind: ElementKind,
    /// The word in a scenario.
    pub name: &'static str,
    /// Its class.
    pub class: Class,
    /// What it does, in a line.
    pub does: &'static str,
    /// What the class rests on.
    pub rule: Rule,
}

pub(super) const COMPLETE: Rule = Rule {
    says: "After package C is checked, packages A and B may be checked in parallel, both importing C.",
    place: "golang.org/issue/34921",
};
pub(super) const READERS: Rule = Rule {
    says: "this lazy construction may also occur concurrently, due to concurrent use of the type checker API (after type checking or importing has finished)",
    place: "go/types, type Named; for interfaces, func (*Interface) Complete: \"Interface types that have been completed are safe for concurrent use.\"",
};
pub(super) const CONTEXT: Rule =
    Rule { says: "Contexts are safe for concurrent use.", place: "go/types, type Context" };
pub(super) const FSET: Rule = Rule {
    says: "Methods of file sets are synchronized; multiple goroutines may invoke them concurrently.",
    place: "go/token, type FileSet",
};
pub(super) const LOCKED: Rule = Rule {
    says: "If you need to read from and write to a map from concurrently executing goroutines, the accesses must be mediated by some kind of synchronization mechanism.",
    place: "go.dev/blog/maps, Concurrency: the importer has a lock; the packages it returns are complete, as golang.org/issue/34921 wants",
};
pub(super) const ONE_CHECKER: Rule = Rule {
    says: "A Checker maintains the state of the type checker.",
    place: "go/types, type Checker",
};
pub(super) const SILENT: Rule = Rule {
    says: "The documentation does not say whether this may be done concurrently.",
    place: "nowhere in go/types",
};
pub(super) const MAPS: Rule = Rule {
    says: "Maps are not safe for concurrent use: it's not defined what happens when you read and write to them simultaneously.",
    place: "go.dev/blog/maps, Concurrency; go/types, type Info: the result type information that a checker records in maps",
};
pub(super) const INCOMPLETE: Rule = Rule {
    says: "A package is complete if its scope contains (at least) all exported objects; otherwise it is incomplete.",
    place: "go/types, func (*Package) Complete; that only completed packages may be shared follows from golang.org/issue/34921",
};
pub(super) const OWN_MAP: Rule = Rule {
    says: "If you need to read from and write to a map from concurrently executing goroutines, the accesses must be mediated by some kind of synchronization mechanism.",
    place: "go.dev/blog/maps, Concurrency: the importer has a map of packages and no lock",
};
pub(super) const UNFINISHED: Rule = Rule {
    says: "If Error == nil, type-checking stops with the first error found.",
    place: "go/types, type Config; what is left unfinished is read before type checking has finished",
};
pub(super) const OPEN_INTERFACE: Rule = Rule {
    says: "To avoid race conditions, the interface's type set should be computed before concurrent use of the interface, by explicitly calling Complete.",
    place: "go/types, func NewInterfaceType",
};
pub(super) const SET_CONSTRAINT: Rule = Rule {
    says: "Once SetConstraint returns the receiver, t is safe for concurrent use.",
    place: "go/types, func (*TypeParam) SetConstraint; here it has not returned",
};
pub(super) const SET_UNDERLYING: Rule = Rule {
    says: "SetUnderlying sets the underlying type and marks t as complete.",
    place: "go/types, func (*Named) SetUnderlying; concurrent use comes after that, says type Named",
};
pub(super) const ADD_METHOD: Rule = Rule {
    says: "AddMethod adds method m unless it is already in the method list.",
    place: "go/types, func (*Named) AddMethod; concurrent use comes after that, says type Named",
};
pub(super) const SET_TYPE_PARAMS: Rule = Rule {
    says: "SetTypeParams sets the type parameters of the alias type a.",
    place: "go/types, func (*Alias) SetTypeParams; concurrent use comes after that, as type Named says of type checking or importing",
};
pub(super) const FAULTY: Rule = Rule {
    says: "See Config.Error for controlling behavior in the presence of errors.",
    place: "go/types, func (*Config) Check: with Config.Error set the check goes on to its end, and concurrent use is for \"after type checking or importing has finished\", says type Named",
};
pub(super) const INSERT: Rule = Rule {
    says: "Insert attempts to insert an object obj into scope s.",
    place: "go/types, func (*Scope) Insert: into a map, which readers read; go.dev/blog/maps, Concurrency",
};
pub(super) const SSA: Rule = Rule {
    says: "Build is idempotent and thread-safe.",
    place: "golang.org/x/tools/go/ssa, func (*Package) Build; each goroutine has a Program of its own, and reads packages that are complete",
};
pub(super) const OBJECT_PATH: Rule = Rule {
    says: "For is safe for concurrent use.",
    place: "golang.org/x/tools/go/types/objectpath, func For",
};
pub(super) const METHOD_SETS: Rule = Rule {
    says: "MethodSet returns the method set of type T. It is thread-safe.",
    place: "golang.org/x/tools/go/types/typeutil, func (*MethodSetCache) MethodSet",
};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $kind:ident { $($(#[$attr:meta])* $variant:ident = $text:literal, $class:ident, $rule:ident, $does:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $(#[doc = $does] $(#[$attr])* $variant,)* }
        impl $name {
            /// Every value, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The word in a scenario.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
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
