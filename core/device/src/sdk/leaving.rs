//! Leaving a device: by signing out, or because the centre had it cleared. Lockers of others stay.

use std::path::Path;

use gewu_model::ids::{ChangeHash, Digest};
use rusqlite::Connection;

use super::status::count_unsent;
use super::{Answer, Core, Gewu};
use crate::api::{Draft, UnsentWork};
use crate::error::{DeviceError, Result};
use crate::identity::{CASE_SECRET, DEVICE_KEY};
use crate::locker::is_locker;
use crate::store::{changes, commands, drafts, meta};

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
    /// Leaves the city: keys, cases, drafts and photos are removed from the device.
    ///
    /// # Errors
    /// [`crate::GewuError::NotPermitted`] while something is unsent or a draft is not handed in,
    /// unless it is exported or sealed, and while a damaged database lies aside ([`Gewu::moved_aside`]),
    /// unless all is exported, that database too; [`crate::GewuError::Busy`] when something was saved meanwhile;
    /// [`crate::GewuError::InvalidInput`] for a passphrase that is too short.
    pub fn sign_out(&self, unsent: UnsentWork) -> Answer<()> {
        Ok(self.core.sign_out(unsent)?)
    }
}

impl Core {
    fn sign_out(&self, unsent: UnsentWork) -> Result<()> {
        let (work, waiting) = self.read(|tx| Ok((Work::read(tx)?, count_unsent(tx)?)))?;
        if let UnsentWork::Export(folder) = &unsent {
            return self.leave_with(folder, &work);
        }
        self.check_none_aside()?;
        match unsent {
            UnsentWork::Seal(passphrase) => self.lock_up(&passphrase, &work, waiting),
            UnsentWork::Refuse if waiting == 0 && work.drafts.is_empty() => {
                self.forget(|tx| work.is_still(tx))
            }
            _ => Err(DeviceError::NotNow(
                "something is not sent or not handed in yet; do that and sync first, or export it or lock it up and sign out then",
            )),
        }
    }

    /// Leaves when all that nobody else has is in the folder, what lies aside with it.
    fn leave_with(&self, folder: &Path, work: &Work) -> Result<()> {
        self.export_unsent(folder)?;
        self.export_asides(folder)?;
        self.forget(|tx| work.is_still(tx))?;
        self.remove_asides()
    }

    /// Removes everything that is somebody's, whatever is lost by it, and databases that were moved aside.
    pub(crate) fn forget_all(&self) -> Result<()> {
        self.forget(|_| Ok(()))?;
        self.remove_asides()
    }

    /// Removes keys, cases, drafts and files, unless `check` objects in the same transaction. What is
    /// cut off after that is finished when the device is opened again.
    pub(super) fn forget(&self, check: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
        let files = self.files_to_leave()?;
        // Whoever is saving ends before, or finds nobody enrolled.
        let alone = self.alone_with_files();
        self.write(|tx| {
            check(tx)?;
            forget_everything(tx)?;
            meta::put_number(tx, meta::LEAVING, 1)
        })?;
        self.set_identity(None);
        self.forget_packs();
        drop(alone);
        self.finish_leaving(&files)
    }

    /// Goes on with a leave that an earlier process did not come to the end of, before anybody enrols
    /// with the keys of whoever left, and removes a locker that is not needed.
    pub(super) fn leave_on(&self) -> Result<()> {
        self.drop_locker()?;
        if self
            .read(|tx| meta::get_number(tx, meta::LEAVING))?
            .is_none()
        {
            return Ok(());
        }
        let files = self.files_to_leave()?;
        self.finish_leaving(&files)
    }

    /// Every file but those in lockers.
    fn files_to_leave(&self) -> Result<Vec<String>> {
        let mut files = self.options.host.files.list("")?;
        files.retain(|path| !is_locker(path));
        Ok(files)
    }

    fn finish_leaving(&self, files: &[String]) -> Result<()> {
        let host = &self.options.host;
        host.secrets.delete(DEVICE_KEY)?;
        host.secrets.delete(CASE_SECRET)?;
        files
            .iter()
            .try_for_each(|path| host.files.remove(path).map_err(DeviceError::from))?;
        // What was removed must not stay readable in the log either.
        self.db.fold_log()?;
        self.write(|tx| meta::remove(tx, meta::LEAVING))
    }
}

/// What somebody who leaves would leave behind.
#[derive(PartialEq)]
pub(super) struct Work {
    changes: Vec<ChangeHash>,
    commands: Vec<Digest>,
    pub(super) drafts: Vec<Draft>,
}

impl Work {
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.commands.is_empty() && self.drafts.is_empty()
    }

    /// An error when something was saved since.
    pub(super) fn is_still(&self, tx: &Connection) -> Result<()> {
        match Self::read(tx)? == *self {
            true => Ok(()),
            false => Err(DeviceError::Busy("save")),
        }
    }

    pub(super) fn read(tx: &Connection) -> Result<Self> {
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
        meta::ACCOUNT,
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
