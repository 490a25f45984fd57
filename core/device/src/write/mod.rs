//! How changes come to be: the log of a case in memory, authoring, the projection, and what
//! happens when the server sets something aside.

pub(crate) mod author;
pub(crate) mod log;
pub(crate) mod pen;
pub(crate) mod project;
pub(crate) mod rebase;
pub(crate) mod sign;

pub(crate) use author::{Links, Stamp};
pub(crate) use log::{CaseLog, Logged};
pub(crate) use pen::Pen;
pub(crate) use project::project;
pub(crate) use sign::sign_for;
