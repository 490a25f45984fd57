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
//!   objects may be shared between threads. [`CancelHandle`] stops a sync, as there is no other
//!   cancellation across the border.
//! - **Identities cross as text**, times as milliseconds since 1970, photos as paths of files.
//!   Text that is no identity is [`SdkError::InvalidInput`] and not a crash.

mod cancel;
mod error;
mod gewu_object;
mod ids;
mod types;

pub use cancel::CancelHandle;
pub use error::{SdkError, StorageProblem};
pub use gewu_object::Gewu;
pub use ids::{
    CaseId, ChangeHash, CityId, Digest, FilePath, GridCode, KeyId, KindName, Millis, PageKey, Role,
    UnitId, UserId,
};
pub use types::*;

uniffi::setup_scaffolding!("gewu");
