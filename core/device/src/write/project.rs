//! From the log of a case to its row in lists. A pure function of the log, its texts and the
//! public status, so that a fresh one can be compared with the stored one.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::entry::{FieldKind, Kind, SeenState};
use gewu_model::fold::{Addressee, CaseView, Stage, Status, Task};
use gewu_model::ids::{ChangeHash, UserId};
use gewu_model::small::Gather as _;
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::log::CaseLog;
use crate::api::CaseRow;
use crate::error::Result;
use crate::packs::Packs;
use crate::store::cases::{self, Projection};
use crate::store::changes::State;
use crate::store::{content, points, told};

/// How much of a description a list shows, in characters.
const SUMMARY_CHARS: usize = 80;

/// Projects a case and stores it.
pub(crate) fn project(tx: &Connection, packs: &Packs, log: &CaseLog) -> Result<Projection> {
    let projection = of(tx, packs, log)?;
    cases::put(tx, &projection)?;
    if let Some(at) = &projection.position {
        points::put(tx, &log.case, at)?;
    }
    Ok(projection)
}

/// The projection of a case.
pub(crate) fn of(tx: &Connection, packs: &Packs, log: &CaseLog) -> Result<Projection> {
    let view = log.view(packs);
    let report = view.report.as_ref();
    let grid = report.and_then(|report| report.grid.as_ref());
    let description = report.and_then(|report| report.description);
    let summary = match description {
        Some(digest) => content::text(tx, &digest)?,
        None => None,
    };
    let public_stage = told::status(tx, &log.case)?.map(|status| status.stage);
    let row = CaseRow {
        case: log.case,
        stage: view.stage,
        public_stage,
        class: report.map(|report| report.class.clone()),
        unit_grid: grid
            .filter(|grid| grid.level.is_none())
            .map(|grid| grid.unit.clone()),
        duty_grid: grid.and_then(|grid| grid.duty.clone()),
        task_number: view.task_number.clone(),
        summary: summary.map(|text| text.chars().take(SUMMARY_CHARS).collect()),
        photos: photos(log),
        unsent: unsent(log),
        mine: log.is_mine(),
        updated_at: updated_at(log),
    };
    Ok(Projection {
        grid_pack: grid.map(|grid| grid.pack),
        position: report.map(|report| report.position.clone()),
        pins: log.pins().map(|pins| (pins.policy, pins.catalogue)),
        live: log.root().is_some() && view.report.is_some(),
        question: view.question.as_ref().map(|open| open.kind.name()),
        tags: tags(log, &view),
        row,
    })
}

/// A redacted copy shows what its original shows, and stands in its place: it counts once.
fn photos(log: &CaseLog) -> u32 {
    let records = log.live_photos();
    let count = records
        .iter()
        .filter(|record| record.redaction_of.is_none());
    u32::try_from(count.count()).unwrap_or(u32::MAX)
}

fn unsent(log: &CaseLog) -> u32 {
    let unsent = log
        .iter()
        .filter(|(change, _)| change.stored.state == State::Unsent);
    u32::try_from(unsent.count()).unwrap_or(u32::MAX)
}

/// When the newest entry that counts was received; what has no receipt counts by its claim.
fn updated_at(log: &CaseLog) -> Millis {
    let times = log
        .iter()
        .filter(|(change, _)| change.live)
        .map(|(change, row)| {
            let claimed = row
                .entry
                .as_ref()
                .map(|written| written.entry.header.claimed_at);
            change.stored.received_at.or(claimed).unwrap_or_default()
        });
    times.max().unwrap_or_default()
}

fn tags(log: &CaseLog, view: &CaseView) -> Vec<String> {
    let mut tags: BTreeSet<String> = view
        .units
        .iter()
        .map(|unit| format!("unit:{unit}"))
        .into_set();
    if let Some(open) = &view.question {
        if open.kind.is_work() && view.stage == Stage::Dispatched {
            tags.extend(
                open.persons
                    .iter()
                    .map(|person| format!("ask:user:{person}")),
            );
            let units = open.units.iter().chain(&open.assist).chain(&open.teams);
            tags.extend(units.map(|unit| format!("ask:unit:{unit}")));
        } else if !open.kind.is_work() {
            let answered = answered(log, view, &open.asked_by);
            let waiting = open
                .persons
                .iter()
                .filter(|person| !answered.contains(person));
            tags.extend(waiting.map(|person| format!("ask:user:{person}")));
        }
    }
    let open = |tag: &String| tags.contains(&tag.replacen("was:", "ask:", 1));
    let struck: Vec<String> = struck(view).filter(|tag| !open(tag)).collect();
    tags.extend(struck);
    tags.into_iter().collect()
}

/// Tags of tasks that were taken away before they were done, by addressee; the newest task counts.
fn struck(view: &CaseView) -> impl Iterator<Item = String> {
    let mut newest = BTreeMap::new();
    for task in &view.tasks {
        let who = match &task.who {
            Addressee::Person(user) => format!("was:user:{user}"),
            Addressee::Unit(unit) | Addressee::Team(unit) => format!("was:unit:{unit}"),
        };
        newest.entry(who).or_insert(task);
    }
    let away = |task: &Task| {
        let put_away = task.seen == Some(SeenState::Done);
        task.cancelled_by.is_some() && task.done_by.is_none() && !put_away
    };
    newest
        .into_iter()
        .filter(move |(_, task)| away(task))
        .map(|(tag, _)| tag)
}

/// Who has answered the question that `asked_by` opened.
fn answered<'a>(log: &CaseLog, view: &'a CaseView, asked_by: &ChangeHash) -> BTreeSet<&'a UserId> {
    let links: BTreeSet<ChangeHash> = view
        .chain
        .iter()
        .skip_while(|link| link.hash != *asked_by)
        .map(|link| link.hash)
        .into_set();
    let names_it = |hash: &ChangeHash| {
        let written = log.row(hash).and_then(|row| row.entry.as_ref());
        let answers = written.and_then(|written| written.entry.header.answers);
        answers.is_some_and(|answers| links.contains(&answers))
    };
    let unheard = |status: &Status| matches!(status, Status::Late { .. } | Status::Orphan);
    let finding = |kind: &str| {
        matches!(
            Kind::from_name(kind),
            Kind::Field(FieldKind::Verify | FieldKind::Check)
        )
    };
    let entries = view
        .entries
        .iter()
        .filter(|entry| !unheard(&entry.status) && finding(&entry.kind) && names_it(&entry.hash));
    entries.map(|entry| &entry.by).collect()
}
