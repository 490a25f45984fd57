//! Photos in: read, checked, stored whole, described. And out again, by hash.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use gewu_evidence::{Answer as Asked, Watch, is_carried};
use gewu_model::crypto::sha256;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::media::{EvidenceRecord, MAX_EVIDENCE};
use rusqlite::Connection;

use super::scrub::Found;
pub(crate) use super::sealing::Setting;
use super::{Answer, Core, Gewu};
use crate::api::{PhotoInput, PhotoSource};
use crate::error::{DeviceError, Result};
use crate::files::FilesError;
use crate::store::media::{self, FileState, StoredFile};
use crate::store::{drafts, erased};

/// What a user can do when the device has as much as it may have.
const OVER_QUOTA: &str = "has no room: this device's quota is used up; sync, so that delivered photos may go, or raise it";

/// A photo whose file and thumbnail lie on the disk, and that no row names yet.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) record: EvidenceRecord,
    pub(crate) thumb_bytes: u64,
}

impl Prepared {
    /// Makes the device responsible for the files.
    pub(crate) fn keep(&self, tx: &Connection, case: &CaseId) -> Result<()> {
        media::insert(tx, case, &self.record.sha256, self.record.bytes, false)?;
        if let Some((original, bytes)) = self.record.kept_original() {
            media::insert(tx, case, &original, bytes, false)?;
        }
        match &self.record.thumb_sha256 {
            Some(thumb) => media::insert(tx, case, thumb, self.thumb_bytes, true),
            None => Ok(()),
        }
    }
}

impl Core {
    /// Seals and stores photos. What an error leaves behind on the disk is named by nothing.
    pub(crate) fn prepare_all(
        &self,
        photos: &[PhotoInput],
        setting: &Setting,
    ) -> Result<Vec<Prepared>> {
        if photos.len() > MAX_EVIDENCE {
            return Err(DeviceError::input(
                "photo",
                "more than 20 photos; leave some out",
            ));
        }
        photos
            .iter()
            .map(|photo| self.prepare(photo, setting, &mut Watch::new(&mut |_| Asked::GoOn)))
            .collect()
    }

    pub(crate) fn prepare(
        &self,
        photo: &PhotoInput,
        setting: &Setting,
        watch: &mut Watch<'_>,
    ) -> Result<Prepared> {
        let bytes = match &photo.source {
            PhotoSource::Bytes(bytes) => Cow::Borrowed(bytes.as_slice()),
            PhotoSource::Path(path) => Cow::Owned(read_bounded(path, setting)?),
        };
        if self.is_erased(&sha256(&bytes))? {
            return Err(DeviceError::input(
                "photo",
                "was erased by the centre and cannot be used again; leave it out",
            ));
        }
        if is_carried(&bytes) {
            self.carry(photo, bytes.into_owned(), setting)
        } else {
            self.seal(photo, &bytes, setting, watch)
        }
    }

