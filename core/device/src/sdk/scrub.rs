//! Reading files again, to find what the disk has done to them.

use std::collections::BTreeSet;
use std::io::Read;

use gewu_model::ids::Digest;
use gewu_model::media::EvidenceRecord;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::{Answer, Core, Gewu};
use crate::api::ScrubReport;
use crate::error::Result;
use crate::files::FilesError;
use crate::store::media::{self, FileState, StoredFile};
use crate::store::{changes, drafts, meta};
use crate::write::log::decode_entry;

/// How many rows are looked at in one transaction.
const ROWS: u32 = 100;
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
        while report.bytes < most_bytes {
            let files = self.read(|tx| media::after(tx, &last, ROWS))?;
            if files.is_empty() {
                report.unnamed = self.remove_unnamed_files()?;
                report.done = true;
                last.clear();
                break;
            }
            for file in files {
                self.scrub_one(&file, &mut report)?;
                last = file.sha256.0.to_vec();
                if report.bytes >= most_bytes {
                    break;
                }
            }
        }
        self.write(|tx| meta::put(tx, meta::SCRUBBED_TO, &last))?;
        Ok(report)
    }

    fn scrub_one(&self, file: &StoredFile, report: &mut ScrubReport) -> Result<()> {
        if file.dropped {
            return Ok(());
        }
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

    /// Removes files that lie under a hash which nothing names; what is none of ours stays.
    fn remove_unnamed_files(&self) -> Result<u32> {
        let _alone = self.alone_with_files();
        let lying = self.options.host.files.list("")?;
        let named = self.read(|tx| all_named(tx))?;
        let mut removed = 0;
        for path in lying {
            let name = path.rsplit('/').next().and_then(|name| name.parse().ok());
            let ours = name.filter(|sha256| media::path(sha256) == path);
            if ours.is_some_and(|sha256| !named.contains(&sha256)) {
                self.options.host.files.remove(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
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
fn all_named(tx: &Connection) -> Result<BTreeSet<Digest>> {
    let mut named: BTreeSet<Digest> = media::all_files(tx)?.into_iter().collect();
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
