//! How a program checks packages: the common properties of its checks, and the functions that
//! check.

use std::fmt;

use super::options::Options;
use super::plan::{Imports, Plan};
use super::settings::Settings;
use super::text::quoted;
use crate::scenario::{Import, Importing, Meet, Operation, Share};

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
    /// `Config.Error` records that a package has errors.
    pub broken: bool,
}

impl Mode {
    /// Determines the mode of a program.
    #[must_use]
    pub fn new(plan: &Plan<'_>, options: &Options) -> Self {
        let shares = |s| plan.scenario.share.contains(&s);
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
        let exports =
            plan.scenario.import == Import::Export || plan.scenario.operations().any(is_export);
        Self {
            several_files: plan.packages.iter().any(|p| p.files.len() != 1),
            fset: shares(Share::Fset) || exports || special,
            context: shares(Share::Context),
            special,
            info: options.info || shares(Share::Info),
            imports: plan.imports != Imports::None,
            broken: plan.scenario.importing.contains(&Importing::Faulty),
            slow_errors: plan.scenario.meet.contains(&Meet::Error),
        }
    }

    /// What follows a package's source in the list of arguments.
    #[must_use]
    pub fn dots(self) -> &'static str {
        if self.several_files { "..." } else { "" }
    }

    /// The type of a package's source.
    #[must_use]
    pub fn source(self) -> &'static str {
        if self.several_files { "[]string" } else { "string" }
    }

    /// A `types.Config` with an importer, and with an Error unless it is to stop at the first
    /// error.
    #[must_use]
    pub fn config(self, importer: &str, settings: Settings, error: Option<&str>) -> String {
        let mut fields = Vec::new();
        if self.context {
            fields.push("Context: ctxt".to_owned());
        }
        if self.imports {
            fields.push(format!("Importer: {importer}"));
        }
        fields.extend(settings.fields());
        fields.extend(error.map(|error| format!("Error: {error}")));
        format!("types.Config{{{}}}", fields.join(", "))
    }

    /// A function for `Config.Error`. Where there is a variable `path`, it may record that the
    /// package has errors.
    #[must_use]
    pub fn error(self, has_path: bool) -> &'static str {
        match (self.slow_errors, self.broken && has_path) {
            // println orders nothing in the race detector's eyes.
            (false, false) => "func(err error) { println(err.Error()) }",
            (true, false) => "func(error) { time.Sleep(time.Millisecond) }",
            (false, true) => "func(err error) { broken.Store(path, true); println(err.Error()) }",
            (true, true) => {
                "func(error) { broken.Store(path, true); time.Sleep(time.Millisecond) }"
            }
        }
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
    /// What its Config has beside.
    pub settings: Settings,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("check")?;
        f.write_str(if self.syntax { "Syntax" } else { "" })?;
        f.write_str(if self.stops { "Unfinished" } else { "" })?;
        f.write_str(&self.settings.suffix())
    }
}

impl Check {
    fn records(self, mode: Mode) -> bool {
        mode.info && !self.settings.no_info
    }

    /// The library's declarations that the function uses.
    pub fn helpers(self, mode: Mode) -> impl Iterator<Item = &'static str> {
        let parses = self.syntax || mode.several_files;
        let all = [
            (parses, "parse"),
            (self.syntax || self.records(mode), "newInfo"),
            (self.syntax, "checked"),
            (mode.fset, "fset"),
            (mode.broken, "broken"),
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
        if let Some(n) = self.settings.file_version {
            out.push_str(&format!("\t// As if each file had a line //go:build go1.{n}.\n"));
            out.push_str(&match parses {
                true => format!(
                    "\tfor _, file := range files {{\n\t\tfile.GoVersion = \"go1.{n}\"\n\t}}\n"
                ),
                false => format!("\tfile.GoVersion = \"go1.{n}\"\n"),
            });
        }
        if self.syntax {
            out.push_str("\tinfo := newInfo()\n");
        }
        let info = match (self.syntax, self.records(mode)) {
            (true, _) => "info",
            (false, true) => "newInfo()",
            (false, false) => "nil",
        };
        let silent = self.settings.silent && !self.stops;
        let error = mode.error(true);
        let config = mode.config("im", self.settings, (!self.stops && !silent).then_some(error));
        out.push_str(&format!("\tconf := {config}\n"));
        let err = if silent { "err" } else { "_" };
        out.push_str(&format!("\tpkg, {err} := conf.Check(path, fset, {files}, {info})\n"));
        if silent {
            out.push_str("\tif err != nil {\n\t\t// Without Config.Error, checking stopped at the first error.\n");
            out.push_str(&format!("\t\tconf.Error = {error}\n"));
            out.push_str(&format!("\t\tpkg, _ = conf.Check(path, fset, {files}, {info})\n\t}}\n"));
        }
        out.push_str(match self.syntax {
            true => "\treturn checked{pkg, fset, files, info}\n}\n",
            false => "\treturn pkg\n}\n",
        });
        out
    }
}

/// The function that checks a package for an importer.
#[must_use]
pub fn load(plan: &Plan<'_>, mode: Mode) -> String {
    let check = "check(path, sources[path], im)".to_owned();
    let source = format!("sources[path]{}", mode.dots());
    let import = plan.scenario.import;
    let (_, value) = delivered(import, check.clone(), "im.(loader)", &source);
    let from_source: Vec<String> = plan
        .packages
        .iter()
        .enumerate()
        .filter(|(i, _)| is_from_source(import, *i))
        .map(|(_, p)| quoted(p.path))
        .collect();
    let mut first = String::new();
    if import == Import::Mixed {
        let paths = from_source.join(", ");
        first = format!("\tswitch path {{\n\tcase {paths}:\n\t\treturn {check}\n\t}}\n");
    }
    format!(
        "
// `load` checks a package that an importer asks for.
func load(path string, im types.Importer) *types.Package {{
{first}	return {value}
}}
"
    )
}

/// Whether importers get a package from source even though others come from the compiler's export
/// data: the harness's choice.
#[must_use]
pub fn is_from_source(import: Import, index: usize) -> bool {
    import == Import::Mixed && index.is_multiple_of(2)
}

/// The helper that brings checked packages into the form in which importers get them.
#[must_use]
pub fn delivery(import: Import) -> Option<&'static str> {
    match import {
        Import::Source => None,
        Import::Export => Some("reimport"),
        Import::Synthetic => Some("Rebuild"),
        Import::Unified | Import::Mixed => Some("compiled"),
    }
}

/// How a checked package reaches its importers: the helper, and its call. The compiler needs the
/// package's source, and its export data is read into a map of packages.
#[must_use]
pub fn delivered(
    import: Import,
    package: String,
    packages: &str,
    source: &str,
) -> (Option<&'static str>, String) {
    let value = match delivery(import) {
        None => package,
        Some("compiled") => format!("compiled({packages}, {package}, {source})"),
        Some(helper) => format!("{helper}({package})"),
    };
    (delivery(import), value)
}
