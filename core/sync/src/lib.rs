//! How device and server speak, what the device does when, and what the server lets in.
//!
//! Three state machines without I/O:
//!
//! - [`wire`] is one exchange as bytes, [`auth`] the signature on every request,
//!   [`token`] the one in place of many for programs that bring files;
//! - [`machine`] decides on the device what to do next: exchange, upload, wait;
//! - [`gate`] judges on the server each change that arrives.

pub mod auth;
pub mod gate;
pub mod machine;
pub mod token;
pub mod verdict;
pub mod wire;
