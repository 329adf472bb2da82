//! Builds the harness from the sources inside this binary, once for each Go,
//! overlay and version of the sources.

use std::fs;
use std::hash::{Hash, Hasher as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use libafl_bolts::hasher_std;

use super::cache::{cache_dir, publish, staging};
use super::embedded::{sources, write_module};
use super::error::EnvError;
use super::flags::{COUNTERS_ELSEWHERE, experiments, flags, uninstrumented};
use super::overlay::Overlay;
use super::patched;
use super::sources::{Sources, checker_hash};
use super::stoppable;
use super::target::{TargetName, TargetOperation, TargetPackage};
use super::toolchain::{GoOptions, Toolchain};
use super::xtools;
use crate::checker::Checker;
use crate::patches::Patched;
use crate::scenario::register_target;

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
        // A file that does not parse is named by the path that the overlay replaces.
        let original = |line: &str| {
            let path = line.strip_prefix("instrument: ")?.split(':').next()?;
            let own = self.overlay.as_ref()?.replacement(Path::new(path));
            Some(line.replacen(path, &own.display().to_string(), 1))
        };
        let output: Vec<String> =
            output.lines().map(|l| original(l).unwrap_or_else(|| l.to_owned())).collect();
        let output = output.join("\n");
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

/// The folder of [`TWIN`] in the module that it is in.
const TWIN_FOLDER: &str = "./compile/internal/typerace";

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
    Err(failure(toolchain.version.clone(), output.status, &output.stderr))
}

/// A build that was killed says nothing about what was built. The go command reports the end of a
/// compiler in its own words.
fn failure(version: String, status: ExitStatus, stderr: &[u8]) -> EnvError {
    let output = String::from_utf8_lossy(stderr).trim_end().to_owned();
    if status.signal().is_some() || output.contains("signal: killed") {
        EnvError::BuildKilled { version, output }
    } else {
        EnvError::Build { version, output }
    }
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
    checker_hash(&toolchain.goroot, toolchain.checker).hash(&mut h);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_was_killed_is_no_fault_of_its_code() {
        let killed = |status: i32, text: &str| {
            let status = ExitStatus::from_raw(status);
            let e = failure("go1.27.3".to_owned(), status, text.as_bytes());
            matches!(e, EnvError::BuildKilled { .. }).then(|| e.to_string())
        };
        assert_eq!(killed(9, "").unwrap(), "the build of the harness with go1.27.3 was killed");
        let text = "go: compile: signal: killed";
        assert!(killed(1 << 8, text).unwrap().ends_with(&format!(" was killed:\n{text}")));
        assert_eq!(killed(1 << 8, "a.go:1:1: undefined: b"), None);
    }
}
