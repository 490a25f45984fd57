//! Slips of the pen in what an instruction says: limits that no clock can count, instructions that would
//! change nothing, and conditions that a class is not closed by.

use gewu_model::deadline::{Calendar, Limit};
use gewu_model::entry::{Body, Close, Correct, LinkCase, Ownership, Relationship};
use gewu_model::fold::{CaseView, Pins};
use gewu_model::time::Millis;

use super::Core;
use super::bench::Bench;
use super::decide::DecideError;
use super::load::rows;

/// How far from now a due time from elsewhere may lie, either way: ten years. Anything else is another
/// year than was meant, or no time at all.
const MOST_DUE_MS: i64 = 3_653 * 86_400_000;

impl Core {
    /// Refuses what no person can mean who gives an instruction, at a console or by a device.
    pub(super) fn check_meant(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        body: &Body,
    ) -> Result<(), DecideError> {
        let sense = body.check_sense_of_person();
        sense.map_err(|why| DecideError::Invalid(why.to_string()))?;
        match body {
            Body::Close(Close {
                condition: Some(condition),
                ..
            }) => self.check_closing(bench, view, condition),
            _ => Ok(()),
        }
    }

    /// Refuses a condition that the pinned catalogue does not have for the case's class.
    fn check_closing(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        condition: &str,
    ) -> Result<(), DecideError> {
        let (Some(root), Some(class)) = (bench.state.root.as_ref(), view.class()) else {
            return Ok(());
        };
        let rules = self.rules();
        let pins = Pins::of(root, rows(&bench.state));
        let Some(catalogue) = rules.catalogues.get(&pins.catalogue) else {
            return Ok(());
        };
        let checked = catalogue.check_closing(&pins.edition, class, condition);
        checked.map_err(|why| DecideError::Invalid(why.to_string()))
    }
}

/// Refuses them, in words.
pub(super) fn check(view: &CaseView, body: &Body, now: Millis) -> Result<(), String> {
    let due = match body {
        Body::Dispatch(it) => it.external_due,
        Body::Correct(it) => it.external_due,
        Body::Link(it) => it.external_due,
        _ => None,
    };
    check_due(due, now)?;
    for limit in limits(body).into_iter().flatten() {
        Limit::parse(limit).map_err(|error| error.to_string())?;
    }
    match body {
        Body::Correct(correct) if says_nothing(correct) => {
            Err("say what is corrected: the class, the condition, the place …".to_owned())
        }
        Body::Ownership(Ownership {
            authority: None,
            owner: None,
            handler: None,
            ..
        }) => {
            Err("say whose the object is: name the authority, the owner or the handler".to_owned())
        }
        Body::Link(LinkCase {
            relation: Relationship::Nothing,
            request: None,
            other,
            ..
        }) if !view.facts.ties.iter().any(|tie| tie.other == *other) => Err(format!(
            "this case is not tied to {other}: there is no tie to undo"
        )),
        _ => Ok(()),
    }
}

/// Refuses a due time from elsewhere that nobody can mean.
pub(super) fn check_due(due: Option<Millis>, now: Millis) -> Result<(), String> {
    let Some(due) = due else { return Ok(()) };
    match due.0.saturating_sub(now.0).saturating_abs() <= MOST_DUE_MS {
        true => Ok(()),
        false => Err(format!(
            "the due time from elsewhere, {}, lies more than ten years from today: check its year",
            Calendar::shipped().offset().write(due)
        )),
    }
}

/// The limits that an instruction sets. The class's own needs no words: it holds where none is named. More
/// time is looked at by the policy's own rules for it.
fn limits(body: &Body) -> [Option<&str>; 2] {
    match body {
        Body::VerifyRequest(it) | Body::CheckRequest(it) => [it.limit.as_deref(), None],
        Body::RedoRequest(it) => [it.limit.as_deref(), None],
        Body::SpotCheck(it) => [it.limit.as_deref(), None],
        Body::Dispatch(it) => [it.limit.as_deref(), it.bundle_limit.as_deref()],
        Body::Order(it) => [it.limit.as_deref(), None],
        Body::Forward(it) => [it.limit.as_deref(), None],
        Body::Rework(it) => [it.limit.as_deref(), None],
        Body::Resume(it) => [it.limit.as_deref(), None],
        Body::Supervise(it) => [it.reply_within.as_deref(), None],
        _ => [None, None],
    }
}

const fn says_nothing(correct: &Correct) -> bool {
    correct.class.is_none()
        && correct.condition.is_none()
        && correct.position.is_none()
        && correct.grid.is_none()
        && correct.component.is_none()
        && correct.area_grade.is_none()
        && correct.external_due.is_none()
}
