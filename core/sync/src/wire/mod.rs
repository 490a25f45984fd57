//! One exchange: what a device sends to `POST /v1/sync`, and what comes back. CBOR with integer
//! keys; a reader ignores keys that it does not know, a writer leaves out what it has not.

mod enrol;
mod hint;
mod packed;
mod reading;
mod request;
mod response;
mod short_receipt;
mod standing;

pub use enrol::{EnrolRequest, EnrolResponse, MAX_HOST_TOKEN_BYTES};
pub use hint::{HINTS_PATH, Hint, HintQuery, MAX_HINT_WAIT_S};
pub use packed::{
    ACCEPT_POST_HEADER, PACKED_TYPE, UnpackError, WORTH_PACKING, names_packed, pack, saves, unpack,
};
pub use reading::{READS_READINGS, Reading};
pub use request::{CasePush, CounterStatement, Cursor, EarlierWords, PackHave, Request};
pub use response::{
    CasePull, Membership, Notice, NoticeCode, OutOfUse, PackOffer, PulledChange, Response,
};
pub use short_receipt::{Placed, READS_SHORT_RECEIPTS, ShortReceipt};
pub use standing::{READS_ONE_POSITION, shorten};

/// The version of the exchange. A server that cannot speak it answers 426 with its own.
pub const PROTOCOL: u32 = 1;

/// The media type of an exchange.
pub const CONTENT_TYPE: &str = "application/cbor";

/// Where a device says that it removes everything now, as the server asked it to.
pub const WIPED_PATH: &str = "/v1/wiped";

/// The largest request body that a server reads, in bytes.
pub const MAX_REQUEST_BYTES: usize = 8 << 20;

/// The largest response body that a device reads, unpacked, in bytes.
pub const MAX_RESPONSE_BYTES: usize = 64 << 20;

/// The most signed words of earlier lives ([`EarlierWords`]) that one request may carry.
pub const MAX_WORDS: usize = 500;

/// The most cases of which one request may want the receipt whole.
pub const MAX_WHOLE_RECEIPTS: usize = 500;

/// The most changes that one request may carry.
pub const MAX_CHANGES: usize = 2_000;
