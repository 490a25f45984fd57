//! A case as it is written: one server, several phones, and what each of them holds.
//!
//! Rows are numbered in the order of writing, which is a causal order, and sets of rows are bit
//! masks: small enough to copy, and computed without help of the code under test.

use gewu_model::case::{self, CaseRoot};
use gewu_model::change::{
    Body as ChangeBody, EncodedChange, Limits, PlainChange, decode_strict, entry_key,
};
use gewu_model::crypto::sha256;
use gewu_model::entry::{Body, Entry, FieldKind, Kind, Payload};
use gewu_model::fold::{CENTRE, CaseView, Row, Written, fold};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, Digest};

use crate::entries::{Author, entry, field, instruction};

/// A set of rows, by number.
pub(crate) type Mask = u128;

/// The most rows that a mask holds.
pub(crate) const MAX_ROWS: usize = 100;

const OPERATOR: Author = Author {
    user: "centre",
    role: CENTRE,
    unit: None,
};

/// A phone and its user.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub(crate) author: Author,
    actor: ActorId,
    seq: u64,
    pub(crate) holds: Mask,
}

/// How rows get their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hashing {
    /// By real changes, as they are signed and sent.
    Codec,
    /// By number and salt: many times faster, and as good for causality.
    Quick(u64),
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    hashing: Hashing,
    pub(crate) rows: Vec<Row>,
    pub(crate) changes: Vec<EncodedChange>,
    /// Per row, its ancestors.
    pub(crate) past: Vec<Mask>,
    pub(crate) phones: Vec<Phone>,
    /// What the server has accepted.
    pub(crate) server: Mask,
    server_seq: u64,
    pub(crate) generation: u64,
}

pub(crate) fn bit(row: usize) -> Mask {
    1 << row
}

/// The numbers in a mask, ascending.
pub(crate) fn members(mask: Mask) -> impl Iterator<Item = usize> {
    (0..128).filter(move |row| mask & bit(*row) != 0)
}

impl World {
    /// A case with its root and nothing else, made by the first phone.
    pub(crate) fn new(hashing: Hashing, authors: &[Author]) -> Self {
        let phones = authors
            .iter()
            .enumerate()
            .map(|(at, author)| Phone {
                author: *author,
                actor: ActorId([at as u8 + 1; 24]),
                seq: 0,
                holds: 0,
            })
            .collect();
        let mut world = Self {
            hashing,
            rows: Vec::new(),
            changes: Vec::new(),
            past: Vec::new(),
            phones,
            server: 0,
            server_seq: 0,
            generation: 1,
        };
        world.write_root();
        world
    }

    /// [`World::new`] with a report by the first phone that the server has.
    pub(crate) fn reported(hashing: Hashing, authors: &[Author]) -> Self {
        let mut world = Self::new(hashing, authors);
        world.write(0, FieldKind::Report, 0, None);
        world.push(0);
        world
    }

    fn write_root(&mut self) {
        let actor = self.phones.first().map_or(server_actor(1), |it| it.actor);
        let root = CaseRoot {
            schema: 1,
            id: CaseId([5; 16]),
            edition: "2026".into(),
            policy: Digest([2; 32]),
            catalogue: Digest([3; 32]),
        };
        let change = root.change(actor).encode().unwrap();
        self.past.push(0);
        self.rows.push(Row {
            hash: match self.hashing {
                Hashing::Codec => change.hash,
                Hashing::Quick(_) => self.quick_hash(0),
            },
            deps: Vec::new(),
            entry: None,
        });
        self.changes.push(change);
        self.server = bit(0);
        self.server_seq = u64::from(self.phones.is_empty());
        for phone in &mut self.phones {
            phone.holds = bit(0);
        }
        if let Some(first) = self.phones.first_mut() {
            first.seq = 1;
        }
    }

    fn quick_hash(&self, row: usize) -> ChangeHash {
        let salt = match self.hashing {
            Hashing::Codec => 0,
            Hashing::Quick(salt) => salt,
        };
        let bytes = [salt.to_be_bytes(), (row as u64).to_be_bytes()].concat();
        ChangeHash(sha256(&bytes).0)
    }

    /// A phone writes an entry of `kind` upon all that it holds.
    pub(crate) fn write(
        &mut self,
        phone: usize,
        kind: FieldKind,
        pick: usize,
        answers: Option<usize>,
    ) -> usize {
        let answers = answers.map(|row| self.rows[row].hash);
        let author = self.phones[phone].author;
        self.write_entry(phone, entry(&author, &field(kind, pick), answers))
    }

    pub(crate) fn write_entry(&mut self, phone: usize, entry: Entry) -> usize {
        let it = &mut self.phones[phone];
        it.seq += 1;
        let (actor, seq, holds) = (it.actor, it.seq, it.holds);
        let row = self.add(actor, seq, holds, entry);
        self.phones[phone].holds |= bit(row);
        row
    }

    /// The server gives an instruction upon all that it has.
    pub(crate) fn instruct(&mut self, body: Body) -> usize {
        let view = self.view(self.server);
        self.instruct_after(&view, body)
    }

