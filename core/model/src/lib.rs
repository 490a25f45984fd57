//! The words of Gewu (格物): what a case is, who may write in it, and what follows from what was
//! written. Pure: no I/O, no clock, no randomness.
//!
//! - A case is an add-only document. Each [`change`] carries one [`entry`], signed by its author's
//!   key ([`signed`], [`cert`]).
//! - [`fold`] derives the state of the case from its entries and their causality.
//! - [`policy`] and [`catalogue`] are a city's rules and classes, as data in signed packs ([`pack`]).
//! - [`deadline`] counts in working calendars: limits, due times, lights.
//! - [`content`] and [`media`] lie beside the history and are named in it by digest.
//! - [`scope`], [`status`] and [`receipt`] are what travels between server and device about a case.

pub mod case;
pub mod catalogue;
pub mod cbor;
pub mod cert;
pub mod change;
pub mod command;
pub mod contact;
pub mod content;
pub mod crypto;
pub mod deadline;
pub mod entry;
pub mod fold;
pub mod ids;
mod json_bytes;
pub mod labels;
pub mod media;
pub mod nearest;
pub mod once;
pub mod pack;
pub mod place;
pub mod policy;
pub mod receipt;
pub mod redaction;
pub mod scope;
pub mod signed;
pub mod small;
pub mod state;
pub mod status;
pub mod time;
