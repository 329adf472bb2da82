//! What a sequential run says about writes to shared memory: the part of a reply that
//! `harness_go/internal/wire/shared.go` encodes.

use super::wire::{Reader, WireError};

/// Which operations wrote to memory that existed before they began, and what other goroutines'
/// operations did with that memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedWrites {
    /// The number of logged accesses.
    pub entries: u32,
    /// The writes.
    pub writes: Vec<SharedWrite>,
    /// The accesses of other goroutines to what was written.
    pub meetings: Vec<Meeting>,
}

/// A place in go/types.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// For example `go/types.NewScope`.
    pub function: String,
    /// The name of the file, without a folder.
    pub file: String,
    /// 1-based.
    pub line: u32,
}

/// An operation of a scenario: the goroutine's number, from 1, and the operation's index in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// n is the n-th `go`.
    pub goroutine: usize,
    /// From 0.
    pub operation: usize,
}

/// Who allocated memory that an operation wrote to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MadeBy {
    /// What ran before the goroutines started.
    #[default]
    Before,
    /// An operation of another goroutine.
    Other,
    /// An earlier operation of the same goroutine.
    Same,
}

/// A write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedWrite {
    /// The operation.
    pub place: Place,
    /// Where in go/types.
    pub site: Site,
    /// Who allocated the memory.
    pub made_by: MadeBy,
    /// Whether the goroutine held a mutex.
    pub locked: bool,
    /// The functions of the operation's last step before the write and of its first step after it,
    /// for the seed of a schedule; 0 if there is none after it.
    pub between: u32,
}

/// An access of another goroutine to what a write changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meeting {
    /// The index of the write.
    pub write: usize,
    /// The operation.
    pub place: Place,
    /// Where in go/types.
    pub site: Site,
    /// Whether it is a write, too.
    pub is_write: bool,
    /// Whether the goroutine held a mutex.
    pub locked: bool,
}

impl SharedWrites {
    pub(super) fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let entries = r.u32("logged accesses")?;
        let sites: Vec<Site> = r.list("sites", 12, |r| {
            Ok(Site {
                function: r.str("site's function")?,
                file: r.str("site's file")?,
                line: r.u32("site's line")?,
            })
        })?;
        let site = |r: &mut Reader<'_>| {
            let index = r.u32("site")?;
            let site = sites.get(index as usize);
            site.cloned().ok_or(WireError::Value { field: "site", value: index.into() })
        };
        let writes: Vec<SharedWrite> = r.list("writes", 18, |r| {
            Ok(SharedWrite {
                place: place(r)?,
                site: site(r)?,
                made_by: match r.u8("origin")? {
                    0 => MadeBy::Before,
                    1 => MadeBy::Other,
                    2 => MadeBy::Same,
                    n => return Err(WireError::Value { field: "origin", value: n.into() }),
                },
                locked: r.bool("locked")?,
                between: r.u32("steps around it")?,
            })
        })?;
        let meetings = r.list("meetings", 18, |r| {
            let write = r.u32("write")?;
            if write as usize >= writes.len() {
                return Err(WireError::Value { field: "write", value: write.into() });
            }
            Ok(Meeting {
                write: write as usize,
                place: place(r)?,
                site: site(r)?,
                is_write: r.bool("whether it is a write")?,
                locked: r.bool("locked")?,
            })
        })?;
        Ok(Self { entries, writes, meetings })
    }
}

fn place(r: &mut Reader<'_>) -> Result<Place, WireError> {
    let goroutine = r.u32("goroutine")? as usize;
    Ok(Place { goroutine, operation: r.u32("operation")? as usize })
}
