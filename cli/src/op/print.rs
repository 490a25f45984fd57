//! The centre's answers as text.

use gewu_model::deadline::Calendar;
use gewu_model::policy::Policy;
use gewu_model::time::Millis;
use serde_json::Value;

use super::timely;
use crate::clock;
use crate::language::{reads_chinese, word};
use crate::out::plain;
use crate::said::{Naming, said};

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

/// One line for a case in a list.
pub(crate) fn row(case: &Value) -> String {
    let named = |label: &str, code: &str| match word(&case[label]) {
        Some(word) => plain(word),
        None => text(&case[code]),
    };
    format!(
        "{}  {:<14} {:<18} {}  {}  {}  {}",
        text(&case["case"]).chars().take(12).collect::<String>(),
        text(&case["task_number"]),
        named("stage_name", "stage"),
        named("class_name", "class"),
        place(case),
        text(&case["unit"]),
        clock::value_short(&case["clock"]),
    )
}

/// The smallest grid that is known, with the duty grid it lies in.
fn place(case: &Value) -> String {
    let place = &case["place"];
    let duty = place["duty"]
        .as_str()
        .or_else(|| case["duty_grid"].as_str());
    let unit = place["unit"].as_str();
    match (unit, duty) {
        (Some(unit), Some(duty)) => format!("{} ({})", plain(unit), plain(duty)),
        (Some(one), None) | (None, Some(one)) => plain(one),
        (None, None) => "-".to_owned(),
    }
}

/// One line for a device.
pub(crate) fn device(device: &Value) -> String {
    let list = |field: &str| {
        let items = device["certificate"][field]
            .as_array()
            .into_iter()
            .flatten();
        items.map(text).collect::<Vec<_>>().join(", ")
    };
    format!(
        "{}  {:<16} {:<12} {}  {}{}",
        text(&device["key"]),
        text(&device["user"]),
        text(&device["status"]),
        list("roles"),
        [list("units"), list("duty_grids")].join(" "),
        clearing(&device["wipe"])
    )
}

/// How far the clearing of a device is.
fn clearing(wipe: &Value) -> String {
    match (wipe.is_null(), wipe["done_at"].is_null()) {
        (true, _) => String::new(),
        (_, false) => format!("  cleared {}", time(&wipe["done_at"])),
        (_, true) => format!("  to be cleared since {}", time(&wipe["asked_at"])),
    }
}

/// A moment on the city's clock.
pub(crate) fn time(at: &Value) -> String {
    let written = |at| Calendar::shipped().offset().write(Millis(at));
    at.as_i64().map_or_else(|| text(at), written)
}

/// One line for a console's token.
pub(crate) fn token(token: &Value) -> String {
    let list = |field: &str| {
        let items = token[field].as_array().into_iter().flatten();
        items.map(text).collect::<Vec<_>>().join(", ")
    };
    let at = |field: &str| {
        token[field]
            .as_i64()
            .map(|_| self::field(field, &token[field]))
    };
    let made = at("made_at").map_or_else(
        || "the server's first token".to_owned(),
        |at| format!("made {at} by {}", text(&token["made_by"])),
    );
    let revoked = at("revoked_at").map_or_else(String::new, |at| format!(", revoked {at}"));
    let own = if token["own"] == true {
        ", this console's"
    } else {
        ""
    };
    format!(
        "{}  {:<16} {}  {}  {made}{revoked}{own}",
        text(&token["id"]).chars().take(12).collect::<String>(),
        text(&token["user"]),
        list("roles"),
        list("units"),
    )
}

/// One line for a pack.
pub(crate) fn pack(pack: &Value) -> String {
    let audience = match pack["audience"].as_str() {
        Some(audience) => plain(audience),
        None => "everybody".to_owned(),
    };
    format!(
        "{} {} version {}, for {audience}, {} bytes, {}",
        text(&pack["kind"]),
        text(&pack["name"]),
        text(&pack["version"]),
        text(&pack["bytes"]),
        text(&pack["sha256"]).chars().take(12).collect::<String>(),
    )
}

/// What became of a case by an instruction, with the names by which the next one finds it.
pub(crate) fn done(kind: &str, done: &Value) -> String {
    let short = |name: &str| text(&done[name]).chars().take(12).collect::<String>();
    format!(
        "{kind}: done; case {}, task number {}, now {} (instruction {})",
        short("case"),
        text(&done["task_number"]),
        text(&done["stage"]),
        short("instruction")
    )
}

