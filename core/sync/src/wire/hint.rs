//! Hints: that there is news, never what.
//!
//! A device in use leaves one request standing at the server. It is answered as soon as something changed
//! for the device, or when its time is over. The answer is not signed and proves nothing: whoever forges
//! one causes an exchange, whoever swallows one delays the news until the device's own timer.

use minicbor::{Decode, Encode};

/// The path of hints.
pub const HINTS_PATH: &str = "/v1/hints";

/// The longest that a server lets a request for hints stand, in seconds: less than what proxies and
/// mobile networks bear without traffic.
pub const MAX_HINT_WAIT_S: u64 = 50;

/// What a device waits for: anything after where its cursors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HintQuery {
    /// The generation of its cursors.
    pub generation: u64,
    /// The lowest position of its cursors.
    pub after: u64,
    /// How long it waits, in seconds; the server waits [`MAX_HINT_WAIT_S`] at most.
    pub wait_s: u64,
}

impl HintQuery {
    /// The path with its query, as it is signed and sent.
    pub fn path(&self) -> String {
        format!(
            "{HINTS_PATH}?generation={}&after={}&wait={}",
            self.generation, self.after, self.wait_s
        )
    }

    /// Reads the query of a path; parts that are unknown are left out, each known one must be there.
    pub fn parse(query: &str) -> Option<Self> {
        let part = |name: &str| {
            let mut parts = query.split('&').filter_map(|part| part.split_once('='));
            let (_, value) = parts.find(|(known, _)| *known == name)?;
            value.parse().ok()
        };
        Some(Self {
            generation: part("generation")?,
            after: part("after")?,
            wait_s: part("wait")?,
        })
    }
}

/// The answer. It is no empty one, because that is what networks answer that want a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hint {
    /// The version of the exchange that the server speaks.
    #[n(0)]
    pub protocol: u32,
    /// Whether an exchange would bring something.
    #[n(1)]
    pub news: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_it_is_written_and_nothing_else_is() {
        let query = HintQuery {
            generation: 7,
            after: 180,
            wait_s: 25,
        };
        let path = query.path();
        let (at, written) = path.split_once('?').expect("a query");
        assert_eq!((at, HintQuery::parse(written)), (HINTS_PATH, Some(query)));
        let more = HintQuery::parse("later=1&wait=25&after=180&generation=7");
        assert_eq!(more, Some(query));
        for bad in ["", "generation=7&after=180", "generation=7&after=-1&wait=2"] {
            assert_eq!(HintQuery::parse(bad), None, "{bad}");
        }
    }
}
