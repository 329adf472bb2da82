//! What machines share: corpus entries and findings, as objects in a storage that all of them
//! reach. Nobody listens, and nobody connects to anybody.
//!
//! | file | |
//! |---|---|
//! | [`location`] | `--sync URL` |
//! | [`objects`] | what a storage must be able to do |
//! | [`folder`] | `file://`: a folder |
//! | `cloud` | `s3://`, `gs://`, `az://`, with the cargo feature `cloud` |
//! | [`key`] | names of objects: by day and minute, source and content |
//! | [`entry`], [`parcel`] | a corpus entry and a finding as objects, and what is refused |
//! | [`news`] | what is new in a storage, in turns by source |
//! | [`sources`] | which sources are passed over |
//! | [`bring`] | the findings of the whole fleet, for `report` |
//!
//! Objects are written once, under a name that is made from their content, and never changed. So
//! machines cannot overwrite each other's objects, and a half-written or altered one does not fit
//! its name. Nothing that another machine wrote is believed: see [`entry`] and [`parcel`].

pub mod bring;
#[cfg(feature = "cloud")]
mod cloud;
pub mod entry;
pub mod folder;
pub mod key;
pub mod location;
pub mod news;
pub mod objects;
pub mod parcel;
pub mod sources;

/// An object that is refused, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Refuses an object.
fn refuse<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}
