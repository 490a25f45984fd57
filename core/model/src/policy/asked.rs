//! Why somebody is not, or no more, in a position to answer what is asked.

use super::{Asking, Denied, Relation};
use crate::entry::Kind;
use crate::fold::table::{Target, field_row};
use crate::fold::{Addressee, OpenQuestion, QuestionKind, Task};

/// What stands in the way of whoever would have to stand to the case in that relation, which has to do with
/// what is asked.
pub(super) fn why_not(asking: &Asking<'_>, relation: Relation) -> Denied {
    let takes = |kind: QuestionKind| takes(asking.kind, kind);
    let own = |task: &&Task| takes(task.kind) && is_own(asking, &task.who);
    let was = asking.view.tasks.iter().any(|task| own(&task));
    let open = asking.view.question.as_ref();
    match open.filter(|open| takes(open.kind)) {
        None if was => Denied::Over,
        None => Denied::NothingAsked,
        Some(open) => among(asking, relation, open, was),
    }
}

/// The same while a question is open that it could answer.
fn among(asking: &Asking<'_>, relation: Relation, open: &OpenQuestion, was: bool) -> Denied {
    let unit = asking.who.unit.as_ref();
    let is_in = |units: &[crate::ids::UnitId]| unit.is_some_and(|unit| units.contains(unit));
    if relation == Relation::LeadUnit && is_in(&open.assist) {
        Denied::Helping
    } else if is_in(&open.teams) {
        Denied::Team
    } else if was && !open.persons.contains(&asking.who.user) {
        Denied::TakenBack
    } else {
        Denied::NotAsked
    }
}

fn is_own(asking: &Asking<'_>, who: &Addressee) -> bool {
    match who {
        Addressee::Person(user) => *user == asking.who.user,
        Addressee::Unit(unit) | Addressee::Team(unit) => asking.who.unit.as_ref() == Some(unit),
    }
}

/// Whether an entry of the kind answers such a question; an instruction passes on work.
fn takes(kind: &Kind, question: QuestionKind) -> bool {
    match kind {
        Kind::Field(kind) => match field_row(*kind).answers {
            // Given to whoever is asked, whatever that is.
            Target::Case => true,
            target => target.takes(question),
        },
        _ => question.is_work(),
    }
}
