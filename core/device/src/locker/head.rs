//! Which lockers there are, and what stands on their doors.

use std::collections::BTreeSet;

use gewu_model::ids::{from_hex, to_hex};
use gewu_model::small::Arrange as _;
use gewu_model::time::Millis;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::stream::part;
use super::{PART, SALT};
use crate::error::{DeviceError, Result};
use crate::files::{Files, FilesError};

/// Where lockers lie. Whoever signs out leaves this folder alone.
pub(crate) const FOLDER: &str = "lockers";
const HEAD: &str = "head.json";
const VERSION: u32 = 1;
/// By how many bytes a sealed part is longer than what is in it.
const TAG: u64 = 16;
/// How long every part is but the last.
const SEALED: u64 = PART as u64 + TAG;

/// What every head says.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|_| DeviceError::Damaged)
}

/// What can be read of a locker without its passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    version: u32,
    pub(crate) check: String,
    pub(crate) parts: u64,
    pub(crate) user: String,
    pub(crate) sealed_at: Millis,
    pub(crate) unsent: u32,
    pub(crate) drafts: u32,
}

impl Head {
    /// The head of a locker of this format.
    pub(crate) fn new(
        check: String,
        parts: u64,
        (user, sealed_at): (String, Millis),
        (unsent, drafts): (u32, u32),
    ) -> Self {
        Self {
            version: VERSION,
            check,
            parts,
            user,
            sealed_at,
            unsent,
            drafts,
        }
    }

    /// The version is looked at first: nobody knows what else a newer head says.
    fn read(bytes: &[u8]) -> Result<Self> {
        let Version { version } = read_json(bytes)?;
        match version {
            VERSION => read_json(bytes),
            0 => Err(DeviceError::Damaged),
            _ => Err(DeviceError::Newer(
                "a newer app locked this; update the app to unlock it",
            )),
        }
    }

    /// Whether as many parts lie there as the head says, each as long as it has to be.
    pub(crate) fn fits(&self, files: &dyn Files, name: &str) -> Result<bool> {
        let folder = folder(salt(name)?);
        for number in 0..self.parts {
            let bytes = files.len(&part(&folder, number))?;
            let whole = match number + 1 == self.parts {
                true => bytes.is_some_and(|bytes| (TAG..=SEALED).contains(&bytes)),
                false => bytes == Some(SEALED),
            };
            if !whole {
                return Ok(false);
            }
        }
        Ok(self.parts > 0)
    }
}

/// The folder of a locker. Its name is its key's salt.
pub(crate) fn folder(salt: [u8; SALT]) -> String {
    format!("{FOLDER}/{}", to_hex(&salt))
}

/// The salt that a locker is named by.
pub(crate) fn salt(name: &str) -> Result<[u8; SALT]> {
    let bytes = from_hex(name).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(DeviceError::NotFound("the locker"))
}

/// Whether a file belongs to a locker.
pub(crate) fn is_locker(path: &str) -> bool {
    path.split('/').next() == Some(FOLDER)
}

/// Every locker by name, with its head or why that cannot be read; those that can be read first, the
/// oldest first.
pub(crate) fn lockers(files: &dyn Files) -> Result<Vec<(String, Result<Head>)>> {
    let mut names = BTreeSet::new();
    for path in files.list(FOLDER)? {
        let name = path.split('/').nth(1).filter(|name| salt(name).is_ok());
        names.extend(name.map(str::to_owned));
    }
    let found = names.into_iter().map(|name| {
        let head = head(files, &name);
        (name, head)
    });
    let mut found: Vec<_> = found.collect();
    found.arrange_by_key(|(_, head)| head.as_ref().map_or(i64::MAX, |head| head.sealed_at.0));
    Ok(found)
}

/// The head of the locker of that name. [`DeviceError::Damaged`] when it is gone.
pub(crate) fn head(files: &dyn Files, name: &str) -> Result<Head> {
    match files.read(&format!("{}/{HEAD}", folder(salt(name)?))) {
        Ok(bytes) => Head::read(&bytes),
        Err(FilesError::NotFound) => Err(DeviceError::Damaged),
        Err(error) => Err(error.into()),
    }
}

/// Makes a locker whole.
pub(crate) fn put_head(files: &dyn Files, folder: &str, head: &Head) -> Result<()> {
    let text = serde_json::to_vec(head).map_err(|_| DeviceError::Damaged)?;
    Ok(files.put_atomic(&format!("{folder}/{HEAD}"), &text)?)
}

/// How many bytes the files of a locker have.
pub(crate) fn lying_bytes(files: &dyn Files, name: &str) -> Result<u64> {
    let paths = files.list(&folder(salt(name)?))?;
    let bytes: std::result::Result<Vec<_>, _> = paths.iter().map(|path| files.len(path)).collect();
    Ok(bytes?.into_iter().flatten().sum())
}

/// Removes a locker, whole or not, and its folder. The head goes first: what is left shows as damaged.
pub(crate) fn remove(files: &dyn Files, folder: &str) -> std::result::Result<(), FilesError> {
    files.remove(&format!("{folder}/{HEAD}"))?;
    for path in files.list(folder)? {
        files.remove(&path)?;
    }
    files.remove_empty(folder)?;
    files.remove_empty(FOLDER)
}
