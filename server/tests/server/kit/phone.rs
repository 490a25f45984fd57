//! A phone: keys, a log per case, what it owes, and how far it has read.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::cert::Endorsement;
use gewu_model::change::{Body, Limits, PlainChange, decode_strict, entry_key};
use gewu_model::command::{Command, CommandRecord};
use gewu_model::contact::ContactCard;
use gewu_model::content::ContentItem;
use gewu_model::crypto::{Domain, Ed25519Signer, Signer, StandardSuite};
use gewu_model::entry::{Body as Instruction, ENTRY_VERSION, Entry, EntryHeader, Payload};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, CityId, Digest, KeyId, UnitId, UserId};
use gewu_model::media::EvidenceRecord;
use gewu_model::place::GridRef;
use gewu_model::receipt::SignedReceipt;
use gewu_model::signed::SignedChange;
use gewu_model::status::PublicStatus;
use gewu_model::time::{ClockTrust, Millis};
use gewu_server::{Core, EnrolError};
use gewu_sync::wire::{Cursor, EnrolRequest, EnrolResponse, Notice, PROTOCOL};

use super::City;
use super::entries::{report, somewhere};

/// A change as the phone holds it.
#[derive(Clone)]
pub(super) struct Held {
    deps: Vec<ChangeHash>,
    pub(super) max_op: u64,
    actor: ActorId,
    seq: u64,
    pub(super) signed: SignedChange,
}

pub(crate) struct Phone {
    pub(crate) signer: Ed25519Signer,
    pub(crate) enrolled: EnrolResponse,
    pub(crate) city: CityId,
    pub(crate) user: UserId,
    pub(crate) role: String,
    pub(crate) unit: Option<UnitId>,
    pub(crate) counter: u64,
    pub(crate) generation: u64,
    pub(crate) cursors: Vec<Cursor>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) statuses: BTreeMap<CaseId, PublicStatus>,
    pub(crate) receipts: BTreeMap<CaseId, SignedReceipt>,
    pub(crate) commands: Vec<CommandRecord>,
    pub(crate) media: Vec<Digest>,
    pub(super) cases: BTreeMap<CaseId, BTreeMap<ChangeHash, Held>>,
    /// Changes without a receipt, in order of writing.
    pub(crate) unsent: Vec<(CaseId, ChangeHash)>,
    pub(super) content: Vec<(CaseId, ContentItem)>,
    pub(crate) cards: Vec<(CaseId, ContactCard)>,
    /// The card that the next report names.
    pub(crate) contact: Option<ContactCard>,
    pub(super) nonce: u8,
    /// What its reports say of where they are.
    pub(crate) grid: Option<GridRef>,
    /// The policy and the catalogue that its cases pin.
    pub(crate) pins: (Digest, Digest),
    /// Whether its reports say that the matter was settled on the spot.
    pub(crate) settles: bool,
    /// What its next entry stands for.
    pub(super) replaces: Option<ChangeHash>,
    pub(super) seed: u8,
    citizen: bool,
}

/// One secret for each name.
pub(crate) fn signer(name: &str, salt: u8) -> Ed25519Signer {
    let seed = gewu_model::crypto::sha256_parts(&[name.as_bytes(), &[salt]]);
    Ed25519Signer::from_seed(&seed.0)
}

pub(crate) fn enrol_request(signer: &Ed25519Signer, code: Option<&str>) -> EnrolRequest {
    let proof = signer
        .sign(Domain::Enrolment, &[code.unwrap_or("").as_bytes()])
        .expect("in memory");
    EnrolRequest {
        protocol: PROTOCOL,
        code: code.map(str::to_owned),
        key: signer.public_key(),
        proof,
        host_token: None,
    }
}

