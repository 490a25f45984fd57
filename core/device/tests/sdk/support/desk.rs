//! The centre's desk: writes instructions in a case and hands cases to devices.

use gewu_model::change::{
    Body as ChangeBody, DecodedChange, Limits, PlainChange, decode_strict, entry_key,
};
use gewu_model::crypto::Signer;
use gewu_model::entry::{Body, ENTRY_VERSION, Entry, EntryHeader, InstructionFrame, Kind, Payload};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, Digest};
use gewu_model::receipt::{CaseReceipt, Received, SignedReceipt};
use gewu_model::scope::Scope;
use gewu_model::signed::SignedChange;
use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::wire::{CasePull, Membership, PulledChange};

use super::{City, START};

/// A case as the centre holds it.
pub struct Desk<'a> {
    city: &'a City,
    pub case: CaseId,
    changes: Vec<(SignedChange, DecodedChange)>,
    last: Option<ChangeHash>,
    number: u32,
}

impl<'a> Desk<'a> {
    /// Everything that the city has accepted of the case.
    pub fn open(city: &'a City, case: CaseId) -> Self {
        let state = city.state();
        let mine = state.accepted.values().filter(|(of, _)| *of == case);
        let mut changes: Vec<_> = mine
            .map(|(_, signed)| {
                let decoded = decode_strict(&signed.bytes, &Limits::default()).unwrap();
                (signed.clone(), decoded)
            })
            .collect();
        changes.sort_by_key(|(_, decoded)| decoded.max_op);
        drop(state);
        Self {
            city,
            case,
            changes,
            last: None,
            number: 0,
        }
    }

    /// Takes in what the city has accepted of the case since.
    pub fn take_in(&mut self) {
        let city = self.city;
        let since = Self::open(city, self.case).changes;
        let is_new = |own: &DecodedChange| self.changes.iter().all(|(_, it)| it.hash != own.hash);
        let new: Vec<_> = since.into_iter().filter(|(_, own)| is_new(own)).collect();
        self.changes.extend(new);
    }

    /// Writes an instruction upon everything.
    pub fn instruct(&mut self, body: Body) -> ChangeHash {
        self.number += 1;
        let frame = InstructionFrame {
            prev: self.last,
            generation: 7,
            number: self.number,
            command: vec![],
            body: body.to_cbor(),
        };
        let server = &self.city.server;
        let actor = ActorId::new(server.public_key().id(), [7; 8]);
        let entry = Entry {
            header: EntryHeader {
                kind: Kind::Instruction(body.kind()),
                version: ENTRY_VERSION,
                by: "centre".into(),
                unit: None,
                role: "centre".into(),
                cert: Digest([9; 32]),
                claimed_at: Millis(START + 10),
                clock: ClockTrust::Server,
                answers: None,
                about: None,
                replaces: None,
            },
            payload: Payload::Instruction(frame, body).to_cbor(),
            extra: vec![],
        };
        let seq = u64::from(self.number);
        let built_upon = |hash: &ChangeHash| {
            self.changes
                .iter()
                .any(|(_, other)| other.change.deps.contains(hash))
        };
        let mut deps: Vec<ChangeHash> = self.changes.iter().map(|(_, own)| own.hash).collect();
        deps.retain(|hash| !built_upon(hash));
        deps.sort();
        let max_op = self
            .changes
            .iter()
            .map(|(_, own)| own.max_op)
            .max()
            .unwrap();
        let change = PlainChange {
            actor,
            seq,
            start_op: max_op + 1,
            deps,
            body: ChangeBody::Entry {
                root_actor: self.changes[0].1.change.actor,
                key: entry_key(&actor, seq),
                fields: entry.to_fields(),
            },
        };
        let encoded = change.encode().unwrap();
        let city = self.city.id();
        let signed = SignedChange::sign(server, &city, &self.case, seq, encoded.bytes).unwrap();
        let hash = encoded.hash;
        let decoded = decode_strict(&signed.bytes, &Limits::default()).unwrap();
        self.changes.push((signed, decoded));
        self.last = Some(hash);
        hash
    }

    /// The whole case for a device.
    pub fn pull(&self, scope: Scope) -> CasePull {
        let received = |hash| Received {
            change: hash,
            at: Millis(START + 20),
        };
        let receipt = CaseReceipt {
            case: self.case,
            generation: 7,
            heads: vec![],
            received: self
                .changes
                .iter()
                .map(|(_, own)| received(own.hash))
                .collect(),
        };
        let pulled = self.changes.iter().map(|(signed, _)| PulledChange {
            signed: signed.clone(),
            received_at: Millis(START + 20),
        });
        CasePull {
            case: self.case,
            entered: vec![Membership { scope, epoch: 1 }],
            left: vec![],
            changes: pulled.collect(),
            content: vec![],
            contact: None,
            short: None,
            receipt: Some(SignedReceipt::sign(&self.city.server, &receipt).unwrap()),
        }
    }

    /// Hands the whole case to whoever syncs next.
    pub fn hand_over(&self, scope: Scope) {
        let pull = self.pull(scope);
        self.city.state().pulls.push(pull);
    }
}
