//! The platform's key store.

use std::sync::Arc;

use gewu::host::{SecretError, SecretStore};
use zeroize::Zeroizing;

use super::HostError;

/// Keeps small secrets by name: the keys of the device. What [`HostSecrets::put`] returned for
/// survives a loss of power. It must not be part of a backup that holds the device's folder.
///
/// A store that was emptied answers with nothing, never with an error: the user then enrols again
/// and nothing else is lost.
#[uniffi::export(foreign)]
pub trait HostSecrets: Send + Sync {
    /// The secret of this name, if there is one. Names are small letters, digits and `-`.
    fn get(&self, name: String) -> Result<Option<Vec<u8>>, HostError>;

    /// Keeps a secret in place of what was there; what was there stays when this fails.
    fn put(&self, name: String, secret: Vec<u8>) -> Result<(), HostError>;

    /// Removes the secret of this name, if there is one.
    fn remove(&self, name: String) -> Result<(), HostError>;
}

/// The host's key store as the core sees it.
pub(crate) struct Secrets(pub(crate) Arc<dyn HostSecrets>);

const fn refused(error: HostError) -> SecretError {
    SecretError::Unavailable(match error {
        HostError::Locked => "the device is locked",
        _ => "the app's key store refused",
    })
}

impl SecretStore for Secrets {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let found = self.0.get(name.to_owned()).map_err(refused)?;
        Ok(found.map(Zeroizing::new))
    }

    fn put(&self, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        self.0
            .put(name.to_owned(), secret.to_vec())
            .map_err(refused)
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.0.remove(name.to_owned()).map_err(refused)
    }
}