impl Phone {
    pub(crate) fn enrol(
        core: &Core,
        code: Option<&str>,
        name: &str,
        now: Millis,
    ) -> Result<Self, EnrolError> {
        let signer = signer(name, 0);
        let enrolled = core.enrol(&enrol_request(&signer, code), now)?;
        let device = enrolled
            .anchor
            .device(&StandardSuite, &enrolled.certificate);
        let certificate = device.expect("a chain up to the root");
        Ok(Self {
            city: enrolled.anchor.city(),
            user: certificate.user.clone(),
            role: certificate.roles[0].0.clone(),
            unit: certificate.units.first().cloned(),
            counter: 0,
            generation: enrolled.generation,
            cursors: vec![],
            notices: vec![],
            statuses: BTreeMap::new(),
            receipts: BTreeMap::new(),
            commands: vec![],
            media: vec![],
            cases: BTreeMap::new(),
            unsent: vec![],
            content: vec![],
            cards: vec![],
            contact: None,
            nonce: 0,
            seed: name.bytes().fold(0, u8::wrapping_add),
            citizen: code.is_none(),
            grid: Some(somewhere()),
            settles: false,
            replaces: None,
            pins: City::pins(),
            signer,
            enrolled,
        })
    }

    pub(crate) fn key(&self) -> KeyId {
        self.signer.public_key().id()
    }

    /// The key that signs in `case`: a citizen has one for each.
    pub(super) fn pen(&self, case: CaseId) -> Ed25519Signer {
        match self.citizen {
            true => signer(&case.to_string(), self.seed),
            false => Ed25519Signer::from_seed(&self.signer.seed()),
        }
    }

    pub(super) fn endorsement(&self, case: CaseId) -> Option<Endorsement> {
        let key = self.pen(case).public_key();
        let made = Endorsement::make(&self.signer, case, key).expect("in memory");
        self.citizen.then_some(made)
    }

    /// Opens a case with a report.
    pub(crate) fn report(
        &mut self,
        text: &str,
        photos: Vec<EvidenceRecord>,
        now: Millis,
    ) -> CaseId {
        let random = [self.seed; 10].map(|byte| byte.wrapping_add(self.counter as u8));
        let case = CaseId::v7(now.0, random);
        let (policy, catalogue) = self.pins;
        let root = CaseRoot {
            schema: SCHEMA,
            id: case,
            edition: "2026".into(),
            policy,
            catalogue,
        };
        let actor = self.actor(case);
        self.seal(case, root.change(actor));
        let item = ContentItem::new(text, [7; 16]).expect("a text");
        let grid = self.grid.clone();
        let mut report = report(item.digest(), photos, &self.role, grid);
        report.self_handled = self.settles;
        if let Some(card) = self.contact.take() {
            report.contact = Some(card.digest());
            self.cards.push((case, card));
        }
        let report = Payload::Report(report);
        self.content.push((case, item));
        self.write(case, &report, None, now);
        case
    }

    pub(super) fn actor(&self, case: CaseId) -> ActorId {
        ActorId::new(self.pen(case).public_key().id(), [self.seed; 8])
    }

    /// Writes an entry on top of everything that the phone holds of the case.
    pub(crate) fn write(
        &mut self,
        case: CaseId,
        payload: &Payload,
        answers: Option<ChangeHash>,
        now: Millis,
    ) -> ChangeHash {
        let deps = self.heads(case);
        self.write_upon(case, payload, answers, deps, now)
    }

    pub(crate) fn heads(&self, case: CaseId) -> Vec<ChangeHash> {
        let held = &self.cases[&case];
        let covered: BTreeSet<_> = held.values().flat_map(|change| &change.deps).collect();
        held.keys()
            .filter(|hash| !covered.contains(hash))
            .copied()
            .collect()
    }

    pub(crate) fn write_upon(
        &mut self,
        case: CaseId,
        payload: &Payload,
        answers: Option<ChangeHash>,
        deps: Vec<ChangeHash>,
        now: Millis,
    ) -> ChangeHash {
        let actor = self.actor(case);
        let held = &self.cases[&case];
        let own = held.values().filter(|change| change.actor == actor);
        let seq = own.map(|change| change.seq).max().unwrap_or(0) + 1;
        let start_op = held.values().map(|change| change.max_op).max().unwrap_or(0) + 1;
        let root = held
            .values()
            .find(|change| change.deps.is_empty())
            .expect("a root");
        let entry = Entry {
            header: self.header(case, payload, answers, now),
            payload: payload.to_cbor(),
            extra: vec![],
        };
        let change = PlainChange {
            actor,
            seq,
            start_op,
            deps,
            body: Body::Entry {
                root_actor: root.actor,
                key: entry_key(&actor, seq),
                fields: entry.to_fields(),
            },
        };
        self.seal(case, change)
    }

