//! Builds the harness from the sources inside this binary, once for each Go,
//! overlay and version of the sources.

use std::fs;
use std::hash::{Hash, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use include_dir::{Dir, DirEntry, include_dir};
use libafl_bolts::hasher_std;

use super::cache::{cache_dir, publish, staging};
use super::error::EnvError;
use super::overlay::Overlay;
use super::patched;
use super::sources::Sources;
use super::stoppable;
use super::target::{TargetName, TargetOperation, TargetPackage};
use super::toolchain::{GoOptions, Toolchain};
use super::xtools;
use crate::checker::{Checker, TWIN};
use crate::go_release;
use crate::patches::Patched;
use crate::scenario::register_target;

static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/harness_go");

/// A harness that can be started.
#[derive(Clone, Debug)]
pub struct BuiltHarness {
    /// The executable.
    pub path: PathBuf,
    /// The key of this build: a hash of Go's version, sources, flags and overlay.
    pub key: String,
    /// The toolchain that built it.
    pub toolchain: Toolchain,
    /// The operations that the user's target registers, if there is one.
    pub targets: Vec<TargetOperation>,
    /// That target.
    pub target: Option<TargetName>,
    /// The patches in it.
    pub patched: Patched,
    /// What the go/types in it is made of.
    pub sources: Sources,
}

impl BuiltHarness {
    /// Finds Go and builds the harness, unless it is in the cache. `progress` receives a line
    /// before slow steps.
    ///
    /// # Errors
    /// There is no working Go, no C compiler, no disk space, or the harness does not compile.
    pub fn get(options: &GoOptions, progress: &mut dyn FnMut(&str)) -> Result<Self, EnvError> {
        let toolchain = Toolchain::find(options, progress)?;
        Self::build(toolchain, options, progress)
    }

    /// The same harness without counters, probes and hooks in the standard library. It shows
    /// whether the instrumented one hides races.
    ///
    /// # Errors
    /// As for [`BuiltHarness::get`].
    pub fn plain(options: &GoOptions, progress: &mut dyn FnMut(&str)) -> Result<Self, EnvError> {
        let toolchain = Toolchain::find(options, progress)?;
        let flags = uninstrumented(toolchain.minor, toolchain.checker);
        let (path, key) = build_with(
            &toolchain,
            &flags,
            &Extras::default(),
            "without instrumentation",
            progress,
        )?;
        Ok(Self {
            path,
            key,
            toolchain,
            targets: Vec::new(),
            target: None,
            patched: Patched::default(),
            sources: Sources::default(),
        })
    }

    /// Builds the harness with a toolchain, unless it is in the cache, with the overlay, the patches
    /// and the target of the options. From then on, the target's operations are part of the
    /// vocabulary.
    ///
    /// # Errors
    /// The overlay, a patch or the target is unusable, there is no disk space, or it does not
    /// compile.
    pub fn build(
        mut toolchain: Toolchain,
        options: &GoOptions,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Self, EnvError> {
        let (extras, patched, sources) = Extras::read(&mut toolchain, options)?;
        let mut plain = flags(toolchain.minor, toolchain.checker);
        if let Some(target) = &extras.target {
            plain.extend(target.flags());
        }
        let cache = cache_dir()?;
        let place = |flags: &[String]| {
            let key = key(&toolchain, flags, &extras);
            let path = cache.join(&key).join("harness");
            (key, path)
        };
        let make = |flags: &[String], key: &str| {
            let new = staging(&cache)?;
            compile(&toolchain, flags, &extras, new.path())?;
            publish(new.path(), &cache.join(key))
        };
        let (plain_key, plain_path) = place(&plain);
        let mut found = None;
        if let Some(client) = xtools::flags(&toolchain) {
            let mut all = plain.clone();
            all.extend(client);
            let (key, path) = place(&all);
            let mut there = path.is_file();
            if !there && !xtools::tried_lately(&plain_path) {
                progress(&format!("building the harness with {} (once)", toolchain.version));
                match make(&all, &key) {
                    Ok(()) => there = true,
                    // The second build would fail in the same way.
                    Err(EnvError::Build { output, version }) if is_of_checker(&output) => {
                        return Err(EnvError::Build { version, output });
                    }
                    // Either the target or typerace is at fault: the build without the target tells
                    // which.
                    Err(EnvError::Build { output, .. }) => progress(&xtools::missing(&output)),
                    // The target may need the missing module; then the second build reports it.
                    Err(EnvError::BadTarget { .. }) => {}
                    Err(e) => return Err(e),
                }
            }
            found = there.then_some((key, path));
        }
        let (key, path) = match found {
            Some(found) => found,
            None => {
                if !plain_path.is_file() {
                    progress(&format!("building the harness with {} (once)", toolchain.version));
                    make(&plain, &plain_key)?;
                }
                (plain_key, plain_path)
            }
        };
        let targets = match &extras.target {
            Some(target) => target.ask(&path)?,
            None => Vec::new(),
        };
        for t in &targets {
            register_target(&t.name, t.class, &t.does, &t.rule, &t.place);
        }
        let target = extras.target.as_ref().map(TargetPackage::name);
        Ok(Self { path, key, toolchain, targets, target, patched, sources })
    }
}

/// A user's additions to a build.
#[derive(Default)]
struct Extras {
    overlay: Option<Overlay>,
    target: Option<TargetPackage>,
}

impl Extras {
    /// Reads them, and lets the toolchain know of the overlay.
    fn read(
        toolchain: &mut Toolchain,
        options: &GoOptions,
    ) -> Result<(Self, Patched, Sources), EnvError> {
        let user = options.overlay.as_deref();
        let (path, patched, sources) = patched::with_sources(toolchain, user, &options.patches)?;
        let overlay = path.as_deref().map(|p| Overlay::read(p, &toolchain.goroot)).transpose()?;
        if let Some(path) =
            options.target.as_deref().filter(|_| options.checker != Checker::GoTypes)
        {
            let why = format!("targets are for go/types, not for {}", options.checker);
            return Err(EnvError::BadTarget { path: path.to_owned(), why });
        }
        let target = options.target.as_deref().map(|p| TargetPackage::read(p, toolchain));
        let target = target.transpose()?;
        toolchain.overlay = path;
        Ok((Self { overlay, target }, patched, sources))
    }

    /// An error of a build of go/types, with the user's files and lines in place of the instrumented
    /// copies. Instrumenting changes no line numbers.
    fn in_users_files(&self, e: EnvError, toolchain: &Toolchain) -> EnvError {
        let EnvError::Build { version, output } = e else { return e };
        let copy = regex::Regex::new(r"[^\s:]*\bprobes/(?:([a-z0-9]+)/)?([A-Za-z0-9_.]+\.go)");
        let copy = copy.expect("a constant");
        let folders = toolchain.checker_folders();
        let own = |found: &regex::Captures<'_>| {
            // With several packages, each has a folder of its name.
            let package = found.get(1).map(|m| m.as_str());
            let folder = folders.iter().find(|f| package.is_none_or(|name| f.ends_with(name)));
            let Some(folder) = folder else { return found[0].to_owned() };
            let path = folder.join(&found[2]);
            let path = match &self.overlay {
                Some(overlay) => overlay.replacement(&path),
                None => path,
            };
            path.display().to_string()
        };
        EnvError::Build { version, output: copy.replace_all(&output, own).into_owned() }
    }
}

/// Builds a harness for a purpose other than campaigns, unless it is in the cache: with the options'
/// overlay and patches, but without their target; with x/tools, or without it if that fails.
/// `flags` returns those for a minor version of Go.
pub(super) fn build_for(
    options: &GoOptions,
    flags: impl Fn(u32, Checker) -> Vec<String>,
    how: &str,
    progress: &mut dyn FnMut(&str),
) -> Result<BuiltHarness, EnvError> {
    let mut toolchain = Toolchain::find(options, progress)?;
    let options = GoOptions { target: None, ..options.clone() };
    let (extras, patched, sources) = Extras::read(&mut toolchain, &options)?;
    let plain = flags(toolchain.minor, toolchain.checker);
    let client = xtools::flags(&toolchain);
    let all = client.map(|client| [&plain[..], &client[..]].concat());
    let with_client = all.map(|all| build_with(&toolchain, &all, &extras, how, progress));
    let (path, key) = match with_client {
        // It may have failed because of x/tools.
        None | Some(Err(EnvError::Build { .. })) => {
            build_with(&toolchain, &plain, &extras, how, progress)?
        }
        Some(done) => done?,
    };
    Ok(BuiltHarness { path, key, toolchain, targets: Vec::new(), target: None, patched, sources })
}

fn build_with(
    toolchain: &Toolchain,
    flags: &[String],
    extras: &Extras,
    how: &str,
    progress: &mut dyn FnMut(&str),
) -> Result<(PathBuf, String), EnvError> {
    let cache = cache_dir()?;
    let key = key(toolchain, flags, extras);
    let path = cache.join(&key).join("harness");
    if !path.is_file() {
        progress(&format!("building a harness {how}, {} (once)", toolchain.version));
        let new = staging(&cache)?;
        compile(toolchain, flags, extras, new.path())?;
        publish(new.path(), &cache.join(&key))?;
    }
    Ok((path, key))
}

/// Flags of a harness without counters in the checker, and therefore without probes.
pub(super) fn uninstrumented(minor: u32, checker: Checker) -> Vec<String> {
    let mut flags = flags(minor, checker);
    flags.retain(|f| !f.ends_with(COUNTERS));
    flags.push(format!("-gcflags={COUNTERS_ELSEWHERE}{COUNTERS}"));
    flags
}

/// Flags of a harness without the race detector, with counters and probes.
pub(super) fn unwatched(minor: u32, checker: Checker) -> Vec<String> {
    let mut flags = flags(minor, checker);
    flags.retain(|f| !f.contains("-race"));
    flags
}

/// Counters for the checker's packages alone, because coverage of the harness itself is not news.
const COUNTERS: &str = "=-d=libfuzzer";
/// The build needs counters in some package, because a harness without any is refused. This package
/// is not used while goroutines run.
const COUNTERS_ELSEWHERE: &str = "text/tabwriter";

fn flags(minor: u32, checker: Checker) -> Vec<String> {
    // Only one goroutine uses what the parser writes until the parser is done, and watching it
    // costs a tenth of a run. The protocol is also read and written by one goroutine.
    let (parsers, module): (&[&str], _) = match checker {
        Checker::GoTypes => (&["go/parser", "go/scanner"], OWN_MODULE),
        Checker::Types2 => (&["cmd/compile/internal/syntax"], TWIN),
    };
    let mut flags = vec!["-race".to_owned()];
    flags.extend(checker.packages().iter().map(|p| format!("-gcflags={p}{COUNTERS}")));
    flags.extend(parsers.iter().map(|p| format!("-gcflags={p}=-race=false")));
    let unwatched = ["wire", "sense"];
    flags.extend(unwatched.map(|p| format!("-gcflags={module}/internal/{p}=-race=false")));
    if go_release::checks_linknames(minor) {
        // Older linkers let any package use the runtime's hooks.
        flags.push("-ldflags=-checklinkname=0".to_owned());
    }
    if checker == Checker::Types2 {
        flags.push("-tags=types2".to_owned());
    }
    flags
}

/// The folder of [`TWIN`] in the module that it is in.
const TWIN_FOLDER: &str = "./compile/internal/typerace";
/// The harness's import path, where it is a module of its own.
const OWN_MODULE: &str = "typerace/harness";

/// The GOEXPERIMENT of a build, if it must not be the user's.
///
/// Since Go 1.27, packages that are compiled without the race detector allocate with functions made
/// for one size, and these do not tell the detector that memory is used again. Syntax trees, which
/// the parser allocates, then seem to race with whatever used their memory before.
fn experiments(goroot: &Path) -> Option<String> {
    let name = "sizespecializedmalloc";
    let file = format!("src/internal/goexperiment/exp_{name}_on.go");
    let users = std::env::var("GOEXPERIMENT").unwrap_or_default();
    let all = if users.is_empty() { format!("no{name}") } else { format!("{users},no{name}") };
    goroot.join(file).is_file().then_some(all)
}

fn compile(
    toolchain: &Toolchain,
    flags: &[String],
    extras: &Extras,
    folder: &Path,
) -> Result<(), EnvError> {
    let write = |path: PathBuf, content: &[u8]| {
        fs::create_dir_all(path.parent().unwrap_or(folder))
            .and_then(|()| fs::write(&path, content))
            .map_err(|source| EnvError::Write { path, source })
    };
    let src = folder.join("src");
    write_module(&src)?;
    let mut build = toolchain.command();
    // A build that is killed leaves its files behind; `folder` is removed then.
    build.arg("build").args(flags).current_dir(&src).env("GOTMPDIR", folder);
    if let Some(experiments) = experiments(&toolchain.goroot) {
        build.env("GOEXPERIMENT", experiments);
    }
    let (home, package) = match toolchain.checker {
        Checker::GoTypes => (src.clone(), "."),
        // The overlay makes it a package of the compiler.
        Checker::Types2 => (toolchain.goroot.join("src/cmd"), TWIN_FOLDER),
    };
    build.current_dir(home).arg("-o").arg(folder.join("harness"));
    if let Some(target) = &extras.target {
        // If a go.mod asks for another Go, the build fails instead of using that Go.
        build.args(target.add_to(&src, flags)?).env("GOTOOLCHAIN", "local");
    }
    let overlay = match &extras.overlay {
        Some(overlay) => {
            let path = folder.join("overlay.json");
            write(path.clone(), overlay.json().as_bytes())?;
            Some(path)
        }
        None => None,
    };
    let bare = flags.iter().any(|f| f.contains(COUNTERS_ELSEWHERE));
    if bare && toolchain.checker == Checker::GoTypes {
        if let Some(path) = overlay {
            build.arg("-overlay").arg(path);
        }
        return succeed(toolchain, build.arg(package));
    }
    // The probes of seeded schedules are laid over the user's overlay.
    let probes = folder.join("probes");
    fs::create_dir_all(&probes)
        .map_err(|source| EnvError::Write { path: probes.clone(), source })?;
    let mut go = toolchain.command();
    go.args(["run", "./instrument", "-goroot"]).arg(&toolchain.goroot).current_dir(&src);
    go.env("GOTMPDIR", folder);
    go.arg("-out").arg(&probes).args(["-checker", toolchain.checker.as_str()]);
    if bare {
        go.arg("-bare");
    }
    if let Some(path) = overlay {
        go.arg("-overlay").arg(path);
    }
    let users = |e: EnvError| extras.in_users_files(e, toolchain);
    succeed(toolchain, &mut go).map_err(users)?;
    build.arg("-overlay").arg(probes.join("overlay.json"));
    match (succeed(toolchain, build.arg(package)).map_err(users), &extras.target) {
        (Err(EnvError::Build { output, .. }), Some(target)) if !is_of_checker(&output) => {
            Err(target.blame(&output))
        }
        (result, _) => result,
    }
}

/// Whether the output of a failed build is about the checker, which the user may have changed.
pub(super) fn is_of_checker(output: &str) -> bool {
    let all = Checker::ALL.map(Checker::packages).concat();
    let names_it = |l: &str| l.strip_prefix("# ").is_some_and(|package| all.contains(&package));
    output.lines().any(|l| names_it(l) || l.starts_with("instrument: "))
}

fn succeed(toolchain: &Toolchain, go: &mut Command) -> Result<(), EnvError> {
    // A campaign that ends does not wait for a build in the background.
    let output = stoppable::output(go)
        .map_err(|e| EnvError::NotGo { path: toolchain.go.clone(), why: e.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    Err(EnvError::Build {
        version: toolchain.version.clone(),
        output: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}

/// Writes the harness's module, with the package `target` that targets import, to a folder.
///
/// # Errors
/// It cannot be written.
pub fn write_module(folder: &Path) -> Result<(), EnvError> {
    for (path, content) in sources() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))
            .and_then(|()| fs::write(&path, content))
            .map_err(|source| EnvError::Write { path, source })?;
    }
    Ok(())
}

/// The files that the build needs, sorted by path.
fn sources() -> Vec<(&'static Path, &'static [u8])> {
    let mut found = Vec::new();
    let mut dirs = vec![&SOURCES];
    while let Some(dir) = dirs.pop() {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(d) if d.path().ends_with("testdata") => {}
                DirEntry::Dir(d) => dirs.push(d),
                DirEntry::File(f) => found.push((f.path(), f.contents())),
            }
        }
    }
    found.retain(|(path, _)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.ends_with("_test.go") && !name.starts_with('.')
    });
    found.sort_unstable();
    found
}

