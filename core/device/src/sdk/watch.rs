//! Lists that tell when they change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gewu_model::ids::CaseId;
use gewu_model::small::Gather as _;

use super::{Answer, Core, Gewu};
use crate::api::{CaseRow, Page, Query};
use crate::db::{Canceller, Revisions};

/// A list that tells when it changed. Dropping it ends it.
///
/// It holds the page of the moment of the call and then yields an event whenever a row of that
/// page came, went or changed; the shell queries again.
#[derive(Debug)]
pub struct Watch {
    /// The page at the moment of the call.
    pub page: Page,
    /// Its revision.
    pub revision: u64,
    query: Query,
    revisions: Revisions,
    core: Arc<Core>,
}

/// A change of a watched list: query again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    /// The revision that shows it.
    pub revision: u64,
    /// Cases of the page that came, went or changed.
    pub changed: Vec<CaseId>,
}

impl Gewu {
    /// Watches a list: the current page at once, then events.
    ///
    /// # Errors
    /// As [`Gewu::list`].
    pub fn watch(&self, query: &Query) -> Answer<Watch> {
        let revisions = self.core.db.subscribe();
        // Before the page is read, so that a write in between is told and not missed.
        let revision = revisions.current();
        Ok(Watch {
            page: self.list(query)?,
            revision,
            query: query.clone(),
            revisions,
            core: Arc::clone(&self.core),
        })
    }
}

impl Watch {
    /// Waits for the next change. `None` when `timeout` passed first, when the watch was cancelled,
    /// or when the list cannot be read now (the SDK is suspended): ask again after resuming.
    pub fn next(&mut self, timeout: Duration) -> Option<WatchEvent> {
        let end = Instant::now().checked_add(timeout);
        loop {
            let left = end.map_or(timeout, |end| end.saturating_duration_since(Instant::now()));
            let revision = self.revisions.wait_change(self.revision, left)?;
            let page = self.core.list(&self.query).ok()?;
            self.revision = revision;
            let changed = difference(&self.page, &page);
            self.page = page;
            if !changed.is_empty() {
                return Some(WatchEvent { revision, changed });
            }
        }
    }

    /// What ends the waiting from another thread.
    pub fn canceller(&self) -> Canceller {
        self.revisions.canceller()
    }
}

fn difference(old: &Page, new: &Page) -> Vec<CaseId> {
    let by_case = |page: &Page| -> BTreeMap<CaseId, CaseRow> {
        let rows = page.rows.iter();
        rows.map(|row| (row.case, row.clone())).into_map()
    };
    let (old, new) = (by_case(old), by_case(new));
    let moved = new.iter().filter(|(case, row)| old.get(case) != Some(row));
    let gone = old.keys().filter(|case| !new.contains_key(case));
    moved.map(|(case, _)| *case).chain(gone.copied()).collect()
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Core")
    }
}
