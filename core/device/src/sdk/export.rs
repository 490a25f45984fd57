//! Handing unsent work in otherwise, and leaving a device.

use std::path::Path;

use gewu_model::cbor;
use rusqlite::Connection;

use super::status::count_unsent;
use super::{Answer, Core, Gewu};
use crate::api::UnsentWork;
use crate::error::{DeviceError, Result};
use crate::files::{Files, FilesError, FolderFiles};
use crate::identity::{CASE_SECRET, DEVICE_KEY};
use crate::store::{media, meta};
use crate::sync::unsent_cases;

/// Every table that holds something of the user's.
const TABLES: [&str; 19] = [
    "pins",
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
    /// exchange would carry them, and the photos by hash. Answers how many things wait.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`] when the folder cannot be written.
    pub fn export_unsent(&self, folder: &Path) -> Answer<u32> {
        Ok(self.core.export_unsent(folder)?)
    }

    /// Leaves the city: keys, cases, drafts and photos are removed from the device.
    ///
    /// # Errors
    /// [`crate::GewuError::NotPermitted`] while something is unsent, unless it is exported.
    pub fn sign_out(&self, unsent: UnsentWork) -> Answer<()> {
        Ok(self.core.sign_out(unsent)?)
    }
}

impl Core {
    fn export_unsent(&self, folder: &Path) -> Result<u32> {
        let target = FolderFiles::open(folder)?;
        let (pushes, files, count) = self.read(|tx| {
            let files = media::unsent(tx)?;
            Ok((unsent_cases(tx)?, files, count_unsent(tx)?))
        })?;
        for file in files {
            match self.options.host.files.read(&media::path(&file.sha256)) {
                Ok(bytes) => target.put_atomic(&format!("media/{}", file.sha256), &bytes)?,
                Err(FilesError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        target.put_atomic("unsent.cbor", &cbor::to_vec(&pushes))?;
        Ok(count)
    }

    fn sign_out(&self, unsent: UnsentWork) -> Result<()> {
        let waiting = self.read(|tx| count_unsent(tx))?;
        match unsent {
            UnsentWork::Export(folder) => {
                self.export_unsent(&folder)?;
            }
            UnsentWork::Refuse if waiting == 0 => {}
            UnsentWork::Refuse => {
                return Err(DeviceError::NotNow(
                    "something is not sent yet; sync first, or export it and sign out then",
                ));
            }
        }
        let files = self.options.host.files.list("")?;
        self.write(|tx| forget_everything(tx))?;
        self.set_identity(None);
        self.forget_packs();
        let secrets = &self.options.host.secrets;
        secrets.delete(DEVICE_KEY)?;
        secrets.delete(CASE_SECRET)?;
        files
            .iter()
            .try_for_each(|path| Ok(self.options.host.files.remove(path)?))
    }
}

fn forget_everything(tx: &Connection) -> Result<()> {
    for table in TABLES {
        tx.execute(&format!("DELETE FROM {table}"), [])?;
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
