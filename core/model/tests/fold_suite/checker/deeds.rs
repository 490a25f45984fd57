//! The deeds of each search, and from where it sets out.

use gewu_model::entry::{FieldKind, InstructionKind};

use super::Deed::{self, Decide, Write};

pub(super) const D: &str = "drainage";
pub(super) const R: &str = "roads";

/// Dispatched to one crew, known to all.
pub(super) const DISPATCHED: &[Deed] = &[
    Decide(InstructionKind::File, "", ""),
    Decide(InstructionKind::Dispatch, D, ""),
];

/// Dispatched and handled.
pub(super) const HANDLED: &[Deed] = &[
    Decide(InstructionKind::File, "", ""),
    Decide(InstructionKind::Dispatch, D, ""),
    Write(1, FieldKind::Handle, 0),
];

pub(super) const WORK: &[Deed] = &[
    Decide(InstructionKind::Dispatch, D, ""),
    Decide(InstructionKind::Dispatch, R, ""),
    Decide(InstructionKind::Recall, "", ""),
    Decide(InstructionKind::Close, "", ""),
    Write(1, FieldKind::Handle, 0),
    Write(2, FieldKind::Handle, 0),
];

pub(super) const TREE: &[Deed] = &[
    Decide(InstructionKind::Forward, R, ""),
    Decide(InstructionKind::SendBack, "", ""),
    Decide(InstructionKind::Suspend, "", ""),
    Decide(InstructionKind::Resume, "", ""),
    Write(1, FieldKind::Handle, 0),
    Write(2, FieldKind::Handle, 0),
];

pub(super) const CHECKS: &[Deed] = &[
    Decide(InstructionKind::CheckRequest, "", "li"),
    Decide(InstructionKind::CheckRequest, "", "wang"),
    Decide(InstructionKind::RedoRequest, "", ""),
    Decide(InstructionKind::Rework, D, ""),
    Write(1, FieldKind::Handle, 0),
    Write(3, FieldKind::Check, 0),
    Write(5, FieldKind::Check, 2),
];

pub(super) const VERIFYING: &[Deed] = &[
    Decide(InstructionKind::VerifyRequest, "", "wang"),
    Decide(InstructionKind::VerifyRequest, "", "zhou"),
    Decide(InstructionKind::RedoRequest, "", ""),
    Decide(InstructionKind::File, "", ""),
    Write(5, FieldKind::Verify, 0),
    Write(6, FieldKind::Verify, 2),
    Write(0, FieldKind::Withdraw, 0),
];

pub(super) const ENDS: &[Deed] = &[
    Decide(InstructionKind::Close, "", ""),
    Decide(InstructionKind::Reopen, "", ""),
    Decide(InstructionKind::Void, "", ""),
    Decide(InstructionKind::Convert, "", ""),
    Decide(InstructionKind::SpotCheck, "", "wang"),
    Decide(InstructionKind::Dispatch, R, ""),
    Write(2, FieldKind::Handle, 0),
    Write(5, FieldKind::Check, 0),
];

/// In the place of a unit: the re-pinning replaces a policy that kept nothing apart and had units
/// confirm.
pub(super) const LAX_BEFORE: &str = "lax before";

pub(super) const REPINNED: &[Deed] = &[
    Decide(InstructionKind::Repin, LAX_BEFORE, ""),
    Decide(InstructionKind::CheckRequest, "", "li"),
    Decide(InstructionKind::Rework, D, ""),
    Decide(InstructionKind::Close, "", ""),
    Write(1, FieldKind::Handle, 0),
    Write(1, FieldKind::Confirm, 0),
    Write(3, FieldKind::Check, 0),
];

pub(super) const ALL_KINDS: &[Deed] = &[
    Decide(InstructionKind::Register, "", ""),
    Decide(InstructionKind::Reply, "", ""),
    Decide(InstructionKind::VerifyRequest, "", "wang"),
    Decide(InstructionKind::CheckRequest, "", "wang"),
    Decide(InstructionKind::RedoRequest, "", ""),
    Decide(InstructionKind::SpotCheck, "", "wang"),
    Decide(InstructionKind::Dispatch, R, ""),
    Decide(InstructionKind::Order, "", "sun"),
    Decide(InstructionKind::Rework, D, ""),
    Decide(InstructionKind::Resume, "", ""),
    Decide(InstructionKind::Forward, R, ""),
    Decide(InstructionKind::Assign, "", "li"),
    Decide(InstructionKind::Unassign, "", "li"),
    Decide(InstructionKind::SendBack, "", ""),
    Decide(InstructionKind::File, "", ""),
    Decide(InstructionKind::Decline, "", ""),
    Decide(InstructionKind::Recall, "", ""),
    Decide(InstructionKind::Suspend, "", ""),
    Decide(InstructionKind::Convert, "", ""),
    Decide(InstructionKind::Close, "", ""),
    Decide(InstructionKind::Void, "", ""),
    Decide(InstructionKind::Reopen, "", ""),
    Decide(InstructionKind::Extend, "", ""),
    Decide(InstructionKind::Decide, "", ""),
    Decide(InstructionKind::Supervise, D, ""),
    Decide(InstructionKind::Link, "", ""),
    Decide(InstructionKind::Correct, "", ""),
    Decide(InstructionKind::Repin, "", ""),
    Decide(InstructionKind::Ownership, D, ""),
    Decide(InstructionKind::Reward, "", ""),
    Decide(InstructionKind::Erase, "", ""),
    Write(0, FieldKind::Supplement, 0),
    Write(0, FieldKind::Withdraw, 0),
    Write(5, FieldKind::Verify, 0),
    Write(6, FieldKind::Verify, 2),
    Write(1, FieldKind::Take, 0),
    Write(1, FieldKind::SetOut, 0),
    Write(1, FieldKind::Arrived, 0),
    Write(1, FieldKind::Progress, 0),
    Write(1, FieldKind::Handle, 0),
    Write(2, FieldKind::Handle, 0),
    Write(1, FieldKind::Confirm, 0),
    Write(1, FieldKind::SendBackRequest, 0),
    Write(1, FieldKind::ExtendRequest, 0),
    Write(1, FieldKind::SuspendRequest, 0),
    Write(1, FieldKind::Refuse, 0),
    Write(1, FieldKind::OwnershipDispute, 0),
    Write(3, FieldKind::Check, 0),
    Write(5, FieldKind::Check, 2),
    Write(0, FieldKind::Rate, 0),
    Write(0, FieldKind::Urge, 0),
    Write(0, FieldKind::ReopenRequest, 0),
    Write(1, FieldKind::Appeal, 0),
    Write(5, FieldKind::DuplicateSuggestion, 0),
    Write(5, FieldKind::ComponentChange, 0),
    Write(1, FieldKind::Seen, 1),
    Write(5, FieldKind::HandedOver, 0),
    Write(5, FieldKind::Note, 0),
];
