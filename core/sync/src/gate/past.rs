//! The past of a change: everything accepted that it was made upon.

use std::collections::HashMap;

use gewu_model::entry::{Entry, Kind};
use gewu_model::fold::Row;
use gewu_model::ids::{ActorId, ChangeHash};

use super::judgement::{Checked, Judgement};
use super::state::{AcceptedChange, CaseState, Fate};
use crate::verdict::SetAside;

/// Places in the order of acceptance, one bit each.
struct Bits(Vec<u64>);

impl Bits {
    fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    /// Sets the bit and says whether it was clear.
    fn insert(&mut self, at: usize) -> bool {
        let (word, bit) = (&mut self.0[at / 64], 1 << (at % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    fn contains(&self, at: usize) -> bool {
        self.0[at / 64] & (1 << (at % 64)) != 0
    }
}

/// Accepted changes that a set of dependencies reaches.
pub(super) struct Past<'a> {
    case: &'a CaseState,
    places: HashMap<ChangeHash, usize>,
    reached: Bits,
}

impl<'a> Past<'a> {
    /// The past of a change that names `deps`.
    ///
    /// # Errors
    /// When one of them is not part of the case, or another one implies it.
    pub(super) fn of(case: &'a CaseState, deps: &[ChangeHash]) -> Checked<Self> {
        let places = places(case);
        check_accepted(case, &places, deps)?;
        let mut past = Self {
            case,
            places,
            reached: Bits::none(case.changes.len()),
        };
        let direct = past.find(deps);
        for at in &direct {
            past.reach(past.find(&case.changes[*at].row.deps));
        }
        if direct.iter().any(|at| past.reached.contains(*at)) {
            return Err(SetAside::Dependencies.into());
        }
        for at in direct {
            past.reached.insert(at);
        }
        Ok(past)
    }

    fn find(&self, hashes: &[ChangeHash]) -> Vec<usize> {
        let found = hashes.iter().filter_map(|hash| self.places.get(hash));
        found.copied().collect()
    }

    fn reach(&mut self, mut open: Vec<usize>) {
        while let Some(at) = open.pop() {
            if self.reached.insert(at) {
                open.extend(self.find(&self.case.changes[at].row.deps));
            }
        }
    }

    /// Whether the change of that hash lies in this past.
    pub(super) fn holds(&self, hash: &ChangeHash) -> bool {
        self.places
            .get(hash)
            .is_some_and(|at| self.reached.contains(*at))
    }

    /// Whether all that is accepted of the past of `deps` lies in this past too, through changes
    /// that were set aside.
    pub(super) fn covers(&self, deps: &[ChangeHash]) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        let mut open = deps.to_vec();
        while let Some(hash) = open.pop() {
            if self.places.contains_key(&hash) && !self.holds(&hash) {
                return false;
            }
            if let Some(Fate::SetAside { deps, .. }) = self.case.fates.get(&hash) {
                let new = seen.insert(hash);
                open.extend(deps.iter().filter(|_| new));
            }
        }
        true
    }

    /// The accepted changes of this past, in the order of acceptance.
    pub(super) fn changes(&self) -> impl Iterator<Item = &'a AcceptedChange> {
        let placed = self.case.changes.iter().enumerate();
        placed
            .filter(|(at, _)| self.reached.contains(*at))
            .map(|(_, change)| change)
    }

    /// What the fold reads of this past.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'a Row> {
        self.changes().map(|change| &change.row)
    }

    /// Whether no instruction of the case lies outside this past.
    pub(super) fn holds_every_instruction(&self) -> bool {
        let mut placed = self.case.changes.iter().enumerate();
        placed.all(|(at, change)| {
            self.reached.contains(at) || !matches!(kind(change), Some(Kind::Instruction(_)))
        })
    }

    /// Whether `hash` is an instruction in this past.
    pub(super) fn instructs(&self, hash: &ChangeHash) -> bool {
        let at = self.places.get(hash);
        at.is_some_and(|at| {
            self.reached.contains(*at)
                && matches!(kind(&self.case.changes[*at]), Some(Kind::Instruction(_)))
        })
    }

    /// Checks that change `seq` of `actor` follows upon the actor's previous one.
    pub(super) fn check_sequence(&self, actor: &ActorId, seq: u64) -> Checked {
        let own = self.case.changes.iter().filter(|own| own.actor == *actor);
        let follows = match own.max_by_key(|own| own.seq) {
            Some(previous) => seq == previous.seq + 1 && self.holds(&previous.hash),
            None => seq == 1,
        };
        if follows {
            Ok(())
        } else {
            Err(SetAside::Sequence.into())
        }
    }

    /// Checks that operations from `start_op` on follow upon this past.
    pub(super) fn check_start_op(&self, start_op: u64) -> Checked {
        let highest = self.changes().map(|change| change.max_op).max();
        if start_op == highest.unwrap_or(0) + 1 {
            Ok(())
        } else {
            Err(SetAside::StartOp.into())
        }
    }
}

/// The entry of an accepted change; `None` for the root.
pub(super) fn entry(change: &AcceptedChange) -> Option<&Entry> {
    change.row.entry.as_ref().map(|written| &written.entry)
}

/// The kind of an accepted change's entry.
pub(super) fn kind(change: &AcceptedChange) -> Option<&Kind> {
    entry(change).map(|entry| &entry.header.kind)
}

fn places(case: &CaseState) -> HashMap<ChangeHash, usize> {
    let placed = case.changes.iter().enumerate();
    placed.map(|(at, change)| (change.hash, at)).collect()
}

/// All dependencies are part of the case; else the change waits, or shares their fate.
fn check_accepted(
    case: &CaseState,
    places: &HashMap<ChangeHash, usize>,
    deps: &[ChangeHash],
) -> Checked {
    let absent = deps.iter().filter(|dep| !places.contains_key(dep));
    let missing: Vec<ChangeHash> = absent.copied().collect();
    let fates = || missing.iter().filter_map(|dep| case.fates.get(dep));
    if fates().any(|fate| matches!(fate, Fate::SetAside { .. })) {
        Err(SetAside::DependsOnSetAside.into())
    } else if fates().any(|fate| matches!(fate, Fate::Erased)) {
        Err(Judgement::Erased)
    } else if missing.is_empty() {
        Ok(())
    } else {
        Err(Judgement::Waiting { missing })
    }
}
