//! What the user, or a unit of the user's, is asked to do, and what no longer is.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::deadline::clocks::{ClockLine, Urgency};
use gewu_model::entry::{FieldKind, Kind, SeenState};
use gewu_model::fold::{Addressee, CaseView, Status};
use gewu_model::ids::{CaseId, ChangeHash, UnitId, UserId};
use gewu_model::small::{Arrange as _, Gather as _};
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::{Answer, Core, Gewu};
use crate::api::{CaseRow, Struck, Task};
use crate::error::Result;
use crate::packs::Packs;
use crate::store::cases;
use crate::write::{CaseLog, sign_for};

/// How long a task that was taken away is still shown to somebody who did not put it away.
const SHOWN_STRUCK_MS: i64 = 7 * 86_400_000;

/// Whose tasks are asked for.
struct Whose {
    user: UserId,
    units: Vec<UnitId>,
}

impl Whose {
    fn is(&self, who: &Addressee) -> bool {
        match who {
            Addressee::Person(user) => *user == self.user,
            Addressee::Unit(unit) | Addressee::Team(unit) => self.units.contains(unit),
        }
    }

    /// The tags of their tasks that begin with a word, in person first.
    fn tags(&self, word: &str) -> Vec<(String, bool)> {
        let own = (format!("{word}:user:{}", self.user), true);
        let units = self.units.iter();
        let units = units.map(|unit| (format!("{word}:unit:{unit}"), false));
        std::iter::once(own).chain(units).collect()
    }
}

impl Gewu {
    /// What the user, or a unit of the user's, is asked to do: the most urgent first by this device's
    /// estimate of its clocks, then the newest. Behind them, for a week or until they are put away
    /// ([`Gewu::seen`] with *done*), tasks that were taken away before they were done: whoever had
    /// one on the phone is to see that, and by what.
    ///
    /// # Errors
    /// [`crate::GewuError::NotEnrolled`].
    pub fn tasks(&self) -> Answer<Vec<Task>> {
        let identity = self.core.identity()?;
        let whose = Whose {
            user: identity.certificate.user.clone(),
            units: identity.certificate.units.clone(),
        };
        let packs = self.core.packs()?;
        Ok(self.core.read(|tx| self.core.tasks(tx, &packs, &whose))?)
    }
}

impl Gewu {
    /// Says that the user opened a case. Where the policy asks for it, that signs for their task in it
    /// (已读); answers whether it did.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn opened(&self, case: CaseId) -> Answer<bool> {
        if self.core.known_identity().is_none() {
            return Ok(false);
        }
        let pen = self.core.pen()?;
        Ok(self.core.write(|tx| {
            let mut log = CaseLog::load(tx, &case)?;
            sign_for(tx, &pen, &mut log, SeenState::Read)
        })?)
    }
}

impl Core {
    fn tasks(&self, tx: &Connection, packs: &Packs, whose: &Whose) -> Result<Vec<Task>> {
        let mut tasks: BTreeMap<CaseId, Task> = BTreeMap::new();
        for word in ["ask", "was"] {
            for (tag, in_person) in whose.tags(word) {
                for (row, question) in cases::tagged(tx, &tag)? {
                    if tasks.contains_key(&row.case) {
                        continue;
                    }
                    let asked = (word == "ask").then(|| question.unwrap_or_default());
                    let task = self.task(tx, packs, whose, row, (asked, in_person))?;
                    tasks.extend(task.map(|task| (task.row.case, task)));
                }
            }
        }
        let mut tasks: Vec<Task> = tasks.into_values().collect();
        tasks.arrange_by_key(|task| {
            let clock = task.clock.as_ref();
            let urgency = clock.map_or(Urgency::NONE, ClockLine::urgency);
            let newest = std::cmp::Reverse((task.row.updated_at, task.row.case));
            (task.cancelled.is_some(), urgency, newest)
        });
        Ok(tasks)
    }

    /// One task: open with what is `asked`, or else struck out.
    fn task(
        &self,
        tx: &Connection,
        packs: &Packs,
        whose: &Whose,
        row: CaseRow,
        (asked, in_person): (Option<String>, bool),
    ) -> Result<Option<Task>> {
        let log = CaseLog::load(tx, &row.case)?;
        let view = log.view(packs);
        let own = view.tasks.iter().find(|task| whose.is(&task.who));
        let done = own.is_some_and(|task| task.done_by.is_some());
        let ended = match (&asked, own.and_then(|task| task.cancelled_by)) {
            // What was taken from them before is no news to who has done what was asked since.
            (None, Some(_)) if done => return Ok(None),
            (None, Some(by)) => Some(by),
            (None, None) => return Ok(None),
            (Some(_), _) => None,
        };
        let cancelled = ended.map(|by| struck(&log, &view, by));
        let stale = |it: &Struck| self.stamp().at.since(it.at) > SHOWN_STRUCK_MS;
        if cancelled.as_ref().is_some_and(stale) {
            return Ok(None);
        }
        let late = own.and_then(|task| late_answer(&log, &view, whose, task.since, ended));
        let kind = own.map(|task| task.kind.name().to_owned());
        let clock = match cancelled {
            Some(_) => None,
            None => self.task_clock(packs, &log, &view, &whose.units),
        };
        Ok(Some(Task {
            question: asked.or(kind).unwrap_or_default(),
            in_person,
            clock,
            seen: own.and_then(|task| task.seen),
            must_accept: cancelled.is_none() && view.facts.must_accept,
            external_due: view.facts.external_due,
            same_period: own.and_then(|task| task.same_period),
            late_answer: late,
            cancelled,
            row,
        }))
    }
}

fn struck(log: &CaseLog, view: &CaseView, by: ChangeHash) -> Struck {
    let entry = log.row(&by).and_then(|row| row.entry.as_ref());
    Struck {
        by,
        kind: view
            .link(&by)
            .map(|link| link.kind.to_owned())
            .unwrap_or_default(),
        // The centre writes instructions by its own clock.
        at: entry.map_or(Millis(0), |written| written.entry.header.claimed_at),
    }
}

/// The user's answer to the task that came too late.
fn late_answer(
    log: &CaseLog,
    view: &CaseView,
    whose: &Whose,
    since: ChangeHash,
    ended: Option<ChangeHash>,
) -> Option<ChangeHash> {
    let links: BTreeSet<ChangeHash> = view
        .chain
        .iter()
        .map(|link| link.hash)
        .skip_while(|hash| *hash != since)
        .take_while(|hash| Some(*hash) != ended)
        .into_set();
    let answers = |hash: &ChangeHash| {
        let written = log.row(hash)?.entry.as_ref()?;
        written.entry.header.answers
    };
    let late = view.entries.iter().rev().find(|entry| {
        let answer = matches!(
            Kind::from_name(&entry.kind),
            Kind::Field(FieldKind::Verify | FieldKind::Check | FieldKind::Handle)
        );
        answer
            && entry.by == whose.user
            && matches!(entry.status, Status::Late { .. })
            && answers(&entry.hash).is_some_and(|to| links.contains(&to))
    });
    late.map(|entry| entry.hash)
}
