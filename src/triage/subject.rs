//! The go/types that a finding was found in: what is recorded of it, and how a later run gets it
//! back.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::vouched::{is_vouched, vouch};
use crate::checker::Checker;
use crate::files;
use crate::finding::{Contents, Finding, SUBJECT, Subject, SubjectFile};
use crate::fnv::fnv1a;
use crate::harness::{
    BuiltHarness, EnvError, GoOptions, Replaced, Toolchain, cache_dir, checker_hash,
    is_release_version,
};
use crate::patches::Wanted;

/// Contents of more bytes than this are not kept in crash directories.
const KEEP: usize = 1 << 20;

/// What a finding was found in cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// A local tree that is not there.
    #[error("it was found in the Go tree {goroot} ({version}), which is not here")]
    NoTree {
        /// GOROOT.
        goroot: String,
        /// Its version.
        version: String,
    },
    /// A local tree that changed.
    #[error("it was found in the Go tree {goroot}, whose go/types has changed since")]
    Changed {
        /// GOROOT.
        goroot: String,
    },
    /// A replaced file that is neither in the crash directory nor where it was.
    #[error(
        "it was found with another {file}, which is neither in the crash directory nor in {from} as it was"
    )]
    NoFile {
        /// The file below GOROOT.
        file: String,
        /// Where the content came from.
        from: String,
    },
    /// It was never under test on this machine, so that it may be a stranger's code.
    #[error("it was found with another {0}, which was never under test on this machine")]
    Stranger(String),
    /// A path that leads out of GOROOT.
    #[error("finding.json says that the file {0:?} was replaced, which is not in go/types' tree")]
    Path(String),
    /// The Go that it was found with cannot be had.
    #[error(
        "it was found with {version} and replaced files, and there is no {version} here: {source}"
    )]
    NoGo {
        /// The version.
        version: String,
        /// Why.
        source: EnvError,
    },
    /// The overlay cannot be written to the cache.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl SubjectError {
    /// Advice for the user.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoTree { .. } => {
                "--goroot DIR runs it in another tree, --toolchain go1.27.3 on a release"
            }
            Self::Changed { .. } => {
                "--goroot DIR runs it in the tree as it is now; a crash directory from then needs the tree from then"
            }
            Self::NoFile { .. } | Self::Path(_) => {
                "--overlay FILE runs it with an overlay of yours, --toolchain go1.27.3 on a release"
            }
            Self::Stranger(_) => {
                "its code would be compiled and would run: if you trust it, choose it with --overlay DIR/subject/overlay.json or --goroot DIR; --toolchain go1.27.3 runs a release"
            }
            Self::NoGo { .. } => {
                "--toolchain go1.27.3 or --goroot DIR runs it on another Go, without the replaced files"
            }
            Self::Write { .. } => "set XDG_CACHE_HOME to a folder that can be written",
        }
    }
}

/// What findings record about the go/types in a harness.
#[must_use]
pub fn subject_of(built: &BuiltHarness) -> Subject {
    let sources = &built.sources;
    vouch(tree_path(&built.toolchain.goroot).as_bytes());
    sources.overlay.iter().filter_map(|f| f.content.as_deref()).for_each(vouch);
    let all = sources.overlay.iter().chain(&sources.patched);
    let size: usize = all.filter_map(|f| f.content.as_deref()).map(<[u8]>::len).sum();
    let mut contents = BTreeMap::new();
    let mut record = |files: &[Replaced], layer: &str| -> Vec<SubjectFile> {
        files.iter().map(|f| record(f, layer, size <= KEEP, &mut contents)).collect()
    };
    let overlay = record(&sources.overlay, "overlay");
    let patched = record(&sources.patched, "patched");
    let mut subject = Subject {
        checker: built.toolchain.checker,
        goroot: built.toolchain.goroot.to_string_lossy().into_owned(),
        release: sources.release,
        tree: sources.tree.clone(),
        overlay,
        patched,
        contents: Contents::default(),
    };
    if let Some(json) = subject.overlay_json() {
        contents.insert(format!("{SUBJECT}/overlay.json"), json.into_bytes().into());
    }
    subject.contents = Contents(contents);
    subject
}

/// How a tree is remembered.
fn tree_path(goroot: &Path) -> String {
    format!("GOROOT {}", goroot.display())
}

