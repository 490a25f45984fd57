//! What a phone says that it still owes, and whether that is exactly what it must say.

use std::collections::{BTreeMap, BTreeSet};

use gewu::{CommandState, Gewu, GewuError};
use gewu_model::ids::{CaseId, ChangeHash, Digest};

/// What a phone counts as unsent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owing {
    /// Changes, with their cases.
    pub changes: BTreeMap<ChangeHash, CaseId>,
    /// Files.
    pub files: BTreeSet<Digest>,
    /// Texts and contact cards.
    pub texts: u32,
    /// Commands.
    pub commands: usize,
}

/// What happened between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// A save returned this change.
    Saved(CaseId, ChangeHash),
    /// A call said that it saved nothing, or nothing was called.
    Nothing,
    /// The power went during a save.
    Torn,
    /// A sync, whole or not.
    Sync,
}

impl Owing {
    /// Asks the phone.
    ///
    /// # Errors
    /// What the phone says when it cannot tell.
    pub fn of(sdk: &Gewu) -> Result<Self, GewuError> {
        let status = sdk.status()?;
        let mut owing = Self {
            files: status.photos.iter().map(|photo| photo.sha256).collect(),
            ..Self::default()
        };
        for case in &status.cases {
            owing.texts += case.texts;
            let changes = case.changes.iter().map(|change| (*change, case.case));
            owing.changes.extend(changes);
        }
        let unsent = |state: &CommandState| *state == CommandState::Unsent;
        owing.commands = status
            .commands
            .iter()
            .filter(|command| unsent(&command.outcome))
            .count();
        Ok(owing)
    }

    /// The one number that a sync reports.
    pub fn count(&self) -> u64 {
        (self.changes.len() + self.files.len() + self.commands) as u64 + u64::from(self.texts)
    }

    /// What is wrong with owing `now` after owing `self`, if anything.
    pub fn wrong(&self, now: &Self, between: Between) -> Option<String> {
        let gone = |what: &str| Some(format!("{what} is not counted as unsent any more"));
        let kept = self.changes.keys().all(|it| now.changes.contains_key(it))
            && self.files.is_subset(&now.files);
        let new: Vec<(&ChangeHash, &CaseId)> = now
            .changes
            .iter()
            .filter(|(change, _)| !self.changes.contains_key(*change))
            .collect();
        match between {
            Between::Sync => None,
            _ if !kept => gone("something unsent"),
            Between::Nothing if *self != *now => Some(format!(
                "counts something else after nothing was saved: {} and {}",
                self.count(),
                now.count()
            )),
            Between::Saved(_, change) if !now.changes.contains_key(&change) => {
                gone("what was just saved")
            }
            Between::Saved(case, _) if new.iter().any(|(_, of)| **of != case) => {
                Some("counts changes of another case than the one that was saved".to_owned())
            }
            _ => None,
        }
    }

    /// What `now` does not count any more, with its case.
    pub fn freed<'a>(&'a self, now: &'a Self) -> impl Iterator<Item = (CaseId, ChangeHash)> + 'a {
        let gone = self
            .changes
            .iter()
            .filter(|(change, _)| !now.changes.contains_key(*change));
        gone.map(|(change, case)| (*case, *change))
    }

    /// Files that `now` does not count any more.
    pub fn freed_files<'a>(&'a self, now: &'a Self) -> impl Iterator<Item = Digest> + 'a {
        self.files.difference(&now.files).copied()
    }
}
