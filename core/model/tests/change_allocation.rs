//! However little a hostile change weighs, reading it takes no more memory than that.
//!
//! Alone in its file because it counts what the whole process allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use gewu_model::change::{Body, Limits, PlainChange, Scalar, decode_strict, entry_key, hostile};
use gewu_model::ids::{ActorId, ChangeHash};

thread_local! {
    static NOW: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting per thread.
struct Counting;

// SAFETY: every call is passed on unchanged; the counters are plain thread-local cells.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.get() + layout.size();
        NOW.set(now);
        PEAK.set(PEAK.get().max(now));
        // SAFETY: the caller's layout.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        NOW.set(NOW.get().saturating_sub(layout.size()));
        // SAFETY: the caller's pointer and layout.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes held at once while `bytes` were read.
fn peak(bytes: &[u8]) -> usize {
    let before = NOW.get();
    PEAK.set(before);
    let result = decode_strict(bytes, &Limits::default());
    let peak = PEAK.get() - before;
    drop(result);
    peak
}

fn entry(payload: usize) -> PlainChange {
    let (root_actor, actor) = (ActorId([1; 24]), ActorId([9; 24]));
    let mut fields: Vec<_> = (0..14)
        .map(|at| (format!("field {at}"), Scalar::Uint(at)))
        .collect();
    fields.push(("p".into(), Scalar::Bytes(vec![5; payload])));
    let body = Body::Entry {
        root_actor,
        key: entry_key(&actor, 1),
        fields,
    };
    PlainChange {
        actor,
        seq: 1,
        start_op: 8,
        deps: vec![ChangeHash([3; 32])],
        body,
    }
}

#[track_caller]
fn small_multiple(bytes: &[u8]) {
    let (peak, bound) = (peak(bytes), 12 * bytes.len() + 16 * 1024);
    assert!(
        peak <= bound,
        "{peak} bytes held for a change of {}",
        bytes.len()
    );
}

#[test]
fn reading_an_accepted_change_takes_a_small_multiple_of_it() {
    for payload in [0, 1_000, 60_000] {
        small_multiple(&entry(payload).encode().unwrap().bytes);
    }
}

#[test]
fn refusing_two_million_operations_takes_almost_nothing() {
    let bytes = hostile::two_million_ops(&entry(0));
    assert!(peak(&bytes) < 4_096, "{} bytes held", peak(&bytes));
}

#[test]
fn refusing_a_deflate_bomb_takes_nothing() {
    assert_eq!(peak(&hostile::deflate_bomb(&entry(0))), 0);
}

#[test]
fn huge_claims_in_any_number_take_a_small_multiple() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let bytes = entry(100).encode().unwrap().bytes;
    for at in 8..bytes.len() {
        let mut claim = bytes.clone();
        claim.splice(at..=at, huge);
        small_multiple(&hostile::with_checksum(claim));
    }
    for spec in [0x01, 0x02, 0x15, 0x34, 0x42, 0x56, 0x70] {
        let mut raw = hostile::RawChange::of(&entry(100));
        raw.replace_column(spec, [&huge[..], &[0; 8]].concat());
        small_multiple(&raw.bytes());
    }
}

#[test]
fn one_long_name_or_value_repeated_by_runs_takes_a_small_multiple() {
    let long = vec![b'n'; 60_000];
    let mut raw = hostile::RawChange::of(&entry(0));
    raw.replace_column(0x15, [&[16, 0xe0, 0xd4, 0x03], long.as_slice()].concat());
    small_multiple(&raw.bytes());
    let mut raw = hostile::RawChange::of(&entry(60_000));
    raw.replace_column(0x56, vec![16, 0x87, 0xa6, 0x3a]);
    small_multiple(&raw.bytes());
}
