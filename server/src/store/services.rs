//! What services have to look at, and what was drawn.

use gewu_model::ids::{CaseId, KeyId};
use gewu_model::policy::Draw;
use gewu_model::time::Millis;

use super::StoreError;

/// When services look at a case again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DueRow {
    /// `None`: not before the case's next entry.
    pub(crate) at: Option<Millis>,
    /// Why the last try came to nothing.
    pub(crate) why: Option<String>,
}

/// What a case drew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DrawRow {
    pub(crate) at: Millis,
    /// Of 100, how many were to be drawn.
    pub(crate) percent: u8,
    /// The key that drew.
    pub(crate) key: KeyId,
    pub(crate) draw: Draw,
}

/// The work of services.
pub(crate) trait Services {
    /// Cases that are due, the longest waiting first.
    fn due_cases(&self, now: Millis, limit: u32) -> Result<Vec<CaseId>, StoreError>;
    /// When the next case is due after `now`.
    fn next_due(&self, now: Millis) -> Result<Option<Millis>, StoreError>;
    /// Everything that waits for its time or was refused, the soonest first.
    fn service_rows(&self, limit: u32) -> Result<Vec<(CaseId, DueRow)>, StoreError>;
    fn service_row(&self, case: CaseId) -> Result<Option<DueRow>, StoreError>;
    /// A row that says nothing is removed.
    fn put_service_row(&self, case: CaseId, row: &DueRow) -> Result<(), StoreError>;
    /// Has services look anew at every case in which they could act.
    fn wake_services(&self, now: Millis) -> Result<(), StoreError>;

    fn draw(&self, case: CaseId) -> Result<Option<DrawRow>, StoreError>;
    fn add_draw(&self, case: CaseId, row: &DrawRow) -> Result<(), StoreError>;
    /// Every draw, the latest first.
    fn draws(&self, limit: u32) -> Result<Vec<(CaseId, DrawRow)>, StoreError>;
}
