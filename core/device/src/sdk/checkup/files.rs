//! Every file against its hash.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::ids::Digest;
use gewu_model::small::Gather as _;
use rusqlite::Connection;

use super::super::Core;
use super::super::scrub::Found;
use crate::api::FilesFound;
use crate::error::Result;
use crate::store::drafts;
use crate::store::media::{self, FileState};

impl Core {
    /// Reads what has to be here and what lies here otherwise, such as others' photos.
    pub(super) fn find_files(&self) -> Result<FilesFound> {
        let owed = self.read(|tx| owed(tx))?;
        let lying = self.lying_files()?;
        let all: BTreeSet<Digest> = owed.keys().copied().chain(lying).into_set();
        let mut found = FilesFound::default();
        for sha256 in all {
            found.files += 1;
            // Whoever owes nothing for a file can fetch it again.
            let elsewhere = owed.get(&sha256).copied().unwrap_or(true);
            let kind = match self.look_at(&sha256) {
                Ok(Found::Whole) => continue,
                Ok(Found::Gone) if !elsewhere => &mut found.missing,
                _ if elsewhere => &mut found.restorable,
                _ => &mut found.damaged,
            };
            *kind += 1;
        }
        Ok(found)
    }

    /// Whether the file at a path has the bytes of that hash.
    pub(super) fn is_whole(&self, path: &str, sha256: &Digest) -> bool {
        matches!(self.look_at_path(path, sha256), Ok(Found::Whole))
    }
}

/// The files that have to be here, with whether the server has them too.
fn owed(tx: &Connection) -> Result<BTreeMap<Digest, bool>> {
    let rows = media::after(tx, &[], u32::MAX)?;
    let kept = rows.into_iter().filter(|file| !file.dropped);
    let mut owed: BTreeMap<Digest, bool> = kept
        .map(|file| (file.sha256, file.state == FileState::Acknowledged))
        .into_map();
    for draft in drafts::list(tx)? {
        let files = draft
            .photos
            .iter()
            .flat_map(|photo| drafts::owed(&photo.record));
        files.for_each(|file| {
            owed.entry(file).or_insert(false);
        });
    }
    Ok(owed)
}
