//! Writing a change: encode, sign, keep, in the caller's transaction.

use std::sync::Arc;

use gewu_model::case::CaseRoot;
use gewu_model::change::{Body, DecodedChange, PlainChange, entry_key};
use gewu_model::crypto::Signer;
use gewu_model::entry::{Entry, EntryHeader, Payload};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, CityId, Digest, KeyId, Role, UnitId, UserId};
use gewu_model::signed::SignedChange;
use gewu_model::time::{ClockTrust, Millis};
use rusqlite::Connection;

use super::log::CaseLog;
use crate::error::{DeviceError, Result};
use crate::store::changes::{self, State, StoredChange};
use crate::store::keys;

/// Who writes in a case, with what.
pub(crate) struct Author {
    pub(crate) city: CityId,
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) key: KeyId,
    pub(crate) epoch: [u8; 8],
    pub(crate) user: UserId,
    pub(crate) role: Role,
    pub(crate) unit: Option<UnitId>,
    /// The certificate, or the endorsement of a citizen's key.
    pub(crate) cert: Digest,
    /// For a citizen's key: the case it is for and its encoded endorsement.
    pub(crate) endorsement: Option<(CaseId, Vec<u8>)>,
    /// The app and its version, as entries name it.
    pub(crate) app: Option<String>,
}

/// When something is written, as far as the device knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) at: Millis,
    pub(crate) trust: ClockTrust,
}

/// What an entry refers to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) answers: Option<ChangeHash>,
    pub(crate) about: Option<ChangeHash>,
    pub(crate) replaces: Option<ChangeHash>,
}

impl Author {
    fn actor(&self) -> ActorId {
        ActorId::new(self.key, self.epoch)
    }

    /// Takes the next numbers of the key's counter; answers the first.
    pub(crate) fn take_counters(&self, tx: &Connection, count: u64) -> Result<u64> {
        let (case, endorsement) = match &self.endorsement {
            Some((case, bytes)) => (Some(case), Some(bytes.as_slice())),
            None => (None, None),
        };
        keys::take_counters(tx, &self.key, case, endorsement, count)
    }

    /// Writes the root of a case.
    pub(crate) fn root(
        &self,
        tx: &Connection,
        log: &mut CaseLog,
        root: &CaseRoot,
        counter: u64,
    ) -> Result<ChangeHash> {
        self.keep(tx, log, root.change(self.actor()), counter, None)
    }

    /// Writes an entry upon `deps`.
    #[allow(clippy::too_many_arguments)] // each is one thing that an entry consists of
    pub(crate) fn entry(
        &self,
        tx: &Connection,
        log: &mut CaseLog,
        deps: Vec<ChangeHash>,
        payload: &Payload,
        links: Links,
        stamp: Stamp,
        counter: u64,
        intent: i64,
    ) -> Result<ChangeHash> {
        let (_, root_actor) = log.root().ok_or(DeviceError::NotFound("the case"))?;
        let actor = self.actor();
        let seq = log.last_seq(&actor) + 1;
        let entry = Entry {
            header: self.header(payload, links, stamp),
            payload: payload.to_cbor(),
            extra: Vec::new(),
        };
        let entry = match &self.app {
            Some(app) => entry.written_by(app),
            None => entry,
        };
        let change = PlainChange {
            actor,
            seq,
            start_op: log.start_op(&deps),
            deps,
            body: Body::Entry {
                root_actor,
                key: entry_key(&actor, seq),
                fields: entry.to_fields(),
            },
        };
        self.keep(tx, log, change, counter, Some(intent))
    }

    fn header(&self, payload: &Payload, links: Links, stamp: Stamp) -> EntryHeader {
        EntryHeader {
            kind: payload.kind(),
            version: payload.version(),
            by: self.user.clone(),
            unit: self.unit.clone(),
            role: self.role.clone(),
            cert: self.cert,
            claimed_at: stamp.at,
            clock: stamp.trust,
            answers: links.answers,
            about: links.about,
            replaces: links.replaces,
        }
    }

    fn keep(
        &self,
        tx: &Connection,
        log: &mut CaseLog,
        change: PlainChange,
        counter: u64,
        intent: Option<i64>,
    ) -> Result<ChangeHash> {
        let encoded = change.encode()?;
        let signed =
            SignedChange::sign(&*self.signer, &self.city, &log.case, counter, encoded.bytes)?;
        let hash = encoded.hash;
        changes::insert(tx, &log.case, &hash, &signed, true, intent, None)?;
        let decoded = DecodedChange {
            change,
            hash,
            max_op: encoded.max_op,
        };
        let stored = StoredChange {
            case: log.case,
            hash,
            signed,
            own: true,
            state: State::Unsent,
            intent,
            received_at: None,
            reason: None,
            decided_at: None,
            replaced_by: None,
            block: None,
        };
        log.push(stored, &decoded)?;
        Ok(hash)
    }
}
