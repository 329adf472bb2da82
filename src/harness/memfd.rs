//! Memory that several processes share.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::ptr::NonNull;

/// A mapped memfd. It has no name in the file system, so nothing is left behind when the processes
/// that use it are killed.
#[derive(Debug)]
pub(super) struct Memfd {
    ptr: NonNull<u8>,
    len: usize,
    fd: OwnedFd,
}

// SAFETY: the mapping belongs to this value alone; no thread is tied to it.
unsafe impl Send for Memfd {}

impl Memfd {
    /// Creates memory, all zero. /proc shows `name`.
    pub(super) fn new(name: &CStr, len: usize) -> io::Result<Self> {
        // SAFETY: the name is a C string; the result is checked before use.
        let file = unsafe {
            let fd = libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            File::from_raw_fd(fd)
        };
        file.set_len(len as u64)?;
        Self::map(file.into(), len)
    }

    /// Maps memory that another process created. It must be `len` bytes long.
    fn map(fd: OwnedFd, len: usize) -> io::Result<Self> {
        // SAFETY: the descriptor is open; mmap chooses an address of its own.
        let ptr = unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            libc::mmap(std::ptr::null_mut(), len, access, libc::MAP_SHARED, fd.as_raw_fd(), 0)
        };
        if ptr == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let ptr = NonNull::new(ptr.cast()).ok_or_else(|| io::Error::other("mmap gave null"))?;
        Ok(Self { ptr, len, fd })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    pub(super) fn ptr(&self) -> NonNull<u8> {
        self.ptr
    }

    /// The bytes. The harness writes them only between a request and its reply, or until
    /// it is dead, and no borrow lives that long: a request takes the owner by `&mut`.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping is `len` bytes long and lives as long as `self`.
        unsafe { std::slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
    }

    /// Reads the number at an offset, which another process may write at any time.
    pub(super) fn number(&self, at: usize) -> u64 {
        if !at.is_multiple_of(8) || at + 8 > self.len {
            return 0;
        }
        // SAFETY: inside the mapping and aligned; read as a whole, once.
        unsafe { self.ptr.as_ptr().add(at).cast::<u64>().read_volatile() }
    }

    pub(super) fn clear(&mut self, bytes: Range<usize>) {
        let end = bytes.end.min(self.len);
        let start = bytes.start.min(end);
        self.bytes_mut()[start..end].fill(0);
    }
}

impl Drop for Memfd {
    fn drop(&mut self) {
        // SAFETY: mapped with this length, and nothing borrows it any more.
        unsafe { libc::munmap(self.ptr.as_ptr().cast(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_mappings_are_one_memory() {
        let mut one = Memfd::new(c"typerace-test", 4096).unwrap();
        let two = Memfd::map(one.fd().try_clone().unwrap(), 4096).unwrap();
        assert!(two.bytes().iter().all(|&b| b == 0));
        one.bytes_mut()[8..16].fill(0xff);
        assert_eq!([8, 0, 4, 4096].map(|at| two.number(at)), [u64::MAX, 0, 0, 0]);
        one.clear(9..9_999);
        drop(one);
        assert_eq!(two.len(), 4096);
        assert_eq!(two.bytes()[7..11], [0, 0xff, 0, 0]);
        assert!(Memfd::new(c"typerace-test", 0).is_err(), "nothing cannot be mapped");
    }
}
