//! Databases that were damaged and moved aside. They may hold what nobody else has, so they are named, and
//! nobody but a person discards them.

use std::collections::BTreeSet;
use std::path::Path;

use gewu_model::ids::Digest;
use gewu_model::small::Gather as _;

use super::scrub::all_named;
use super::{Answer, Core, Gewu};
use crate::api::MovedAside;
use crate::db::{Aside, Database};
use crate::error::{DeviceError, Result};
use crate::files::{Files, FolderFiles};
use crate::store::media;

impl Gewu {
    /// Databases of this device that were damaged and moved aside, the oldest first. Each may hold unsent
    /// work of whoever used the device then: hand the device in for rescue. Until they are discarded nobody
    /// signs out without exporting, and photos that only they may name stay.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn moved_aside(&self) -> Answer<Vec<MovedAside>> {
        let found = self.core.asides()?.into_iter();
        let shown = found.map(|aside| MovedAside {
            name: aside.name,
            moved_at: aside.moved_at,
            bytes: aside.bytes,
        });
        Ok(shown.collect())
    }

    /// Removes a database that was moved aside, for ever: what was unsent in it is lost, and the next scrub
    /// removes the photos that it alone names.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] and [`crate::GewuError::Storage`].
    pub fn discard_moved_aside(&self, name: &str) -> Answer<()> {
        let found = self.core.asides()?;
        let aside = found.iter().find(|aside| aside.name == name);
        let aside = aside.ok_or(DeviceError::NotFound("the damaged database"))?;
        Ok(aside.remove().map_err(DeviceError::from)?)
    }
}

impl Core {
    /// What was moved aside here. A database on a host's own VFS never is.
    pub(super) fn asides(&self) -> Result<Vec<Aside>> {
        let database = &self.options.database;
        match database.vfs {
            None => Ok(Database::moved_aside(&database.path)?),
            Some(_) => Ok(Vec::new()),
        }
    }

    /// Refuses while something lies aside that would be lost, or left for the next user.
    pub(super) fn check_none_aside(&self) -> Result<()> {
        match self.asides()?.is_empty() {
            true => Ok(()),
            false => Err(DeviceError::NotNow(
                "a damaged database lies aside on this device, and what was unsent in it: hand the device in for rescue, export everything and sign out with that, or discard it first",
            )),
        }
    }

    /// Copies what lies aside, and every file that only it may name.
    pub(super) fn export_asides(&self, folder: &Path) -> Result<()> {
        let asides = self.asides()?;
        if asides.is_empty() {
            return Ok(());
        }
        let target = FolderFiles::open(folder)?;
        for sha256 in self.unnamed_files()? {
            let bytes = self.options.host.files.read(&media::path(&sha256))?;
            target.put_atomic(&format!("media/{sha256}"), &bytes)?;
        }
        for aside in asides {
            aside.copy_into(folder)?;
        }
        Ok(())
    }

    /// Files that lie under a hash which nothing here names.
    pub(super) fn unnamed_files(&self) -> Result<BTreeSet<Digest>> {
        let lying = self.lying_files()?;
        let named = self.read(|tx| all_named(tx))?;
        let unnamed = lying.into_iter().filter(|sha256| !named.contains(sha256));
        Ok(unnamed.into_set())
    }

    /// Removes what lies aside, for whoever takes it along or must leave nothing.
    pub(super) fn remove_asides(&self) -> Result<()> {
        let found = self.asides()?;
        Ok(found.iter().try_for_each(Aside::remove)?)
    }
}
