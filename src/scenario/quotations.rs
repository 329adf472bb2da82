//! Everything that typerace quotes, and what it says itself, as a class's reason.
//! tests/quotations.rs compares each quotation with its source.

use super::rule::{IssueQuotation, Rule, Source};

const SHARED_IMPORT: IssueQuotation = IssueQuotation {
    number: 34921,
    author: "rsc",
    date: "2019-10-15",
    says: "Previously, if you had packages A and B both importing C, it was safe to run types.NewChecker(...).Files() on package C's files and then type-check A and B in parallel goroutines both of which returned C's type-check information from their types.Config.Importer.",
};
const NO_MUTATION: IssueQuotation = IssueQuotation {
    number: 71817,
    author: "findleyr",
    date: "2025-02-18",
    says: "While it is not explicitly stated, `CheckExpr` and `Eval` should really not mutate the existing package in any way.",
};

/// Every quotation of an issue. The tests have no copy of the issues, so this list is
/// the record: add only what you read there.
pub const ISSUES: &[IssueQuotation] = &[SHARED_IMPORT, NO_MUTATION];

const fn go(file: &'static str, declaration: &'static str, says: &'static str) -> Rule {
    Rule { says, source: Source::Go { file, declaration }, note: "" }
}
const fn tools(file: &'static str, declaration: &'static str, says: &'static str) -> Rule {
    Rule { says, source: Source::Tools { file, declaration }, note: "" }
}
const fn issue(quotation: &'static IssueQuotation) -> Rule {
    Rule { says: quotation.says, source: Source::Issue(quotation), note: "" }
}
const fn own(says: &'static str) -> Rule {
    Rule { says, source: Source::Own, note: "" }
}
const fn noted(rule: Rule, note: &'static str) -> Rule {
    Rule { note, ..rule }
}

pub(super) const COMPLETE: Rule = issue(&SHARED_IMPORT);
pub(super) const EVAL: Rule = issue(&NO_MUTATION);

// A comment and not documentation: it stands inside the package, for its authors.
pub(super) const READERS: Rule = Rule {
    says: "this lazy construction may also occur concurrently, due to concurrent use of the type checker API (after type checking or importing has finished)",
    source: Source::GoComment { file: "go/types/named.go" },
    note: "",
};
const AFTER_CHECKING: &str =
    "concurrent use comes after type checking or importing, says a comment in go/types/named.go";

/// About types2, whatever the elements are.
pub(super) const TYPES2_IMPORTED: Rule = Rule {
    says: "Use the resulting package concurrently, via dot-imports, to exercise the race of issue #69912.",
    source: Source::GoComment { file: "cmd/compile/internal/importer/gcimporter_test.go" },
    note: "several checkers use one imported package, and have nothing else in common",
};
pub(super) const TYPES2_SILENT: Rule = own(
    "types2 is the compiler's own, which uses it on one goroutine: nothing says that several may",
);
pub(super) const ONE_COMPILATION: Rule = own("one goroutine is enough, as in a compilation");
/// The rules that no element has.
pub const TYPES2: &[Rule] = &[TYPES2_IMPORTED, TYPES2_SILENT, ONE_COMPILATION];

pub(super) const INTERFACES: Rule = go(
    "go/types/interface.go",
    "func (*Interface) Complete",
    "Interface types that have been completed are safe for concurrent use.",
);
pub(super) const CONTEXT: Rule =
    go("go/types/context.go", "type Context", "Contexts are safe for concurrent use.");
pub(super) const FSET: Rule = go(
    "go/token/position.go",
    "type FileSet",
    "Methods of file sets are synchronized; multiple goroutines may invoke them concurrently.",
);
pub(super) const ONE_CHECKER: Rule =
    go("go/types/check.go", "type Checker", "A Checker maintains the state of the type checker.");
pub(super) const INCOMPLETE: Rule = noted(
    go(
        "go/types/package.go",
        "func (*Package) Complete",
        "A package is complete if its scope contains (at least) all exported objects; otherwise it is incomplete.",
    ),
    "golang.org/issue/34921 is about sharing packages whose check has returned",
);
const NO_ERROR: Rule = go(
    "go/types/api.go",
    "type Config",
    "If Error == nil, type-checking stops with the first error found.",
);
pub(super) const UNFINISHED: Rule =
    noted(NO_ERROR, "what that leaves unfinished is read before type checking has finished");
