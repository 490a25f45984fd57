//! Free text lives beside the signed history, addressed by a salted digest, so that it can be
//! erased without breaking a signature and cannot be guessed from its digest.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::crypto::sha256_parts;
use crate::ids::Digest;

/// The most characters (Unicode scalar values) that one text may have.
pub const MAX_TEXT_CHARS: usize = 4_000;

/// A text with the salt that makes its digest unguessable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ContentItem {
    /// 16 random bytes.
    #[n(0)]
    pub salt: Salt,
    /// The text itself, 1 to [`MAX_TEXT_CHARS`] characters, without NUL.
    #[n(1)]
    pub text: String,
}

/// The salt of a content item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Salt(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

/// Why a text is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or only white space.
    #[error("the text is empty")]
    Empty,
    /// More than [`MAX_TEXT_CHARS`] characters.
    #[error("the text has more than 4000 characters: shorten it")]
    TooLong,
    /// A NUL character, which databases and printers choke on.
    #[error("the text holds a NUL character: remove it")]
    Nul,
}

/// Checks a text of a person against the bounds.
///
/// # Errors
/// [`TextError`] says which bound it breaks.
pub fn check_text(text: &str) -> Result<(), TextError> {
    if text.contains('\0') {
        Err(TextError::Nul)
    } else if text.trim().is_empty() {
        Err(TextError::Empty)
    } else if text.chars().count() > MAX_TEXT_CHARS {
        Err(TextError::TooLong)
    } else {
        Ok(())
    }
}

impl ContentItem {
    /// An item of a checked text.
    ///
    /// # Errors
    /// [`TextError`] says which bound the text breaks.
    pub fn new(text: &str, salt: [u8; 16]) -> Result<Self, TextError> {
        check_text(text)?;
        Ok(Self {
            salt: Salt(salt),
            text: text.to_owned(),
        })
    }

    /// The digest that an entry carries in place of the text.
    pub fn digest(&self) -> Digest {
        sha256_parts(&[b"gewu.content.v1\0", &self.salt.0, self.text.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_salt_hides_the_text() {
        let one = ContentItem::new("井盖缺失", [1; 16]).expect("a text");
        let two = ContentItem::new("井盖缺失", [2; 16]).expect("a text");
        assert_ne!(one.digest(), two.digest());
    }

    #[test]
    fn bounds() {
        assert_eq!(check_text("a\0b"), Err(TextError::Nul));
        assert_eq!(check_text("  "), Err(TextError::Empty));
        assert_eq!(check_text(&"格".repeat(4_001)), Err(TextError::TooLong));
        assert_eq!(check_text(&"格".repeat(4_000)), Ok(()));
    }
}
