//! Entries: the add-only record of a case.
//!
//! One change carries one entry: a flat map of scalars in the document's `/entries`. What nests
//! (the payload, with its evidence records) is canonical CBOR inside one byte scalar. Nobody
//! re-encodes an entry, so fields that this version does not know survive a round trip.
//!
//! *Instructions* are decided at the centre and written by the server alone. *Field entries* are
//! made on devices, offline, and answer an instruction.

mod class;
mod field;
mod header;
mod instruction;
mod kind;
mod payload;

pub use class::{ClassKind, ClassRef, KindName};
pub use field::{
    Check, CheckResult, Handle, Mark, Note, Rate, Report, Source, Supplement, Verify, VerifyResult,
    Withdraw,
};
pub use header::{Entry, EntryError, EntryHeader};
pub use instruction::{
    Asked, Assign, Body, Close, CloseKind, Decline, DeclineKind, Dispatch, Erase, File, Forward,
    InstructionFrame, Plain, Register, Reply, Rework,
};
pub use kind::{FieldKind, InstructionKind, Kind};
pub use payload::{Payload, PayloadError};

/// The version of every payload that this library writes.
pub const ENTRY_VERSION: u64 = 1;
