//! The SDK on one device, against a city in memory that answers as it is told.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![allow(unreachable_pub, reason = "a test binary has no public")]

mod accounts;
mod aside;
mod bundles;
mod cases;
mod checkups;
mod citizens;
mod clocks;
mod contacts;
mod drafts;
mod erasures;
mod exchange;
mod forgetting;
mod lists;
mod lockers;
mod losses;
mod lying;
mod opening;
mod overtaken;
mod packed;
mod packs;
mod photos;
mod place;
#[cfg(target_os = "linux")]
mod reads;
mod rebase;
mod receipts;
mod refusals;
mod reports;
mod requests;
mod restored;
mod stalls;
mod support;
mod trouble;
mod uploads;
mod whereabouts;
