//! A git checkout of the Go tree: replaces a toolchain's go/types with that of any
//! commit.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{State, Step};

/// Where go/types is in the tree.
const FOLDER: &str = "src/go/types";

/// Why a repository cannot be searched.
#[derive(Debug, thiserror::Error)]
pub enum RepoError {
    /// A git command fails.
    #[error("git {doing} in {dir}: {why}")]
    Git {
        /// The arguments.
        doing: String,
        /// The repository.
        dir: PathBuf,
        /// Its error output.
        why: String,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The two revisions are not a range that can be searched.
    #[error("{0}")]
    Range(String),
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its full hash.
    pub hash: String,
    /// The first line of its message.
    pub subject: String,
}

impl Commit {
    /// `1a2b3c4d5e subject`
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.hash.get(..10).unwrap_or(&self.hash), self.subject)
    }
}

/// A git checkout of the Go tree.
#[derive(Clone, Debug)]
pub struct Checkout {
    dir: PathBuf,
}

impl Checkout {
    /// Opens it.
    ///
    /// # Errors
    /// It is not a repository, or git is not installed.
    pub fn open(dir: &Path) -> Result<Self, RepoError> {
        // The files that a revision names are relative to its top level.
        let top = Self { dir: dir.to_owned() }.text(&["rev-parse", "--show-toplevel"])?;
        Ok(Self { dir: top.trim_end_matches('\n').into() })
    }

    pub(super) fn git(&self, args: &[&str]) -> Result<Vec<u8>, RepoError> {
        let failed =
            |why: String| RepoError::Git { doing: args.join(" "), dir: self.dir.clone(), why };
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.dir)
            .args(args)
            .output()
            .map_err(|e| failed(e.to_string()))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }

    pub(super) fn text(&self, args: &[&str]) -> Result<String, RepoError> {
        Ok(String::from_utf8_lossy(&self.git(args)?).into_owned())
    }

    /// The full hash of a revision.
    pub(super) fn commit_of(&self, rev: &str) -> Result<String, RepoError> {
        let wanted = format!("{rev}^{{commit}}");
        // A name that starts with a dash would be taken for an option.
        self.text(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])
            .map(|s| s.trim().to_owned())
            .map_err(|_| {
                RepoError::Range(format!("{rev} is not a revision of {}", self.dir.display()))
            })
    }

    /// The commits that change go/types from one revision to a descendant of
    /// it, both ends included, oldest first.
    ///
    /// # Errors
    /// A revision is unknown, or the second does not descend from the first.
    pub fn commits(&self, from: &str, to: &str) -> Result<Vec<Commit>, RepoError> {
        let (first, last) = (self.commit_of(from)?, self.commit_of(to)?);
        if first == last {
            return Err(RepoError::Range(format!("{from} and {to} are the same commit")));
        }
        if self.git(&["merge-base", "--is-ancestor", &first, &last]).is_err() {
            return Err(RepoError::Range(format!("{to} does not descend from {from}")));
        }
        let range = format!("{first}..{last}");
        let format = "--format=%H %s";
        let log =
            self.text(&["log", "--first-parent", "--reverse", format, &range, "--", FOLDER])?;
        let head = self.text(&["log", "-1", format, &first])?;
        let mut commits: Vec<Commit> = head.lines().chain(log.lines()).map(commit).collect();
        // If no commit changes go/types, all of them behave alike.
        if commits.len() == 1 {
            return Err(RepoError::Range(format!(
                "no commit between {from} and {to} changes {FOLDER}"
            )));
        }
        commits.dedup();
        Ok(commits)
    }

    /// Writes an overlay that replaces a toolchain's go/types with a commit's.
    ///
    /// # Errors
    /// git fails, or a file cannot be written.
    pub fn overlay(&self, commit: &Commit, goroot: &Path, to: &Path) -> Result<PathBuf, RepoError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| RepoError::Write { path, source }
        };
        fs::create_dir_all(to).map_err(failed(to))?;
        let tree = format!("{}:{FOLDER}", commit.hash);
        let mut replace: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        let target = goroot.join(FOLDER);
        // Remove the files that the commit does not have.
        for entry in fs::read_dir(&target).map_err(failed(&target))?.flatten() {
            if is_source(&entry.file_name().to_string_lossy()) {
                replace.insert(entry.path(), PathBuf::new());
            }
        }
        for name in self.text(&["ls-tree", "--name-only", &tree])?.lines() {
            if is_source(name) {
                let text = self.git(&["show", &format!("{tree}/{name}")])?;
                let path = to.join(name);
                fs::write(&path, text).map_err(failed(&path))?;
                replace.insert(target.join(name), path);
            }
        }
        let path = to.join("overlay.json");
        let json = serde_json::json!({ "Replace": replace }).to_string();
        fs::write(&path, json).map_err(failed(&path))?;
        Ok(path)
    }
}

fn commit(line: &str) -> Commit {
    let (hash, subject) = line.split_once(' ').unwrap_or((line, ""));
    Commit { hash: hash.to_owned(), subject: subject.to_owned() }
}

fn is_source(name: &str) -> bool {
    name.ends_with(".go") && !name.ends_with("_test.go")
}

/// Finds the first commit that behaves like the last one instead of like the first one,
/// trying as few as possible and skipping those that cannot be tried. Returns the steps
/// that were tried, in the order of the commits, and the state of the last commit.
///
/// # Errors
/// Those of `try_one`. The two ends behave alike or cannot be tried.
pub fn search<E: From<RepoError>>(
    commits: &[Commit],
    mut try_one: impl FnMut(&Commit) -> Result<Step, E>,
) -> Result<(Vec<Step>, State), E> {
    let mut steps: BTreeMap<usize, Step> = BTreeMap::new();
    let (mut low, mut high) = (0, commits.len().saturating_sub(1));
    for end in [low, high] {
        let step = try_one(&commits[end])?;
        if step.state == State::Skipped {
            return Err(
                RepoError::Range(format!("{} cannot be tried: {}", step.go, step.why)).into()
            );
        }
        steps.insert(end, step);
    }
    let (before, after) = (steps[&low].state, steps[&high].state);
    if before == after {
        let what = if after == State::Bad { "both ends show it" } else { "neither end shows it" };
        return Err(RepoError::Range(format!("{what}: there is nothing to search for")).into());
    }
    loop {
        // The commit nearest to the middle that was not tried yet.
        let middle = low + (high - low) / 2;
        let open = |i: &usize| *i > low && *i < high && !steps.contains_key(i);
        let next = (0..=high - low)
            .flat_map(|d| [middle.checked_sub(d), middle.checked_add(d)])
            .flatten()
            .find(open);
        let Some(i) = next else { break };
        let step = try_one(&commits[i])?;
        match step.state {
            State::Skipped => {}
            state if state == before => low = i,
            _ => high = i,
        }
        steps.insert(i, step);
    }
    Ok((steps.into_values().collect(), after))
}

#[cfg(test)]
mod tests;
