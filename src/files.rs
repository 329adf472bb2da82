//! The one way to read a file that others wrote, and the one way to replace a file.
//!
//! **Reading.** A file in a folder may come from a stranger: it may be a link to a file that must not
//! be shown, a pipe that never ends, a device, or larger than memory. [`read`] accepts regular files
//! up to [`LONGEST`] only, and returns at once for everything else.
//!
//! **Replacing.** New text goes to a hidden temporary file beside the old one, which is then renamed over it. A
//! reader therefore sees the old text or the new one, never a part of either. A process that is
//! killed leaves the old text and perhaps a temporary file, which [`sweep`] removes. The functions
//! differ in what a power cut may do: see [`replace`] and [`replace_unsynced`].

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path};
use std::sync::atomic::{AtomicU64, Ordering};

/// The start of every temporary name. Hidden, so that code that lists a folder skips it.
pub const TEMPORARY: &str = ".tmp-";

/// The size of the longest file that is read.
pub const LONGEST: u64 = 256 << 20;

/// Reads a regular file that was found in a folder. A link is not followed.
///
/// # Errors
/// It is not a regular file, is too long, or cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("it is a symbolic link, which typerace does not follow here"));
    }
    contents(path, libc::O_NOFOLLOW)
}

/// Reads a regular file that the user named. It may be a link to one.
///
/// # Errors
/// It is not a regular file, is too long, or cannot be read.
pub fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    contents(path, 0)
}

/// Reads a regular file below a folder. No part of `name` may be a link.
///
/// # Errors
/// See [`read`].
pub fn read_below(folder: &Path, name: &str) -> io::Result<Vec<u8>> {
    let mut path = folder.to_owned();
    for part in Path::new(name).components() {
        let Component::Normal(part) = part else {
            return Err(io::Error::other("its name leads out of its folder"));
        };
        path.push(part);
        if fs::symlink_metadata(&path)?.is_symlink() {
            return Err(io::Error::other(format!("{} is a symbolic link", path.display())));
        }
    }
    contents(&path, libc::O_NOFOLLOW)
}

/// Opens a regular file to append to it. If the file is missing and `create` is set, it is created.
/// A link is not followed: it could make others' files grow.
///
/// # Errors
/// It is not a regular file, or cannot be opened.
pub fn append(path: &Path, create: bool) -> io::Result<File> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = File::options().append(true).create(create).custom_flags(flags).open(path)?;
    is_regular(&file.metadata()?)?;
    Ok(file)
}

/// Creates a folder inside one that may be a stranger's, unless it exists. A link to a folder is
/// refused: what is written, moved or removed through it would be somebody else's.
///
/// # Errors
/// It is a link, or cannot be created.
pub fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_symlink() {
        let what = format!("{} is a symbolic link; remove it first", path.display());
        return Err(io::Error::other(what));
    }
    fs::create_dir_all(path)
}

/// The text of a file, as UTF-8.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn as_text(read: io::Result<Vec<u8>>) -> io::Result<String> {
    String::from_utf8(read?).map_err(|_| io::Error::other("it is not UTF-8"))
}

fn contents(path: &Path, flags: i32) -> io::Result<Vec<u8>> {
    // Before it is opened, because opening a device can have effects.
    is_readable(&fs::metadata(path)?)?;
    // The file may have been replaced since: opening a pipe must not wait for a writer.
    let flags = flags | libc::O_NONBLOCK;
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    is_readable(&file.metadata()?)?;
    let mut bytes = Vec::new();
    // It may grow while it is read.
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    is_short(bytes.len() as u64)?;
    Ok(bytes)
}

fn is_readable(file: &fs::Metadata) -> io::Result<()> {
    is_regular(file)?;
    is_short(file.len())
}

fn is_regular(file: &fs::Metadata) -> io::Result<()> {
    if file.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    if !file.is_file() {
        return Err(io::Error::other("it is a pipe or a device, not a regular file"));
    }
    Ok(())
}

fn is_short(bytes: u64) -> io::Result<()> {
    if bytes > LONGEST {
        let most = LONGEST >> 20;
        return Err(io::Error::other(format!("it is longer than {most} MiB")));
    }
    Ok(())
}

/// A hidden name that no other call in this process and no living process gets.
#[must_use]
pub fn temporary_name(end: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{TEMPORARY}{}-{n}{end}", std::process::id())
}

/// Replaces a file, and syncs the new text and its name to disk before it returns: after a power
/// cut the file is the new one.
///
/// # Errors
/// It cannot be written; the old text stays.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, true)?;
    sync_folder(folder(path))
}

/// Replaces a file without waiting for the disk: after a power cut the file may be the old one,
/// empty or missing. For files that are written often and can be made again.
///
/// # Errors
/// It cannot be written; the old text stays.
pub fn replace_unsynced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, false)
}

/// Writes a file that the user named. A regular or missing file is handled as by [`replace`]. A
/// pipe, a terminal, a device or a link is written to directly, and so is a file in a folder that
/// takes no new names.
///
/// # Errors
/// It cannot be written.
pub fn output(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if !fs::symlink_metadata(path).map_or(true, |m| m.is_file()) {
        return fs::write(path, bytes);
    }
    match replace(path, bytes) {
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => fs::write(path, bytes),
        done => done,
    }
}

/// Whether an error says that there is no room: on the disk, or in the user's share of it.
#[must_use]
pub fn is_full(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Renames a complete folder to its name; `false` if something is there already. Neither
/// the folder's files nor its name are on disk yet: see [`sync_folder`].
///
/// # Errors
/// A file has the name, or the system reports an error.
pub fn publish(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(e)
            if [io::ErrorKind::DirectoryNotEmpty, io::ErrorKind::AlreadyExists]
                .contains(&e.kind()) =>
        {
            Ok(false)
        }
        Err(e) => Err(e),
    }
}

