//! Grid packs on the device: files named by their hash, opened by mapping.
//!
//! A pack arrives in parts, each a file of its own ([`fetch`]), so that a process that dies goes on
//! where it was. When all parts are there, their hash is checked, the pack unpacked, checked against
//! the signed header, written under its own hash, opened and verified; one transaction then puts it
//! in force in the place of the one before. Whatever fails on the way leaves the one before in
//! force ([`keep`]).
//!
//! A pack that was replaced, or that the user's certificate does not grant any more, stays while a
//! case that is open here names it or a draft is here, and is then removed with its file.

mod ask;
mod fetch;
mod held;
mod keep;

pub(crate) use ask::to_position;
pub(crate) use fetch::Fetch;
pub(crate) use held::{Grids, unless_damaged};

use gewu_model::ids::Digest;

/// Where whole packs lie.
const FOLDER: &str = "packs";
/// Where the parts of packs on their way lie.
const PARTS: &str = "packs/parts";

/// The file of a pack.
pub(crate) fn path(digest: &Digest) -> String {
    format!("{FOLDER}/{digest}.gewugrid")
}
