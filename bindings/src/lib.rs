//! The Gewu SDK for Kotlin and Swift, through UniFFI. [`Gewu`] is the one entry object.
//!
//! Nothing is decided here: each function calls the one of the same name in [`gewu`] and turns what
//! goes in and out into shapes that cross the border of languages. Records of the core are restated
//! with `uniffi::remote`, so that a field which drifts stops the build, and UniFFI stays out of the
//! core. Where a record of the core holds more than crosses yet, a smaller one stands here with one
//! `From`.
//!
//! - **Every function returns a [`Result`]**, so that even a panic of the core reaches an app as
//!   something that it can catch.
//! - **Every call blocks** until its work is done; none is `async`. Call from a background thread;
//!   objects may be shared between threads. [`CancelHandle`] stops a sync or the work on a photo, as
//!   there is no other cancellation across the border.
//! - **A screen that lives** listens ([`Gewu::listen`]): it hears that something changed and asks
//!   again. Events cross in batches, as do rows.
//! - **The host may take over** keys, requests and the log: [`OpenOptions`].
//! - **Identities cross as text**, times as milliseconds since 1970, photos as paths of files.
//!   Text that is no identity is [`SdkError::InvalidInput`] and not a crash.

mod cancel;
mod error;
mod gewu_object;
mod host;
mod ids;
mod listen;
mod types;

pub use cancel::CancelHandle;
pub use error::{SdkError, StorageProblem};
pub use gewu_object::{Gewu, PhotoListener, SyncEndListener, SyncListener};
pub use host::{
    HostError, HostLog, HostSecrets, HostTransport, HttpAnswer, HttpHeader, HttpOrder, LogLevel,
    LogRecord,
};
pub use ids::{
    CaseId, ChangeHash, CityId, Digest, DraftId, FilePath, GridCode, KeyId, KindName, Millis,
    PageKey, Role, UnitId, UserId,
};
pub use listen::{ChangeListener, Changed, Listening};
pub use types::*;

uniffi::setup_scaffolding!("gewu");
