//! Containers that were never a bundle: bounded, no panic, a finding.

use gewu_bundle::container::{MAX_MEMBERS, Writer};
use gewu_bundle::{Outcome, verify};
use gewu_model::ids::Digest;

use crate::support::{findings, judge, pack, sample, unpack};
use crate::target::bundle_read;

fn refused(bytes: &[u8]) -> String {
    let report = verify(bytes, &Digest([0; 32]));
    assert_eq!(report.outcome, Outcome::Altered);
    assert!(!report.findings.is_empty());
    findings(&report)
}

#[test]
fn nothing_and_junk() {
    for junk in [
        &b""[..],
        b"P",
        b"PK\x03\x04",
        b"PK\x05\x06",
        &[0xff; 4096],
        b"hello, world",
    ] {
        refused(junk);
    }
}

#[test]
fn cut_anywhere() {
    let sample = sample();
    let bytes = sample.bundle().unwrap();
    for len in (0..bytes.len())
        .step_by(61)
        .chain(bytes.len() - 30..bytes.len())
    {
        assert_eq!(
            judge(&sample, &bytes[..len]).outcome,
            Outcome::Altered,
            "{len}"
        );
    }
}

#[test]
fn damage_in_one_member_accuses_no_other() {
    let sample = sample();
    let bytes = sample.bundle().unwrap();
    let members = unpack(&bytes);
    for kind in ["packs/", "cases/1111", "files/"] {
        let (name, content) = members
            .iter()
            .find(|(name, _)| name.starts_with(kind))
            .unwrap();
        let begin = bytes
            .windows(content.len())
            .position(|part| part == content.as_slice())
            .unwrap();
        let mut bent = bytes.clone();
        bent[begin + content.len() / 2] ^= 1;
        let report = judge(&sample, &bent);
        assert_eq!(report.outcome, Outcome::Altered);
        let accused = |member: &str| report.findings.iter().any(|it| it.member == member);
        assert!(accused(name), "{name}:\n{}", findings(&report));
        for (other, _) in members.iter().filter(|(other, _)| other != name) {
            let derived = other.starts_with("STATEMENT") || other == "trust.cbor";
            assert!(derived || !accused(other), "{name}:\n{}", findings(&report));
        }
    }
}

#[test]
fn something_behind_the_end_or_before_the_beginning() {
    let sample = sample();
    let bytes = sample.bundle().unwrap();
    let behind = [&bytes[..], b"x"].concat();
    assert!(findings(&judge(&sample, &behind)).contains("something follows the end"));
    let before = [b"x", &bytes[..]].concat();
    assert_eq!(judge(&sample, &before).outcome, Outcome::Altered);
}

#[test]
fn a_claimed_size_costs_nothing() {
    let sample = sample();
    let mut bytes = sample.bundle().unwrap();
    // Both sizes in the first header: 4 GiB.
    bytes[18..26].fill(0xff);
    let report = judge(&sample, &bytes);
    assert!(findings(&report).contains("larger than such a file may be"));
}

#[test]
fn a_deflated_member_is_no_member() {
    let sample = sample();
    let mut bytes = sample.bundle().unwrap();
    bytes[8] = 8;
    assert!(findings(&judge(&sample, &bytes)).contains("altered or repacked"));
}

#[test]
fn names_that_lead_elsewhere_are_no_names() {
    let digest = "ab".repeat(32);
    for name in [
        "../x",
        "/etc/passwd",
        "files/../seal.cbor",
        "cases\\x",
        "seal.cbor\0",
        &format!("files/{digest}.a/../b"),
        &format!("files/{digest}"),
        "STATEMENT.ZH.TXT",
    ] {
        let bytes = pack(&vec![(name.to_owned(), vec![])]);
        assert!(refused(&bytes).contains("holds no such file"), "{name}");
    }
}

#[test]
fn a_name_twice_is_out_of_order() {
    let sample = sample();
    let mut members = unpack(&sample.bundle().unwrap());
    let again = members[4].clone();
    members.insert(5, again);
    assert!(findings(&judge(&sample, &pack(&members))).contains("out of order, or there twice"));
}

#[test]
fn more_members_than_there_may_be_end_the_reading() {
    let mut writer = Writer::new(Vec::new());
    for at in 0..MAX_MEMBERS {
        writer.add(&format!("files/{at:064x}.jpg"), b"").unwrap();
    }
    assert!(writer.add("files/x", b"").is_err());
    let bytes = writer.finish().unwrap();
    refused(&bytes);
}

#[test]
fn deep_and_wide_records_are_refused() {
    let wide = [&[0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff][..], &[0; 64]].concat();
    let counted = [&[0xa3, 0x00, 0xa0, 0x01, 0x9b][..], &[0x7f; 8]].concat();
    for record in [
        vec![0x81; 100_000],
        wide,
        counted,
        vec![0xbf; 1_000],
        vec![],
    ] {
        for name in [
            "trust.cbor",
            "seal.cbor",
            "unsent.cbor",
            "cases/11111111111111111111111111111111.cbor",
        ] {
            let bytes = pack(&vec![(name.to_owned(), record.clone())]);
            assert!(refused(&bytes).contains("canonical"), "{name}");
        }
    }
}

#[test]
fn a_case_of_more_changes_than_there_can_be_is_not_read() {
    let sample = sample();
    let mut members = unpack(&sample.bundle().unwrap());
    let content = crate::support::member(&mut members, "cases/1111");
    let mut record: gewu_bundle::record::CaseRecord =
        gewu_model::cbor::from_slice(content).unwrap();
    let last = record.changes[0].clone();
    record.changes.resize(5_001, last);
    *content = gewu_model::cbor::to_vec(&record);
    assert!(findings(&judge(&sample, &pack(&members))).contains("more changes"));
}

/// Every file that the fuzzer found is as harmless now: as the target takes it, whole, and in the
/// place of each member.
#[test]
fn what_the_fuzzer_found_stays_found() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let sample = sample();
    let members = unpack(&sample.bundle().unwrap());
    for folder in ["findings/bundle_read", "seeds/bundle_read"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            refused(&bytes);
            bundle_read(&bytes);
            for at in 0..members.len() {
                let mut bent = members.clone();
                bent[at].1 = bytes.get(1..).unwrap_or_default().to_vec();
                if bent != members {
                    assert_eq!(judge(&sample, &pack(&bent)).outcome, Outcome::Altered);
                }
            }
        }
    }
}

#[test]
fn the_record_that_is_missing_is_the_one_that_is_named() {
    let sample = sample();
    let whole = unpack(&sample.bundle().unwrap());
    for (gone, other) in [("seal.cbor", "trust.cbor"), ("trust.cbor", "seal.cbor")] {
        let mut members = whole.clone();
        members.retain(|(name, _)| name != gone);
        let found = findings(&judge(&sample, &pack(&members)));
        assert!(found.contains(gone) && !found.contains(other), "{found}");
    }
}