    /// Puts files under their hashes, once there is room for all of them: a refusal leaves none
    /// behind. A name that exists leads to whole content already.
    pub(crate) fn store_files(&self, files: &[(&Digest, &[u8])]) -> Result<()> {
        let disk = &self.options.host.files;
        let mut missing = Vec::new();
        for (sha256, bytes) in files {
            // One of the same length may have been damaged since.
            if !matches!(self.look_at(sha256)?, Found::Whole) {
                missing.push((media::path(sha256), bytes));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let bytes = missing.iter().map(|(_, bytes)| bytes.len() as u64);
        self.check_room(bytes.sum())?;
        for (path, bytes) in missing {
            disk.put_atomic(&path, bytes)?;
        }
        Ok(())
    }

    /// Refuses a photo that would leave the database without room to write in, or be beyond the quota.
    fn check_room(&self, bytes: u64) -> Result<()> {
        self.check_disk(bytes)?;
        match self.options.quota_bytes {
            Some(quota) if self.bytes_kept()?.saturating_add(bytes) > quota => {
                Err(DeviceError::input("photo", OVER_QUOTA))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a file that would leave the database without room to write in.
    pub(crate) fn check_disk(&self, bytes: u64) -> Result<()> {
        let needed = bytes.saturating_add(self.options.headroom_bytes);
        // The reserve is part of what photos leave to the database.
        let held = self.reserve.len();
        match self.options.host.files.free_space()? {
            Some(free) if free.saturating_add(held) < needed => Err(FilesError::DiskFull.into()),
            _ => Ok(()),
        }
    }

    /// How many bytes the database and the files have.
    fn bytes_kept(&self) -> Result<u64> {
        let disk = &self.options.host.files;
        let mut bytes = 0;
        for path in disk.list("")? {
            bytes += disk.len(&path)?.unwrap_or(0);
        }
        let database = &self.options.database.path;
        let parts = [database.clone(), crate::db::Database::log_of(database)];
        let sizes = parts.iter().filter_map(|path| path.metadata().ok());
        Ok(bytes + sizes.map(|found| found.len()).sum::<u64>())
    }

    /// Whether the centre erased that text or file.
    pub(crate) fn is_erased(&self, digest: &Digest) -> Result<bool> {
        self.read(|tx| erased::has(tx, digest))
    }

    /// Whether the file is on this device.
    pub(crate) fn holds_file(&self, sha256: &Digest) -> bool {
        let found = self.options.host.files.exists(&media::path(sha256));
        found.unwrap_or(false)
    }

    pub(crate) fn remove_file(&self, sha256: &Digest) -> Result<()> {
        Ok(self.options.host.files.remove(&media::path(sha256))?)
    }

    /// Whether all of the file is on this device.
    pub(crate) fn holds_whole(&self, file: &StoredFile) -> bool {
        let found = self.options.host.files.len(&media::path(&file.sha256));
        found.is_ok_and(|len| len == Some(file.bytes))
    }

    /// Removes what tombstones took, also what an earlier process did not come to. What was taken
    /// up again since stays.
    pub(crate) fn remove_doomed(&self) -> Result<()> {
        let doomed = self.read(|tx| media::doomed(tx))?;
        if doomed.is_empty() {
            return Ok(());
        }
        let _alone = self.alone_with_files();
        for sha256 in doomed {
            if !self.is_named(&sha256)? {
                self.remove_file(&sha256)?;
            }
            self.write(|tx| media::gone(tx, &sha256))?;
        }
        Ok(())
    }

    /// Whether nobody but this device is known to have the file.
    fn owes(&self, sha256: &Digest) -> Result<bool> {
        self.read(|tx| {
            let row = media::find(tx, sha256)?;
            let unsent = row.is_some_and(|file| file.state != FileState::Acknowledged);
            Ok(unsent || drafts::holds(tx, sha256)?)
        })
    }

    /// Whether a draft or something that must be acknowledged names the file.
    pub(crate) fn is_named(&self, sha256: &Digest) -> Result<bool> {
        self.read(|tx| Ok(drafts::holds(tx, sha256)? || media::find(tx, sha256)?.is_some()))
    }
}

/// Photos of a report: it begins a case, so that there is nothing yet that they could redact.
pub(crate) fn check_firsts(photos: &[PhotoInput]) -> Result<()> {
    match photos.iter().any(|photo| photo.redacts.is_some()) {
        true => Err(DeviceError::input(
            "redacts",
            "a report has no earlier photo to redact; add the copy to the case with a note",
        )),
        false => Ok(()),
    }
}

fn read_bounded(path: &Path, setting: &Setting) -> Result<Vec<u8>> {
    let limit = setting.largest();
    let of = |error: std::io::Error| DeviceError::PhotoFile(FilesError::from(error));
    // Opening a pipe waits for whoever writes to it.
    if !std::fs::metadata(path).map_err(of)?.is_file() {
        return Err(DeviceError::input("photo", "is not a file; name a picture"));
    }
    let file = File::open(path).map_err(of)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(of)?;
    let len = bytes.len() as u64;
    if len > limit {
        let size = std::fs::metadata(path).map_or(len, |found| found.len());
        return Err(setting.too_large(&bytes, size).into());
    }
    Ok(bytes)
}

impl Gewu {
    /// The bytes of a photo or thumbnail, from this device or, if it is not here, from the server;
    /// then it is kept. Whatever comes is checked against the hash.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] when the server has none, or does not give it to this user.
    pub fn photo_bytes(&self, sha256: Digest) -> Answer<Vec<u8>> {
        Ok(self.core.photo_bytes(&sha256)?)
    }
}

impl Core {
    fn photo_bytes(&self, sha256: &Digest) -> Result<Vec<u8>> {
        if self.is_erased(sha256)? {
            return Err(DeviceError::NotFound("the photo, which the centre erased,"));
        }
        match self.options.host.files.read(&media::path(sha256)) {
            Err(FilesError::NotFound) => {}
            Ok(bytes) if gewu_model::crypto::sha256(&bytes) == *sha256 => return Ok(bytes),
            // What is left of it may be all that there is.
            Ok(_) if self.owes(sha256)? => {
                return Err(DeviceError::NotFound(
                    "the photo, which the disk has damaged,",
                ));
            }
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        self.require_consent()?;
        let bytes = crate::sync::download_photo(self, sha256)?;
        self.store_files(&[(sha256, &bytes)])?;
        self.write(|tx| media::set_dropped(tx, sha256, false))?;
        Ok(bytes)
    }
}
