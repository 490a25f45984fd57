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
mod fields;
mod header;
mod instruction;
mod kind;
mod part;
mod payload;

pub use class::{ClassKind, ClassRef, KindName};
pub use field::{
    Appeal, Check, CheckResult, ComponentChange, ComponentDifference, Confirm, DuplicateSuggestion,
    ExtendRequest, HandedOver, Handle, Mark, Note, OwnershipDispute, Progress, Rate, Refuse,
    ReopenRequest, Report, Seen, SeenState, SendBackRequest, Source, Supplement, SuspendRequest,
    Urge, Verify, VerifyResult, Withdraw,
};
pub use fields::field_names;
pub use header::{Entry, EntryError, EntryHeader};
pub use instruction::{
    Asked, Assign, Body, Close, CloseKind, Convert, Correct, DayWindow, Decide, Decline,
    DeclineKind, Dispatch, Erase, Extend, File, Forward, InstructionFrame, LinkCase, MAX_ERASED,
    MOST_REWARD_CENTS, MOST_REWARD_POINTS, Order, Ownership, Plain, Redo, Register, Relationship,
    Reopen, Repin, Reply, Resume, Reward, RewardState, Rework, SendBack, Senseless, SpotCheck,
    Supervise, Suspend, Switches, Unassign,
};
pub use kind::{FieldKind, InstructionKind, Kind};
pub use part::code as check_code;
pub use payload::{Payload, PayloadError};

/// The first version of every kind's payload.
pub const ENTRY_VERSION: u64 = 1;

/// The newest version of a kind's payload that this library reads. New optional fields need no new
/// version; a shape that an older reader would misread or refuse does ([`Payload::version`]).
pub const fn newest_version(kind: &Kind) -> u64 {
    match kind {
        Kind::Instruction(InstructionKind::Assign) => 3,
        Kind::Instruction(InstructionKind::Repin) | Kind::Field(FieldKind::Note) => 2,
        _ => ENTRY_VERSION,
    }
}
