//! Time as an argument: nothing in this crate reads a clock.

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Signed 64 bit, so that no limit of days overflows it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Millis(#[n(0)] pub i64);

impl Millis {
    /// This instant moved by `ms` milliseconds, held at the ends of the range.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative when it lies before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How far the clock behind a claimed time may be believed. A claim stays a claim: no order and no
/// deadline follows from it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ClockTrust {
    /// The device's own clock, never compared.
    #[n(0)]
    Device,
    /// Corrected by an offset to the server's clock, and monotonic since.
    #[n(1)]
    ServerOffset,
    /// The device's clock is known to be wrong or was moved since the last comparison.
    #[n(2)]
    Doubtful,
    /// The server's own clock.
    #[n(3)]
    Server,
}

impl ClockTrust {
    /// The number on the wire.
    pub const fn code(self) -> u64 {
        match self {
            Self::Device => 0,
            Self::ServerOffset => 1,
            Self::Doubtful => 2,
            Self::Server => 3,
        }
    }

    /// The trust that a number on the wire means; unknown numbers are the least trust.
    pub const fn from_code(code: u64) -> Self {
        match code {
            1 => Self::ServerOffset,
            2 => Self::Doubtful,
            3 => Self::Server,
            _ => Self::Device,
        }
    }
}
