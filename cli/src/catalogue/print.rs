//! Classes for people and scripts.

use gewu_model::catalogue::{Class, Condition, Matched};
use serde_json::{Value, json};

use crate::out::plain;

/// A class with the headings above it.
pub(crate) fn class_json(path: &[&Class], class: &Class, matched: Option<Matched>) -> Value {
    let above = path.iter().take(path.len().saturating_sub(1));
    let above: Vec<Value> = above
        .map(|class| json!({ "code": class.code, "name": class.name }))
        .collect();
    json!({ "edition": class.edition, "class": class, "above": above, "matched": matched })
}

/// A class with its conditions and limits.
pub(super) fn class(path: &[&Class], class: &Class) -> String {
    let above: Vec<String> = path.iter().map(|class| plain(&class.name.zh)).collect();
    let above = above
        .get(..above.len().saturating_sub(1))
        .unwrap_or_default();
    let mut text = format!(
        "{:<10} {:<8} {}",
        class.kind,
        plain(&class.code),
        plain(&class.name.zh)
    );
    if !class.name.en.is_empty() {
        text += &format!(" / {}", plain(&class.name.en));
    }
    if !above.is_empty() {
        text += &format!("  [{}]", above.join(" > "));
    }
    if class.local {
        text += "  (own)";
    }
    for condition in &class.conditions {
        text += &format!("\n      {}", self::condition(condition));
    }
    text
}

fn condition(condition: &Condition) -> String {
    let mut text = format!(
        "condition {}: {}",
        plain(&condition.code),
        plain(&condition.text.zh)
    );
    if !condition.text.en.is_empty() {
        text += &format!(" / {}", plain(&condition.text.en));
    }
    if let Some(limit) = &condition.limit {
        text += &format!("; limit {}", plain(limit));
    }
    for area in &condition.area_limits {
        text += &format!("; in {} {}", plain(&area.grade), plain(&area.limit));
    }
    for (name, label) in [
        ("closing", &condition.closing),
        ("collect", &condition.collect),
    ] {
        if let Some(label) = label {
            text += &format!("; {name}: {}", plain(&label.zh));
        }
    }
    text
}
