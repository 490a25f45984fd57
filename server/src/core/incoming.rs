//! Bytes on their way into an upload, written as they arrive: however large a part is, little of it
//! is in memory.

use std::fs::File;
use std::io::Write;

use gewu_model::ids::{Digest, to_hex};
use gewu_model::time::Millis;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::devices::Caller;
use super::{Core, CoreError, Upload, UploadError};
use crate::media::Objects;
use crate::seam::random;

/// What a client says its bytes add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sum {
    /// SHA-1, which tus asks every server to know.
    Sha1(Vec<u8>),
    /// SHA-256.
    Sha256(Vec<u8>),
}

/// A part that is arriving. Unless it is appended, its bytes go when it is dropped.
pub(crate) struct Incoming {
    objects: Objects,
    room: Room,
    name: String,
    /// Made with the first byte: a request without a body needs no room.
    file: Option<File>,
    bytes: u64,
    sha256: Sha256,
    sha1: Option<Sha1>,
    kept: bool,
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Incoming({} bytes)", self.bytes)
    }
}

impl Incoming {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`CoreError::Uploads`] when parts may have no more room, [`CoreError::Files`] when they cannot be
    /// written.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), CoreError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let more = bytes.len() as u64;
        self.room
            .check(self.bytes, more, self.objects.free_space()?)?;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(self.objects.create_part(&self.name)?),
        };
        file.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        self.sha256.update(bytes);
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
        Ok(())
    }

    /// How many bytes have arrived.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of what has arrived.
    pub(crate) fn digest(&self) -> Digest {
        Digest(self.sha256.clone().finalize().into())
    }

    /// Whether what has arrived adds up to `sum`. A SHA-1 must have been asked for at the start.
    pub(crate) fn adds_up_to(&self, sum: &Sum) -> bool {
        match sum {
            Sum::Sha256(sum) => *sum == self.digest().0,
            Sum::Sha1(sum) => self
                .sha1
                .as_ref()
                .is_some_and(|sha1| *sum == *sha1.clone().finalize()),
        }
    }
}

/// What unfinished uploads may take.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// Bytes of the parts that were there before.
    held: u64,
    /// The most that there may be.
    most: Option<u64>,
}

impl Room {
    /// Whether a part of `bytes` may grow by `more` when so much is `free`. Parts never take more than is
    /// left beside them: a whole is stored before its parts go, and exchanges need room as well.
    fn check(self, bytes: u64, more: u64, free: Option<u64>) -> Result<(), CoreError> {
        let all = self.held.saturating_add(bytes).saturating_add(more);
        let left = free.map(|free| free.saturating_sub(more));
        let most = self.most.into_iter().chain(left).min();
        match most {
            Some(most) if all > most => Err(CoreError::Uploads),
            _ => Ok(()),
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept && self.file.is_some() {
            // What stays is removed when the server starts again.
            let _ = self.objects.drop_parts(std::slice::from_ref(&self.name));
        }
    }
}

impl Core {
    /// A part that nothing has arrived of.
    ///
    /// # Errors
    /// [`CoreError::Store`] when it cannot be asked what others take.
    pub(crate) fn incoming(&self, sum: Option<&Sum>) -> Result<Incoming, CoreError> {
        let held = self.read(|tx| Ok::<_, CoreError>(tx.unfinished_bytes()?))?;
        Ok(Incoming {
            objects: self.objects.clone(),
            room: Room {
                held,
                most: self.settings.max_unfinished_bytes,
            },
            name: format!("{}.part", to_hex(&random::<16>(&*self.entropy))),
            file: None,
            bytes: 0,
            sha256: Sha256::new(),
            sha1: matches!(sum, Some(Sum::Sha1(_))).then(Sha1::new),
            kept: false,
        })
    }

    /// Adds what has arrived to an upload, durably, as bytes that go on at `offset`.
    ///
    /// # Errors
    /// [`UploadError`] says why it is not taken; then it is gone.
    pub(crate) fn append_incoming(
        &self,
        caller: &Caller,
        id: &str,
        offset: u64,
        mut incoming: Incoming,
        now: Millis,
    ) -> Result<Upload, UploadError> {
        let bytes = incoming.bytes;
        if let Some(file) = &incoming.file {
            file.sync_all().map_err(CoreError::from)?;
            self.objects.sync_parts()?;
        }
        let digest = incoming.digest();
        let row = self.add_part(caller, id, offset, &incoming.name, bytes, now)?;
        // A part without bytes has no row.
        incoming.kept = bytes > 0;
        self.finish_if_whole(row, Some(digest).filter(|_| offset == 0), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_leave_as_much_room_as_they_take() {
        let room = Room {
            held: 40,
            most: None,
        };
        assert_eq!(room.check(5, 5, Some(55)), Ok(()));
        assert_eq!(room.check(5, 5, Some(54)), Err(CoreError::Uploads));
        assert_eq!(room.check(5, 5, None), Ok(()));
        let most = Some(49);
        let bounded = Room { most, ..room };
        assert_eq!(bounded.check(5, 5, None), Err(CoreError::Uploads));
        assert_eq!(bounded.check(5, 4, Some(1_000)), Ok(()));
    }
}
