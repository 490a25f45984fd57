//! Present, lawfully erased and missing are three things.

use gewu_bundle::sample::{City, Files, Sample, Story};
use gewu_bundle::{Outcome, Presence};
use gewu_model::crypto::sha256;
use gewu_model::ids::CaseId;

use crate::support::{findings, fixture, judge, sample, unpack};

/// A closed case of which the photo before the work, and the text of the report, were erased.
fn erased() -> (Sample, Story) {
    let (city, mut files) = (City::new("sample"), Files::default());
    let (before, after) = (
        fixture("photos/lamp-before.png"),
        fixture("photos/lamp-after.png"),
    );
    files.add(&before);
    files.add(&after);
    let mut story = Story::new(&city, CaseId([0x11; 16]));
    story.from_report_to_close(&city, &before, &after);
    let text = story.content[0].digest();
    story.erases(&city, vec![text], vec![sha256(&before)]);
    story.receipted(&city);
    let kept = story.clone();
    story.content.remove(0);
    (Sample::of(city, vec![story], files), kept)
}

#[test]
fn erased_by_an_instruction_is_no_gap() {
    let (sample, _) = erased();
    let bytes = sample.bundle().unwrap();
    let report = judge(&sample, &bytes);
    assert_eq!(report.outcome, Outcome::Whole, "{}", findings(&report));
    assert_eq!(report.erased.len(), 2);
    let case = &report.cases[0];
    let tombstone = case.entries.last().unwrap().hash;
    let by = Presence::Erased { by: tombstone };
    assert_eq!(case.entries[0].texts[0].presence, by);
    assert_eq!(case.entries[0].files[0].presence, by);
    assert_eq!(case.view.stage.name(), "closed");
    let members = unpack(&bytes);
    assert_eq!(
        members
            .iter()
            .filter(|(name, _)| name.starts_with("files/"))
            .count(),
        1
    );
    let text = String::from_utf8(members[1].1.clone()).unwrap();
    assert!(text.contains(&format!("lawfully erased by instruction {tombstone}")));
}

#[test]
fn gone_without_an_instruction_is_missing() {
    let mut sample = sample();
    let gone = sha256(&fixture("photos/lamp-after.png"));
    sample.files.0.remove(&gone);
    let report = judge(&sample, &sample.bundle().unwrap());
    assert_eq!(report.outcome, Outcome::Incomplete, "{}", findings(&report));
    assert_eq!(report.missing, [gone]);
}

#[test]
fn a_damaged_file_counts_as_missing() {
    let mut sample = sample();
    let torn = sha256(&fixture("photos/lamp-after.png"));
    sample.files.0.get_mut(&torn).unwrap().truncate(100);
    let report = judge(&sample, &sample.bundle().unwrap());
    assert_eq!(report.missing, [torn]);
}

#[test]
fn what_was_erased_may_not_be_carried_on() {
    let (mut sample, kept) = erased();
    sample.contents.cases = vec![kept.record()];
    assert!(sample.bundle().is_err());
    let (bytes, _) = sample.forge().unwrap();
    let report = judge(&sample, &bytes);
    assert!(findings(&report).contains("was erased by an instruction, and is still here"));
}

#[test]
fn an_erasure_that_nobody_confirmed_explains_nothing() {
    let (mut sample, _) = erased();
    let record = &mut sample.contents.cases[0];
    // The exporter takes the tombstone out of the receipt's reach.
    record.receipt = None;
    let report = judge(&sample, &sample.forge().unwrap().0);
    assert!(report.erased.is_empty());
    assert!(!report.missing.is_empty());
}
