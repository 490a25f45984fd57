//! The driver of the sync machine: it carries out what [`gewu_sync::machine`] says.
//!
//! - [`http`] signs requests and reads what an answer means;
//! - [`build`] makes the request of one exchange from one moment of the store;
//! - [`apply`] puts its response into the store in one transaction;
//! - [`upload`] and [`download`] move files and packs;
//! - [`driver`] runs the machine until there is nothing left to do, [`steps`] are its effects,
//!   [`past`] says how it ended, and [`wipe`] clears a device that was lost.
//!
//! Any of it may be cut at any instant: what was not applied is asked for again, and what was
//! applied without our noticing is answered alike the next time.

mod apply;
mod build;
mod download;
mod driver;
mod http;
mod listen;
mod past;
mod post;
mod steps;
mod tally;
mod upload;
mod wipe;

pub(crate) use apply::{Wanted, keep_certificate};
pub(crate) use build::unsent_cases;
pub(crate) use download::download_photo;
pub(crate) use driver::{monotonic, run};
pub(crate) use http::{Traffic, Trouble, city_at, post_enrol, send_resource};
pub(crate) use listen::listen;
pub(crate) use upload::{At as UploadAt, Upload};
