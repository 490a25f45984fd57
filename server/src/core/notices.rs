//! What people are told beside the case itself.

mod answered;
mod tied;

use std::collections::BTreeSet;

use gewu_model::entry::{Body, DayWindow, FieldKind, Payload};
use gewu_model::fold::{Addressee, CaseView, Reason, Status};
use gewu_model::ids::{ChangeHash, KeyId, UnitId, UserId};
use gewu_model::scope::Scope;
use gewu_sync::wire::{Notice, NoticeCode};

use super::bench::Bench;
use super::{Core, CoreError};
use crate::store::{StoreError, Tx, What};

/// A notice on its way; without a scope there is nobody to tell.
pub(super) struct Telling<'a> {
    pub(super) scope: Option<Scope>,
    pub(super) code: NoticeCode,
    pub(super) about: Option<ChangeHash>,
    pub(super) words: &'a str,
}

/// The person whose device holds `key`: for a citizen's key the citizen's enrolled device.
pub(super) fn user_of(tx: &dyn Tx, key: KeyId) -> Result<Option<UserId>, StoreError> {
    if let Some(row) = tx.endorsement(key)? {
        return Ok(Some(row.user));
    }
    Ok(tx.device(key)?.map(|device| device.user))
}

impl Bench<'_> {
    /// Keeps a notice and puts it into the feed.
    pub(super) fn tell(&self, telling: &Telling<'_>) -> Result<(), CoreError> {
        let Some(scope) = &telling.scope else {
            return Ok(());
        };
        let id = self.tx.add_notice(&Notice {
            case: self.state.case,
            code: telling.code,
            about: telling.about,
            at: self.now,
            words: telling.words.to_owned(),
        })?;
        self.feed(scope, What::Notice, &id.to_be_bytes())
    }

    fn tell_units<'u>(
        &self,
        units: impl IntoIterator<Item = &'u UnitId>,
        code: NoticeCode,
        about: ChangeHash,
        words: &str,
    ) -> Result<(), CoreError> {
        units.into_iter().try_for_each(|unit| {
            self.tell(&Telling {
                scope: Some(Scope::Unit(unit.clone())),
                code,
                about: Some(about),
                words,
            })
        })
    }
}

impl Core {
    /// Tells people what the change means for them. `view` is the case with the change.
    pub(super) fn tell_people(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        change: ChangeHash,
    ) -> Result<(), CoreError> {
        let accepted = bench.state.accepted(&change);
        let payload = accepted
            .and_then(|accepted| accepted.row.entry.as_ref())
            .and_then(|written| written.payload.as_ref().ok());
        match payload {
            Some(Payload::Instruction(_, body)) if view.link(&change).is_some() => {
                tell_of_instruction(bench, view, change, body)?;
                answered::tell(bench, view, body)?;
                match body {
                    Body::Link(link) if self.opened_by_staff(bench)? => {
                        tied::tell(bench, view, change, link)
                    }
                    _ => Ok(()),
                }
            }
            Some(Payload::Instruction(..)) | None => Ok(()),
            Some(_) => tell_of_entry(bench, view, change),
        }
    }
}

fn tell_of_instruction(
    bench: &Bench<'_>,
    view: &CaseView,
    change: ChangeHash,
    body: &Body,
) -> Result<(), CoreError> {
    const TASK: &str = "you have a new task";
    let persons = |persons: &[UserId], words: &str| {
        persons.iter().try_for_each(|person| {
            bench.tell(&Telling {
                scope: Some(Scope::User(person.clone())),
                code: NoticeCode::Task,
                about: Some(change),
                words,
            })
        })
    };
    let units = |units: Vec<&UnitId>| bench.tell_units(units, NoticeCode::Task, change, TASK);
    match body {
        Body::VerifyRequest(asked) => {
            let words = within("you are asked to verify a report", asked.same_period);
            persons(&asked.persons, &words)
        }
        Body::CheckRequest(asked) => {
            let words = within("you are asked to check work", asked.same_period);
            persons(&asked.persons, &words)
        }
        Body::RedoRequest(_) | Body::Resume(_) => tell_asked_again(bench, view, change),
        Body::SpotCheck(drawn) => {
            let words = within("you are asked to check work", drawn.same_period);
            persons(&drawn.persons, &words)
        }
        Body::Supervise(pressed) => {
            let words = match &pressed.reply_within {
                Some(limit) => format!(
                    "the centre supervises this case and expects an answer from you within {limit}"
                ),
                None => "the centre supervises this case and expects an answer from you".to_owned(),
            };
            persons(&pressed.persons, &words)?;
            bench.tell_units(&pressed.units, NoticeCode::Task, change, &words)
        }
        Body::Order(order) => {
            persons(&order.persons, TASK)?;
            units(order.units.iter().collect())
        }
        Body::Assign(assign) => {
            persons(assign.person.as_slice(), TASK)?;
            units(assign.team.iter().collect())
        }
        Body::Dispatch(dispatch) => {
            tell_if_done_elsewhere(bench, view)?;
            units(dispatch.assist.iter().chain([&dispatch.lead]).collect())
        }
        Body::Rework(rework) => units(vec![&rework.lead]),
        Body::Forward(forward) => units(vec![&forward.unit]),
        Body::Recall(_) | Body::Suspend(_) => {
            let words = match body {
                Body::Recall(_) => "a task was taken back; work already done still counts",
                _ => "a task was suspended; work already done still counts",
            };
            tell_taken_back(bench, view, change, words)
        }
        _ => Ok(()),
    }
}

