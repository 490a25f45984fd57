//! The server over HTTP.
//!
//! | path | who | what |
//! |---|---|---|
//! | `GET /healthz`, `GET /v1/hello` | anybody | is it there, which city and protocol |
//! | `POST /v1/enrol` | a device with its key | [`device`] |
//! | `POST /v1/sync`, `GET /v1/packs/{digest}` | an enrolled device | [`device`] |
//! | `GET /v1/hints` | an enrolled device | [`hints`] |
//! | `POST /v1/wiped` | a device that was to be cleared | [`wipes`] |
//! | `/v1/media…` | an enrolled device, or whoever bears its token | [`tus`], [`receive`] and [`files`] |
//! | `/v1/op/…` | an operator with a token | [`operator`] |
//!
//! Requests of devices are signed over their body, so a body is read whole, within its bound, before
//! anything is believed; that of an upload goes to the disk as it comes. The core's calls block and run on threads of their own.

mod app;
mod asked;
mod codes;
mod device;
mod files;
mod hints;
mod host_apps;
mod keys;
mod lanes;
mod log;
mod operator;
mod packs;
mod problem;
mod purse;
mod range;
mod receive;
mod serve;
mod services;
mod timer;
mod tls;
mod tokens;
mod turns;
mod tus;
mod tus_headers;
mod wipes;

pub use serve::{Running, ServeError, ServeOptions, run, serve, service};
pub use tls::{TlsError, TlsFiles};
