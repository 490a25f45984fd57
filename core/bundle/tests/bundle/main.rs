//! Bundles whole, bent and hostile. An *outsider* bends a bundle and recomputes every checksum that
//! nobody signed; an *insider* is the exporter and seals anew what was bent.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attacks;
mod flips;
mod hostile;
mod present;
mod support;
#[path = "../common/hostile.rs"]
mod target;
mod unsent;
mod whole;
