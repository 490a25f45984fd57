//! Passing a task on (转派, 指派): which unit a unit may give it to, whose a team then is, and what
//! somebody who is named would have to be able to answer.

use super::{Asking, Capacity, Denied, Policy, Standing, Whereabouts};
use crate::entry::{Assign, Body, FieldKind, Forward, Kind};
use crate::fold::{CaseView, OpenQuestion, QuestionKind};
use crate::ids::{ChangeHash, UnitId, UserId};

impl Policy {
    /// Whether somebody may pass the open task on as `body` says. A unit gives on what is its own, to units
    /// and teams that stand below it where the city's tree tells of it; the centre gives it to whom it likes.
    ///
    /// # Errors
    /// [`Denied::NotOwnTask`], [`Denied::NotBelow`], [`Denied::HasIt`] and [`Denied::HasItNot`].
    pub fn check_passing(
        &self,
        who: &Capacity,
        body: &Body,
        view: &CaseView,
    ) -> Result<(), Denied> {
        match (body, working(who, view)) {
            (Body::Forward(forward), own) => {
                let from = forward.from.as_ref();
                if own.is_some() && from.is_some_and(|from| Some(from) != own) {
                    return Err(Denied::NotOwnTask);
                }
                own.map_or(Ok(()), |own| self.check_below(&forward.unit, own))?;
                check_forward(forward, view)
            }
            (
                Body::Assign(Assign {
                    team: Some(team), ..
                }),
                Some(own),
            ) if team != own => self.check_below(team, own),
            _ => Ok(()),
        }
    }

    fn check_below(&self, unit: &UnitId, top: &UnitId) -> Result<(), Denied> {
        let told = self.units.all().any(|named| named == top);
        match unit == top || (told && !self.units.lies_under(unit, top)) {
            true => Err(Denied::NotBelow),
            false => Ok(()),
        }
    }

    /// What a unit passes on is what it holds itself, whoever had the task last.
    pub fn passed_from(
        &self,
        who: &Capacity,
        forward: &Forward,
        view: &CaseView,
    ) -> Option<UnitId> {
        let leads = |unit: &&UnitId| {
            let open = view.question.as_ref();
            open.is_some_and(|open| open.units.contains(unit))
        };
        let own = who.unit.as_ref().filter(leads);
        forward.from.as_ref().or(own).cloned()
    }

    /// The unit that only helps and for which a team that is assigned works: that of whoever assigns or,
    /// where the centre does, the nearest one above the team that has the task.
    pub fn helped_by(&self, who: &Capacity, team: &UnitId, view: &CaseView) -> Option<UnitId> {
        let open = view.question.as_ref()?;
        let helps = |unit: &UnitId| open.assist.contains(unit) && !open.units.contains(unit);
        if let Some(own) = working(who, view) {
            return Some(own).filter(|own| helps(own)).cloned();
        }
        let mut above = self.units.above(team);
        let nearest = above.find(|unit| open.units.contains(unit) || open.assist.contains(unit));
        nearest.filter(|unit| helps(unit)).cloned()
    }

    /// Whom `body` asks in person, what they would answer, and how the case would stand to them; `None`
    /// where it asks nobody in person.
    pub fn asks_in_person(&self, body: &Body, view: &CaseView) -> Option<AskedInPerson> {
        let (persons, kind) = match body {
            Body::VerifyRequest(asked) => (asked.persons.clone(), QuestionKind::Verify),
            Body::CheckRequest(asked) => (asked.persons.clone(), QuestionKind::Check),
            Body::SpotCheck(check) => (check.persons.clone(), QuestionKind::Check),
            Body::RedoRequest(redo) => (redo.persons.clone(), last_finding(view)?),
            Body::Order(order) => (order.persons.clone(), QuestionKind::Order),
            Body::Assign(assign) => {
                let person = assign.person.clone().into_iter().collect();
                (person, view.question.as_ref()?.kind)
            }
            _ => return None,
        };
        let mut seen = view.clone();
        if !matches!(body, Body::Assign(_)) {
            seen.stage = kind.stage();
        }
        seen.question = Some(open_after(body, kind, &persons, view));
        Some(AskedInPerson {
            persons,
            answer: answer_to(kind),
            seen,
        })
    }

    /// Whether the city lets somebody check what they did themselves in a case like this one.
    pub fn lets_own_work_be_checked(&self, view: &CaseView) -> bool {
        let class = view.report.as_ref().map(|report| &report.class);
        let mut except = self.separation.except.iter();
        except.any(|one| super::matrix::covers(&one.classes, class))
    }
}

/// What somebody who is asked in person would answer, on the case as it will stand.
#[derive(Debug, Clone)]
pub struct AskedInPerson {
    /// Who is asked.
    pub persons: Vec<UserId>,
    /// The kind of the answer.
    pub answer: Kind,
    /// The case with the question open.
    pub seen: CaseView,
}

/// A forward goes from a unit that has the task to one that does not have it yet.
fn check_forward(forward: &Forward, view: &CaseView) -> Result<(), Denied> {
    let Some(open) = &view.question else {
        return Ok(());
    };
    if open.units.contains(&forward.unit) || forward.from.as_ref() == Some(&forward.unit) {
        return Err(Denied::HasIt);
    }
    match &forward.from {
        Some(from) if !open.units.contains(from) && !open.assist.contains(from) => {
            Err(Denied::HasItNot)
        }
        _ => Ok(()),
    }
}

/// The unit of somebody who acts for one that has the task.
fn working<'w>(who: &'w Capacity, view: &CaseView) -> Option<&'w UnitId> {
    let open = view.question.as_ref()?;
    let has = |unit: &&UnitId| open.units.contains(unit) || open.assist.contains(unit);
    who.unit.as_ref().filter(has)
}

fn last_finding(view: &CaseView) -> Option<QuestionKind> {
    let mut kinds = view.tasks.iter().map(|task| task.kind);
    kinds.find(|kind| !kind.is_work())
}

const fn answer_to(kind: QuestionKind) -> Kind {
    Kind::Field(match kind {
        QuestionKind::Verify => FieldKind::Verify,
        QuestionKind::Check => FieldKind::Check,
        QuestionKind::Dispatch | QuestionKind::Rework | QuestionKind::Order => FieldKind::Handle,
    })
}

fn open_after(
    body: &Body,
    kind: QuestionKind,
    persons: &[UserId],
    view: &CaseView,
) -> OpenQuestion {
    let by = view.tip().unwrap_or(ChangeHash([0; 32]));
    let fresh = OpenQuestion {
        kind,
        asked_by: by,
        answer_to: by,
        persons: persons.to_vec(),
        units: Vec::new(),
        assist: Vec::new(),
        teams: Vec::new(),
    };
    match (body, &view.question) {
        (Body::Order(order), _) => OpenQuestion {
            units: order.units.clone(),
            ..fresh
        },
        (Body::Assign(assign), Some(open)) => {
            let mut open = open.clone();
            open.persons.extend(persons.iter().cloned());
            open.teams.extend(assign.team.clone());
            open
        }
        _ => fresh,
    }
}

impl AskedInPerson {
    /// Whether somebody could answer in that capacity. Time changes every no but the one to role and
    /// relation.
    pub fn may_answer(&self, policy: &Policy, who: &Capacity, standing: &Standing) -> bool {
        let place = Whereabouts::of(&self.seen);
        let asking = Asking {
            who,
            standing,
            place: &place,
            kind: &self.answer,
            variant: None,
            view: &self.seen,
        };
        !policy.judge(&asking).is_err_and(Denied::is_of_whom)
    }
}
