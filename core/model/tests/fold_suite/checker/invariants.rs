//! What holds of every history, said apart from the fold.

use std::collections::BTreeSet;

use gewu_model::entry::{Body, FieldKind, Repin, Switches};
use gewu_model::fold::table::{self, Effect};
use gewu_model::fold::{CaseView, QuestionKind, Rules, Stage, Status, fold_by};
use gewu_model::ids::Digest;

use crate::world::World;

/// Mixes a digest so that sums of several say which ones they were.
pub(super) const fn spread(name: u64) -> u64 {
    let mixed = (name ^ (name >> 31)).wrapping_mul(0x7fb5_d329_728e_a185);
    mixed ^ (mixed >> 29)
}

/// The kinds of questions that an instruction may belong to.
pub(super) fn asks(body: &Body) -> Option<&'static [QuestionKind]> {
    match table::instruction(body.kind()).effect {
        Effect::Asks(_) | Effect::AsksAgain(_) | Effect::Narrows | Effect::Returns => {}
        Effect::Ends | Effect::Leaves => return None,
    }
    Some(match body {
        Body::VerifyRequest(_) => &[QuestionKind::Verify],
        Body::CheckRequest(_) | Body::SpotCheck(_) => &[QuestionKind::Check],
        Body::RedoRequest(_) => &[QuestionKind::Verify, QuestionKind::Check],
        Body::Resume(_) => QuestionKind::ALL,
        _ => &[QuestionKind::Dispatch],
    })
}

/// The stage is an instruction's, or an answer that counts brought it about.
pub(super) fn check_cause(world: &World, view: &CaseView) -> Result<(), String> {
    let answer = |kind: FieldKind| {
        let open = view.question.as_ref();
        let persons = open.map_or(&[][..], |open| open.persons.as_slice());
        view.entries.iter().any(|entry| {
            let counts = entry.status == Status::Effective && entry.reason.is_none();
            entry.kind == kind.name() && counts && persons.contains(&entry.by)
        })
    };
    let caused = match view.stage {
        Stage::VerifiedExists | Stage::VerifiedUnable | Stage::VerifiedNotExists => {
            answer(FieldKind::Verify)
        }
        Stage::CheckPassed | Stage::CheckUnable | Stage::CheckFailed => answer(FieldKind::Check),
        Stage::Handled | Stage::Worked => worked(world, view),
        Stage::Withdrawn => {
            let withdraws = view.entries.iter().any(|it| it.kind == "withdraw");
            view.chain.is_empty() && withdraws
        }
        stage => decided(world, view).contains(&stage),
    };
    if caused {
        Ok(())
    } else {
        Err(format!("{:?} has no cause", view.stage))
    }
}

/// Whether a unit did the work that the centre sent it to, or let it be passed on to.
pub(super) fn worked(world: &World, view: &CaseView) -> bool {
    let Some(work) = view.work.as_ref().filter(|work| work.round == view.round) else {
        return false;
    };
    let ordered = view.chain.iter().any(|link| link.kind == "order");
    let mut bodies = view
        .chain
        .iter()
        .filter_map(|link| world.body(world.number(&link.hash)));
    bodies.any(|body| match body {
        Body::Dispatch(it) => Some(&it.lead) == work.unit.as_ref(),
        Body::Rework(it) => Some(&it.lead) == work.unit.as_ref(),
        Body::Forward(it) => Some(&it.unit) == work.unit.as_ref(),
        // An order asks persons; whoever is assigned to it does it.
        Body::Assign(it) => {
            let by_name = ordered && it.person.as_ref() == Some(&work.by);
            by_name || it.team.is_some() && it.team == work.unit
        }
        Body::Order(it) => {
            it.persons.contains(&work.by) || work.unit.iter().any(|unit| it.units.contains(unit))
        }
        _ => false,
    })
}

