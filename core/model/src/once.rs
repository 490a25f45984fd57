//! JSON in which a key stands twice in one object: readers keep the last and lose the rest in silence.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A key stands twice in one object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Twice(String);

/// Refuses a key that stands twice in one object, at whatever depth. What is no JSON is for its reader to
/// refuse.
///
/// # Errors
/// [`Twice`] names the first such key.
pub fn check_once(body: &[u8]) -> Result<(), Twice> {
    match serde_json::from_slice::<Once>(body) {
        Err(error) if error.to_string().starts_with(TWICE) => Err(Twice(error.to_string())),
        _ => Ok(()),
    }
}

/// How the refusal of such a key begins.
const TWICE: &str = "the key ";

/// A JSON value of which nothing is kept but that no key stands twice in it.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        while items.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Once, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = fields.next_key::<String>()? {
            fields.next_value::<Once>()?;
            if let Some(twice) = seen.replace(key) {
                let key = twice.escape_debug().to_string();
                return Err(A::Error::custom(format!(
                    "{TWICE}{key} stands twice in one object: say it once"
                )));
            }
        }
        Ok(Once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_once_in_each_object() {
        for fine in [
            r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#,
            "{",
            "[1,2.5,null,true]",
        ] {
            assert_eq!(check_once(fine.as_bytes()), Ok(()), "{fine}");
        }
        for twice in [r#"{"a":1,"b":2,"\u0061":3}"#, r#"[{"x":{"a":[],"a":{}}}]"#] {
            let words = check_once(twice.as_bytes()).unwrap_err().to_string();
            assert!(words.contains("the key a stands twice"), "{words}");
        }
    }
}
