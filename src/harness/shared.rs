//! Shared memory for LLMP, LibAFL's message passing, that leaves nothing behind.
//!
//! LibAFL's own maps have names in /dev/shm, which stay there when the process that
//! made them is killed. These are memfds: without a name, gone with the last process
//! that has one. Another process of the campaign opens one through
//! `/proc/PID/fd/N`, which its id spells.

use std::fs::{self, OpenOptions};
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::AsRawFd as _;

use libafl_bolts::Error;
use libafl_bolts::shmem::{ShMem, ShMemId, ShMemProvider};

use super::memfd::Memfd;

const NAME: &std::ffi::CStr = c"typerace-llmp";

/// A map that several processes have. Each keeps it open, so that others can open it.
#[derive(Debug)]
pub struct Shared {
    id: ShMemId,
    memory: Memfd,
}

impl Shared {
    fn create(len: usize) -> io::Result<Self> {
        let memory = Memfd::new(NAME, len)?;
        let id = format!("{}:{}", std::process::id(), memory.fd().as_raw_fd());
        Ok(Self { id: ShMemId::from_string(&id), memory })
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
        Ok(Self { id, memory: Memfd::map(file.into(), len)? })
    }
}

impl Deref for Shared {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.memory.bytes()
    }
}

impl DerefMut for Shared {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.memory.bytes_mut()
    }
}

// SAFETY: mmap gives whole pages, so the start is aligned to far more than 8 bytes.
#[allow(unsafe_code)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

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
