//! Erasure at the server: what goes, what does not come back, what a crash leaves.

use std::path::PathBuf;

use gewu_model::content::ContentItem;
use gewu_model::crypto::sha256;
use gewu_model::entry::{Body, Erase, Payload, Reply, Supplement};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_server::{DecideError, Decided, Decision, UploadError};

use serde_json::json;

use crate::kit::files::{photo, record};
use crate::kit::{City, NOON, Phone, open};

fn object(city: &City, file: Digest) -> PathBuf {
    let name = file.to_string();
    city.dir.path().join("media").join(&name[..2]).join(&name)
}

/// A case with a text and a photo that is held.
fn told(city: &City, chen: &mut Phone) -> (CaseId, Digest, Digest) {
    let file = sha256(&photo());
    let bytes = photo().len() as u64;
    let case = chen.report("秘密", vec![record(file, bytes)], NOON);
    chen.sync(&city.core, NOON);
    hold(city, chen).expect("held");
    let shown = city.core.show(case).expect("shown");
    let texts = shown["entries"][0]["texts"].as_object().expect("texts");
    let text = texts
        .keys()
        .next()
        .expect("a text")
        .parse()
        .expect("a digest");
    (case, text, file)
}

fn hold(city: &City, phone: &Phone) -> Result<Digest, UploadError> {
    let caller = city.core.caller(phone.key()).expect("enrolled");
    city.core.put_file(&caller, photo(), NOON)
}

fn erase(
    city: &City,
    case: CaseId,
    texts: &[Digest],
    files: &[Digest],
) -> Result<Decided, DecideError> {
    let reason = ContentItem::new("个人信息", [7; 16]).expect("a text");
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Erase(Erase {
            texts: texts.to_vec(),
            files: files.to_vec(),
            note: Some(reason.digest()),
        }),
        content: vec![reason],
    };
    city.core
        .decide(&city.operator, &decision, NOON.plus(60_000))
}

#[test]
fn text_and_photo_go_and_are_not_taken_again() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (case, text, file) = told(&city, &mut chen);
    let before = city.view(case);
    erase(&city, case, &[text], &[file]).expect("erased");
    let after = city.view(case);
    assert_eq!(
        (after.stage, &after.question),
        (Stage::Reported, &before.question)
    );
    assert!(!object(&city, file).exists());
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["report"]["text"], serde_json::Value::Null);
    assert_eq!(shown["complete"], true);
    assert_eq!(hold(&city, &chen), Err(UploadError::Erased));
    let caller = city.core.caller(chen.key()).expect("enrolled");
    let begun = city
        .core
        .begin_upload(&caller, Some(9), Some(file), "", NOON);
    assert_eq!(begun, Err(UploadError::Erased));
    // Without a name the bytes are known when they are all there, and then they go.
    let (bytes, length) = (photo(), photo().len() as u64);
    let begun = city
        .core
        .begin_upload(&caller, Some(length), None, "", NOON);
    let id = begun.expect("begun").id;
    let ended = city.core.append(&caller, &id, 0, &bytes, NOON);
    assert_eq!(ended, Err(UploadError::Erased));
    assert!(!object(&city, file).exists());
    let parts = std::fs::read_dir(city.dir.path().join("uploads")).expect("a folder");
    assert_eq!(parts.count(), 0);
    chen.media = vec![file];
    let told = chen.sync(&city.core, NOON.plus(90_000));
    assert_eq!(
        (told.block.media, told.block.erased),
        (vec![], Some(vec![file]))
    );
}

#[test]
fn what_cannot_be_erased_is_named() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (case, text, file) = told(&city, &mut chen);
    let words = |refused: Result<Decided, DecideError>| match refused {
        Err(DecideError::Invalid(words)) => words,
        other => panic!("{other:?}"),
    };
    let unknown = words(erase(&city, case, &[file], &[]));
    assert_eq!(
        unknown,
        format!("no entry of this case names the text {file}")
    );
    let unknown = words(erase(&city, case, &[], &[text]));
    assert_eq!(
        unknown,
        format!("no entry of this case names the photo {text}")
    );
    erase(&city, case, &[text], &[]).expect("erased");
    let again = words(erase(&city, case, &[text], &[]));
    assert_eq!(again, format!("the text {text} is erased already"));
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Erase(Erase {
            files: vec![file],
            ..Erase::default()
        }),
        content: vec![],
    };
    let silent = words(
        city.core
            .decide(&city.operator, &decision, NOON.plus(70_000)),
    );
    assert!(silent.starts_with("say why"), "{silent}");
    assert!(object(&city, file).exists());
}

