//! Handing unsent work in otherwise, and leaving a device.

use std::collections::BTreeSet;
use std::path::Path;

use gewu_model::cbor;
use gewu_model::ids::{ChangeHash, Digest};
use rusqlite::Connection;

use super::status::count_unsent;
use super::{Answer, Core, Gewu};
use crate::api::{Draft, UnsentWork};
use crate::error::{DeviceError, Result};
use crate::files::{Files, FilesError, FolderFiles};
use crate::identity::{CASE_SECRET, DEVICE_KEY};
use crate::store::{changes, commands, drafts, media, meta};
use crate::sync::unsent_cases;

/// Every table that holds something of the user's.
const TABLES: [&str; 25] = [
    "earlier_receipts",
    "cards",
    "masked_contacts",
    "erased",
    "verdict_blocks",
    "pins",
    "pack_faults",
    "doomed_files",
    "changes",
    "intents",
    "content",
    "media",
    "draft_photos",
    "drafts",
    "commands",
    "cursors",
    "memberships",
    "case_facts",
    "statuses",
    "notices",
    "certificates",
    "packs",
    "cases",
    "case_tags",
    "keys",
];

impl Gewu {
    /// Writes everything without a receipt to a folder: `unsent.cbor`, a list of pushes as an
    /// exchange would carry them, `commands.cbor`, a list of signed commands each with its text,
    /// `drafts.json`, and the photos by hash. Answers how many things wait.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`] when the folder cannot be written.
    pub fn export_unsent(&self, folder: &Path) -> Answer<u32> {
        Ok(self.core.export_unsent(folder)?)
    }

    /// Leaves the city: keys, cases, drafts and photos are removed from the device.
    ///
    /// # Errors
    /// [`crate::GewuError::NotPermitted`] while something is unsent or a draft is not handed in,
    /// unless it is exported; [`crate::GewuError::Busy`] when something was saved meanwhile.
    pub fn sign_out(&self, unsent: UnsentWork) -> Answer<()> {
        Ok(self.core.sign_out(unsent)?)
    }
}

impl Core {
    fn export_unsent(&self, folder: &Path) -> Result<u32> {
        let target = FolderFiles::open(folder)?;
        let key = self.card_key()?;
        let (pushes, commands, drafts) = self.read(|tx| {
            Ok((
                unsent_cases(tx, &key)?,
                commands::unsent(tx)?,
                drafts::list(tx)?,
            ))
        })?;
        let (files, count) = self.read(|tx| Ok((media::unsent(tx)?, count_unsent(tx)?)))?;
        let attached = drafts.iter().flat_map(|draft| &draft.photos);
        let attached = attached.flat_map(|photo| drafts::files(&photo.record));
        let files: BTreeSet<Digest> = files
            .iter()
            .map(|file| file.sha256)
            .chain(attached)
            .collect();
        for sha256 in files {
            match self.options.host.files.read(&media::path(&sha256)) {
                Ok(bytes) => target.put_atomic(&format!("media/{sha256}"), &bytes)?,
                Err(FilesError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let drafts = serde_json::to_vec(&drafts).map_err(|_| DeviceError::Damaged)?;
        target.put_atomic("drafts.json", &drafts)?;
        target.put_atomic("commands.cbor", &cbor::to_vec(&commands))?;
        target.put_atomic("unsent.cbor", &cbor::to_vec(&pushes))?;
        Ok(count)
    }

    fn sign_out(&self, unsent: UnsentWork) -> Result<()> {
        let (work, waiting) = self.read(|tx| Ok((Work::read(tx)?, count_unsent(tx)?)))?;
        match unsent {
            UnsentWork::Export(folder) => {
                self.export_unsent(&folder)?;
            }
            UnsentWork::Refuse if waiting == 0 && work.drafts.is_empty() => {}
            UnsentWork::Refuse => {
                return Err(DeviceError::NotNow(
                    "something is not sent or not handed in yet; do that and sync first, or export it and sign out then",
                ));
            }
        }
        let files = self.options.host.files.list("")?;
        // Whoever is saving ends before, or finds nobody enrolled.
        let alone = self.alone_with_files();
        self.write(|tx| {
            if Work::read(tx)? != work {
                return Err(DeviceError::Busy("save"));
            }
            forget_everything(tx)
        })?;
        self.set_identity(None);
        self.forget_packs();
        drop(alone);
        let secrets = &self.options.host.secrets;
        secrets.delete(DEVICE_KEY)?;
        secrets.delete(CASE_SECRET)?;
        files
            .iter()
            .try_for_each(|path| Ok(self.options.host.files.remove(path)?))
    }
}

/// What somebody who leaves would leave behind.
#[derive(PartialEq)]
struct Work {
    changes: Vec<ChangeHash>,
    commands: Vec<Digest>,
    drafts: Vec<Draft>,
}

impl Work {
    fn read(tx: &Connection) -> Result<Self> {
        let changes = changes::unsent_marks(tx)?;
        let commands = commands::unsent(tx)?;
        Ok(Self {
            changes: changes.iter().map(|mark| mark.hash).collect(),
            commands: commands.iter().map(|(record, _)| record.digest()).collect(),
            drafts: drafts::list(tx)?,
        })
    }
}

fn forget_everything(tx: &Connection) -> Result<()> {
    for table in TABLES {
        // Without a condition SQLite drops all rows at once and tells nobody who watches.
        tx.execute(&format!("DELETE FROM {table} WHERE true"), [])?;
    }
    for name in [
        meta::SERVER,
        meta::ANCHOR,
        meta::CERTIFICATE,
        meta::GENERATION,
    ] {
        meta::remove(tx, name)?;
    }
    for name in [
        meta::HIGHEST_GENERATION,
        meta::LAST_SYNC,
        meta::BACKUP_COVERS,
    ] {
        meta::remove(tx, name)?;
    }
    Ok(())
}