fn record(
    f: &Replaced,
    layer: &str,
    keep: bool,
    contents: &mut BTreeMap<String, Arc<[u8]>>,
) -> SubjectFile {
    let mut file = SubjectFile {
        file: f.file.clone(),
        from: f.from.to_string_lossy().into_owned(),
        ..SubjectFile::default()
    };
    if let Some(content) = &f.content {
        file.hash = hash(content);
        if keep && is_inside(&f.file) {
            file.kept = format!("{SUBJECT}/{layer}/{}", f.file);
            contents.insert(file.kept.clone(), Arc::clone(content));
        }
    }
    file
}

fn hash(content: &[u8]) -> String {
    format!("{:016x}", fnv1a(content))
}

/// Whether a path stays below GOROOT's `src`.
fn is_inside(file: &str) -> bool {
    let plain = |c| matches!(c, std::path::Component::Normal(_));
    file.starts_with("src/") && Path::new(file).components().all(plain)
}

/// The Go to run a stored test case on: what the user chose or, if that is nothing, what the finding
/// was found in. The text says what people need to know about it.
///
/// # Errors
/// The finding was found in something that is not at hand.
pub fn again(
    crash: &Path,
    finding: Option<&Finding>,
    given: GoOptions,
) -> Result<(GoOptions, Option<String>), SubjectError> {
    let chosen = given.go.is_some()
        || given.toolchain.is_some()
        || given.overlay.is_some()
        || !given.patches.is_none();
    let Some((finding, subject)) =
        finding.and_then(|f| Some((f, f.origin.subject.as_deref()?))).filter(|_| !chosen)
    else {
        return Ok((given, None));
    };
    let origin = &finding.origin;
    let mut options = given;
    if !origin.patched.is_empty() {
        options.patches.wanted = Wanted::Names(origin.patched.clone());
    }
    let goroot = match tree(subject, &origin.go_version, &mut options)? {
        Some(goroot) => goroot,
        None => {
            // It is a release, and no file of it was replaced.
            let note = format!("found with {}, which is not here", origin.go_version);
            return Ok((options, Some(note)));
        }
    };
    if !subject.overlay.is_empty() {
        let dir = if crash.is_dir() { crash } else { crash.parent().unwrap_or(crash) };
        options.overlay = Some(overlay(dir, subject, &goroot)?);
    }
    let note = subject.is_changed().then(|| {
        let what = subject.describe(&origin.go_version, &origin.patched);
        format!("on what it was found in: {what}")
    });
    Ok((options, note))
}

/// Chooses the Go that a finding was found with, and returns its GOROOT. `None` if it is a release
/// that is not at hand, and nothing in it was replaced.
fn tree(
    subject: &Subject,
    version: &str,
    options: &mut GoOptions,
) -> Result<Option<PathBuf>, SubjectError> {
    let root = PathBuf::from(&subject.goroot);
    let go = root.join("bin/go");
    let checker = subject.checker;
    let here = GoOptions { go: Some(go.clone()), checker, ..GoOptions::default() };
    // Even its version is asked by running it.
    let ours = is_vouched(tree_path(&root).as_bytes());
    let same = ours
        && go.is_file()
        && Toolchain::locate(&here, &mut |_| ()).is_ok_and(|t| t.version == version);
    if same && (subject.tree.is_empty() || checker_hash(&root, checker) == subject.tree) {
        options.go = Some(go);
        return Ok(Some(root));
    }
    if subject.release == Some(false) || !is_release_version(version) {
        let goroot = subject.goroot.clone();
        return Err(match same {
            _ if !ours && go.is_file() => SubjectError::Stranger(goroot),
            true => SubjectError::Changed { goroot },
            false => SubjectError::NoTree { goroot, version: version.to_owned() },
        });
    }
    // Any copy of the release will do, first the one that runs by default.
    let default = GoOptions { checker, ..GoOptions::default() };
    if let Ok(default) = Toolchain::locate(&default, &mut |_| ())
        && default.version == version
    {
        return Ok(Some(default.goroot));
    }
    let wanted = GoOptions { toolchain: Some(version.to_owned()), checker, ..GoOptions::default() };
    match Toolchain::locate(&wanted, &mut |_| ()) {
        Ok(found) => {
            options.toolchain = wanted.toolchain;
            Ok(Some(found.goroot))
        }
        Err(_) if !subject.is_changed() => Ok(None),
        Err(source) => Err(SubjectError::NoGo { version: version.to_owned(), source }),
    }
}

