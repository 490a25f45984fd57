//! What the last line of `gewu demo --json` has to say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::failure::Failure;

/// How many replicas have to hold the same state at the end.
const SAME_STATE: usize = 5;

/// What a demo's summary says, and where it falls short.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) facts: String,
    pub(super) complaints: Vec<String>,
}

/// Judges the summary in the last line that is not empty.
pub(super) fn of(output: &str) -> Result<Verdict, Failure> {
    let last = output
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .ok_or_else(|| Failure::Finding("the demo printed nothing".into()))?;
    let summary: Value = serde_json::from_str(last)
        .map_err(|error| Failure::Finding(format!("the demo's last line is no JSON: {error}")))?;
    let complaints = [agreement, photos, set_aside, late, detours, traffic]
        .iter()
        .filter_map(|rule| rule(&summary).err())
        .map(|complaint| format!("  {complaint}"))
        .collect();
    Ok(Verdict {
        facts: facts(&summary),
        complaints,
    })
}

fn facts(summary: &Value) -> String {
    format!(
        "demo: {} replicas, {} of them alike, {} set aside, {} late, {} photos missing, {} bytes up, {} bytes down",
        list(&summary["replicas"]).len(),
        alike(summary),
        list(&summary["set_aside"]).len(),
        count(&summary["late"]).unwrap_or_default(),
        summary["photos_missing"],
        summary["bytes_up"],
        summary["bytes_down"],
    )
}

fn agreement(summary: &Value) -> Result<(), String> {
    if summary["replicas_agree"] != true {
        return Err("replicas_agree is not true".into());
    }
    for replica in list(&summary["replicas"]) {
        let named = ["name", "role", "hash"]
            .iter()
            .all(|key| text(replica, key).is_some());
        if !named {
            return Err(format!("a replica without name, role and hash: {replica}"));
        }
    }
    match alike(summary) {
        few if few < SAME_STATE => Err(format!("only {few} replicas hold the same state")),
        _ => Ok(()),
    }
}

fn photos(summary: &Value) -> Result<(), String> {
    match summary["photos_missing"].as_u64() {
        Some(0) => Ok(()),
        _ => Err(format!(
            "photos_missing is {}, not 0",
            summary["photos_missing"]
        )),
    }
}

fn set_aside(summary: &Value) -> Result<(), String> {
    let entries = list(&summary["set_aside"]);
    if entries.len() < 2 {
        return Err(format!(
            "set_aside holds {} changes, not 2 or more",
            entries.len()
        ));
    }
    let untold = entries.iter().find(|entry| {
        let explained = ["change", "reason"]
            .iter()
            .all(|key| text(entry, key).is_some());
        !explained || entry["seen_by_author"] != true
    });
    match untold {
        Some(entry) => Err(format!(
            "set aside, but its author was not shown why: {entry}"
        )),
        None => Ok(()),
    }
}

fn late(summary: &Value) -> Result<(), String> {
    match count(&summary["late"]) {
        Some(entries) if entries >= 1 => Ok(()),
        _ => Err(format!(
            "late is {}, and should name at least one",
            summary["late"]
        )),
    }
}

/// Given back with a decision, suspended and resumed, reported twice and told so.
fn detours(summary: &Value) -> Result<(), String> {
    let all = ["sent_back", "resumed", "second_reporter_told"];
    let missed = all.iter().find(|one| summary["detours"][**one] != true);
    missed.map_or(Ok(()), |one| Err(format!("detours.{one} is not true")))
}

fn traffic(summary: &Value) -> Result<(), String> {
    for key in ["bytes_up", "bytes_down"] {
        if summary[key].as_u64().is_none_or(|bytes| bytes == 0) {
            return Err(format!("{key} is {}", summary[key]));
        }
    }
    Ok(())
}

/// How many replicas share the most common state hash.
fn alike(summary: &Value) -> usize {
    let mut holders: BTreeMap<&str, usize> = BTreeMap::new();
    for hash in list(&summary["replicas"])
        .iter()
        .filter_map(|replica| text(replica, "hash"))
    {
        *holders.entry(hash).or_default() += 1;
    }
    holders.into_values().max().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str().filter(|text| !text.is_empty())
}

/// A list counts its items; a number counts itself.
fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Array(items) => u64::try_from(items.len()).ok(),
        other => other.as_u64(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good() -> Value {
        let replica = |name: &str| json!({"name": name, "role": "crew", "hash": "ab"});
        json!({
            "replicas_agree": true,
            "replicas": [replica("a"), replica("b"), replica("c"), replica("d"), replica("e")],
            "photos_missing": 0,
            "set_aside": [
                {"change": "01", "reason": "handled_it", "seen_by_author": true},
                {"change": "02", "reason": "not_the_author", "seen_by_author": true},
            ],
            "late": [{"change": "03"}],
            "detours": {"sent_back": true, "resumed": true, "second_reporter_told": true},
            "bytes_up": 1,
            "bytes_down": 2,
        })
    }

    fn complaints(summary: &Value) -> Vec<String> {
        of(&format!("{{\"step\":1}}\n{summary}\n\n"))
            .unwrap()
            .complaints
    }

    #[test]
    fn a_good_summary_has_no_complaints() {
        assert_eq!(complaints(&good()), Vec::<String>::new());
        let mut counted = good();
        counted["late"] = json!(1);
        assert_eq!(complaints(&counted), Vec::<String>::new());
    }

    #[test]
    fn each_promise_that_is_broken_is_one_complaint() {
        let broken = [
            ("/replicas_agree", json!(false)),
            ("/replicas/0/hash", json!("cd")),
            ("/replicas/0/role", json!("")),
            ("/photos_missing", json!(1)),
            ("/photos_missing", json!(null)),
            ("/set_aside/1/seen_by_author", json!(false)),
            ("/set_aside/1/reason", json!("")),
            ("/set_aside", json!([])),
            ("/late", json!([])),
            ("/detours/sent_back", json!(false)),
            ("/detours/resumed", json!(null)),
            ("/detours/second_reporter_told", json!(false)),
            ("/bytes_up", json!(0)),
        ];
        for (place, value) in broken {
            let mut summary = good();
            *summary.pointer_mut(place).unwrap() = value;
            assert_eq!(complaints(&summary).len(), 1, "{place}");
        }
    }

    #[test]
    fn a_demo_that_stopped_early_is_a_failure() {
        assert!(of("").is_err());
        assert!(of("{\"step\":1}\nthe server did not start\n").is_err());
        assert_eq!(of("{\"step\":1}\n").unwrap().complaints.len(), 6);
    }
}
