//! What a device and a server say of themselves, in a form that later versions can be held to.

use std::collections::{BTreeMap, BTreeSet};

use gewu::{EntryDetail, Gewu, GewuError, Query};
use gewu_model::ids::Digest;
use serde_json::{Value, json};

use crate::sim::operator::Operator;

/// More rows than a frozen device holds.
const ALL: u32 = 500;

/// Everything that a device's user can see and everything that it owes, in names and counts.
///
/// # Errors
/// What the SDK says when it cannot tell.
pub fn of_device(sdk: &Gewu) -> Result<Value, GewuError> {
    let query = Query {
        limit: ALL,
        ..Query::default()
    };
    let mut cases = BTreeMap::new();
    for row in sdk.list(&query)?.rows {
        cases.insert(row.case.to_string(), case(sdk, row.case)?);
    }
    let status = sdk.status()?;
    let unsent: BTreeMap<String, Value> = status
        .cases
        .iter()
        .map(|owed| {
            let changes: BTreeSet<String> = owed.changes.iter().map(ToString::to_string).collect();
            let waiting = owed.waiting.len();
            let told = json!({ "changes": changes, "texts": owed.texts, "waiting": waiting });
            (owed.case.to_string(), told)
        })
        .collect();
    let files: BTreeMap<String, Value> = status
        .photos
        .iter()
        .map(|file| {
            (
                file.sha256.to_string(),
                json!([file.bytes, file.thumbnail, file.sent]),
            )
        })
        .collect();
    let commands: BTreeMap<String, Value> = status
        .commands
        .iter()
        .map(|asked| {
            (
                asked.command.to_string(),
                json!([asked.kind, asked.outcome]),
            )
        })
        .collect();
    let aside: BTreeMap<String, Value> = status
        .set_aside
        .iter()
        .map(|item| {
            (
                item.change.to_string(),
                json!([item.reason, item.content.texts]),
            )
        })
        .collect();
    Ok(json!({
        "cases": cases,
        "unsent": unsent,
        "files": files,
        "commands": commands,
        "set_aside": aside,
        "notices": status.notices.len(),
        "drafts": drafts(sdk)?,
    }))
}

fn case(sdk: &Gewu, case: gewu_model::ids::CaseId) -> Result<Value, GewuError> {
    let detail = sdk.show(case)?;
    let entries: BTreeMap<String, Value> = detail
        .entries
        .iter()
        .map(|entry| (entry.hash.to_string(), entry_of(entry)))
        .collect();
    Ok(json!({
        "stage": detail.row.stage,
        "unsent": detail.row.unsent,
        "summary": detail.row.summary,
        "entries": entries,
    }))
}

fn entry_of(entry: &EntryDetail) -> Value {
    let photos: BTreeMap<Digest, bool> = entry
        .photos
        .iter()
        .map(|photo| (photo.record.sha256, photo.held))
        .collect();
    json!({
        "kind": entry.kind,
        "by": entry.by,
        "status": entry.status.name(),
        "received_at": entry.received_at,
        "payload": entry.payload,
        "texts": entry.texts,
        "photos": photos,
    })
}

fn drafts(sdk: &Gewu) -> Result<BTreeMap<String, Value>, GewuError> {
    let all = sdk.draft_list()?;
    let told = all.iter().map(|draft| {
        let photos: Vec<Digest> = draft.photos.iter().map(|it| it.record.sha256).collect();
        (draft.id.to_string(), json!([draft.input.text, photos]))
    });
    Ok(told.collect())
}

/// Every case at the centre as an operator sees it, in names and counts.
pub fn of_server(operator: &Operator) -> Value {
    let cases: BTreeMap<String, Value> = operator
        .cases()
        .into_iter()
        .map(|case| {
            let shown = operator.case(&case);
            (case, case_at_centre(&shown))
        })
        .collect();
    let (_, devices) = operator.get("/v1/op/devices");
    let (_, status) = operator.get("/v1/op/status");
    json!({
        "cases": cases,
        "devices": devices["devices"].as_array().map(Vec::len),
        "missing": status["media"]["missing"],
    })
}

fn case_at_centre(shown: &Value) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries: BTreeMap<String, Value> = list(&shown["entries"])
        .iter()
        .map(|entry| {
            let photos: Vec<String> = list(&entry["photos"])
                .iter()
                .map(|photo| text(&photo["sha256"]))
                .collect();
            let told = json!([entry["kind"], entry["by"], entry["texts"], photos]);
            (text(&entry["hash"]), told)
        })
        .collect();
    let aside: BTreeMap<String, String> = list(&shown["set_aside"])
        .iter()
        .map(|item| (text(&item["change"]), text(&item["reason"])))
        .collect();
    json!({
        "stage": shown["stage"],
        "entries": entries,
        "set_aside": aside,
        "held": list(&shown["held"]).len(),
        "complete": shown["complete"],
    })
}