    /// Like [`Phone::write_upon`], as an app does that hides what it holds beside `deps`.
    pub(crate) fn write_upon_old(
        &mut self,
        case: CaseId,
        payload: &Payload,
        answers: Option<ChangeHash>,
        deps: Vec<ChangeHash>,
        now: Millis,
    ) -> ChangeHash {
        let all = self.cases[&case].clone();
        let mut open = deps.clone();
        let mut past = BTreeMap::new();
        while let Some(hash) = open.pop() {
            let held = all[&hash].clone();
            open.extend(held.deps.iter().copied());
            past.insert(hash, held);
        }
        self.cases.insert(case, past);
        let written = self.write_upon(case, payload, answers, deps, now);
        let held = self.cases[&case][&written].clone();
        self.cases.insert(case, all);
        self.cases.entry(case).or_default().insert(written, held);
        written
    }

    pub(crate) fn pseudonym(&self, case: CaseId) -> UserId {
        let made = self.endorsement(case).expect("a citizen");
        made.pseudonym()
    }

    fn header(
        &self,
        case: CaseId,
        payload: &Payload,
        answers: Option<ChangeHash>,
        now: Millis,
    ) -> EntryHeader {
        let endorsement = self.endorsement(case);
        let by = endorsement
            .as_ref()
            .map_or(self.user.clone(), Endorsement::pseudonym);
        let cert = endorsement.map_or_else(|| self.enrolled.certificate.digest(), |e| e.digest());
        EntryHeader {
            kind: payload.kind(),
            version: ENTRY_VERSION,
            by,
            unit: self.unit.clone(),
            role: self.role.as_str().into(),
            cert,
            claimed_at: now,
            clock: ClockTrust::Device,
            answers,
            about: None,
            replaces: self.replaces,
        }
    }

    pub(super) fn seal(&mut self, case: CaseId, change: PlainChange) -> ChangeHash {
        let encoded = change.encode().expect("a change");
        self.counter += 1;
        let pen = self.pen(case);
        let signed = SignedChange::sign(&pen, &self.city, &case, self.counter, encoded.bytes)
            .expect("signed");
        self.hold(case, signed);
        self.unsent.push((case, encoded.hash));
        encoded.hash
    }

    pub(crate) fn hold(&mut self, case: CaseId, signed: SignedChange) {
        let decoded = decode_strict(&signed.bytes, &Limits::default()).expect("canonical");
        let held = Held {
            deps: decoded.change.deps,
            max_op: decoded.max_op,
            actor: decoded.change.actor,
            seq: decoded.change.seq,
            signed,
        };
        self.cases
            .entry(case)
            .or_default()
            .insert(decoded.hash, held);
    }

    pub(crate) fn holds(&self, case: CaseId) -> usize {
        self.cases.get(&case).map_or(0, BTreeMap::len)
    }

    pub(crate) fn has(&self, case: CaseId, hash: ChangeHash) -> bool {
        self.cases
            .get(&case)
            .is_some_and(|held| held.contains_key(&hash))
    }

    pub(crate) fn signed(&self, case: CaseId, hash: ChangeHash) -> SignedChange {
        self.cases[&case][&hash].signed.clone()
    }

    /// The state that the phone derives.
    pub(crate) fn view(&self, case: CaseId) -> gewu_model::fold::CaseView {
        let rows: Vec<_> = self.cases[&case]
            .values()
            .map(|held| {
                let decoded = decode_strict(&held.signed.bytes, &Limits::default());
                gewu_model::case::row(&decoded.expect("canonical")).expect("a row")
            })
            .collect();
        gewu_model::fold::fold(&rows)
    }

    /// Asks the centre for an instruction on the view that the phone has.
    pub(crate) fn command(&mut self, case: CaseId, body: &Instruction, now: Millis) {
        self.counter += 1;
        let queued = self.commands.iter().rev().find(|record| {
            let command = record.command();
            command.is_some_and(|command| command.case == case)
        });
        let command = Command {
            case,
            view: self.view(case).token(),
            kind: body.kind().name().into(),
            body: body.to_cbor(),
            by: self.user.clone(),
            role: self.role.as_str().into(),
            unit: self.unit.clone(),
            claimed_at: now,
            counter: self.counter,
            after: queued.map(CommandRecord::digest),
        };
        let record = CommandRecord::sign(&self.signer, &self.city, &command).expect("signed");
        self.commands.push(record);
    }
}
