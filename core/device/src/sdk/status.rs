//! What is unsent and why, exactly.

use std::collections::BTreeMap;

use gewu_model::entry::Payload;
use gewu_model::fold::Written;
use gewu_model::ids::CaseId;
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::delivery::upload_policy;
use super::queries::{payload_json, texts};
use super::{Answer, Core, Gewu, guard};
use crate::api::{
    Backlog, CaseUnsent, CommandState, LastSync, PhotoState, PhotoUnsent, ReadableContent,
    SetAsideItem, Status, Waiting,
};
use crate::error::Result;
use crate::store::changes::{self, Held, State, StoredChange};
use crate::store::{cards, commands, content, drafts, facts, media, meta, told};
use crate::write::log::decode_entry;

impl Gewu {
    /// What this device still answers for, and what became of what it did.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn status(&self) -> Answer<Status> {
        Ok(self.core.read(|tx| self.core.status(tx))?)
    }
}

impl Core {
    pub(crate) fn status(&self, tx: &Connection) -> Result<Status> {
        let cases = unsent_by_case(tx)?;
        let photos = self.unsent_photos(tx)?;
        let commands = commands::list(tx)?;
        let offered_again = facts::to_offer(tx)?.len() as u32;
        let waiting = commands
            .iter()
            .any(|command| command.outcome == CommandState::Unsent);
        Ok(Status {
            synced: cases.is_empty() && photos.is_empty() && !waiting && offered_again == 0,
            waiting_since: waiting_since(tx, &photos)?,
            backlog: backlog(&photos),
            damaged: media::damaged(tx)?,
            cases,
            photos,
            commands,
            offered_again,
            drafts: drafts::count(tx)?,
            set_aside: set_aside(tx)?,
            notices: told::notices(tx)?,
            refused: facts::refused(tx)?,
            lost_contacts: cards::lost(tx)?,
            last_sync: last_sync(tx)?,
            clock_offset_ms: guard(&self.clock).offset_ms(),
            backup_covers: meta::get_time(tx, meta::BACKUP_COVERS)?,
        })
    }

    pub(super) fn unsent_photos(&self, tx: &Connection) -> Result<Vec<PhotoUnsent>> {
        let policy = upload_policy(tx)?;
        let files = media::unsent(tx)?.into_iter().map(|file| PhotoUnsent {
            state: match (self.holds_whole(&file), file.damaged) {
                (false, _) => PhotoState::Missing,
                (true, true) => PhotoState::Damaged,
                (true, false) => file.state.public(),
            },
            reason: file.reason.clone(),
            held_back: self.holds_by(&policy, &file),
            sha256: file.sha256,
            case: file.case,
            bytes: file.bytes,
            sent: file.sent,
            thumbnail: file.thumbnail,
            since: file.added_at,
        });
        Ok(files.collect())
    }
}

fn backlog(files: &[PhotoUnsent]) -> Backlog {
    let mut sums = Backlog::default();
    for file in files {
        let kind = match file.thumbnail {
            true => &mut sums.small_pictures,
            false => &mut sums.photos,
        };
        *kind += 1;
        sums.bytes += file.bytes;
        sums.bytes_sent += match file.state {
            PhotoState::Uploaded => file.bytes,
            _ => file.sent,
        };
        sums.held_back += u32::from(file.held_back.is_some());
    }
    sums
}

/// Since when the oldest file or change waits.
fn waiting_since(tx: &Connection, files: &[PhotoUnsent]) -> Result<Option<Millis>> {
    let files = files.iter().map(|file| file.since);
    let mut oldest = files.filter(|since| since.0 > 0).min();
    for stored in changes::unsent(tx, 1)? {
        let written = decode_entry(&stored.signed.bytes)?;
        let claimed = written.map(|written| written.entry.header.claimed_at);
        oldest = oldest.into_iter().chain(claimed).min();
    }
    Ok(oldest)
}

/// Everything that waits for a receipt, as one number.
pub(crate) fn count_unsent(tx: &Connection) -> Result<u32> {
    let changes = changes::unsent_marks(tx)?.len();
    let texts: u32 = content::unsent(tx)?.iter().map(|(_, count)| count).sum();
    let files = media::unsent(tx)?.len();
    let commands = commands::unsent(tx)?.len();
    let cards = cards::unsent(tx)?.len();
    Ok((changes + files + commands + cards) as u32 + texts)
}

