//! Files: which are held, by whom they were brought, and uploads under way.

use gewu_model::ids::{Digest, UserId};
use gewu_model::time::Millis;

use super::StoreError;

/// An upload under way, or done and kept for a while so that a lost answer can be asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UploadRow {
    pub(crate) id: String,
    pub(crate) user: UserId,
    /// The size of the whole; `None` until a client that deferred it says so.
    pub(crate) length: Option<u64>,
    pub(crate) received: u64,
    /// What the whole must hash to, when the client said so.
    pub(crate) sha256: Option<Digest>,
    /// The client's own metadata, verbatim.
    pub(crate) metadata: String,
    pub(crate) expires_at: Millis,
    pub(crate) done: bool,
}

/// What is stored of files.
pub(crate) trait Media {
    /// The size of a file that is held durably.
    fn file(&self, file: Digest) -> Result<Option<u64>, StoreError>;
    /// The media type of a held file, by its content.
    fn file_kind(&self, file: Digest) -> Result<Option<String>, StoreError>;
    fn add_file(&self, file: Digest, bytes: u64, kind: &str, at: Millis) -> Result<(), StoreError>;
    /// Forgets that a file is held, not who brought it, and remembers that it is wanted again.
    fn lose_file(&self, file: Digest) -> Result<(), StoreError>;
    fn own_file(&self, file: Digest, user: &UserId) -> Result<(), StoreError>;
    fn owns_file(&self, file: Digest, user: &UserId) -> Result<bool, StoreError>;
    /// Files that this user brought and that were lost since, `most` at most.
    fn lost_by(&self, user: &UserId, most: usize) -> Result<Vec<Digest>, StoreError>;
    /// Every file that was lost and has not come again, but for erased ones.
    fn lost(&self) -> Result<Vec<Digest>, StoreError>;
    fn files(&self) -> Result<Vec<(Digest, u64)>, StoreError>;

    fn upload(&self, id: &str) -> Result<Option<UploadRow>, StoreError>;
    fn put_upload(&self, upload: &UploadRow) -> Result<(), StoreError>;
    /// The user's upload that was begun first among those that nothing has arrived of.
    fn oldest_untouched(&self, user: &UserId) -> Result<Option<String>, StoreError>;
    fn uploads_of(&self, user: &UserId) -> Result<u64, StoreError>;
    fn add_part(&self, upload: &str, start: u64, bytes: u64, file: &str) -> Result<(), StoreError>;
    /// The files of an upload's parts, in order.
    fn parts(&self, upload: &str) -> Result<Vec<String>, StoreError>;
    /// The files of every upload's parts.
    fn all_parts(&self) -> Result<Vec<String>, StoreError>;
    /// Bytes of every upload's parts.
    fn unfinished_bytes(&self) -> Result<u64, StoreError>;
    fn drop_upload(&self, id: &str) -> Result<(), StoreError>;
    fn expired_uploads(&self, now: Millis) -> Result<Vec<String>, StoreError>;
}
