// long-file: one case told from its first change to its last, with the keys that sign it
//! A case as it comes about.
#![allow(clippy::expect_used)] // keys in memory sign, and what is encoded here is well formed

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::cbor;
use gewu_model::change::{Body as ChangeBody, EncodedChange, PlainChange, entry_key};
use gewu_model::command::{Command, CommandRecord};
use gewu_model::content::ContentItem;
use gewu_model::crypto::{Signer, sha256};
use gewu_model::entry::{
    Asked, Body, Check, CheckResult, ClassKind, ClassRef, Close, CloseKind, Dispatch,
    ENTRY_VERSION, Entry, EntryHeader, Erase, File, Handle, InstructionFrame, Payload, Report,
    Source,
};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, Digest};
use gewu_model::media::{EvidenceRecord, EvidenceRole, MediaType, Provenance};
use gewu_model::place::{Datum, Position};
use gewu_model::receipt::{CaseReceipt, Received, SignedReceipt};
use gewu_model::signed::SignedChange;
use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::verdict::{ChangeVerdict, SetAside, SignedVerdicts, Verdict, VerdictBlock};

use super::people::{City, Person};
use super::{CATALOGUE, RULES, START};
use crate::record::{CaseRecord, HeldChange, SetAsideChange};

/// A case under way.
#[derive(Clone)]
pub struct Story {
    case: CaseId,
    city: gewu_model::ids::CityId,
    root_actor: Option<ActorId>,
    heads: BTreeSet<ChangeHash>,
    max_op: BTreeMap<ChangeHash, u64>,
    seqs: BTreeMap<ActorId, u64>,
    chain: Vec<ChangeHash>,
    clock: i64,
    /// What is in the record: changes in order.
    pub changes: Vec<HeldChange>,
    /// When the server accepted which.
    pub received: Vec<Received>,
    /// The receipt, when one was given.
    pub receipt: Option<SignedReceipt>,
    /// Blocks of verdicts.
    pub verdicts: Vec<SignedVerdicts>,
    /// What was set aside.
    pub set_aside: Vec<SetAsideChange>,
    /// Texts.
    pub content: Vec<ContentItem>,
}

impl Story {
    /// A case of which nothing is written.
    pub fn new(city: &City, case: CaseId) -> Self {
        Self {
            case,
            city: city.id,
            root_actor: None,
            heads: BTreeSet::new(),
            max_op: BTreeMap::new(),
            seqs: BTreeMap::new(),
            chain: Vec::new(),
            clock: START,
            changes: Vec::new(),
            received: Vec::new(),
            receipt: None,
            verdicts: Vec::new(),
            set_aside: Vec::new(),
            content: Vec::new(),
        }
    }

    /// Its record.
    pub fn record(mut self) -> CaseRecord {
        self.content.sort_by_key(ContentItem::digest);
        self.verdicts.sort_by_key(|signed| sha256(&signed.body));
        self.set_aside.sort_by_key(|aside| aside.change.hash());
        CaseRecord {
            case: self.case,
            changes: self.changes,
            receipt: self.receipt,
            verdicts: self.verdicts,
            set_aside: self.set_aside,
            content: self.content,
        }
    }

    /// A text of the case.
    pub fn text(&mut self, words: &str) -> Digest {
        let salt = sha256(words.as_bytes()).0;
        let salt = std::array::from_fn(|at| salt[at]);
        let item = ContentItem::new(words, salt).expect("a text");
        let digest = item.digest();
        self.content.push(item);
        digest
    }

    fn encode(&mut self, actor: ActorId, entry: Option<&Entry>) -> EncodedChange {
        let seq = self.seqs.get(&actor).copied().unwrap_or(0) + 1;
        let deps: Vec<ChangeHash> = self.heads.iter().copied().collect();
        let start_op = deps.iter().map(|dep| self.max_op[dep]).max().unwrap_or(0) + 1;
        let change = match entry {
            None => self.root().change(actor),
            Some(entry) => PlainChange {
                actor,
                seq,
                start_op,
                deps,
                body: ChangeBody::Entry {
                    root_actor: self.root_actor.expect("a root"),
                    key: entry_key(&actor, seq),
                    fields: entry.to_fields(),
                },
            },
        };
        change.encode().expect("well formed")
    }

    fn root(&self) -> CaseRoot {
        CaseRoot {
            schema: SCHEMA,
            id: self.case,
            edition: "2026".into(),
            policy: sha256(RULES),
            catalogue: sha256(CATALOGUE.as_bytes()),
        }
    }

    fn sign(&self, signer: &dyn Signer, encoded: &EncodedChange) -> SignedChange {
        let counter = self.changes.len() as u64 + 1;
        let bytes = encoded.bytes.clone();
        SignedChange::sign(signer, &self.city, &self.case, counter, bytes).expect("in memory")
    }

