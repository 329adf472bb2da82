//! A user's own Go package in the harness: finds it, describes it, hashes it, and adds it to the
//! build. docs/TARGETS.md explains how to write one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash, Hasher as _};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use libafl_bolts::hasher_std;
use serde::Deserialize;

use super::error::EnvError;
use super::toolchain::Toolchain;

/// The harness's own module, whose package `target` targets import.
const HARNESS: &str = "typerace/harness";
/// The folder in the harness's sources for a package outside any module.
const LOOSE: &str = "loosetarget";
/// A comment that names further packages to count coverage in.
const COVER: &str = "//typerace:cover ";
/// The maximum number of files to hash: a folder with more is not meant to be a target.
const MOST_FILES: usize = 20_000;

/// A target that was read from its folder.
#[derive(Debug)]
pub(super) struct TargetPackage {
    dir: PathBuf,
    /// The import path that main uses.
    import_path: String,
    /// The name in the package clause.
    name: String,
    module: Option<Module>,
    /// Packages whose coverage is counted in addition to go/types'.
    cover: Vec<String>,
    digest: u64,
}

#[derive(Debug)]
struct Module {
    root: PathBuf,
    path: String,
    /// Replacements from its go.mod, because the go command respects them only in the main module.
    /// They map module and version to the right-hand side, which is absolute if it is a path.
    replace: BTreeMap<String, String>,
}

/// What a target is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetName {
    /// The name in its package clause.
    pub name: String,
    /// Its import path; without a module, its folder.
    pub path: String,
}

/// What a target registered, as reported by the harness.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TargetOperation {
    /// The name used in scenarios.
    pub name: String,
    /// A description.
    pub does: String,
    /// `bug`, `unstated` or `contract`.
    pub class: crate::scenario::Class,
    /// The sentence that justifies the class; empty for `unstated`.
    pub rule: String,
    /// Where that sentence is stated.
    pub place: String,
}

