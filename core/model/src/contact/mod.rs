//! Contact cards: how to reach whoever reported, beside the signed history.
//!
//! A report names its card by a salted digest. The card itself is a record of its own: it travels
//! beside the change to the server and nowhere else, lies encrypted wherever it lies ([`sealed`]), and
//! can be erased without breaking a signature. Whoever works on a case sees at most a [`Masked`] one.

mod sealed;

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::cbor;
use crate::content::Salt;
use crate::crypto::sha256_parts;
use crate::ids::Digest;

pub use sealed::{CardKey, NONCE_BYTES, SealError, open, seal};

/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 80;
/// The longest telephone number, in characters, separators included.
pub const MAX_PHONE_CHARS: usize = 32;
/// The longest number of an identity document, in characters.
pub const MAX_ID_CHARS: usize = 32;

/// How to reach a reporter. Debug output shows none of it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ContactCard {
    /// 16 random bytes, so that nobody finds the number by trying all.
    #[n(0)]
    pub salt: Salt,
    /// The telephone number: digits, with `+`, `-`, spaces and brackets between.
    #[n(1)]
    pub phone: Option<String>,
    /// The name.
    #[n(2)]
    pub name: Option<String>,
    /// The number of an identity document, where a city asks for it.
    #[n(3)]
    pub id_number: Option<String>,
}

/// What stands on a contact card, as a host hands it in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The number of an identity document.
    #[serde(default)]
    pub id_number: Option<String>,
}

/// What those see of a contact who may not see the card: enough to recognise a caller, too little to
/// reach one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Masked {
    /// As in `138****5678`.
    #[n(0)]
    pub phone: Option<String>,
    /// The first character of the name and stars.
    #[n(1)]
    pub name: Option<String>,
}

/// Why a contact is not taken. Names no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Nothing is on it.
    #[error("the contact is empty: give a phone number, a name or a document's number")]
    Empty,
    /// Not a telephone number.
    #[error("the phone number must be 3 to 32 digits, with + - ( ) and spaces between")]
    Phone,
    /// Empty, too long, or with control characters.
    #[error("the name must be 1 to 80 characters without control characters")]
    Name,
    /// Not a document's number.
    #[error("the document's number must be 4 to 32 letters, digits and hyphens")]
    IdNumber,
}

impl fmt::Debug for ContactCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactCard")
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact")
    }
}

impl Drop for ContactCard {
    fn drop(&mut self) {
        self.phone.zeroize();
        self.name.zeroize();
        self.id_number.zeroize();
    }
}

impl Contact {
    /// Whether nothing is on it.
    pub const fn is_empty(&self) -> bool {
        self.phone.is_none() && self.name.is_none() && self.id_number.is_none()
    }

    /// Whether what is on it keeps the bounds.
    ///
    /// # Errors
    /// [`ContactError`] says what is out of bounds, without saying what was given.
    pub fn check(&self) -> Result<(), ContactError> {
        if self.is_empty() {
            return Err(ContactError::Empty);
        }
        let good =
            |text: &Option<String>, holds: fn(&str) -> bool| text.as_deref().is_none_or(holds);
        if !good(&self.phone, is_phone) {
            Err(ContactError::Phone)
        } else if !good(&self.name, is_name) {
            Err(ContactError::Name)
        } else if !good(&self.id_number, is_id_number) {
            Err(ContactError::IdNumber)
        } else {
            Ok(())
        }
    }
}

impl ContactCard {
    /// A card of a checked contact.
    ///
    /// # Errors
    /// As [`Contact::check`].
    pub fn new(contact: &Contact, salt: [u8; 16]) -> Result<Self, ContactError> {
        contact.check()?;
        Ok(Self {
            salt: Salt(salt),
            phone: contact.phone.clone(),
            name: contact.name.clone(),
            id_number: contact.id_number.clone(),
        })
    }

    /// What stands on it.
    pub fn contact(&self) -> Contact {
        Contact {
            phone: self.phone.clone(),
            name: self.name.clone(),
            id_number: self.id_number.clone(),
        }
    }

