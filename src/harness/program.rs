//! The executable of a harness, which stays usable when its file is removed.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use super::sys::above;

/// An executable that is held open: a cleaner of the cache must not end a campaign.
#[derive(Debug)]
pub(super) struct Program {
    path: PathBuf,
    open: OwnedFd,
}

impl Program {
    /// Opens the executable.
    ///
    /// # Errors
    /// There is no such file, or it is not readable.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let open = above(&OwnedFd::from(File::open(path)?))?;
        Ok(Self { path: path.to_owned(), open })
    }

    /// A path of the executable for a child of this process.
    pub(super) fn path(&self) -> PathBuf {
        if self.path.exists() {
            return self.path.clone();
        }
        format!("/proc/self/fd/{}", self.open.as_raw_fd()).into()
    }
}

/// The first of these that is not there, to say why a program does not start.
pub(super) fn missing<'a>(needed: &[&'a Path]) -> Option<&'a Path> {
    needed.iter().copied().find(|path| !path.exists())
}
