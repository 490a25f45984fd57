//! An honest bundle: whole, the same every time, readable by anybody.

use gewu_bundle::{Outcome, verify};

use crate::support::{self, sample};

#[test]
fn an_honest_bundle_is_whole_and_says_who_did_what() {
    let sample = sample();
    let bytes = sample.bundle().unwrap();
    let report = verify(bytes.as_slice(), &sample.root());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!(report.outcome, Outcome::Whole);
    let entries: Vec<_> = report.cases[0]
        .entries
        .iter()
        .map(|entry| (entry.by.as_str(), entry.kind.name()))
        .collect();
    assert_eq!(
        entries,
        [
            ("wang", "report"),
            ("server", "file"),
            ("server", "dispatch"),
            ("zhao", "handle"),
            ("server", "check_request"),
            ("wang", "check"),
            ("server", "close"),
        ]
    );
    assert_eq!(report.cases[0].view.stage.name(), "closed");
    assert!(report.cases[0].set_aside[0].proven);
    assert!(bytes.len() <= 64 << 10, "{}", bytes.len());
}

#[test]
fn the_same_content_is_the_same_bytes() {
    assert_eq!(sample().bundle().unwrap(), sample().bundle().unwrap());
}

#[test]
fn another_root_proves_nothing() {
    let bytes = sample().bundle().unwrap();
    let report = verify(bytes.as_slice(), &gewu_model::ids::Digest([1; 32]));
    assert_eq!(report.outcome, Outcome::Altered);
    assert!(report.cases.is_empty());
}

#[test]
fn the_statement_reads() {
    let members = support::unpack(&sample().bundle().unwrap());
    let text = String::from_utf8(members[0].1.clone()).unwrap();
    assert!(
        text.contains("井盖缺失，有人险些跌入") && text.contains("已结案"),
        "{text}"
    );
    let text = String::from_utf8(members[1].1.clone()).unwrap();
    assert!(
        text.contains("a citizen, attested") && text.contains("26-000002"),
        "{text}"
    );
}

#[test]
fn the_committed_bundle_is_proven_by_its_root_key() {
    let keys = String::from_utf8(support::fixture("bundle/root.txt")).unwrap();
    let root = keys.lines().nth(1).unwrap().parse().unwrap();
    let committed = support::fixture("bundle/sample.gewu");
    let report = verify(committed.as_slice(), &root);
    assert_eq!(
        report.outcome,
        Outcome::Whole,
        "{}",
        support::findings(&report)
    );
    // Other bytes, or other words in the statement, are another format: see docs/bundle.md.
    assert_eq!(sample().bundle().unwrap(), committed);
}
