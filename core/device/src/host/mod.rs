//! What the SDK asks of its host, as small synchronous traits.
//!
//! Nothing else in this crate reads a clock, draws randomness, keeps a key, writes a log line or
//! opens a connection. A shell (Kotlin, Swift, the command line) passes its own implementations
//! or the ones here; the simulator passes ones that stop time and cut connections. The seam to
//! the disk is [`crate::files`] and, for SQLite, the VFS that [`crate::db::OpenOptions`] names.
//!
//! The traits are synchronous because foreign async traits do not survive Swift 6 language mode,
//! and because the sync machine is one thread that does one thing at a time.

mod clock;
mod connectivity;
mod entropy;
#[cfg(feature = "http")]
mod http;
mod log;
mod secrets;
mod transport;

pub use clock::{Clock, SystemClock};
pub use connectivity::{AnyNetwork, Connectivity, NetworkKind};
pub use entropy::{Entropy, OsEntropy};
#[cfg(feature = "http")]
pub use http::{HttpOptions, HttpTransport, TlsRoots};
pub use log::{LogLevel, LogLine, LogSafe, LogSink, NoLog};
pub use secrets::{FolderSecrets, SecretError, SecretStore};
pub use transport::{
    HttpRequest, HttpResponse, HttpSetupError, Method, Transport, TransportError, check_address,
};
