//! Chunks and headers that are not written as Automerge writes them.

use super::*;
use crate::change::hostile;

#[test]
fn root_and_entry_come_back_as_they_were() {
    for change in [root(), entry()] {
        let encoded = change.encode().unwrap();
        let decoded = decode_strict(&encoded.bytes, &Limits::default()).unwrap();
        assert_eq!(decoded.change, change);
        assert_eq!(
            (decoded.hash, decoded.max_op),
            (encoded.hash, encoded.max_op)
        );
        let seen = automerge_takes(&encoded.bytes);
        assert_eq!(
            (seen.hash().0, seen.max_op()),
            (encoded.hash.0, encoded.max_op)
        );
        assert_eq!(seen.len() as u64, change.op_count());
    }
}

#[test]
fn a_wrong_start_op_is_readable_and_visible() {
    let bytes = hostile::with_start_op(&entry(), 4_000);
    let moved = decode_strict(&bytes, &Limits::default()).unwrap();
    assert_eq!((moved.change.start_op, moved.max_op), (4_000, 4_005));
}

#[test]
fn a_wrong_seq_or_key_is_readable_and_visible() {
    assert_eq!(decode(&hostile::with_seq(&entry(), 40)).unwrap().seq, 40);
    let Body::Entry { key, .. } = decode(&hostile::with_key(&entry(), "mine")).unwrap().body else {
        panic!("an entry stays an entry");
    };
    assert_eq!(key, "mine");
}

#[test]
fn a_start_op_that_the_operations_do_not_follow_is_refused() {
    let bytes = hostile::with_start_op_in_header(&entry(), 100);
    refused(&bytes, ChangeError::PutIntoForeignMap);
}

#[test]
fn counters_and_numbers_beyond_automerges_reach_are_refused() {
    let last = u64::from(u32::MAX);
    let at_end = PlainChange {
        start_op: last - 5,
        seq: last,
        ..entry()
    };
    assert_eq!(decode(&at_end.encode().unwrap().bytes), Ok(at_end));
    let past_end = PlainChange {
        start_op: last - 4,
        ..entry()
    };
    assert_eq!(past_end.encode(), Err(ChangeError::OpsOutOfRange(last - 4)));
    let far = PlainChange {
        start_op: u64::MAX,
        ..entry()
    };
    assert_eq!(far.encode(), Err(ChangeError::OpsOutOfRange(u64::MAX)));
    for seq in [0, last + 1, u64::MAX] {
        refused(
            &hostile::with_seq(&entry(), seq),
            ChangeError::SeqOutOfRange(seq),
        );
    }
}

#[test]
fn a_start_op_of_zero_is_refused() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.start_op = 0;
    raw.replace_column(0x02, vec![0x7f, 2, 5, 0]);
    refused(&raw.bytes(), ChangeError::OpsOutOfRange(0));
}

#[test]
fn an_entry_that_claims_to_be_older_than_the_root_is_refused() {
    let own = PlainChange {
        actor: ROOT,
        seq: 2,
        ..entry()
    };
    let mut raw = hostile::RawChange::of(&own);
    raw.start_op = 2;
    raw.replace_column(0x02, vec![6, 2]);
    refused(&raw.bytes(), ChangeError::EntryBeforeRoot(2));
}

#[test]
fn an_unused_foreign_actor_is_refused() {
    let own = PlainChange {
        actor: ROOT,
        seq: 2,
        ..entry()
    };
    let bytes = hostile::unused_actor(&own, CREW);
    automerge_takes(&bytes);
    refused(&bytes, ChangeError::UnusedActor);
    refused(
        &hostile::unused_actor(&entry(), ActorId([2; 24])),
        ChangeError::UnusedActor,
    );
    refused(
        &hostile::unused_actor(&root(), CREW),
        ChangeError::UnusedActor,
    );
}

#[test]
fn the_author_listed_again_as_another_actor_is_not_canonical() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.other_actors = vec![CREW.0.to_vec()];
    refused(&raw.bytes(), ChangeError::NotCanonical);
}

#[test]
fn an_actor_that_is_not_listed_is_refused() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.other_actors.clear();
    refused(&raw.bytes(), ChangeError::UnlistedActor);
}

#[test]
fn actors_of_other_lengths_are_refused() {
    for len in [0, 16, 23, 25] {
        let bytes = hostile::with_actor_bytes(&entry(), &vec![9; len]);
        refused(&bytes, ChangeError::ActorLength(len));
    }
}

#[test]
fn a_time_a_message_extra_bytes_or_an_author_are_refused() {
    for time in [1, -1, i64::MAX] {
        refused(&hostile::with_time(&entry(), time), ChangeError::TimeSet);
    }
    refused(
        &hostile::with_message(&entry(), "hello"),
        ChangeError::MessageSet,
    );
    refused(
        &hostile::with_extra_bytes(&entry(), &[0; 3]),
        ChangeError::ExtraBytes(3),
    );
    refused(
        &hostile::with_author(&entry(), b"somebody"),
        ChangeError::ExtraBytes(10),
    );
}

#[test]
fn unsorted_or_repeated_dependencies_are_refused() {
    for deps in [[hash(2), hash(1)], [hash(1), hash(1)]] {
        let bytes = hostile::with_deps(&entry(), &deps);
        automerge_takes(&bytes);
        refused(&bytes, ChangeError::DepsNotSorted);
        let plain = PlainChange {
            deps: deps.to_vec(),
            ..entry()
        };
        assert_eq!(plain.encode(), Err(ChangeError::DepsNotSorted));
    }
}

#[test]
fn a_root_with_dependencies_and_an_entry_without_are_refused() {
    refused(
        &hostile::with_deps(&root(), &[hash(1)]),
        ChangeError::RootWithDeps,
    );
    refused(
        &hostile::with_deps(&entry(), &[]),
        ChangeError::EntryWithoutDeps,
    );
}

#[test]
fn a_root_that_is_not_its_authors_first_change_is_refused() {
    refused(&hostile::with_seq(&root(), 2), ChangeError::RootNotFirst);
}

#[test]
fn trailing_bytes_are_refused() {
    let mut bytes = entry().encode().unwrap().bytes;
    bytes.push(0);
    refused(&bytes, ChangeError::TrailingBytes(1));
    let twice = [
        root().encode().unwrap().bytes,
        entry().encode().unwrap().bytes,
    ]
    .concat();
    assert!(matches!(decode(&twice), Err(ChangeError::TrailingBytes(_))));
}

#[test]
fn documents_bundles_and_unknown_chunks_are_refused() {
    let document = automerge::AutoCommit::new().save();
    refused(&document, ChangeError::DocumentChunk);
    let mut bytes = entry().encode().unwrap().bytes;
    for (number, reason) in [
        (3, ChangeError::BundleChunk),
        (9, ChangeError::UnknownChunkType(9)),
    ] {
        bytes[8] = number;
        refused(&hostile::with_checksum(bytes.clone()), reason);
    }
}

#[test]
fn other_magic_bytes_are_refused() {
    refused(b"", ChangeError::Truncated);
    refused(b"{\"json\": true}", ChangeError::NotAChunk);
}

#[test]
fn a_wrong_checksum_is_refused() {
    let mut bytes = entry().encode().unwrap().bytes;
    bytes[5] ^= 1;
    refused(&bytes, ChangeError::ChecksumMismatch);
}
