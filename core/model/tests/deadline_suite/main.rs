//! Due times: known vectors, and a reference that counts minute by minute.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod clocks;
mod naive;
mod nodes;
mod packs;
mod properties;
mod shares;
mod tree;
mod vectors;
