//! The centre's answers as text.

use serde_json::Value;

use crate::clock;
use crate::language::word;
use crate::out::plain;

fn text(value: &Value) -> String {
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
        "{}  {:<16} {:<12} {}  {}",
        text(&device["key"]),
        text(&device["user"]),
        text(&device["status"]),
        list("roles"),
        [list("units"), list("duty_grids")].join(" ")
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

/// One line for each field of an object.
pub(crate) fn fields(object: &Value) -> String {
    let fields = object.as_object().into_iter().flatten();
    fields
        .map(|(name, value)| format!("{name}: {}", text(value)))
        .collect::<Vec<_>>()
        .join("\n")
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
            entry["reason"].as_str().unwrap_or_default(),
        ));
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
        lines.push(format!(
            "  set aside: {} ({})",
            text(&aside["reason"]),
            text(&aside["words"])
        ));
    }
    let missing = shown["media"].as_array().into_iter().flatten();
    let missing = missing
        .filter(|media| media["present"] == false && media["thumbnail"] != true)
        .filter(|media| media["erased"] != true)
        .count();
    lines.push(format!("photos missing: {missing}"));
    lines.join("\n")
}

fn is_erased(shown: &Value, digest: &Value) -> bool {
    let erased = shown["erased"].as_array();
    erased.is_some_and(|erased| erased.contains(digest))
}
