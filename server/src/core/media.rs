//! Files: which are held, and who may see them.

use gewu_model::ids::{Digest, UserId};
use gewu_model::time::Millis;

use super::devices::Caller;
use super::{Core, CoreError, UploadError};
use crate::store::{StoreError, Tx};

/// Pictures, by how their files begin.
const KINDS: [(&[u8], &str); 2] = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
];
/// The type of everything else.
const ANY: &str = "application/octet-stream";

fn kind_of(bytes: &[u8]) -> &'static str {
    let known = KINDS.iter().find(|(start, _)| bytes.starts_with(start));
    known.map_or(ANY, |(_, kind)| kind)
}

/// Whether the caller brought the file, or may read a case in which somebody who brought it names
/// it: a hash is no secret, and whoever knows it may write it into a case of their own.
pub(super) fn may_see(tx: &dyn Tx, caller: &Caller, file: Digest) -> Result<bool, StoreError> {
    if tx.owns_file(file, &caller.user)? {
        return Ok(true);
    }
    let scopes = caller.scopes();
    for case in tx.cases_naming(file)? {
        let held = tx.memberships(case)?;
        if held
            .iter()
            .any(|row| row.held && scopes.contains(&row.scope))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Core {
    /// The size of a file that the caller may read; `None` when it is not held or not theirs.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn readable_file(&self, caller: &Caller, file: Digest) -> Result<Option<u64>, CoreError> {
        self.notice_loss(file)?;
        self.read(|tx| {
            let held = tx.file(file)?;
            let seen = held.is_some() && may_see(tx, caller, file)?;
            Ok(held.filter(|_| seen))
        })
    }

    /// The size of a file that is held, for operators.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn held_file(&self, file: Digest) -> Result<Option<u64>, CoreError> {
        self.notice_loss(file)?;
        self.read(|tx| Ok(tx.file(file)?))
    }

    /// Forgets that a file is held when it is no longer at its place, or is of another size there, so
    /// that it counts as missing and whoever has it can bring it again.
    pub(super) fn notice_loss(&self, file: Digest) -> Result<(), CoreError> {
        let noted = self.read(|tx| Ok::<_, CoreError>(tx.file(file)?))?;
        match noted {
            Some(bytes) if !self.objects.holds(file, bytes)? => {
                self.write(|tx| Ok(tx.lose_file(file)?))
            }
            _ => Ok(()),
        }
    }

    /// The media type of a held file. Only types that a browser shows and never runs are named.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn file_kind(&self, file: Digest) -> Result<&'static str, CoreError> {
        let kind = self.read(|tx| Ok::<_, CoreError>(tx.file_kind(file)?))?;
        let known = KINDS
            .iter()
            .find(|(_, known)| Some(*known) == kind.as_deref());
        Ok(known.map_or(ANY, |(_, known)| *known))
    }

    /// The bytes of a held file. Whether the caller may see them was asked before.
    ///
    /// # Errors
    /// [`CoreError`] when it cannot be read.
    pub fn read_file(&self, file: Digest) -> Result<Vec<u8>, CoreError> {
        self.objects.read(file)
    }

    /// Takes a whole file at once.
    ///
    /// # Errors
    /// [`UploadError`] says why not.
    pub fn put_file(
        &self,
        caller: &Caller,
        bytes: Vec<u8>,
        now: Millis,
    ) -> Result<Digest, UploadError> {
        self.check_size(bytes.len() as u64)?;
        let file = gewu_model::crypto::sha256(&bytes);
        self.hold(&caller.user, file, bytes, now)?;
        Ok(file)
    }

    fn hold(
        &self,
        user: &UserId,
        file: Digest,
        bytes: Vec<u8>,
        now: Millis,
    ) -> Result<(), UploadError> {
        let (size, kind) = (bytes.len() as u64, kind_of(&bytes));
        self.refuse_erased(file)?;
        if self.held_file(file)?.is_none() {
            self.objects.put(file, bytes)?;
        }
        self.note(user, file, size, kind, now)
    }

    /// Takes a whole file that lies in parts.
    pub(super) fn hold_parts(
        &self,
        user: &UserId,
        file: Digest,
        size: u64,
        parts: &[String],
        now: Millis,
    ) -> Result<(), UploadError> {
        self.refuse_erased(file)?;
        let kind = kind_of(&self.objects.beginning(parts)?);
        if self.held_file(file)?.is_none() {
            self.objects.put_parts(file, size, parts)?;
        }
        self.note(user, file, size, kind, now)
    }

    /// Notes a file whose bytes lie durably at their place.
    fn note(
        &self,
        user: &UserId,
        file: Digest,
        size: u64,
        kind: &str,
        now: Millis,
    ) -> Result<(), UploadError> {
        let noted = self.write(|tx| {
            if tx.is_erased(file)? {
                return Err(UploadError::Erased);
            }
            tx.add_file(file, size, kind, now)?;
            Ok(tx.own_file(file, user)?)
        });
        if noted == Err(UploadError::Erased) {
            // It was erased while it was being stored.
            self.objects.remove(file)?;
        }
        noted
    }

    fn refuse_erased(&self, file: Digest) -> Result<(), UploadError> {
        match self.read(|tx| Ok::<_, CoreError>(tx.is_erased(file)?))? {
            true => Err(UploadError::Erased),
            false => Ok(()),
        }
    }
}
