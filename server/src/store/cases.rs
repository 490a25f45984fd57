//! Cases: their changes, what became of changes that are no part of them, and what lies beside.

use std::collections::BTreeSet;

use gewu_model::content::ContentItem;
use gewu_model::ids::{ActorId, CaseId, ChangeHash, Digest, KeyId, UserId};
use gewu_model::scope::Scope;
use gewu_model::signed::SignedChange;
use gewu_model::status::SignedStatus;
use gewu_model::time::Millis;

use super::StoreError;

/// What lists show of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Projection {
    pub(crate) edition: String,
    pub(crate) stage: String,
    pub(crate) class: Option<(String, String)>,
    pub(crate) duty_grid: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) task_number: Option<String>,
    pub(crate) view: Digest,
    pub(crate) updated_at: Millis,
}

/// A case without its changes.
#[derive(Debug, Clone)]
pub(crate) struct CaseHead {
    pub(crate) document: Vec<u8>,
    pub(crate) projection: Projection,
}

/// One line of a list of cases.
#[derive(Debug, Clone)]
pub(crate) struct CaseSummary {
    pub(crate) case: CaseId,
    pub(crate) projection: Projection,
    pub(crate) photos: u64,
    pub(crate) photos_missing: u64,
    /// How the report's own grid fails, if it does.
    pub(crate) doubt: Option<super::Doubt>,
}

/// A file that an entry names as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EvidenceFile {
    pub(crate) sha256: Digest,
    /// Whether it is the small picture of a photo and no photo itself.
    pub(crate) thumb: bool,
}

/// Files that cases name and that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldEvidence {
    pub(crate) photos: u64,
    pub(crate) thumbs: u64,
}

/// Which cases to list, the latest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct CaseFilter {
    pub(crate) stage: Option<String>,
    pub(crate) limit: u32,
    pub(crate) after: Option<(Millis, CaseId)>,
}

/// An accepted change.
#[derive(Debug, Clone)]
pub(crate) struct StoredChange {
    pub(crate) hash: ChangeHash,
    pub(crate) n: u64,
    pub(crate) actor: ActorId,
    pub(crate) seq: u64,
    pub(crate) max_op: u64,
    pub(crate) instruction: bool,
    pub(crate) received_at: Millis,
    pub(crate) signed: SignedChange,
}

/// What became of a change that is no part of its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FateKind {
    SetAside,
    Waiting,
    Pending,
}

/// A change that is no part of its case.
#[derive(Debug, Clone)]
pub(crate) struct FateRow {
    pub(crate) case: CaseId,
    pub(crate) hash: ChangeHash,
    pub(crate) sum: Digest,
    pub(crate) kind: FateKind,
    pub(crate) reason: Option<String>,
    pub(crate) binding: bool,
    pub(crate) replaced_by: Option<ChangeHash>,
    pub(crate) sender: KeyId,
    pub(crate) seen_at: Millis,
    /// When it was accepted in an earlier generation, by our own receipt.
    pub(crate) word: Option<Millis>,
    /// It is pending because it comes late, and waits for an operator.
    pub(crate) late: bool,
    pub(crate) signed: SignedChange,
}

/// What an operator decided of a change that waited for one.
#[derive(Debug, Clone)]
pub(crate) struct LateDecision {
    pub(crate) at: Millis,
    pub(crate) user: UserId,
    pub(crate) case: CaseId,
    pub(crate) change: ChangeHash,
    pub(crate) taken: bool,
}

/// A case's membership in a scope, held or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MembershipRow {
    pub(crate) scope: Scope,
    pub(crate) epoch: u64,
    pub(crate) held: bool,
}

/// A public status that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusRow {
    pub(crate) version: u64,
    pub(crate) behind: Option<ChangeHash>,
    pub(crate) may: Vec<String>,
    pub(crate) signed: SignedStatus,
}

/// A matter of another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExternalRow {
    /// The case that it became.
    pub(crate) case: CaseId,
    /// Tells what was said of it from anything else; unknown for old ones.
    pub(crate) sum: Option<Digest>,
}

/// What is stored of cases.
pub(crate) trait Cases {
    /// Holds cases against everybody else who would write to them, until the transaction ends, in the
    /// order of their ids. [`StoreError::Unheld`] in a transaction that cannot write.
    ///
    /// A writing transaction of SQLite holds every case. A database that locks cases one by one has to
    /// take one lock more before ties are read: they lead through cases that are not held.
    fn hold(&self, cases: &BTreeSet<CaseId>) -> Result<(), StoreError>;

