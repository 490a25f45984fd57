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
    /// # Errors
    /// [`crate::GewuError::Storage`] when the folder cannot be written.
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
}
