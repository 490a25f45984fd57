//! What neutral names are called on screen.

use std::collections::BTreeMap;

use gewu_model::catalogue::Label;
use gewu_model::ids::Digest;
use gewu_model::small::Gather as _;

use super::{Answer, Gewu};
use crate::api::Labels;
use crate::packs::Packs;
use crate::store::cases;

impl Gewu {
    /// The words for kinds, stages and roles in a case: those of the policy that it pins, so that an
    /// old case keeps its words. `None` for the words of new cases.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn labels(&self, case: Option<gewu_model::ids::CaseId>) -> Answer<Labels> {
        let packs = self.core.packs()?;
        let pinned: Option<Digest> = match case {
            Some(case) => self.core.read(|tx| cases::policy_of(tx, &case))?,
            None => Some(packs.policy().hash()),
        };
        Ok(Labels::new(all(&packs, pinned.as_ref())))
    }
}

/// Every label that anything here knows, the one to go by for each.
fn all(packs: &Packs, policy: Option<&Digest>) -> BTreeMap<String, Label> {
    let names = packs.label_names(policy);
    let named = names.into_iter().filter_map(|name| {
        let label = packs.label(policy, &name)?.clone();
        Some((name, label))
    });
    named.into_map()
}