    fn keep(&mut self, actor: ActorId, encoded: &EncodedChange, held: HeldChange) -> ChangeHash {
        self.root_actor.get_or_insert(actor);
        *self.seqs.entry(actor).or_default() += 1;
        self.max_op.insert(encoded.hash, encoded.max_op);
        self.heads = BTreeSet::from([encoded.hash]);
        self.changes.push(held);
        encoded.hash
    }

    fn receive(&mut self, change: ChangeHash) -> ChangeHash {
        let at = Millis(self.clock + 500);
        self.received.push(Received { change, at });
        change
    }

    fn header(
        &mut self,
        who: &Person,
        payload: &Payload,
        answers: Option<ChangeHash>,
    ) -> EntryHeader {
        self.clock += 60_000;
        EntryHeader {
            kind: payload.kind(),
            version: ENTRY_VERSION,
            by: who.user.clone(),
            unit: who.unit.clone(),
            role: who.role.clone(),
            cert: who.certificate.digest(),
            claimed_at: Millis(self.clock),
            clock: ClockTrust::ServerOffset,
            answers,
            about: None,
            replaces: None,
        }
    }

    /// Somebody begins the case.
    pub fn begin(&mut self, who: &Person) {
        let encoded = self.encode(who.actor(), None);
        let signed = self.sign(&who.signer, &encoded);
        let hash = self.keep(who.actor(), &encoded, HeldChange::Signed(signed));
        self.receive(hash);
    }

    /// Somebody writes an entry that no receipt names.
    pub fn adds(
        &mut self,
        who: &Person,
        payload: &Payload,
        answers: Option<ChangeHash>,
    ) -> ChangeHash {
        let (encoded, signed) = self.draft(who, payload, answers);
        self.keep(who.actor(), &encoded, HeldChange::Signed(signed))
    }

    /// An entry of somebody's that is not part of the case.
    pub fn draft(
        &mut self,
        who: &Person,
        payload: &Payload,
        answers: Option<ChangeHash>,
    ) -> (EncodedChange, SignedChange) {
        let entry = Entry {
            header: self.header(who, payload, answers),
            payload: payload.to_cbor(),
            extra: vec![],
        };
        let entry = entry.written_by("gewu 0.1.0");
        let encoded = self.encode(who.actor(), Some(&entry));
        let signed = self.sign(&who.signer, &encoded);
        (encoded, signed)
    }

    /// Somebody writes an entry, and the server accepts it.
    pub fn writes(
        &mut self,
        who: &Person,
        payload: &Payload,
        answers: Option<ChangeHash>,
    ) -> ChangeHash {
        let hash = self.adds(who, payload, answers);
        self.receive(hash)
    }

    /// The centre decides.
    pub fn instructs(&mut self, city: &City, body: Body) -> ChangeHash {
        let command = Command {
            case: self.case,
            view: Digest([0; 32]),
            kind: body.kind().name().to_owned(),
            body: body.to_cbor(),
            by: "chen".into(),
            role: "operator".into(),
            unit: None,
            claimed_at: Millis(self.clock),
            counter: self.chain.len() as u64,
            after: None,
        };
        let frame = InstructionFrame {
            prev: self.chain.last().copied(),
            generation: 1,
            number: u32::try_from(self.chain.len()).expect("few") + 1,
            command: cbor::to_vec(&CommandRecord::attest(Digest([0x5e; 32]), &command)),
            body: vec![],
        };
        let hash = self.writes(&city.server, &Payload::Instruction(frame, body), None);
        self.chain.push(hash);
        hash
    }

    /// The server's receipt over what it has accepted so far.
    pub fn receipted(&mut self, city: &City) {
        let receipt = CaseReceipt {
            case: self.case,
            generation: 1,
            heads: self
                .received
                .last()
                .map(|last| last.change)
                .into_iter()
                .collect(),
            received: self.received.clone(),
        };
        self.receipt = Some(SignedReceipt::sign(&city.server.signer, &receipt).expect("in memory"));
    }

    /// The server's verdicts on changes of the case, to `wang`.
    pub fn judged(&mut self, city: &City, verdicts: &[(ChangeHash, Verdict)]) {
        let changes = verdicts.iter().map(|(hash, verdict)| ChangeVerdict {
            case: self.case,
            hash: *hash,
            verdict: verdict.clone(),
        });
        let block = VerdictBlock {
            wipe: None,
            device: city.wang.key(),
            nonce: [9; 16],
            generation: 1,
            at: Millis(self.clock + 700),
            changes: changes.collect(),
            content: vec![],
            media: vec![],
            commands: vec![],
            counter: 99,
            erased: None,
            cards: None,
            lost: None,
        };
        let signed = SignedVerdicts::sign(&city.server.signer, &block).expect("in memory");
        self.verdicts.push(signed);
    }

