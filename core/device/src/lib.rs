//! Under construction.

pub mod db;
pub mod files;
pub mod host;
