//! Devices that write as the SDK does, without a store of their own: for thousands of cases in one go.

use std::collections::BTreeMap;

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::change::{Body, PlainChange, entry_key};
use gewu_model::content::ContentItem;
use gewu_model::crypto::{Domain, Ed25519Signer, Signer, sha256_parts};
use gewu_model::entry::{ENTRY_VERSION, Entry, EntryHeader, Note, Payload, Report};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, CityId, Digest, KeyId, UserId};
use gewu_model::signed::SignedChange;
use gewu_model::time::{ClockTrust, Millis};
use gewu_server::{CodeGrant, Core};
use gewu_sync::wire::{
    CasePush, CounterStatement, Cursor, EnrolRequest, PROTOCOL, READS_ONE_POSITION,
    READS_SHORT_RECEIPTS, Request,
};
use minicbor::{Decode, Encode};

use super::texts::Texts;
use crate::bench::BenchError;

/// How long a pen's code holds, in hours.
const CODE_HOURS: u32 = 1;

/// A key that signs, with what it needs to be believed.
pub(super) struct Pen {
    signer: Ed25519Signer,
    certificate: Digest,
    city: CityId,
    user: UserId,
    pub(super) counter: u64,
    nonce: u64,
}

/// A case whose changes form one line.
#[derive(Debug, Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Line {
    #[n(0)]
    pub(super) case: CaseId,
    #[n(1)]
    root_actor: ActorId,
    #[n(2)]
    last: ChangeHash,
    #[n(3)]
    max_op: u64,
    #[n(4)]
    seqs: BTreeMap<ActorId, u64>,
}

/// The rules that cases pin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pins {
    pub(super) policy: Digest,
    pub(super) catalogue: Digest,
}

impl Pen {
    /// The inspector `user` of a duty grid on a new device. The same name has the same key.
    pub(super) fn enrol(
        core: &Core,
        user: &str,
        duty: &str,
        now: Millis,
    ) -> Result<Self, BenchError> {
        let signer = signer(user);
        let grant = CodeGrant {
            user: user.into(),
            roles: vec!["inspector".into()],
            units: vec![],
            duty_grids: vec![duty.into()],
            reach: Default::default(),
            any_grid: false,
        };
        let code = core.new_code(&grant, CODE_HOURS, now)?.code;
        let proof = signer.sign(Domain::Enrolment, &[code.as_bytes()])?;
        let request = EnrolRequest {
            protocol: PROTOCOL,
            code: Some(code),
            key: signer.public_key(),
            proof,
            host_token: None,
        };
        let enrolled = core.enrol(&request, now)?;
        Ok(Self::known(core, user, enrolled.certificate.digest()))
    }

    /// One that was enrolled before.
    pub(super) fn known(core: &Core, user: &str, certificate: Digest) -> Self {
        Self {
            signer: signer(user),
            certificate,
            city: core.city(),
            user: user.into(),
            counter: 0,
            nonce: 0,
        }
    }

    pub(super) fn key(&self) -> KeyId {
        self.signer.public_key().id()
    }

    pub(super) const fn certificate(&self) -> Digest {
        self.certificate
    }

    pub(super) const fn signer(&self) -> &Ed25519Signer {
        &self.signer
    }

    fn actor(&self) -> ActorId {
        ActorId::new(self.key(), [1; 8])
    }

    /// Opens a case: root and report.
    pub(super) fn report(
        &mut self,
        report: Report,
        item: ContentItem,
        (pins, now, random): (Pins, Millis, [u8; 10]),
    ) -> Result<(Line, CasePush), BenchError> {
        let case = CaseId::v7(now.0, random);
        let root = CaseRoot {
            schema: SCHEMA,
            id: case,
            edition: "2026".into(),
            policy: pins.policy,
            catalogue: pins.catalogue,
        };
        let actor = self.actor();
        let mut push = empty(case);
        let encoded = root.change(actor).encode()?;
        let mut line = Line {
            case,
            root_actor: actor,
            last: encoded.hash,
            max_op: encoded.max_op,
            seqs: BTreeMap::from([(actor, 1)]),
        };
        push.changes.push(self.sign(case, encoded.bytes)?);
        self.write(&mut line, &Payload::Report(report), now, &mut push)?;
        push.content.push(item);
        Ok((line, push))
    }

