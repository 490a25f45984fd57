//! The Gewu SDK on a device. [`Gewu`] is the one entry object.
//!
//! - **Nothing accepted is lost.** When a call that saves returns, the work survives power loss.
//!   The device stays responsible for it, counted in [`Gewu::status`], until a receipt signed by
//!   the city's server names it.
//! - **Everything works without the server.** [`Gewu::sync`] may be stopped at any instant and run
//!   again.
//! - **Every seam is the host's** ([`Host`]): clocks, randomness, keys, files, network, log. A folder
//!   with real ones is [`Gewu::open_folder`].
//!
//! ```no_run
//! use gewu::{CancelToken, Consent, Gewu, PhotoInput, PositionInput, Query, ReportInput};
//! use gewu_model::entry::{ClassKind, ClassRef};
//! use gewu_model::media::EvidenceRole;
//!
//! # fn main() -> Result<(), gewu::GewuError> {
//! let gewu = Gewu::open_folder("inspector")?;
//! gewu.consent(&Consent { terms: "2026-01".into() })?;
//! gewu.enrol("http://127.0.0.1:8080", Some("K7PX-93QD"))?;
//! let saved = gewu.report(ReportInput {
//!     class: Some(ClassRef { kind: ClassKind::Component, code: "01002".into() }),
//!     position: Some(PositionInput::wgs84(123.4227, 41.7999).accurate_to(5.0)),
//!     text: Some("井盖缺失".into()),
//!     photos: vec![PhotoInput::file("cover.jpg", EvidenceRole::Scene)],
//!     ..ReportInput::default()
//! })?;
//! gewu.sync(&mut |_| {}, &CancelToken::new())?;
//! println!("{} is {}", saved.case, gewu.show(saved.case)?.row.stage.name());
//! # Ok(()) }
//! ```
//!
//! # Inside
//!
//! The signed change log is the truth ([`db`], `store`). A save encodes the change directly, signs
//! it and writes change, intent, content and projection in one transaction; whatever has no
//! receipt is the outbox. Lists read the projection alone, which [`Gewu::verify_projection`]
//! compares with a fresh fold. No Automerge document is kept.

mod api;
pub mod db;
mod error;
pub mod files;
mod grids;
pub mod host;
mod identity;
mod locker;
mod options;
mod packs;
pub mod schedule;
mod sdk;
mod store;
mod sync;
mod write;

pub use api::*;
pub use error::{GewuError, StorageProblem};
pub use gewu_evidence::{Progress as PhotoProgress, Stage as PhotoStage};
pub use gewu_sync::machine::Trigger;
pub use gewu_sync::token::Bearer;
#[cfg(feature = "http")]
pub use options::HttpConnector;
pub use options::{BundledPack, Connector, Host, Options};
pub use sdk::{Change, Changes, Ear, Gewu, Nudge, Watch, WatchEvent, nudge};