/// What the server does not have: what waits for a receipt without what an operator there looks at.
pub(crate) fn count_undelivered(tx: &Connection) -> Result<u32> {
    let marks = changes::unsent_marks(tx)?;
    let looked_at = marks.iter().filter(|mark| mark.held == Held::Pending);
    Ok(count_unsent(tx)? - looked_at.count() as u32)
}

fn unsent_by_case(tx: &Connection) -> Result<Vec<CaseUnsent>> {
    let mut cases: BTreeMap<CaseId, CaseUnsent> = BTreeMap::new();
    let empty = |case| CaseUnsent {
        case,
        changes: Vec::new(),
        texts: 0,
        waiting: Vec::new(),
    };
    for mark in changes::unsent_marks(tx)? {
        let entry = cases.entry(mark.case).or_insert_with(|| empty(mark.case));
        entry.changes.push(mark.hash);
        if mark.held != Held::No {
            entry.waiting.push(Waiting {
                change: mark.hash,
                for_dependencies: mark.held == Held::Waiting,
            });
        }
    }
    for (case, texts) in content::unsent(tx)? {
        cases.entry(case).or_insert_with(|| empty(case)).texts = texts;
    }
    for card in cards::unsent(tx)? {
        let entry = cases.entry(card.case);
        entry.or_insert_with(|| empty(card.case)).texts += 1;
    }
    Ok(cases.into_values().collect())
}

fn set_aside(tx: &Connection) -> Result<Vec<SetAsideItem>> {
    let item = |stored: StoredChange| {
        let written = decode_entry(&stored.signed.bytes)?;
        set_aside_item(tx, &stored, written.as_ref())
    };
    changes::set_asides(tx)?.into_iter().map(item).collect()
}

/// A set-aside change with its reason and what it says.
pub(super) fn set_aside_item(
    tx: &Connection,
    stored: &StoredChange,
    written: Option<&Written>,
) -> Result<SetAsideItem> {
    let content = match written {
        Some(written) => ReadableContent {
            payload: payload_json(written),
            texts: texts(tx, written)?.into_values().flatten().collect(),
            photos: written.payload.as_ref().map_or_else(
                |_| Vec::new(),
                |payload: &Payload| payload.photos().to_vec(),
            ),
        },
        None => ReadableContent::default(),
    };
    Ok(SetAsideItem {
        case: stored.case,
        change: stored.hash,
        kind: written.map(|written| written.entry.header.kind.name().to_owned()),
        reason: stored
            .reason
            .map_or("unknown", |reason| reason.name())
            .to_owned(),
        words: stored
            .reason
            .map_or(
                "for a reason that this app does not know: update it",
                |reason| reason.words(),
            )
            .to_owned()
            + again(tx, stored)?,
        replaced_by: stored.replaced_by,
        at: stored.decided_at.unwrap_or_default(),
        content,
    })
}

/// What became of a change that was written again, as an addition to the reason.
fn again(tx: &Connection, stored: &StoredChange) -> Result<&'static str> {
    let Some(by) = &stored.replaced_by else {
        return Ok("");
    };
    let state = changes::find(tx, by)?.map(|stored| stored.state);
    Ok(match state {
        Some(State::Accepted) => "; it was written again and accepted",
        _ => "; it was written again",
    })
}

/// How the last sync went.
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredSync {
    at: i64,
    outcome: crate::api::SyncOutcome,
}

pub(super) fn last_sync(tx: &Connection) -> Result<Option<LastSync>> {
    let stored = meta::get(tx, meta::LAST_SYNC)?;
    let read = stored.and_then(|bytes| serde_json::from_slice::<StoredSync>(&bytes).ok());
    Ok(read.map(|sync| LastSync {
        at: gewu_model::time::Millis(sync.at),
        outcome: sync.outcome,
    }))
}

/// Keeps how a sync went.
pub(crate) fn put_last_sync(tx: &Connection, sync: &LastSync) -> Result<()> {
    let stored = StoredSync {
        at: sync.at.0,
        outcome: sync.outcome.clone(),
    };
    let bytes = serde_json::to_vec(&stored).unwrap_or_default();
    meta::put(tx, meta::LAST_SYNC, &bytes)
}