    /// Whether what is on it keeps the bounds.
    ///
    /// # Errors
    /// As [`Contact::check`].
    pub fn check(&self) -> Result<(), ContactError> {
        self.contact().check()
    }

    /// The digest by which a report names the card.
    pub fn digest(&self) -> Digest {
        sha256_parts(&[b"gewu.contact.v1\0", &cbor::to_vec(self)])
    }

    /// What others than operators and shift leaders may see of it. A document's number is never among it.
    pub fn masked(&self) -> Masked {
        Masked {
            phone: self.phone.as_deref().map(mask_phone),
            name: self.name.as_deref().map(mask_name),
        }
    }
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = |c: char| c.is_ascii_digit() || "+-() ".contains(c);
    digits >= 3 && text.chars().count() <= MAX_PHONE_CHARS && text.chars().all(plain)
}

fn is_name(text: &str) -> bool {
    let count = text.chars().count();
    !text.trim().is_empty() && count <= MAX_NAME_CHARS && !text.chars().any(char::is_control)
}

fn is_id_number(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (4..=MAX_ID_CHARS).contains(&text.chars().count()) && text.chars().all(plain)
}

/// The first three and the last four digits of a mobile number; of shorter ones only the last two, and
/// of the shortest none.
fn mask_phone(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        11.. => format!(
            "{}****{}",
            &digits[digits.len() - 11..digits.len() - 8],
            &digits[digits.len() - 4..]
        ),
        7..=10 => format!("****{}", &digits[digits.len() - 2..]),
        _ => "****".to_owned(),
    }
}

fn mask_name(name: &str) -> String {
    let shown: String = name.trim().chars().take(1).collect();
    shown + "**"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(phone: &str, name: &str) -> ContactCard {
        let contact = Contact {
            phone: Some(phone.to_owned()),
            name: Some(name.to_owned()),
            id_number: None,
        };
        ContactCard::new(&contact, [3; 16]).expect("a contact")
    }

    #[test]
    fn a_mask_shows_too_little_to_reach_anybody() {
        let phone = |number| card(number, "王").masked().phone;
        assert_eq!(phone("13812345678").as_deref(), Some("138****5678"));
        assert_eq!(phone("+86 138-1234-5678").as_deref(), Some("138****5678"));
        assert_eq!(phone("62345678").as_deref(), Some("****78"));
        assert_eq!(phone("12345").as_deref(), Some("****"));
        assert_eq!(card("110", "王小明").masked().name.as_deref(), Some("王**"));
    }

    #[test]
    fn nothing_of_it_shows_in_debug_output() {
        let shown = format!(
            "{:?} {:?}",
            card("13812345678", "王"),
            card("110", "王").contact()
        );
        assert_eq!(shown, "ContactCard Contact");
    }

    #[test]
    fn the_salt_hides_the_number() {
        let contact = card("13812345678", "王").contact();
        let other = ContactCard::new(&contact, [4; 16]).expect("a contact");
        assert_ne!(card("13812345678", "王").digest(), other.digest());
    }

    #[test]
    fn bounds() {
        let check = |phone: Option<&str>, name: Option<&str>, id: Option<&str>| {
            Contact {
                phone: phone.map(str::to_owned),
                name: name.map(str::to_owned),
                id_number: id.map(str::to_owned),
            }
            .check()
        };
        assert_eq!(check(None, None, None), Err(ContactError::Empty));
        assert_eq!(check(Some("12a45"), None, None), Err(ContactError::Phone));
        assert_eq!(check(Some("12"), None, None), Err(ContactError::Phone));
        assert_eq!(check(None, Some(" "), None), Err(ContactError::Name));
        assert_eq!(check(None, Some("a\0"), None), Err(ContactError::Name));
        assert_eq!(check(None, None, Some("1 2")), Err(ContactError::IdNumber));
        assert_eq!(
            check(Some("12345"), Some("王"), Some("21010219900101123X")),
            Ok(())
        );
    }
}
