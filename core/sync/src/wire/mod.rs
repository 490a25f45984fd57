//! One exchange: what a device sends to `POST /v1/sync`, and what comes back. CBOR with integer
//! keys; a reader ignores keys that it does not know, a writer leaves out what it has not.

mod enrol;
mod request;
mod response;

pub use enrol::{EnrolRequest, EnrolResponse};
pub use request::{CasePush, CounterStatement, Cursor, EarlierWords, PackHave, Request};
pub use response::{
    CasePull, Membership, Notice, NoticeCode, OutOfUse, PackOffer, PulledChange, Response,
};

/// The version of the exchange. A server that cannot speak it answers 426 with its own.
pub const PROTOCOL: u32 = 1;

/// The media type of an exchange.
pub const CONTENT_TYPE: &str = "application/cbor";

/// The largest request body that a server reads, in bytes.
pub const MAX_REQUEST_BYTES: usize = 8 << 20;

/// The most signed words of earlier lives ([`EarlierWords`]) that one request may carry.
pub const MAX_WORDS: usize = 500;

/// The most changes that one request may carry.
pub const MAX_CHANGES: usize = 2_000;
