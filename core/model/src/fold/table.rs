//! The two tables of the workflow. All that differs between kinds stands here, one row each;
//! `docs/workflow.md` shows them to people, and a test compares the two.

use serde::Serialize;

use super::question::QuestionKind;
use super::stage::Stage;
use crate::entry::{FieldKind, InstructionKind};

/// What an instruction does to the open question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Asks anew; replaces what was open.
    Asks(QuestionKind),
    /// Asks again what was asked before, of the same addressees unless it names others.
    AsksAgain(Again),
    /// The same question, other addressees; the upper unit stays accountable.
    Narrows,
    /// One level up the tree; from its top the question ends.
    Returns,
    /// Nothing is open after it.
    Ends,
    /// The open question stays as it is.
    Leaves,
}

/// What an instruction asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// The last verify or check.
    Finding,
    /// What was suspended.
    Suspended,
}

/// One row of the instruction table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InstructionRow {
    /// The instruction.
    pub kind: InstructionKind,
    /// What it does to the open question.
    pub effect: Effect,
    /// The stage that it sets; `None` leaves the stage. What is asked again brings its own.
    pub stage: Option<Stage>,
    /// Whether work done under the dispatch before it still counts when the worker had not seen it:
    /// *work done beats reassigning it*.
    pub work_survives: bool,
}

/// One row for every instruction, in the order of [`InstructionKind::ALL`].
pub type InstructionTable = [InstructionRow; InstructionKind::ALL.len()];

/// What each instruction does.
pub const INSTRUCTIONS: &InstructionTable = &[
    row(InstructionKind::Register, Effect::Leaves, None, true),
    row(InstructionKind::Reply, Effect::Leaves, None, true),
    row(
        InstructionKind::VerifyRequest,
        Effect::Asks(QuestionKind::Verify),
        Some(Stage::Verifying),
        false,
    ),
    row(
        InstructionKind::CheckRequest,
        Effect::Asks(QuestionKind::Check),
        Some(Stage::Checking),
        false,
    ),
    row(
        InstructionKind::RedoRequest,
        Effect::AsksAgain(Again::Finding),
        None,
        false,
    ),
    row(
        InstructionKind::SpotCheck,
        Effect::Asks(QuestionKind::Check),
        Some(Stage::Checking),
        false,
    ),
    row(
        InstructionKind::Dispatch,
        Effect::Asks(QuestionKind::Dispatch),
        Some(Stage::Dispatched),
        true,
    ),
    row(
        InstructionKind::Order,
        Effect::Asks(QuestionKind::Order),
        Some(Stage::Dispatched),
        true,
    ),
    row(
        InstructionKind::Rework,
        Effect::Asks(QuestionKind::Rework),
        Some(Stage::Dispatched),
        false,
    ),
    row(
        InstructionKind::Resume,
        Effect::AsksAgain(Again::Suspended),
        None,
        true,
    ),
    row(InstructionKind::Forward, Effect::Narrows, None, true),
    row(InstructionKind::Assign, Effect::Narrows, None, true),
    row(InstructionKind::Unassign, Effect::Narrows, None, true),
    row(
        InstructionKind::SendBack,
        Effect::Returns,
        Some(Stage::Filed),
        true,
    ),
    row(
        InstructionKind::File,
        Effect::Ends,
        Some(Stage::Filed),
        false,
    ),
    row(
        InstructionKind::Decline,
        Effect::Ends,
        Some(Stage::Declined),
        false,
    ),
    row(
        InstructionKind::Recall,
        Effect::Ends,
        Some(Stage::Filed),
        true,
    ),
    row(
        InstructionKind::Suspend,
        Effect::Ends,
        Some(Stage::Suspended),
        true,
    ),
    row(
        InstructionKind::Convert,
        Effect::Ends,
        Some(Stage::Filed),
        false,
    ),
    row(
        InstructionKind::Close,
        Effect::Ends,
        Some(Stage::Closed),
        false,
    ),
    row(
        InstructionKind::Void,
        Effect::Ends,
        Some(Stage::Void),
        false,
    ),
    row(
        InstructionKind::Reopen,
        Effect::Ends,
        Some(Stage::Filed),
        false,
    ),
    row(InstructionKind::Extend, Effect::Leaves, None, true),
    row(InstructionKind::Decide, Effect::Leaves, None, true),
    row(InstructionKind::Supervise, Effect::Leaves, None, true),
    row(InstructionKind::Link, Effect::Leaves, None, true),
    row(InstructionKind::Correct, Effect::Leaves, None, true),
    row(InstructionKind::Repin, Effect::Leaves, None, true),
    row(InstructionKind::Ownership, Effect::Leaves, None, true),
    row(InstructionKind::Reward, Effect::Leaves, None, true),
    row(InstructionKind::Erase, Effect::Leaves, None, true),
];

const fn row(
    kind: InstructionKind,
    effect: Effect,
    stage: Option<Stage>,
    work_survives: bool,
) -> InstructionRow {
    InstructionRow {
        kind,
        effect,
        stage,
        work_survives,
    }
}

