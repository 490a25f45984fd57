//! Files in, in parts.
//!
//! A part ([`super::incoming`]) is written and synced before its row exists, so the offset that the database gives is
//! always covered by bytes on the disk. A file counts as held only after its whole was hashed,
//! stored durably and noted, in this order; whatever a crash interrupts is done again at the next
//! request.

use std::io::ErrorKind;

use gewu_model::ids::{Digest, to_hex};
use gewu_model::time::Millis;
use serde::Serialize;

use super::devices::Caller;
use super::media::may_see;
use super::{Core, CoreError};
use crate::seam::random;
use crate::store::{StoreError, Tx, UploadRow};

const DAY_MS: i64 = 86_400_000;
/// For how long an upload that nobody continues is kept.
const KEEP_MS: i64 = 7 * DAY_MS;
/// Uploads that one person may have under way. Beyond them a new one takes the place of the oldest
/// that nothing has arrived of.
const MAX_UPLOADS: u64 = 200;

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upload {
    /// Its name in URLs.
    pub id: String,
    /// Bytes held.
    pub offset: u64,
    /// Bytes of the whole, once known.
    pub length: Option<u64>,
    /// The client's metadata, verbatim.
    pub metadata: String,
    /// Until when it can be continued.
    pub expires_at: Millis,
    /// Whether the whole is held durably.
    pub done: bool,
}

/// Why bytes are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// No such upload, or another person's.
    #[error("the upload is not known here: start it again")]
    Unknown,
    /// Larger than the server takes.
    #[error("the file is larger than {0} bytes: make it smaller")]
    TooLarge(u64),
    /// Too many unfinished uploads.
    #[error("too many uploads under way: finish or end some first")]
    TooMany,
    /// The bytes do not go on where the server's end.
    #[error("the upload goes on at byte {0}")]
    Offset(u64),
    /// The whole is not what it was announced to be.
    #[error("the file does not have the hash that was announced: send it again from the start")]
    Hash,
    /// The file lies under a tombstone.
    #[error("the file was erased and is not taken again: remove it")]
    Erased,
    /// The length was announced before, as another.
    #[error("the upload's length was announced differently")]
    Length,
    /// The server failed.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<StoreError> for UploadError {
    fn from(error: StoreError) -> Self {
        Self::Core(error.into())
    }
}

impl From<UploadRow> for Upload {
    fn from(row: UploadRow) -> Self {
        Self {
            id: row.id,
            offset: row.received,
            length: row.length,
            metadata: row.metadata,
            expires_at: row.expires_at,
            done: row.done,
        }
    }
}

impl Core {
    /// Begins an upload. That of a file which the caller may read here is done at once.
    ///
    /// # Errors
    /// [`UploadError`] says why not.
    pub fn begin_upload(
        &self,
        caller: &Caller,
        length: Option<u64>,
        sha256: Option<Digest>,
        metadata: &str,
        now: Millis,
    ) -> Result<Upload, UploadError> {
        self.check_size(length.unwrap_or(0))?;
        self.check_unfinished(length.unwrap_or(0))?;
        self.sweep_uploads(now)?;
        if let Some(file) = sha256 {
            self.notice_loss(file)?;
        }
        let row = UploadRow {
            id: to_hex(&random::<16>(&*self.entropy)),
            user: caller.user.clone(),
            length,
            received: 0,
            sha256,
            metadata: metadata.to_owned(),
            expires_at: now.plus(KEEP_MS),
            done: false,
        };
        let row = self.write(|tx| {
            if let Some(file) = row.sha256
                && tx.is_erased(file)?
            {
                return Err(UploadError::Erased);
            }
            let row = skip(tx, caller, row)?;
            if !row.done && tx.uploads_of(&caller.user)? >= MAX_UPLOADS {
                let untouched = tx.oldest_untouched(&caller.user)?;
                tx.drop_upload(&untouched.ok_or(UploadError::TooMany)?)?;
            }
            tx.put_upload(&row)?;
            Ok::<_, UploadError>(row)
        })?;
        self.finish_if_whole(row, None, now)
    }

