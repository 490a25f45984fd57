//! Checks of the server's own instructions: they form one chain.

use gewu_model::cbor;
use gewu_model::command::CommandRecord;
use gewu_model::entry::{Body, InstructionFrame, Payload};
use gewu_model::fold::CaseView;

use super::judgement::Checked;
use super::state::{AcceptedChange, CaseState};
use super::ties::{Ties, check_tie};
use crate::verdict::SetAside;

/// The instruction goes on from the chain as it stood where it was made, carries the command that asked
/// for it, and ties no case into a round of duplicates.
pub(super) fn check(
    ties: &dyn Ties,
    case: &CaseState,
    payload: &Payload,
    view: &CaseView,
) -> Checked {
    let Payload::Instruction(frame, body) = payload else {
        return Ok(());
    };
    check_link(case, frame, view)?;
    check_command(case, frame, body)?;
    match body {
        Body::Link(link) => check_tie(ties, case.case, link).map_err(|_| SetAside::Ties.into()),
        _ => Ok(()),
    }
}

fn check_link(case: &CaseState, frame: &InstructionFrame, view: &CaseView) -> Checked {
    let generation = view.chain.last().map_or(0, |tip| tip.generation);
    let goes_on = frame.prev == view.tip()
        && usize::try_from(frame.number) == Ok(view.chain.len() + 1)
        && frame.generation >= generation;
    // Only a restored server may write twice upon one instruction, and then in another generation.
    let forks = case
        .changes
        .iter()
        .filter_map(frame_of)
        .any(|other| other.prev == frame.prev && other.generation == frame.generation);
    if goes_on && !forks {
        Ok(())
    } else {
        Err(SetAside::Sequence.into())
    }
}

fn frame_of(change: &AcceptedChange) -> Option<&InstructionFrame> {
    match change.row.entry.as_ref()?.payload.as_ref().ok()? {
        Payload::Instruction(frame, _) => Some(frame),
        _ => None,
    }
}

fn check_command(case: &CaseState, frame: &InstructionFrame, body: &Body) -> Checked {
    let record = cbor::from_canonical::<CommandRecord>(&frame.command).ok();
    let command = record.and_then(|record| record.command());
    let asked = command.is_some_and(|command| {
        command.case == case.case && command.instruction_kind() == Some(body.kind())
    });
    if asked {
        Ok(())
    } else {
        Err(SetAside::Payload.into())
    }
}