    fn case(&self, case: CaseId) -> Result<Option<CaseHead>, StoreError>;
    fn put_case(&self, case: CaseId, head: &CaseHead) -> Result<(), StoreError>;
    fn case_by_number(&self, task_number: &str) -> Result<Option<CaseId>, StoreError>;
    fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<CaseSummary>, StoreError>;
    fn count_cases(&self) -> Result<Vec<(String, u64)>, StoreError>;
    fn count_changes(&self) -> Result<u64, StoreError>;
    fn all_cases(&self) -> Result<Vec<CaseId>, StoreError>;

    /// Every accepted change of the case, in the order of acceptance.
    fn changes(&self, case: CaseId) -> Result<Vec<StoredChange>, StoreError>;
    /// The case that an accepted change is part of.
    fn case_of_change(&self, hash: ChangeHash) -> Result<Option<CaseId>, StoreError>;
    fn add_change(&self, case: CaseId, change: &StoredChange) -> Result<(), StoreError>;

    fn content(&self, case: CaseId) -> Result<Vec<(Digest, ContentItem)>, StoreError>;
    fn has_content(&self, case: CaseId, digest: Digest) -> Result<bool, StoreError>;
    fn add_content(&self, case: CaseId, item: &ContentItem) -> Result<(), StoreError>;

    fn add_evidence(
        &self,
        case: CaseId,
        change: ChangeHash,
        file: EvidenceFile,
        user: &UserId,
    ) -> Result<(), StoreError>;
    /// Cases in which somebody who brought the file names it.
    fn cases_naming(&self, file: Digest) -> Result<Vec<CaseId>, StoreError>;
    fn missing_files(&self) -> Result<Vec<(CaseId, EvidenceFile)>, StoreError>;
    /// How many photos and thumbnails that cases name are held.
    fn count_evidence(&self) -> Result<HeldEvidence, StoreError>;

    fn memberships(&self, case: CaseId) -> Result<Vec<MembershipRow>, StoreError>;
    fn put_membership(&self, case: CaseId, row: &MembershipRow) -> Result<(), StoreError>;

    fn statuses(&self, case: CaseId) -> Result<Vec<StatusRow>, StoreError>;
    fn add_status(&self, case: CaseId, status: &StatusRow) -> Result<(), StoreError>;
    /// Puts another status in the place of one that says what was erased since.
    fn reword_status(
        &self,
        case: CaseId,
        version: u64,
        signed: &SignedStatus,
    ) -> Result<(), StoreError>;

    /// What became of a matter of another system.
    fn external(&self, channel: &str, id: &str) -> Result<Option<ExternalRow>, StoreError>;
    fn add_external(&self, channel: &str, id: &str, row: &ExternalRow) -> Result<(), StoreError>;
}

/// What is stored of changes that are no part of their case.
pub(crate) trait Fates {
    fn fates(&self, case: CaseId) -> Result<Vec<FateRow>, StoreError>;
    fn fate(
        &self,
        case: CaseId,
        hash: ChangeHash,
        sum: Digest,
    ) -> Result<Option<FateRow>, StoreError>;
    /// Cases in which a change of the key waits.
    fn cases_waiting_for(&self, key: KeyId) -> Result<Vec<CaseId>, StoreError>;
    fn put_fate(&self, fate: &FateRow) -> Result<(), StoreError>;
    /// Forgets that a change waited or pended, and that this form of it was refused for want of
    /// proof: it was accepted.
    fn drop_fate(&self, case: CaseId, hash: ChangeHash, sum: Digest) -> Result<(), StoreError>;
    /// Marks a set-aside change as replaced.
    fn replace_fate(
        &self,
        case: CaseId,
        hash: ChangeHash,
        by: ChangeHash,
    ) -> Result<(), StoreError>;
    /// How many changes that one device sent are kept without being part of a case.
    fn fates_of(&self, sender: KeyId) -> Result<u64, StoreError>;
    /// Those of them that are about one case.
    fn fates_in(&self, case: CaseId, sender: KeyId) -> Result<u64, StoreError>;
    fn set_aside(&self) -> Result<Vec<FateRow>, StoreError>;
    /// What is kept to be judged later, the longest waiting first.
    fn pending(&self) -> Result<Vec<FateRow>, StoreError>;
    fn log_late_decision(&self, decision: &LateDecision) -> Result<(), StoreError>;
}
