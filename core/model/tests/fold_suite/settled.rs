//! What is settled, said independently of the fold.
//!
//! A question is *settled* for findings and facts when an instruction ended it, and for work when
//! an instruction that work does not survive came after it. From then on no field entry changes the
//! status of anything that answers it. An entry that answers no question is settled from the
//! beginning, except a withdrawal, which the first instruction settles.

use gewu_model::entry::{Body, FieldKind, Kind};
use gewu_model::fold::table::{self, Effect};
use gewu_model::fold::{CaseView, QuestionKind, Status};

use crate::world::{Mask, World, members};

#[derive(Debug)]
struct Asked {
    kind: QuestionKind,
    links: Vec<usize>,
    ended: bool,
    /// Whether the round of work is decided.
    decided: bool,
}

fn questions(world: &World, view: &CaseView) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    for link in view.chain.iter().map(|link| world.number(&link.hash)) {
        let body = world.body(link).unwrap();
        let row = table::instruction(body.kind());
        let joins = |open: &&mut Asked| match (row.effect, body) {
            (Effect::Narrows, _) => true,
            (Effect::Asks(kind), Body::VerifyRequest(it) | Body::CheckRequest(it)) => {
                it.also && open.kind == kind
            }
            _ => false,
        };
        if !row.work_survives {
            all.iter_mut().for_each(|asked| asked.decided = true);
        }
        let open = all.last_mut().filter(|asked| !asked.ended);
        if let Some(open) = open.filter(joins) {
            open.links.push(link);
            continue;
        }
        if matches!(row.effect, Effect::Ends | Effect::Asks(_)) {
            all.iter_mut().for_each(|asked| asked.ended = true);
        }
        if let Effect::Asks(kind) = row.effect {
            all.push(Asked {
                kind,
                links: vec![link],
                ended: false,
                decided: false,
            });
        }
    }
    all
}

fn is_settled(world: &World, view: &CaseView, questions: &[Asked], row: usize) -> bool {
    let Some(Kind::Field(kind)) = world.kind(row) else {
        return true;
    };
    let Some(answered) = world.answered(row) else {
        return *kind != FieldKind::Withdraw || !view.chain.is_empty();
    };
    let asked = questions.iter().find(|it| it.links.contains(&answered));
    asked.is_none_or(|asked| match kind {
        FieldKind::Handle if asked.kind.is_work() => asked.decided,
        _ => asked.ended,
    })
}

/// Checks that the field entries which `after` holds beyond `before` unsettled nothing.
pub(crate) fn check_stable(
    world: &World,
    (held, before): (Mask, &CaseView),
    after: &CaseView,
) -> Result<(), String> {
    let asked = questions(world, before);
    for row in members(held) {
        let hash = world.rows[row].hash;
        let (Some(old), Some(new)) = (before.entry(&hash), after.entry(&hash)) else {
            continue;
        };
        let fixed = is_settled(world, before, &asked, row);
        let late = matches!(old.status, Status::Late { .. }) || old.status == Status::Orphan;
        if (fixed || late) && (&old.status, old.reason) != (&new.status, new.reason) {
            return Err(format!("row {row}: {old:?} became {new:?}"));
        }
    }
    check_decisions(before, after)?;
    let undecided = asked.iter().any(|it| it.kind.is_work() && !it.decided);
    if !undecided && before.work != after.work {
        return Err(format!("{:?} became {:?}", before.work, after.work));
    }
    if before.work.is_some() && after.work.is_none() {
        return Err("the work was lost".to_owned());
    }
    let idle = !before.chain.is_empty() && before.question.is_none() && !undecided;
    if idle && before.stage != after.stage {
        return Err(format!("{:?} became {:?}", before.stage, after.stage));
    }
    Ok(())
}

/// What only instructions say stays as they said it.
fn check_decisions(before: &CaseView, after: &CaseView) -> Result<(), String> {
    let said = |view: &CaseView| {
        let addressees = (view.units.clone(), view.persons.clone());
        let question = view.question.clone();
        let numbers = (view.task_number.clone(), view.close, view.round);
        (view.chain.clone(), question, addressees, numbers)
    };
    if said(before) == said(after) {
        Ok(())
    } else {
        Err("a field entry changed what instructions say".to_owned())
    }
}
