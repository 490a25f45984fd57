//! A first reading that takes several responses.

use gewu_model::scope::Scope;
use minicbor::{Decode, Encode};

/// [`super::Request::reads`]: the device gives a reading back until it has come to its end.
pub const READS_READINGS: u32 = 2;

/// Scopes that a device began to read from their start, in the first of several responses.
///
/// A case that enters one of them is told whole, as it is at that moment. What the feed says of it
/// afterwards is old news up to `head`, where the feed ended when the reading began, and is not told
/// again. The device gives this back with each request until the server says that there is no more.
/// Lost, it costs only that some changes are told twice.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reading {
    /// The last position of the feed when the reading began.
    #[n(0)]
    pub head: u64,
    /// Scopes that are read from their start.
    #[n(1)]
    pub scopes: Vec<Scope>,
    /// About how many rows of the feed were still to be told after this response; 0 in a request.
    #[n(2)]
    pub left: u64,
}