/// The row of an instruction.
pub fn instruction(kind: InstructionKind) -> &'static InstructionRow {
    // The test below shows that the table holds every kind in the enum's order.
    &INSTRUCTIONS[kind as usize]
}

/// How a field entry acts on the question that it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moves {
    /// It is a fact and moves nothing.
    Nothing,
    /// It moves the stage while no instruction was given yet.
    BeforeAnyInstruction,
    /// The asked persons' answers to a question of this kind move the stage.
    Answer(QuestionKind),
    /// Work by the lead moves the stage of a dispatch, rework or order.
    Work,
    /// The unit's word on work moves the stage where the policy has that step.
    Confirm,
    /// It waits for a decision and moves nothing by itself.
    Request,
}

/// Which instruction an entry answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// None, as a rule: it is about the case.
    Case,
    /// One that asks a question of this kind.
    Question(QuestionKind),
    /// One that asks for work, or passes it on.
    Work,
    /// One that asks anything.
    Open,
    /// The last that its author had, whatever it does.
    Last,
}

impl Target {
    /// Whether an entry of this target may answer a question of `kind`.
    pub fn takes(self, kind: QuestionKind) -> bool {
        match self {
            Self::Case => false,
            Self::Question(wanted) => wanted == kind,
            Self::Work => kind.is_work(),
            Self::Open | Self::Last => true,
        }
    }
}

/// One row of the field table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FieldRow {
    /// The entry.
    pub kind: FieldKind,
    /// What it moves.
    pub moves: Moves,
    /// Which instruction it answers.
    pub answers: Target,
    /// Whether it means nothing without the instruction that it answers.
    pub needs_question: bool,
}

/// What each field entry moves.
pub const FIELD: &[FieldRow] = &[
    field(FieldKind::Report, Moves::Nothing, Target::Case, false),
    field(FieldKind::Supplement, Moves::Nothing, Target::Case, false),
    field(
        FieldKind::Withdraw,
        Moves::BeforeAnyInstruction,
        Target::Case,
        false,
    ),
    field(
        FieldKind::Verify,
        Moves::Answer(QuestionKind::Verify),
        Target::Question(QuestionKind::Verify),
        true,
    ),
    field(FieldKind::Take, Moves::Nothing, Target::Work, true),
    field(FieldKind::SetOut, Moves::Nothing, Target::Work, true),
    field(FieldKind::Arrived, Moves::Nothing, Target::Work, true),
    field(FieldKind::Progress, Moves::Nothing, Target::Work, true),
    field(FieldKind::Handle, Moves::Work, Target::Work, true),
    field(FieldKind::Confirm, Moves::Confirm, Target::Work, true),
    field(
        FieldKind::SendBackRequest,
        Moves::Request,
        Target::Open,
        true,
    ),
    field(FieldKind::ExtendRequest, Moves::Request, Target::Open, true),
    field(
        FieldKind::SuspendRequest,
        Moves::Request,
        Target::Work,
        true,
    ),
    field(FieldKind::Refuse, Moves::Request, Target::Work, true),
    field(
        FieldKind::OwnershipDispute,
        Moves::Request,
        Target::Work,
        true,
    ),
    field(
        FieldKind::Check,
        Moves::Answer(QuestionKind::Check),
        Target::Question(QuestionKind::Check),
        true,
    ),
    field(FieldKind::Rate, Moves::Nothing, Target::Last, true),
    field(FieldKind::Urge, Moves::Nothing, Target::Case, false),
    field(FieldKind::ReopenRequest, Moves::Request, Target::Last, true),
    field(FieldKind::Appeal, Moves::Request, Target::Last, true),
    field(
        FieldKind::DuplicateSuggestion,
        Moves::Request,
        Target::Case,
        false,
    ),
    field(
        FieldKind::ComponentChange,
        Moves::Nothing,
        Target::Case,
        false,
    ),
    field(FieldKind::Seen, Moves::Nothing, Target::Last, true),
    field(FieldKind::HandedOver, Moves::Nothing, Target::Case, false),
    field(FieldKind::Note, Moves::Nothing, Target::Case, false),
];

const fn field(kind: FieldKind, moves: Moves, answers: Target, needs_question: bool) -> FieldRow {
    FieldRow {
        kind,
        moves,
        answers,
        needs_question,
    }
}

/// The row of a field entry.
pub fn field_row(kind: FieldKind) -> &'static FieldRow {
    &FIELD[kind as usize]
}

/// Whether an entry of `kind` means nothing without the instruction that it answers.
pub fn needs_question(kind: FieldKind) -> bool {
    field_row(kind).needs_question
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_row_in_place() {
        assert!(
            InstructionKind::ALL
                .iter()
                .all(|kind| instruction(*kind).kind == *kind)
        );
        assert_eq!(INSTRUCTIONS.len(), InstructionKind::ALL.len());
        assert!(
            FieldKind::ALL
                .iter()
                .all(|kind| field_row(*kind).kind == *kind)
        );
        assert_eq!(FIELD.len(), FieldKind::ALL.len());
    }
}
