// long-file: one attack after another, each with what finds it.
//! Each way of lying, by an outsider and by the exporter.

use gewu_bundle::record::{CaseRecord, HeldChange, SignedSeal, Trust};
use gewu_bundle::sample::{City, Files, Sample, Story, checked};
use gewu_bundle::{Outcome, Report};
use gewu_model::cbor;
use gewu_model::entry::{CheckResult, Note, Payload};
use gewu_model::ids::{CaseId, Digest};
use gewu_sync::verdict::Verdict;

use crate::support::{Members, findings, fixture, judge, member, pack, reseal, sample, unpack};

const CLOSED: &str = "cases/1111";
const CITIZENS: &str = "cases/2222";

/// Bends the bundle, and gives what an outsider's and an insider's version look like.
fn attack(bend: impl FnOnce(&mut Members)) -> [Report; 2] {
    let sample = sample();
    let mut members = unpack(&sample.bundle().unwrap());
    bend(&mut members);
    let outsider = judge(&sample, &pack(&members));
    reseal(&sample, &mut members);
    let insider = judge(&sample, &pack(&members));
    [outsider, insider]
}

/// Both are found, and the words say what and where.
fn found(reports: &[Report; 2], place: &str, what: &str) {
    for report in reports {
        assert_eq!(report.outcome, Outcome::Altered);
        let findings = findings(report);
        let named = findings
            .lines()
            .any(|line| line.starts_with(place) && line.contains(what));
        assert!(named, "no `{place}… {what}` in:\n{findings}");
    }
}

fn case(members: &mut Members, name: &str, bend: impl FnOnce(&mut CaseRecord)) {
    let content = member(members, name);
    let mut record: CaseRecord = cbor::from_slice(content).unwrap();
    bend(&mut record);
    *content = cbor::to_vec(&record);
}

#[test]
fn a_dropped_change_is_named_by_the_receipt() {
    for at in [1, 3, 7] {
        let reports = attack(|members| {
            case(members, CLOSED, |record| {
                record.changes.remove(at);
            })
        });
        found(&reports, CLOSED, "it was dropped");
    }
}

#[test]
fn a_case_without_its_root_is_none() {
    let reports = attack(|members| {
        case(members, CLOSED, |record| {
            record.changes.remove(0);
        })
    });
    found(&reports, CLOSED, "does not begin with its root");
}

#[test]
fn reordered_changes_are_found() {
    let reports = attack(|members| case(members, CLOSED, |record| record.changes.swap(4, 5)));
    found(&reports, CLOSED, "not in the order of the receipt");
}

#[test]
fn a_change_twice_is_found() {
    let reports = attack(|members| {
        case(members, CLOSED, |record| {
            let again = record.changes[3].clone();
            record.changes.push(again);
        })
    });
    found(&reports, CLOSED, "there twice");
}

#[test]
fn the_receipt_of_another_case_is_found() {
    let reports = attack(|members| {
        let other: CaseRecord = cbor::from_slice(member(members, CITIZENS)).unwrap();
        case(members, CLOSED, |record| record.receipt = other.receipt);
    });
    found(&reports, CLOSED, "the receipt is for another case");
}

#[test]
fn two_cases_mixed_are_found() {
    let reports = attack(|members| {
        let other: CaseRecord = cbor::from_slice(member(members, CLOSED)).unwrap();
        case(members, CITIZENS, |record| {
            record.changes.push(other.changes[5].clone())
        });
    });
    found(
        &reports,
        CITIZENS,
        "its signature is not its author's for this case",
    );
    let reports = attack(|members| {
        let other = member(members, CLOSED).clone();
        *member(members, CITIZENS) = other;
    });
    found(&reports, CITIZENS, "it belongs to another case");
}

#[test]
fn a_citizen_s_words_cannot_be_exchanged_without_a_signature_to_check() {
    let reports = attack(|members| {
        case(members, CITIZENS, |record| {
            let HeldChange::Vouched(bytes) = &mut record.changes[1] else {
                panic!("vouched")
            };
            let city = City::new("sample");
            let mut other = Story::new(&city, CaseId([0x22; 16]));
            other.by_a_citizen(&city);
            let HeldChange::Signed(signed) = other.record().changes[2].clone() else {
                panic!("signed")
            };
            *bytes = signed.bytes;
        })
    });
    found(&reports, CITIZENS, "it was dropped");
}

#[test]
fn the_signature_of_staff_and_of_the_centre_cannot_be_taken_away() {
    let count = {
        let mut members = unpack(&sample().bundle().unwrap());
        let record: CaseRecord = cbor::from_slice(member(&mut members, CLOSED)).unwrap();
        record.changes.len()
    };
    for at in 0..count {
        let reports = attack(|members| {
            case(members, CLOSED, |record| {
                let bytes = record.changes[at].bytes().to_vec();
                record.changes[at] = HeldChange::Vouched(bytes);
            })
        });
        found(&reports, CLOSED, "signature was taken away");
    }
}