/// The text of one of the harness's source files, by its name.
#[must_use]
pub fn source_file(name: &str) -> Option<&'static str> {
    let file = sources().into_iter().find(|(path, _)| path.ends_with(name))?;
    std::str::from_utf8(file.1).ok()
}

/// The names and texts of the Go files in one of the harness's folders, sorted by name.
#[must_use]
pub fn source_files(folder: &str) -> Vec<(&'static str, &'static str)> {
    let inside = |path: &Path| path.parent() == Some(Path::new(folder));
    sources()
        .into_iter()
        .filter(|(path, _)| inside(path))
        .filter_map(|(path, text)| {
            Some((path.file_name()?.to_str()?, std::str::from_utf8(text).ok()?))
        })
        .collect()
}

/// `go1.27.3-0123456789abcdef`.
fn key(toolchain: &Toolchain, flags: &[String], extras: &Extras) -> String {
    let mut h = hasher_std();
    sources().hash(&mut h);
    flags.hash(&mut h);
    toolchain.version.hash(&mut h);
    toolchain.goroot.hash(&mut h);
    toolchain.cc.hash(&mut h);
    // Compiler settings that change the result of the build.
    for name in ["GOEXPERIMENT", "GOAMD64", "GOARM64"] {
        std::env::var_os(name).hash(&mut h);
    }
    experiments(&toolchain.goroot).hash(&mut h);
    // Developers of the checker edit it in place.
    for (path, content) in checker_files(toolchain) {
        (path, content).hash(&mut h);
    }
    if let Some(o) = &extras.overlay {
        o.hash(&mut h);
    }
    if let Some(t) = &extras.target {
        t.digest().hash(&mut h);
    }
    let name: String = toolchain
        .version
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .collect();
    format!("{name}-{:016x}", h.finish())
}

/// The files of the checker, sorted. Unreadable files are left out: the build will report them.
fn checker_files(toolchain: &Toolchain) -> Vec<(PathBuf, Vec<u8>)> {
    let folders = toolchain.checker_folders();
    let entries = folders.iter().flat_map(|f| fs::read_dir(f).into_iter().flatten());
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "go"));
    paths.sort_unstable();
    paths.into_iter().filter_map(|p| fs::read(&p).ok().map(|c| (p, c))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_are_inside() {
        let names: Vec<_> = sources().iter().map(|(p, _)| p.to_string_lossy()).collect();
        assert!(names.contains(&"go.mod".into()), "{names:?}");
        assert!(names.iter().any(|n| n.ends_with(".go")));
        assert!(!names.iter().any(|n| n.ends_with("_test.go")));
    }

    #[test]
    fn flags_depend_on_the_go_version() {
        let checks =
            |minor, checker| flags(minor, checker).iter().any(|f| f == "-ldflags=-checklinkname=0");
        for checker in Checker::ALL {
            assert!(!checks(22, checker) && checks(23, checker));
        }
    }
}
