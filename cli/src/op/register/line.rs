//! One line of objects: a JSON object in which no key stands twice, for all but the last would be lost.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::out::Failure;

/// The fields of the object.
pub(super) fn read(line: &[u8]) -> Result<Map<String, Value>, Failure> {
    let Fields(fields) = serde_json::from_slice(line)?;
    Ok(fields)
}

struct Fields(Map<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<Fields, A::Error> {
        let mut fields = Map::new();
        while let Some((key, value)) = keys.next_entry::<String, Value>()? {
            if fields.contains_key(&key) {
                return Err(A::Error::custom(format!(
                    "the key {} stands twice in it: say it once",
                    key.escape_debug()
                )));
            }
            fields.insert(key, value);
        }
        Ok(Fields(fields))
    }
}
