//! What consoles of the field are told of cases that are none of theirs: one and the same, whether there is such a
//! case or not.

use gewu_model::entry::{Body, Kind};
use gewu_model::fold::CaseView;
use gewu_model::ids::CaseId;
use gewu_model::policy::{Asking, Capacity, Standing};

use super::{DecideError, open};
use crate::core::bench::Bench;
use crate::core::load::rows;
use crate::core::operators::Operator;
use crate::core::{Core, CoreError};

impl Core {
    /// The case of an id or a task number on which an operator would decide.
    ///
    /// # Errors
    /// [`DecideError`] when there is none. Consoles of the field are told what they are of a case that is not
    /// theirs, and so learn of none.
    pub fn case_to_decide(&self, operator: &Operator, name: &str) -> Result<CaseId, DecideError> {
        self.find_case(name).map_err(|error| match error {
            CoreError::Unknown(_) if !operator.is_centre() => foreign(),
            error => error.into(),
        })
    }

    /// Refuses to tie a case to one that is not for the console to know of.
    pub(super) fn check_other(
        &self,
        operator: &Operator,
        bench: &Bench<'_>,
        body: &Body,
    ) -> Result<(), DecideError> {
        let Body::Link(link) = body else {
            return Ok(());
        };
        if operator.is_centre() || link.other == bench.state.case {
            return Ok(());
        }
        let other = match open(bench.tx, link.other, bench.now) {
            Err(DecideError::UnknownCase) => return Err(foreign()),
            other => other?,
        };
        let (kind, view) = (Kind::Instruction(body.kind()), self.view(&other.state));
        match self.has_a_part(operator, &other, &kind, &view)? {
            true => Ok(()),
            false => Err(foreign()),
        }
    }

    /// Whether the case is for the console to know of: the centre's know of all.
    pub(super) fn has_a_part(
        &self,
        operator: &Operator,
        bench: &Bench<'_>,
        kind: &Kind,
        view: &CaseView,
    ) -> Result<bool, DecideError> {
        if operator.is_centre() {
            return Ok(true);
        }
        let rules = self.rules();
        let Some(policy) = rules.pinned(bench.state.root.as_ref(), rows(&bench.state)) else {
            return Ok(false);
        };
        let place = self.whereabouts(bench.tx, bench.state.case, view)?;
        let part = |who: &Capacity| {
            policy.has_a_part(&Asking {
                who,
                standing: &Standing::default(),
                place: &place,
                kind,
                variant: None,
                view,
            })
        };
        Ok(operator.capacities().iter().any(part))
    }
}

/// What a console of the field is told of every case in which its people have no part.
pub(super) fn foreign() -> DecideError {
    DecideError::Denied(
        "no case of that name is yours: it is for those who have a part in it, and for the centre"
            .into(),
    )
}
