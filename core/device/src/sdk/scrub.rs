//! Reading files again, to find what the disk has done to them.

use std::collections::BTreeSet;
use std::io::Read;

use gewu_model::ids::Digest;
use gewu_model::media::EvidenceRecord;
use gewu_model::small::Gather as _;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::{Answer, Core, Gewu};
use crate::api::ScrubReport;
use crate::error::Result;
use crate::files::FilesError;
use crate::store::media::{self, FileState, StoredFile};
use crate::store::{changes, drafts, meta};
use crate::write::log::decode_entry;

/// How much is read at once.
const PIECE: usize = 256 << 10;

/// What became of a file on the disk.
pub(super) enum Found {
    Whole,
    Damaged,
    Gone,
}

impl Gewu {
    /// Reads files and compares them with their hashes, about `most_bytes` of them, from where the
    /// last call left off. What is damaged or gone and lies at the server is fetched when it is
    /// looked at next; anything else is said here and in the status.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn scrub(&self, most_bytes: u64) -> Answer<ScrubReport> {
        Ok(self.core.scrub(most_bytes)?)
    }
}

impl Core {
    fn scrub(&self, most_bytes: u64) -> Result<ScrubReport> {
        let mut report = ScrubReport::default();
        let last = self.read(|tx| meta::get(tx, meta::SCRUBBED_TO))?;
        let mut last = last.unwrap_or_default();
        let all = self.to_scrub()?;
        let mut ahead = all
            .iter()
            .filter(|sha256| sha256.0[..] > last[..])
            .peekable();
        let mut reached = last.clone();
        while let Some(sha256) = ahead.next_if(|_| report.bytes < most_bytes) {
            self.scrub_one(sha256, &mut report)?;
            reached = sha256.0.to_vec();
        }
        if ahead.peek().is_none() && report.bytes < most_bytes {
            report.unnamed = self.remove_unnamed_files()?;
            report.done = true;
            reached.clear();
        }
        last = reached;
        self.write(|tx| meta::put(tx, meta::SCRUBBED_TO, &last))?;
        Ok(report)
    }

    /// What has to be here, and what lies here otherwise, such as others' photos.
    fn to_scrub(&self) -> Result<BTreeSet<Digest>> {
        let mut all: BTreeSet<Digest> = self.read(|tx| {
            let drafts = drafts::list(tx)?;
            let photos = drafts.iter().flat_map(|draft| &draft.photos);
            let attached = photos.flat_map(|photo| drafts::owed(&photo.record));
            Ok(media::all_files(tx)?.into_iter().chain(attached).into_set())
        })?;
        all.extend(self.lying_files()?);
        Ok(all)
    }

    /// The files that lie under their hash.
    pub(super) fn lying_files(&self) -> Result<Vec<Digest>> {
        let lying = self.options.host.files.list("")?;
        let ours = lying.iter().filter_map(|path| {
            let sha256: Digest = path.rsplit('/').next()?.parse().ok()?;
            (media::path(&sha256) == *path).then_some(sha256)
        });
        Ok(ours.collect())
    }

    fn scrub_one(&self, sha256: &Digest, report: &mut ScrubReport) -> Result<()> {
        let (row, drafted) =
            self.read(|tx| Ok((media::find(tx, sha256)?, drafts::holds(tx, sha256)?)))?;
        match row {
            Some(file) if !file.dropped => self.scrub_ours(&file, report),
            // A database that lies aside may owe it: what is left of it is all that there is.
            None if !self.asides()?.is_empty() => self.scrub_copy(sha256, true, report),
            // Fetched again since, or never this device's to deliver.
            _ => self.scrub_copy(sha256, drafted, report),
        }
    }

    fn scrub_ours(&self, file: &StoredFile, report: &mut ScrubReport) -> Result<()> {
        let found = self.look_at(&file.sha256)?;
        report.files += 1;
        report.bytes += file.bytes;
        let safe = file.state == FileState::Acknowledged;
        match found {
            Found::Whole if file.damaged => self.write(|tx| {
                media::set_reason(tx, &file.sha256, None)?;
                media::set_damaged(tx, &file.sha256, false)
            })?,
            Found::Whole => {}
            Found::Damaged | Found::Gone if safe => {
                let _alone = self.alone_with_files();
                self.write(|tx| media::set_dropped(tx, &file.sha256, true))?;
                self.remove_file(&file.sha256)?;
                report.restorable.push(file.sha256);
            }
            Found::Damaged => {
                self.write(|tx| media::set_damaged(tx, &file.sha256, true))?;
                report.damaged.push(file.sha256);
            }
            Found::Gone => report.missing.push(file.sha256),
        }
        Ok(())
    }

