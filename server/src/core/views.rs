//! Cases and the server as operators see them, as JSON.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::catalogue::Label;
use gewu_model::cbor;
use gewu_model::command::CommandRecord;
use gewu_model::entry::Payload;
use gewu_model::fold::{CaseView, EntryView};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_model::redaction::{copies_of, stand_in};
use gewu_model::state::state_hash;
use gewu_sync::gate::{AcceptedChange, CaseState};
use serde_json::{Value, json};

use super::admit::entry_of;
use super::contacts::card_state;
use super::link::duplicate_of;
use super::load::{all_rows, load, reason};
use super::public::citizen_of;
use super::{Core, CoreError, generation, services, spot};
use crate::store::{Doubt, EvidenceFile, FateKind, FateRow, PlaceRow, StoreError, Tx};

type Texts = BTreeMap<Digest, String>;

impl Core {
    /// The case of an id or a task number.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is none.
    pub fn find_case(&self, name: &str) -> Result<CaseId, CoreError> {
        let found = match name.parse::<CaseId>() {
            Ok(case) => self.read(|tx| Ok::<_, CoreError>(tx.case(case)?.map(|_| case)))?,
            Err(_) => self.read(|tx| Ok::<_, CoreError>(tx.case_by_number(name)?))?,
        };
        found.ok_or(CoreError::Unknown("the case"))
    }

    /// A case with everything that was written in it.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is none.
    pub fn show(&self, case: CaseId) -> Result<Value, CoreError> {
        // What vanished from the disk is not there, whoever looks first.
        for file in self.files_of(case)? {
            self.notice_loss(file)?;
        }
        self.read(|tx| {
            let state = load(tx, case)?;
            if state.changes.is_empty() {
                return Err(CoreError::Unknown("the case"));
            }
            let texts = texts(tx, case)?;
            let view = self.view(&state);
            let gallery = Gallery::of(tx, &state)?;
            let entries = view.entries.iter().filter_map(|entry| {
                let change = state.accepted(&entry.hash)?;
                Some(entry_json(entry, change, &texts, &gallery))
            });
            let fates = tx.fates(case)?;
            let media = media(tx, &state)?;
            let share = self.spot_check_share(tx, &state, &view)?;
            Ok(json!({
                "case": case,
                "view_token": view.token(),
                "stage": view.stage.name(),
                "task_number": view.task_number,
                "edition": state.root.as_ref().map(|root| &root.edition),
                "class_name": self.class_name(&state, &view),
                "report": report(&view, &texts),
                "place": tx.place(case)?.as_ref().map(place),
                "external_due": view.facts.external_due,
                "duplicate_of": duplicate_of(&view),
                "question": view.question,
                "units": view.units,
                "work": view.work,
                "close": view.close,
                "spot_check": spot::shown(tx, case, share)?,
                "services": services::waiting(tx, case)?,
                "needs_pack": view.needs_pack,
                "entries": entries.collect::<Vec<_>>(),
                "set_aside": fates.iter().filter(|row| aside(row)).map(|row| lost(row, &texts)).collect::<Vec<_>>(),
                "held": fates.iter().filter(|row| !aside(row)).map(held).collect::<Vec<_>>(),
                "complete": media.iter().all(|file| file["present"] == true || file["erased"] == true),
                "erased": tx.erased_in(case)?,
                "media": media,
                "reporter": reporter(tx, &state)?,
                "contact": card_state(tx, &state)?,
                "state_hash": state_hash(&all_rows(&state), &view),
            }))
        })
    }

