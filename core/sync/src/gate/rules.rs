//! The packs that cases are judged by.

use std::collections::BTreeMap;

use gewu_model::case::CaseRoot;
use gewu_model::catalogue::Catalogue;
use gewu_model::deadline::Calendars;
use gewu_model::deadline::clocks::Held;
use gewu_model::entry::{Repin, Switches};
use gewu_model::fold::{CaseView, Pins, Replica, Row, fold, fold_pinned};
use gewu_model::ids::Digest;
use gewu_model::policy::Policy;

/// The packs that a case may pin.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Policies by their hash.
    pub policies: BTreeMap<Digest, Policy>,
    /// Catalogues by their hash.
    pub catalogues: BTreeMap<Digest, Catalogue>,
    /// The city's working calendars.
    pub calendars: Calendars,
}

impl Held for Rules {
    fn policy(&self, digest: &Digest) -> Option<&Policy> {
        self.policies.get(digest)
    }

    fn catalogue(&self, digest: &Digest) -> Option<&Catalogue> {
        self.catalogues.get(digest)
    }
}

impl Rules {
    /// The state of a case by the policy that its root pins; without that policy the view says so.
    pub fn view<'r, R>(&self, root: Option<&CaseRoot>, rows: R) -> CaseView
    where
        R: IntoIterator<Item = &'r Row> + Clone,
    {
        match root.map(|root| Pins::of(root, rows.clone()).policy) {
            Some(pinned) => {
                let held = self.policies.get(&pinned);
                fold_pinned(rows, Replica::Whole, &pinned, held)
            }
            None => fold(rows),
        }
    }

    /// The policy that a case pins, if it is known here.
    pub fn pinned<'r>(
        &self,
        root: Option<&CaseRoot>,
        rows: impl IntoIterator<Item = &'r Row>,
    ) -> Option<&Policy> {
        let pins = root.map(|root| Pins::of(root, rows))?;
        self.policies.get(&pins.policy)
    }

    /// The policy under which the latest round of work began, or before any the case itself, where that was
    /// another one than the case pins now and is known here.
    pub fn began_under<'r, R>(&self, root: Option<&CaseRoot>, rows: R) -> Option<&Policy>
    where
        R: IntoIterator<Item = &'r Row> + Clone,
    {
        let root = root?;
        let began = Pins::began_under(root, rows.clone());
        let other = began != Pins::of(root, rows).policy;
        self.policies.get(&began).filter(|_| other)
    }

    /// What a re-pinning of a case has to keep of the policy that it replaces: how the fold was
    /// switched, where the new policy switches it otherwise.
    pub fn kept<'r>(
        &self,
        root: Option<&CaseRoot>,
        rows: impl IntoIterator<Item = &'r Row>,
        repin: &Repin,
    ) -> Option<Switches> {
        let before = self.pinned(root, rows)?.rules().switches();
        let after = self.policies.get(&repin.policy?)?.rules().switches();
        (before != after).then_some(before)
    }

    /// Whether a re-pinning names packs that are known here and go together.
    pub(super) fn knows(&self, repin: &Repin) -> bool {
        let policy = repin
            .policy
            .is_none_or(|hash| self.policies.contains_key(&hash));
        let named = repin
            .catalogue
            .as_ref()
            .map(|hash| self.catalogues.get(hash));
        let catalogue = match (named, &repin.edition) {
            (None, edition) => edition.is_none(),
            (Some(None), _) => false,
            (Some(Some(held)), edition) => edition.as_deref() == Some(held.edition()),
        };
        policy && catalogue
    }
}
