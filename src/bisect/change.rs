//! A change on the way: what a checkout changes in the Go tree since a revision, as an overlay for a
//! toolchain.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::repo::{Checkout, RepoError};

/// The folders that an overlay covers: the type checker and what it is made of.
const FOLDERS: [&str; 2] = ["src/go/", "src/internal/"];

/// An overlay that was written.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The files that it replaces, below GOROOT.
    pub files: Vec<String>,
    /// Changed Go files that are not in it.
    pub left_out: Vec<String>,
    /// Files whose change was carried over to the toolchain's version of them.
    pub merged: Vec<String>,
}

impl Checkout {
    /// Writes `overlay.json` into a folder: the change from a revision to the files in the checkout,
    /// for a toolchain. A file of the toolchain that is not as in that revision gets the change
    /// merged into it.
    ///
    /// # Errors
    /// The revision is unknown, nothing changed, the change does not apply to the toolchain's
    /// files, or a file cannot be written.
    pub fn change(&self, rev: &str, goroot: &Path, to: &Path) -> Result<Change, RepoError> {
        let base = self.commit_of(rev)?;
        let top = PathBuf::from(self.text(&["rev-parse", "--show-toplevel"])?.trim());
        let mut replace: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        let mut change = Change::default();
        for (file, status) in &self.statuses(&base, &top)? {
            if !file.ends_with(".go") || file.ends_with("_test.go") || file.contains("/testdata/") {
                continue;
            }
            if !FOLDERS.iter().any(|f| file.starts_with(f)) {
                change.left_out.push(file.to_owned());
                continue;
            }
            let by = match status.as_str() {
                "D" => PathBuf::new(),
                "A" => top.join(file),
                _ => self.merge(&base, file, &top, goroot, to, &mut change)?,
            };
            replace.insert(goroot.join(file), by);
            change.files.push(file.to_owned());
        }
        if replace.is_empty() {
            let why = if top.join("src/go/types").is_dir() {
                format!("no Go file in {} changed since {rev}", FOLDERS.join(" and "))
            } else {
                format!("{} is no checkout of the Go tree: it has no src/go/types", top.display())
            };
            return Err(RepoError::Range(why));
        }
        let json = serde_json::json!({ "Replace": replace });
        let text = serde_json::to_string_pretty(&json).expect("paths are text") + "\n";
        write(&to.join("overlay.json"), text.as_bytes())?;
        Ok(change)
    }

    /// The files below src that differ from a revision, each once, with git's letter for it.
    fn statuses(&self, base: &str, top: &Path) -> Result<BTreeMap<String, String>, RepoError> {
        let listed = self.text(&["diff", "--name-status", "--no-renames", base, "--", "src"])?;
        let new = self.text(&["ls-files", "--others", "--exclude-standard", "--", "src"])?;
        let listed = listed.lines().filter_map(|l| l.split_once('\t'));
        let mut all: BTreeMap<String, String> =
            listed.map(|(status, file)| (file.to_owned(), status.to_owned())).collect();
        for file in new.lines() {
            if all.remove(file).is_none() {
                all.insert(file.to_owned(), "A".to_owned());
                continue;
            }
            // After `git rm --cached` a file is deleted for git and still there for the compiler.
            let old = self.git(&["show", &format!("{base}:{file}")])?;
            if fs::read(top.join(file)).is_ok_and(|now| now != old) {
                all.insert(file.to_owned(), "M".to_owned());
            }
        }
        Ok(all)
    }

