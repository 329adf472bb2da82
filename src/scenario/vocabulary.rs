//! What a scenario can say, with the class of each element and the documentation that
//! the class rests on. The operations have a table of their own.

use serde::{Deserialize, Serialize};

use super::Class;
use super::situation::{Pattern, Setting, WalkOrder};

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
const FSET: Rule = Rule {
    says: "Methods of file sets are synchronized; multiple goroutines may invoke them concurrently.",
    place: "go/token, type FileSet",
};
pub(super) const LOCKED: Rule = Rule {
    says: "If you need to read from and write to a map from concurrently executing goroutines, the accesses must be mediated by some kind of synchronization mechanism.",
    place: "go.dev/blog/maps, Concurrency: the importer has a lock; the packages it returns are complete, as golang.org/issue/34921 wants",
};
const ONE_CHECKER: Rule = Rule {
    says: "A Checker maintains the state of the type checker.",
    place: "go/types, type Checker",
};
pub(super) const SILENT: Rule = Rule {
    says: "The documentation does not say whether this may be done concurrently.",
    place: "nowhere in go/types",
};
const MAPS: Rule = Rule {
    says: "Maps are not safe for concurrent use: it's not defined what happens when you read and write to them simultaneously.",
    place: "go.dev/blog/maps, Concurrency; go/types, type Info: the result type information that a checker records in maps",
};
const INCOMPLETE: Rule = Rule {
    says: "A package is complete if its scope contains (at least) all exported objects; otherwise it is incomplete.",
    place: "go/types, func (*Package) Complete; that only completed packages may be shared follows from golang.org/issue/34921",
};
const OWN_MAP: Rule = Rule {
    says: "If you need to read from and write to a map from concurrently executing goroutines, the accesses must be mediated by some kind of synchronization mechanism.",
    place: "go.dev/blog/maps, Concurrency: the importer has a map of packages and no lock",
};
const UNFINISHED: Rule = Rule {
    says: "If Error == nil, type-checking stops with the first error found.",
    place: "go/types, type Config; what is left unfinished is read before type checking has finished",
};
const OPEN_INTERFACE: Rule = Rule {
    says: "To avoid race conditions, the interface's type set should be computed before concurrent use of the interface, by explicitly calling Complete.",
    place: "go/types, func NewInterfaceType",
};
const SET_CONSTRAINT: Rule = Rule {
    says: "Once SetConstraint returns the receiver, t is safe for concurrent use.",
    place: "go/types, func (*TypeParam) SetConstraint; here it has not returned",
};
const SET_UNDERLYING: Rule = Rule {
    says: "SetUnderlying sets the underlying type and marks t as complete.",
    place: "go/types, func (*Named) SetUnderlying; concurrent use comes after that, says type Named",
};
const ADD_METHOD: Rule = Rule {
    says: "AddMethod adds method m unless it is already in the method list.",
    place: "go/types, func (*Named) AddMethod; concurrent use comes after that, says type Named",
};
const SET_TYPE_PARAMS: Rule = Rule {
    says: "SetTypeParams sets the type parameters of the alias type a.",
    place: "go/types, func (*Alias) SetTypeParams; concurrent use comes after that, as type Named says of type checking or importing",
};
pub(super) const FAULTY: Rule = Rule {
    says: "See Config.Error for controlling behavior in the presence of errors.",
    place: "go/types, func (*Config) Check: with Config.Error set the check goes on to its end, and concurrent use is for \"after type checking or importing has finished\", says type Named",
};
const INSERT: Rule = Rule {
    says: "Insert attempts to insert an object obj into scope s.",
    place: "go/types, func (*Scope) Insert: into a map, which readers read; go.dev/blog/maps, Concurrency",
};
pub(super) const SSA: Rule = Rule {
    says: "Build is idempotent and thread-safe.",
    place: "golang.org/x/tools/go/ssa, func (*Package) Build; each goroutine has a Program of its own, and reads packages that are complete",
};
const OBJECT_PATH: Rule = Rule {
    says: "For is safe for concurrent use.",
    place: "golang.org/x/tools/go/types/objectpath, func For",
};
const METHOD_SETS: Rule = Rule {
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

words! {
    /// What goroutines have in common beside completed packages.
    Share: Share {
        Fset = "fset", Bug, FSET, "one token.FileSet for every parse and check";
        Context = "context", Bug, CONTEXT, "one types.Context in every Config and Instantiate";
        Config = "config", Unstated, SILENT, "one *types.Config for every checker";
        Ast = "ast", Unstated, SILENT, "one syntax tree of a package for every checker of it";
        Importer = "importer", Bug, LOCKED, "one importer, under a lock, that checks a package at its first import";
        ParallelImporter = "importer parallel", Bug, LOCKED, "one importer that checks each package once, several at a time: a goroutine that imports one that is being checked waits, as in go/packages";
        UnlockedImporter = "importer unlocked", Breach, OWN_MAP, "one importer whose map of packages has no lock";
        Info = "info", Breach, MAPS, "one types.Info that every checker records into";
        Checker = "checker", Breach, ONE_CHECKER, "one types.Checker whose Files every goroutine calls";
        Package = "package", Breach, INCOMPLETE, "one *types.Package that several checkers fill";
        Incomplete = "incomplete", Breach, INCOMPLETE, "packages that are still being checked, given to importers";
        Unfinished = "unfinished", Breach, UNFINISHED, "packages whose check, without Config.Error, stopped at the first error";
        Interface = "interface", Breach, OPEN_INTERFACE, "interfaces made by hand and not completed, among the instances";
        Alias = "alias", Breach, SET_TYPE_PARAMS, "aliases made by hand, among the instances, whose type parameters are set by the goroutines that walk them";
    }
}

words! {
    /// How a dependency reaches its importer.
    #[derive(Default)]
    Import: Import {
        #[default]
        Source = "source", Bug, COMPLETE, "checked from source before, complete";
        Export = "export", Bug, READERS, "written as export data after its check and read back, by golang.org/x/tools/go/gcexportdata";
        Synthetic = "synthetic", Bug, READERS, "built by hand from the checked one, as importers do: NewPackage, NewNamed, SetUnderlying";
    }
}

words! {
    /// Where goroutines wait for one another.
    Meet: Meet {
        Start = "start", Bug, READERS, "before the first operation";
        Import = "import", Bug, READERS, "inside Importer.Import";
        Error = "error", Bug, READERS, "inside the Config.Error callback";
        Operation = "operation", Bug, READERS, "between operations";
    }
}

words! {
    /// What is asked of an object, or of every type in a walk.
    Query: Query {
        Underlying = "underlying", Bug, READERS, "Type.Underlying";
        Unalias = "unalias", Bug, READERS, "types.Unalias, Alias.Rhs, Alias.Origin and Alias.TypeArgs";
        String = "string", Bug, READERS, "types.TypeString and types.ObjectString";
        Methodset = "methodset", Bug, READERS, "types.NewMethodSet of the type and of its pointer";
        Lookup = "lookup", Bug, READERS, "types.LookupFieldOrMethod of each name that the type has and of one that it lacks";
        Methods = "methods", Bug, READERS, "Named.NumMethods, Named.Method and the signatures: lazy expansion";
        Fields = "fields", Bug, READERS, "Struct.Field, Signature.Params and Results, Interface.EmbeddedType";
        Typeparams = "typeparams", Bug, READERS, "type parameters, their constraints, type arguments and origin";
        Typeset = "typeset", Bug, READERS, "Interface.NumMethods, IsComparable, IsMethodSet, Empty: the lazy type set";
        Identical = "identical", Bug, READERS, "types.Identical with another type";
        Implements = "implements", Bug, READERS, "types.Implements and types.MissingMethod with another type";
        Satisfies = "satisfies", Bug, READERS, "types.Satisfies with another type";
        Assignable = "assignable", Bug, READERS, "types.AssignableTo another type";
        Convertible = "convertible", Bug, READERS, "types.ConvertibleTo another type";
        Comparable = "comparable", Bug, READERS, "types.Comparable";
        Sizes = "sizes", Bug, READERS, "Sizes.Sizeof, Alignof and Offsetsof for amd64";
        Scope = "scope", Bug, READERS, "Scope.Names, Lookup, Innermost, String of the package's scopes";
        Objectpath = "objectpath", Bug, OBJECT_PATH, "objectpath.For and Object of type names, methods and fields (golang.org/x/tools)";
        Methodsetcache = "methodsetcache", Bug, METHOD_SETS, "method sets through one typeutil.MethodSetCache (golang.org/x/tools)";
        Typemap = "typemap", Bug, READERS, "types hashed and compared in the goroutine's own typeutil.Map (golang.org/x/tools)";
    }
}

impl Query {
    /// Whether it is about two types.
    #[must_use]
    pub fn is_about_two(self) -> bool {
        matches!(
            self,
            Self::Identical
                | Self::Implements
                | Self::Satisfies
                | Self::Assignable
                | Self::Convertible
        )
    }

    /// Whether it needs golang.org/x/tools. A program without it runs anywhere.
    #[must_use]
    pub fn needs_tools(self) -> bool {
        matches!(self, Self::Objectpath | Self::Methodsetcache | Self::Typemap)
    }

    /// The queries that complete lazy types; the order is that of draws.
    pub(crate) const LAZY: &'static [Self] = &[
        Self::Underlying,
        Self::Unalias,
        Self::Methods,
        Self::Methodset,
        Self::Lookup,
        Self::Typeset,
        Self::Implements,
        Self::Identical,
    ];
}

