//! One byte range of a file (RFC 9110 §14).

use std::ops::Range;

/// What a `Range` header asks of a file of `len` bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// The whole file: no header, one that is not understood, or several ranges at once.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Nothing that the file has.
    Outside,
}

/// Reads a `Range` header.
pub(super) fn asked(header: Option<&str>, len: u64) -> Asked {
    let Some((first, last)) = header
        .and_then(|header| header.strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| match text {
        "" => Some(None),
        digits => digits.parse::<u64>().ok().map(Some),
    };
    let range = match (number(first), number(last)) {
        (Some(Some(first)), Some(None)) => first..len,
        (Some(Some(first)), Some(Some(last))) if first <= last => {
            first..len.min(last.saturating_add(1))
        }
        (Some(None), Some(Some(suffix))) => len.saturating_sub(suffix)..len,
        _ => return Asked::Whole,
    };
    if range.is_empty() {
        Asked::Outside
    } else {
        Asked::Part(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        assert_eq!(asked(None, 10), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-3"), 10), Asked::Part(0..4));
        assert_eq!(asked(Some("bytes=4-"), 10), Asked::Part(4..10));
        assert_eq!(asked(Some("bytes=-3"), 10), Asked::Part(7..10));
        assert_eq!(asked(Some("bytes=-30"), 10), Asked::Part(0..10));
        assert_eq!(asked(Some("bytes=5-99"), 10), Asked::Part(5..10));
        assert_eq!(asked(Some("bytes=10-"), 10), Asked::Outside);
        assert_eq!(asked(Some("bytes=-0"), 10), Asked::Outside);
        for odd in [
            "bytes=3-1",
            "bytes=a-b",
            "lines=0-1",
            "bytes=0-1,4-5",
            "bytes=-",
        ] {
            assert_eq!(asked(Some(odd), 10), Asked::Whole, "{odd}");
        }
    }
}
