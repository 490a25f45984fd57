//! Where the scopes of a device stand after a response. When none came and none went, all that moved is one
//! position, and that is all that a response has to say.

use std::collections::BTreeSet;

use gewu_model::scope::Scope;
use gewu_model::small::Gather as _;

use super::{Cursor, Request, Response};

/// [`Request::reads`]: the device reads one position in place of equal cursors.
pub const READS_ONE_POSITION: u32 = 4;

/// What a response says of `cursors`: these, or nothing but the position of all of them when the request named
/// just these scopes and its device reads that.
pub fn shorten(
    cursors: Vec<Cursor>,
    generation: u64,
    request: &Request,
) -> (Vec<Cursor>, Option<u64>) {
    match one_position(&cursors, generation, request) {
        Some(position) => (Vec::new(), Some(position)),
        None => (cursors, None),
    }
}

fn one_position(cursors: &[Cursor], generation: u64, request: &Request) -> Option<u64> {
    let position = cursors.first()?.position;
    let equal = |told: &Cursor| (told.generation, told.position) == (generation, position);
    let reads = request.reads.unwrap_or(0) & READS_ONE_POSITION != 0;
    let same = scopes(cursors) == scopes(&request.cursors);
    (reads && same && cursors.iter().all(equal)).then_some(position)
}

fn scopes(cursors: &[Cursor]) -> BTreeSet<&Scope> {
    cursors.iter().map(|cursor| &cursor.scope).into_set()
}

impl Response {
    /// Every scope of the device with the position up to which it has now been told, in answer to `request`.
    pub fn standing(&self, request: &Request) -> Vec<Cursor> {
        let Some(position) = self.position else {
            return self.cursors.clone();
        };
        let scopes = request.cursors.iter().map(|cursor| Cursor {
            scope: cursor.scope.clone(),
            generation: self.generation,
            position,
        });
        scopes.collect()
    }
}
