//! Keys of a request that nobody reads: a misspelt one would be passed over in silence, and what it says with
//! it; and so would be all but the last of those that stand there twice.

use std::collections::BTreeSet;
use std::fmt;

use gewu_model::contact::Contact;
use gewu_model::entry::{
    Body, ClassRef, DayWindow, InstructionKind, Source, Switches, field_names,
};
use gewu_model::place::{GridRef, Position};
use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use super::problem::Problem;

/// Keys of every instruction, beside those of its kind.
const OF_ALL: [&str; 2] = ["view", "known_names"];
/// The same of a re-pinning.
const OF_REPIN: &str = "even_if_nothing_is_allowed";

/// Refuses a key that stands twice in one object, at whatever depth.
pub(super) fn check_once(body: &[u8]) -> Result<(), Problem> {
    match serde_json::from_slice::<Once>(body) {
        Err(error) if error.to_string().starts_with(TWICE) => Err(Problem::bad(error)),
        // Whoever reads the body says what else is wrong.
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

/// Refuses keys that the record does not have, and those that records in it do not have.
pub(super) fn check<T: DeserializeOwned>(body: &[u8]) -> Result<(), Problem> {
    let Some(fields) = field_names::<T>() else {
        return Ok(());
    };
    match serde_json::from_slice(body) {
        Ok(Value::Object(asked)) => known("this request", &asked, fields),
        // Whoever reads the record says what is wrong.
        _ => Ok(()),
    }
}

/// Refuses keys that no instruction of that kind has.
pub(super) fn check_instruction(
    kind: InstructionKind,
    asked: &Map<String, Value>,
) -> Result<(), Problem> {
    let own = Body::fields(kind).iter().copied();
    let repin = (kind == InstructionKind::Repin).then_some(OF_REPIN);
    let all: Vec<&str> = own.chain(OF_ALL).chain(repin).collect();
    known(kind.name(), asked, &all)
}

fn known(of: &str, asked: &Map<String, Value>, fields: &[&str]) -> Result<(), Problem> {
    for (key, value) in asked {
        if !fields.contains(&key.as_str()) {
            let key = key.escape_debug();
            return Err(Problem::bad(format!(
                "{of} has no key {key}: its keys are {}",
                fields.join(", ")
            )));
        }
        if let (Some(within), Value::Object(record)) = (record(key), value) {
            known(key, record, within)?;
        }
    }
    Ok(())
}

/// The fields of the record that a key holds.
fn record(key: &str) -> Option<&'static [&'static str]> {
    match key {
        "class" => field_names::<ClassRef>(),
        "position" => field_names::<Position>(),
        "grid" => field_names::<GridRef>(),
        "same_period" => field_names::<DayWindow>(),
        "source" => field_names::<Source>(),
        "contact" => field_names::<Contact>(),
        "was" => field_names::<Switches>(),
        _ => None,
    }
}