    /// How far an upload of the caller is. Finishes one whose last bytes came before a crash.
    ///
    /// # Errors
    /// [`UploadError`] says why there is none.
    pub fn upload(&self, caller: &Caller, id: &str, now: Millis) -> Result<Upload, UploadError> {
        let row = self.read(|tx| own(tx, caller, id))?;
        self.finish_if_whole(row, None, now)
    }

    /// Announces the length of an upload that was begun without.
    ///
    /// # Errors
    /// [`UploadError::Length`] when another one was announced.
    pub fn announce_length(
        &self,
        caller: &Caller,
        id: &str,
        length: u64,
    ) -> Result<(), UploadError> {
        self.check_size(length)?;
        self.write(|tx| {
            let row = own(tx, caller, id)?;
            if row.length.is_some_and(|known| known != length) || row.received > length {
                return Err(UploadError::Length);
            }
            let length = Some(length);
            Ok(tx.put_upload(&UploadRow { length, ..row })?)
        })
    }

    /// Adds bytes that go on at `offset`.
    ///
    /// # Errors
    /// [`UploadError`] says why they are not taken.
    pub fn append(
        &self,
        caller: &Caller,
        id: &str,
        offset: u64,
        bytes: &[u8],
        now: Millis,
    ) -> Result<Upload, UploadError> {
        let mut incoming = self.incoming(None)?;
        incoming.write(bytes)?;
        self.append_incoming(caller, id, offset, incoming, now)
    }

    /// Notes a part that was written and synced.
    pub(super) fn add_part(
        &self,
        caller: &Caller,
        id: &str,
        offset: u64,
        part: &str,
        bytes: u64,
        now: Millis,
    ) -> Result<UploadRow, UploadError> {
        let limit = self.max_file_bytes();
        self.write(|tx| {
            let row = own(tx, caller, id)?;
            if row.done || row.received != offset {
                return Err(UploadError::Offset(row.received));
            }
            let received = offset.saturating_add(bytes);
            if received > row.length.unwrap_or(limit) {
                return Err(UploadError::TooLarge(row.length.unwrap_or(limit)));
            }
            let expires_at = now.plus(KEEP_MS);
            let row = UploadRow {
                received,
                expires_at,
                ..row
            };
            if bytes > 0 {
                tx.add_part(id, offset, bytes, part)?;
            }
            tx.put_upload(&row)?;
            Ok(row)
        })
    }

    /// Whether the caller has such an upload.
    ///
    /// # Errors
    /// [`UploadError::Unknown`] when there is none.
    pub fn check_upload(&self, caller: &Caller, id: &str) -> Result<(), UploadError> {
        self.read(|tx| own(tx, caller, id)).map(|_| ())
    }

    /// Ends an upload and forgets its bytes, also when the disk is full: then the bytes go first. Should
    /// nobody be able to note that, what is left of the upload ends when it is asked for as a whole.
    ///
    /// # Errors
    /// [`UploadError::Unknown`] when there is none.
    pub fn end_upload(&self, caller: &Caller, id: &str) -> Result<(), UploadError> {
        self.check_upload(caller, id)?;
        match self.drop_upload(id) {
            Err(error) if error.is_full() => {
                let parts = self.read(|tx| Ok::<_, CoreError>(tx.parts(id)?))?;
                self.objects.drop_parts(&parts)?;
                Ok(self.drop_upload(id)?)
            }
            done => Ok(done?),
        }
    }

    /// Refuses what would be more than all unfinished uploads may take.
    fn check_unfinished(&self, bytes: u64) -> Result<(), UploadError> {
        match self.settings.max_unfinished_bytes {
            Some(limit) if bytes > limit => Err(UploadError::TooLarge(limit)),
            _ => Ok(()),
        }
    }

