//! Patches of known roots: small edits of go/types, each of which ends one fault.
//!
//! A patch is a TOML file. Those in the folder `patches` are built into the binary; a user can add
//! a folder. A campaign on patched sources finds only what is not known yet. If a single patch
//! silences a finding, the finding has that patch's root.

mod apply;
mod choice;
mod chunks;
mod diff;
mod error;
mod list;
mod parse;
mod releases;
mod together;

pub use apply::{LeftOut, Patched, apply};
pub use choice::{Choice, Wanted};
pub use diff::{ReadSource, diff};
pub use error::PatchError;
pub use list::{built_in, load};
pub use parse::{Edit, Patch, Variant};
pub use releases::Releases;
pub use together::{PATCH_VARIABLE, Together, together};
