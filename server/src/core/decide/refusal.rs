//! Why nothing is decided: what the rules of a case keep from whoever asks, the present ones and those under which
//! its work began, and those of the case that goes on with it.

use gewu_model::entry::Kind;
use gewu_model::fold::CaseView;
use gewu_model::policy::{Asking, Capacity, Denied, Policy, Standing, says_done};

use super::DecideError;
use crate::core::bench::Bench;
use crate::core::load::rows;
use crate::core::{Core, CoreError};

impl Core {
    /// Why the case's policy does not give it, with the words to show.
    pub(super) fn refusal(
        &self,
        bench: &Bench<'_>,
        who: (&Capacity, &Standing),
        kind: (&Kind, Option<&str>),
        view: &CaseView,
    ) -> Result<Option<(Denied, String)>, DecideError> {
        let rules = self.rules();
        let policy = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
        let policy = policy.ok_or(CoreError::Unknown("the case's policy"))?;
        self.refusal_by(policy, bench, who, kind, view)
    }

    pub(super) fn refusal_by(
        &self,
        policy: &Policy,
        bench: &Bench<'_>,
        (who, standing): (&Capacity, &Standing),
        (kind, variant): (&Kind, Option<&str>),
        view: &CaseView,
    ) -> Result<Option<(Denied, String)>, DecideError> {
        let place = self.whereabouts(bench.tx, bench.state.case, view)?;
        let asking = Asking {
            who,
            standing,
            place: &place,
            kind,
            variant,
            view,
        };
        let judged = policy
            .judge(&asking)
            .and_then(|()| self.judge_before(bench, &asking));
        let judged = match judged {
            Ok(()) => self.judge_joined(bench, policy, &asking)?,
            judged => judged,
        };
        Ok(judged.err().map(|denied| (denied, denied.of(&asking))))
    }

    /// Whether the rules under which the work began keep it from whoever asks.
    fn judge_before(&self, bench: &Bench<'_>, asking: &Asking<'_>) -> Result<(), Denied> {
        let rules = self.rules();
        match rules.began_under(bench.state.root.as_ref(), rows(&bench.state)) {
            Some(before) if before.bars(asking) => Err(Denied::Separation),
            _ => Ok(()),
        }
    }

    /// Whether the case of which this one is a duplicate stands in the way, by the rules of either.
    fn judge_joined(
        &self,
        bench: &Bench<'_>,
        policy: &Policy,
        asking: &Asking<'_>,
    ) -> Result<Result<(), Denied>, CoreError> {
        if !says_done(asking) {
            return Ok(Ok(()));
        }
        let (states, above): (Vec<_>, Vec<_>) =
            self.above(bench.tx, asking.view)?.into_iter().unzip();
        let Some(state) = states.last() else {
            return Ok(Ok(()));
        };
        let rules = self.rules();
        let own = &bench.state;
        let (root, there) = (state.root.as_ref(), rows(state));
        let others = [
            rules.began_under(own.root.as_ref(), rows(own)),
            rules.pinned(root, there.clone()),
            rules.began_under(root, there),
        ];
        let mut policies = std::iter::once(policy).chain(others.into_iter().flatten());
        Ok(policies.try_for_each(|one| policy.judge_joined(asking, &above, one)))
    }
}
