//! Compiles the packages of a test case in the order of their imports.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use super::process::run;
use crate::finding::{CompilerEnd, CompilerVerdict};
use crate::harness::Toolchain;
use crate::testcase::{SourceCase, SourcePackage};
use crate::triage::standalone::imports_of;

/// The lines of output that finding.json gets.
const LINES: usize = 20;

/// The compiler of the Go under test.
#[derive(Clone, Debug)]
pub struct Compiler {
    path: PathBuf,
    go_version: String,
}

/// The compiler's verdict on one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its index in the test case.
    pub index: usize,
    /// How the compiler ended.
    pub end: CompilerEnd,
    /// Its output.
    pub output: String,
}

/// The compiler's verdicts on the packages of a test case. A package that imports one that was not
/// compiled is left out, and so are packages that import one another in a cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compiled {
    /// In the order in which they were compiled.
    pub packages: Vec<Package>,
}

impl Compiler {
    /// The compiler of a toolchain.
    ///
    /// # Errors
    /// The go command does not say where it is.
    pub fn find(go: &Toolchain) -> io::Result<Self> {
        let output = go.command().args(["tool", "-n", "compile"]).current_dir("/").output()?;
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || !Path::new(&path).is_absolute() {
            let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(io::Error::other(format!("go tool -n compile: {why}")));
        }
        Ok(Self { path: path.into(), go_version: go.version.clone() })
    }

    /// Compiles every package that can be compiled, or stops where the compiler ends badly.
    ///
    /// # Errors
    /// The file system, or a compiler that does not start.
    pub fn compile(&self, case: &SourceCase) -> io::Result<Compiled> {
        // If this process is killed, the next typerace removes it.
        let scratch = crate::harness::Scratch::new()?;
        let dir = scratch.cwd();
        let mut compiled = Compiled::default();
        let mut done: BTreeSet<usize> = BTreeSet::new();
        let mut config = String::new();
        for i in in_order(case) {
            let package = &case.packages[i];
            let deps = dependencies(case, package);
            if !deps.is_subset(&done) || !is_local(package) {
                continue;
            }
            let archive = dir.as_path().join(format!("{i}.a"));
            let (mut end, mut output) =
                self.one(dir.as_path(), package, &archive, &config, false)?;
            if end == CompilerEnd::InternalError && !output.contains("\ngoroutine ") {
                // Releases print no stack, unless the compiler is told not to catch panics.
                let (again, whole) = self.one(dir.as_path(), package, &archive, &config, true)?;
                if again == end {
                    output = whole;
                }
            }
            if end == CompilerEnd::Ok && !archive.is_file() {
                end = CompilerEnd::InternalError;
            }
            if end == CompilerEnd::Ok {
                let _ = writeln!(config, "packagefile {}={}", package.path, archive.display());
                done.insert(i);
            }
            compiled.packages.push(Package { index: i, end, output });
            if end.is_bad() {
                break;
            }
        }
        Ok(compiled)
    }

    fn one(
        &self,
        dir: &Path,
        package: &SourcePackage,
        archive: &Path,
        config: &str,
        panics: bool,
    ) -> io::Result<(CompilerEnd, String)> {
        let src = dir.join("src");
        let mut names = Vec::new();
        for (name, text) in &package.files {
            let name = Path::new(&package.path).join(name);
            let path = src.join(&name);
            fs::create_dir_all(path.parent().unwrap_or(&src))?;
            fs::write(&path, text)?;
            names.push(name);
        }
        let config_path = dir.join("importcfg");
        fs::write(&config_path, config)?;
        let mut command = Command::new(&self.path);
        command.args(["-e", "-errorurl", "-pack", "-c", "1", "-p", &package.path]);
        command.arg("-importcfg").arg(&config_path).arg("-o").arg(archive);
        if panics {
            command.arg("-d=panic");
        }
        command.args(&names).current_dir(&src).env("TMPDIR", dir).env_remove("GODEBUG");
        run(&mut command)
    }
}

impl Compiled {
    /// The package with which the compiler ended badly, or else the first one that it rejects.
    #[must_use]
    pub fn worst(&self) -> Option<&Package> {
        let bad = self.packages.iter().find(|p| p.end.is_bad());
        bad.or_else(|| self.packages.iter().find(|p| p.end == CompilerEnd::Error))
    }

    /// The verdict on all packages, for finding.json.
    #[must_use]
    pub fn verdict(&self, case: &SourceCase, compiler: &Compiler) -> CompilerVerdict {
        let worst = self.worst();
        let output = worst.map(|p| p.output.as_str()).unwrap_or_default();
        let lines: Vec<&str> = telling(output).into_iter().take(LINES).collect();
        CompilerVerdict {
            verdict: worst.map_or(CompilerEnd::Ok, |p| p.end),
            package: worst.map(|p| case.packages[p.index].path.clone()),
            output: lines.join("\n"),
            go_version: compiler.go_version.clone(),
        }
    }
}

