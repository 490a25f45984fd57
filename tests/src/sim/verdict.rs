//! What must hold when the faults are over and everybody has synced.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gewu::{Gewu, Query};
use gewu_evidence::hash_bytes;
use gewu_model::ids::CaseId;
use serde_json::Value;

use super::coverage::Coverage;
use super::operator::Operator;
use super::phone::{Phone, Promise, short};
use super::rules::Rules;

mod audit;
mod contacts;

pub use audit::Audit;

/// An accepted entry.
struct Taken {
    kind: String,
    role: String,
    by: String,
    /// Its texts, one after the other.
    texts: String,
    /// Whether one of its texts was erased.
    is_erased: bool,
    /// How many photos it names.
    photos: usize,
    /// Its photos and their small pictures, by hash.
    files: Vec<String>,
}

/// What the server has of one case, by the operator's own API.
struct Truth {
    entries: BTreeMap<String, Taken>,
    /// Changes that the server set aside, with the reason.
    set_aside: BTreeMap<String, String>,
    state_hash: String,
    /// Whether its report names a contact card that the server neither has nor erased.
    lacks_contact: bool,
    /// How many changes still wait for an operator.
    held: u64,
    /// The duty grid and the units whose people must hold the case.
    audience: BTreeSet<String>,
}

impl Truth {
    fn read(shown: &Value) -> Self {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let erased: BTreeSet<String> = list(&shown["erased"]).iter().map(text).collect();
        let entry = |entry: &Value| {
            let named = || entry["texts"].as_object().into_iter().flatten();
            let texts: String = named().map(|(_, words)| text(words)).collect();
            let mut digests = named().map(|(digest, _)| digest);
            let photos = list(&entry["photos"]);
            let files = photos
                .iter()
                .flat_map(|photo| [&photo["sha256"], &photo["thumb_sha256"]]);
            let taken = Taken {
                kind: text(&entry["kind"]),
                role: text(&entry["role"]),
                by: text(&entry["by"]),
                texts,
                is_erased: digests.any(|digest| erased.contains(digest)),
                photos: photos.len(),
                files: files.filter(|file| !file.is_null()).map(text).collect(),
            };
            (text(&entry["hash"]), taken)
        };
        let entries = list(&shown["entries"]).iter().map(entry).collect();
        let mut audience: BTreeSet<String> = list(&shown["units"]).iter().map(text).collect();
        audience.insert(text(&shown["report"]["grid"]["duty"]));
        audience.insert(text(&shown["place"]["duty"]));
        Self {
            audience,
            entries,
            set_aside: list(&shown["set_aside"])
                .iter()
                .map(|aside| (text(&aside["change"]), text(&aside["reason"])))
                .collect(),
            state_hash: text(&shown["state_hash"]),
            lacks_contact: contacts::is_lacking(&shown["contact"]),
            held: list(&shown["held"]).len() as u64,
        }
    }
}

impl Truth {
    /// Whether the server took anything of it; the first is the root.
    const fn is_begun(&self) -> bool {
        !self.state_hash.is_empty()
    }

    /// Whoever handled does not check the same work: of two answers upon one chain, the check must come
    /// from somebody without a handle in the case.
    fn checked_by_handler(&self, case: &str) -> Vec<String> {
        let by = |kind: &str| -> BTreeSet<&String> {
            let of = self.entries.values().filter(|taken| taken.kind == kind);
            of.map(|taken| &taken.by).collect()
        };
        let (handled, checked) = (by("handle"), by("check"));
        let both = handled.intersection(&checked);
        both.map(|who| format!("{who} handled and checked {case}"))
            .collect()
    }
}

/// The server's truth about every case, and the files that it really has.
pub struct Verdict {
    cases: BTreeMap<String, Truth>,
    files: BTreeSet<String>,
    findings: Vec<String>,
}

impl Verdict {
    /// Reads the server: its cases by the operator's API, its files from its folder.
    pub fn read(operator: &Operator, server: &Path) -> Self {
        let cases = operator.cases();
        let mut files = BTreeSet::new();
        hash_files(&server.join("media"), &mut files);
        Self {
            cases: cases
                .into_iter()
                .map(|case| (case.clone(), Truth::read(&operator.case(&case))))
                .collect(),
            files,
            findings: Vec::new(),
        }
    }

