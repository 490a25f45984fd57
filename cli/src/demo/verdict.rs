//! Did the promises hold? Every replica is read by a fresh process.

use std::collections::BTreeMap;
use std::time::Duration;

use gewu_model::state::replica_hash;
use serde_json::{Value, json};

use super::display;
use super::story::{PEOPLE, Story};
use crate::out::{Failure, Out, Outcome};

/// The fewest full replicas that make the comparison worth something.
const FULL_REPLICAS: usize = 5;

type CaseHashes = BTreeMap<String, String>;

/// Reads every replica and gathers the result.
pub(super) fn judge(story: &mut Story, took: Duration) -> Result<Value, Failure> {
    let server = server_hashes(story)?;
    let mut replicas = vec![replica("server", "server", &server, &server)];
    let mut agree = true;
    let mut aside = Vec::new();
    for (name, role, ..) in PEOPLE {
        let hashes = device_hashes(story, name)?;
        agree &= hashes
            .iter()
            .all(|(case, hash)| server.get(case) == Some(hash));
        replicas.push(replica(name, role, &hashes, &server));
        aside.extend(set_aside(story, name)?);
    }
    let status = story.op(&["status"])?;
    let known: Vec<&str> = status["set_aside"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["change"].as_str())
        .collect();
    let set_aside: Vec<Value> = known
        .iter()
        .map(|change| {
            let seen = aside.iter().find(|seen| seen["change"] == **change);
            json!({
                "change": change,
                "reason": seen.map_or(Value::Null, |seen| seen["reason"].clone()),
                "seen_by_author": seen.is_some(),
            })
        })
        .collect();
    let sum = |field: &str| {
        story
            .syncs
            .iter()
            .filter_map(|sync| sync[field].as_u64())
            .sum::<u64>()
    };
    let full = replicas
        .iter()
        .filter(|replica| replica["full"] == true)
        .count();
    Ok(json!({
        "replicas_agree": agree && full >= FULL_REPLICAS,
        "full_replicas": full,
        "replicas": replicas,
        "photos": status["media"]["present"],
        "photos_missing": missing(&status["media"]),
        "set_aside": set_aside,
        "late": late(story)?,
        "cases": server.len(),
        "changes": status["changes"],
        "syncs": story.syncs.len(),
        "bytes_up": sum("bytes_up"),
        "bytes_down": sum("bytes_down"),
        "seconds": took.as_secs_f64(),
        "citizens_unsent": unsent(story)?,
        "detours": story.detours()?,
    }))
}

/// Photos and their small pictures that the server was told of and does not hold.
fn missing(media: &Value) -> u64 {
    let count = |field: &str| {
        media[field]
            .as_u64()
            .unwrap_or(u64::from(field == "missing"))
    };
    count("missing") + count("thumbnails_missing")
}

fn replica(name: &str, role: &str, hashes: &CaseHashes, server: &CaseHashes) -> Value {
    let parsed = hashes
        .iter()
        .filter_map(|(case, hash)| Some((case.parse().ok()?, hash.parse().ok()?)));
    let hash = replica_hash(&parsed.collect::<Vec<_>>()).to_string();
    json!({
        "name": name, "role": role, "hash": hash, "cases": hashes.len(),
        "full": hashes.keys().eq(server.keys()),
        "agrees": hashes.iter().all(|(case, hash)| server.get(case) == Some(hash)),
    })
}

fn server_hashes(story: &Story) -> Result<CaseHashes, Failure> {
    let mut hashes = CaseHashes::new();
    for case in [&story.cover, &story.rubbish, &story.twin] {
        let shown = story.op(&["show", case])?;
        hashes.insert(case.clone(), super::text(&shown, "state_hash")?);
    }
    Ok(hashes)
}

fn device_hashes(story: &Story, name: &str) -> Result<CaseHashes, Failure> {
    let dir = display(&story.world.device(name));
    let mut hashes = CaseHashes::new();
    for case in story.world.run(&["state", "--dir", &dir])? {
        if case["projection_ok"] != true {
            return Err(Failure::new(format!(
                "{name}'s projection differs from its history: {case}"
            )));
        }
        hashes.insert(super::text(&case, "case")?, super::text(&case, "hash")?);
    }
    Ok(hashes)
}

