//! Hashes as people write them: whole, or as far as they tell one thing from the others.

use crate::out::{Failure, plain};

/// How many candidates are named when several begin alike.
const MOST_NAMED: usize = 5;

/// The fewest digits by which a change, a text, a photo or a pack is named.
const LEAST_DIGITS: usize = 8;

/// What hashes name, and where people see them.
pub(crate) struct Among<'w> {
    what: &'w str,
    listed_by: &'static str,
    least: usize,
}

impl<'w> Among<'w> {
    /// The entries of one case, which are few.
    pub(crate) const ENTRIES: Among<'static> = Among {
        what: "entry of this case",
        listed_by: "gewu op show",
        least: 1,
    };

    /// The same, as a device holds it.
    pub(crate) const ON_THE_DEVICE: Among<'static> = Among {
        listed_by: "gewu show",
        ..Self::ENTRIES
    };

    /// What a case shows.
    pub(crate) const fn shown(what: &'w str) -> Self {
        Self {
            what,
            listed_by: "gewu op show",
            least: LEAST_DIGITS,
        }
    }

    /// What waits for an operator.
    pub(crate) const LATE: Among<'static> = Among {
        what: "change that waits for an operator",
        listed_by: "gewu op late",
        least: LEAST_DIGITS,
    };

    /// The packs of a kind in force.
    pub(crate) const fn packs(kind: &'w str) -> Self {
        Self {
            what: kind,
            listed_by: "gewu op packs",
            least: LEAST_DIGITS,
        }
    }
}

/// Of `all` the one whose hash is `written` or begins so.
pub(crate) fn named<'v, T: ?Sized>(
    among: &Among<'_>,
    written: &str,
    all: impl Iterator<Item = (&'v str, &'v T)>,
) -> Result<&'v T, Failure> {
    let Among {
        what,
        listed_by,
        least,
    } = among;
    let written = written.trim().to_ascii_lowercase();
    if written.len() < *least || !written.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::usage(format!(
            "{} is no hash: give its first {least} digits or more",
            plain(&written)
        )));
    }
    let mut found: Vec<(&str, &T)> = all.filter(|(hash, _)| hash.starts_with(&written)).collect();
    found.sort_unstable_by_key(|(hash, _)| *hash);
    found.dedup_by_key(|(hash, _)| *hash);
    match found.as_slice() {
        [(_, one)] => Ok(one),
        [] => Err(Failure::new(format!(
            "no {what} is called {written}: see `{listed_by}`"
        ))),
        many => {
            let named = many.iter().take(MOST_NAMED).map(|(hash, _)| *hash);
            let more = if many.len() > MOST_NAMED { ", …" } else { "" };
            Err(Failure::new(format!(
                "{written} may be {}{more}: give more digits",
                named.collect::<Vec<_>>().join(" or ")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Among, named};

    const ALL: [(&str, &str); 3] = [
        ("abcdef0011", "first"),
        ("abcdef0022", "second"),
        ("ffff000000", "third"),
    ];

    fn find(written: &str) -> Result<&'static str, String> {
        let found = named(&Among::shown("change"), written, ALL.into_iter());
        found.map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn a_hash_is_found_by_as_much_of_it_as_tells_it_from_others() {
        assert_eq!(find("ffff0000"), Ok("third"));
        assert_eq!(find("ABCDEF002"), Ok("second"));
        assert_eq!(find("abcdef0011"), Ok("first"));
        let several = find("abcdef00").expect_err("several");
        assert!(several.contains("abcdef0011 or abcdef0022"), "{several}");
        assert!(find("12345678").expect_err("none").contains("no change"));
        let none = named(&Among::packs("catalogue"), "12345678", ALL.into_iter());
        let words = none.map_err(|failure| failure.message().to_owned());
        assert!(
            words
                .expect_err("none")
                .contains("no catalogue is called 12345678: see `gewu op packs`")
        );
        assert!(find("ffff").expect_err("short").contains("first 8 digits"));
        assert!(find("not a hash").is_err());
    }
}