/// The stages that the chain alone may have led to.
pub(super) fn decided(world: &World, view: &CaseView) -> Vec<Stage> {
    let mut found = Vec::new();
    for link in view.chain.iter().rev() {
        let body = world.body(world.number(&link.hash)).unwrap();
        let row = table::instruction(body.kind());
        match (row.effect, row.stage) {
            (Effect::AsksAgain(_), _) => {
                let asked = view
                    .question
                    .as_ref()
                    .filter(|open| open.asked_by == link.hash);
                if let Some(open) = asked {
                    found.push(open.kind.stage());
                    return found;
                }
            }
            // It may have ended the question, or passed it up.
            (Effect::Returns, Some(stage)) if view.question.is_none() => found.push(stage),
            (Effect::Returns, _) | (_, None) => {}
            (_, Some(stage)) => {
                found.push(stage);
                return found;
            }
        }
    }
    found.push(Stage::Reported);
    found
}

/// The re-pinning of the checker.
pub(super) fn repin() -> Body {
    Body::Repin(Repin {
        policy: Some(Digest([8; 32])),
        was: Some(Switches {
            separation: false,
            exempt: vec![],
            confirm: true,
        }),
        ..Repin::default()
    })
}

/// The case stands under the new policy as it stood under the one before.
pub(super) fn check_repin(world: &World, view: &CaseView) -> Result<(), String> {
    let lax = Rules {
        separation: false,
        confirm: true,
        ..Rules::BUILT_IN
    };
    let before = fold_by(&world.rows[..world.rows.len() - 1], &lax);
    let entries = view.entries.iter().filter(|it| it.kind != "repin");
    let known = before.entries.iter().filter(|it| it.kind != "repin");
    if entries.eq(known) && (before.stage, &before.work) == (view.stage, &view.work) {
        Ok(())
    } else {
        Err("another policy judged anew what was asked before".to_owned())
    }
}

/// No check counts from a person with a handle in the round, whatever became of that handle.
pub(super) fn check_separation(world: &World, view: &CaseView) -> Result<(), String> {
    let Some(open) = view
        .question
        .as_ref()
        .filter(|open| open.kind == QuestionKind::Check)
    else {
        return Ok(());
    };
    let links: Vec<usize> = view
        .chain
        .iter()
        .map(|link| world.number(&link.hash))
        .collect();
    let (mut start, mut working, mut asked_finding) = (0, false, false);
    for (at, link) in links.iter().enumerate() {
        let row = table::instruction(world.body(*link).unwrap().kind());
        let again = matches!(row.effect, Effect::AsksAgain(_));
        working &= row.work_survives || again && !asked_finding;
        asked_finding |= matches!(row.effect, Effect::Asks(kind) if !kind.is_work());
        let asks_work = matches!(row.effect, Effect::Asks(kind) if kind.is_work());
        if asks_work && !working {
            start = at;
        }
        working |= asks_work;
    }
    let asked = world.number(&open.asked_by);
    let lax = |link: &usize| matches!(world.body(*link), Some(Body::Repin(it)) if it.was.is_some());
    if links.iter().any(|link| *link > asked && lax(link)) {
        // It was asked when nothing was kept apart.
        return Ok(());
    }
    let handled = |entry: &&gewu_model::fold::EntryView| {
        let row = world.number(&entry.hash);
        let answered = world.answered(row);
        let place = answered.and_then(|link| links.iter().position(|it| *it == link));
        entry.kind == "handle" && place.is_some_and(|place| place >= start)
    };
    let handlers: BTreeSet<_> = view
        .entries
        .iter()
        .filter(handled)
        .map(|it| &it.by)
        .collect();
    let counts = |entry: &&gewu_model::fold::EntryView| {
        let row = world.number(&entry.hash);
        let of_open = world.answered(row).is_some_and(|link| link >= asked);
        let counts = entry.status == Status::Effective && entry.reason.is_none();
        entry.kind == "check" && of_open && counts
    };
    match view
        .entries
        .iter()
        .filter(counts)
        .find(|it| handlers.contains(&it.by))
    {
        Some(entry) => Err(format!("{} checks own work", entry.by)),
        None => Ok(()),
    }
}