    /// [`World::instruct`] by a server whose view of the case is known.
    pub(crate) fn instruct_after(&mut self, view: &CaseView, body: Body) -> usize {
        let number = view.chain.len() as u32 + 1;
        let payload = instruction(body, view.tip(), self.generation, number);
        self.instruct_entry(entry(&OPERATOR, &payload, None))
    }

    pub(crate) fn instruct_entry(&mut self, entry: Entry) -> usize {
        self.server_seq += 1;
        let actor = server_actor(self.generation);
        let row = self.add(actor, self.server_seq, self.server, entry);
        self.server |= bit(row);
        row
    }

    /// Undoes the last row, and what phones hold with it. Only for quick hashes.
    pub(crate) fn take_back(&mut self, phones: Vec<Phone>) {
        self.rows.pop();
        self.past.pop();
        self.server &= !bit(self.rows.len());
        self.phones = phones;
    }

    fn add(&mut self, actor: ActorId, seq: u64, upon: Mask, entry: Entry) -> usize {
        let row = self.rows.len();
        assert!(row < MAX_ROWS, "a history outgrew its masks");
        let heads = self.heads(upon);
        let mut deps: Vec<_> = heads.iter().map(|head| self.rows[*head].hash).collect();
        deps.sort();
        let hash = match self.hashing {
            Hashing::Quick(_) => self.quick_hash(row),
            Hashing::Codec => self.encode(actor, seq, &heads, &entry),
        };
        self.past.push(upon);
        self.rows.push(Row {
            hash,
            deps,
            entry: Some(Written::from(entry)),
        });
        row
    }

    /// Writes the change for real, and checks that reading it yields the same row.
    fn encode(&mut self, actor: ActorId, seq: u64, heads: &[usize], entry: &Entry) -> ChangeHash {
        let mut deps: Vec<_> = heads.iter().map(|at| self.changes[*at].hash).collect();
        deps.sort();
        let max_op = heads.iter().map(|at| self.changes[*at].max_op).max();
        let root_actor = self.phones.first().map_or(server_actor(1), |it| it.actor);
        let change = PlainChange {
            actor,
            seq,
            start_op: max_op.unwrap() + 1,
            deps: deps.clone(),
            body: ChangeBody::Entry {
                root_actor,
                key: entry_key(&actor, seq),
                fields: entry.to_fields(),
            },
        };
        let encoded = change.encode().unwrap();
        let decoded = decode_strict(&encoded.bytes, &Limits::default()).unwrap();
        let row = Row {
            hash: encoded.hash,
            deps,
            entry: Some(Written::from(entry.clone())),
        };
        assert_eq!(case::row(&decoded), Ok(row));
        self.changes.push(encoded);
        self.changes[self.changes.len() - 1].hash
    }

    /// The rows of a set that no other row of it was written upon.
    fn heads(&self, of: Mask) -> Vec<usize> {
        let below = members(of).fold(0, |below, row| below | self.past[row]);
        members(of & !below).collect()
    }

    /// A phone hands the server all that it holds.
    pub(crate) fn push(&mut self, phone: usize) {
        self.server |= self.phones[phone].holds;
    }

    /// A phone receives all that the server has.
    pub(crate) fn pull(&mut self, phone: usize) {
        self.phones[phone].holds |= self.server;
    }

    /// The server comes back from a backup that held only `rows`.
    pub(crate) fn restore(&mut self, rows: Mask) {
        self.server = rows;
        self.generation += 1;
        self.server_seq = 0;
    }

    /// A set with every row that its rows were written upon.
    pub(crate) fn closed(&self, of: Mask) -> Mask {
        members(of).fold(of, |all, row| all | self.past[row])
    }

    pub(crate) fn everything(&self) -> Mask {
        (0..self.rows.len()).fold(0, |all, row| all | bit(row))
    }

    pub(crate) fn rows_of(&self, of: Mask) -> Vec<Row> {
        members(of).map(|row| self.rows[row].clone()).collect()
    }

    pub(crate) fn view(&self, of: Mask) -> CaseView {
        fold(&self.rows_of(of))
    }

    pub(crate) fn number(&self, hash: &ChangeHash) -> usize {
        self.rows.iter().position(|row| row.hash == *hash).unwrap()
    }

    pub(crate) fn written(&self, row: usize) -> Option<&Written> {
        self.rows[row].entry.as_ref()
    }

    pub(crate) fn kind(&self, row: usize) -> Option<&Kind> {
        self.written(row).map(|it| &it.entry.header.kind)
    }

    /// The row that `row` answers.
    pub(crate) fn answered(&self, row: usize) -> Option<usize> {
        let answers = self.written(row)?.entry.header.answers?;
        Some(self.number(&answers))
    }

    pub(crate) fn body(&self, row: usize) -> Option<&Body> {
        match &self.written(row)?.payload {
            Ok(Payload::Instruction(_, body)) => Some(body),
            _ => None,
        }
    }
}

fn server_actor(generation: u64) -> ActorId {
    ActorId([0xe0 + generation as u8; 24])
}