/// The relevant part of the output of `go mod edit -json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GoMod {
    module: GoModPath,
    #[serde(default)]
    replace: Option<Vec<GoModReplace>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GoModReplace {
    old: GoModPath,
    new: GoModPath,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GoModPath {
    path: String,
    #[serde(default)]
    version: Option<String>,
}

impl GoModPath {
    fn text(&self) -> String {
        match &self.version {
            Some(v) if !v.is_empty() => format!("{} {v}", self.path),
            _ => self.path.clone(),
        }
    }
}

impl TargetPackage {
    /// Reads a folder that contains a Go package.
    ///
    /// # Errors
    /// It contains none, or its go.mod is unusable.
    pub(super) fn read(dir: &Path, toolchain: &Toolchain) -> Result<Self, EnvError> {
        let bad = |why: String| EnvError::BadTarget { path: dir.to_owned(), why };
        let dir = dir.canonicalize().map_err(|e| bad(e.to_string()))?;
        if !dir.is_dir() {
            return Err(bad("it is not a folder".to_owned()));
        }
        let mut sources = Vec::new();
        for path in files(&dir, false).map_err(|e| bad(e.to_string()))? {
            if is_source(&path) {
                let text = fs::read(&path).map_err(|e| bad(format!("{}: {e}", path.display())))?;
                sources.push(String::from_utf8_lossy(&text).into_owned());
            }
        }
        if sources.is_empty() {
            return Err(bad(no_sources(&dir)));
        }
        let root = dir.ancestors().find(|d| d.join("go.mod").is_file());
        let module = root.map(|r| Module::read(r, toolchain).map_err(bad)).transpose()?;
        let import_path = match &module {
            Some(m) => m.import_path(&dir),
            None => format!("{HARNESS}/{LOOSE}"),
        };
        let clause =
            |line: &str| Some(line.strip_prefix("package ")?.split("//").next()?.trim().into());
        let name = sources.iter().flat_map(|s| s.lines()).find_map(clause).unwrap_or_default();
        let mut cover = vec![match &module {
            // In a fork, the other packages are in the same module.
            Some(m) => format!("{}/...", m.path),
            None => import_path.clone(),
        }];
        for line in sources.iter().flat_map(|s| s.lines()) {
            cover.extend(
                line.strip_prefix(COVER)
                    .into_iter()
                    .flat_map(|rest| rest.split_whitespace().map(str::to_owned)),
            );
        }
        if let Some(odd) = cover.iter().find(|p| p.contains(['=', ',', '"', '\''])) {
            return Err(bad(format!("{COVER}wants import paths, not {odd}")));
        }
        let mut hash = hasher_std();
        // Packages of one module differ in nothing else.
        import_path.hash(&mut hash);
        let mut roots = vec![module.as_ref().map_or(&*dir, |m| &*m.root)];
        let local = module.iter().flat_map(|m| m.replace.values());
        roots.extend(local.map(Path::new).filter(|p| p.is_absolute()));
        for root in roots {
            root.hash(&mut hash);
            let recursive = module.is_some();
            inputs(root, recursive).map_err(|e| bad(e.to_string()))?.hash(&mut hash);
        }
        Ok(Self { dir, import_path, name, module, cover, digest: hash.finish() })
    }

    /// What it is called.
    pub(super) fn name(&self) -> TargetName {
        let path = match &self.module {
            Some(_) => self.import_path.clone(),
            None => self.dir.display().to_string(),
        };
        TargetName { name: self.name.clone(), path }
    }

    /// A hash that distinguishes a build with it.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Flags for a build with it.
    pub(super) fn flags(&self) -> Vec<String> {
        self.cover.iter().map(|p| format!("-gcflags={p}=-d=libfuzzer")).collect()
    }

    /// Adds it to the harness's sources in `src`, for a build with these flags. Returns additional
    /// flags: they select a separate go.mod, which the go command may complete, because other
    /// commands use the harness's go.mod.
    pub(super) fn add_to(&self, src: &Path, flags: &[String]) -> Result<Vec<String>, EnvError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| EnvError::Write { path, source }
        };
        let main = src.join("loaded_target.go");
        let text = format!("package main\n\nimport _ {:?}\n", self.import_path);
        fs::write(&main, text).map_err(failed(&main))?;
        let Some(module) = &self.module else {
            let to = src.join(LOOSE);
            fs::create_dir_all(&to).map_err(failed(&to))?;
            for from in files(&self.dir, false).map_err(failed(&self.dir))? {
                let name = from.file_name().unwrap_or_default();
                let test = name.as_encoded_bytes().ends_with(b"_test.go");
                if from.is_file() && !test {
                    let to = to.join(name);
                    fs::copy(&from, &to).map_err(failed(&to))?;
                }
            }
            return Ok(Vec::new());
        };
        let base = flags.iter().find_map(|f| f.strip_prefix("-modfile=")).unwrap_or("go.mod");
        let path = src.join(base);
        let mut text = fs::read_to_string(&path).map_err(failed(&path))?;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\nrequire {} v0.0.0-00010101000000-000000000000", module.path);
        let _ =
            writeln!(text, "replace {} => {:?}", module.path, module.root.display().to_string());
        for (old, new) in &module.replace {
            let _ = writeln!(text, "replace {old} => {new}");
        }
        let own = src.join("target.mod");
        fs::write(&own, text).map_err(failed(&own))?;
        // Its checksums too, so that modules it has downloaded need no checksum database.
        let sums = path.with_extension("sum");
        let mut all = fs::read_to_string(&sums).unwrap_or_default();
        all.push_str(&fs::read_to_string(module.root.join("go.sum")).unwrap_or_default());
        let sums = own.with_extension("sum");
        fs::write(&sums, all).map_err(failed(&sums))?;
        Ok(vec!["-modfile=target.mod".to_owned(), "-mod=mod".to_owned()])
    }

    /// The error for a failed build, usually caused by the user's package.
    pub(super) fn blame(&self, output: &str) -> EnvError {
        let mut why = format!("it does not build:\n{output}");
        if self.module.is_none() && output.contains("no required module provides package") {
            why.push_str(
                "\nno go.mod in this folder or above it says where that package is: without one, a target \
                 may import the standard library only. Run go mod init there, and add the two lines that \
                 typerace harness --write DIR prints",
            );
        }
        EnvError::BadTarget { path: self.dir.clone(), why }
    }

    /// Asks a built harness what is registered.
    ///
    /// # Errors
    /// The package fails to start, or registers nothing.
    pub(super) fn ask(&self, harness: &Path) -> Result<Vec<TargetOperation>, EnvError> {
        let bad = |why: String| EnvError::BadTarget { path: self.dir.clone(), why };
        let output = Command::new(harness)
            .arg("-targets")
            .env("GORACE", "atexit_sleep_ms=0")
            .output()
            .map_err(|source| EnvError::Start { path: harness.to_owned(), source })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let why = said.lines().find(|l| l.starts_with("panic: ")).unwrap_or(said.trim());
            return Err(bad(why.trim_start_matches("panic: ").to_owned()));
        }
        let all: Vec<TargetOperation> = serde_json::from_slice(&output.stdout)
            .map_err(|e| bad(format!("what it registers cannot be read: {e}")))?;
        if all.is_empty() {
            return Err(bad("it registers no operation".to_owned()));
        }
        Ok(all)
    }
}

