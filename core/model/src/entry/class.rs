//! Which class a report is about: kinds are open, and what stands on the wire stays readable.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::PayloadError;
use super::part;
use crate::ids::ParseIdError;

/// The longest name of a kind, in bytes.
const LONGEST: usize = 23;

/// The name of a kind beyond the two that every edition has: 1 to 23 of `a`-`z`, `0`-`9` and `_`,
/// the first a letter, and neither `component` nor `matter`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindName {
    // Unused bytes are 0, so that the order is the order of the names.
    bytes: [u8; LONGEST],
    length: u8,
}

impl KindName {
    /// The name.
    pub fn as_str(&self) -> &str {
        let used = self.bytes.get(..usize::from(self.length));
        // ASCII was checked when it was made.
        used.and_then(|used| std::str::from_utf8(used).ok())
            .unwrap_or_default()
    }
}

impl FromStr for KindName {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let known = matches!(text, "component" | "matter");
        let shaped = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let length = u8::try_from(text.len())
            .ok()
            .filter(|_| text.len() <= LONGEST);
        match length {
            Some(length) if shaped && !known => {
                let mut bytes = [0; LONGEST];
                for (to, from) in bytes.iter_mut().zip(text.bytes()) {
                    *to = from;
                }
                Ok(Self { bytes, length })
            }
            _ => Err(ParseIdError::new(
                "the kind of a class",
                "component, matter, or a name of at most 23 small letters, digits and _",
            )),
        }
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What sort of thing a class is about. Each kind has codes of its own, and they overlap.
///
/// On the wire `component` is 0, `matter` is 1, every other kind its name as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClassKind {
    /// A managed component (部件).
    Component,
    /// A matter (事项; 事件 in the 2013 edition).
    Matter,
    /// A kind that a city's catalogue adds, such as `order` (指令).
    Other {
        /// Its name.
        name: KindName,
    },
}

impl ClassKind {
    /// The name, as packs and JSON write it.
    pub fn name(&self) -> &str {
        match self {
            Self::Component => "component",
            Self::Matter => "matter",
            Self::Other { name } => name.as_str(),
        }
    }
}

impl FromStr for ClassKind {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Ok(match text {
            "component" => Self::Component,
            "matter" => Self::Matter,
            name => Self::Other {
                name: name.parse()?,
            },
        })
    }
}

impl fmt::Display for ClassKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for ClassKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ClassKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<C> Encode<C> for ClassKind {
    fn encode<W: encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Component => e.u8(0)?.ok(),
            Self::Matter => e.u8(1)?.ok(),
            Self::Other { name } => e.str(name.as_str())?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for ClassKind {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        use minicbor::data::Type;
        if d.datatype()? == Type::String {
            let name = d.str()?.parse().map_err(decode::Error::message)?;
            return Ok(Self::Other { name });
        }
        match d.u32()? {
            0 => Ok(Self::Component),
            1 => Ok(Self::Matter),
            other => Err(decode::Error::unknown_variant(i64::from(other))),
        }
    }
}

/// A class within the edition that a case pins.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[cbor(map)]
pub struct ClassRef {
    /// The kind: a code means something else in another one.
    #[n(0)]
    pub kind: ClassKind,
    /// The code as the catalogue writes it.
    #[n(1)]
    pub code: String,
}

impl ClassRef {
    pub(in crate::entry) fn check(&self) -> Result<(), PayloadError> {
        part::code("class", &self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    fn reference(kind: &str) -> ClassRef {
        ClassRef {
            kind: kind.parse().expect("a kind"),
            code: "01001".into(),
        }
    }

    #[test]
    fn the_two_old_kinds_keep_their_bytes() {
        let bytes = |kind| cbor::to_vec(&reference(kind));
        assert_eq!(bytes("component"), b"\xa2\x00\x00\x01\x6501001");
        assert_eq!(bytes("matter"), b"\xa2\x00\x01\x01\x6501001");
        assert_eq!(bytes("order"), b"\xa2\x00\x65order\x01\x6501001");
    }

    #[test]
    fn every_kind_survives_both_forms() {
        for kind in ["component", "matter", "order", "night_stall_2"] {
            let class = reference(kind);
            let bytes = cbor::to_vec(&class);
            assert_eq!(minicbor::decode::<ClassRef>(&bytes).expect("cbor"), class);
            let json = serde_json::to_string(&class).expect("json");
            assert!(json.contains(kind), "{json}");
            assert_eq!(
                serde_json::from_str::<ClassRef>(&json).expect("json"),
                class
            );
        }
    }

    #[test]
    fn a_kind_has_one_spelling() {
        let long = "a".repeat(24);
        for wrong in ["", "Order", "1st", "部件", "a b", "_x", &long] {
            assert!(wrong.parse::<ClassKind>().is_err(), "{wrong}");
        }
        // The old kinds have no second encoding as text, and unknown numbers stay refused.
        for bytes in [
            &b"\xa2\x00\x66matter\x01\x611"[..],
            b"\xa2\x00\x02\x01\x611",
        ] {
            assert!(minicbor::decode::<ClassRef>(bytes).is_err());
        }
    }
}
