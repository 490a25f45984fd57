//! The server from outside: in process where the rules are meant, over HTTP where HTTP is.

mod backups;
mod decisions;
mod enrolment;
mod exchanges;
mod feeds;
mod http;
mod kit;
mod operators;
mod uploads;
