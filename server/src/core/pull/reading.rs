//! From where each scope of a device is read, and what of a first reading over several responses is
//! old news.

use gewu_model::scope::Scope;
use gewu_sync::wire::{Cursor, READS_READINGS, Reading, Request};

use crate::core::devices::Caller;
use crate::core::state::held_cursors;
use crate::store::{ReadFrom, StoreError, Tx};

/// One response's part of reading.
pub(super) struct Plan {
    /// Every scope of the device.
    pub(super) from: Vec<ReadFrom>,
    /// Scopes that are read from their start, and where the feed ended when that began.
    reading: Reading,
    gives_back: bool,
}

impl Plan {
    /// What `request` asks for: a cursor that does not hold means from the start.
    pub(super) fn of(tx: &dyn Tx, caller: &Caller, request: &Request) -> Result<Self, StoreError> {
        let held = held_cursors(tx, caller, &request.cursors)?;
        let position = |scope: &Scope| {
            let own = held.iter().filter(|cursor| cursor.scope == *scope);
            own.map(|cursor| cursor.position).max().unwrap_or(0)
        };
        let scopes = caller.scopes();
        let after: Vec<_> = scopes
            .into_iter()
            .map(|scope| (position(&scope), scope))
            .collect();
        let head = tx.head()?;
        let reading = match &request.reading {
            // A cursor of another life does not hold, so nothing of its reading does either.
            Some(given) if !held.is_empty() && given.head <= head => Reading::clone(given),
            _ => Reading {
                head,
                scopes: vec![],
                left: 0,
            },
        };
        let reading = Reading {
            scopes: after
                .iter()
                .filter(|(position, scope)| *position == 0 || reading.scopes.contains(scope))
                .map(|(_, scope)| scope.clone())
                .collect(),
            ..reading
        };
        let from = after.into_iter().map(|(after, scope)| ReadFrom {
            whole_to: if reading.scopes.contains(&scope) {
                reading.head
            } else {
                0
            },
            scope,
            after,
        });
        Ok(Self {
            from: from.collect(),
            reading,
            gives_back: request.reads.unwrap_or(0) & READS_READINGS != 0,
        })
    }

    /// Every cursor once all up to `head` is told.
    pub(super) fn cursors(&self, generation: u64, head: u64) -> Vec<Cursor> {
        let cursor = |from: &ReadFrom| Cursor {
            scope: from.scope.clone(),
            generation,
            position: from.after.max(head),
        };
        self.from.iter().map(cursor).collect()
    }

    /// What the device is to give back when there is more after `head`.
    pub(super) fn next(self, tx: &dyn Tx, head: u64) -> Result<Option<Reading>, StoreError> {
        if !self.gives_back || self.reading.scopes.is_empty() {
            return Ok(None);
        }
        let mut left = 0;
        for from in &self.from {
            left += tx.count_after(from, from.after.max(head))?;
        }
        Ok(Some(Reading {
            left,
            ..self.reading
        }))
    }
}
