//! What must hold when the faults are over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gewu_evidence::hash_bytes;
use serde_json::Value;

use super::Outcome;
use super::actor::{Actor, Saved};
use crate::process::Server;

/// As many cases as an operator lists at once.
const MOST_ROWS: &str = "1000";

/// Looks for every save that returned.
pub(super) fn judge(
    server: &Server,
    folder: &Path,
    actors: &[Actor],
    outcome: &mut Outcome,
) -> Result<(), String> {
    let held = hashes(&folder.join("server/media"))?;
    let saved = actors.iter().flat_map(|actor| &actor.saved);
    let truth = Truth::read(server, saved.map(|saved| saved.case.clone()))?;
    let mut files = BTreeSet::new();
    for actor in actors {
        outcome.saves += actor.saved.len();
        outcome.killed_saving += actor.killed_saving;
        outcome.killed_syncing += actor.killed_syncing;
        outcome.syncs += actor.syncs;
        let told = set_aside_on(actor)?;
        for saved in &actor.saved {
            match truth.fate(saved, &told, &held, &mut files) {
                Ok(None) => outcome.accepted += 1,
                Ok(Some(reason)) => *outcome.set_aside.entry(reason).or_default() += 1,
                Err(why) => outcome.findings.push(format!("{}: {why}", saved.marker)),
            }
            let times = truth.texts.get(&saved.marker).copied().unwrap_or(0);
            if times > 1 {
                let marker = &saved.marker;
                outcome
                    .findings
                    .push(format!("{marker} is there {times} times"));
            }
        }
    }
    outcome.files = files.len();
    let missing = &server.op(&["status"])?["media"]["missing"];
    if *missing != 0 {
        outcome
            .findings
            .push(format!("the server misses {missing} photos"));
    }
    Ok(())
}

/// The reasons that a device tells, by change.
fn set_aside_on(actor: &Actor) -> Result<BTreeMap<String, String>, String> {
    let status = actor.device.ok(&["status"])?;
    Ok(reasons(&status["set_aside"]))
}

fn reasons(list: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = list.as_array().into_iter().flatten();
    items
        .map(|item| (text(&item["change"]), text(&item["reason"])))
        .collect()
}

/// Every file below a folder by the hash of its bytes, where that is its name.
fn hashes(folder: &Path) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| error.to_string())? {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let hash = hash_bytes(&std::fs::read(&path).map_err(|error| error.to_string())?);
            if path
                .file_name()
                .is_some_and(|name| *name == *hash.to_string())
            {
                found.insert(hash.to_string());
            }
        }
    }
    Ok(found)
}

/// What the server has.
struct Truth {
    /// Accepted entries by change: the texts, and the files.
    entries: BTreeMap<String, (String, Vec<String>)>,
    set_aside: BTreeMap<String, String>,
    /// How often each text is there.
    texts: BTreeMap<String, u32>,
}

impl Truth {
    /// Reads the cases of an operator's list, and those.
    fn read(server: &Server, cases: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut truth = Self {
            entries: BTreeMap::new(),
            set_aside: BTreeMap::new(),
            texts: BTreeMap::new(),
        };
        let rows = server.op_lines(&["list", "--limit", MOST_ROWS])?;
        let listed = rows
            .iter()
            .filter_map(|row| row["case"].as_str().map(str::to_owned));
        let cases: BTreeSet<String> = listed.chain(cases).collect();
        for case in cases {
            // A case that the server does not know shows as a save that was lost.
            if let Ok(shown) = server.op(&["show", &case]) {
                truth.add(&shown);
            }
        }
        Ok(truth)
    }

    fn add(&mut self, shown: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for entry in shown["entries"].as_array().into_iter().flatten() {
            let texts = entry["texts"].as_object().into_iter().flatten();
            let texts: Vec<String> = texts.map(|(_, words)| text(words)).collect();
            for words in &texts {
                *self.texts.entry(words.clone()).or_default() += 1;
            }
            let photos = entry["photos"].as_array().into_iter().flatten();
            let files = photos.flat_map(|photo| [&photo["sha256"], &photo["thumb_sha256"]]);
            let files = files.filter(|file| !file.is_null()).map(text).collect();
            self.entries
                .insert(text(&entry["hash"]), (texts.concat(), files));
        }
        self.set_aside.extend(reasons(&shown["set_aside"]));
    }

    /// What became of a save: `None` when it was accepted, else the reason; an error when it is lost.
    fn fate(
        &self,
        saved: &Saved,
        told: &BTreeMap<String, String>,
        held: &BTreeSet<String>,
        files: &mut BTreeSet<String>,
    ) -> Result<Option<String>, String> {
        if let Some((texts, named)) = self.entries.get(&saved.change) {
            if saved.wrong {
                return Err("took effect though its author had no right to it".to_owned());
            }
            if *texts != saved.marker {
                return Err(format!("says {texts:?}"));
            }
            let photos = named.len() / 2;
            if photos != saved.photos || !named.iter().all(|file| held.contains(file)) {
                return Err(format!(
                    "{photos} of {} photos, or not all files",
                    saved.photos
                ));
            }
            files.extend(named.iter().cloned());
            return Ok(None);
        }
        match (told.get(&saved.change), self.set_aside.get(&saved.change)) {
            (Some(reason), Some(_)) => Ok(Some(reason.clone())),
            (Some(reason), None) => Err(format!("set aside for {reason} on its device alone")),
            (None, Some(reason)) => Err(format!("set aside for {reason} and its device is silent")),
            (None, None) => Err(format!(
                "change {} in {} was lost",
                saved.change, saved.case
            )),
        }
    }
}
