//! The fold of a case, and which of the texts and files that it names are here.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::catalogue::Catalogue;
use gewu_model::cbor;
use gewu_model::command::CommandRecord;
use gewu_model::content::{ContentItem, check_text};
use gewu_model::entry::{Body, Entry, Payload};
use gewu_model::fold::{CaseView, Written, fold, fold_by};
use gewu_model::ids::{ChangeHash, Digest, UserId};
use gewu_model::media::EvidenceRecord;
use gewu_model::place::Position;
use gewu_model::policy::Policy;
use gewu_model::redaction::copies_of;
use gewu_model::small::Gather as _;

use super::Contents;
use super::history::{History, Link};
use super::word;
use crate::fault::{Fault, Finding};
use crate::name::{Member, PackKind};
use crate::record::CaseRecord;
use crate::report::{
    CaseFacts, EntryFacts, FileFacts, Presence, ReceiptFacts, SetAsideFacts, Standing, TextFacts,
};

/// The extension of files whose type no change tells.
pub(super) const DRAFT_EXTENSION: &str = "bin";
/// Thumbnails are JPEG.
const THUMB_EXTENSION: &str = "jpg";

pub(super) struct Collector<'a> {
    contents: &'a Contents,
    record: &'a CaseRecord,
    history: &'a History,
    policy: Option<&'a Policy>,
    texts: BTreeMap<Digest, &'a ContentItem>,
    pub(super) erased: BTreeMap<Digest, ChangeHash>,
    /// The name in the bundle of each file that is named.
    pub(super) names: BTreeMap<Digest, String>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(
        contents: &'a Contents,
        record: &'a CaseRecord,
        history: &'a History,
        policy: Option<&'a Policy>,
    ) -> Self {
        let texts = record.content.iter().map(|item| (item.digest(), item));
        Self {
            contents,
            record,
            history,
            policy,
            texts: texts.collect(),
            erased: erased(history),
            names: BTreeMap::new(),
        }
    }

    pub(super) fn collect(&mut self, findings: &mut Vec<Finding>) -> CaseFacts {
        let rows = self.history.rows();
        let view = match self.policy {
            Some(policy) => fold_by(&rows, &policy.rules()),
            None => fold(&rows),
        };
        self.name_files();
        self.check_texts(findings);
        self.check_files(findings);
        let entries = self.history.links.iter();
        let entries = entries.filter_map(|link| self.entry(link, &view)).collect();
        let root = &self.history.pins();
        let catalogue = self.catalogue();
        let class = view.report.as_ref().and_then(|report| {
            let edition = &self.history.root.edition;
            let class = catalogue.as_ref()?.class_in(edition, &report.class).ok()?;
            Some((class.name.zh.clone(), class.name.en.clone()))
        });
        CaseFacts {
            case: self.record.case,
            edition: root.edition.clone(),
            policy: root.policy,
            policy_present: self.policy.is_some(),
            catalogue: root.catalogue,
            catalogue_present: catalogue.is_some(),
            class,
            receipt: self.receipt(),
            set_aside: self.set_aside(),
            view,
            entries,
        }
    }

    fn catalogue(&self) -> Option<Catalogue> {
        let pinned = (PackKind::Catalogue, self.history.pins().catalogue);
        Catalogue::from_json(self.contents.packs.get(&pinned)?).ok()
    }

    fn receipt(&self) -> Option<ReceiptFacts> {
        // The signature was checked before; an unsigned one was reported.
        let signed = self.record.receipt.as_ref()?;
        let receipt: gewu_model::receipt::CaseReceipt = cbor::from_slice(&signed.body).ok()?;
        Some(ReceiptFacts {
            generation: receipt.generation,
            changes: receipt.received.len(),
            latest: receipt.received.iter().map(|received| received.at).max(),
            heads: receipt.heads,
        })
    }

    fn set_aside(&self) -> Vec<SetAsideFacts> {
        let blocks = self.record.verdicts.iter();
        let blocks = blocks.filter_map(|signed| cbor::from_slice(&signed.body).ok());
        let said = word::said(self.record, blocks.collect());
        let facts = self.record.set_aside.iter().map(|aside| {
            let hash = aside.change.hash();
            SetAsideFacts {
                hash,
                reason: aside.reason.name(),
                proven: said.set_aside.contains_key(&hash),
                replaced_by: aside.replaced_by,
            }
        });
        facts.collect()
    }

    /// Texts and evidence records that entries of the case name, set aside or not.
    fn payloads(&self) -> impl Iterator<Item = Payload> + '_ {
        let live = self.history.links.iter().filter_map(|link| {
            let written = link.row.entry.as_ref()?;
            written.payload.as_ref().ok().cloned()
        });
        let aside = self.record.set_aside.iter().filter_map(|aside| {
            let limits = gewu_model::change::Limits::default();
            let decoded = gewu_model::change::decode_strict(&aside.change.bytes, &limits).ok()?;
            let fields = decoded.change.body.fields().clone();
            let entry = Entry::from_fields(fields).ok()?;
            Payload::of(&entry).ok()
        });
        live.chain(aside)
    }

    fn name_files(&mut self) {
        let records: Vec<EvidenceRecord> = self
            .payloads()
            .flat_map(|payload| payload.photos().to_vec())
            .collect();
        let name = |digest: Digest, extension: &str| {
            let member = Member::File(digest, extension.to_owned());
            (digest, member.to_string())
        };
        let files = records
            .iter()
            .map(|record| name(record.sha256, record.media_type.extension()));
        let thumbs = records.iter().filter_map(|record| record.thumb_sha256);
        let kept = records.iter().filter_map(EvidenceRecord::kept_original);
        let originals = kept.map(|(original, _)| original);
        let named = files
            .chain(thumbs.map(|thumb| name(thumb, THUMB_EXTENSION)))
            .chain(originals.map(|original| name(original, DRAFT_EXTENSION)));
        for (digest, name) in named.filter(|(digest, _)| !self.erased.contains_key(digest)) {
            self.names.entry(digest).or_insert(name);
        }
    }

    fn check_texts(&self, findings: &mut Vec<Finding>) {
        let member = || Member::Case(self.record.case);
        let digests: Vec<_> = self
            .record
            .content
            .iter()
            .map(ContentItem::digest)
            .collect();
        let sound = self
            .record
            .content
            .iter()
            .all(|item| check_text(&item.text).is_ok());
        if !digests.is_sorted_by(|a, b| a < b) || !sound {
            findings.push(Finding::at(member(), Fault::ContentOrder));
        }
        let named = self.payloads().flat_map(|payload| payload.content());
        let named: BTreeSet<Digest> = named.into_set();
        for digest in digests {
            if self.erased.contains_key(&digest) {
                findings.push(Finding::at(member(), Fault::ErasedPresent(digest)));
            } else if !named.contains(&digest) {
                findings.push(Finding::at(member(), Fault::ContentNotNamed(digest)));
            }
        }
    }

    fn check_files(&self, findings: &mut Vec<Finding>) {
        let member = || Member::Case(self.record.case);
        for record in self
            .payloads()
            .flat_map(|payload| payload.photos().to_vec())
        {
            let size = self.contents.files.get(&record.sha256);
            if size.is_some_and(|bytes| *bytes != record.bytes) {
                findings.push(Finding::at(member(), Fault::FileSize(record.sha256)));
            }
        }
    }

    fn presence(&self, digest: &Digest, here: bool) -> Presence {
        match self.erased.get(digest) {
            Some(by) => Presence::Erased { by: *by },
            None if here => Presence::Present,
            None => Presence::Missing,
        }
    }

    fn file_presence(&self, digest: &Digest) -> Presence {
        self.presence(digest, self.contents.files.contains_key(digest))
    }

    /// The redacted copies of a photo that confirmed and unconfirmed entries bring and that are here.
    fn redacted_copies(&self, photo: &Digest) -> Vec<Digest> {
        let written = self
            .history
            .links
            .iter()
            .filter_map(|link| link.row.entry.as_ref());
        let payloads = written.filter_map(|written| written.payload.as_ref().ok());
        let mut copies = copies_of(payloads.flat_map(Payload::photos), photo);
        copies.retain(|copy| self.file_presence(copy) == Presence::Present);
        copies
    }

    fn entry(&self, link: &Link, view: &CaseView) -> Option<EntryFacts> {
        let written = link.row.entry.as_ref()?;
        let header = &written.entry.header;
        let seen = view.entry(&link.hash);
        let payload = written.payload.as_ref().ok();
        let (position, grid) = payload.map_or((None, None), place);
        Some(EntryFacts {
            hash: link.hash,
            kind: header.kind.clone(),
            by: header.by.clone(),
            role: header.role.clone(),
            unit: header.unit.clone(),
            device: link.actor.key(),
            signer: link.signer,
            app: written.entry.app().map(str::to_owned),
            claimed_at: header.claimed_at,
            clock: header.clock,
            standing: link.standing,
            status: seen.map(|seen| seen.status.clone()),
            reason: seen.and_then(|seen| seen.reason),
            position,
            grid,
            asked_by: payload.and_then(asked_by),
            texts: self.texts(written),
            files: self.files(payload),
        })
    }

    fn texts(&self, written: &Written) -> Vec<TextFacts> {
        let named = written.payload.as_ref().map(Payload::content);
        let named = named.unwrap_or_default().into_iter();
        let facts = named.map(|digest| {
            let held = self.texts.get(&digest);
            TextFacts {
                digest,
                presence: self.presence(&digest, held.is_some()),
                text: held.map(|item| item.text.clone()),
            }
        });
        facts.collect()
    }

    fn files(&self, payload: Option<&Payload>) -> Vec<FileFacts> {
        let records = payload.map_or(&[][..], Payload::photos).iter();
        let facts = records.map(|record| FileFacts {
            name: Member::File(record.sha256, record.media_type.extension().to_owned()).to_string(),
            presence: self.file_presence(&record.sha256),
            redacted_copies: self.redacted_copies(&record.sha256),
            thumbnail: record.thumb_sha256.map(|thumb| self.file_presence(&thumb)),
            original: record
                .kept_original()
                .map(|(original, _)| self.file_presence(&original)),
            record: record.clone(),
        });
        facts.collect()
    }
}

