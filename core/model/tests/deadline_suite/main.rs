//! Due times: known vectors, and a reference that counts minute by minute.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod clocks;
#[path = "../fold_suite/entries.rs"]
#[allow(dead_code)] // the other suite uses the rest of it
mod entries;
mod idle;
mod naive;
mod nodes;
mod packs;
mod properties;
mod shares;
mod tree;
mod vectors;
