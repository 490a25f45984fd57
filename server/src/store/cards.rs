//! Contact cards as they lie, and who read them.

use gewu_model::ids::{CaseId, Digest, UserId};
use gewu_model::time::Millis;

use super::StoreError;

/// One reading of a contact card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardRead {
    pub(crate) at: Millis,
    pub(crate) user: UserId,
    pub(crate) case: CaseId,
    pub(crate) digest: Digest,
}

/// How a card became the one of its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardDid {
    /// There was none before.
    Added,
    /// It took the place of another.
    Changed,
    /// It came after its report had been issued again.
    Carried,
}

impl CardDid {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Carried => "carried",
        }
    }
}

/// A card that became the one of its case after the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardChange {
    pub(crate) at: Millis,
    pub(crate) user: UserId,
    pub(crate) case: CaseId,
    pub(crate) digest: Digest,
    pub(crate) before: Option<Digest>,
    pub(crate) did: CardDid,
}

/// What is stored of contact cards.
pub(crate) trait Cards {
    /// The sealed card of that digest in the case.
    fn card(&self, case: CaseId, digest: Digest) -> Result<Option<Vec<u8>>, StoreError>;
    /// Keeps a sealed card; one that is held stays as it is.
    fn add_card(&self, case: CaseId, digest: Digest, sealed: &[u8]) -> Result<(), StoreError>;
    /// Takes away a sealed card that another took the place of.
    fn drop_card(&self, case: CaseId, digest: Digest) -> Result<(), StoreError>;
    fn log_card_change(&self, change: &CardChange) -> Result<(), StoreError>;
    /// The latest changes first, of one case or of all.
    fn card_changes(&self, case: Option<CaseId>, limit: u32)
    -> Result<Vec<CardChange>, StoreError>;
    fn count_cards(&self) -> Result<u64, StoreError>;
    fn log_card_read(&self, read: &CardRead) -> Result<(), StoreError>;
    /// The latest readings first, of one case or of all.
    fn card_reads(&self, case: Option<CaseId>, limit: u32) -> Result<Vec<CardRead>, StoreError>;
}
