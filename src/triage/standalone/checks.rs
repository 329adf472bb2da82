//! How a program checks packages: the common properties of its checks, and the functions that
//! check.

use std::fmt;

use super::options::Options;
use super::plan::{Imports, Plan};
use crate::scenario::{Import, Meet, Operation, Share};

/// The common properties of a program's checks.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools)]
pub struct Mode {
    /// Some package does not have exactly one file.
    pub several_files: bool,
    /// All checks use one file set.
    pub fset: bool,
    /// All checks use one `types.Context`.
    pub context: bool,
    /// The checks of goroutines share what each check should have for itself, so they are written
    /// out instead of calling a function.
    pub special: bool,
    /// Every check records into a `types.Info`.
    pub info: bool,
    /// Checks have an importer.
    pub imports: bool,
    /// `Config.Error` sleeps, so that checks overlap.
    pub slow_errors: bool,
}

impl Mode {
    /// Determines the mode of a program.
    #[must_use]
    pub fn new(plan: &Plan<'_>, options: &Options) -> Self {
        let shares = |s| plan.scenario.share.contains(&s);
        let any = |is: fn(&Operation) -> bool| {
            plan.scenario.before.iter().chain(plan.scenario.go.iter().flatten()).any(is)
        };
        let special = [
            Share::Ast,
            Share::Config,
            Share::Info,
            Share::Checker,
            Share::Package,
            Share::Incomplete,
        ]
        .into_iter()
        .any(shares);
        let exports = plan.scenario.import == Import::Export || any(is_export);
        Self {
            several_files: plan.packages.iter().any(|p| p.files.len() != 1),
            fset: shares(Share::Fset) || exports || special,
            context: shares(Share::Context),
            special,
            info: options.info || shares(Share::Info),
            imports: plan.imports != Imports::None,
            slow_errors: plan.scenario.meet.contains(&Meet::Error),
        }
    }

    /// The type of a package's source.
    #[must_use]
    pub fn source(self) -> &'static str {
        if self.several_files { "[]string" } else { "string" }
    }

    /// A `types.Config` with an importer; one that stops at the first error has no
    /// `Error`.
    #[must_use]
    pub fn config(self, importer: &str, stops: bool) -> String {
        let mut fields = Vec::new();
        if self.context {
            fields.push("Context: ctxt".to_owned());
        }
        if self.imports {
            fields.push(format!("Importer: {importer}"));
        }
        if !stops {
            // println orders nothing in the race detector's eyes.
            let body = match self.slow_errors {
                true => "func(error) { time.Sleep(time.Millisecond) }",
                false => "func(err error) { println(err.Error()) }",
            };
            fields.push(format!("Error: {body}"));
        }
        format!("types.Config{{{}}}", fields.join(", "))
    }
}

fn is_export(op: &Operation) -> bool {
    matches!(op, Operation::Export { .. })
}

/// A function that checks a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    /// Whether it also returns the syntax.
    pub syntax: bool,
    /// Whether it stops at the first error.
    pub stops: bool,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("check")?;
        f.write_str(if self.syntax { "Syntax" } else { "" })?;
        f.write_str(if self.stops { "Unfinished" } else { "" })
    }
}

impl Check {
    /// The library's declarations that the function uses.
    pub fn helpers(self, mode: Mode) -> impl Iterator<Item = &'static str> {
        let parses = self.syntax || mode.several_files;
        let all = [
            (parses, "parse"),
            (self.syntax || mode.info, "newInfo"),
            (self.syntax, "checked"),
            (mode.fset, "fset"),
        ];
        all.into_iter().filter_map(|(wanted, name)| wanted.then_some(name))
    }

    /// The declaration of the function.
    #[must_use]
    pub fn declaration(self, mode: Mode) -> String {
        let mut out = String::from("\n");
        if self.stops {
            out.push_str("// Without Config.Error, checking stops at the first error.\n");
        }
        let path =
            if mode.several_files { "path string, src []string" } else { "path, src string" };
        let importer = if mode.imports { ", im types.Importer" } else { "" };
        let result = if self.syntax { "checked" } else { "*types.Package" };
        out.push_str(&format!("func {self}({path}{importer}) {result} {{\n"));
        if !mode.fset {
            out.push_str("\tfset := token.NewFileSet()\n");
        }
        let parses = self.syntax || mode.several_files;
        let files = if parses {
            let dots = if mode.several_files { "..." } else { "" };
            out.push_str(&format!("\tfiles := parse(fset, path, src{dots})\n"));
            "files"
        } else {
            out.push_str("\tfile, err := parser.ParseFile(fset, path+\".go\", src, parser.SkipObjectResolution)\n");
            out.push_str("\tif err != nil {\n\t\tprintln(err.Error())\n\t}\n");
            "[]*ast.File{file}"
        };
        if self.syntax {
            out.push_str("\tinfo := newInfo()\n");
        }
        let info = match (self.syntax, mode.info) {
            (true, _) => "info",
            (false, true) => "newInfo()",
            (false, false) => "nil",
        };
        let config = mode.config("im", self.stops);
        out.push_str(&format!("\tconf := {config}\n"));
        out.push_str(&format!("\tpkg, _ := conf.Check(path, fset, {files}, {info})\n"));
        out.push_str(match self.syntax {
            true => "\treturn checked{pkg, fset, files, info}\n}\n",
            false => "\treturn pkg\n}\n",
        });
        out
    }
}

/// The function that checks a package for an importer.
#[must_use]
pub fn load(import: Import) -> String {
    let (_, value) = delivered(import, "check(path, sources[path], im)".to_owned());
    format!(
        "
// `load` checks a package that an importer asks for.
func load(path string, im types.Importer) *types.Package {{
	return {value}
}}
"
    )
}

/// How a checked package reaches its importers: the helper, and its call.
#[must_use]
pub fn delivered(import: Import, package: String) -> (Option<&'static str>, String) {
    let helper = match import {
        Import::Source => return (None, package),
        Import::Export => "reimport",
        Import::Synthetic => "Rebuild",
    };
    (Some(helper), format!("{helper}({package})"))
}