#[test]
fn a_photo_is_not_exchanged() {
    let other = fixture("photos/pothole-after.jpg");
    let reports = attack(|members| *member(members, "files/") = other);
    found(&reports, "files/", "its content is not what its name says");
}

#[test]
fn a_photo_that_nothing_names_is_not_smuggled_in() {
    let reports = attack(|members| {
        let photo = fixture("photos/lamp-before.png");
        let name = format!("files/{}.jpg", gewu_model::crypto::sha256(b"x"));
        members.push((name, photo));
        members.sort_by(|a, b| {
            (a.0.starts_with("files"), &a.0).cmp(&(b.0.starts_with("files"), &b.0))
        });
        members.sort_by_key(|(name, _)| gewu_bundle::Member::parse(name));
    });
    found(&reports, "files/", "nothing in the bundle names it");
}

#[test]
fn the_statement_says_nothing_else() {
    for name in ["STATEMENT.zh.txt", "STATEMENT.en.txt"] {
        let reports = attack(|members| {
            let text = String::from_utf8(member(members, name).clone()).unwrap();
            *member(members, name) = text.replace("wang", "zhang").into_bytes();
        });
        found(&reports, name, "is not what follows from the signed data");
        let reports = attack(|members| member(members, name).extend(b"all is well\n"));
        found(&reports, name, "is not what follows from the signed data");
    }
}

#[test]
fn the_certificate_of_another_city_with_the_same_names_is_found() {
    let other = City::new("another");
    let reports = attack(|members| {
        let mut trust: Trust = cbor::from_slice(member(members, "trust.cbor")).unwrap();
        trust.certificates[0] = other.wang.certificate.clone();
        *member(members, "trust.cbor") = cbor::to_vec(&trust);
    });
    found(&reports, "trust.cbor", "does not hold");
    let reports = attack(|members| {
        let mut trust: Trust = cbor::from_slice(member(members, "trust.cbor")).unwrap();
        trust.anchor.server = other.anchor.server.clone();
        *member(members, "trust.cbor") = cbor::to_vec(&trust);
    });
    found(
        &reports,
        "trust.cbor",
        "the server's certificate does not hold",
    );
}

#[test]
fn a_whole_bundle_of_another_city_with_the_same_names_proves_nothing_here() {
    let city = City::new("another");
    let mut story = Story::new(&city, CaseId([0x11; 16]));
    let (before, after) = (
        fixture("photos/lamp-before.png"),
        fixture("photos/lamp-after.png"),
    );
    story.from_report_to_close(&city, &before, &after);
    let mut files = Files::default();
    files.add(&before);
    files.add(&after);
    let theirs = Sample::of(city, vec![story], files);
    let bytes = theirs.bundle().unwrap();
    assert_eq!(judge(&theirs, &bytes).outcome, Outcome::Whole);
    let report = judge(&sample(), &bytes);
    assert!(findings(&report).contains("from another city"));
    assert!(report.cases.is_empty());
}

/// The closed case with something after it, by an exporter who checks nothing.
fn forged(bend: impl FnOnce(&City, &mut Story)) -> (Sample, Report) {
    let (city, mut files) = (City::new("sample"), Files::default());
    let (before, after) = (
        fixture("photos/lamp-before.png"),
        fixture("photos/lamp-after.png"),
    );
    let mut story = Story::new(&city, CaseId([0x11; 16]));
    story.from_report_to_close(&city, &before, &after);
    files.add(&before);
    files.add(&after);
    bend(&city, &mut story);
    let sample = Sample::of(city, vec![story], files);
    let (bytes, _) = sample.forge().unwrap();
    let report = judge(&sample, &bytes);
    (sample, report)
}

fn note(story: &mut Story) -> Payload {
    let text = story.text("另有说明");
    Payload::Note(Note { text, photos: None })
}

#[test]
fn a_real_device_without_leave_adds_nothing() {
    let (sample, report) = forged(|city, story| {
        let note = note(story);
        story.adds(&city.stranger, &note, None);
    });
    assert!(findings(&report).contains("the case's rules do not let its author write it"));
    assert!(
        sample.bundle().is_err(),
        "an honest exporter gives out no such bundle"
    );
}

#[test]
fn an_added_change_is_no_part_of_what_is_confirmed() {
    let (_, report) = forged(|city, story| {
        let note = note(story);
        story.adds(&city.wang, &note, None);
    });
    assert_eq!(
        report.outcome,
        Outcome::Unconfirmed,
        "{}",
        findings(&report)
    );
    assert_eq!(report.unconfirmed.len(), 1);
    // Within what the receipt covers there is no room for it.
    let reports = attack(|members| {
        let (city, mut story) = (
            City::new("sample"),
            Story::new(&City::new("sample"), CaseId([0x11; 16])),
        );
        story.begin(&city.wang);
        let note = note(&mut story);
        let (_, signed) = story.draft(&city.wang, &note, None);
        case(members, CLOSED, |record| {
            record.changes.insert(2, HeldChange::Signed(signed))
        });
    });
    found(&reports, CLOSED, "not in the order of the receipt");
}

