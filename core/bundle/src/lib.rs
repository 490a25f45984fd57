//! Bundles: one file that proves a case without the server, down to the city's root key.
//!
//! A bundle is a plain ZIP that any tool opens, with a statement for people in Chinese and English,
//! the signed history, the server's receipts, texts and photos. [`write()`] makes one, [`verify`]
//! reads one. Both derive the statement with the same code, so a statement says nothing that does
//! not follow from what was signed.
//!
//! - [`container`] is the ZIP in its only allowed form: the same content is the same bytes, and no
//!   byte is free to be anything else.
//! - [`record`] is what lies in it.
//! - `examine` checks everything that is signed or named by digest, and folds the cases.
//! - `statement` says it to people.
//!
//! No I/O of its own, no clock, no randomness: it reads from a reader and writes to a writer.
//! `docs/bundle.md` states the format, what a bundle proves, and what it cannot.

pub mod container;
mod examine;
mod fault;
mod name;
mod open;
mod order;
pub mod record;
mod report;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
mod seal;
mod statement;
mod write;

pub use examine::Contents;
pub use fault::{Fault, Finding};
pub use name::{Member, PackKind};
pub use open::verify;
pub use order::{Piece, arrange};
pub use report::{
    CaseFacts, EntryFacts, FileFacts, Lost, Outcome, Part, Presence, Report, Standing, TextFacts,
};
pub use statement::Language;
pub use write::{Exporter, FileSource, WriteError, rescue, write};
