//! What the gate reads of a case.

use std::collections::BTreeMap;

use gewu_model::case::CaseRoot;
use gewu_model::change::{Limits, decode_strict};
use gewu_model::crypto::sha256_parts;
use gewu_model::entry::Entry;
use gewu_model::fold::Row;
use gewu_model::ids::{ActorId, CaseId, ChangeHash, Digest, KeyId};
use gewu_model::policy::Whereabouts;
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;

use super::document::{Addition, Grown, Read, grow_by};
use super::judgement::{Admitted, Judgement};
use crate::verdict::SetAside;

/// A change that is part of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedChange {
    /// Its identity.
    pub hash: ChangeHash,
    /// Its author.
    pub actor: ActorId,
    /// Its number among the author's.
    pub seq: u64,
    /// The counter of its last operation.
    pub max_op: u64,
    /// The key that signed it.
    pub key: KeyId,
    /// The key's counter.
    pub counter: u64,
    /// The server's clock at acceptance.
    pub received_at: Millis,
    /// What the fold reads of it.
    pub row: Row,
}

/// What became of a change that is not part of the case.
///
/// Only what [`Judgement::SetAside`](super::Judgement::SetAside) says is a fate of its hash.
/// [`Judgement::Unproven`](super::Judgement::Unproven) never is: whoever copies a change into an
/// envelope of their own must not bar its author's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It will never be part of the case.
    SetAside {
        /// Why.
        reason: SetAside,
        /// The key that signed it.
        key: KeyId,
        /// The key's counter.
        counter: u64,
        /// The name of its kind; `None` when it carried no readable entry.
        kind: Option<String>,
        /// What it said ([`Fate::said`]).
        said: Option<Digest>,
        /// What it was made upon.
        deps: Vec<ChangeHash>,
        /// The accepted change that stands in its place.
        replaced_by: Option<ChangeHash>,
    },
    /// Something it was made upon has not arrived.
    Waiting,
    /// Kept until a newer server or an operator judges it.
    Pending,
    /// It lies under a tombstone.
    Erased,
}

impl Fate {
    /// The fate of a change that the gate set aside for `reason`.
    pub fn set_aside(signed: &SignedChange, reason: SetAside) -> Self {
        let entry = entry_of(signed);
        let decoded = decode_strict(&signed.bytes, &Limits::default());
        let deps = decoded.map(|decoded| decoded.change.deps);
        Self::SetAside {
            reason,
            key: signed.key,
            counter: signed.counter,
            kind: entry
                .as_ref()
                .map(|entry| entry.header.kind.name().to_owned()),
            said: entry.as_ref().map(said),
            deps: deps.unwrap_or_default(),
            replaced_by: None,
        }
    }

    /// The same fate, with the accepted change that stands in its place.
    #[must_use]
    pub fn replaced(mut self, by: Option<ChangeHash>) -> Self {
        if let Self::SetAside { replaced_by, .. } = &mut self {
            *replaced_by = by;
        }
        self
    }

    /// A digest of what the entry in `signed` says: what it answers, and its payload. What an author
    /// knew at the time of a set-aside entry is lent to the same words only.
    pub(super) fn said(signed: &SignedChange) -> Option<Digest> {
        entry_of(signed).as_ref().map(said)
    }
}

fn entry_of(signed: &SignedChange) -> Option<Entry> {
    let decoded = decode_strict(&signed.bytes, &Limits::default()).ok()?;
    Entry::from_fields(decoded.change.body.fields().clone()).ok()
}

fn said(entry: &Entry) -> Digest {
    let answers = entry.header.answers.map_or([0; 32], |hash| hash.0);
    sha256_parts(&[&answers, &entry.payload])
}

/// The document of a case does not hold what was put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the case's document does not hold all of its changes")]
pub struct Unsettled;

/// A case as the server has it.
#[derive(Debug, Clone)]
pub struct CaseState {
    /// The case.
    pub case: CaseId,
    /// What its accepted root says.
    pub root: Option<CaseRoot>,
    /// Accepted changes in the order of acceptance; the root is the first.
    pub changes: Vec<AcceptedChange>,
    /// The Automerge document of exactly these changes, as saved; empty when there are none.
    document: Vec<u8>,
    /// The same, when the change before was judged just now.
    pub(super) read: Read,
    /// The last of these changes, which are not in the document yet; `None` in a case that puts
    /// nothing off.
    later: Option<Vec<Addition>>,
    /// What became of the others.
    pub fates: BTreeMap<ChangeHash, Fate>,
    /// Where the case lies by the server's own map; `None` leaves it to what the report says.
    pub place: Option<Whereabouts>,
}