#[test]
fn a_crash_between_tombstone_and_removal_is_made_good_at_the_start() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (case, text, file) = told(&city, &mut chen);
    erase(&city, case, &[text], &[file]).expect("erased");
    let City { dir, core, .. } = city;
    drop(core);
    // As the transaction leaves it: nothing is logged, nothing removed.
    let database = rusqlite::Connection::open(dir.path().join("gewu.db")).expect("a database");
    let set = database.execute("UPDATE tombstones SET pending = 1", []);
    assert_eq!(set.expect("set"), 2);
    drop(database);
    let name = file.to_string();
    let object = dir.path().join("media").join(&name[..2]).join(&name);
    std::fs::write(&object, photo()).expect("written");
    let log = dir.path().join("erased.log");
    std::fs::remove_file(&log).expect("removed");
    open(dir.path());
    assert!(!object.exists());
    let log = std::fs::read_to_string(log).expect("logged");
    assert!(
        log.contains(&name) && log.contains(&text.to_string()),
        "{log}"
    );
}

#[test]
fn an_erased_reply_is_taken_back_from_the_citizen_and_from_what_was_told_before() {
    let mut city = City::found();
    let mut ci = city.citizen("ci");
    let case = ci.report("垃圾三天", vec![], NOON);
    ci.sync(&city.core, NOON);
    let said = ContentItem::new("张先生会来", [3; 16]).expect("a text");
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Reply(Reply {
            text: said.digest(),
            to: None,
        }),
        content: vec![said.clone()],
    };
    city.now = NOON.plus(30_000);
    city.core
        .decide(&city.operator, &decision, city.now)
        .expect("said");
    ci.sync(&city.core, city.now);
    assert_eq!(ci.statuses[&case].reply.as_ref(), Some(&said));
    erase(&city, case, &[said.digest()], &[]).expect("erased");
    ci.sync(&city.core, city.now.plus(60_000));
    let status = &ci.statuses[&case];
    assert_eq!(
        (&status.reply, &status.erased),
        (&None, &Some(vec![said.digest()]))
    );
    let City { dir, core, .. } = city;
    drop(core);
    let database = std::fs::read(dir.path().join("gewu.db")).expect("readable");
    let words = "张先生会来".as_bytes();
    assert!(!database.windows(words.len()).any(|part| part == words));
}

#[test]
fn the_small_picture_of_an_erased_photo_is_not_taken_with_a_later_entry() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (case, _, file) = told(&city, &mut chen);
    erase(&city, case, &[], &[file]).expect("erased");
    let mut again = record(file, photo().len() as u64);
    let small = Digest([5; 32]);
    again.thumb_sha256 = Some(small);
    let supplement = Payload::Supplement(Supplement {
        text: None,
        photos: vec![again],
    });
    let written = chen.write(case, &supplement, None, NOON.plus(80_000));
    chen.media = vec![file, small];
    let told = chen.sync(&city.core, NOON.plus(90_000));
    assert!(
        told.accepted(written),
        "the entry itself is part of the case"
    );
    assert_eq!(told.block.erased, Some(vec![file, small]));
}

#[test]
fn a_photo_that_two_cases_name_is_erased_in_both_and_each_says_so() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (first, text, file) = told(&city, &mut chen);
    let second = chen.report("同一张照片", vec![record(file, photo().len() as u64)], NOON);
    chen.sync(&city.core, NOON);
    erase(&city, first, &[text], &[file]).expect("erased");
    for (case, gone) in [(first, 2), (second, 1)] {
        let shown = city.core.show(case).expect("shown");
        assert_eq!(shown["erased"].as_array().expect("a list").len(), gone);
        let last = city.view(case).chain.last().expect("an instruction").kind;
        assert_eq!(last, "erase");
    }
    let again = erase(&city, second, &[], &[file]);
    assert!(matches!(again, Err(DecideError::Invalid(_))), "{again:?}");
}

/// The digests of the reason that the case's erasure gives.
fn reason_of(city: &City, case: CaseId) -> Vec<String> {
    let shown = city.core.show(case).expect("shown");
    let entries = shown["entries"].as_array().expect("entries");
    let last = entries.iter().rfind(|entry| entry["kind"] == "erase");
    let texts = last.expect("an erasure")["texts"].as_object();
    texts.expect("texts").keys().cloned().collect()
}

#[test]
fn each_case_has_the_reason_as_a_text_of_its_own() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (first, _, file) = told(&city, &mut chen);
    let same = || vec![record(file, photo().len() as u64)];
    let second = chen.report("同一张照片", same(), NOON);
    chen.sync(&city.core, NOON);
    erase(&city, first, &[], &[file]).expect("erased");
    let third = chen.report("后来的", same(), NOON.plus(80_000));
    chen.sync(&city.core, NOON.plus(80_000));
    says_by_itself(&city, second, &[file]);
    says_by_itself(&city, third, &[file]);
    // Devices keep a text for one case: a shared one would go with it, and never come back to a
    // restored server for the others.
    let reasons = [first, second, third].map(|case| reason_of(&city, case));
    assert!(
        reasons[0] != reasons[1] && reasons[1] != reasons[2],
        "{reasons:?}"
    );
    assert_ne!(reasons[0], reasons[2]);
}