fn set_aside(story: &Story, name: &str) -> Result<Vec<Value>, Failure> {
    let dir = display(&story.world.device(name));
    let status = story.world.run(&["status", "--dir", &dir])?;
    let status = status.last().cloned().unwrap_or(Value::Null);
    Ok(status["set_aside"].as_array().cloned().unwrap_or_default())
}

/// How many changes and photos the citizens' devices still owe.
fn unsent(story: &Story) -> Result<u64, Failure> {
    let mut owed = 0;
    for citizen in Story::CITIZENS {
        let dir = display(&story.world.device(citizen));
        let status = story.world.run(&["status", "--dir", &dir])?;
        let unsent = status.last().map(|status| &status["unsent"]);
        let count = |field: &str| {
            unsent
                .and_then(|unsent| unsent[field].as_u64())
                .unwrap_or(1)
        };
        owed += count("changes") + count("photos");
    }
    Ok(owed)
}

fn late(story: &Story) -> Result<Vec<Value>, Failure> {
    let mut late = Vec::new();
    for case in [&story.cover, &story.rubbish] {
        let shown = story.op(&["show", case])?;
        let entries = shown["entries"].as_array().cloned().unwrap_or_default();
        late.extend(entries.into_iter().filter(|entry| entry["status"] == "late").map(|entry| {
            json!({ "change": entry["hash"], "kind": entry["kind"], "by": entry["by"], "case": case })
        }));
    }
    Ok(late)
}

/// The table for people, one object for scripts.
pub(super) fn print(result: &Value, out: Out) {
    out.say(result, || table(result));
}

fn table(result: &Value) -> String {
    let mut lines = vec![
        "\n== What every replica holds, read by a fresh process".to_owned(),
        format!(
            "{:<8} {:<10} {:<6} {:<7} state",
            "replica", "role", "cases", "agrees"
        ),
    ];
    for replica in result["replicas"].as_array().into_iter().flatten() {
        let cell = |field: &str| replica[field].as_str().unwrap_or("?").to_owned();
        lines.push(format!(
            "{:<8} {:<10} {:<6} {:<7} {}",
            cell("name"),
            cell("role"),
            replica["cases"],
            if replica["agrees"] == true {
                "yes"
            } else {
                "NO"
            },
            cell("hash").chars().take(16).collect::<String>()
        ));
    }
    let count = |field: &str| result[field].as_array().map_or(0, Vec::len);
    lines.push(format!(
        "\n{} full replicas agree: {}\nphotos on the server, each by its hash: {}, missing: {}",
        result["full_replicas"],
        result["replicas_agree"],
        result["photos"],
        result["photos_missing"]
    ));
    lines.push(format!(
        "set aside with a reason, seen by the author: {}\nlate entries kept and shown: {}",
        count("set_aside"),
        count("late")
    ));
    lines.push(format!(
        "{} changes in {} cases, {} syncs, {} bytes up, {} bytes down, {:.1} s",
        result["changes"],
        result["cases"],
        result["syncs"],
        result["bytes_up"],
        result["bytes_down"],
        result["seconds"].as_f64().unwrap_or_default()
    ));
    lines.join("\n")
}

/// Turns a broken promise into a failure.
pub(super) fn check(result: &Value) -> Outcome {
    let aside = result["set_aside"].as_array().cloned().unwrap_or_default();
    let promises = [
        (
            result["replicas_agree"] == true,
            "the replicas do not agree",
        ),
        (
            result["photos_missing"] == 0,
            "photos are missing on the server",
        ),
        (aside.len() >= 2, "the wrong entries were not set aside"),
        (
            aside.iter().all(|entry| entry["seen_by_author"] == true),
            "an author was not told",
        ),
        (
            result["late"]
                .as_array()
                .is_some_and(|late| !late.is_empty()),
            "no late entry was kept",
        ),
        (
            result["citizens_unsent"] == 0,
            "a citizen's device still holds unsent work",
        ),
        (
            result["detours"]["sent_back"] == true,
            "the unit's request to send back was not granted",
        ),
        (
            result["detours"]["resumed"] == true,
            "the suspended work was not resumed",
        ),
        (
            result["detours"]["second_reporter_told"] == true,
            "the second reporter was not told",
        ),
    ];
    match promises.iter().find(|(held, _)| !held) {
        Some((_, words)) => Err(Failure::new(format!("the demo failed: {words}"))),
        None => Ok(()),
    }
}
