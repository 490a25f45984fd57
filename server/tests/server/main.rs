//! The server from outside: in process where the rules are meant, over HTTP where HTTP is.
#![allow(clippy::expect_used)] // a helper of a test fails like the test itself

mod backups;
mod bearers;
mod care;
mod citizens;
mod clocks;
mod commands;
mod contacts;
mod contacts_again;
mod decisions;
mod downloads;
mod enrolment;
mod erasures;
mod exchanges;
mod feeds;
mod full;
mod grids;
mod hostile;
mod http;
mod kit;
mod late;
mod lives;
mod more_time;
mod operators;
mod packs;
mod readings;
mod reissue;
mod requests;
mod scopes;
mod separation;
mod services;
mod shown;
mod texts;
mod ties;
mod uploads;
mod wishes;
