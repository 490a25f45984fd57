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
    /// The same question, other addressees; the upper unit stays accountable.
    Narrows,
    /// Nothing is open after it.
    Ends,
    /// The open question stays as it is.
    Leaves,
}

/// One row of the instruction table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InstructionRow {
    /// The instruction.
    pub kind: InstructionKind,
    /// What it does to the open question.
    pub effect: Effect,
    /// The stage that it sets; `None` leaves the stage.
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
        InstructionKind::Dispatch,
        Effect::Asks(QuestionKind::Dispatch),
        Some(Stage::Dispatched),
        true,
    ),
    row(
        InstructionKind::Rework,
        Effect::Asks(QuestionKind::Rework),
        Some(Stage::Dispatched),
        false,
    ),
    row(InstructionKind::Forward, Effect::Narrows, None, true),
    row(InstructionKind::Assign, Effect::Narrows, None, true),
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
    /// Work by the lead moves the stage of a dispatch or rework.
    Work,
}

/// One row of the field table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FieldRow {
    /// The entry.
    pub kind: FieldKind,
    /// What it moves.
    pub moves: Moves,
    /// Whether it means nothing without the instruction that it answers.
    pub needs_question: bool,
}

/// What each field entry moves.
pub const FIELD: &[FieldRow] = &[
    field(FieldKind::Report, Moves::Nothing, false),
    field(FieldKind::Supplement, Moves::Nothing, false),
    field(FieldKind::Withdraw, Moves::BeforeAnyInstruction, false),
    field(FieldKind::Verify, Moves::Answer(QuestionKind::Verify), true),
    field(FieldKind::Take, Moves::Nothing, true),
    field(FieldKind::SetOut, Moves::Nothing, true),
    field(FieldKind::Arrived, Moves::Nothing, true),
    field(FieldKind::Handle, Moves::Work, true),
    field(FieldKind::Check, Moves::Answer(QuestionKind::Check), true),
    field(FieldKind::Rate, Moves::Nothing, true),
    field(FieldKind::Note, Moves::Nothing, false),
];

const fn field(kind: FieldKind, moves: Moves, needs_question: bool) -> FieldRow {
    FieldRow {
        kind,
        moves,
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
