//! Byte strings as hexadecimal text in JSON, for `#[serde(with = "json_bytes")]`.

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::ids::{from_hex, to_hex};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_hex(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    from_hex(&String::deserialize(deserializer)?)
        .ok_or_else(|| de::Error::custom("must be hexadecimal digits"))
}
