//! Helpers for the tests of this module.

use std::path::Path;
use std::process::Command;

/// Writes an executable script. Another process writes it, because a child that another test starts
/// could inherit a descriptor of ours that is open for writing, and then the script would be
/// "busy".
pub(crate) fn write_script(path: &Path, text: &str) {
    let status = Command::new("/bin/sh")
        .args(["-c", "printf %s \"$1\" > \"$2\" && chmod +x \"$2\"", "sh", text])
        .arg(path)
        .status()
        .unwrap();
    assert!(status.success());
}