    /// A remark upon everything that is there.
    pub(super) fn note(
        &mut self,
        line: &mut Line,
        item: ContentItem,
        now: Millis,
        push: &mut CasePush,
    ) -> Result<(), BenchError> {
        let note = Payload::Note(Note::of(item.digest()));
        self.write(line, &note, now, push)?;
        push.content.push(item);
        Ok(())
    }

    /// A push of one remark.
    pub(super) fn remark(
        &mut self,
        line: &mut Line,
        texts: &mut Texts,
        now: Millis,
    ) -> Result<CasePush, BenchError> {
        let mut push = empty(line.case);
        self.note(line, texts.note(), now, &mut push)?;
        Ok(push)
    }

    fn write(
        &mut self,
        line: &mut Line,
        payload: &Payload,
        now: Millis,
        push: &mut CasePush,
    ) -> Result<(), BenchError> {
        let actor = self.actor();
        let seq = line.seqs.entry(actor).or_default();
        *seq += 1;
        let entry = Entry {
            header: EntryHeader {
                kind: payload.kind(),
                version: ENTRY_VERSION,
                by: self.user.clone(),
                unit: None,
                role: "inspector".into(),
                cert: self.certificate,
                claimed_at: now,
                clock: ClockTrust::Device,
                answers: None,
                about: None,
                replaces: None,
            },
            payload: payload.to_cbor(),
            extra: vec![],
        };
        let change = PlainChange {
            actor,
            seq: *seq,
            start_op: line.max_op + 1,
            deps: vec![line.last],
            body: Body::Entry {
                root_actor: line.root_actor,
                key: entry_key(&actor, *seq),
                fields: entry.to_fields(),
            },
        };
        let encoded = change.encode()?;
        line.last = encoded.hash;
        line.max_op = encoded.max_op;
        push.changes.push(self.sign(line.case, encoded.bytes)?);
        Ok(())
    }

    fn sign(&mut self, case: CaseId, bytes: Vec<u8>) -> Result<SignedChange, BenchError> {
        self.counter += 1;
        let counter = self.counter;
        Ok(SignedChange::sign(
            &self.signer,
            &self.city,
            &case,
            counter,
            bytes,
        )?)
    }

    /// A request that carries these.
    pub(super) fn request(&mut self, cases: Vec<CasePush>, cursors: Vec<Cursor>) -> Request {
        self.nonce += 1;
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.nonce.to_be_bytes());
        let own = |change: &&SignedChange| change.key == self.key();
        let pushed = cases.iter().flat_map(|push| &push.changes);
        Request {
            protocol: PROTOCOL,
            nonce,
            generation: 0,
            cursors,
            counters: vec![CounterStatement {
                key: self.key(),
                counter: self.counter,
                unsent: pushed.filter(own).map(SignedChange::hash).collect(),
            }],
            cases,
            commands: vec![],
            command_content: vec![],
            media: vec![],
            packs: vec![],
            max_bytes: 64 << 10,
            certificates: None,
            endorsements: None,
            earlier: None,
            reads: Some(READS_SHORT_RECEIPTS | READS_ONE_POSITION),
            whole_receipts: None,
            reading: None,
        }
    }
}

/// One secret for each name.
fn signer(user: &str) -> Ed25519Signer {
    Ed25519Signer::from_seed(&sha256_parts(&[b"bench", user.as_bytes()]).0)
}

fn empty(case: CaseId) -> CasePush {
    CasePush {
        case,
        changes: vec![],
        content: vec![],
        endorsement: None,
        receipt: None,
        cards: None,
    }
}