/// What the server's instructions erased: texts, files, and what else the records of those files
/// name.
fn erased(history: &History) -> BTreeMap<Digest, ChangeHash> {
    let payload = |link: &'_ Link| -> Option<Payload> {
        link.row.entry.as_ref()?.payload.as_ref().ok().cloned()
    };
    let payloads: Vec<(ChangeHash, Standing, Payload)> = history
        .links
        .iter()
        .filter_map(|link| Some((link.hash, link.standing, payload(link)?)))
        .collect();
    let mut erased = BTreeMap::new();
    for (hash, standing, payload) in &payloads {
        let Payload::Instruction(_, Body::Erase(erase)) = payload else {
            continue;
        };
        if *standing == Standing::Unconfirmed {
            continue;
        }
        erase.texts.iter().for_each(|text| {
            erased.entry(*text).or_insert(*hash);
        });
        let records = payloads.iter().flat_map(|(_, _, payload)| payload.photos());
        for file in erase.takes(records) {
            erased.entry(file).or_insert(*hash);
        }
    }
    erased
}

/// Where the entry was written, and in which unit grid.
fn place(payload: &Payload) -> (Option<Position>, Option<gewu_model::ids::GridCode>) {
    let report = |report: &gewu_model::entry::Report| {
        let grid = report.grid.as_ref().map(|grid| grid.unit.clone());
        (Some(report.position.clone()), grid)
    };
    match payload {
        Payload::Report(body) => report(body),
        Payload::Instruction(_, Body::Register(body)) => report(&body.report),
        _ => (payload.position().cloned(), None),
    }
}

/// Who asked for an instruction.
fn asked_by(payload: &Payload) -> Option<UserId> {
    let Payload::Instruction(frame, _) = payload else {
        return None;
    };
    let record: CommandRecord = cbor::from_canonical(&frame.command).ok()?;
    Some(record.command()?.by)
}
