//! Chooses the Go toolchain: finds it, or selects another one, and checks that it can build with
//! the race detector.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cache::cache_dir;
use super::compiler;
use super::error::EnvError;
use super::go_bin;
use super::overlay::Overlay;
use super::patched::overlay;
use crate::checker::Checker;
use crate::go_release;
use crate::patches::Choice;

/// The user's options for Go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoOptions {
    /// The type checker under test.
    pub checker: Checker,
    /// A go command.
    pub go: Option<PathBuf>,
    /// A toolchain version, `go1.25.3`.
    pub toolchain: Option<String>,
    /// A file for `go build -overlay`.
    pub overlay: Option<PathBuf>,
    /// Patches of known roots.
    pub patches: Choice,
    /// A folder with a Go package that registers operations.
    pub target: Option<PathBuf>,
}

/// A Go toolchain with its version and settings.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The go command.
    pub go: PathBuf,
    /// The type checker of it that is under test.
    pub checker: Checker,
    /// `go1.27.3`; longer for a development version.
    pub version: String,
    /// 27 for `go1.27.3`.
    pub minor: u32,
    /// The path of its GOROOT.
    pub goroot: PathBuf,
    /// The C compiler that cgo uses.
    pub cc: String,
    /// What `go build -overlay` is given to have the go/types under test: the user's
    /// overlay with the patches in it.
    pub overlay: Option<PathBuf>,
    env: BTreeMap<&'static str, String>,
}

impl Toolchain {
    /// The text of a file of the checker under test, by its name; `None` if it cannot be read.
    #[must_use]
    pub fn checker_file(&self, name: &str) -> Option<String> {
        let overlay = self.overlay.as_ref();
        let overlay = overlay.map(|o| Overlay::read(o, &self.goroot)).transpose().ok()?;
        self.checker_folders().into_iter().find_map(|folder| {
            let path = folder.join(name);
            let path = overlay.as_ref().map_or_else(|| path.clone(), |o| o.replacement(&path));
            std::fs::read_to_string(path).ok()
        })
    }

    /// The folders of the checker's packages.
    #[must_use]
    pub fn checker_folders(&self) -> Vec<PathBuf> {
        self.checker.folders().iter().map(|folder| self.goroot.join(folder)).collect()
    }

    /// Finds Go according to the options, and a C compiler for it. Installs Go if there is none.
    /// `progress` receives a line before slow steps.
    ///
    /// # Errors
    /// There is none, it is too old, or it has no C compiler.
    pub fn find(options: &GoOptions, progress: &mut dyn FnMut(&str)) -> Result<Self, EnvError> {
        let mut found = Self::locate(options, progress)?;
        found.find_compiler()?;
        Ok(found)
    }