impl CaseState {
    /// A case that nothing is known of.
    pub fn new(case: CaseId) -> Self {
        Self {
            case,
            root: None,
            changes: Vec::new(),
            document: Vec::new(),
            read: Read::default(),
            later: None,
            fates: BTreeMap::new(),
            place: None,
        }
    }

    /// The Automerge document of exactly the accepted changes, as saved; empty when there are none. What
    /// was put off is not in it.
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// Takes the stored document of the accepted changes.
    pub fn set_document(&mut self, saved: Vec<u8>) {
        self.document = saved;
        self.read = Read::default();
    }

    /// Leaves the document as it is until [`CaseState::settle`], which puts in whatever is admitted from
    /// here on.
    pub fn put_off(&mut self) {
        self.later.get_or_insert_default();
    }

    pub(super) const fn puts_off(&self) -> bool {
        self.later.is_some()
    }

    /// Puts into the document what was put off, saves it and reads it back. From here on nothing is put
    /// off.
    ///
    /// # Errors
    /// [`Unsettled`] when the document cannot take it all, or was damaged before. The case as it now is
    /// must not be kept.
    pub fn settle(&mut self) -> Result<(), Unsettled> {
        let later = self.later.take().unwrap_or_default();
        if !later.is_empty() {
            (self.document, self.read) = grow_by(self, &later).ok_or(Unsettled)?;
        }
        Ok(())
    }

    /// The accepted change of that hash.
    pub fn accepted(&self, hash: &ChangeHash) -> Option<&AcceptedChange> {
        self.changes.iter().find(|change| change.hash == *hash)
    }

    /// The accepted change that stands in the place of one that was set aside. After a restore the
    /// replacement may be here before what it replaces.
    pub fn replacement_of(&self, hash: &ChangeHash) -> Option<ChangeHash> {
        let stands = |change: &&AcceptedChange| {
            let written = change.row.entry.as_ref();
            written.is_some_and(|written| written.entry.header.replaces == Some(*hash))
        };
        self.changes.iter().find(stands).map(|change| change.hash)
    }

    /// Who made the root, and `/entries` with it.
    pub(super) fn root_actor(&self) -> Option<&ActorId> {
        self.changes.first().map(|root| &root.actor)
    }

    /// Takes the gate's judgement of `signed` into the case, for the changes that are judged after
    /// it.
    pub fn record(&mut self, signed: &SignedChange, judgement: &Judgement) {
        let fate = match judgement {
            Judgement::Admit(admitted) => return self.admit(admitted),
            Judgement::SetAside(reason) => {
                Fate::set_aside(signed, *reason).replaced(self.replacement_of(&signed.hash()))
            }
            Judgement::Waiting { .. } => Fate::Waiting,
            Judgement::Pending | Judgement::Late => Fate::Pending,
            Judgement::Erased => Fate::Erased,
            Judgement::Known { .. } | Judgement::Unproven(_) => return,
        };
        let settled = |fate: &Fate| matches!(fate, Fate::SetAside { .. } | Fate::Erased);
        let known = self.fates.entry(signed.hash()).or_insert(Fate::Waiting);
        if !settled(known) {
            *known = fate;
        }
    }

    fn admit(&mut self, admitted: &Admitted) {
        self.fates.remove(&admitted.change.hash);
        let replaced = admitted.replaces.and_then(|hash| self.fates.get_mut(&hash));
        if let Some(Fate::SetAside { replaced_by, .. }) = replaced {
            *replaced_by = Some(admitted.change.hash);
        }
        self.root = self.root.take().or_else(|| admitted.root.clone());
        self.changes.push(admitted.change.clone());
        match &admitted.grown {
            Grown::Saved(document, read) => {
                self.document.clone_from(document);
                self.read = read.take();
            }
            Grown::Later(addition) => {
                self.later.get_or_insert_default().push(addition.clone());
            }
        }
    }
}
