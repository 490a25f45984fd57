//! A phone: keys, a log per case, what it owes, and how far it has read.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::cert::Endorsement;
use gewu_model::change::{Body, Limits, PlainChange, decode_strict, entry_key};
use gewu_model::command::{Command, CommandRecord};
use gewu_model::content::ContentItem;
use gewu_model::crypto::{Domain, Ed25519Signer, Signer, StandardSuite};
use gewu_model::entry::{
    Body as Instruction, ENTRY_VERSION, Entry, EntryHeader, Payload, Report, Source,
};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, CityId, Digest, KeyId, UnitId, UserId};
use gewu_model::media::EvidenceRecord;
use gewu_model::place::{Datum, GridCertainty, GridRef, Position};
use gewu_model::receipt::SignedReceipt;
use gewu_model::signed::SignedChange;
use gewu_model::status::PublicStatus;
use gewu_model::time::{ClockTrust, Millis};
use gewu_server::{Core, EnrolError};
use gewu_sync::verdict::{Verdict, VerdictBlock};
use gewu_sync::wire::{
    CasePush, CounterStatement, Cursor, EnrolRequest, EnrolResponse, Notice, PROTOCOL, Request,
    Response,
};

use super::{City, class};

/// A change as the phone holds it.
#[derive(Clone)]
struct Held {
    deps: Vec<ChangeHash>,
    max_op: u64,
    actor: ActorId,
    seq: u64,
    signed: SignedChange,
}

/// What a server said in one exchange.
pub struct Told {
    pub block: VerdictBlock,
    pub response: Response,
}

impl Told {
    pub fn verdict(&self, hash: ChangeHash) -> &Verdict {
        let found = self
            .block
            .changes
            .iter()
            .find(|verdict| verdict.hash == hash);
        &found.expect("a verdict on it").verdict
    }

    pub fn accepted(&self, hash: ChangeHash) -> bool {
        matches!(self.verdict(hash), Verdict::Accepted { .. })
    }
}

pub struct Phone {
    pub signer: Ed25519Signer,
    pub enrolled: EnrolResponse,
    pub city: CityId,
    pub user: UserId,
    pub role: String,
    pub unit: Option<UnitId>,
    pub counter: u64,
    pub generation: u64,
    pub cursors: Vec<Cursor>,
    pub notices: Vec<Notice>,
    pub statuses: BTreeMap<CaseId, PublicStatus>,
    pub receipts: BTreeMap<CaseId, SignedReceipt>,
    pub commands: Vec<CommandRecord>,
    pub media: Vec<Digest>,
    cases: BTreeMap<CaseId, BTreeMap<ChangeHash, Held>>,
    /// Changes without a receipt, in order of writing.
    pub unsent: Vec<(CaseId, ChangeHash)>,
    content: Vec<(CaseId, ContentItem)>,
    nonce: u8,
    seed: u8,
    citizen: bool,
}

/// One secret for each name.
pub fn signer(name: &str, salt: u8) -> Ed25519Signer {
    let seed = gewu_model::crypto::sha256_parts(&[name.as_bytes(), &[salt]]);
    Ed25519Signer::from_seed(&seed.0)
}

pub fn enrol_request(signer: &Ed25519Signer, code: Option<&str>) -> EnrolRequest {
    let proof = signer
        .sign(Domain::Request, &[code.unwrap_or("").as_bytes()])
        .expect("in memory");
    EnrolRequest {
        protocol: PROTOCOL,
        code: code.map(str::to_owned),
        key: signer.public_key(),
        proof,
    }
}