    /// Like [`Toolchain::find`], with the overlay and the patches of the options.
    ///
    /// # Errors
    /// The overlay or a patch is unusable, too.
    pub fn with_overlay(
        options: &GoOptions,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Self, EnvError> {
        let mut found = Self::find(options, progress)?;
        found.overlay = overlay(&found, options.overlay.as_deref(), &options.patches)?.0;
        Ok(found)
    }

    /// Chooses the C compiler: the configured one, or one of the usual names.
    ///
    /// # Errors
    /// There is no C compiler.
    pub fn find_compiler(&mut self) -> Result<(), EnvError> {
        self.cc = compiler::find(&self.cc)?;
        self.env.insert("CC", self.cc.clone());
        Ok(())
    }

    /// Like [`Toolchain::find`], but without the C compiler.
    ///
    /// # Errors
    /// There is no Go, or it is too old.
    pub fn locate(options: &GoOptions, progress: &mut dyn FnMut(&str)) -> Result<Self, EnvError> {
        let found = Self::locate_go(options, progress)?;
        Ok(Self { checker: options.checker, ..found })
    }

    fn locate_go(options: &GoOptions, progress: &mut dyn FnMut(&str)) -> Result<Self, EnvError> {
        let cache = cache_dir();
        let found = match &options.go {
            Some(path) => Some(path.clone()),
            None => candidates(cache.as_deref().ok()).into_iter().next(),
        };
        let own = |version: &str, progress: &mut dyn FnMut(&str)| match &cache {
            Ok(dir) => go_bin::install(dir, version, progress),
            Err(_) => Err(EnvError::NoCacheDir),
        };
        let Some(wanted) = &options.toolchain else {
            let go = match found {
                Some(go) => go,
                None => own(go_release::DEFAULT, progress)?,
            };
            return Self::ask(&go, None);
        };
        let number = version_number(wanted)?;
        let wanted = format!("go{number}");
        let installed = cache.as_ref().ok().and_then(|c| go_bin::installed(c, &number));
        if let Some(go) = installed.filter(|_| options.go.is_none()) {
            return Self::ask(&go, None);
        }
        let first = match found {
            Some(go) => {
                progress(&format!("asking {} for {wanted}", go.display()));
                match Self::ask(&go, Some(&wanted)) {
                    Ok(t) if t.version == wanted => return Ok(t),
                    Ok(t) => format!("{} gives {} for it", go.display(), t.version),
                    Err(EnvError::NoToolchain { why, .. }) => why,
                    Err(e) => e.to_string(),
                }
            }
            None => "no go command was found".to_owned(),
        };
        // A network may allow pip but not the go command.
        let go = own(&number, progress).map_err(|e| {
            let second = match e {
                EnvError::NoGo { why } => why,
                e => e.to_string(),
            };
            EnvError::NoToolchain { wanted: wanted.clone(), why: format!("{first}\n{second}") }
        })?;
        Self::ask(&go, None)
    }

    /// Asks a go command for its version and settings.
    fn ask(go: &Path, toolchain: Option<&str>) -> Result<Self, EnvError> {
        let not_go = |why: String| EnvError::NotGo { path: go.to_owned(), why };
        // An absolute path, because the build runs in another folder.
        let go = &std::path::absolute(go).map_err(|e| not_go(e.to_string()))?;
        let mut env = fixed_env();
        if let Some(t) = toolchain {
            env.insert("GOTOOLCHAIN", t.to_owned());
        }
        // Outside any folder with a go.mod, which could ask for yet another toolchain.
        if !go.exists()
            && let Some(root) = go.parent().and_then(Path::parent)
            && root.join("src/make.bash").is_file()
        {
            return Err(EnvError::NotBuilt { goroot: root.to_owned() });
        }
        let output = go_command(go, &env)
            .args(["env", "GOVERSION", "GOROOT", "GOHOSTOS", "GOHOSTARCH", "CC", "GOMODCACHE"])
            .current_dir("/")
            .output()
            .map_err(|e| not_go(e.to_string()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(match toolchain {
                Some(t) => EnvError::NoToolchain { wanted: t.into(), why: said.trim().into() },
                None => not_go(format!("go env: {}, {}", output.status, said.trim())),
            });
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<&str> = text.lines().collect();
        let [version, goroot, os, arch, cc, modcache] = lines[..] else {
            return Err(not_go(format!("go env printed {text:?}")));
        };
        let minor = go_release::minor(version)
            .ok_or_else(|| not_go(format!("its version is {version:?}")))?;
        if minor < go_release::OLDEST {
            return Err(EnvError::GoTooOld { path: go.clone(), version: version.into() });
        }
        if os != "linux" || !["amd64", "arm64"].contains(&arch) {
            return Err(EnvError::NoPlatform { os: os.into(), arch: arch.into() });
        }
        // Variables and `go env -w` may ask for another target.
        env.extend([("GOOS", os.into()), ("GOARCH", arch.into())]);
        // Overlays must not replace files below the module cache, which is where the go command
        // keeps toolchains that it downloads. Such a toolchain works like any other if its own go
        // command is called with a different module cache.
        let own = Path::new(goroot).join("bin/go");
        let go = if own.is_file() { &own } else { go };
        if Path::new(goroot).starts_with(modcache) {
            env.insert("GOTOOLCHAIN", "local".into());
            let other = cache_dir()?.join("modcache");
            env.insert("GOMODCACHE", other.to_string_lossy().into_owned());
        }
        Ok(Self {
            go: go.clone(),
            version: version.into(),
            minor,
            goroot: goroot.into(),
            cc: cc.into(),
            overlay: None,
            checker: Checker::default(),
            env,
        })
    }

    /// Creates a call of this toolchain's go command, with its environment.
    #[must_use]
    pub fn command(&self) -> Command {
        go_command(&self.go, &self.env)
    }
}

fn go_command(go: &Path, env: &BTreeMap<&'static str, String>) -> Command {
    let mut c = Command::new(go);
    c.envs(env).env_remove("GOROOT").stdin(Stdio::null());
    // A build must not continue after typerace has ended.
    super::sys::tie(&mut c);
    c
}

/// Settings that a user's environment must not change. GOFLAGS is set to a value, because with an
/// empty one the go command uses what `go env -w` has stored.
fn fixed_env() -> BTreeMap<&'static str, String> {
    [("GOFLAGS", "-buildvcs=false"), ("GO111MODULE", "on"), ("GOWORK", "off"), ("CGO_ENABLED", "1")]
        .map(|(k, v)| (k, v.to_owned()))
        .into()
}

/// Paths where go commands usually are; those that exist, best first.
fn candidates(cache: Option<&Path>) -> Vec<PathBuf> {
    let mut all = Vec::new();
    if let Some(path) = std::env::var_os("PATH") {
        all.extend(std::env::split_paths(&path).filter(|p| p.is_absolute()).map(|p| p.join("go")));
    }
    if let Some(root) = std::env::var_os("GOROOT") {
        all.push(PathBuf::from(root).join("bin/go"));
    }
    if let Some(home) = std::env::home_dir() {
        all.push(home.join("go-bin/go/bin/go"));
    }
    all.extend(["/usr/local/go/bin/go", "/usr/lib/go/bin/go", "/snap/bin/go"].map(PathBuf::from));
    if let Some(cache) = cache {
        all.extend(go_bin::all_installed(cache));
    }
    all.retain(|p| compiler::is_executable(p));
    all
}

/// Installed trees of a release: those of go commands in the usual places, and those that the go
/// command has downloaded.
pub(super) fn other_trees(version: &str) -> Vec<PathBuf> {
    let cache = cache_dir().ok();
    let roots = candidates(cache.as_deref())
        .into_iter()
        .filter_map(|go| Some(go.canonicalize().ok()?.parent()?.parent()?.to_owned()));
    let modules = std::env::var_os("GOMODCACHE").map(PathBuf::from);
    let modules = modules.or_else(|| Some(std::env::home_dir()?.join("go/pkg/mod")));
    let downloaded = modules.into_iter().flat_map(|m| {
        let prefix = format!("toolchain@v0.0.1-{version}.");
        let all = std::fs::read_dir(m.join("golang.org")).into_iter().flatten().flatten();
        all.filter(move |e| e.file_name().to_string_lossy().starts_with(&prefix)).map(|e| e.path())
    });
    let is_it = |root: &PathBuf| {
        let said = std::fs::read_to_string(root.join("VERSION")).unwrap_or_default();
        said.lines().next() == Some(version)
    };
    roots.chain(downloaded).filter(is_it).collect()
}

/// `1.25.3` for `go1.25.3`.
fn version_number(wanted: &str) -> Result<String, EnvError> {
    let number = wanted.strip_prefix("go").unwrap_or(wanted);
    let shape = regex::Regex::new(r"^1\.([0-9]{1,3})(\.[0-9]{1,3}|rc[0-9]{1,2}|beta[0-9]{1,2})?$")
        .expect("a constant expression");
    let bad = |why: &str| EnvError::NoToolchain { wanted: wanted.into(), why: why.into() };
    let found = shape.captures(number).ok_or_else(|| bad("a version looks like go1.25.3"))?;
    match found[1].parse::<u32>() {
        Ok(minor) if minor >= go_release::OLDEST => {}
        _ => return Err(bad("it is older than go1.21")),
    }
    // Since 1.21 the first release of a line is 1.N.0.
    Ok(if found.get(2).is_none() { format!("{number}.0") } else { number.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        for (wanted, number) in
            [("go1.25.3", "1.25.3"), ("1.26", "1.26.0"), ("go1.27rc1", "1.27rc1")]
        {
            assert_eq!(version_number(wanted).unwrap(), number);
        }
        for wanted in ["local", "go2.1", "go1.25.3+auto", "go1.20.4", "../x", ""] {
            let e = version_number(wanted).unwrap_err();
            assert!(matches!(e, EnvError::NoToolchain { .. }), "{wanted}: {e}");
        }
    }

    #[test]
    fn a_file_that_is_not_a_go_command_is_refused() {
        for path in ["/bin/true", "/bin/false", "/nonexistent/go"] {
            let options = GoOptions { go: Some(path.into()), ..GoOptions::default() };
            let e = Toolchain::find(&options, &mut |_| ()).unwrap_err();
            assert!(matches!(e, EnvError::NotGo { .. }), "{path}: {e}");
        }
    }

    #[test]
    fn an_old_go_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let go = dir.path().join("go");
        let script = "#!/bin/sh\nprintf 'go1.20.4\\n/r\\nlinux\\namd64\\ngcc\\n/m\\n'\n";
        crate::harness::test_support::write_script(&go, script);
        let options = GoOptions { go: Some(go), ..GoOptions::default() };
        let e = Toolchain::find(&options, &mut |_| ()).unwrap_err();
        assert!(e.to_string().contains("go1.20.4, which is too old"), "{e}");
    }

    #[test]
    fn other_platforms_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let go = dir.path().join("go");
        for (os, arch, runs) in
            [("linux", "arm64", true), ("linux", "386", false), ("darwin", "arm64", false)]
        {
            let script =
                format!("#!/bin/sh\nprintf 'go1.27.3\\n/r\\n{os}\\n{arch}\\ngcc\\n/m\\n'\n");
            crate::harness::test_support::write_script(&go, &script);
            let options = GoOptions { go: Some(go.clone()), ..GoOptions::default() };
            let found = Toolchain::locate(&options, &mut |_| ());
            assert_eq!(found.is_ok(), runs, "{os}/{arch}");
            if let Err(e) = found {
                assert!(e.to_string().contains(&format!("{os}/{arch}")), "{e}");
                assert!(e.help().contains("Linux"), "{}", e.help());
            }
        }
    }
}