    /// Counts what became of everything.
    pub fn count(&self, coverage: &mut Coverage) {
        let mut said = |verdict: &str, count: u64| {
            *coverage.verdicts.entry(verdict.to_owned()).or_default() += count;
        };
        for truth in self.cases.values() {
            said("accepted", truth.entries.len() as u64);
            truth.set_aside.values().for_each(|reason| said(reason, 1));
            if truth.held > 0 {
                said("pending", truth.held);
            }
        }
        let entries = self.cases.values().flat_map(|truth| truth.entries.values());
        for taken in entries {
            *coverage.entries.entry(taken.kind.clone()).or_default() += 1;
        }
    }

    /// Everything that does not hold, after all phones were asked.
    pub fn findings(mut self, phones: &[Phone]) -> Vec<String> {
        for phone in phones {
            self.findings.extend(phone.findings.iter().cloned());
            match phone.sdk() {
                Some(sdk) => self.judge(phone, sdk),
                None => self.find(phone, "is dead".to_owned()),
            }
        }
        self.count_markers(phones);
        self.nothing_unauthorised(phones);
        self.findings
    }

    /// No entry of a role that the policy's own page does not give its kind to; nothing that a modified
    /// app made up; and nobody's answer to a question that named others.
    fn nothing_unauthorised(&mut self, phones: &[Phone]) {
        let rules = Rules::built_in();
        let mut wrong = Vec::new();
        for (case, truth) in &self.cases {
            for (hash, taken) in &truth.entries {
                if !rules.gives(&taken.role, &taken.kind) {
                    wrong.push(format!(
                        "{}'s {} in {case} took effect for a {} ({hash})",
                        taken.by, taken.kind, taken.role
                    ));
                }
            }
            wrong.extend(truth.checked_by_handler(case));
        }
        for promise in phones.iter().flat_map(|phone| &phone.promises) {
            let truth = self.cases.get(&promise.case.to_string());
            let taken =
                truth.is_some_and(|truth| truth.entries.contains_key(&promise.change.to_string()));
            if promise.is_wrong() && taken {
                wrong.push(format!("{} {}was taken", promise.what, promise.marker));
            }
        }
        self.findings.append(&mut wrong);
    }

    fn find(&mut self, phone: &Phone, what: String) {
        self.findings.push(format!("{}: {what}", phone.label));
    }

    fn judge(&mut self, phone: &Phone, sdk: &Gewu) {
        let aside = self.nothing_unsent(phone, sdk);
        for promise in &phone.promises {
            if let Some(what) = self.broken(promise, sdk, &aside) {
                self.find(
                    phone,
                    format!(
                        "{} {}in {}: {what}",
                        promise.what,
                        promise.marker,
                        short(promise.case)
                    ),
                );
            }
        }
        if phone.standing.is_served() {
            self.contacts_are_known(phone, sdk);
            self.replicas_agree(phone, sdk);
            self.audience_is_served(phone, sdk);
        }
        match sdk.verify_projection() {
            Ok(wrong) if wrong.is_empty() => {}
            other => self.find(phone, format!("its projection is not the fold: {other:?}")),
        }
    }

    /// Demands that nothing is unsent; the changes that the device shows as set aside.
    fn nothing_unsent(&mut self, phone: &Phone, sdk: &Gewu) -> BTreeSet<String> {
        let status = match sdk.status() {
            Ok(status) => status,
            Err(error) => {
                self.find(phone, format!("has no status: {error}"));
                return BTreeSet::new();
            }
        };
        if !status.synced {
            self.find(
                phone,
                format!(
                    "still unsent: {:?} {:?} {:?}",
                    status.cases, status.photos, status.commands
                ),
            );
        }
        let aside = status.set_aside.iter();
        aside.map(|aside| aside.change.to_string()).collect()
    }

    /// What became of a returned save that must not have.
    fn broken(&self, promise: &Promise, sdk: &Gewu, aside: &BTreeSet<String>) -> Option<String> {
        let change = promise.change.to_string();
        let truth = self.cases.get(&promise.case.to_string());
        if let Some(taken) = truth.and_then(|truth| truth.entries.get(&change)) {
            return self.incomplete(promise, taken);
        }
        let known = truth.is_none_or(|truth| truth.set_aside.contains_key(&change));
        match (aside.contains(&change), known) {
            (true, true) => None,
            (true, false) => Some("set aside here, unknown to the server".to_owned()),
            (false, _) if sdk.show(promise.case).is_ok() => Some("lost at the server".to_owned()),
            (false, _) => Some("lost, and its case is gone from the phone".to_owned()),
        }
    }