/// The words with the part of the day in which it has to be done.
fn within(words: &str, window: Option<DayWindow>) -> String {
    match window.map(DayWindow::clock_times) {
        Some([from, to]) => format!("{words} between {from} and {to}"),
        None => words.to_owned(),
    }
}

/// Tells those who are asked once more.
fn tell_asked_again(
    bench: &Bench<'_>,
    view: &CaseView,
    change: ChangeHash,
) -> Result<(), CoreError> {
    let open = view
        .question
        .as_ref()
        .filter(|open| open.asked_by == change);
    let Some(open) = open else {
        return Ok(());
    };
    let mut tasks = view.tasks.iter().filter(|task| task.since == change);
    let words = within(
        "you are asked again",
        tasks.find_map(|task| task.same_period),
    );
    open.persons.iter().try_for_each(|person| {
        bench.tell(&Telling {
            scope: Some(Scope::User(person.clone())),
            code: NoticeCode::Task,
            about: Some(change),
            words: &words,
        })
    })?;
    let units = open.units.iter().chain(&open.assist);
    bench.tell_units(units, NoticeCode::Task, change, &words)
}

/// Tells whoever had the task, the units from the top of the tree to the narrowest and those that
/// help, teams and persons, that it is theirs no more.
fn tell_taken_back(
    bench: &Bench<'_>,
    view: &CaseView,
    change: ChangeHash,
    words: &str,
) -> Result<(), CoreError> {
    let standing = view.nodes.iter().filter(|node| node.until.is_none());
    let units = standing.map(|node| Scope::Unit(node.unit.clone()));
    let taken = view
        .tasks
        .iter()
        .filter(|task| task.kind.is_work() && task.cancelled_by == Some(change));
    let named = taken.map(|task| match &task.who {
        Addressee::Person(person) => Scope::User(person.clone()),
        Addressee::Unit(unit) | Addressee::Team(unit) => Scope::Unit(unit.clone()),
    });
    let told: BTreeSet<Scope> = units.chain(named).collect();
    told.into_iter().try_for_each(|scope| {
        bench.tell(&Telling {
            scope: Some(scope),
            code: NoticeCode::Recalled,
            about: Some(change),
            words,
        })
    })
}

fn tell_of_entry(bench: &Bench<'_>, view: &CaseView, change: ChangeHash) -> Result<(), CoreError> {
    let Some(entry) = view.entry(&change) else {
        return Ok(());
    };
    if matches!(entry.status, Status::Late { .. }) {
        let key = bench.state.accepted(&change).map(|accepted| accepted.key);
        let user = match key {
            Some(key) => user_of(bench.tx, key)?,
            None => None,
        };
        bench.tell(&Telling {
            scope: user.map(Scope::User),
            code: NoticeCode::Late,
            about: Some(change),
            words: "it arrived after the matter was settled; it is kept and shown, without effect",
        })?;
    }
    match entry.kind == FieldKind::Handle.name() {
        true => tell_if_done_elsewhere(bench, view),
        false => Ok(()),
    }
}

/// Tells the units that are to do work which turned out to be done before its taking back was known.
fn tell_if_done_elsewhere(bench: &Bench<'_>, view: &CaseView) -> Result<(), CoreError> {
    let (Some(work), Some(question)) = (&view.work, &view.question) else {
        return Ok(());
    };
    let crossed = view
        .entry(&work.entry)
        .is_some_and(|entry| entry.reason == Some(Reason::WorkDone));
    if !crossed || !question.kind.is_work() || work.round != view.round {
        return Ok(());
    }
    let others = question
        .units
        .iter()
        .filter(|unit| Some(*unit) != work.unit.as_ref());
    let words = "another unit had done this work before it could know that the task was taken back; \
        that work counts, yours is not needed unless you are told otherwise";
    bench.tell_units(others, NoticeCode::WorkDoneElsewhere, work.entry, words)
}