    pub(super) fn check_size(&self, bytes: u64) -> Result<(), UploadError> {
        match self.max_file_bytes() {
            limit if bytes > limit => Err(UploadError::TooLarge(limit)),
            _ => Ok(()),
        }
    }

    /// Hashes and stores an upload whose last byte has come. `first` is the digest of the part at its
    /// beginning, if that has just arrived.
    pub(super) fn finish_if_whole(
        &self,
        row: UploadRow,
        first: Option<Digest>,
        now: Millis,
    ) -> Result<Upload, UploadError> {
        if row.done || row.length != Some(row.received) {
            return Ok(row.into());
        }
        let parts = self.read(|tx| Ok::<_, CoreError>(tx.parts(&row.id)?))?;
        let file = match first.filter(|_| parts.len() == 1) {
            Some(known) => known,
            None => match self.objects.hash(&parts) {
                Err(CoreError::Files(ErrorKind::NotFound)) => {
                    self.drop_upload(&row.id)?;
                    return Err(UploadError::Unknown);
                }
                hash => hash?,
            },
        };
        if row.sha256.is_some_and(|announced| announced != file) {
            self.drop_upload(&row.id)?;
            return Err(UploadError::Hash);
        }
        if let Err(error) = self.hold_parts(&row.user, file, row.received, &parts, now) {
            if error == UploadError::Erased {
                self.drop_upload(&row.id)?;
            }
            return Err(error);
        }
        let row = UploadRow { done: true, ..row };
        self.write(|tx| {
            tx.drop_upload(&row.id)?;
            Ok::<_, CoreError>(tx.put_upload(&row)?)
        })?;
        self.objects.drop_parts(&parts)?;
        Ok(row.into())
    }

    fn drop_upload(&self, id: &str) -> Result<(), CoreError> {
        let parts = self.write(|tx| {
            let parts = tx.parts(id)?;
            tx.drop_upload(id)?;
            Ok::<_, CoreError>(parts)
        })?;
        self.objects.drop_parts(&parts)
    }

    /// Ends the uploads that were announced as a file which was erased.
    pub(super) fn drop_uploads_as(&self, file: Digest) -> Result<(), CoreError> {
        let uploads = self.read(|tx| Ok::<_, CoreError>(tx.uploads_as(file)?))?;
        uploads.iter().try_for_each(|id| self.drop_upload(id))
    }

    /// Removes the bytes of parts that a crash left without a row.
    pub(super) fn tidy_uploads(&self) -> Result<(), CoreError> {
        let parts = self.read(|tx| Ok::<_, CoreError>(tx.all_parts()?))?;
        self.objects.keep_only(&parts)
    }

    /// Forgets uploads that nobody went on with.
    ///
    /// # Errors
    /// [`CoreError`] when the disk or the database fails; what is left is swept another time.
    pub fn sweep_uploads(&self, now: Millis) -> Result<(), CoreError> {
        let expired = self.read(|tx| Ok::<_, CoreError>(tx.expired_uploads(now)?))?;
        expired.iter().try_for_each(|id| self.drop_upload(id))
    }
}

/// An upload of a file that is here already is done as it begins, for those who may read the file;
/// to others nothing says that it is here.
fn skip(tx: &dyn Tx, caller: &Caller, row: UploadRow) -> Result<UploadRow, StoreError> {
    let (Some(file), Some(length)) = (row.sha256, row.length) else {
        return Ok(row);
    };
    if tx.file(file)? != Some(length) || !may_see(tx, caller, file)? {
        return Ok(row);
    }
    tx.own_file(file, &caller.user)?;
    Ok(UploadRow {
        received: length,
        done: true,
        ..row
    })
}

fn own(tx: &dyn Tx, caller: &Caller, id: &str) -> Result<UploadRow, UploadError> {
    let row = tx.upload(id)?.filter(|row| row.user == caller.user);
    row.ok_or(UploadError::Unknown)
}
