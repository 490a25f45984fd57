//! What waits for a receipt, by kind and reason.

use std::collections::BTreeMap;

use gewu_model::ids::ChangeHash;
use gewu_model::small::Gather as _;
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::super::Core;
use super::age;
use crate::api::{HeldBack, PhotoState, PhotoUnsent, UnsentGroup, UnsentKind, UnsentWhy};
use crate::error::Result;
use crate::store::changes::{self, Held};
use crate::store::{cards, commands, content, facts};
use crate::write::log::decode_entry;

/// Groups in the making.
struct Groups {
    now: Millis,
    groups: BTreeMap<(UnsentKind, UnsentWhy), UnsentGroup>,
}

impl Groups {
    fn add(
        &mut self,
        what: UnsentKind,
        why: UnsentWhy,
        count: u32,
        bytes: u64,
        since: Option<Millis>,
    ) {
        if count == 0 {
            return;
        }
        let empty = UnsentGroup {
            what,
            why,
            count: 0,
            bytes: 0,
            oldest_ms: None,
        };
        let group = self.groups.entry((what, why)).or_insert(empty);
        group.count += count;
        group.bytes += bytes;
        let waits = since.filter(|since| since.0 > 0);
        group.oldest_ms = group.oldest_ms.max(waits.map(|since| age(since, self.now)));
    }
}

/// What waits, as far as it can be read.
#[derive(Default)]
pub(super) struct Unsent {
    pub(super) groups: Vec<UnsentGroup>,
    /// How many parts of it cannot be read.
    pub(super) unread: usize,
}

impl Core {
    /// Each part for itself: a damaged page lies in one of them.
    pub(super) fn find_unsent(&self, tx: &Connection, now: Millis) -> Unsent {
        let mut groups = Groups {
            now,
            groups: BTreeMap::new(),
        };
        let parts = [
            add_entries(tx, &mut groups),
            self.add_photos(tx, &mut groups),
            add_texts(tx, &mut groups),
            add_commands(tx, &mut groups),
            add_offers(tx, &mut groups),
        ];
        Unsent {
            groups: groups.groups.into_values().collect(),
            unread: parts.iter().filter(|part| part.is_err()).count(),
        }
    }

    fn add_photos(&self, tx: &Connection, groups: &mut Groups) -> Result<()> {
        for photo in self.unsent_photos(tx)? {
            let kind = match photo.thumbnail {
                true => UnsentKind::SmallPicture,
                false => UnsentKind::Photo,
            };
            groups.add(kind, why(&photo), 1, photo.bytes, Some(photo.since));
        }
        Ok(())
    }
}

fn add_texts(tx: &Connection, groups: &mut Groups) -> Result<()> {
    let texts = content::unsent(tx)?.iter().map(|(_, count)| count).sum();
    groups.add(UnsentKind::Text, UnsentWhy::NextSync, texts, 0, None);
    let cards = cards::unsent(tx)?.len() as u32;
    groups.add(UnsentKind::ContactCard, UnsentWhy::NextSync, cards, 0, None);
    Ok(())
}

fn add_commands(tx: &Connection, groups: &mut Groups) -> Result<()> {
    let asked = commands::unsent(tx)?.len() as u32;
    let since = commands::waiting_since(tx)?;
    groups.add(UnsentKind::Command, UnsentWhy::NextSync, asked, 0, since);
    Ok(())
}

fn add_offers(tx: &Connection, groups: &mut Groups) -> Result<()> {
    let again = facts::to_offer(tx)?.len() as u32;
    groups.add(
        UnsentKind::CaseOfferedAgain,
        UnsentWhy::NextSync,
        again,
        0,
        None,
    );
    Ok(())
}

fn add_entries(tx: &Connection, groups: &mut Groups) -> Result<()> {
    let marks = changes::unsent_marks(tx)?.into_iter();
    let held: BTreeMap<ChangeHash, Held> = marks.map(|mark| (mark.hash, mark.held)).into_map();
    for stored in changes::unsent(tx, usize::MAX)? {
        let written = decode_entry(&stored.signed.bytes)?;
        let since = written.map(|written| written.entry.header.claimed_at);
        let why = match held.get(&stored.hash) {
            Some(Held::Waiting) => UnsentWhy::Dependencies,
            Some(Held::Pending) => UnsentWhy::Judgement,
            _ => UnsentWhy::NextSync,
        };
        groups.add(UnsentKind::Entry, why, 1, 0, since);
    }
    Ok(())
}

/// What keeps a file here: what a person must see to comes first.
fn why(photo: &PhotoUnsent) -> UnsentWhy {
    match (photo.state, photo.held_back) {
        (PhotoState::Refused, _) => UnsentWhy::Refused,
        (PhotoState::Missing, _) => UnsentWhy::Missing,
        (PhotoState::Damaged, _) => UnsentWhy::Damaged,
        (PhotoState::Uploaded, _) => UnsentWhy::Acknowledgement,
        (_, Some(HeldBack::Paused)) => UnsentWhy::Paused,
        (_, Some(HeldBack::Network)) => UnsentWhy::Network,
        (_, Some(HeldBack::HandedOver)) => UnsentWhy::HandedOver,
        _ if photo.reason.is_some() => UnsentWhy::TriedInVain,
        (PhotoState::Partial, None) => UnsentWhy::PartlySent,
        (PhotoState::Queued, None) => UnsentWhy::NextSync,
    }
}
