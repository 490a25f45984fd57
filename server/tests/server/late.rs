//! Work that comes so late that an operator decides, and what a stolen phone sends.

use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::time::Millis;
use gewu_server::CoreError;
use gewu_sync::verdict::{SetAside, Verdict};
use gewu_sync::wire::NoticeCode;

use crate::kit::entries::{dispatch, file, handle, plain_note};
use crate::kit::{City, NOON, POLICY, Phone};

const DAY_MS: i64 = 86_400_000;

/// Drainage handled offline, and its phone comes back forty days after the recall that it never saw.
fn away() -> (City, Phone, CaseId, ChangeHash) {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let mut crew = city.crew("zhao", "drainage");
    let case = chen.report("井盖缺失", vec![], NOON);
    chen.sync(&city.core, NOON);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    crew.sync(&city.core, city.now);
    let asked = crew.view(case).question.expect("a task").answer_to;
    city.decide(case, gewu_model::entry::Body::Recall(plain_note()));
    let work = crew.write(case, &handle(), Some(asked), city.now);
    city.now = city.now.plus(40 * DAY_MS);
    let told = crew.sync(&city.core, city.now);
    assert_eq!(*told.verdict(work), Verdict::Pending);
    (city, crew, case, work)
}

fn said(phone: &Phone, change: ChangeHash) -> Vec<(NoticeCode, String)> {
    let about = phone
        .notices
        .iter()
        .filter(|notice| notice.about == Some(change));
    about
        .map(|notice| (notice.code, notice.words.clone()))
        .collect()
}

#[test]
fn late_work_is_kept_its_author_told_and_an_operator_lets_it_count() {
    let (city, mut crew, case, work) = away();
    crew.sync(&city.core, city.now);
    let told = said(&crew, work);
    assert_eq!(
        told.len(),
        1,
        "told once, however often it is sent: {told:?}"
    );
    assert!(told[0].0 == NoticeCode::Late && told[0].1.contains("an operator has to decide"));
    let waiting = city.core.late().expect("a list");
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["change"], work.to_string());
    assert_eq!(
        (&waiting[0]["why"], &waiting[0]["kind"]),
        (&"late".into(), &"handle".into())
    );

    let verdict = city.core.decide_late(&city.operator, work, true, city.now);
    assert!(
        matches!(verdict, Ok(Verdict::Accepted { .. })),
        "{verdict:?}"
    );
    assert_eq!(city.view(case).work.expect("done").entry, work);
    let answer = crew.sync(&city.core, city.now);
    assert!(answer.accepted(work));
    crew.sync(&city.core, city.now);
    assert!(
        said(&crew, work)
            .iter()
            .any(|(_, words)| words.contains("it counts"))
    );
    assert!(city.core.late().expect("a list").is_empty());
    let again = city.core.decide_late(&city.operator, work, true, city.now);
    assert!(matches!(again, Err(CoreError::Unknown(_))), "{again:?}");
}

#[test]
fn what_an_operator_sets_aside_stays_so_and_its_author_is_told_why() {
    let (city, mut crew, case, work) = away();
    let before = city.view(case);
    let verdict = city.core.decide_late(&city.operator, work, false, city.now);
    let reason = SetAside::TooLate;
    assert_eq!(verdict, Ok(Verdict::SetAside { reason }));
    let told = crew.sync(&city.core, city.now);
    assert_eq!(*told.verdict(work), Verdict::SetAside { reason });
    crew.sync(&city.core, city.now);
    let words = said(&crew, work);
    assert!(
        words
            .iter()
            .any(|(code, words)| *code == NoticeCode::SetAside && words == reason.words())
    );
    assert_eq!(city.view(case), before);
    let again = city.core.decide_late(&city.operator, work, true, city.now);
    assert!(
        matches!(again, Err(CoreError::Unknown(_))),
        "nothing set aside is ever applied"
    );
}

#[test]
fn what_a_stolen_phone_sent_waits_until_an_operator_decides() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    let hashes: Vec<ChangeHash> = chen.unsent.iter().map(|(_, hash)| *hash).collect();
    city.core.compromise(chen.key()).expect("compromised");
    let told = chen.sync(&city.core, NOON);
    assert_eq!(*told.verdict(hashes[0]), Verdict::Pending);
    assert_eq!(
        city.core.case_view(case).expect("readable").map(|_| ()),
        None
    );
    let waiting = city.core.late().expect("a list");
    assert!(
        waiting.iter().all(|row| row["why"] == "compromised"),
        "{waiting:?}"
    );
    for hash in hashes {
        let verdict = city
            .core
            .decide_late(&city.operator, hash, true, Millis(NOON.0 + 1));
        let taken = matches!(verdict, Ok(Verdict::Accepted { .. }));
        assert!(taken, "{verdict:?}");
    }
    assert!(city.view(case).report.is_some());
    // The operator's no is the last word: only `Standing` is written again under a new certificate.
    let lost = chen.report("又一处", vec![], NOON);
    let told = chen.sync(&city.core, NOON);
    let mut pending = told.block.changes.iter().filter(|one| one.case == lost);
    let root = pending.next().expect("waits").hash;
    let ended = city.core.decide_late(&city.operator, root, false, NOON);
    let reason = SetAside::TooLate;
    assert_eq!(ended, Ok(Verdict::SetAside { reason }));
    assert!(reason.words().contains("a device in wrong hands"));
}

#[test]
fn a_device_is_told_that_it_was_taken_out_of_use() {
    let city = City::found();
    let (mut chen, mut wang) = (city.inspector("chen"), city.inspector("wang"));
    assert_eq!(chen.sync(&city.core, NOON).response.out_of_use, None);
    let until = city.core.retire(chen.key(), NOON).expect("known");
    let told = chen
        .sync(&city.core, NOON)
        .response
        .out_of_use
        .expect("told");
    assert_eq!((told.compromised, told.until), (false, Some(until)));
    city.core.compromise(wang.key()).expect("known");
    let told = wang
        .sync(&city.core, NOON)
        .response
        .out_of_use
        .expect("told");
    assert_eq!((told.compromised, told.until), (true, None));
}

/// A phone whose battery was empty for long: what it says of the time is from before it was enrolled.
#[test]
fn a_report_by_a_phone_that_thinks_it_is_1970_does_not_wait_and_an_old_one_does() {
    let city = City::found();
    let mut body: serde_json::Value = serde_json::from_slice(POLICY).expect("JSON");
    body["report_age_days"] = serde_json::json!(3);
    let published = city.core.publish_pack(
        "policy",
        "fixture",
        2,
        body.to_string().as_bytes(),
        city.now,
    );
    let policy = published.expect("published");
    let later = city.now.plus(10 * DAY_MS);
    for mut phone in [city.inspector("chen"), city.citizen("ci")] {
        phone.pins.0 = policy;
        let old = phone.report("十天前", vec![], city.now);
        let lost = phone.report("一九七〇年", vec![], Millis(0));
        phone.sync(&city.core, later);
        let stands = |case| city.core.case_view(case).expect("readable");
        assert!(
            stands(lost).is_some_and(|view| view.report_entry.is_some()),
            "an absurd clock is no reason to wait"
        );
        assert!(stands(old).is_none_or(|view| view.report_entry.is_none()));
    }
    assert_eq!(city.core.late().expect("a list").len(), 2);
}
