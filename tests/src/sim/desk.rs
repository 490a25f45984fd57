//! What an operator may decide about a case: what it is ripe for, and everything else that the API takes.

use serde_json::{Value, json};

use super::people::{Person, UNITS, one_of};
use crate::disk::Dice;

/// A decision: its kind on the wire and its body without the view.
pub type Decision = (&'static str, Value);

/// Who there is to ask.
struct Staff<'a> {
    inspector: &'a str,
    unit: &'static str,
    handler: &'a str,
}

fn staff<'a>(people: &'a [Person], dice: &mut Dice) -> Option<Staff<'a>> {
    let of = |role: &str| -> Vec<&str> {
        let held = people.iter().filter(|person| person.is(role));
        held.map(|person| person.name).collect()
    };
    let staffed: Vec<&'static str> = UNITS
        .iter()
        .filter(|unit| people.iter().any(|person| person.units.contains(unit)))
        .copied()
        .collect();
    Some(Staff {
        inspector: one_of(dice, &of("inspector"))?,
        unit: one_of(dice, &staffed)?,
        handler: one_of(dice, &of("crew"))?,
    })
}

/// What a case at its stage is ripe for, if anything: an operator who has just read it may decide this.
pub fn ripe(shown: &Value, people: &[Person], dice: &mut Dice) -> Option<Decision> {
    let Staff {
        inspector, unit, ..
    } = staff(people, dice)?;
    let asks = json!({ "persons": [inspector], "note": "请看 / please look" });
    let plain = json!({});
    let to_unit = json!({ "lead": unit });
    let other = dice.below(6);
    let has_it = shown["question"]["units"].as_array();
    let has_it = has_it.is_some_and(|units| units.iter().any(|own| own == unit));
    let ties = shown["duplicate_of"].as_array();
    let tied = ties.is_some_and(|ties| !ties.is_empty());
    let decision = match (shown["stage"].as_str()?, other) {
        // What is a duplicate is worked on elsewhere.
        ("filed", _) | ("dispatched", 1) if tied => return None,
        ("reported", 0) if dice.one_in(3) => ("void", plain),
        ("reported", 0) => ("decline", json!({ "kind": "not_accepted" })),
        ("reported", 1 | 2) | ("verified_unable", _) => ("verify_request", asks),
        ("verified_not_exists", _) => ("decline", json!({ "kind": "not_filed" })),
        ("reported" | "verified_exists", _) => ("file", plain),
        ("filed", _) => ("dispatch", to_unit),
        ("dispatched", 0) => ("recall", plain),
        ("dispatched", 1) => ("dispatch", to_unit),
        ("dispatched", 2) if has_it => return None,
        ("dispatched", 2) => ("forward", json!({ "unit": unit })),
        ("handled", 0) => ("rework", to_unit),
        ("handled" | "check_unable", _) => ("check_request", asks),
        ("check_failed", _) if was_ended(shown) => ("reopen", json!({ "reason": "came_back" })),
        ("check_failed", _) => ("rework", to_unit),
        ("check_passed", _) if was_worked_on(shown) => ("close", json!({ "kind": "normal" })),
        ("closed", 0) => ("reply", json!({ "text": "谢谢 / thank you" })),
        _ => return None,
    };
    Some(decision)
}

/// Where the last effective entry of one of these kinds stands in the case.
fn last(shown: &Value, kinds: &[&str]) -> Option<usize> {
    let mut entries = shown["entries"].as_array()?.iter();
    entries.rposition(|entry| {
        let kind = entry["kind"].as_str().unwrap_or_default();
        kinds.contains(&kind) && entry["status"] == "effective"
    })
}

/// Whether the case was closed and has only been looked at since.
fn was_ended(shown: &Value) -> bool {
    last(shown, &["close"]) > last(shown, &["reopen", "convert"])
}

/// Whether somebody handled it since it was last sent out.
fn was_worked_on(shown: &Value) -> bool {
    last(shown, &["handle"]) > last(shown, &["dispatch", "order", "rework"])
}

/// A request in the case that somebody wrote, by kind.
fn request(shown: &Value, kind: &str) -> Value {
    let entries = shown["entries"].as_array();
    let found = entries
        .into_iter()
        .flatten()
        .rev()
        .find(|entry| entry["kind"] == kind);
    found.map_or(Value::Null, |entry| entry["hash"].clone())
}

/// Anything: the server says whether it stands.
pub fn rare(
    shown: &Value,
    (people, cases): (&[Person], &[String]),
    dice: &mut Dice,
) -> Option<Decision> {
    let Staff {
        inspector,
        unit,
        handler,
    } = staff(people, dice)?;
    let persons = json!({ "persons": [inspector] });
    let other = one_of(dice, cases)?;
    let decision = match dice.below(22) {
        0 => (
            "redo_request",
            json!({ "persons": [inspector], "reason": "blurred" }),
        ),
        1 => ("spot_check", persons),
        2 => (
            "order",
            json!({ "units": [unit], "note": "请处理 / see to it" }),
        ),
        3 => ("assign", json!({ "person": handler })),
        4 => ("unassign", json!({ "person": handler })),
        5 => (
            "send_back",
            json!({ "request": request(shown, "send_back_request") }),
        ),
        6 | 7 => (
            "suspend",
            json!({ "request": request(shown, "suspend_request"), "reason": "weather" }),
        ),
        8 | 9 => ("resume", json!({})),
        10 => ("convert", json!({ "reason": "wrongly_settled" })),
        11 => (
            "reopen",
            json!({ "request": request(shown, "reopen_request"), "reason": "came_back" }),
        ),
        12 => {
            let request = request(shown, "extend_request");
            ("extend", json!({ "request": request, "limit": "2工作日" }))
        }
        13 => {
            let asked = ["refuse", "appeal", "suspend_request", "ownership_dispute"];
            let kind = one_of(dice, &asked)?;
            let granted = dice.one_in(2) && *kind == "appeal";
            (
                "decide",
                json!({ "request": request(shown, kind), "granted": granted }),
            )
        }
        14 => (
            "supervise",
            json!({ "units": [unit], "reply_within": "2工作日" }),
        ),
        15 => ("link", json!({ "other": other, "relation": "related" })),
        16 => (
            "link",
            json!({ "other": other, "relation": "duplicate_of" }),
        ),
        17 => (
            "correct",
            json!({ "class": { "kind": "matter", "code": "06013" } }),
        ),
        18 => ("ownership", json!({ "handler": unit })),
        19 => (
            "reward",
            json!({ "state": "granted", "rule": "report", "points": 10 }),
        ),
        20 => ("repin", json!({ "policy": shown["policy"] })),
        _ => ("close", json!({ "kind": "forced", "condition": "1" })),
    };
    Some(decision)
}

/// What is erased of a case: a text that some entry names.
pub fn erasure(shown: &Value, dice: &mut Dice) -> Option<Decision> {
    let entries = shown["entries"].as_array()?;
    let texts: Vec<&String> = entries
        .iter()
        .filter(|entry| entry["kind"] == "note")
        .filter_map(|entry| entry["texts"].as_object())
        .flat_map(|texts| texts.keys())
        .collect();
    let text = one_of(dice, &texts)?;
    Some(("erase", json!({ "texts": [text] })))
}
