//! Present, lawfully erased and missing are three things.

use gewu_bundle::record::{Seal, SignedSeal};
use gewu_bundle::sample::{City, Files, Sample, Story};
use gewu_bundle::{Outcome, Part, Presence, Report};
use gewu_model::cbor;
use gewu_model::crypto::sha256;
use gewu_model::entry::{Note, Payload};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::media::EvidenceRole;

use crate::support::{findings, fixture, judge, member, sample, unpack};

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

/// Written by a program that counted the photos alone.
const OF_FORMAT_1: &[u8] = include_bytes!("../frozen/originals-of-format-1.gewu");

const PARTS: [&[u8]; 2] = [b"its thumbnail", b"the camera's own file"];

/// A case with a photo whose thumbnail and original have to be delivered; `held` of those two are.
fn with_parts(held: &[&[u8]], erased: bool) -> Sample {
    let (city, mut files) = (City::new("sample"), Files::default());
    let (photo, after) = (
        fixture("photos/lamp-before.png"),
        fixture("photos/lamp-after.png"),
    );
    for file in [&[&photo[..], &after[..]], held].concat() {
        files.add(file);
    }
    let mut story = Story::new(&city, CaseId([0x11; 16]));
    story.from_report_to_close(&city, &photo, &after);
    let mut record = story.photo(&photo, EvidenceRole::Other);
    record.thumb_sha256 = Some(sha256(PARTS[0]));
    record.original_sha256 = Some(sha256(PARTS[1]));
    record.original_bytes = Some(PARTS[1].len() as u64);
    record.original_kept = Some(true);
    let more = Payload::Note(Note {
        text: story.text("补一张照片"),
        photos: Some(vec![record]),
    });
    story.writes(&city.wang, &more, None);
    if erased {
        story.erases(&city, vec![], vec![sha256(&photo)]);
    }
    story.receipted(&city);
    Sample::of(city, vec![story], files)
}

/// What the English statement counts as missing, and the report, whose missing files are these.
fn counted(sample: &Sample, missing: &[&[u8]]) -> (String, Report) {
    let bytes = sample.bundle().unwrap();
    let report = judge(sample, &bytes);
    assert!(report.findings.is_empty(), "{}", findings(&report));
    let mut wanted: Vec<Digest> = missing.iter().map(|part| sha256(part)).collect();
    wanted.sort();
    assert_eq!(report.missing, wanted);
    let text = String::from_utf8(unpack(&bytes)[1].1.clone()).unwrap();
    let line = text.lines().find(|line| line.starts_with("missing: "));
    (line.unwrap().to_owned(), report)
}

fn format_of(sample: &Sample) -> u32 {
    let mut members = unpack(&sample.bundle().unwrap());
    let signed: SignedSeal = cbor::from_slice(member(&mut members, "seal.cbor")).unwrap();
    let seal: Seal = cbor::from_slice(&signed.body).unwrap();
    seal.format
}

#[test]
fn an_original_that_has_to_be_delivered_is_missed_like_any_file() {
    let [thumb, original] = PARTS;
    let (line, report) = counted(&with_parts(&[thumb], false), &[original]);
    assert_eq!(
        (&*line, report.outcome),
        ("missing: 1", Outcome::Incomplete)
    );
    let lost = report.cases[0].missing();
    let lost: Vec<_> = lost.iter().map(|lost| (lost.digest, lost.part)).collect();
    assert_eq!(lost, [(sha256(original), Part::Original)]);
    let (line, report) = counted(&with_parts(&[], false), &PARTS);
    assert_eq!(
        (&*line, report.outcome),
        ("missing: 2", Outcome::Incomplete)
    );
    let whole = with_parts(&PARTS, false);
    let (line, report) = counted(&whole, &[]);
    assert_eq!((&*line, report.outcome), ("missing: 0", Outcome::Whole));
    assert_eq!(format_of(&whole), 1, "older programs read it");
    assert_eq!(format_of(&with_parts(&[], false)), 3);
}

#[test]
fn an_original_that_was_erased_with_its_photo_is_not_missed() {
    let (line, report) = counted(&with_parts(&[], true), &[]);
    assert_eq!((&*line, report.outcome), ("missing: 0", Outcome::Whole));
}

#[test]
fn a_bundle_from_before_originals_were_counted_is_read_by_its_own_words() {
    let sample = with_parts(&[], false);
    let report = judge(&sample, OF_FORMAT_1);
    assert_eq!(report.outcome, Outcome::Incomplete, "{}", findings(&report));
    assert_eq!(report.missing.len(), 2);
    let [old, new] = [OF_FORMAT_1, &sample.bundle().unwrap()].map(|bytes| {
        let text = String::from_utf8(unpack(bytes)[1].1.clone()).unwrap();
        let lines = text.lines().map(str::to_owned);
        lines.collect::<Vec<_>>()
    });
    assert!(old.contains(&"missing: 0".to_owned()));
    let same = |line: &&String| !line.starts_with("missing: ") && !line.contains("thumbnail");
    assert!(new.iter().filter(same).eq(old.iter().filter(same)));
}
