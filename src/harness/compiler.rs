//! The C compiler: `go build -race` on Linux goes through cgo.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::error::EnvError;

/// The compiler's command line: `configured` (the output of `go env CC`) if it exists, otherwise
/// one of the usual names.
///
/// # Errors
/// There is no C compiler.
pub(super) fn find(configured: &str) -> Result<String, EnvError> {
    let mut tried = Vec::new();
    for cc in [configured, "cc", "gcc", "clang"] {
        // CC may have arguments: `ccache gcc`.
        let Some(program) = cc.split_whitespace().next() else { continue };
        if on_path(program).is_some() {
            return Ok(cc.to_owned());
        }
        if !tried.contains(&program) {
            tried.push(program);
        }
    }
    Err(EnvError::NoCompiler { tried: tried.join(", ") })
}

/// The executable file of a command.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|p| is_executable(p));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|p| is_executable(p))
}

pub(super) fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configured_compiler_comes_first() {
        assert_eq!(find("/bin/sh -c x").unwrap(), "/bin/sh -c x");
        // A machine that builds this crate has a linker driver called cc.
        assert_eq!(find("/nonexistent/gcc").unwrap(), "cc");
        assert_eq!(on_path("no-such-program-here"), None);
        assert!(!is_executable(Path::new("/etc/passwd")));
    }
}
