//! A change chunk as loose parts, written without any check.

use sha2::{Digest as _, Sha256};

use crate::change::header::{self, CHANGE_CHUNK, MAGIC, UNHASHED};
use crate::change::{Limits, PlainChange};
use crate::ids::ChangeHash;

/// All parts of a change chunk, in the order they are written.
#[derive(Debug, Clone)]
pub struct RawChange {
    /// Dependencies, in any order.
    pub deps: Vec<ChangeHash>,
    /// The author, of any length.
    pub actor: Vec<u8>,
    /// The sequence number.
    pub seq: u64,
    /// The counter of the first operation.
    pub start_op: u64,
    /// The time of the change.
    pub time: i64,
    /// The message, in any encoding.
    pub message: Vec<u8>,
    /// The actors that operations may name by index, from 1.
    pub other_actors: Vec<Vec<u8>>,
    /// Specs and encoded rows, in any order.
    pub columns: Vec<(u32, Vec<u8>)>,
    /// What follows the columns.
    pub extra: Vec<u8>,
}

impl RawChange {
    /// The parts of a change that follows the rules.
    pub fn of(change: &PlainChange) -> Self {
        let encoded = change.encode().expect("a change that follows the rules");
        let header = header::parse(&encoded.bytes, &Limits::default()).expect("its own header");
        Self {
            deps: header.deps,
            actor: header.actor.0.to_vec(),
            seq: header.seq,
            start_op: header.start_op,
            time: 0,
            message: Vec::new(),
            other_actors: header
                .other_actor
                .iter()
                .map(|actor| actor.0.to_vec())
                .collect(),
            columns: header.columns.to_vec(),
            extra: Vec::new(),
        }
    }

    /// Puts other rows in place of those of column `spec`.
    pub fn replace_column(&mut self, spec: u32, rows: Vec<u8>) {
        let column = self.columns.iter_mut().find(|(other, _)| *other == spec);
        column.expect("a column that every change has").1 = rows;
    }

    /// Adds a column where the order wants it.
    pub fn insert_column(&mut self, spec: u32, rows: Vec<u8>) {
        let at = self.columns.partition_point(|(other, _)| *other < spec);
        self.columns.insert(at, (spec, rows));
    }

    /// The chunk, with its length and checksum right.
    pub fn bytes(&self) -> Vec<u8> {
        let body = self.body();
        let mut chunk = MAGIC.to_vec();
        chunk.extend([0; UNHASHED - MAGIC.len()]);
        chunk.push(CHANGE_CHUNK);
        chunk.extend(uleb(body.len() as u64));
        chunk.extend(body);
        with_checksum(chunk)
    }

    fn body(&self) -> Vec<u8> {
        let mut body = uleb(self.deps.len() as u64);
        self.deps.iter().for_each(|hash| body.extend(hash.0));
        counted(&mut body, &self.actor);
        body.extend(uleb(self.seq));
        body.extend(uleb(self.start_op));
        body.extend(sleb(self.time));
        counted(&mut body, &self.message);
        body.extend(uleb(self.other_actors.len() as u64));
        self.other_actors
            .iter()
            .for_each(|actor| counted(&mut body, actor));
        body.extend(uleb(self.columns.len() as u64));
        for (spec, rows) in &self.columns {
            body.extend(uleb(u64::from(*spec)));
            body.extend(uleb(rows.len() as u64));
        }
        self.columns.iter().for_each(|(_, rows)| body.extend(rows));
        body.extend(&self.extra);
        body
    }
}

/// The same bytes with the checksum that a reader will compute for them.
pub fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() > UNHASHED {
        let digest = Sha256::digest(&bytes[UNHASHED..]);
        bytes[MAGIC.len()..UNHASHED].copy_from_slice(&digest[..UNHASHED - MAGIC.len()]);
    }
    bytes
}

fn counted(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(uleb(bytes.len() as u64));
    out.extend(bytes);
}

pub(super) fn uleb(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

pub(super) fn sleb(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    while !(-64..64).contains(&value) {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8 & 0x7f);
    out
}
