//! Patches of known roots: small edits of go/types, each of which ends one fault.
//!
//! A patch is a TOML file. Those of the folder `patches` are inside the binary; a user
//! can add a folder. A campaign on patched sources finds what is not known yet, and a
//! finding that one patch silences has that patch's root.

mod apply;
mod choice;
mod error;
mod list;
mod parse;
mod releases;

pub use apply::{LeftOut, Patched, apply};
pub use choice::{Choice, Wanted};
pub use error::PatchError;
pub use list::{built_in, load};
pub use parse::{Edit, Patch, Variant};
pub use releases::Releases;
