//! What a request says of itself, recorded before its changes are judged: endorsements, counters
//! with what is unsent, and what its cursors say the device had been given.

use gewu_model::cert::Endorsement;
use gewu_model::crypto::{PublicKey, StandardSuite};
use gewu_model::ids::{KeyId, UserId};
use gewu_model::time::Millis;
use gewu_sync::wire::{CounterStatement, Cursor, Request};

use super::devices::{Caller, is_of_citizen};
use super::{Core, CoreError, accounts, generation};
use crate::store::{EndorsementRow, StoreError, Tx};

/// How exactly it is known when a device was last here.
const SEEN_MS: i64 = 60_000;
/// The most keys that one request may name before their cases come.
const MOST_ENDORSEMENTS: usize = 200;
/// No algorithm of ours has longer public keys.
const MAX_KEY_BYTES: usize = 128;
/// Kinds of packs that cases pin.
const RULES: [&str; 2] = ["policy", "catalogue"];

impl Core {
    /// Records a request's statements in one transaction before anything of it is judged.
    pub(super) fn record(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        request: &Request,
        now: Millis,
    ) -> Result<(), CoreError> {
        let device = tx.device(caller.key)?;
        let device = device.ok_or(StoreError::Corrupt("a device"))?;
        // A quiet device costs no write, and so no wait for the disk.
        if device.seen_at.is_none_or(|seen| now.since(seen) >= SEEN_MS) {
            tx.touch_device(caller.key, now)?;
        }
        let pushed = request.cases.iter().map(|push| push.endorsement.as_ref());
        let stated = request.endorsements.iter().flatten().map(Some);
        for made in pushed.chain(stated.take(MOST_ENDORSEMENTS)).flatten() {
            self.endorse(tx, caller, &device.public, made)?;
        }
        if !knows_this_life(tx, request)? {
            return Ok(());
        }
        let held = held_cursors(tx, caller, &request.cursors)?;
        for statement in &request.counters {
            if speaks_for(tx, caller, statement.key)? {
                state(tx, statement, &held)?;
            }
        }
        hold(tx, caller, request)?;
        Ok(())
    }

    /// Keeps a citizen's key for a case when a citizen's enrolled device made it, and nobody else's
    /// key. The first endorsement of a key stands.
    fn endorse(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        device: &PublicKey,
        made: &Endorsement,
    ) -> Result<(), StoreError> {
        let free = made.key.bytes.len() <= MAX_KEY_BYTES
            && made.key != self.signer.public_key()
            && made.key != self.anchor.root
            && tx.device(made.key.id())?.is_none()
            && tx.endorsement(made.key.id())?.is_none();
        let maker = match made.device == caller.key {
            true => Some((caller.user.clone(), device.clone())).filter(|_| caller.is_citizen()),
            false => earlier_device(tx, made.device)?,
        };
        let maker = maker.filter(|(_, public)| free && made.verify(&StandardSuite, public));
        if let Some((user, _)) = maker {
            tx.inherit_held(made.key.id(), made.device)?;
            tx.add_endorsement(&EndorsementRow {
                user,
                endorsement: made.clone(),
            })?;
        }
        Ok(())
    }
}

/// Whose a device was that is not the caller, and its key, by a certificate of ours that says that it
/// was a citizen's. A phone whose keys were lost has another one, and still holds what the one before
/// endorsed: after a restore nobody else can show it.
fn earlier_device(tx: &dyn Tx, key: KeyId) -> Result<Option<(UserId, PublicKey)>, StoreError> {
    let certified = tx.certificates_of(key)?.into_iter();
    let certified = certified.filter_map(|signed| signed.certificate().ok());
    let citizens = certified.filter(is_of_citizen);
    let Some(held) = citizens.max_by_key(|held| held.not_before) else {
        return Ok(None);
    };
    let user = match tx.device(key)? {
        // A code has made it a member of staff's since.
        Some(device) if !accounts::is_citizen(&device.user) => return Ok(None),
        // Whoever enrols again after a restore has another name.
        Some(device) => device.user,
        None => held.user,
    };
    Ok(Some((user, held.key)))
}

/// Whether the device knows in which life the server is, or has never known another. One that
/// does not leaves out what an earlier life gave it receipts for, which this one may lack.
fn knows_this_life(tx: &dyn Tx, request: &Request) -> Result<bool, StoreError> {
    let known = request.generation;
    Ok(known == 0 || known == generation::current(tx)?)
}

/// Whether the caller may state the counter of `key`: its own, or one that it endorsed.
fn speaks_for(tx: &dyn Tx, caller: &Caller, key: KeyId) -> Result<bool, StoreError> {
    let endorsed = tx
        .endorsement(key)?
        .is_some_and(|row| row.endorsement.device == caller.key);
    Ok(key == caller.key || endorsed)
}

fn state(tx: &dyn Tx, statement: &CounterStatement, held: &[Cursor]) -> Result<(), StoreError> {
    tx.state(statement.key, statement.counter, &statement.unsent)?;
    held.iter().try_for_each(|cursor| {
        tx.add_given(
            statement.key,
            &cursor.scope,
            statement.counter,
            cursor.position,
        )
    })
}

/// What a device holds may only be of names that are published here: it could fill the database. It holds
/// for every key behind which the device stands, stated or not: a citizen has one for each case, and
/// what such a key signs later is written by somebody who has those packs.
fn hold(tx: &dyn Tx, caller: &Caller, request: &Request) -> Result<(), StoreError> {
    let stated: Vec<KeyId> = request.counters.iter().map(|own| own.key).collect();
    let packs = request.packs.iter();
    for pack in packs.filter(|pack| RULES.contains(&pack.kind.as_str())) {
        let mut published = tx.all_packs(&pack.kind)?.into_iter();
        if !published.any(|row| row.name == pack.name && row.version == pack.version) {
            continue;
        }
        for statement in &request.counters {
            if speaks_for(tx, caller, statement.key)? {
                tx.add_held(statement.key, pack, statement.counter)?;
            }
        }
        if caller.is_citizen() {
            tx.add_held_unstated(caller.key, &stated, pack)?;
        }
    }
    Ok(())
}

/// The cursors that mean something here: of this generation, of the caller's own scopes, and not
/// beyond what was ever written.
pub(super) fn held_cursors(
    tx: &dyn Tx,
    caller: &Caller,
    cursors: &[Cursor],
) -> Result<Vec<Cursor>, StoreError> {
    let (generation, head, scopes) = (generation::current(tx)?, tx.head()?, caller.scopes());
    let holds = |cursor: &&Cursor| {
        cursor.generation == generation && cursor.position <= head && scopes.contains(&cursor.scope)
    };
    Ok(cursors.iter().filter(holds).cloned().collect())
}
