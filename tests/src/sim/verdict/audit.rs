//! What a phone does not count as unsent any more, looked up at the server at that moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gewu_model::ids::{CaseId, ChangeHash};

use super::{Truth, hash_files};
use crate::sim::operator::Operator;
use crate::sim::phone::{Phone, short};

/// A look at the server.
pub struct Audit<'a> {
    operator: &'a Operator,
    media: PathBuf,
}

impl<'a> Audit<'a> {
    /// At the server whose folder that is.
    pub fn new(operator: &'a Operator, server: &Path) -> Self {
        Self {
            operator,
            media: server.join("media"),
        }
    }

    /// What the phone stopped counting although the server has not said its word.
    pub fn wrong(&self, phone: &mut Phone) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut cases: BTreeMap<CaseId, Truth> = BTreeMap::new();
        for (case, change) in std::mem::take(&mut phone.freed) {
            let truth = cases
                .entry(case)
                .or_insert_with(|| Truth::read(&self.operator.case(&case.to_string())));
            if !Self::is_settled(truth, phone, (case, change)) {
                wrong.push(format!(
                    "does not count {change} in {} any more, which the server does not have",
                    short(case)
                ));
            }
        }
        wrong.extend(self.lost_files(phone));
        wrong
    }

    /// Whether the server has the change, or the phone shows it as set aside. What the phone does not
    /// show as an entry is a root, which every case at the server has, also one of whose entries an
    /// operator took none.
    fn is_settled(truth: &Truth, phone: &Phone, (case, change): (CaseId, ChangeHash)) -> bool {
        let Some(sdk) = phone.sdk() else { return true };
        let aside = sdk.status().is_ok_and(|status| {
            let mut aside = status.set_aside.iter();
            aside.any(|aside| aside.change == change)
        });
        let shown = sdk.show(case).is_ok_and(|shown| {
            let mut entries = shown.entries.iter();
            entries.any(|entry| entry.hash == change)
        });
        let known = match shown {
            true => truth.entries.contains_key(&change.to_string()),
            false => truth.is_begun(),
        };
        aside || known
    }

    fn lost_files(&self, phone: &mut Phone) -> Vec<String> {
        let freed = std::mem::take(&mut phone.freed_files);
        if freed.is_empty() {
            return Vec::new();
        }
        let mut held = std::collections::BTreeSet::new();
        hash_files(&self.media, &mut held);
        let lost = freed
            .iter()
            .filter(|file| !held.contains(&file.to_string()));
        lost.map(|file| format!("does not count the file {file} any more, which is nowhere"))
            .collect()
    }
}
