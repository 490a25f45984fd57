//! Whom to ask back: a contact is at the server, or the phone says that it was lost.

use gewu::Gewu;
use serde_json::Value;

use super::Verdict;
use crate::sim::phone::{Phone, short};

/// Whether a report names a contact card that is nowhere at the server.
pub(super) fn is_lacking(contact: &Value) -> bool {
    contact.is_object() && contact["present"] == false && contact["erased"] == false
}

impl Verdict {
    /// Of every report that returned from this phone and counts, the contact is at the server, or the
    /// phone names its case among those whose contact was lost with a key.
    pub(super) fn contacts_are_known(&mut self, phone: &Phone, sdk: &Gewu) {
        let lost = sdk.status().map(|status| status.lost_contacts);
        let lost = lost.unwrap_or_default();
        let reports = phone.promises.iter().filter(|one| one.what == "report");
        let silent: Vec<String> = reports
            .filter(|promise| {
                let truth = self.cases.get(&promise.case.to_string());
                truth.is_some_and(|truth| truth.lacks_contact) && !lost.contains(&promise.case)
            })
            .map(|promise| format!("the contact of {} is lost in silence", short(promise.case)))
            .collect();
        silent.into_iter().for_each(|what| self.find(phone, what));
    }
}
