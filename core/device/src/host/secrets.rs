//! Where keys are kept: the platform's key store, or a folder.

use std::path::Path;

use zeroize::Zeroizing;

use crate::files::{Files, FilesError, FolderFiles};

/// Why a secret could not be read or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The name has characters that not every key store takes.
    #[error("the secret's name must be lower-case letters, digits, '-' and '_'")]
    BadName,
    /// The folder behind the store refused.
    #[error("the key folder cannot be used: {0}")]
    Folder(#[from] FilesError),
    /// The platform's key store refused; the text is fixed and safe to log.
    #[error("the key store cannot be used: {0}")]
    Unavailable(&'static str),
}

/// Keeps small secrets by name. What [`SecretStore::put`] returned for survives power loss.
///
/// A store that was emptied (a restored backup, a changed screen lock) answers `None`, never an
/// error: the caller then enrols again and keeps its data.
pub trait SecretStore: Send + Sync {
    /// The secret of this name, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read; absence is not an error.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError>;

    /// Keeps `secret` under this name in place of what was there.
    ///
    /// # Errors
    /// When it could not be kept; what was there is then still there.
    fn put(&self, name: &str, secret: &[u8]) -> Result<(), SecretError>;

    /// Removes the secret of this name, if there is one.
    ///
    /// # Errors
    /// When it could not be removed.
    fn delete(&self, name: &str) -> Result<(), SecretError>;
}

/// Secrets as files that only their owner may read, in a folder of their own. For the command
/// line and tests; a phone has a key store.
#[derive(Debug)]
pub struct FolderSecrets {
    files: FolderFiles,
}

impl FolderSecrets {
    /// The store in `folder`, which is made if need be.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, SecretError> {
        Ok(Self {
            files: FolderFiles::open(folder)?,
        })
    }
}

impl SecretStore for FolderSecrets {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        match self.files.read(checked(name)?) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(FilesError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn put(&self, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        Ok(self.files.put_atomic(checked(name)?, secret)?)
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        Ok(self.files.remove(checked(name)?)?)
    }
}

fn checked(name: &str) -> Result<&str, SecretError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= 64 && name.chars().all(plain) {
        Ok(name)
    } else {
        Err(SecretError::BadName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_kept_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = FolderSecrets::open(folder.path()).unwrap();
        assert_eq!(secrets.get("device-key").unwrap(), None);
        secrets.put("device-key", b"one").unwrap();
        secrets.put("device-key", b"two").unwrap();
        let again = FolderSecrets::open(folder.path()).unwrap();
        assert_eq!(again.get("device-key").unwrap().unwrap().as_slice(), b"two");
        again.delete("device-key").unwrap();
        again.delete("device-key").unwrap();
        assert_eq!(secrets.get("device-key").unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let secrets = FolderSecrets::open(folder.path().join("keys")).unwrap();
        secrets.put("device-key", b"one").unwrap();
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path().join("keys")), 0o700);
        assert_eq!(mode(folder.path().join("keys/device-key")), 0o600);
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = FolderSecrets::open(folder.path()).unwrap();
        for name in ["", "../x", "a/b", "A", ".x", "x\0", &"x".repeat(65)] {
            assert_eq!(
                secrets.put(name, b"x"),
                Err(SecretError::BadName),
                "{name:?}"
            );
        }
    }
}