impl Module {
    fn read(root: &Path, toolchain: &Toolchain) -> Result<Self, String> {
        let output = toolchain
            .command()
            .args(["mod", "edit", "-json"])
            .current_dir(root)
            .output()
            .map_err(|e| e.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        let text: GoMod = serde_json::from_slice(&output.stdout)
            .map_err(|e| format!("{}/go.mod: {e}", root.display()))?;
        let mut replace = BTreeMap::new();
        for r in text.replace.unwrap_or_default() {
            if r.old.path == HARNESS {
                // This is for editors; the build contains the harness itself.
                continue;
            }
            let new = if r.new.version.as_deref().unwrap_or_default().is_empty() {
                let path = root.join(&r.new.path);
                let path = path.canonicalize().map_err(|e| format!("{}: {e}", path.display()))?;
                path.display().to_string()
            } else {
                r.new.text()
            };
            replace.insert(r.old.text(), new);
        }
        Ok(Self { root: root.to_owned(), path: text.module.path, replace })
    }

    fn import_path(&self, dir: &Path) -> String {
        let below = dir.strip_prefix(&self.root).unwrap_or(Path::new(""));
        let parts = below.components().filter_map(|c| match c {
            Component::Normal(part) => part.to_str(),
            _ => None,
        });
        std::iter::once(self.path.as_str()).chain(parts).collect::<Vec<_>>().join("/")
    }
}

/// Why a folder without Go files is no package, and where one may be.
fn no_sources(dir: &Path) -> String {
    let has_package =
        |path: &Path| files(path, false).is_ok_and(|all| all.iter().any(|f| is_source(f)));
    let below = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let mut below: Vec<String> =
        below.filter(|p| p.is_dir() && has_package(p)).map(|p| p.display().to_string()).collect();
    below.sort();
    match below.first() {
        Some(first) => {
            format!("it has no Go files itself; give the package's own folder, such as {first}")
        }
        None => "it has no Go files".to_owned(),
    }
}

fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".go") && !name.ends_with("_test.go") && !name.starts_with(['.', '_'])
}

/// What the files of a folder and its subfolders contribute to a build, sorted by path. Only where a
/// file is embedded do others than those of Go and C count: a finding stored below is no change.
fn inputs(dir: &Path, recursive: bool) -> std::io::Result<Vec<(PathBuf, Option<Vec<u8>>)>> {
    const BUILT: [&str; 12] =
        ["go", "mod", "sum", "s", "S", "c", "cc", "cpp", "h", "hh", "hpp", "syso"];
    const EMBED: &[u8] = b"//go:embed";
    let is_built = |path: &Path| BUILT.iter().any(|e| path.extension().is_some_and(|x| x == *e));
    let all = files(dir, recursive)?;
    let (built, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|path| is_built(path));
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).ok();
        (path, bytes)
    };
    let mut inputs: Vec<_> = built.into_iter().map(read).collect();
    let embeds = |bytes: &[u8]| bytes.windows(EMBED.len()).any(|w| w == EMBED);
    if inputs.iter().any(|(_, bytes)| bytes.as_deref().is_some_and(embeds)) {
        inputs.extend(others.into_iter().map(read));
    }
    Ok(inputs)
}

