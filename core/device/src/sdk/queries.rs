//! Reading: lists, one case, tasks. Lists read the projection alone.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::entry::Payload;
use gewu_model::fold::{EntryView, Written};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_model::redaction::{copies_of, stand_in};
use gewu_model::small::Gather as _;
use rusqlite::Connection;

use super::clocks::lines;
use super::status::set_aside_item;
use super::{Answer, Core, Gewu, classes, no_case};
use crate::api::{CaseDetail, Delivery, EntryDetail, Page, PageKey, PhotoDetail, Query};
use crate::error::{DeviceError, Result};
use crate::packs::Packs;
use crate::store::changes::State;
use crate::store::media::{self, FileState};
use crate::store::{cards, cases, content, erased, scopes, told};
use crate::write::CaseLog;

/// Rows of a page when nobody says how many.
const USUAL_LIMIT: u32 = 50;
/// The most rows of a page.
const MOST_ROWS: u32 = 500;

impl Gewu {
    /// Whether news of the case still come to this device. One that has left its user's grids, units and
    /// requests stays, as it was, while something written here in it is owed or was set aside.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn is_followed(&self, case: CaseId) -> Answer<bool> {
        Ok(self.core.read(|tx| Ok(scopes::count(tx, &case)? > 0))?)
    }

    /// Some cases, newest first.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn list(&self, query: &Query) -> Answer<Page> {
        Ok(self.core.list(query)?)
    }

    /// One case with every entry, text and photo that is known here.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`].
    pub fn show(&self, case: CaseId) -> Answer<CaseDetail> {
        let packs = self.core.packs()?;
        Ok(self.core.read(|tx| self.core.detail(tx, &packs, &case))?)
    }
}

impl Core {
    pub(super) fn list(&self, query: &Query) -> Result<Page> {
        let limit = match query.limit {
            0 => USUAL_LIMIT,
            limit => limit.min(MOST_ROWS),
        };
        let mut rows = self.read(|tx| cases::list(tx, query, limit))?;
        let full = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let last = rows.last().filter(|_| full);
        let next = last.map(|row| PageKey {
            updated_at: row.updated_at,
            case: row.case,
        });
        Ok(Page { rows, next })
    }

    fn detail(&self, tx: &Connection, packs: &Packs, case: &CaseId) -> Result<CaseDetail> {
        let row = cases::get(tx, case)?.ok_or(no_case(case))?;
        let log = CaseLog::load(tx, case)?;
        let view = log.view(&*self.packs()?);
        let gallery = Gallery::of(tx, &log)?;
        let entries = view
            .entries
            .iter()
            .map(|entry| self.entry(tx, &log, &gallery, entry))
            .collect::<Result<Vec<_>>>()?;
        let set_aside = log
            .iter()
            .filter(|(change, _)| change.stored.state == State::SetAside)
            .map(|(change, row)| set_aside_item(tx, &change.stored, row.entry.as_ref()))
            .collect::<Result<_>>()?;
        let pins = log.pins();
        let told = told::status(tx, case)?;
        let owed = row.unsent > 0
            || media::is_owed(tx, case)?
            || !content::unsent_of_case(tx, case)?.is_empty()
            || cards::unsent(tx)?.iter().any(|card| card.case == *case)
            || cards::lost(tx)?.contains(case);
        let condition = view.report.as_ref();
        let condition = condition.and_then(|report| report.condition.as_deref());
        let (class_name, condition_text) =
            classes::labels(Some(packs), &log, row.class.as_ref(), condition);
        Ok(CaseDetail {
            row,
            class_name,
            condition_text,
            complete: !owed,
            edition: pins.as_ref().map(|pins| pins.edition.clone()),
            policy: pins.as_ref().map(|pins| pins.policy),
            catalogue: pins.as_ref().map(|pins| pins.catalogue),
            view_token: view.token(),
            erased: erased_among(tx, &entries)?,
            entries,
            set_aside,
            clocks: lines(self.clocks_told(packs, &log, &view, told.as_ref())),
            public_status: told,
            view,
        })
    }