/// The lines of the compiler's output without the frames that only report its panic: those between
/// the head of the stack and the last call of `panic`.
fn telling(output: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = output.lines().collect();
    let head = lines.iter().position(|l| l.starts_with("goroutine "));
    let Some(head) = head.filter(|_| output.contains("internal compiler error: ")) else {
        return lines;
    };
    let end = lines[head..].iter().position(|l| l.is_empty()).map_or(lines.len(), |n| head + n);
    if let Some(last) = lines[head..end].iter().rposition(|l| l.starts_with("panic(")) {
        // Its position is on the next line.
        lines.drain(head + 1..(head + last + 2).min(end));
    }
    lines
}

/// The packages, dependencies first. Those in a cycle come in some order.
fn in_order(case: &SourceCase) -> Vec<usize> {
    fn visit(case: &SourceCase, i: usize, seen: &mut BTreeSet<usize>, order: &mut Vec<usize>) {
        if seen.insert(i) {
            for dep in dependencies(case, &case.packages[i]) {
                visit(case, dep, seen, order);
            }
            order.push(i);
        }
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for i in 0..case.packages.len() {
        visit(case, i, &mut seen, &mut order);
    }
    order
}

/// The packages of the test case that a package imports.
fn dependencies(case: &SourceCase, package: &SourcePackage) -> BTreeSet<usize> {
    let paths = package.files.iter().flat_map(|(_, text)| imports_of(text));
    paths.filter_map(|path| case.packages.iter().position(|p| p.path == path)).collect()
}

/// Whether a package's files stay below the folder into which they are written.
fn is_local(package: &SourcePackage) -> bool {
    let names = package.files.iter().map(|(name, _)| name.as_str());
    let normal = |c: Component<'_>| matches!(c, Component::Normal(_));
    std::iter::once(package.path.as_str()).chain(names).all(|path| {
        !path.is_empty() && !path.starts_with('-') && Path::new(path).components().all(normal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::GoOptions;

    fn compile(text: &str) -> (SourceCase, Compiled, CompilerVerdict) {
        let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
        let compiler = Compiler::find(&go).unwrap();
        let case = SourceCase::from_txtar(text).unwrap();
        let compiled = compiler.compile(&case).unwrap();
        let verdict = compiled.verdict(&case, &compiler);
        (case, compiled, verdict)
    }

    #[test]
    fn packages_are_compiled_in_the_order_of_their_imports() {
        let (_, compiled, verdict) = compile(
            "-- b/b.go --\npackage b\n\nimport \"deep/lib\"\n\nvar X = lib.F()\n-- deep/lib/lib.go --\npackage lib\n\nfunc F() int { return 1 }\n-- c/c.go --\npackage c\n\nimport \"gone\"\n",
        );
        let ends: Vec<_> = compiled.packages.iter().map(|p| (p.index, p.end)).collect();
        assert_eq!(ends, [(1, CompilerEnd::Ok), (0, CompilerEnd::Ok), (2, CompilerEnd::Error)]);
        assert_eq!((verdict.verdict, verdict.package.as_deref()), (CompilerEnd::Error, Some("c")));
        assert!(verdict.output.starts_with("c/c.go:3:8: could not import gone"), "{verdict:?}");
    }

    #[test]
    fn what_depends_on_a_rejected_package_is_left_out() {
        let (_, compiled, _) = compile(
            "-- a/a.go --\npackage a\n\nvar X int = \"\"\n-- b/b.go --\npackage b\n\nimport \"a\"\n\nvar Y = a.X\n-- c/c.go --\npackage c\n\nimport \"d\"\n-- d/d.go --\npackage d\n\nimport \"c\"\n",
        );
        let ends: Vec<_> = compiled.packages.iter().map(|p| (p.index, p.end)).collect();
        assert_eq!(ends, [(0, CompilerEnd::Error)]);
        assert!(compiled.packages[0].output.contains("[go.dev/e/IncompatibleAssign]"));
    }

    #[test]
    fn the_reporting_frames_are_left_out() {
        let output = "x: internal compiler error: panic: nil\n\ngoroutine 1 [running]:\nbase.FatalfAt()\n\tprint.go:1\npanic({1})\n\tpanic.go:2\ntypes2.f()\n\tf.go:3\n\ngoroutine 2 [x]:\npanic(1)\n";
        let lines = telling(output);
        assert_eq!(lines[2..5], ["goroutine 1 [running]:", "types2.f()", "\tf.go:3"]);
        assert_eq!(telling("a\ngoroutine 1 [x]:\nb").len(), 3);
    }

    #[test]
    fn crash_and_deadlock() {
        for (text, end, function) in [
            ("type A[P A[P]] = int", CompilerEnd::InternalError, "types2.(*typeWriter).typ"),
            (
                "type T[P, Q any] interface{ M(interface{ T[int, P] }) }",
                CompilerEnd::Deadlock,
                "types2.(*Named).unpack",
            ),
        ] {
            let (_, compiled, verdict) = compile(&format!("-- p/p.go --\npackage p\n\n{text}\n"));
            assert_eq!(verdict.verdict, end, "{verdict:?}");
            let output = &compiled.worst().unwrap().output;
            assert!(output.contains(function), "{output}");
        }
    }
}
