//! The simulator: some days of a city's life, played again from one number.
//!
//! Three to six phones (the real SDK on [`crate::disk::SimDisk`]), an operator and the real server
//! live in one process. The network ([`network`]) loses, repeats, delays, cuts and lies; phones
//! ([`phone`]) lose power between any two steps of their disks, die, run out of room and have wrong
//! clocks; the server is stopped and started again. People ([`day`], [`operator`]) do what their
//! roles ask of them and sometimes what they must not. The seed decides all of it, and time passes
//! only when a run says so.
//!
//! When the faults end everybody syncs a bounded number of times. Then ([`verdict`]):
//!
//! - every save that returned is an accepted entry at the server, with its text and with every
//!   photo under its right hash, or is named as set aside, with the reason, on its phone and at the
//!   server;
//! - nothing was taken twice;
//! - every replica of a case has the server's state hash, and its projection is its fold;
//! - nothing is counted as unsent, and syncing has become quiet;
//! - every decision on the view just read was carried out, and none on another view.
//!
//! What it does not do yet: the server lives in a plain folder that does not tear (its transactions
//! are SQLite's, and its power does not fail), it is not restored from a backup, and there is one
//! of it.

pub mod centre;
pub mod day;
pub mod host;
pub mod network;
pub mod operator;
pub mod people;
pub mod phone;
pub mod pictures;
pub mod story;
pub mod verdict;
mod world;

pub use world::{Outcome, Setup, run};
