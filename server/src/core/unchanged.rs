//! Instructions that say what holds already: nothing would change, and everybody would be told that it did.

use gewu_model::entry::{Body, Correct, Repin};
use gewu_model::fold::{CaseView, Pins};
use gewu_model::place::Position;

use super::Core;
use super::bench::Bench;
use super::decide::DecideError;
use super::load::rows;

impl Core {
    /// Refuses a re-pinning to the packs that the case has, and a correction to what it says.
    pub(super) fn check_changes(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        body: &Body,
    ) -> Result<(), DecideError> {
        let why = match body {
            Body::Repin(repin) if self.keeps_pins(bench, repin) => {
                "the case is judged by just that already: a re-pinning to it would change nothing"
            }
            Body::Correct(correct) if repeats(view, correct) => {
                "the case says just that already: say what is to be another"
            }
            _ => return Ok(()),
        };
        Err(DecideError::Invalid(why.to_owned()))
    }

    fn keeps_pins(&self, bench: &Bench<'_>, repin: &Repin) -> bool {
        let Some(root) = bench.state.root.as_ref() else {
            return false;
        };
        let pins = Pins::of(root, rows(&bench.state));
        let rules = self.rules();
        let held = repin.catalogue.and_then(|it| rules.catalogues.get(&it));
        let edition = repin.edition.as_deref();
        let edition = edition.or_else(|| Some(held?.edition()));
        repin.policy.is_none_or(|policy| policy == pins.policy)
            && repin.catalogue.is_none_or(|it| it == pins.catalogue)
            && edition.is_none_or(|edition| edition == pins.edition)
    }
}

/// Whether a correction says something, and nothing but what the case says as it was corrected last.
fn repeats(view: &CaseView, said: &Correct) -> bool {
    let report = view.report.as_ref();
    let known = view.facts.correction.as_ref();
    let class = known.and_then(|known| known.class.as_ref());
    let condition = known.and_then(|known| known.condition.as_ref());
    let position = known.and_then(|known| known.position.as_ref());
    let component = known.and_then(|known| known.component.as_ref());
    let grade = known.and_then(|known| known.area_grade.as_ref());
    let class = class.or_else(|| Some(&report?.class));
    let condition = condition.or_else(|| report?.condition.as_ref());
    let position = position.or_else(|| Some(&report?.position));
    let component = component.or_else(|| report?.component.as_ref());
    let same = [
        repeated(said.class.as_ref(), class, |said, known| said == known),
        repeated(said.condition.as_ref(), condition, |said, known| {
            said == known
        }),
        repeated(said.position.as_ref(), position, same_place),
        repeated(said.component.as_ref(), component, |said, known| {
            said == known
        }),
        repeated(said.area_grade.as_ref(), grade, |said, known| said == known),
    ];
    // The grid is the server's to find, and a time from elsewhere takes the place of several others.
    said.external_due.is_none()
        && same.iter().any(Option::is_some)
        && same.iter().flatten().all(|same| *same)
}

/// Whether what is said is what is known; `None` when nothing is said.
fn repeated<T>(said: Option<&T>, known: Option<&T>, same: impl Fn(&T, &T) -> bool) -> Option<bool> {
    said.map(|said| known.is_some_and(|known| same(said, known)))
}

/// Whether two positions are one place, however exactly each was measured.
fn same_place(one: &Position, other: &Position) -> bool {
    (one.lon_e7, one.lat_e7, one.datum) == (other.lon_e7, other.lat_e7, other.datum)
}
