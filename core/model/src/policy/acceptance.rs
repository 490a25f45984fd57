//! A task that was returned before, and has to be accepted.

use super::Asking;
use crate::entry::{FieldKind, Kind};
use crate::fold::{CaseView, QuestionKind};
use crate::ids::UnitId;

/// Whether what is asked would give a task back to the centre that has to be accepted. Whoever has it
/// from the unit above gives it back to that one, and whoever only helps may be let go.
pub(super) fn bars(asking: &Asking<'_>) -> bool {
    let returns = matches!(
        asking.kind,
        Kind::Field(FieldKind::SendBackRequest | FieldKind::Refuse)
    );
    let open = asking.view.question.as_ref().map(|open| open.kind);
    returns
        && open == Some(QuestionKind::Dispatch)
        && asking.view.facts.must_accept
        && !asking
            .who
            .unit
            .as_ref()
            .is_some_and(|unit| is_below_or_helps(asking.view, unit))
}

fn is_below_or_helps(view: &CaseView, unit: &UnitId) -> bool {
    let live = view.nodes.iter().filter(|node| node.until.is_none());
    let mut own = live.filter(|node| node.unit == *unit).peekable();
    own.peek().is_some() && own.all(|node| node.assist || node.parent.is_some())
}