words! {
    /// What the operation `set` sets, on an object that others read.
    Setter: Setter {
        Constraint = "constraint", Breach, SET_CONSTRAINT, "TypeParam.SetConstraint of the first type parameter, to the constraint it has";
        Underlying = "underlying", Breach, SET_UNDERLYING, "Named.SetUnderlying, to the type it has";
        Method = "method", Breach, ADD_METHOD, "Named.AddMethod of a new method";
        Typeparams = "typeparams", Breach, SET_TYPE_PARAMS, "Alias.SetTypeParams of an alias (Go 1.23 and later)";
        Insert = "insert", Breach, INSERT, "Scope.Insert of a new constant";
    }
}

const TABLES: [&[Element]; 9] = [
    Share::ELEMENTS,
    Import::ELEMENTS,
    &super::operation::ELEMENTS,
    Query::ELEMENTS,
    Setter::ELEMENTS,
    Meet::ELEMENTS,
    WalkOrder::ELEMENTS,
    Setting::ELEMENTS,
    Pattern::ELEMENTS,
];
const COUNT: usize = {
    let (mut n, mut i) = (0, 0);
    while i < TABLES.len() {
        n += TABLES[i].len();
        i += 1;
    }
    n
};

/// The whole vocabulary.
pub static ELEMENTS: [Element; COUNT] = {
    let mut all = [Share::ELEMENTS[0]; COUNT];
    let (mut n, mut t) = (0, 0);
    while t < TABLES.len() {
        let mut i = 0;
        while i < TABLES[t].len() {
            all[n] = TABLES[t][i];
            n += 1;
            i += 1;
        }
        t += 1;
    }
    all
};
