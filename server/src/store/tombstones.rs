//! What was erased.

use gewu_model::ids::{CaseId, ChangeHash, Digest};

use super::StoreError;

/// A text or a file that an instruction erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tombstone {
    pub(crate) digest: Digest,
    /// The case whose instruction it was.
    pub(crate) case: CaseId,
    /// Whether it is a file and not a text.
    pub(crate) file: bool,
    pub(crate) instruction: ChangeHash,
}

/// What is stored of erasures. A digest that was erased in one case is erased in all.
pub(crate) trait Tombstones {
    /// Lays the stone, and removes the text, or the file's row with those who brought it. The
    /// file's bytes are still to be removed. What is known stays as it is.
    fn entomb(&self, stone: &Tombstone) -> Result<(), StoreError>;
    fn stone(&self, digest: Digest) -> Result<Option<Tombstone>, StoreError>;
    fn is_erased(&self, digest: Digest) -> Result<bool, StoreError> {
        Ok(self.stone(digest)?.is_some())
    }
    /// What the instructions of a case erased.
    fn erased_in(&self, case: CaseId) -> Result<Vec<Digest>, StoreError>;
    fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError>;
    /// Stones whose bytes may still lie somewhere.
    fn unfinished(&self) -> Result<Vec<Tombstone>, StoreError>;
    /// Nothing is left of it.
    fn finish(&self, stone: &Tombstone) -> Result<(), StoreError>;
    /// The stones, of whatever case, of files that the case names, also as what a photo was made from.
    fn stones_on(&self, case: CaseId) -> Result<Vec<Tombstone>, StoreError>;
    /// Every case that names the file, whoever brought it, also as what a photo was made from.
    fn cases_with(&self, file: Digest) -> Result<Vec<CaseId>, StoreError>;
    /// Notes that the case has a photo made from that camera's file.
    fn add_original(&self, case: CaseId, original: Digest) -> Result<(), StoreError>;
    /// Cases whose originals were not noted when their photos came, `most` at most.
    fn unread_originals(&self, most: usize) -> Result<Vec<CaseId>, StoreError>;
    /// The case's originals are noted now.
    fn originals_read(&self, case: CaseId) -> Result<(), StoreError>;
    /// Unfinished and finished uploads that were announced as the file.
    fn uploads_as(&self, file: Digest) -> Result<Vec<String>, StoreError>;
}