pub(super) const FAULTY: Rule = noted(
    go(
        "go/types/api.go",
        "type Config",
        "If Error != nil, it is called with each error found during type checking",
    ),
    "so the check goes on to its end, and the package is used after that",
);
pub(super) const SILENT_VALID: Rule = noted(
    NO_ERROR,
    "where there is none, the check goes on to its end, and the package is used after that",
);
pub(super) const IMPORT_FROM: Rule = go(
    "go/types/api.go",
    "type ImporterFrom",
    "The types package does not call Import if an ImporterFrom is present.",
);
pub(super) const PACKAGE_AND_ERROR: Rule = go(
    "go/types/api.go",
    "type ImporterFrom",
    "If the import failed, besides returning an error, ImportFrom is encouraged to cache and return a package anyway, if one was created.",
);
pub(super) const OPEN_INTERFACE: Rule = go(
    "go/types/interface.go",
    "func NewInterfaceType",
    "To avoid race conditions, the interface's type set should be computed before concurrent use of the interface, by explicitly calling Complete.",
);
pub(super) const SET_CONSTRAINT: Rule = noted(
    go(
        "go/types/typeparam.go",
        "func (*TypeParam) SetConstraint",
        "Once SetConstraint returns the receiver, t is safe for concurrent use.",
    ),
    "here it has not returned",
);
pub(super) const SET_UNDERLYING: Rule = noted(
    go(
        "go/types/named.go",
        "func (*Named) SetUnderlying",
        "SetUnderlying sets the underlying type and marks t as complete.",
    ),
    AFTER_CHECKING,
);
pub(super) const ADD_METHOD: Rule = noted(
    go(
        "go/types/named.go",
        "func (*Named) AddMethod",
        "AddMethod adds method m unless it is already in the method list.",
    ),
    AFTER_CHECKING,
);
pub(super) const SET_TYPE_PARAMS: Rule = noted(
    go(
        "go/types/alias.go",
        "func (*Alias) SetTypeParams",
        "SetTypeParams sets the type parameters of the alias type a.",
    ),
    AFTER_CHECKING,
);
pub(super) const INSERT: Rule = noted(
    go(
        "go/types/scope.go",
        "func (*Scope) Insert",
        "Insert attempts to insert an object obj into scope s.",
    ),
    "into a map that others read, without a lock",
);

pub(super) const SET_PACKAGE: Rule = noted(
    go(
        "go/types/package.go",
        "func (*Package) SetImports",
        "SetImports sets the list of explicitly imported packages to list.",
    ),
    AFTER_CHECKING,
);

const BUILD: Rule =
    tools("go/ssa/builder.go", "func (*Package) Build", "Build is idempotent and thread-safe.");
pub(super) const SSA: Rule =
    noted(BUILD, "each goroutine has a Program of its own, and reads packages that are complete");
pub(super) const SSA_PROGRAM: Rule =
    noted(BUILD, "all packages are created before the goroutines start");
const FUNCTION: Rule = tools(
    "go/ssa/ssa.go",
    "type Function",
    "These fields are populated only when the function body is built:",
);
pub(super) const SSA_CREATED: Rule =
    noted(FUNCTION, "only other fields are read, which CreatePackage sets");
pub(super) const SSA_BODY: Rule =
    noted(FUNCTION, "they are read while another goroutine may be building the function");
pub(super) const SSA_METHODS: Rule = tools(
    "go/ssa/methods.go",
    "func (*Program) MethodValue",
    "MethodValue returns the Function implementing method sel, building wrapper methods on demand.",
);
pub(super) const ACTIONS: Rule = tools(
    "go/analysis/checker/checker.go",
    "type Action",
    "Actions form a DAG, both within a package (as different analyzers are applied, either in sequence or parallel), and across packages (as dependencies are analyzed).",
);
pub(super) const OBJECT_PATH: Rule = noted(
    tools(
        "go/types/objectpath/objectpath.go",
        "func (*Encoder) For",
        "For is safe for concurrent use.",
    ),
    "where an Encoder has no lock yet, each goroutine has its own",
);
pub(super) const METHOD_SETS: Rule = tools(
    "go/types/typeutil/methodsetcache.go",
    "func (*MethodSetCache) MethodSet",
    "MethodSet returns the method set of type T. It is thread-safe.",
);

pub(super) const SILENT: Rule =
    own("The documentation does not say whether this may be done concurrently.");
pub(super) const LOCKED: Rule =
    own("The importer has a lock, and the packages that it returns are complete.");
pub(super) const OWN_MAP: Rule = own("The importer keeps its packages in a map without a lock.");
pub(super) const MAPS: Rule = own(
    "The maps of a types.Info have no lock, and every checker that records into it writes to them.",
);