/// Syncs the names in a folder to disk.
///
/// # Errors
/// The system's.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes the temporary files that killed processes left in a folder. No other process
/// may be writing there.
pub fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(PART) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The end of a temporary file's name.
const PART: &str = ".part";

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn put(path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
    let part = folder(path).join(temporary_name(PART));
    let written = (|| {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        if sync {
            file.sync_all()?;
        }
        fs::rename(&part, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|e| e.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// None of these may be followed, waited for or read to its end.
    #[test]
    fn only_regular_files_are_read() {
        let tmp = tempfile::tempdir().unwrap();
        let at = |name: &str| tmp.path().join(name);
        fs::create_dir(at("dir")).unwrap();
        for file in ["file", "dir/file"] {
            fs::write(at(file), "text").unwrap();
        }
        File::create(at("huge")).unwrap().set_len(1 << 30).unwrap();
        for (link, to) in [("link", "file"), ("linked", "dir"), ("zero", "/dev/zero")] {
            std::os::unix::fs::symlink(to, at(link)).unwrap();
        }
        let pipe = std::process::Command::new("mkfifo").arg(at("pipe")).status();
        assert!(pipe.unwrap().success());

        assert_eq!(read(&at("file")).unwrap(), b"text");
        assert_eq!(read_named(&at("link")).unwrap(), b"text");
        assert_eq!(read_below(tmp.path(), "dir/file").unwrap(), b"text");
        let why = |read: io::Result<Vec<u8>>| read.unwrap_err().to_string();
        for (name, says) in
            [("pipe", "a pipe"), ("huge", "longer than 256 MiB"), ("dir", "is a directory")]
        {
            for all in [read(&at(name)), read_named(&at(name)), read_below(tmp.path(), name)] {
                assert!(why(all).contains(says), "{name}");
            }
        }
        assert!(why(read(&at("link"))).contains("symbolic link"));
        assert!(why(read(&at("zero"))).contains("symbolic link"));
        assert!(why(read_named(&at("zero"))).contains("a device"));
        assert!(why(read(Path::new("/dev/zero"))).contains("a device"));
        assert!(why(read_below(tmp.path(), "linked/file")).contains("symbolic link"));
        assert!(why(read_below(&at("dir"), "../file")).contains("leads out"));
        let missing = read(&at("none")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert_eq!(append(&at("none"), false).unwrap_err().kind(), io::ErrorKind::NotFound);
        append(&at("file"), true).unwrap().write_all(b"+").unwrap();
        assert_eq!(read(&at("file")).unwrap(), b"text+");
        for name in ["link", "pipe", "zero"] {
            assert!(append(&at(name), true).is_err(), "{name}");
        }
        create_folder(&at("dir/new")).unwrap();
        assert!(create_folder(&at("linked")).unwrap_err().to_string().contains("symbolic link"));
        fs::write(at("file"), b"\xff").unwrap();
        assert!(as_text(read(&at("file"))).unwrap_err().to_string().contains("UTF-8"));
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays() {
        let tmp = tempfile::tempdir().unwrap();
        let at = tmp.path().join("f");
        for (put, text) in [(replace as fn(&Path, &[u8]) -> _, "one"), (replace_unsynced, "two")] {
            put(&at, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&at).unwrap(), text);
        }
        // A folder that is not empty cannot be renamed over.
        let taken = tmp.path().join("taken");
        fs::create_dir_all(taken.join("x")).unwrap();
        assert!(replace(&taken, b"three").is_err());
        assert!(replace(&tmp.path().join("none/f"), b"three").is_err());
        assert_eq!(names(tmp.path()), ["f", "taken"], "a temporary file was left");
    }

    #[test]
    fn an_open_file_keeps_the_old_text() {
        let tmp = tempfile::tempdir().unwrap();
        let at = tmp.path().join("f");
        fs::write(&at, "old").unwrap();
        let old = File::open(&at).unwrap();
        replace(&at, b"new text").unwrap();
        assert_eq!(io::read_to_string(old).unwrap(), "old");
        assert_eq!(fs::read_to_string(&at).unwrap(), "new text");
    }

    #[test]
    fn links_and_devices_that_the_user_names_stay() {
        let tmp = tempfile::tempdir().unwrap();
        let (file, link) = (tmp.path().join("file"), tmp.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        output(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        output(&file, b"newer").unwrap();
        assert_eq!(fs::read_to_string(&link).unwrap(), "newer");
        output(Path::new("/dev/null"), b"x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert!(output(tmp.path(), b"x").is_err());
    }

    #[test]
    fn the_first_of_two_folders_stays() {
        let tmp = tempfile::tempdir().unwrap();
        let to = tmp.path().join("to");
        for (name, first) in [("a", true), ("b", false)] {
            let from = tmp.path().join(name);
            fs::create_dir(&from).unwrap();
            fs::write(from.join("f"), name).unwrap();
            assert_eq!(publish(&from, &to).unwrap(), first);
        }
        assert_eq!(fs::read_to_string(to.join("f")).unwrap(), "a");
        let file = tmp.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(publish(&tmp.path().join("b"), &file).is_err());
    }

    #[test]
    fn what_a_killed_process_left_is_removed() {
        let tmp = tempfile::tempdir().unwrap();
        for name in [".x.part", &temporary_name(PART), "kept.part", ".kept"] {
            fs::write(tmp.path().join(name), "").unwrap();
        }
        sweep(tmp.path());
        assert_eq!(names(tmp.path()), [".kept", "kept.part"]);
    }
}
