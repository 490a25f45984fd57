//! The gate, told as stories: every danger arrives in validly signed bytes.
#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test may fail as loudly as the test"
)]

mod attacks;
mod authors;
mod citizens;
mod counters;
mod dangers;
mod deliveries;
mod histories;
mod instructions;
mod knowledge;
mod more_time;
mod must_accept;
mod orders;
mod permissions;
mod receipts;
mod redactions;
mod roots;
mod rules;
mod settling;
mod speed;
mod story;
