//! The names of files: those that a process sees, and those that the medium has.

use std::collections::{BTreeMap, BTreeSet};

use super::Dice;

/// A change that the medium may not have yet.
#[derive(Debug, Clone)]
pub(super) enum NameChange {
    Link(String, u64),
    Unlink(String),
    Rename(String, String),
}

impl NameChange {
    fn apply(self, names: &mut BTreeMap<String, u64>) {
        match self {
            Self::Link(name, inode) => {
                names.insert(name, inode);
            }
            Self::Unlink(name) => {
                names.remove(&name);
            }
            Self::Rename(from, to) => {
                if let Some(inode) = names.remove(&from) {
                    names.insert(to, inode);
                }
            }
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Names {
    live: BTreeMap<String, u64>,
    durable: BTreeMap<String, u64>,
    pending: Vec<NameChange>,
}

impl Names {
    pub(super) fn change(&mut self, change: NameChange) {
        change.clone().apply(&mut self.live);
        self.pending.push(change);
    }

    pub(super) fn get(&self, name: &str) -> Option<u64> {
        self.live.get(name).copied()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.live.keys()
    }

    /// The files that have a name.
    pub(super) fn inodes(&self) -> BTreeSet<u64> {
        self.live.values().copied().collect()
    }

    /// The name that a file has now; empty for one that has none.
    pub(super) fn of(&self, inode: u64) -> String {
        let found = self.live.iter().find(|(_, named)| **named == inode);
        found.map(|(name, _)| name.clone()).unwrap_or_default()
    }

    /// Whether the medium may not know yet that the file was made.
    pub(super) fn is_unknown_to_medium(&self, inode: u64) -> bool {
        let makes =
            |change: &NameChange| matches!(change, NameChange::Link(_, made) if *made == inode);
        self.pending.iter().any(makes)
    }

    /// Everything reaches the medium.
    pub(super) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// The power goes. A journalling file system keeps the order of its names, so the medium has
    /// the first few changes.
    pub(super) fn lose_power(&mut self, dice: &mut Dice) {
        let kept = usize::try_from(dice.below(self.pending.len() as u64 + 1)).unwrap_or(0);
        self.pending.truncate(kept);
        self.sync();
        self.live.clone_from(&self.durable);
    }
}
