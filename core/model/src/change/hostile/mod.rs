//! Test support: changes that should never be accepted, with the right checksum.
//!
//! Each function distorts one plain change and keeps the rest of it, so that a test of the gate can
//! sign the result as the change's author and know that nothing but the distortion is wrong.
//!
//! Built for this crate's tests, and for other crates' tests under the feature `hostile`; no shipped
//! build has it. Functions panic when they are given a change that cannot be encoded in the first
//! place.
#![allow(
    clippy::expect_used,
    reason = "test support, a bad argument should stop the test"
)]

mod operations;
mod raw;

use automerge::{Author, Change, ExpandedChange};

pub use operations::{
    addressing_a_list_element, deleting, incrementing, inserting, making_a_list,
    making_a_nested_map, making_a_second_entry, making_text, marking, overwriting, putting,
    putting_into, with_operations,
};
pub use raw::{RawChange, with_checksum};

use super::columns::spec;
use super::{Body, ChangeHash, PlainChange, encode};
use crate::ids::ActorId;

fn expanded(change: &PlainChange) -> ExpandedChange {
    encode::expand(change).expect("a change that follows the rules")
}

fn written(change: ExpandedChange) -> Vec<u8> {
    Change::from(change).raw_bytes().to_vec()
}

fn distorted(change: &PlainChange, distort: impl FnOnce(&mut RawChange)) -> Vec<u8> {
    let mut raw = RawChange::of(change);
    distort(&mut raw);
    raw.bytes()
}

/// About a hundred bytes that claim two million operations.
pub fn two_million_ops(change: &PlainChange) -> Vec<u8> {
    claiming_ops(change, 2_000_000)
}

/// A valid Automerge change of `count` equal operations, written as one run per column.
pub fn claiming_ops(change: &PlainChange, count: u32) -> Vec<u8> {
    distorted(change, |raw| {
        let run = |value: &[u8]| [raw::sleb(i64::from(count)), value.to_vec()].concat();
        raw.columns = vec![
            (spec::KEY_TEXT, run(&[1, b'k'])),
            (spec::INSERT, raw::uleb(u64::from(count))),
            (spec::ACTION, run(&[1])),
            (spec::VALUE_META, run(&[2])),
            (spec::PREDECESSORS, run(&[0])),
        ];
    })
}

/// A compressed chunk of about 58 KB that inflates to 60 MB.
pub fn deflate_bomb(change: &PlainChange) -> Vec<u8> {
    deflated(change, 60_000_000)
}

/// A compressed chunk that carries `len` zeros behind the columns.
pub fn deflated(change: &PlainChange, len: usize) -> Vec<u8> {
    let heavy = ExpandedChange {
        extra_bytes: vec![0; len],
        ..expanded(change)
    };
    Change::from(heavy).bytes().into_owned()
}

/// A column that Automerge keeps but does not know; `spec` is `id << 4 | type`.
pub fn unknown_column(change: &PlainChange, spec: u32) -> Vec<u8> {
    distorted(change, |raw| raw.insert_column(spec, vec![0x7f, 0]))
}

/// The deflate bit set on the value column, its bytes left as they are.
pub fn deflated_column(change: &PlainChange) -> Vec<u8> {
    distorted(change, |raw| {
        for (spec, _) in &mut raw.columns {
            *spec |= if *spec == spec::VALUE_BYTES { 8 } else { 0 };
        }
    })
}

/// The first two columns in the wrong order.
pub fn columns_swapped(change: &PlainChange) -> Vec<u8> {
    distorted(change, |raw| raw.columns.swap(0, 1))
}

/// The last column there twice.
pub fn column_repeated(change: &PlainChange) -> Vec<u8> {
    distorted(change, |raw| {
        raw.columns.extend(raw.columns.last().cloned())
    })
}

/// A column left out.
pub fn without_column(change: &PlainChange, spec: u32) -> Vec<u8> {
    distorted(change, |raw| {
        raw.columns.retain(|(other, _)| *other != spec)
    })
}

/// An actor listed behind the others that no operation uses.
pub fn unused_actor(change: &PlainChange, actor: ActorId) -> Vec<u8> {
    distorted(change, |raw| raw.other_actors.push(actor.0.to_vec()))
}

/// Operations numbered from `start_op`, which fits nothing before it.
pub fn with_start_op(change: &PlainChange, start_op: u64) -> Vec<u8> {
    let moved = PlainChange {
        start_op,
        ..change.clone()
    };
    written(expanded(&moved))
}