/// A record of another photo that was made from the same camera's file.
fn made_from(original: Digest, photo: u8) -> EvidenceRecord {
    let mut made = record(Digest([photo; 32]), 9_000);
    made.original_sha256 = Some(original);
    made.original_bytes = Some(3_000_000);
    made
}

/// The last instruction of the case: an erasure of these photos which the server wrote by itself, and
/// which gives the same reason.
fn says_by_itself(city: &City, case: CaseId, photos: &[Digest]) {
    let shown = city.core.show(case).expect("shown");
    let entries = shown["entries"].as_array().expect("entries");
    let last = entries.iter().rfind(|entry| entry["kind"] == "erase");
    let last = last.unwrap_or_else(|| panic!("no erasure in {shown}"));
    let named = &last["payload"]["erase"]["files"];
    assert_eq!(named, &json!(photos), "{last}");
    let reasons: Vec<_> = last["texts"].as_object().expect("texts").values().collect();
    assert_eq!(reasons, [&json!("个人信息")]);
    let erased = shown["erased"].as_array().expect("a list");
    assert!(photos.iter().all(|photo| erased.contains(&json!(photo))));
    assert_eq!(shown["complete"], true);
}

#[test]
fn a_case_that_names_an_erased_photo_later_is_told_so_once() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (first, _, file) = told(&city, &mut chen);
    erase(&city, first, &[], &[file]).expect("erased");
    let later = NOON.plus(80_000);
    let second = chen.report("同一张照片", vec![record(file, 9)], later);
    chen.sync(&city.core, later);
    says_by_itself(&city, second, &[file]);
    assert_eq!(city.view(second).chain.len(), 1);
    let supplement = Payload::Supplement(Supplement {
        text: None,
        photos: vec![record(file, 9)],
    });
    chen.write(second, &supplement, None, later);
    chen.sync(&city.core, later.plus(1));
    assert_eq!(city.view(second).chain.len(), 1, "it said so before");
    assert_eq!(city.view(first).chain.len(), 1);
}

#[test]
fn an_erasure_reaches_every_photo_of_one_camera_file_before_and_after() {
    let city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.inspector("li"));
    let original = Digest([0xca; 32]);
    let (mine, theirs, later) = (
        made_from(original, 1),
        made_from(original, 2),
        made_from(original, 3),
    );
    let again = made_from(original, 4);
    let first = chen.report("一", vec![mine.clone()], NOON);
    chen.sync(&city.core, NOON);
    let second = li.report("二", vec![theirs.clone()], NOON);
    li.sync(&city.core, NOON);
    erase(&city, first, &[], &[mine.sha256]).expect("erased");
    says_by_itself(&city, second, &[theirs.sha256]);

    let third = li.report("三", vec![later.clone()], NOON.plus(80_000));
    li.media = vec![theirs.sha256, later.sha256];
    let told = li.sync(&city.core, NOON.plus(80_000));
    assert_eq!(told.block.erased, Some(li.media.clone()));
    says_by_itself(&city, third, &[later.sha256]);

    // Also in the case whose own instruction could not name it.
    let supplement = Payload::Supplement(Supplement {
        text: None,
        photos: vec![again.clone()],
    });
    chen.write(first, &supplement, None, NOON.plus(85_000));
    chen.sync(&city.core, NOON.plus(85_000));
    says_by_itself(&city, first, &[again.sha256]);
    assert_eq!(city.view(first).chain.len(), 2);
}

#[test]
fn originals_of_cases_from_before_they_were_noted_are_read_at_the_start() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.inspector("li"));
    let original = Digest([0xca; 32]);
    let (mine, theirs) = (made_from(original, 1), made_from(original, 2));
    let first = chen.report("一", vec![mine.clone()], NOON);
    chen.sync(&city.core, NOON);
    let second = li.report("二", vec![theirs.clone()], NOON);
    li.sync(&city.core, NOON);
    let City { dir, core, .. } = city;
    drop(core);
    // As the version before left it.
    let database = rusqlite::Connection::open(dir.path().join("gewu.db")).expect("a database");
    let older = "DROP TABLE originals; DROP TABLE unread_originals; DROP TABLE service_due;
        DROP TABLE draws; DROP TABLE card_changes; PRAGMA user_version = 9;";
    database
        .execute_batch(crate::kit::PACKS_BY_BODY)
        .expect("older");
    database.execute_batch(older).expect("older");
    drop(database);
    city = City {
        core: open(dir.path()),
        dir,
        ..city
    };
    erase(&city, first, &[], &[mine.sha256]).expect("erased");
    says_by_itself(&city, second, &[theirs.sha256]);
}
