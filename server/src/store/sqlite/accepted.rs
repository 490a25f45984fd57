//! How much of a device was accepted lately: asked for every change, so counted once in a transaction
//! and kept up with what the transaction adds.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gewu_model::ids::KeyId;
use gewu_model::time::Millis;
use rusqlite::params;

use super::SqliteTx;
use super::codec::{all, bytes, int, one, uint};
use crate::store::StoreError;

/// What was counted in this transaction, by the key that was asked for.
#[derive(Default)]
pub(super) struct Accepted(RefCell<BTreeMap<KeyId, Counted>>);

struct Counted {
    since: Millis,
    /// The key, and the others that the same device vouches for.
    keys: Vec<KeyId>,
    count: u64,
}

impl Accepted {
    /// Another change of `key` was accepted.
    pub(super) fn add(&self, key: KeyId, at: Millis) {
        for counted in self.0.borrow_mut().values_mut() {
            if counted.keys.contains(&key) && at >= counted.since {
                counted.count += 1;
            }
        }
    }

    /// A device vouches for another key.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

impl SqliteTx<'_> {
    /// Changes of `key` and its siblings received at or after `since`; of more than `most` it is only
    /// known that they are as many.
    pub(super) fn count_accepted(
        &self,
        key: KeyId,
        since: Millis,
        most: u64,
    ) -> Result<u64, StoreError> {
        if let Some(counted) = self.accepted.0.borrow().get(&key)
            && counted.since == since
        {
            return Ok(counted.count.min(most));
        }
        let sql = "SELECT ?1 UNION SELECT other.key FROM endorsements AS own
             JOIN endorsements AS other ON other.device = own.device WHERE own.key = ?1";
        let keys = all(self.db, sql, [key.0], |row| bytes(row, 0).map(KeyId))?;
        let mut count = 0;
        for key in &keys {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM changes
                 WHERE key = ?1 AND received_at >= ?2 LIMIT ?3)";
            let params = params![key.0, since.0, int(most.saturating_sub(count))];
            count += one(self.db, sql, params, |row| uint(row, 0))?.unwrap_or(0);
        }
        let counted = Counted { since, keys, count };
        self.accepted.0.borrow_mut().insert(key, counted);
        Ok(count.min(most))
    }
}