/// One line for each field of an object.
pub(crate) fn fields(object: &Value) -> String {
    let fields = object.as_object().into_iter().flatten();
    fields
        .map(|(name, value)| format!("{name}: {}", field(name, value)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A value for people: times as times, lists and objects as words.
fn field(name: &str, value: &Value) -> String {
    match value {
        Value::Number(_) if is_time(name) => time(value),
        Value::Object(of) if of.is_empty() => "none".to_owned(),
        Value::Array(of) if of.is_empty() => "none".to_owned(),
        Value::Object(of) => {
            let each = of.iter();
            let each = each.map(|(name, value)| format!("{name} {}", field(name, value)));
            each.collect::<Vec<_>>().join(", ")
        }
        Value::Array(of) => {
            let each = of.iter().map(|one| field(name, one));
            each.collect::<Vec<_>>().join("; ")
        }
        _ => text(value),
    }
}

/// Whether a field of that name holds a time in milliseconds since 1970.
fn is_time(name: &str) -> bool {
    name == "at" || name == "until" || name.ends_with("_at")
}

/// How to reach who reported a case.
pub(crate) fn contact(shown: &Value) -> String {
    let contact = &shown["contact"];
    match shown["state"].as_str() {
        Some("open") => ["name", "phone", "id_number"]
            .iter()
            .filter(|field| !contact[**field].is_null())
            .map(|field| text(&contact[*field]))
            .collect::<Vec<_>>()
            .join("  "),
        Some("missing") => "the report names a contact that has not arrived yet".to_owned(),
        Some("erased") => "the contact was erased".to_owned(),
        Some("sealed") => "the contact is sealed and its key is missing: put the key's file back, see `gewu op status`".to_owned(),
        _ => "the report names no contact".to_owned(),
    }
}

/// A case with its entries.
pub(crate) fn case(shown: &Value) -> String {
    let mut lines = vec![format!(
        "case {}  {}  {}",
        text(&shown["case"]),
        text(&shown["task_number"]),
        text(&shown["stage"])
    )];
    let running = shown["clocks"]["running"].as_array().into_iter().flatten();
    lines.extend(running.map(clock::value_long));
    for entry in shown["entries"].as_array().into_iter().flatten() {
        lines.push(format!(
            "  {:<12} {:<20} {:<12} {:<10} {}",
            text(&entry["hash"]).chars().take(12).collect::<String>(),
            text(&entry["kind"]),
            text(&entry["by"]),
            text(&entry["status"]),
            why(entry),
        ));
        lines.extend(said_by(entry, timely::in_time(shown, entry)));
        let photos = entry["photos"].as_array().into_iter().flatten();
        lines.extend(photos.map(|photo| {
            let gone = if is_erased(shown, &photo["sha256"]) {
                "  (erased)"
            } else {
                ""
            };
            let of = photo["redaction_of"].as_str();
            let of = of.map_or_else(String::new, |of| format!("  (a redacted copy of {of})"));
            let instead = photo["shown_instead"].as_str();
            let instead = instead.map_or_else(String::new, |copy| {
                format!("  (see its redacted copy {copy})")
            });
            format!("      photo {}{gone}{of}{instead}", text(&photo["sha256"]))
        }));
        let texts = entry["texts"].as_object().into_iter().flatten();
        lines.extend(texts.map(|(digest, words)| {
            match is_erased(shown, &Value::from(digest.as_str())) {
                true => format!("      text {digest}  (erased)"),
                false if words.is_null() => format!("      text {digest}  (not here)"),
                false => format!("      text {digest}: “{}”", text(words)),
            }
        }));
    }
    for aside in shown["set_aside"].as_array().into_iter().flatten() {
        lines.extend(set_aside(aside));
    }
    let missing = shown["media"].as_array().into_iter().flatten();
    let missing = missing
        .filter(|media| media["present"] == false && media["thumbnail"] != true)
        .filter(|media| media["erased"] != true)
        .count();
    lines.push(format!("photos missing: {missing}"));
    lines.join("\n")
}

/// What an entry says beside texts and photos, on a line of its own. Reasons have the words of the built-in
/// policy, as the server's answer has no labels.
fn said_by(entry: &Value, in_time: Option<bool>) -> Option<String> {
    let built_in = Policy::built_in();
    let chinese = reads_chinese();
    let word = |name: &str| {
        let label = built_in.label(name)?;
        Some(if chinese { &label.zh } else { &label.en }.clone())
    };
    let naming = Naming {
        chinese,
        word: &word,
        in_time,
    };
    let said = said(entry["kind"].as_str()?, &entry["payload"], naming);
    said.map(|said| format!("      {said}"))
}

/// Why an entry has its status, and what stands in its place.
fn why(entry: &Value) -> String {
    let reason = entry["reason"].as_str().unwrap_or_default();
    let by = |name: &str, words: &str| {
        let hash = entry[name].as_str()?;
        Some(format!(
            " {words} {}",
            hash.chars().take(12).collect::<String>()
        ))
    };
    let won = by("superseded_by", "by").or_else(|| by("settled_by", "settled by"));
    format!("{}{}", plain(reason), won.unwrap_or_default())
}

/// A set-aside change: its hash for `gewu op reissue`, who wrote it, why it does not count, what it said.
fn set_aside(aside: &Value) -> Vec<String> {
    let mut lines = vec![format!(
        "  {:<12} {:<20} {:<12} set aside: {} ({}){}",
        text(&aside["change"]).chars().take(12).collect::<String>(),
        text(&aside["kind"]),
        text(&aside["by"]),
        text(&aside["reason"]),
        set_aside_words(aside),
        match aside["replaced_by"].as_str() {
            Some(by) => format!(
                ", issued again as {}",
                &by.chars().take(12).collect::<String>()
            ),
            None => String::new(),
        }
    )];
    lines.extend(said_by(aside, None));
    let texts = aside["texts"].as_object().into_iter().flatten();
    lines.extend(texts.map(|(digest, words)| match words.as_str() {
        Some(words) => format!("      text {digest}: “{}”", plain(words)),
        None => format!("      text {digest}  (not here)"),
    }));
    lines
}

/// Why a change was set aside, in the reader's language.
fn set_aside_words(aside: &Value) -> String {
    let text = |name: &str| aside[name].as_str().unwrap_or_default();
    plain(&crate::language::set_aside(
        text("reason"),
        text("words"),
        reads_chinese(),
    ))
}

fn is_erased(shown: &Value, digest: &Value) -> bool {
    let erased = shown["erased"].as_array();
    erased.is_some_and(|erased| erased.contains(digest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_read_times_and_words() {
        let status = json!({
            "at": 1_763_870_400_000_i64, "cases": 3, "set_aside": [],
            "stages": { "filed": 2, "reported": 1 },
            "rows": [{ "seen_at": 0 }, { "seen_at": null }],
        });
        let shown = fields(&status);
        assert!(shown.contains("at: 2025-11-23T12:00:00+08:00"), "{shown}");
        assert!(shown.contains("stages: filed 2, reported 1"), "{shown}");
        assert!(shown.contains("set_aside: none") && shown.contains("cases: 3"));
        assert!(!shown.contains('{') && !shown.contains('['), "{shown}");
    }

    #[test]
    fn an_entry_s_author_stands_beside_what_took_its_place() {
        let entry = json!({
            "hash": "aa", "kind": "verify", "by": "chen", "status": "superseded",
            "reason": "own_later_answer", "superseded_by": "bbccddeeff00112233",
        });
        let shown = case(&json!({ "case": "c", "entries": [entry] }));
        assert!(shown.contains("chen"), "{shown}");
        assert!(
            shown.contains("own_later_answer by bbccddeeff00"),
            "{shown}"
        );
    }

    #[test]
    fn what_was_set_aside_is_shown_with_its_hash_and_words() {
        let aside = json!({
            "change": "abcdef0123456789", "reason": "knew_better", "words": "too old", "kind": "check",
            "by": "li", "payload": { "result": "not_pass", "photos": [] },
            "texts": { "d1": "井盖\u{1b}缺失" },
        });
        let shown = case(&json!({ "case": "c", "set_aside": [aside] }));
        for part in ["abcdef012345", "li", "knew_better", "not passed", "缺失"] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(!shown.contains('\u{1b}'));
    }
}
