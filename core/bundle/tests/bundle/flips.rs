//! Single bytes. In release every byte of the sample is flipped, and every byte of every member with
//! its checksums recomputed. In debug, where a check costs some fifteen times as much, it is one byte
//! in 13 of the file with all of the directory at its end, and one in 97 of the members.

use gewu_bundle::Outcome;

use crate::support::{judge, pack, reseal, sample, unpack};

const STRIDE: usize = if cfg!(debug_assertions) { 97 } else { 1 };

/// More than the directory and the end take.
const DIRECTORY: usize = 1_500;

#[test]
fn every_flipped_byte_of_the_file_is_found() {
    let sample = sample();
    let bytes = sample.bundle().unwrap();
    assert!(bytes.len() <= 64 << 10, "{}", bytes.len());
    let mut bent = bytes.clone();
    let step = if cfg!(debug_assertions) { 13 } else { 1 };
    for at in (0..bytes.len()).filter(|at| at % step == 0 || at + DIRECTORY > bytes.len()) {
        bent[at] ^= 1 << (at % 8);
        let report = judge(&sample, &bent);
        assert_eq!(report.outcome, Outcome::Altered, "byte {at}");
        bent[at] = bytes[at];
    }
}

#[test]
fn every_flipped_byte_of_a_member_is_found_with_its_checksums_recomputed() {
    let sample = sample();
    let members = unpack(&sample.bundle().unwrap());
    for member in 0..members.len() {
        for at in (0..members[member].1.len()).step_by(STRIDE) {
            let mut bent = members.clone();
            bent[member].1[at] ^= 1 << (at % 8);
            let report = judge(&sample, &pack(&bent));
            assert_eq!(
                report.outcome,
                Outcome::Altered,
                "{} byte {at}",
                members[member].0
            );
        }
    }
}

#[test]
fn what_the_seal_alone_guards_is_told_from_what_proves_itself() {
    let sample = sample();
    let members = unpack(&sample.bundle().unwrap());
    for member in (0..members.len()).filter(|at| members[*at].0 != "seal.cbor") {
        for at in (0..members[member].1.len()).step_by(STRIDE * 3) {
            let mut bent = members.clone();
            bent[member].1[at] ^= 1 << (at % 8);
            reseal(&sample, &mut bent);
            let report = judge(&sample, &pack(&bent));
            assert_eq!(
                report.outcome,
                Outcome::Altered,
                "{} byte {at}",
                members[member].0
            );
        }
    }
}
