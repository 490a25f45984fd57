//! What a host may do in the SDK's place: keep secrets, take log lines, carry requests. Small
//! synchronous traits that the app implements; each is called from any thread.

mod log;
mod secrets;
mod transport;

pub use log::{HostLog, LogLevel, LogRecord};
pub use secrets::HostSecrets;
pub use transport::{HostTransport, HttpAnswer, HttpHeader, HttpOrder};

pub(crate) use log::Logging;
pub(crate) use secrets::Secrets;
pub(crate) use transport::HostConnector;

/// Why a host could not do what the SDK asked of it. Anything else that is thrown counts as
/// [`HostError::Failed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// No connection, or it broke before the answer was complete.
    #[error("the server cannot be reached")]
    Offline,
    /// Nothing came for too long.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server did not prove who it is.
    #[error("no secure connection to the server")]
    Insecure,
    /// Somebody called [`HostTransport::cancel`].
    #[error("the request was cancelled")]
    Cancelled,
    /// The key store refuses now: the device is locked.
    #[error("the key store cannot be used now")]
    Locked,
    /// Something else; it is not logged.
    #[error("the host failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}
