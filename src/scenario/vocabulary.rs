//! What a scenario can say, with the class of each element and the rule that the class
//! rests on. The operations have a table of their own, and so have the rules.

use serde::{Deserialize, Serialize};

use super::Class;
use super::element::{Element, ElementKind, words};
use super::quotations::{
    ACTIONS, ADD_METHOD, COMPLETE, CONTEXT, FSET, IMPORT_FROM, INCOMPLETE, INSERT, INTERFACES,
    LOCKED, MAPS, METHOD_SETS, OBJECT_PATH, ONE_CHECKER, OPEN_INTERFACE, OWN_MAP,
    PACKAGE_AND_ERROR, READERS, SET_CONSTRAINT, SET_PACKAGE, SET_TYPE_PARAMS, SET_UNDERLYING,
    SILENT, SILENT_VALID, SSA_BODY, SSA_CREATED, SSA_METHODS, SSA_PROGRAM, UNFINISHED,
};
use super::situation::{Pattern, Setting, WalkOrder};

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
        Program = "program", Bug, SSA_PROGRAM, "one ssa.Program with the packages that are complete, in which every ssa builds (golang.org/x/tools/go/ssa)";
        Analyses = "analyses", Bug, ACTIONS, "one graph of analyses: each analyzer runs once on a package that is complete, and its result and facts are for all goroutines, as in golang.org/x/tools/go/analysis/checker";
    }
}

impl Share {
    /// Whether only operations of golang.org/x/tools use it. Operators add it with them.
    #[must_use]
    pub fn is_of_tools(self) -> bool {
        matches!(self, Self::Program | Self::Analyses)
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
        Unified = "unified", Bug, READERS, "compiled by the Go release under test and read into one map under a lock, by golang.org/x/tools/go/gcexportdata";
        Mixed = "mixed", Bug, READERS, "every second one as under unified, the others from source into the same map, as in go/packages";
    }
}

words! {
    /// How importers differ from one that returns each package without an error.
    Importing: Import {
        From = "from", Bug, IMPORT_FROM, "importers are types.ImporterFrom";
        Error = "error", Bug, PACKAGE_AND_ERROR, "importers return each package together with an error";
        Faulty = "faulty", Bug, PACKAGE_AND_ERROR, "importers return a package whose check found errors together with an error";
        Twice = "twice", Bug, READERS, "importers return one package for all import paths whose packages have the same files";
        Flaky = "flaky", Bug, LOCKED, "the first import of each package fails in each goroutine";
    }
}

words! {
    /// What the operation `configure` sets in the Config of later checks, without its value.
    ConfigWord: Config {
        Default = "default", Bug, COMPLETE, "nothing: the Config of other checks";
        NoBodies = "nobodies", Bug, COMPLETE, "Config.IgnoreFuncBodies, which go/packages sets for dependencies";
        NoInfo = "noinfo", Bug, COMPLETE, "nothing is recorded: the types.Info is nil, as in importers from source";
        GoVersion = "goversion", Bug, COMPLETE, "Config.GoVersion";
        FileVersion = "fileversion", Bug, COMPLETE, "the version of every file, as from a line //go:build go1.N";
        FakeImportC = "fakeimportc", Bug, COMPLETE, "Config.FakeImportC";
        Sizes = "sizes", Bug, COMPLETE, "Config.Sizes of another architecture, or nil";
        UnusedImports = "unusedimports", Bug, COMPLETE, "Config.DisableUnusedImportCheck";
        Silent = "silent", Bug, SILENT_VALID, "no Config.Error; a check that finds an error is done again with one";
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
        Typeset = "typeset", Bug, INTERFACES, "Interface.NumMethods, IsComparable, IsMethodSet, Empty: the lazy type set";
        Identical = "identical", Bug, READERS, "types.Identical with another type";
        Implements = "implements", Bug, READERS, "types.Implements and types.MissingMethod with another type";
        Satisfies = "satisfies", Bug, READERS, "types.Satisfies with another type";
        Assignable = "assignable", Bug, READERS, "types.AssignableTo another type";
        Convertible = "convertible", Bug, READERS, "types.ConvertibleTo another type";
        Comparable = "comparable", Bug, READERS, "types.Comparable";
        Sizes = "sizes", Bug, READERS, "Sizes.Sizeof, Alignof and Offsetsof for amd64";
        Scope = "scope", Bug, READERS, "Scope.Names, Lookup, Innermost, String of the package's scopes";
        Objectpath = "objectpath", Bug, OBJECT_PATH, "objectpath.For and Object of type names, methods and fields, and one objectpath.Encoder for all goroutines (golang.org/x/tools)";
        Methodsetcache = "methodsetcache", Bug, METHOD_SETS, "method sets through one typeutil.MethodSetCache (golang.org/x/tools)";
        Typemap = "typemap", Bug, READERS, "types hashed and compared in the goroutine's own typeutil.Map (golang.org/x/tools)";
        Objects = "objects", Bug, READERS, "Object.String, Id, Parent and the like of the type's object, methods and fields; Func.FullName, Origin, Scope and Signature";
        Package = "package", Bug, READERS, "Package.Path, Name, Imports, Complete, GoVersion and String of the type's package";
        Iterators = "iterators", Bug, READERS, "the iterators of Go 1.24: Named.Methods, Struct.Fields, Tuple.Variables and the like";
        Hash = "hash", Bug, READERS, "types.Hasher (Go 1.27) and one typeutil.Hasher for all goroutines (golang.org/x/tools)";
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
        matches!(self, Self::Objectpath | Self::Methodsetcache | Self::Typemap | Self::Hash)
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
        Package = "package", Breach, SET_PACKAGE, "Package.SetName, SetImports and MarkComplete, to what the package has";
    }
}

words! {
    /// What the operation `ssaread` reads of the functions of a package, which another
    /// goroutine may be building.
    Reading: Reading {
        String = "string", Bug, SSA_CREATED, "Function.Name, String, Type and Object";
        Origin = "origin", Bug, SSA_CREATED, "Function.Origin, TypeParams, TypeArgs, Parent and Package";
        Syntax = "syntax", Bug, SSA_CREATED, "Function.Syntax, node by node, and Pos";
        Methods = "methods", Bug, SSA_METHODS, "Program.MethodValue of every method, which builds wrappers, and RuntimeTypes";
        Blocks = "blocks", Breach, SSA_BODY, "Function.Blocks with their instructions, Params and Locals";
        Referrers = "referrers", Breach, SSA_BODY, "Function.Params and AnonFuncs, and their Referrers";
    }
}

impl Reading {
    /// What may be read while another goroutine builds; the order is that of draws.
    pub(crate) const SAFE: &'static [Self] =
        &[Self::String, Self::Origin, Self::Syntax, Self::Methods];
}

const TABLES: [&[Element]; 12] = [
    Share::ELEMENTS,
    Import::ELEMENTS,
    Importing::ELEMENTS,
    &super::operation::ELEMENTS,
    Query::ELEMENTS,
    Setter::ELEMENTS,
    Reading::ELEMENTS,
    Meet::ELEMENTS,
    WalkOrder::ELEMENTS,
    Setting::ELEMENTS,
    Pattern::ELEMENTS,
    ConfigWord::ELEMENTS,
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
