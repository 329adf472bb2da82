//! The functions that parse and check, and the importers.

use super::Options;
use super::plan::{Imports, Plan};
use crate::scenario::{Import, Meet, Operation, Share};

/// What of a program the check functions depend on.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools)]
pub struct Mode {
    /// Packages have several files.
    pub several_files: bool,
    /// One file set for all.
    pub fset: bool,
    /// One `types.Context` for all.
    pub context: bool,
    /// Goroutines' checks share what should be each check's own, so they are
    /// written out.
    pub special: bool,
    /// What a package was checked from is kept.
    pub syntax: bool,
    /// The information that a checker records is wanted.
    pub info: bool,
}

impl Mode {
    /// The mode of a program.
    #[must_use]
    pub fn new(plan: &Plan<'_>, options: &Options) -> Self {
        let shares = |s| plan.scenario.share.contains(&s);
        let all = || plan.scenario.before.iter().chain(plan.scenario.go.iter().flatten());
        let exports = plan.scenario.import == Import::Export
            || all().any(|op| matches!(op, Operation::Export { .. }));
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
        let syntax = all().any(|op| matches!(op, Operation::Ssa { .. }));
        Self {
            several_files: plan.packages.iter().any(|p| p.files.len() != 1),
            fset: shares(Share::Fset) || exports || special,
            context: shares(Share::Context),
            special,
            syntax,
            info: options.info || syntax || shares(Share::Info),
        }
    }

    /// The type of a package's source.
    fn source(self) -> &'static str {
        if self.several_files { "[]string" } else { "string" }
    }
}

/// The function `check`, or another of that name that stops at the first error.
pub fn check(name: &str, plan: &Plan<'_>, mode: Mode, unfinished: bool) -> String {
    let result = if mode.syntax { "checked" } else { "*types.Package" };
    let src = mode.source();
    let mut out = String::new();
    if unfinished {
        out.push_str("// Without Config.Error, checking stops at the first error.\n");
    }
    let imports = plan.imports != Imports::None;
    out.push_str(&format!(
        "func {name}(path{}{}) {result} {{\n",
        if mode.several_files { format!(" string, src {src}") } else { ", src string".to_owned() },
        if imports { ", im types.Importer" } else { "" },
    ));
    if !mode.fset {
        out.push_str("\tfset := token.NewFileSet()\n");
    }
    if mode.several_files || mode.special {
        out.push_str(&format!(
            "\tfiles := parse(path, src{})\n",
            if mode.fset { "" } else { ", fset" }
        ));
    } else {
        out.push_str(
            "\tfile, _ := parser.ParseFile(fset, path+\".go\", src, parser.SkipObjectResolution)\n",
        );
        if mode.syntax {
            out.push_str("\tfiles := []*ast.File{file}\n");
        }
    }
    let files = if mode.several_files || mode.special || mode.syntax {
        "files"
    } else {
        "[]*ast.File{file}"
    };
    if mode.syntax {
        out.push_str("\tinfo := newInfo()\n");
    }
    let info = match (mode.syntax, mode.info) {
        (true, _) => "info",
        (false, true) => "newInfo()",
        (false, false) => "nil",
    };
    let error = if unfinished { None } else { Some(error_func(plan)) };
    let mut fields = Vec::new();
    if mode.context {
        fields.push("Context: ctxt".to_owned());
    }
    if imports {
        fields.push("Importer: im".to_owned());
    }
    fields.extend(error.map(|e| format!("Error: {e}")));
    out.push_str(&format!("\tconf := types.Config{{{}}}\n", fields.join(", ")));
    out.push_str(&format!("\tpkg, _ := conf.Check(path, fset, {files}, {info})\n"));
    if mode.syntax {
        out.push_str("\treturn checked{pkg, fset, files, info}\n}\n");
    } else {
        out.push_str("\treturn pkg\n}\n");
    }
    out
}

/// What a Config does with errors: without it, checking stops at the first.
pub fn error_func(plan: &Plan<'_>) -> &'static str {
    if plan.scenario.meet.contains(&Meet::Error) {
        "func(error) { time.Sleep(time.Millisecond) }"
    } else {
        "func(error) {}"
    }
}

/// The function `parse`.
pub fn parse(mode: Mode) -> String {
    let fset = if mode.fset { "" } else { ", fset *token.FileSet" };
    if mode.several_files {
        let parameters = if mode.fset {
            "path string, src []string"
        } else {
            "path string, src []string, fset *token.FileSet"
        };
        return format!(
            "\
func parse({parameters}) (files []*ast.File) {{
	for _, text := range src {{
		file, _ := parser.ParseFile(fset, path+\".go\", text, parser.SkipObjectResolution)
		files = append(files, file)
	}}
	return files
}}
"
        );
    }
    format!(
        "\
func parse(path, src string{fset}) []*ast.File {{
	file, _ := parser.ParseFile(fset, path+\".go\", src, parser.SkipObjectResolution)
	return []*ast.File{{file}}
}}
"
    )
}