    fn incomplete(&self, promise: &Promise, taken: &Taken) -> Option<String> {
        if !taken.texts.contains(&promise.marker) && !taken.is_erased {
            return Some(format!("its text is not at the server: {:?}", taken.texts));
        }
        if taken.photos != promise.photos {
            return Some(format!("{} of {} photos", taken.photos, promise.photos));
        }
        let missing = taken.files.iter().find(|file| !self.files.contains(*file));
        missing.map(|file| format!("file {file} is not at the server"))
    }

    /// Everybody but a citizen, who holds only their own branch, has what the server has.
    fn replicas_agree(&mut self, phone: &Phone, sdk: &Gewu) {
        if phone.person.is_citizen() {
            return;
        }
        // What has left the device stays as it was while its author has something to be told.
        let followed = |case: &CaseId| sdk.is_followed(*case).unwrap_or(true);
        for case in cases_of(sdk).into_iter().filter(followed) {
            if let Some(what) = self.differs(sdk, case) {
                self.find(phone, format!("{} {what}", short(case)));
            }
        }
    }

    /// How a replica differs from the server's, if it does.
    fn differs(&self, sdk: &Gewu, case: CaseId) -> Option<String> {
        let Some(truth) = self.cases.get(&case.to_string()) else {
            return Some("is unknown to the server".to_owned());
        };
        let here = match sdk.state_hash(case) {
            Ok(hash) => hash.to_string(),
            Err(error) => return Some(format!("has no state: {error}")),
        };
        if here == truth.state_hash {
            return None;
        }
        let held = sdk.accepted_changes(case).unwrap_or_default();
        let held: BTreeSet<String> = held.iter().map(ToString::to_string).collect();
        let lacks = truth.entries.iter().filter(|(one, _)| !held.contains(*one));
        let lacks = lacks.map(|(_, taken)| format!("{}'s {}", taken.by, taken.kind));
        let lacks: Vec<String> = lacks.collect();
        let more = |change: &String| held.contains(change) && !truth.entries.contains_key(change);
        let shown = sdk
            .show(case)
            .map(|shown| shown.entries)
            .unwrap_or_default();
        let more = shown.iter().filter(|entry| more(&entry.hash.to_string()));
        let more: Vec<String> = more
            .map(|entry| {
                let aside = truth.set_aside.get(&entry.hash.to_string());
                format!("{}'s {} (there: {aside:?})", entry.by, entry.kind)
            })
            .collect();
        Some(format!(
            "differs: lacks {}, has more: {}",
            lacks.join(", "),
            more.join(", ")
        ))
    }

    /// Whoever works in a case's duty grid or for its units has the case.
    fn audience_is_served(&mut self, phone: &Phone, sdk: &Gewu) {
        let held: BTreeSet<String> = cases_of(sdk).iter().map(ToString::to_string).collect();
        let person = phone.person;
        let mine = |truth: &Truth| {
            let mut groups = person.duty.iter().chain(person.units);
            groups.any(|group| truth.audience.contains(*group))
        };
        let unserved = self.cases.iter().filter(|(_, truth)| mine(truth));
        let unserved: Vec<String> = unserved
            .filter(|(case, _)| !held.contains(*case))
            .map(|(case, _)| format!("never got {case}"))
            .collect();
        unserved.into_iter().for_each(|what| self.find(phone, what));
    }

    /// No text stands in two accepted entries: nothing was taken twice.
    fn count_markers(&mut self, phones: &[Phone]) {
        let accepted = self.cases.values().flat_map(|truth| truth.entries.values());
        let texts: Vec<&String> = accepted.map(|taken| &taken.texts).collect();
        let mut twice = Vec::new();
        let promises = phones.iter().flat_map(|phone| &phone.promises);
        for promise in promises.filter(|promise| !promise.marker.is_empty()) {
            let count = texts
                .iter()
                .filter(|text| text.contains(&promise.marker))
                .count();
            if count > 1 {
                twice.push(format!(
                    "{}{} stands in {count} entries",
                    promise.marker, promise.what
                ));
            }
        }
        self.findings.extend(twice);
    }
}

/// Every case on a phone.
pub fn cases_of(sdk: &Gewu) -> Vec<CaseId> {
    let mut query = Query {
        limit: 500,
        ..Query::default()
    };
    let mut all = Vec::new();
    while let Ok(page) = sdk.list(&query) {
        all.extend(page.rows.iter().map(|row| row.case));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    all
}

/// The hashes of all files below a folder.
fn hash_files(folder: &Path, hashes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            hash_files(&path, hashes);
        } else if let Ok(bytes) = std::fs::read(&path) {
            hashes.insert(hash_bytes(&bytes).to_string());
        }
    }
}
