//! What an operator may decide about a case: what it is ripe for, and everything else that the API takes.

use gewu_model::time::Millis;
use serde_json::{Value, json};

use super::people::{Person, UNITS, one_of};
use crate::disk::Dice;

/// A decision: its kind on the wire and its body without the view.
pub type Decision = (&'static str, Value);

/// How long a task may take where the desk says so: longer than what is asked for on top of it.
const LIMIT: &str = "4工作日";
/// How long a pause lasts, in milliseconds: short enough to end within a run.
const PAUSE_MS: i64 = 6 * 3_600_000;

/// What the desk has before it beside the case.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Who there is to ask.
    pub people: &'a [Person],
    /// Every case.
    pub cases: &'a [String],
    /// The digests of the policies that the city has published.
    pub policies: &'a [String],
    /// What the clock on the wall says.
    pub now: Millis,
}

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

/// What is decided about the case, if anything, and whether the server may refuse it: what is wished for,
/// what is seldom done, or what the case is ripe for.
pub fn decision(shown: &Value, before: Before<'_>, dice: &mut Dice) -> Option<(bool, Decision)> {
    let wish = wish(shown, before.now).filter(|_| dice.one_in(2));
    let bold = wish.is_some() || dice.one_in(3);
    let decision = match wish {
        Some(wish) => Some(wish),
        None if bold && dice.one_in(10) => erasure(shown, dice),
        None if bold => rare(shown, before, dice),
        None => ripe(shown, before.people, dice),
    };
    Some((bold, decision?))
}

/// What a case at its stage is ripe for, if anything: an operator who has just read it may decide this.
fn ripe(shown: &Value, people: &[Person], dice: &mut Dice) -> Option<Decision> {
    let Staff {
        inspector, unit, ..
    } = staff(people, dice)?;
    let asks = json!({ "persons": [inspector], "note": "请看 / please look" });
    let plain = json!({});
    let to_unit = json!({ "lead": unit });
    let in_time = json!({ "lead": unit, "limit": LIMIT });
    let other = dice.below(6);
    let has_it = shown["question"]["units"].as_array();
    let has_it = has_it.is_some_and(|units| units.iter().any(|own| own == unit));
    let ties = shown["duplicate_of"].as_array();
    let tied = ties.is_some_and(|ties| !ties.is_empty());
    let unfiled = shown["task_number"].is_null();
    let decision = match (shown["stage"].as_str()?, other) {
        // What is a duplicate is worked on elsewhere.
        ("filed" | "suspended" | "check_failed", _) | ("dispatched", 1) | ("handled", 0)
            if tied =>
        {
            return None;
        }
        // An order was taken back there.
        ("filed", _) if unfiled => ("file", plain),
        ("reported", 0) if dice.one_in(3) => ("void", plain),
        ("reported", 0) => ("decline", json!({ "kind": "not_accepted" })),
        ("reported", 1 | 2) | ("verified_unable", _) => ("verify_request", asks),
        ("verified_not_exists", _) => ("decline", json!({ "kind": "not_filed" })),
        ("reported" | "verified_exists", _) => ("file", plain),
        ("filed", 0..=2) => ("dispatch", in_time),
        ("filed", _) => ("dispatch", to_unit),
        ("suspended", 0) => ("recall", plain),
        ("suspended", 1 | 2) => ("resume", plain),
        ("dispatched", 0) => ("recall", plain),
        ("dispatched", 1) => ("dispatch", to_unit),
        ("dispatched", 2) if has_it => return None,
        ("dispatched", 2) => ("forward", json!({ "unit": unit })),
        ("handled", 0) => ("rework", to_unit),
        ("handled" | "check_unable", _) => ("check_request", asks),
        ("check_failed", _) if was_ended(shown) => ("reopen", json!({ "reason": "came_back" })),
        // Nobody was sent to what its reporter settled before it was filed.
        ("check_failed", _) if unfiled && shown["report"]["self_handled"] == true => {
            ("convert", json!({ "reason": "wrongly_settled" }))
        }
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

/// The last request of a kind in the case that waits for a decision.
fn request(shown: &Value, kind: &str) -> Value {
    let entries = shown["entries"].as_array();
    let found = entries
        .into_iter()
        .flatten()
        .rev()
        .find(|entry| entry["kind"] == kind && entry["reason"] == "request");
    found.map_or(Value::Null, |entry| entry["hash"].clone())
}

/// What somebody waits for who works on the case: a pause, or more time. The city's rule may say no.
fn wish(shown: &Value, now: Millis) -> Option<Decision> {
    let work = matches!(shown["stage"].as_str()?, "dispatched" | "worked");
    let asked = |kind: &str| Some(request(shown, kind)).filter(|it| work && !it.is_null());
    let more = asked("extend_request").map(more_time);
    more.or_else(|| asked("suspend_request").map(|request| pause(request, now)))
}

fn more_time(request: Value) -> Decision {
    ("extend", json!({ "request": request, "limit": "2工作日" }))
}

fn pause(request: Value, now: Millis) -> Decision {
    let until = now.0 + PAUSE_MS;
    let body = json!({ "request": request, "until": until, "reason": "weather" });
    ("suspend", body)
}

/// Anything: the server says whether it stands.
fn rare(shown: &Value, before: Before<'_>, dice: &mut Dice) -> Option<Decision> {
    let Staff {
        inspector,
        unit,
        handler,
    } = staff(before.people, dice)?;
    let persons = json!({ "persons": [inspector] });
    let other = one_of(dice, before.cases)?;
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
        6 | 7 => pause(request(shown, "suspend_request"), before.now),
        8 | 9 => ("resume", json!({})),
        10 => ("convert", json!({ "reason": "wrongly_settled" })),
        11 => (
            "reopen",
            json!({ "request": request(shown, "reopen_request"), "reason": "came_back" }),
        ),
        12 => more_time(request(shown, "extend_request")),
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
        20 => ("repin", json!({ "policy": one_of(dice, before.policies)? })),
        _ => ("close", json!({ "kind": "forced", "condition": "1" })),
    };
    Some(decision)
}

/// What is erased of a case: a text that some entry names.
fn erasure(shown: &Value, dice: &mut Dice) -> Option<Decision> {
    let entries = shown["entries"].as_array()?;
    let texts: Vec<&String> = entries
        .iter()
        .filter(|entry| entry["kind"] == "note")
        .filter_map(|entry| entry["texts"].as_object())
        .flat_map(|texts| texts.keys())
        .collect();
    let text = one_of(dice, &texts)?;
    let why = "本人要求 / the person's wish";
    Some(("erase", json!({ "texts": [text], "note": why })))
}