impl Phone {
    pub fn enrol(
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
            nonce: 0,
            seed: name.bytes().fold(0, u8::wrapping_add),
            citizen: code.is_none(),
            signer,
            enrolled,
        })
    }

    pub fn key(&self) -> KeyId {
        self.signer.public_key().id()
    }

    /// The key that signs in `case`: a citizen has one for each.
    fn pen(&self, case: CaseId) -> Ed25519Signer {
        match self.citizen {
            true => signer(&case.to_string(), self.seed),
            false => Ed25519Signer::from_seed(&self.signer.seed()),
        }
    }

    fn endorsement(&self, case: CaseId) -> Option<Endorsement> {
        let key = self.pen(case).public_key();
        let made = Endorsement::make(&self.signer, case, key).expect("in memory");
        self.citizen.then_some(made)
    }

    /// Opens a case with a report.
    pub fn report(&mut self, text: &str, photos: Vec<EvidenceRecord>, now: Millis) -> CaseId {
        let random = [self.seed; 10].map(|byte| byte.wrapping_add(self.counter as u8));
        let case = CaseId::v7(now.0, random);
        let (policy, catalogue) = City::pins();
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
        let report = Payload::Report(report(item.digest(), photos, &self.role));
        self.content.push((case, item));
        self.write(case, &report, None, now);
        case
    }

    fn actor(&self, case: CaseId) -> ActorId {
        ActorId::new(self.pen(case).public_key().id(), [self.seed; 8])
    }

    /// Writes an entry on top of everything that the phone holds of the case.
    pub fn write(
        &mut self,
        case: CaseId,
        payload: &Payload,
        answers: Option<ChangeHash>,
        now: Millis,
    ) -> ChangeHash {
        let deps = self.heads(case);
        self.write_upon(case, payload, answers, deps, now)
    }

    pub fn heads(&self, case: CaseId) -> Vec<ChangeHash> {
        let held = &self.cases[&case];
        let covered: BTreeSet<_> = held.values().flat_map(|change| &change.deps).collect();
        held.keys()
            .filter(|hash| !covered.contains(hash))
            .copied()
            .collect()
    }

    pub fn write_upon(
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
            replaces: None,
        }
    }

    fn seal(&mut self, case: CaseId, change: PlainChange) -> ChangeHash {
        let encoded = change.encode().expect("a change");
        self.counter += 1;
        let pen = self.pen(case);
        let signed = SignedChange::sign(&pen, &self.city, &case, self.counter, encoded.bytes)
            .expect("signed");
        self.hold(case, signed);
        self.unsent.push((case, encoded.hash));
        encoded.hash
    }

    fn hold(&mut self, case: CaseId, signed: SignedChange) {
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

    pub fn holds(&self, case: CaseId) -> usize {
        self.cases.get(&case).map_or(0, BTreeMap::len)
    }

    pub fn has(&self, case: CaseId, hash: ChangeHash) -> bool {
        self.cases
            .get(&case)
            .is_some_and(|held| held.contains_key(&hash))
    }

    pub fn signed(&self, case: CaseId, hash: ChangeHash) -> SignedChange {
        self.cases[&case][&hash].signed.clone()
    }

    /// The state that the phone derives.
    pub fn view(&self, case: CaseId) -> gewu_model::fold::CaseView {
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
    pub fn command(&mut self, case: CaseId, body: &Instruction, now: Millis) {
        self.counter += 1;
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
        };
        let record = CommandRecord::sign(&self.signer, &self.city, &command).expect("signed");
        self.commands.push(record);
    }

    /// Everything that the phone has to say.
    pub fn request(&mut self) -> Request {
        self.nonce = self.nonce.wrapping_add(1);
        let cases: BTreeSet<CaseId> = self.unsent.iter().map(|(case, _)| *case).collect();
        let pushes = cases.iter().map(|case| self.push(*case)).collect();
        let keys: BTreeSet<KeyId> = cases
            .iter()
            .map(|case| self.pen(*case).public_key().id())
            .chain([self.key()])
            .collect();
        let counters = keys.into_iter().map(|key| CounterStatement {
            key,
            counter: self.counter,
            unsent: self.unsent_of(key),
        });
        Request {
            protocol: PROTOCOL,
            nonce: [self.nonce; 16],
            generation: self.generation,
            cursors: self.cursors.clone(),
            counters: counters.collect(),
            cases: pushes,
            commands: self.commands.clone(),
            command_content: vec![],
            media: self.media.clone(),
            packs: vec![],
            max_bytes: 1 << 20,
        }
    }

    fn unsent_of(&self, key: KeyId) -> Vec<ChangeHash> {
        let own = self
            .unsent
            .iter()
            .filter(|(case, hash)| self.signed(*case, *hash).key == key);
        own.map(|(_, hash)| *hash).collect()
    }

    fn push(&self, case: CaseId) -> CasePush {
        let of = |(other, _): &&(CaseId, ChangeHash)| *other == case;
        let changes = self
            .unsent
            .iter()
            .filter(of)
            .map(|(_, hash)| self.signed(case, *hash));
        let content = self.content.iter().filter(|(other, _)| *other == case);
        CasePush {
            case,
            changes: changes.collect(),
            content: content.map(|(_, item)| item.clone()).collect(),
            endorsement: self.endorsement(case),
            receipt: None,
        }
    }

    /// Offers again everything that it holds of the case, with the server's own receipt.
    pub fn offer_again(&self, case: CaseId) -> CasePush {
        let held = &self.cases[&case];
        let mut changes: Vec<&Held> = held.values().collect();
        changes.sort_by_key(|held| held.max_op);
        CasePush {
            case,
            changes: changes
                .into_iter()
                .map(|held| held.signed.clone())
                .collect(),
            content: vec![],
            endorsement: self.endorsement(case),
            receipt: self.receipts.get(&case).cloned(),
        }
    }

    /// Exchanges until there is no more to be told, and keeps what it is told.
    pub fn sync(&mut self, core: &Core, now: Millis) -> Told {
        loop {
            let request = self.request();
            let told = self.exchange(core, &request, now);
            if !told.response.more {
                return told;
            }
        }
    }

    pub fn exchange(&mut self, core: &Core, request: &Request, now: Millis) -> Told {
        let caller = core.caller(self.key()).expect("enrolled");
        let response = core.exchange(&caller, request, now).expect("an answer");
        self.keep(request, response)
    }

    /// Keeps an answer, as a device does: nothing is believed that the server did not sign.
    pub fn keep(&mut self, request: &Request, response: Response) -> Told {
        let anchor = &self.enrolled.anchor;
        let server = anchor.server(&StandardSuite).expect("certified").key;
        let block = response
            .verdicts
            .verify(&StandardSuite, &server, &self.key(), &request.nonce)
            .expect("signed for this request");
        for verdict in block
            .changes
            .iter()
            .filter(|verdict| verdict.verdict.is_receipt())
        {
            self.unsent.retain(|(_, hash)| *hash != verdict.hash);
            if matches!(verdict.verdict, Verdict::SetAside { .. })
                && let Some(held) = self.cases.get_mut(&verdict.case)
            {
                held.remove(&verdict.hash);
            }
        }
        self.content
            .retain(|(_, item)| !block.content.contains(&item.digest()));
        self.media.retain(|file| !block.media.contains(file));
        let answered = |record: &CommandRecord| {
            block
                .commands
                .iter()
                .any(|verdict| verdict.command == record.digest())
        };
        self.commands.retain(|record| !answered(record));
        for pull in &response.cases {
            for change in &pull.changes {
                self.hold(pull.case, change.signed.clone());
            }
            if let Some(receipt) = &pull.receipt {
                receipt.verify(&StandardSuite, &server).expect("signed");
                self.receipts.insert(pull.case, receipt.clone());
            }
        }
        for status in &response.statuses {
            let status = status.verify(&StandardSuite, &server).expect("signed");
            self.statuses.insert(status.case, status);
        }
        self.notices.extend(response.notices.iter().cloned());
        self.cursors = response.cursors.clone();
        self.generation = response.generation;
        Told { block, response }
    }
}

fn report(description: Digest, photos: Vec<EvidenceRecord>, source: &str) -> Report {
    let position = Position::from_degrees(123.4227, 41.7999, Datum::Wgs84, Some(4.0));
    Report {
        class: class(),
        condition: None,
        position: position.expect("a place"),
        grid: Some(GridRef {
            unit: "U1".into(),
            duty: Some("D1".into()),
            road: None,
            pack: Digest([5; 32]),
            certainty: GridCertainty::Certain,
            border_mm: 9_000,
        }),
        component: None,
        source: Source {
            code: source.into(),
            channel: None,
            external_id: None,
        },
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: "zh-CN".into(),
        description: Some(description),
        photos,
    }
}