/// The type of what `check` returns where syntax is kept.
pub const CHECKED: &str = "\
type checked struct {
	*types.Package
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
}
";

/// The function `newInfo`.
pub const NEW_INFO: &str = "\
func newInfo() *types.Info {
	return &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Instances:  make(map[*ast.Ident]types.Instance),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Implicits:  make(map[ast.Node]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:     make(map[ast.Node]*types.Scope),
	}
}
";

/// The importer types that a program needs.
pub fn importers(plan: &Plan<'_>, mode: Mode) -> String {
    let package = if mode.syntax { ".Package" } else { "" };
    let delivered = |call: String| match plan.scenario.import {
        Import::Source => format!("{call}{package}"),
        Import::Export => format!("reimport({call}{package})"),
        Import::Synthetic => format!("rebuild({call}{package})"),
    };
    let mut out = String::new();
    match plan.imports {
        Imports::None => return out,
        Imports::Completed => out.push_str(
            "\
// importer has the packages that are complete.
type importer map[string]*types.Package

func (m importer) Import(path string) (*types.Package, error) { return m[path], nil }
",
        ),
        Imports::Own | Imports::Locked | Imports::Parallel | Imports::Unlocked => {
            out.push_str(&format!(
                "\
// importer checks a package at its first import and keeps it.
type importer map[string]*types.Package

func (m importer) Import(path string) (*types.Package, error) {{
	if _, ok := m[path]; !ok {{
		m[path] = nil // an import cycle ends here
		m[path] = {}
	}}
	return m[path], nil
}}
",
                delivered("check(path, sources[path], m)".to_owned())
            ));
        }
    }
    let first = if plan.completed.is_empty() {
        ""
    } else {
        "\tif pkg := l.complete[path]; pkg != nil {\n\t\treturn pkg, nil\n\t}\n"
    };
    let complete = if plan.completed.is_empty() {
        ""
    } else {
        "\tcomplete importer // not written any more\n"
    };
    match plan.imports {
        Imports::Locked => {
            out.push_str(&format!(
                "
// locked is an importer for several goroutines.
type locked struct {{
	mu sync.Mutex
	importer
{complete}}}

func (l *locked) Import(path string) (*types.Package, error) {{
{first}	l.mu.Lock()
	defer l.mu.Unlock()
	return l.importer.Import(path)
}}
"
            ));
        }
        Imports::Unlocked if !plan.completed.is_empty() => out.push_str(&format!(
            "
type unlocked struct {{
	importer
{complete}}}

func (l unlocked) Import(path string) (*types.Package, error) {{
{first}	return l.importer.Import(path)
}}
"
        )),
        _ => {}
    }
    out
}

/// The importer that checks several packages at a time.
pub fn parallel(plan: &Plan<'_>, mode: Mode) -> String {
    let package = if mode.syntax { ".Package" } else { "" };
    let checked = format!("check(path, sources[path], p){package}");
    let value = super::body::delivered(plan.scenario.import, &checked);
    let (field, first) = if plan.completed.is_empty() {
        ("", "")
    } else {
        (
            "\tcomplete importer // not written any more\n",
            "\tif pkg := p.complete[path]; pkg != nil {\n\t\treturn pkg, nil\n\t}\n",
        )
    };
    // Aligned as gofmt does.
    let pad = if field.is_empty() { " " } else { "   " };
    format!(
        "\
// parallel checks each package once, several of them at a time.
type parallel struct {{
	checks{pad}sync.Map // import paths to functions
{}}}

func (p *parallel) Import(path string) (*types.Package, error) {{
{first}	once, _ := p.checks.LoadOrStore(path, sync.OnceValue(func() *types.Package {{
		return {value}
	}}))
	return once.(func() *types.Package)(), nil
}}
",
        field
    )
}

/// What makes goroutines overlap at their first import.
pub fn meeting(plan: &Plan<'_>) -> String {
    let n = plan.importing.iter().filter(|n| **n > 0).count();
    format!(
        "
// A meeting is an importer that waits for the other goroutines at its first
// import, so that what follows overlaps.
type meeting struct {{
	types.Importer
	once sync.Once
}}

func (m *meeting) Import(path string) (*types.Package, error) {{
	m.once.Do(meet)
	return m.Importer.Import(path)
}}

var arrived atomic.Int32

func meet() {{
	arrived.Add(1)
	for arrived.Load() < {n} {{
		runtime.Gosched()
	}}
}}
"
    )
}

/// Whether goroutines meet in an importer.
pub fn meets(plan: &Plan<'_>) -> bool {
    plan.scenario.meet.contains(&Meet::Import)
        && plan.importing.iter().filter(|n| **n > 0).count() > 1
        // One Config has one importer, which does not know who calls.
        && !plan.scenario.share.contains(&Share::Config)
        && !plan.scenario.share.contains(&Share::Checker)
}
