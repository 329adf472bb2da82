//! Help for the tests of this module.

use std::path::Path;
use std::process::Command;

/// Writes an executable script. Another process does it: a descriptor of our
/// own, open for writing, could be inherited by a child that another test
/// starts, and then the script is "busy".
pub(crate) fn write_script(path: &Path, text: &str) {
    let status = Command::new("/bin/sh")
        .args(["-c", "printf %s \"$1\" > \"$2\" && chmod +x \"$2\"", "sh", text])
        .arg(path)
        .status()
        .unwrap();
    assert!(status.success());
}
