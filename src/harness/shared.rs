//! Shared memory for LLMP, LibAFL's message passing, that leaves nothing behind.
//!
//! LibAFL's own maps have names in /dev/shm, which stay there when the process that
//! made them is killed. These are memfds: without a name, gone with the last process
//! that has one. Another process of the campaign opens one through
//! `/proc/PID/fd/N`, which its id spells.
#![allow(unsafe_code)]

use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::ptr::NonNull;

use libafl_bolts::Error;
use libafl_bolts::shmem::{ShMem, ShMemId, ShMemProvider};

const NAME: &std::ffi::CStr = c"typerace-llmp";

/// A map that several processes have.
#[derive(Debug)]
pub struct Shared {
    id: ShMemId,
    ptr: NonNull<u8>,
    len: usize,
    // The one who made it keeps it open, so that others can open it.
    _file: Option<File>,
}

// SAFETY: the mapping belongs to this value alone; no thread is tied to it.
unsafe impl Send for Shared {}

impl Shared {
    fn map(file: &File, len: usize) -> io::Result<NonNull<u8>> {
        // SAFETY: the descriptor is open, and mmap chooses an address of its own.
        let ptr = unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            libc::mmap(std::ptr::null_mut(), len, access, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if ptr == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        NonNull::new(ptr.cast()).ok_or_else(|| io::Error::other("mmap gave null"))
    }

    fn create(len: usize) -> io::Result<Self> {
        // SAFETY: the name is a C string; the result is checked before use.
        let file = unsafe {
            let fd = libc::memfd_create(NAME.as_ptr(), libc::MFD_CLOEXEC);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            File::from_raw_fd(fd)
        };
        file.set_len(len as u64)?;
        let ptr = Self::map(&file, len)?;
        let id = format!("{}:{}", std::process::id(), file.as_raw_fd());
        Ok(Self { id: ShMemId::from_string(&id), ptr, len, _file: Some(file) })
    }

    /// Opens one of another process. The numbers may be another's by now: only a
    /// map of ours, of this very length, is taken.
    fn open(id: ShMemId, len: usize) -> io::Result<Self> {
        let wrong = || io::Error::new(io::ErrorKind::NotFound, "no map of a living process");
        let end = id.as_array().iter().position(|&b| b == 0).ok_or_else(wrong)?;
        let text = std::str::from_utf8(&id.as_array()[..end]).map_err(|_| wrong())?;
        let (pid, fd) = text.split_once(':').ok_or_else(wrong)?;
        let (pid, fd): (u32, u32) =
            (pid.parse().map_err(|_| wrong())?, fd.parse().map_err(|_| wrong())?);
        let path = format!("/proc/{pid}/fd/{fd}");
        let target = fs::read_link(&path)?;
        if !target.to_string_lossy().starts_with("/memfd:typerace-llmp") {
            return Err(wrong());
        }
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        if file.metadata()?.len() != len as u64 {
            return Err(wrong());
        }
        let ptr = Self::map(&file, len)?;
        Ok(Self { id, ptr, len, _file: None })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: mapped with this length, and nobody has it any more.
        unsafe { libc::munmap(self.ptr.as_ptr().cast(), self.len) };
    }
}

impl Deref for Shared {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the mapping is `len` bytes long and lives as long as `self`. LLMP
        // reads what others write through atomics and fences of its own.
        unsafe { std::slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }
}

impl DerefMut for Shared {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
    }
}

// SAFETY: mmap gives whole pages, so the start is aligned to far more than 8 bytes.
unsafe impl ShMem for Shared {
    fn id(&self) -> ShMemId {
        self.id
    }
}

/// Makes [`Shared`] maps.
#[derive(Clone, Debug, Default)]
pub struct SharedProvider;

fn failed(error: io::Error) -> Error {
    Error::os_error(error, "shared memory of a campaign")
}

impl ShMemProvider for SharedProvider {
    type ShMem = Shared;

    fn new() -> Result<Self, Error> {
        Ok(Self)
    }

    fn new_shmem(&mut self, len: usize) -> Result<Shared, Error> {
        Shared::create(len).map_err(failed)
    }

    fn shmem_from_id_and_size(&mut self, id: ShMemId, len: usize) -> Result<Shared, Error> {
        Shared::open(id, len).map_err(failed)
    }
}

/// Lets this process have as many open files as it may: the broker keeps one for each
/// megabyte of messages.
pub fn raise_file_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: system calls on a structure that lives through them. A refusal leaves
    // the limit that there was.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_shared_and_only_ours_is_opened() {
        let mut provider = SharedProvider;
        let mut one = provider.new_shmem(4096).unwrap();
        let two = provider.shmem_from_id_and_size(one.id(), 4096).unwrap();
        one[7] = 9;
        assert_eq!(two[7], 9);
        assert!(provider.shmem_from_id_and_size(one.id(), 8192).is_err(), "another length");
        let other = File::open("/dev/null").unwrap();
        let id = format!("{}:{}", std::process::id(), other.as_raw_fd());
        assert!(provider.shmem_from_id_and_size(ShMemId::from_string(&id), 0).is_err());
        for bad in ["", "1", "x:y", "1:999999999", "../../x:3"] {
            assert!(provider.shmem_from_id_and_size(ShMemId::from_string(bad), 1).is_err());
        }
        // What was made keeps its pages while somebody has them.
        drop(one);
        assert_eq!(two[7], 9);
    }
}
