//! The sync server: what it keeps, how it judges, and HTTP over both.
//!
//! [`Core`] is the server without HTTP. It is synchronous, takes the time as an argument of every
//! call, and is what a simulator drives:
//!
//! ```no_run
//! # use gewu_server::*;
//! # use gewu_model::time::Millis;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Millis(0);
//! let core = Core::open(CoreOptions::in_folder("city".as_ref())?, now)?;
//! core.publish_pack("policy", "built-in", 1, b"{}", now)?; // and a catalogue
//! let operator = core.first_operator("city/operator.token".as_ref())?;
//! let grant = CodeGrant {
//!     user: "li".into(),
//!     roles: vec!["inspector".into()],
//!     units: vec![],
//!     duty_grids: vec!["D1".into()],
//!     reach: Default::default(),
//!     any_grid: false,
//! };
//! let code = core.new_code(&grant, 72, now)?;
//! # let (enrol, request, photo): (gewu_sync::wire::EnrolRequest, gewu_sync::wire::Request, Vec<u8>) = todo();
//! let enrolled = core.enrol(&enrol, now)?;
//! let caller = core.caller(enrol.key.id())?; // over HTTP: core.authenticate(claim, …)
//! core.put_file(&caller, photo, now)?; // over HTTP: tus
//! let response = core.exchange(&caller, &request, now)?;
//! # Ok(()) }
//! # fn todo<T>() -> T { unreachable!() }
//! ```
//!
//! Operators decide with [`Core::decide`] and open cases with [`Core::register`]; devices send
//! commands in their exchanges.

mod backup;
mod cards;
mod core;
mod erased;
pub mod host_token;
mod http;
mod media;
mod seam;
mod store;

pub use crate::backup::{BackupError, Copied, backup, restore, restore_with};
pub use crate::cards::CardKeySource;
pub use crate::core::{
    Access, AccountView, Anyway, Caller, CasePage, ClockDoubt, CodeGrant, ContactNews, ContactView,
    Core, CoreError, CoreOptions, DecideError, Decided, Decision, DeviceView, EnrolError,
    ExchangeError, HostAppView, KeySource, NewCase, NewCode, NewToken, OpenError, Operator,
    PackPart, Publication, Ran, Refused, RegisterError, Registered, Reissued, Scrubbed, Served,
    Settings, TokenGrant, TokenView, Upload, UploadError, WipeView, read_key, signing_keys,
};
pub use crate::http::{Running, ServeError, ServeOptions, TlsError, TlsFiles, run, serve, service};
pub use crate::seam::{Clock, Entropy, OsEntropy, SystemClock};
pub use crate::store::StoreError;
pub use crate::store::sqlite::{Database, Synchronous};