    /// The file that replaces one of the toolchain: the checkout's own, unless the toolchain has
    /// another version of it than the revision.
    fn merge(
        &self,
        base: &str,
        file: &str,
        top: &Path,
        goroot: &Path,
        to: &Path,
        change: &mut Change,
    ) -> Result<PathBuf, RepoError> {
        let old = self.git(&["show", &format!("{base}:{file}")])?;
        let there = fs::read(goroot.join(file)).unwrap_or_default();
        if there == old {
            return Ok(top.join(file));
        }
        let (merged, before) = (to.join(file), to.join(format!("{file}.base")));
        write(&merged, &there)?;
        write(&before, &old)?;
        let name = |path: &Path| path.to_string_lossy().into_owned();
        // git runs in the checkout.
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (ours, old) = (absolute(&merged), absolute(&before));
        let done =
            self.git(&["merge-file", "-q", &name(&ours), &name(&old), &name(&top.join(file))]);
        let _ = fs::remove_file(&before);
        if done.is_err() {
            let _ = fs::remove_file(&merged);
            return Err(RepoError::Range(format!(
                "the change of {file} does not fit the file of {}: use the Go tree itself \
                 (src/make.bash, then --goroot), or a toolchain that is closer to it",
                goroot.display()
            )));
        }
        change.merged.push(file.to_owned());
        Ok(ours)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RepoError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| crate::files::replace(path, bytes))
        .map_err(|source| RepoError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn git(dir: &Path, args: &[&str]) {
        let settings = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"];
        let done = Command::new("git").arg("-C").arg(dir).args(settings).args(args).output();
        let done = done.unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn put(root: &Path, file: &str, text: &str) {
        write(&root.join(file), text.as_bytes()).unwrap();
    }

    const OLD: &str = "package types\n\nfunc a() {}\n\n// 1\n// 2\n// 3\n\nfunc b() {}\n";

    #[test]
    fn a_change_becomes_an_overlay() {
        let tmp = tempfile::tempdir().unwrap();
        let (repo, goroot, out) =
            (tmp.path().join("repo"), tmp.path().join("go"), tmp.path().join("out"));
        for name in ["a", "b", "gone", "same"] {
            let file = &format!("src/go/types/{name}.go");
            put(&repo, file, OLD);
            put(&goroot, file, OLD);
        }
        git(&repo, &["init", "-q"]);
        git(&repo, &["add", "."]);
        git(&repo, &["commit", "-q", "-m", "base"]);
        let checkout = Checkout::open(&repo).unwrap();
        let none = checkout.change("HEAD", &goroot, &out).unwrap_err().to_string();
        assert!(none.contains("changed since HEAD"), "{none}");

        let new = OLD.replace("func a() {}", "func a() { b() }");
        put(&repo, "src/go/types/a.go", &new);
        put(&repo, "src/go/types/b.go", &new);
        put(&repo, "src/go/types/b_test.go", "package types\n");
        put(&repo, "src/go/types/new.go", "package types\n");
        put(&repo, "src/cmd/x/x.go", "package main\n");
        fs::remove_file(repo.join("src/go/types/gone.go")).unwrap();
        // The toolchain has another version of one of the files.
        put(&goroot, "src/go/types/b.go", &OLD.replace("func b() {}", "func b() { println() }"));
        let change = checkout.change("HEAD", &goroot, &out).unwrap();
        assert_eq!(change.left_out, ["src/cmd/x/x.go"]);
        assert_eq!(change.merged, ["src/go/types/b.go"]);
        let json: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(out.join("overlay.json")).unwrap()).unwrap();
        let by = |file: &str| {
            let key = goroot.join("src/go/types").join(file);
            json["Replace"][key.to_str().unwrap()].as_str().map(str::to_owned)
        };
        // The file itself, so that errors name it and later edits count.
        let real = repo.canonicalize().unwrap();
        assert_eq!(by("a.go").unwrap(), real.join("src/go/types/a.go").to_str().unwrap());
        assert_eq!(by("gone.go").as_deref(), Some(""));
        assert!(by("new.go").unwrap().ends_with("new.go") && by("b_test.go").is_none());
        let merged = fs::read_to_string(by("b.go").unwrap()).unwrap();
        assert!(merged.contains("{ b() }") && merged.contains("{ println() }"), "{merged}");

        // git no longer tracks them, and the checkout still has them. One of them is as it was.
        git(&repo, &["rm", "-q", "--cached", "-r", "src/go/types"]);
        let untracked = checkout.change("HEAD", &goroot, &out).unwrap();
        assert_eq!((untracked.files, untracked.merged), (change.files, change.merged));

        put(&goroot, "src/go/types/b.go", &OLD.replace("func a() {}", "func a() { c() }"));
        let e = checkout.change("HEAD", &goroot, &out).unwrap_err().to_string();
        assert!(e.contains("src/go/types/b.go does not fit") && e.contains("make.bash"), "{e}");
        let e = checkout.change("--nosuch", &goroot, &out).unwrap_err().to_string();
        assert!(e.contains("--nosuch is not a revision"), "{e}");
    }
}