/// An overlay of the files that were replaced, for this GOROOT, in the cache.
fn overlay(crash: &Path, subject: &Subject, goroot: &Path) -> Result<PathBuf, SubjectError> {
    let mut replace = BTreeMap::new();
    let mut names = String::new();
    for file in &subject.overlay {
        if !is_inside(&file.file) {
            return Err(SubjectError::Path(file.file.clone()));
        }
        let by = match file.hash.is_empty() {
            true => PathBuf::new(),
            false => match content(crash, file)? {
                (bytes, path) if is_vouched(&bytes) => path,
                _ => return Err(SubjectError::Stranger(file.file.clone())),
            },
        };
        names.push_str(&format!("{} {} {}\n", file.file, file.hash, by.display()));
        replace.insert(goroot.join(&file.file), by);
    }
    let text = serde_json::json!({ "Replace": replace }).to_string();
    let cache = cache_dir().map_err(|_| SubjectError::Write {
        path: PathBuf::from("typerace's cache"),
        source: std::io::ErrorKind::NotFound.into(),
    })?;
    let folder = cache.join("subjects");
    let path = folder.join(format!("{:016x}.json", fnv1a((names + &text).as_bytes())));
    fs::create_dir_all(&folder)
        .and_then(|()| files::replace(&path, text.as_bytes()))
        .map_err(|source| SubjectError::Write { path: path.clone(), source })?;
    Ok(path)
}

/// The file with the content that a file was replaced by: the crash directory's or, if that is
/// unchanged, the user's.
fn content(crash: &Path, file: &SubjectFile) -> Result<(Vec<u8>, PathBuf), SubjectError> {
    let kept = (!file.kept.is_empty() && is_normal(&file.kept)).then(|| crash.join(&file.kept));
    let places = kept.into_iter().chain([PathBuf::from(&file.from)]);
    let read = |p: PathBuf| Some((files::read(&p).ok()?, std::path::absolute(p).ok()?));
    let mut right = places.filter_map(read).filter(|(bytes, _)| hash(bytes) == file.hash);
    right
        .next()
        .ok_or_else(|| SubjectError::NoFile { file: file.file.clone(), from: file.from.clone() })
}

fn is_normal(path: &str) -> bool {
    let plain = |c| matches!(c, std::path::Component::Normal(_));
    Path::new(path).components().all(plain)
}

/// The sources to quote lines of a finding's stacks from: the files that were replaced, then those
/// of GOROOT unless they have changed since.
#[derive(Clone, Debug, Default)]
pub struct Quotes {
    replaced: BTreeMap<String, String>,
    root: PathBuf,
    /// The hash that the checker's files must have; empty if it is not known.
    tree: String,
    /// Whether files that were not replaced cannot be quoted, once somebody asked for one.
    lost: OnceCell<bool>,
    checker: Checker,
}

impl Quotes {
    /// The sources of the finding of a crash directory.
    #[must_use]
    pub fn of(crash: &Path, finding: &Finding) -> Self {
        let Some(subject) = &finding.origin.subject else { return Self::default() };
        let mut quotes = Self { checker: subject.checker, ..Self::default() };
        for file in subject.files() {
            let text =
                content(crash, file).ok().and_then(|(bytes, _)| String::from_utf8(bytes).ok());
            quotes.replaced.insert(file.file.clone(), text.unwrap_or_default());
        }
        quotes.root = (&subject.goroot).into();
        quotes.tree.clone_from(&subject.tree);
        quotes
    }

    fn are_lost(&self) -> bool {
        *self.lost.get_or_init(|| {
            !self.tree.is_empty()
                && self.root.join("src").is_dir()
                && checker_hash(&self.root, self.checker) != self.tree
        })
    }

    /// The text of a file that a stack names. The report that names it may be a stranger's, who must
    /// not choose which file of this machine is shown: only sources of the toolchain and of
    /// golang.org/x/tools are.
    #[must_use]
    pub fn read(&self, file: &str) -> Option<String> {
        let below = file.rsplit_once("/src/").map(|(_, rest)| format!("src/{rest}"));
        if let Some(text) = below.as_ref().and_then(|b| self.replaced.get(b)) {
            return (!text.is_empty()).then(|| text.clone());
        }
        let is_of_checker =
            below.is_some_and(|b| self.checker.folders().iter().any(|f| b.starts_with(f)));
        if is_of_checker && self.are_lost() {
            return None;
        }
        let path = Path::new(file);
        let known = ["/src/go/", "/src/cmd/compile/", "/golang.org/x/tools"];
        let usable = path.is_absolute()
            && file.ends_with(".go")
            && !file.contains("/../")
            && known.iter().any(|k| file.contains(k));
        usable.then(|| files::as_text(files::read_named(path)).ok()).flatten()
    }
}

#[cfg(test)]
mod tests;
