//! Keys of a request that nobody reads: a misspelt one would be passed over in silence, and what it says with
//! it; and so would be all but the last of those that stand there twice.

use gewu_model::contact::Contact;
use gewu_model::entry::{
    Body, ClassRef, DayWindow, InstructionKind, Source, Switches, field_names,
};
use gewu_model::once;
use gewu_model::place::{GridRef, Position};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::Problem;

/// Keys of every instruction, beside those of its kind.
const OF_ALL: [&str; 2] = ["view", "known_names"];
/// The same of a re-pinning.
const OF_REPIN: &str = "even_if_nothing_is_allowed";

/// Refuses a key that stands twice in one object, at whatever depth. Whoever reads the body says what else is wrong.
pub(super) fn check_once(body: &[u8]) -> Result<(), Problem> {
    once::check_once(body).map_err(Problem::bad)
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
