//! The simulator: some days of a city's life, played again from one number.
//!
//! Five to ten phones, in one seed of fifty more (the real SDK on [`crate::disk::SimDisk`]), an operator
//! and the real server live in one process. The network ([`network`]) loses, repeats, delays, cuts and
//! lies; phones ([`phone`]) lose power between any two steps of their disks, run out of room for a
//! moment or for long, lose their keys, get a newer app and have clocks that jump and run back; the
//! server is stopped, its clock jumps, its disk refuses uploads, and it burns down and comes back from a
//! copy; in every second city the disk under its database tears, fails and fills ([`shaken`]). Devices are retired, fall into wrong hands and are replaced, duty grids change hands. People
//! ([`day`], [`acts`], [`operator`], [`desk`]) do what their roles ask of them, in every kind of entry,
//! and sometimes what they must not. The seed decides all of it, and time passes only when a run says so.
//!
//! At every step what a phone counts as unsent is what it was but for what it was told ([`owing`]), and
//! what it stops counting the server has. When the faults end everybody syncs a bounded number of times,
//! and nobody restarts anything. Then ([`verdict`]):
//!
//! - every save that returned is an accepted entry at the server, with its text and with every
//!   photo under its right hash, or is named as set aside, with the reason, on its phone and at the
//!   server;
//! - nothing was taken twice;
//! - every replica of a case has the server's state hash, and its projection is its fold;
//! - nothing is counted as unsent, and syncing has become quiet;
//! - every decision on the view just read was carried out, and none on another view;
//! - no entry of a role that the policy does not give its kind to, or of a modified app, took effect.
//!
//! What runs have met is counted ([`coverage`]).
//!
//! What it does not do: the server's files lie in a plain folder that does not tear, its database fails
//! while devices ask and not while operators do, and there is one of it. A newer app is two schemas newer.
//! In a run in which the server is restored from a copy no citizen loses their keys, and the other way round.

pub mod acts;
pub mod centre;
pub mod coverage;
pub mod day;
pub mod desk;
pub mod host;
pub mod ledger;
pub mod many;
pub mod network;
pub mod operator;
pub mod owing;
pub mod people;
pub mod phone;
pub mod pictures;
pub mod rules;
pub mod shaken;
pub mod storage;
pub mod story;
pub mod verdict;
mod world;

pub use world::{Lived, Outcome, Setup, live, run};
