//! Newtypes for everything that has an identity, so that no bare `Uuid`, `String` or `[u8; 32]`
//! stands in a signature.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text that was meant to be an id but is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {expected}")]
pub struct ParseIdError {
    what: &'static str,
    expected: &'static str,
}

impl ParseIdError {
    /// An error that names the id and the form it should have had.
    pub const fn new(what: &'static str, expected: &'static str) -> Self {
        Self { what, expected }
    }
}

/// Lower-case hexadecimal of `bytes`.
pub fn to_hex(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The bytes that `text` spells in hexadecimal of either case; `None` if it spells none.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The raw bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// The id that these bytes are, or `None` when their number is wrong.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                from_hex(text)
                    .and_then(|bytes| Self::from_slice(&bytes))
                    .ok_or(ParseIdError::new(stringify!($name), $expected))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::from_slice(d.bytes()?)
                    .ok_or_else(|| minicbor::decode::Error::message(concat!(
                        stringify!($name), " must be ", $expected
                    )))
            }
        }
    };
}

byte_id!(
    /// One case (案卷): a UUIDv7 minted by whoever writes the root change, offline.
    ///
    /// It is bound to the hash of the first root change that the gate accepts for it.
    CaseId, 16, "32 hexadecimal digits"
);
byte_id!(
    /// The SHA-256 that Automerge computes over a change, and so the identity of the one entry
    /// that the change carries.
    ChangeHash, 32, "64 hexadecimal digits"
);
byte_id!(
    /// SHA-256 of a file, a content item, a pack body or a certificate.
    Digest, 32, "64 hexadecimal digits"
);
byte_id!(
    /// The first 16 bytes of SHA-256 over a public key with its algorithm id.
    KeyId, 16, "32 hexadecimal digits"
);
byte_id!(
    /// The identity of a city: the key id of its root key, as a full SHA-256.
    CityId, 32, "64 hexadecimal digits"
);
byte_id!(
    /// An Automerge actor: the author's [`KeyId`] followed by an 8-byte install epoch.
    ///
    /// A restored backup, and every rebase, draws a new epoch and so writes as a new actor:
    /// two histories never share sequence numbers.
    ActorId, 24, "48 hexadecimal digits"
);

impl ActorId {
    /// The actor of `key` in `epoch`.
    pub fn new(key: KeyId, epoch: [u8; 8]) -> Self {
        let mut bytes = [0; 24];
        bytes[..16].copy_from_slice(&key.0);
        bytes[16..].copy_from_slice(&epoch);
        Self(bytes)
    }

    /// The key that may sign for this actor.
    pub fn key(&self) -> KeyId {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0[..16]);
        KeyId(bytes)
    }
}

impl CaseId {
    /// A UUIDv7 from a Unix time in milliseconds and ten random bytes.
    pub fn v7(unix_ms: i64, random: [u8; 10]) -> Self {
        let millis = u64::try_from(unix_ms).unwrap_or(0);
        Self(
            uuid::Builder::from_unix_timestamp_millis(millis, &random)
                .into_uuid()
                .into_bytes(),
        )
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
        )]
        #[serde(transparent)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id!(
    /// A person known to the city's server, or a citizen's per-case pseudonym.
    UserId
);
text_id!(
    /// A responsible unit (权责单位) or one of its sub-units, by the city's own code.
    UnitId
);
text_id!(
    /// A grid cell of any layer, by the city's own code: opaque, never parsed.
    GridCode
);
text_id!(
    /// A role by the policy pack's own name, such as `inspector` or `crew`.
    Role
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_refuses_junk() {
        let id = KeyId([0xab; 16]);
        assert_eq!(id.to_string().parse::<KeyId>(), Ok(id));
        assert!("ab".parse::<KeyId>().is_err());
        assert!("zz".repeat(16).parse::<KeyId>().is_err());
        assert_eq!(from_hex("é"), None);
    }

    #[test]
    fn actor_names_its_key() {
        let actor = ActorId::new(KeyId([7; 16]), [1; 8]);
        assert_eq!(actor.key(), KeyId([7; 16]));
    }

    #[test]
    fn case_ids_sort_by_time() {
        assert!(CaseId::v7(1_000, [9; 10]) < CaseId::v7(2_000, [0; 10]));
    }
}