/// The files of a folder and its subfolders that can affect the build, sorted.
fn files(dir: &Path, recursive: bool) -> std::io::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with(['.', '_']) {
                continue;
            }
            if path.is_dir() {
                // Packages in subfolders are built too, unless the go command ignores the folder.
                // Another module's are not: a new crash directory would mean a new build.
                let is_ignored = name == "testdata" || path.join("go.mod").is_file();
                if recursive && !is_ignored && !entry.file_type()?.is_symlink() {
                    folders.push(path);
                }
            } else if !name.ends_with("_test.go") {
                found.push(path);
            }
            if found.len() > MOST_FILES {
                let why = format!("more than {MOST_FILES} files below {}", dir.display());
                return Err(std::io::Error::other(why));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::GoOptions;

    fn why(dir: &Path, go: &Toolchain) -> String {
        TargetPackage::read(dir, go).unwrap_err().to_string()
    }

    #[test]
    fn a_folder_is_read() {
        let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("m/sub");
        assert!(why(&dir, &go).contains("No such file"), "{}", why(&dir, &go));
        fs::create_dir_all(&dir).unwrap();
        assert!(why(&dir, &go).contains("no Go files"));
        fs::write(dir.join("a.go"), "package sub\n\n//typerace:cover x/y z\n").unwrap();
        let loose = TargetPackage::read(&dir, &go).unwrap();
        assert_eq!(loose.import_path, "typerace/harness/loosetarget");
        assert_eq!(loose.cover, ["typerace/harness/loosetarget", "x/y", "z"]);
        fs::write(tmp.path().join("m/go.mod"), "modul x\n").unwrap();
        assert!(why(&dir, &go).contains("go.mod"), "{}", why(&dir, &go));
        let gomod = "module example.org/m\n\ngo 1.21\n\nreplace typerace/harness => ../h\n\
                     replace a.org/b => ../b\nreplace c.org/d v1.0.0 => e.org/f v1.2.0\n";
        fs::write(tmp.path().join("m/go.mod"), gomod).unwrap();
        assert!(why(&dir, &go).contains("b: No such file"), "{}", why(&dir, &go));
        fs::create_dir(tmp.path().join("b")).unwrap();
        let one = TargetPackage::read(&dir, &go).unwrap();
        assert_eq!(one.import_path, "example.org/m/sub");
        assert_eq!(one.cover[0], "example.org/m/...");
        let replace = &one.module.as_ref().unwrap().replace;
        assert_eq!(replace["c.org/d v1.0.0"], "e.org/f v1.2.0");
        assert!(Path::new(&replace["a.org/b"]).is_absolute() && replace.len() == 2);
        // Everything that it is built from counts, wherever it is.
        fs::write(tmp.path().join("b/b.go"), "package b\n").unwrap();
        assert_ne!(TargetPackage::read(&dir, &go).unwrap().digest(), one.digest());
        // Notes and findings do not, unless they are embedded.
        let digest = || TargetPackage::read(&dir, &go).unwrap().digest();
        let before = digest();
        fs::write(tmp.path().join("m/finding.json"), "{}").unwrap();
        assert_eq!(digest(), before);
        fs::write(tmp.path().join("b/b.go"), "package b\n\n//go:embed x\nvar x string\n").unwrap();
        fs::write(tmp.path().join("b/x"), "1").unwrap();
        let before = digest();
        fs::write(tmp.path().join("b/x"), "2").unwrap();
        assert_ne!(digest(), before);
        // Two packages of one module are two targets.
        let (sub, beside) = (TargetPackage::read(&dir, &go).unwrap(), tmp.path().join("m/beside"));
        fs::create_dir(&beside).unwrap();
        fs::write(beside.join("a.go"), "package beside\n").unwrap();
        let [sub_now, beside] = [&dir, &beside].map(|d| TargetPackage::read(d, &go).unwrap());
        assert_ne!(sub.digest(), sub_now.digest(), "a package of the module was added");
        assert_ne!(sub_now.digest(), beside.digest());
        fs::write(dir.join("a.go"), "package sub\n\n//typerace:cover a=b\n").unwrap();
        assert!(why(&dir, &go).contains("wants import paths"));
    }
}