#[test]
fn a_dropped_last_change_is_found_with_its_receipt_and_without() {
    // Accepted by a verdict after the receipt; the verdict stays and names it.
    let (_, report) = forged(|city, story| {
        let note = note(story);
        let hash = story.adds(&city.wang, &note, None);
        let received_at = gewu_model::time::Millis(1);
        story.judged(city, &[(hash, Verdict::Accepted { received_at })]);
        story.changes.pop();
        story.content.retain(|item| item.text != "另有说明");
    });
    assert!(findings(&report).contains("a verdict accepted it, and it is not here"));
}

#[test]
fn an_older_receipt_with_only_its_changes_is_found_by_the_seal() {
    let older = {
        let city = City::new("sample");
        let mut story = Story::new(&city, CaseId([0x11; 16]));
        story.from_report_to_close(
            &city,
            &fixture("photos/lamp-before.png"),
            &fixture("photos/lamp-after.png"),
        );
        story.changes.truncate(7);
        story.received.truncate(7);
        story.receipted(&city);
        story.record()
    };
    let [outsider, insider] = attack(|members| {
        case(members, CLOSED, |record| {
            record.changes = older.changes;
            record.receipt = older.receipt;
        })
    });
    assert!(findings(&outsider).contains("it is not as it was sealed"));
    // Whoever exports can export what was true earlier: the statement, which they have to write
    // anew, then says up to when. Left as it was, it betrays them.
    assert!(
        findings(&insider).contains("is not what follows"),
        "{}",
        findings(&insider)
    );
}

#[test]
fn what_was_set_aside_cannot_be_passed_off_as_part_of_the_case() {
    let reports = attack(|members| {
        case(members, CLOSED, |record| {
            let aside = record.set_aside.pop().unwrap();
            record.changes.push(HeldChange::Signed(aside.change));
        })
    });
    found(
        &reports,
        CLOSED,
        "a verdict set it aside, and it is not here as such",
    );
}

#[test]
fn a_seal_is_somebody_s() {
    let sample = sample();
    let mut members = unpack(&sample.bundle().unwrap());
    let signed: SignedSeal = cbor::from_slice(member(&mut members, "seal.cbor")).unwrap();
    let seal = cbor::from_slice(&signed.body).unwrap();
    let stranger = City::new("sample").stranger.signer;
    let resealed = SignedSeal::sign(&stranger, &seal).unwrap();
    *member(&mut members, "seal.cbor") = cbor::to_vec(&resealed);
    let report = judge(&sample, &pack(&members));
    assert!(findings(&report).contains("the seal's signature is not that of the key"));
    members.retain(|(name, _)| name != "seal.cbor");
    assert_eq!(judge(&sample, &pack(&members)).outcome, Outcome::Altered);
}

#[test]
fn every_member_that_is_left_out_is_missed() {
    let sample = sample();
    let members = unpack(&sample.bundle().unwrap());
    for (at, (name, _)) in members.iter().enumerate() {
        let mut bent = members.clone();
        bent.remove(at);
        let report = judge(&sample, &pack(&bent));
        assert_eq!(report.outcome, Outcome::Altered, "without {name}");
    }
}

#[test]
fn a_certificate_that_gives_another_role_is_found() {
    let (_, report) = forged(|city, story| {
        let mut posing = City::new("sample").wang;
        posing.user = "chen".into();
        posing.role = "operator".into();
        let note = note(story);
        story.adds(&posing, &note, None);
        assert_eq!(posing.key(), city.wang.key());
    });
    assert!(findings(&report).contains("does not give the person, role or unit"));
}

#[test]
fn a_person_at_a_device_gives_no_instruction() {
    let (_, report) = forged(|city, story| {
        let real = City::new("sample");
        let mut posing = City::new("sample");
        posing.server.signer = real.wang.signer;
        posing.server.certificate = real.wang.certificate;
        story.erases(&posing, vec![Digest([7; 32])], vec![]);
        story.received.pop();
        assert_eq!(posing.server.key(), city.wang.key());
    });
    assert!(findings(&report).contains("only the server gives instructions"));
}

#[test]
fn a_second_check_from_somebody_s_drawer_is_not_permitted_after_the_close() {
    let (_, report) = forged(|city, story| {
        story.adds(&city.wang, &checked(CheckResult::NotPass), None);
    });
    assert!(findings(&report).contains("the case's rules do not let"));
}