    fn entry(
        &self,
        tx: &Connection,
        log: &CaseLog,
        gallery: &Gallery<'_>,
        view: &EntryView,
    ) -> Result<EntryDetail> {
        let change = log.get(&view.hash).ok_or(DeviceError::Damaged)?;
        let written = log
            .row(&view.hash)
            .and_then(|row| row.entry.as_ref())
            .ok_or(DeviceError::Damaged)?;
        let header = &written.entry.header;
        let photos = written.payload.as_ref().map_or(&[][..], Payload::photos);
        Ok(EntryDetail {
            hash: view.hash,
            kind: view.kind.clone(),
            by: view.by.clone(),
            unit: view.unit.clone(),
            role: view.role.clone(),
            status: view.status.clone(),
            reason: view.reason,
            answers: header.answers,
            replaces: header.replaces,
            claimed_at: header.claimed_at,
            clock: header.clock,
            received_at: change.stored.received_at,
            delivery: if change.stored.state == State::Unsent {
                Delivery::Unsent
            } else {
                Delivery::Received
            },
            payload: payload_json(written),
            texts: texts(tx, written)?,
            photos: photos
                .iter()
                .map(|record| self.photo(tx, gallery, record))
                .collect::<Result<_>>()?,
        })
    }

    fn photo(
        &self,
        tx: &Connection,
        gallery: &Gallery<'_>,
        record: &EvidenceRecord,
    ) -> Result<PhotoDetail> {
        let small = record.thumb_sha256.as_ref();
        let records = &gallery.records;
        let erased = |photo: &Digest| gallery.erased.contains(photo);
        Ok(PhotoDetail {
            redacted_copies: copies_of(records.iter().copied(), &record.sha256),
            shown_instead: stand_in(records, &record.sha256, &erased),
            record: record.clone(),
            held: self.holds_file(&record.sha256),
            erased: erased::has(tx, &record.sha256)?,
            delivery: delivery(tx, &record.sha256)?,
            small_delivery: match small {
                Some(small) => delivery(tx, small)?,
                None => None,
            },
        })
    }
}

/// The photos of a case, and which of them were erased.
struct Gallery<'a> {
    records: Vec<&'a EvidenceRecord>,
    erased: BTreeSet<Digest>,
}

impl<'a> Gallery<'a> {
    fn of(tx: &Connection, log: &'a CaseLog) -> Result<Self> {
        let records = log.live_photos();
        let mut erased = BTreeSet::new();
        for record in &records {
            if erased::has(tx, &record.sha256)? {
                erased.insert(record.sha256);
            }
        }
        Ok(Self { records, erased })
    }
}

/// The texts and photos of entries that the centre erased.
fn erased_among(tx: &Connection, entries: &[EntryDetail]) -> Result<BTreeSet<Digest>> {
    let texts = entries.iter().flat_map(|entry| entry.texts.keys());
    let photos = entries.iter().flat_map(|entry| &entry.photos);
    let mut erased = BTreeSet::new();
    for digest in texts.chain(photos.map(|photo| &photo.record.sha256)) {
        if erased::has(tx, digest)? {
            erased.insert(*digest);
        }
    }
    Ok(erased)
}

/// Whether the server has a file of this device's; `None` for other people's.
fn delivery(tx: &Connection, sha256: &Digest) -> Result<Option<Delivery>> {
    let file = media::find(tx, sha256)?;
    Ok(file.map(|file| match file.state {
        FileState::Acknowledged => Delivery::Received,
        _ => Delivery::Unsent,
    }))
}

/// The payload for people; `null` when a newer app wrote it.
pub(super) fn payload_json(written: &Written) -> serde_json::Value {
    written
        .payload
        .as_ref()
        .map_or(serde_json::Value::Null, Payload::to_json)
}

/// The texts that an entry names, as far as they are here.
pub(super) fn texts(
    tx: &Connection,
    written: &Written,
) -> Result<BTreeMap<Digest, Option<String>>> {
    let named = written.payload.as_ref().map(Payload::content);
    named
        .unwrap_or_default()
        .into_iter()
        .map(|digest| Ok((digest, content::text(tx, &digest)?)))
        .try_into_map()
}