    /// Report, filing, work, check, close; one check too many was set aside.
    pub fn from_report_to_close(&mut self, city: &City, before: &[u8], after: &[u8]) {
        self.begin(&city.wang);
        let text = self.text("井盖缺失，有人险些跌入");
        let photos = vec![self.photo(before, EvidenceRole::Scene)];
        self.writes(
            &city.wang,
            &Payload::Report(report(Some(text), photos)),
            None,
        );
        let task_number = "26-000001".into();
        self.instructs(
            city,
            Body::File(File {
                task_number,
                note: None,
            }),
        );
        let dispatch = Dispatch {
            lead: "drainage".into(),
            assist: vec![],
            limit: Some("2紧急工作时".into()),
            note: None,
            substitute_for: None,
            bundle_limit: None,
            must_accept: None,
            external_due: None,
            rule: None,
        };
        let asked = self.instructs(city, Body::Dispatch(dispatch));
        let note = Some(self.text("已更换井盖"));
        let photos = vec![self.photo(after, EvidenceRole::After)];
        let position = Some(place());
        let handle = Payload::Handle(Handle {
            note,
            photos,
            position,
        });
        self.writes(&city.zhao, &handle, Some(asked));
        let persons = vec!["wang".into()];
        let check = Asked {
            persons,
            also: false,
            note: None,
            same_period: None,
            limit: None,
        };
        let asked = self.instructs(city, Body::CheckRequest(check));
        self.writes(&city.wang, &checked(CheckResult::Pass), Some(asked));
        let kind = CloseKind::Normal;
        self.instructs(
            city,
            Body::Close(Close {
                kind,
                note: None,
                condition: None,
            }),
        );
        self.receipted(city);
        let (_, late) = self.draft(&city.wang, &checked(CheckResult::NotPass), Some(asked));
        let reason = SetAside::Stage;
        self.judged(city, &[(late.hash(), Verdict::SetAside { reason })]);
        self.set_aside.push(SetAsideChange {
            change: late,
            reason,
            replaced_by: None,
        });
    }

    /// A citizen's report, whose key is the server's secret.
    pub fn by_a_citizen(&mut self, city: &City) {
        let actor = ActorId::new(city.citizen.public_key().id(), [3; 8]);
        let encoded = self.encode(actor, None);
        let root = self.keep(actor, &encoded, HeldChange::Vouched(encoded.bytes.clone()));
        self.receive(root);
        let text = self.text("路灯不亮");
        let payload = Payload::Report(report(Some(text), vec![]));
        let mut header = self.header(&city.wang, &payload, None);
        header.by = format!("citizen-{}", actor.key()).as_str().into();
        header.role = "citizen".into();
        header.cert = Digest([0xc1; 32]);
        let entry = Entry {
            header,
            payload: payload.to_cbor(),
            extra: vec![],
        };
        let encoded = self.encode(actor, Some(&entry));
        let hash = self.keep(actor, &encoded, HeldChange::Vouched(encoded.bytes.clone()));
        self.receive(hash);
        let task_number = "26-000002".into();
        self.instructs(
            city,
            Body::File(File {
                task_number,
                note: None,
            }),
        );
        self.receipted(city);
    }

    /// The centre erases texts and files.
    pub fn erases(&mut self, city: &City, texts: Vec<Digest>, files: Vec<Digest>) -> ChangeHash {
        let note = None;
        self.instructs(city, Body::Erase(Erase { texts, files, note }))
    }

    /// The evidence record of a picture.
    pub fn photo(&self, file: &[u8], role: EvidenceRole) -> EvidenceRecord {
        EvidenceRecord {
            sha256: sha256(file),
            thumb_sha256: None,
            role,
            media_type: MediaType::Png,
            bytes: file.len() as u64,
            width: 96,
            height: 96,
            captured_at: Millis(self.clock),
            clock: ClockTrust::ServerOffset,
            position: Some(place()),
            provenance: Provenance::Camera,
            original_sha256: None,
            redaction_of: None,
            direction: None,
            captured_offset_min: None,
            original_bytes: None,
            original_kept: None,
        }
    }
}

/// A check that found this.
pub fn checked(result: CheckResult) -> Payload {
    Payload::Check(Check {
        result,
        note: None,
        photos: vec![],
        position: None,
    })
}

fn place() -> Position {
    Position {
        lon_e7: 1_234_227_290,
        lat_e7: 417_999_616,
        datum: Datum::Wgs84,
        accuracy_mm: Some(4_500),
    }
}

fn report(description: Option<Digest>, photos: Vec<EvidenceRecord>) -> Report {
    Report {
        class: ClassRef {
            kind: ClassKind::Component,
            code: "01002".into(),
        },
        condition: None,
        position: place(),
        grid: None,
        component: None,
        source: Source {
            code: "inspector".into(),
            channel: None,
            external_id: None,
        },
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: "zh".into(),
        description,
        photos,
        contact: None,
    }
}