/// A start in the header that the operations do not follow.
pub fn with_start_op_in_header(change: &PlainChange, start_op: u64) -> Vec<u8> {
    distorted(change, |raw| raw.start_op = start_op)
}

/// Another sequence number.
pub fn with_seq(change: &PlainChange, seq: u64) -> Vec<u8> {
    distorted(change, |raw| raw.seq = seq)
}

/// Another key in `/entries`.
pub fn with_key(change: &PlainChange, other: &str) -> Vec<u8> {
    let mut change = change.clone();
    if let Body::Entry { key, .. } = &mut change.body {
        other.clone_into(key);
    }
    written(expanded(&change))
}

/// Dependencies in the given order, whatever it is.
pub fn with_deps(change: &PlainChange, deps: &[ChangeHash]) -> Vec<u8> {
    distorted(change, |raw| raw.deps = deps.to_vec())
}

/// An actor of any length.
pub fn with_actor_bytes(change: &PlainChange, actor: &[u8]) -> Vec<u8> {
    distorted(change, |raw| raw.actor = actor.to_vec())
}

/// A time.
pub fn with_time(change: &PlainChange, time: i64) -> Vec<u8> {
    distorted(change, |raw| raw.time = time)
}

/// A message.
pub fn with_message(change: &PlainChange, message: &str) -> Vec<u8> {
    distorted(change, |raw| raw.message = message.into())
}

/// Bytes behind the columns.
pub fn with_extra_bytes(change: &PlainChange, extra: &[u8]) -> Vec<u8> {
    distorted(change, |raw| raw.extra = extra.to_vec())
}

/// An author in Automerge's sense, which it keeps in the extra bytes.
pub fn with_author(change: &PlainChange, author: &[u8]) -> Vec<u8> {
    let footer = [&[1, author.len() as u8], author].concat();
    let bytes = with_extra_bytes(change, &footer);
    let seen = Change::try_from(bytes.as_slice()).expect("a change that automerge reads");
    assert_eq!(
        seen.author(),
        Some(Author::from(author)),
        "the footer must be automerge's"
    );
    bytes
}

/// The same operations, with the run of predecessor counts cut in two.
pub fn runs_cut_in_two(change: &PlainChange) -> Vec<u8> {
    let count = change.op_count() as i64;
    distorted(change, |raw| {
        let halves = [raw::sleb(2), vec![0], raw::sleb(count - 2), vec![0]].concat();
        raw.replace_column(spec::PREDECESSORS, halves);
    })
}

/// The same operations, with the run of predecessor counts written out one by one.
pub fn runs_written_out(change: &PlainChange) -> Vec<u8> {
    let count = change.op_count();
    distorted(change, |raw| {
        let literal = [raw::sleb(-(count as i64)), vec![0; count as usize]].concat();
        raw.replace_column(spec::PREDECESSORS, literal);
    })
}

/// The same operations, with a number in a column one byte longer than it needs to be.
pub fn overlong_number(change: &PlainChange) -> Vec<u8> {
    let count = change.op_count();
    distorted(change, |raw| {
        raw.replace_column(spec::INSERT, vec![count as u8 | 0x80, 0])
    })
}

/// The same change, with the length of the chunk one byte longer than it needs to be.
pub fn overlong_chunk_length(change: &PlainChange) -> Vec<u8> {
    let mut bytes = RawChange::of(change).bytes();
    let last = 9 + bytes[9..]
        .iter()
        .take_while(|byte| **byte & 0x80 != 0)
        .count();
    bytes[last] |= 0x80;
    bytes.insert(last + 1, 0);
    bytes
}

/// A value's length reaching far beyond the data.
pub fn value_beyond_data(change: &PlainChange) -> Vec<u8> {
    let count = change.op_count() as i64;
    distorted(change, |raw| {
        let meta = [raw::sleb(count), raw::uleb((1 << 40) << 4 | 7)].concat();
        raw.replace_column(spec::VALUE_META, meta);
    })
}

/// An insert flag on every operation.
pub fn insert_flags(change: &PlainChange) -> Vec<u8> {
    let count = raw::uleb(change.op_count());
    distorted(change, |raw| {
        raw.replace_column(spec::INSERT, [vec![0], count].concat())
    })
}