    /// What the server holds, and what it lacks.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn status(&self) -> Result<Value, CoreError> {
        self.read(|tx| {
            let stages: BTreeMap<String, u64> = tx.count_cases()?.into_iter().collect();
            let missing = tx.missing_files()?;
            let named = tx.count_evidence()?;
            let backup = tx.meta(crate::backup::BACKUP_AT)?;
            Ok(json!({
                "city": self.city(),
                "generation": generation::current(tx)?,
                "cases": stages.values().sum::<u64>(),
                "stages": stages,
                "changes": tx.count_changes()?,
                "devices": tx.devices()?.len(),
                "media": {
                    "present": named.photos,
                    "thumbnails": named.thumbs,
                    "files": tx.files()?.len(),
                    "missing": distinct(&missing, false),
                    "thumbnails_missing": distinct(&missing, true),
                    "missing_files": missing.iter().map(missing_file).collect::<Vec<_>>(),
                },
                "set_aside": tx.set_aside()?.iter().map(fate).collect::<Vec<_>>(),
                "contact_cards": self.card_status(tx)?,
                "backup_at": backup.and_then(crate::backup::read_time),
            }))
        })
    }

    /// The accepted cases with their state hashes, to compare replicas by.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn state_hashes(&self) -> Result<Vec<(CaseId, Digest)>, CoreError> {
        self.read(|tx| {
            let cases = tx.all_cases()?.into_iter();
            cases
                .map(|case| {
                    let state = load(tx, case)?;
                    Ok((case, state_hash(&all_rows(&state), &self.view(&state))))
                })
                .collect()
        })
    }

    /// The state of a case, and when each of its changes was accepted; `None` when there is none.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn case_view(&self, case: CaseId) -> Result<Option<CaseView>, CoreError> {
        self.read(|tx| {
            let state = load(tx, case)?;
            Ok((!state.changes.is_empty()).then(|| self.view(&state)))
        })
    }

    /// The files that a case names.
    fn files_of(&self, case: CaseId) -> Result<BTreeSet<Digest>, CoreError> {
        self.read(|tx| Ok(named(&photos(&load(tx, case)?))))
    }
}

impl Core {
    /// What the class of a case is called in the catalogue that the case pins.
    fn class_name(&self, state: &CaseState, view: &CaseView) -> Option<Label> {
        let (root, report) = (state.root.as_ref()?, view.report.as_ref()?);
        let rules = self.rules();
        let catalogue = rules.catalogues.get(&root.catalogue)?;
        let class = catalogue.class_in(&root.edition, &report.class).ok()?;
        Some(class.name.clone())
    }
}

fn distinct(missing: &[(CaseId, EvidenceFile)], thumbs: bool) -> usize {
    let files = missing.iter().map(|(_, file)| file);
    let files = files.filter(|file| file.thumb == thumbs);
    files.collect::<BTreeSet<_>>().len()
}

fn missing_file((case, file): &(CaseId, EvidenceFile)) -> Value {
    json!({ "case": case, "sha256": file.sha256, "thumbnail": file.thumb })
}

fn texts(tx: &dyn Tx, case: CaseId) -> Result<Texts, StoreError> {
    let held = tx.content(case)?.into_iter();
    Ok(held.map(|(digest, item)| (digest, item.text)).collect())
}

fn report(view: &CaseView, texts: &Texts) -> Option<Value> {
    let report = view.report.as_ref()?;
    let mut shown = serde_json::to_value(report).ok()?;
    let words = report.description.and_then(|digest| texts.get(&digest));
    shown["text"] = json!(words);
    Some(shown)
}

/// Where the server's own grids place the case, and whether the report's grid is to be doubted.
pub(super) fn place(found: &PlaceRow) -> Value {
    json!({
        "unit": found.unit,
        "duty": found.duty_grid,
        "road": found.road,
        "pack": found.pack,
        "doubt": found.doubt.map(Doubt::name),
    })
}

/// The photos of a case, and which of them were erased.
struct Gallery<'a> {
    records: Vec<&'a EvidenceRecord>,
    erased: BTreeSet<Digest>,
}

impl<'a> Gallery<'a> {
    fn of(tx: &dyn Tx, state: &'a CaseState) -> Result<Self, StoreError> {
        let records = photos(state);
        let mut erased = BTreeSet::new();
        for record in &records {
            if tx.is_erased(record.sha256)? {
                erased.insert(record.sha256);
            }
        }
        Ok(Self { records, erased })
    }

    fn photo(&self, record: &EvidenceRecord) -> Value {
        let mut shown = serde_json::to_value(record).unwrap_or_default();
        let erased = |photo: &Digest| self.erased.contains(photo);
        let copies = copies_of(self.records.iter().copied(), &record.sha256);
        shown["redacted_copies"] = json!(copies);
        shown["shown_instead"] = json!(stand_in(&self.records, &record.sha256, &erased));
        shown
    }
}

fn photos(state: &CaseState) -> Vec<&EvidenceRecord> {
    let payloads = state
        .changes
        .iter()
        .filter_map(|change| change.row.entry.as_ref()?.payload.as_ref().ok());
    payloads.flat_map(Payload::photos).collect()
}

