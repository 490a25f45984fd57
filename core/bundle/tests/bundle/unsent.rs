//! Unsent work, and the two versions of the format that tell of it.

use gewu_bundle::record::{Seal, SignedSeal, Unsent};
use gewu_bundle::sample::Sample;
use gewu_bundle::{Outcome, verify};
use gewu_model::cbor;
use gewu_model::ids::Digest;

use crate::support::{self, Members, findings, judge, member, pack, unpack};

const OF_FORMAT_1: &[u8] = include_bytes!("../frozen/unsent-of-format-1.gewu");
const COUNTS: [&str; 2] = ["未送达的文件", "files not delivered"];

/// The usual cases, a draft, and two files that are still to go, of which one is here.
fn owing() -> Sample {
    let mut sample = support::sample();
    let owed = sample.files.add(b"a photo of a draft");
    let mut files = vec![owed, Digest([9; 32])];
    files.sort();
    sample.contents.unsent = Some(Unsent {
        commands: vec![],
        drafts: b"[]".to_vec(),
        files,
    });
    sample
}

fn statements(members: &Members) -> [String; 2] {
    [0, 1].map(|at| String::from_utf8(members[at].1.clone()).unwrap())
}

#[test]
fn the_statement_counts_what_was_not_delivered() {
    let sample = owing();
    let bytes = sample.bundle().unwrap();
    let report = judge(&sample, &bytes);
    assert_eq!(
        report.outcome,
        Outcome::Unconfirmed,
        "{}",
        findings(&report)
    );
    assert_eq!(report.unsent_files, 2);
    for (text, name) in statements(&unpack(&bytes)).iter().zip(COUNTS) {
        let line = text.lines().find(|line| line.contains(name));
        assert!(line.is_some_and(|line| line.ends_with(" 2")), "{text}");
    }
}

#[test]
fn a_bundle_of_the_first_format_is_read_by_its_own_words() {
    let sample = owing();
    let report = verify(OF_FORMAT_1, &sample.root());
    assert_eq!(
        report.outcome,
        Outcome::Unconfirmed,
        "{}",
        findings(&report)
    );
    assert_eq!(report.unsent_files, 2);
    let old = statements(&unpack(OF_FORMAT_1));
    assert!(COUNTS.iter().all(|name| !old.concat().contains(name)));
    // But for the count and the number of the format it is what is written today.
    let new = statements(&unpack(&sample.bundle().unwrap()));
    for (old, new) in old.iter().zip(new) {
        let counted = |line: &&str| !COUNTS.iter().any(|name| line.contains(name));
        assert!(new.lines().filter(counted).eq(old.lines()), "{new}");
    }
}

#[test]
fn a_format_goes_with_its_words_and_nobody_picks_another() {
    let sample = owing();
    let forged = |sample: &Sample, format: u32| {
        let mut members = unpack(&sample.bundle().unwrap());
        let signed: SignedSeal = cbor::from_slice(member(&mut members, "seal.cbor")).unwrap();
        let mut seal: Seal = cbor::from_slice(&signed.body).unwrap();
        seal.format = format;
        let signed = SignedSeal::sign(sample.sealer(), &seal).unwrap();
        *member(&mut members, "seal.cbor") = cbor::to_vec(&signed);
        findings(&judge(sample, &pack(&members)))
    };
    assert_eq!(forged(&sample, 2), "");
    assert!(forged(&sample, 1).contains("STATEMENT.en.txt"));
    for unknown in [0, 3] {
        assert!(forged(&sample, unknown).contains("seal.cbor"));
    }
    let cases = support::sample();
    assert_eq!(forged(&cases, 1), "");
    assert!(forged(&cases, 2).contains("seal.cbor"));
}

#[test]
fn unsent_work_that_was_taken_out_is_named_and_the_seal_is_not_blamed() {
    let sample = owing();
    let mut members = unpack(&sample.bundle().unwrap());
    members.retain(|(name, _)| name != "unsent.cbor");
    let found = findings(&judge(&sample, &pack(&members)));
    assert!(
        found.contains("unsent.cbor: it was sealed, and is not here"),
        "{found}"
    );
    assert!(!found.contains("seal.cbor"), "{found}");
}
