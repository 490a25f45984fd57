//! The feed: one line of numbered rows, read by scope.
//!
//! Positions must become readable in their order, or a reader's cursor moves past a row that it
//! never saw. SQLite has one writer, which gives exactly that; another database has to number its
//! rows when it commits.

use gewu_model::ids::CaseId;
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::wire::Notice;

use super::StoreError;

/// What a row of the feed tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The case entered the scope: it is told whole.
    Enter,
    /// The case left the scope.
    Leave,
    /// A change, by its hash.
    Change,
    /// A text that came after the change that names it, by its digest.
    Content,
    /// A public status, by its version.
    Status,
    /// A citizen's own change was accepted.
    Receipt,
    /// A notice, by its number.
    Notice,
}

/// A row to append.
#[derive(Debug, Clone)]
pub(crate) struct NewFeedRow<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) case: CaseId,
    pub(crate) what: What,
    pub(crate) reference: &'a [u8],
    /// How many accepted changes the case has.
    pub(crate) n: u64,
    pub(crate) at: Millis,
}

/// A row as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeedRow {
    pub(crate) pos: u64,
    pub(crate) scope: Scope,
    pub(crate) case: CaseId,
    pub(crate) what: What,
    pub(crate) reference: Vec<u8>,
}

/// From where a scope is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadFrom {
    pub(crate) scope: Scope,
    /// After this position.
    pub(crate) after: u64,
    /// Up to this position changes and texts are left out: whoever reads was given each case whole.
    pub(crate) whole_to: u64,
}

/// What is stored of the feed.
pub(crate) trait Feed {
    /// The highest position so far.
    fn head(&self) -> Result<u64, StoreError>;
    /// The last row and when it was written.
    fn newest(&self) -> Result<Option<(u64, Millis)>, StoreError>;
    fn append(&self, row: &NewFeedRow<'_>) -> Result<u64, StoreError>;
    /// Rows of any of `scopes` in order of position.
    fn rows_after(&self, scopes: &[ReadFrom], limit: usize) -> Result<Vec<FeedRow>, StoreError>;
    /// How many rows there are after `after` in a scope, as [`Feed::rows_after`] gives them.
    fn count_after(&self, from: &ReadFrom, after: u64) -> Result<u64, StoreError>;
    fn add_notice(&self, notice: &Notice) -> Result<u64, StoreError>;
    fn notice(&self, id: u64) -> Result<Option<Notice>, StoreError>;
}
