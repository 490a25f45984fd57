//! What the fold promises: stories told in words, laws over generated histories, a search through
//! all short histories, hostile rows, and the agreement of log, document and `docs/workflow.md`.
#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test may fail as loudly as the test"
)]

mod checker;
mod clocks;
mod document;
mod duplicates;
mod elsewhere;
mod entries;
mod facts;
mod having;
mod hostile;
mod laws;
mod legal;
mod mutations;
mod newer;
mod pins;
mod requests;
mod settled;
mod shown;
mod speed;
mod stories;
mod story;
mod workflow;
mod world;
