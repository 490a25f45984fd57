//! Handing unsent work in otherwise.

use std::collections::BTreeSet;
use std::path::Path;

use gewu_model::cbor;
use gewu_model::ids::Digest;
use gewu_model::small::Gather as _;

use super::status::count_unsent;
use super::{Answer, Core, Gewu};
use crate::error::{DeviceError, Result};
use crate::files::{Files, FilesError, FolderFiles};
use crate::store::{commands, drafts, media};
use crate::sync::unsent_cases;

impl Gewu {
    /// Writes everything without a receipt to a folder: `unsent.cbor`, a list of pushes as an
    /// exchange would carry them, `commands.cbor`, a list of signed commands each with its text,
    /// `drafts.json`, and the photos by hash. Answers how many things wait.
    ///
    /// Reports are as the server would be given them: the contact that one names can be read in it. A draft's
    /// contact is not written. Nothing reads such a folder back yet: it is for whoever rescues the work.
    ///
    /// # Errors
    /// [`crate::GewuError::InvalidInput`] when the folder holds other work that was exported, and
    /// [`crate::GewuError::Storage`] when it cannot be written.
    pub fn export_unsent(&self, folder: &Path) -> Answer<u32> {
        Ok(self.core.export_unsent(folder)?)
    }
}

impl Core {
    pub(super) fn export_unsent(&self, folder: &Path) -> Result<u32> {
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
            .into_set();
        let drafts = serde_json::to_vec(&drafts).map_err(|_| DeviceError::Damaged)?;
        let lists = [
            ("drafts.json", drafts),
            ("commands.cbor", cbor::to_vec(&commands)),
            // The last one: a folder without it was not written to its end.
            ("unsent.cbor", cbor::to_vec(&pushes)),
        ];
        check_free(&target, &lists)?;
        for sha256 in files {
            match self.options.host.files.read(&media::path(&sha256)) {
                Ok(bytes) => target.put_atomic(&format!("media/{sha256}"), &bytes)?,
                Err(FilesError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for (name, bytes) in lists {
            target.put_atomic(name, &bytes)?;
        }
        Ok(count)
    }
}

/// What was exported into the folder before is perhaps all that there is of it.
fn check_free(target: &FolderFiles, lists: &[(&str, Vec<u8>)]) -> Result<()> {
    for (name, bytes) in lists {
        match target.read(name) {
            Ok(there) if there != *bytes => {
                let words = "it holds other exported work; name a folder that is empty";
                return Err(DeviceError::input("folder", words));
            }
            Ok(_) | Err(FilesError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
