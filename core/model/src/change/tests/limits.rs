//! Changes that would cost much more than they weigh.

use super::*;
use crate::change::hostile;

/// That a refusal costs nothing is shown by counting allocations, in `tests/change_allocation.rs`.
#[track_caller]
fn refused(bytes: &[u8], limits: &Limits) -> ChangeError {
    decode_strict(bytes, limits).unwrap_err()
}

#[test]
fn two_million_operations_in_a_hundred_bytes_are_refused() {
    let bytes = hostile::two_million_ops(&entry());
    assert!(bytes.len() < 150, "{} bytes", bytes.len());
    let refusal = refused(&bytes, &Limits::default());
    assert_eq!(
        refusal,
        ChangeError::TooManyOperations {
            claimed: 2_000_000,
            max: 64
        }
    );
}

#[test]
fn claimed_operations_are_real_to_automerge() {
    assert_eq!(
        automerge_takes(&hostile::claiming_ops(&entry(), 20_000)).len(),
        20_000
    );
}

/// The run that claims the most: 2^62 - 1 rows of value 0, or as many falses.
const HUGE: [u8; 9] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f];

#[test]
fn a_claim_hidden_in_any_single_column_is_refused() {
    for spec in [0x01, 0x02, 0x15, 0x34, 0x42, 0x56, 0x70] {
        let value: &[u8] = if spec == 0x34 { &[] } else { &[0] };
        let mut raw = hostile::RawChange::of(&entry());
        raw.replace_column(spec, [&HUGE, value].concat());
        let refusal = refused(&raw.bytes(), &Limits::default());
        assert!(
            matches!(refusal, ChangeError::TooManyOperations { .. }),
            "{spec:#x}: {refusal}"
        );
    }
}

#[test]
fn runs_of_nulls_and_literals_are_counted_too() {
    let smallest = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
    for rows in [vec![0, 0xff, 0xff, 0x7f], smallest.to_vec()] {
        let mut raw = hostile::RawChange::of(&entry());
        raw.replace_column(0x01, rows);
        let refusal = refused(&raw.bytes(), &Limits::default());
        assert!(
            matches!(refusal, ChangeError::TooManyOperations { .. }),
            "{refusal}"
        );
    }
}

#[test]
fn a_deflated_change_that_inflates_to_60_mb_is_refused() {
    let bytes = hostile::deflate_bomb(&entry());
    assert!(
        bytes.len() < Limits::default().max_bytes,
        "{} bytes",
        bytes.len()
    );
    assert_eq!(
        refused(&bytes, &Limits::default()),
        ChangeError::CompressedChunk
    );
}

#[test]
fn deflated_changes_are_real_to_automerge() {
    assert_eq!(
        automerge_takes(&hostile::deflated(&entry(), 5_000))
            .extra_bytes()
            .len(),
        5_000
    );
}

#[test]
fn one_long_name_repeated_by_a_run_is_refused_before_it_is_copied() {
    let name = vec![b'n'; 60_000];
    let mut raw = hostile::RawChange::of(&entry());
    let long = [&[6, 0xe0, 0xd4, 0x03][..], &name].concat();
    raw.replace_column(0x15, long);
    assert_eq!(
        refused(&raw.bytes(), &Limits::default()),
        ChangeError::DuplicateField
    );
}

#[test]
fn a_change_of_one_byte_too_many_is_refused() {
    let bytes = entry().encode().unwrap().bytes;
    let fits = Limits {
        max_bytes: bytes.len(),
        ..Limits::default()
    };
    assert!(decode_strict(&bytes, &fits).is_ok());
    let short = Limits {
        max_bytes: bytes.len() - 1,
        ..Limits::default()
    };
    let refusal = ChangeError::TooLong {
        len: bytes.len(),
        max: bytes.len() - 1,
    };
    assert_eq!(decode_strict(&bytes, &short), Err(refusal));
}

#[test]
fn sixty_four_operations_pass_and_sixty_five_do_not() {
    let with = |count: u64| {
        let fields = (1..count)
            .map(|at| (format!("f{at}"), Scalar::Uint(at)))
            .collect();
        let body = Body::Entry {
            root_actor: ROOT,
            key: "k".into(),
            fields,
        };
        PlainChange { body, ..entry() }
    };
    let largest = with(64);
    assert_eq!(decode(&largest.encode().unwrap().bytes), Ok(largest));
    let refusal = Err(ChangeError::TooManyOperations {
        claimed: 65,
        max: 64,
    });
    assert_eq!(with(65).encode(), refusal);
    let wide = Limits {
        max_ops: 65,
        ..Limits::default()
    };
    let bytes = crate::change::encode::encode_within(&with(65), &wide)
        .unwrap()
        .bytes;
    assert_eq!(decode(&bytes), refusal.map(|_| with(65)));
    assert!(decode_strict(&bytes, &wide).is_ok());
}

#[test]
fn a_payload_beyond_the_byte_bound_is_refused_when_it_is_written() {
    let mut large = entry();
    if let Body::Entry { fields, .. } = &mut large.body {
        fields.push(("large".into(), Scalar::Bytes(vec![0; 70_000])));
    }
    assert!(matches!(large.encode(), Err(ChangeError::TooLong { .. })));
}
