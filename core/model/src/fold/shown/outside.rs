//! When somebody elsewhere wants the case over.
//!
//! A case has such times of its own, by its registration or a dispatch, and those that ties carried
//! over. The earliest holds; a correction takes the place of the case's own, also by a later one. A tie that is undone, or is no longer one to a duplicate, takes its time
//! with it. A dispatch names the time that is known, for whoever gets it; that makes it no time of its
//! own.

use std::collections::BTreeMap;

use crate::entry::{Body, LinkCase, Relationship};
use crate::ids::CaseId;
use crate::time::Millis;

/// The times that are known while one walks along the chain.
#[derive(Default)]
pub(super) struct Outside {
    own: Option<Millis>,
    tied: BTreeMap<CaseId, (Relationship, Millis)>,
}

impl Outside {
    /// The time that the tie to another case carries over.
    pub(super) fn tied(&self, other: CaseId) -> Option<Millis> {
        self.tied.get(&other).map(|(_, due)| *due)
    }

    /// The earliest that holds.
    pub(super) fn due(&self) -> Option<Millis> {
        let tied = self.tied.values().map(|(_, due)| *due);
        self.own.into_iter().chain(tied).min()
    }

    /// Takes what an instruction says.
    pub(super) fn take(&mut self, body: &Body) {
        if let Body::Link(link) = body {
            return self.tie(link);
        }
        if let Body::Correct(it) = body
            && it.external_due.is_some()
        {
            self.own = it.external_due;
            return;
        }
        let known = self.due();
        let said = match body {
            Body::Register(it) => it.external_due,
            Body::Dispatch(it) => it.external_due,
            _ => None,
        };
        let stricter = said.filter(|said| known.is_none_or(|known| *said < known));
        self.own = stricter.or(self.own);
    }

    fn tie(&mut self, link: &LinkCase) {
        match link
            .external_due
            .filter(|_| link.relation != Relationship::Nothing)
        {
            Some(due) => {
                self.tied.insert(link.other, (link.relation, due));
            }
            // The same said once more leaves the time as it was.
            None => self
                .tied
                .retain(|other, (relation, _)| *other != link.other || *relation == link.relation),
        }
    }
}