    /// A draft's file, or a copy of what the server has.
    fn scrub_copy(&self, sha256: &Digest, drafted: bool, report: &mut ScrubReport) -> Result<()> {
        let bytes = self.options.host.files.len(&media::path(sha256))?;
        if bytes.is_none() && !drafted {
            return Ok(());
        }
        report.files += 1;
        report.bytes += bytes.unwrap_or(0);
        match self.look_at(sha256)? {
            Found::Whole => {}
            Found::Damaged if drafted => report.damaged.push(*sha256),
            Found::Gone if drafted => report.missing.push(*sha256),
            Found::Damaged | Found::Gone => {
                let _alone = self.alone_with_files();
                self.remove_file(sha256)?;
                report.restorable.push(*sha256);
            }
        }
        Ok(())
    }

    /// Removes files that lie under a hash which nothing names; what is none of ours stays.
    fn remove_unnamed_files(&self) -> Result<u32> {
        let _alone = self.alone_with_files();
        // One that was moved aside may name them, and hold work that nobody else has.
        if !self.asides()?.is_empty() {
            return Ok(0);
        }
        let unnamed = self.unnamed_files()?;
        for sha256 in &unnamed {
            self.remove_file(sha256)?;
        }
        Ok(u32::try_from(unnamed.len()).unwrap_or(u32::MAX))
    }

    /// Looks again at files that were found damaged and that nobody else has: somebody may have put the
    /// right bytes back.
    pub(crate) fn look_at_damaged(&self) -> Result<()> {
        for sha256 in self.read(|tx| media::damaged(tx))? {
            if matches!(self.look_at(&sha256)?, Found::Whole) {
                self.write(|tx| {
                    media::set_reason(tx, &sha256, None)?;
                    media::set_damaged(tx, &sha256, false)
                })?;
            }
        }
        Ok(())
    }

    /// Whether a file's bytes are those of its hash. One that is gone is no matter here.
    pub(crate) fn is_sound(&self, sha256: &Digest) -> Result<bool> {
        Ok(!matches!(self.look_at(sha256)?, Found::Damaged))
    }

    pub(super) fn look_at(&self, sha256: &Digest) -> Result<Found> {
        self.look_at_path(&media::path(sha256), sha256)
    }

    /// Whether the file at a path has the bytes of that hash.
    pub(super) fn look_at_path(&self, path: &str, sha256: &Digest) -> Result<Found> {
        let mut file = match self.options.host.files.open_read(path) {
            Err(FilesError::NotFound) => return Ok(Found::Gone),
            opened => opened?,
        };
        let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
        loop {
            match file.read(&mut piece) {
                Ok(0) => break,
                Ok(bytes) => hash.update(&piece[..bytes]),
                // Bytes that cannot be read are as good as wrong ones.
                Err(_) => return Ok(Found::Damaged),
            }
        }
        let right = Digest(hash.finalize().into()) == *sha256;
        Ok(if right { Found::Whole } else { Found::Damaged })
    }
}

/// Every file that is to be delivered, that a draft holds, or that a change of any case names, whatever
/// became of it.
pub(super) fn all_named(tx: &Connection) -> Result<BTreeSet<Digest>> {
    let mut named: BTreeSet<Digest> = media::all_files(tx)?.into_iter().into_set();
    for draft in drafts::list(tx)? {
        named.extend(
            draft
                .photos
                .iter()
                .flat_map(|photo| photo.record.all_files()),
        );
    }
    for case in changes::cases(tx)? {
        for stored in changes::of_case(tx, &case)? {
            let written = decode_entry(&stored.signed.bytes)?;
            if let Some(Ok(payload)) = written.map(|written| written.payload) {
                named.extend(payload.photos().iter().flat_map(EvidenceRecord::all_files));
            }
        }
    }
    Ok(named)
}