fn entry_json(
    entry: &EntryView,
    change: &AcceptedChange,
    texts: &Texts,
    gallery: &Gallery<'_>,
) -> Value {
    let mut shown = serde_json::to_value(entry.status.shown()).unwrap_or_default();
    shown["hash"] = json!(entry.hash);
    shown["kind"] = json!(entry.kind);
    shown["by"] = json!(entry.by);
    shown["unit"] = json!(entry.unit);
    shown["role"] = json!(entry.role);
    shown["reason"] = json!(entry.reason);
    shown["received_at"] = json!(change.received_at);
    let Some(written) = &change.row.entry else {
        return shown;
    };
    let header = &written.entry.header;
    shown["claimed_at"] = json!(header.claimed_at);
    shown["answers"] = json!(header.answers);
    shown["replaces"] = json!(header.replaces);
    if let Ok(payload) = &written.payload {
        shown["payload"] = payload.to_json();
        shown["asked_by"] = json!(asked_by(payload));
        shown["texts"] = named_texts(payload, texts);
        let photos = payload.photos().iter();
        shown["photos"] = photos.map(|record| gallery.photo(record)).collect();
    }
    shown
}

/// Who asked for an instruction, in which role: `service` for a rule or timer of the centre.
fn asked_by(payload: &Payload) -> Option<Value> {
    let Payload::Instruction(frame, _) = payload else {
        return None;
    };
    let record: CommandRecord = cbor::from_canonical(&frame.command).ok()?;
    let command = record.command()?;
    Some(json!({ "user": command.by, "role": command.role, "unit": command.unit }))
}

/// The texts that a payload names; `null` for one that is not here.
fn named_texts(payload: &Payload, texts: &Texts) -> Value {
    let named = payload.content().into_iter();
    named
        .map(|digest| (digest.to_string(), json!(texts.get(&digest))))
        .collect()
}

fn aside(row: &FateRow) -> bool {
    row.kind == FateKind::SetAside
}

fn fate(row: &FateRow) -> Value {
    let reason = reason(row);
    json!({
        "case": row.case,
        "change": row.hash,
        "reason": reason.name(),
        "words": reason.words(),
        "by_key": row.signed.key,
        "sent_by": row.sender,
        "replaced_by": row.replaced_by,
        "at": row.seen_at,
    })
}

/// A set-aside change with what it said.
fn lost(row: &FateRow, texts: &Texts) -> Value {
    let mut shown = fate(row);
    let written = entry_of(&row.signed);
    let Some(written) = &written else {
        return shown;
    };
    let header = &written.entry.header;
    shown["kind"] = json!(header.kind.name());
    shown["by"] = json!(header.by);
    shown["role"] = json!(header.role);
    shown["claimed_at"] = json!(header.claimed_at);
    if let Ok(payload) = &written.payload {
        shown["payload"] = payload.to_json();
        shown["texts"] = named_texts(payload, texts);
    }
    shown
}

fn held(row: &FateRow) -> Value {
    let waiting = row.kind == FateKind::Waiting;
    json!({
        "change": row.hash,
        "state": if waiting { "waiting" } else { "pending" },
        "by_key": row.signed.key,
        "at": row.seen_at,
    })
}

fn media(tx: &dyn Tx, state: &CaseState) -> Result<Vec<Value>, StoreError> {
    let records = photos(state);
    let thumbs = records.iter().filter_map(|photo| photo.thumb_sha256);
    let thumbs: BTreeSet<Digest> = thumbs.collect();
    let shown = |file: Digest| {
        let present = tx.file(file)?.is_some();
        let thumb = thumbs.contains(&file);
        let erased = tx.is_erased(file)?;
        Ok(json!({ "sha256": file, "present": present, "erased": erased, "thumbnail": thumb }))
    };
    named(&records).into_iter().map(shown).collect()
}

/// The files that have to be delivered for these photos.
fn named(records: &[&EvidenceRecord]) -> BTreeSet<Digest> {
    records.iter().flat_map(|photo| photo.files()).collect()
}

/// Who stands behind a citizen's case: for consoles only.
fn reporter(tx: &dyn Tx, state: &CaseState) -> Result<Option<Value>, StoreError> {
    let row = citizen_of(tx, state)?;
    Ok(row.map(|row| json!({ "user": row.user, "device": row.endorsement.device, "endorsement": row.endorsement.digest() })))
}
