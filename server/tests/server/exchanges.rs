//! What one exchange promises.

use gewu_model::entry::{Body, CheckResult, Note, Payload};
use gewu_model::entry::{Verify, VerifyResult};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_server::ExchangeError;
use gewu_sync::verdict::{SetAside, Verdict};
use gewu_sync::wire::NoticeCode;

use crate::kit::entries::{asked, check, dispatch, file, handle, mark, plain_note};
use crate::kit::{City, NOON, Phone};

/// A case reported by `chen` and filed.
fn filed(city: &mut City, chen: &mut Phone) -> CaseId {
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    case
}

#[test]
fn the_same_push_ten_times_gives_one_case_and_one_answer() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    let request = chen.request();
    let caller = city.core.caller(chen.key()).expect("enrolled");
    let answers: Vec<_> = (0..10)
        .map(|minute| {
            let now = NOON.plus(minute * 60_000);
            city.core
                .exchange(&caller, &request, now)
                .expect("an answer")
        })
        .collect();
    let told = answers
        .into_iter()
        .map(|answer| chen.keep(&request, answer));
    let blocks: Vec<_> = told.map(|told| told.block).collect();
    assert!(
        blocks
            .iter()
            .all(|block| block.changes == blocks[0].changes)
    );
    assert!(
        blocks
            .iter()
            .all(|block| block.content == blocks[0].content)
    );
    assert_eq!(blocks[0].changes.len(), 2);
    assert_eq!(blocks[0].content.len(), 1);
    assert_eq!(city.core.status().expect("a status")["changes"], 2);
    assert_eq!(city.view(case).stage, Stage::Reported);
    assert!(chen.unsent.is_empty());
}

#[test]
fn a_case_enters_a_scope_whole_and_then_comes_in_pieces() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let case = filed(&mut city, &mut chen);
    li.sync(&city.core, city.now);
    assert_eq!(li.holds(case), 0, "not theirs yet");
    let decided = city.decide(case, dispatch("drainage"));
    let told = li.sync(&city.core, city.now);
    assert_eq!(li.holds(case), 4);
    assert_eq!(told.response.cases[0].content.len(), 1);
    assert_eq!(
        told.response.certificates,
        vec![chen.enrolled.certificate.clone()]
    );
    assert_eq!(li.notices[0].code, NoticeCode::Task);
    assert_eq!(li.notices[0].about, Some(decided.instruction));
    let take = li.write(
        case,
        &Payload::Take(mark()),
        Some(decided.instruction),
        city.now,
    );
    assert!(li.sync(&city.core, city.now).accepted(take));
    let told = chen.sync(&city.core, city.now);
    assert!(chen.has(case, take));
    let pulled = &told.response.cases[0];
    assert_eq!(
        pulled.changes.len(),
        3,
        "file, dispatch and take; her own are not sent back"
    );
    assert_eq!(chen.view(case), li.view(case));
    assert_eq!(chen.view(case), city.view(case));
    let quiet = chen.sync(&city.core, city.now);
    assert!(quiet.response.cases.is_empty() && quiet.response.notices.is_empty());
}

#[test]
fn what_arrives_before_its_history_waits_and_is_judged_when_it_comes() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    let note = chen.write(
        case,
        &Payload::Supplement(gewu_model::entry::Supplement {
            text: None,
            photos: vec![],
        }),
        None,
        NOON,
    );
    let whole = chen.request();
    let mut late = whole.clone();
    let first: Vec<_> = late.cases[0].changes.drain(..2).collect();
    let told = chen.exchange(&city.core, &late, NOON);
    assert!(matches!(told.verdict(note), Verdict::Waiting { missing } if missing.len() == 1));
    assert_eq!(chen.unsent.len(), 3, "nothing was receipted");
    let mut early = whole.clone();
    early.cases[0].changes = first;
    chen.exchange(&city.core, &early, NOON);
    assert_eq!(
        city.view(case).entries.len(),
        2,
        "the waiting one was judged with them"
    );
    let told = chen.exchange(&city.core, &whole, NOON);
    assert!(told.accepted(note));
    assert!(chen.unsent.is_empty());
}

#[test]
fn one_bad_change_concerns_its_author_alone() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let mut zhao = city.inspector("zhao");
    let case = filed(&mut city, &mut chen);
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    let done = li.write(case, &handle(), Some(sent), city.now);
    li.sync(&city.core, city.now);
    let question = city
        .decide(case, Body::CheckRequest(asked("zhao")))
        .instruction;
    li.sync(&city.core, city.now);
    zhao.sync(&city.core, city.now);
    let own = li.write(case, &check(CheckResult::Pass), Some(question), city.now);
    let told = li.sync(&city.core, city.now);
    let reason = SetAside::Separation;
    assert_eq!(*told.verdict(own), Verdict::SetAside { reason });
    assert!(
        li.notices
            .iter()
            .any(|notice| { notice.code == NoticeCode::SetAside && notice.about == Some(own) })
    );
    assert!(!zhao.notices.iter().any(|notice| notice.about == Some(own)));
    let word = Payload::Note(Note {
        text: Digest([1; 32]),
        photos: None,
    });
    let honest = li.write(case, &word, None, city.now);
    assert!(li.sync(&city.core, city.now).accepted(honest));
    let passed = zhao.write(case, &check(CheckResult::Pass), Some(question), city.now);
    assert!(zhao.sync(&city.core, city.now).accepted(passed));
    assert_eq!(city.view(case).stage, Stage::CheckPassed);
    assert_eq!(city.view(case).work.expect("work").entry, done);
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["set_aside"][0]["change"], own.to_string());
    assert_eq!(shown["set_aside"][0]["reason"], "separation");
}

/// Somebody who saw a change before its author could send it cannot have it refused.
#[test]
fn a_change_in_a_false_envelope_does_not_bar_its_author() {
    let city = City::found();
    let (mut chen, mut wang) = (city.inspector("chen"), city.inspector("wang"));
    let case = chen.report("井盖缺失", vec![], NOON);
    let mut stolen = chen.request();
    for signed in &mut stolen.cases[0].changes {
        signed.signature.bytes[0] ^= 1;
    }
    stolen.counters.clear();
    let told = wang.exchange(&city.core, &stolen, NOON);
    let refused = |verdict: &Verdict| {
        matches!(
            verdict,
            Verdict::SetAside {
                reason: SetAside::Signature
            }
        )
    };
    assert!(
        told.block
            .changes
            .iter()
            .all(|verdict| refused(&verdict.verdict))
    );
    let told = chen.sync(&city.core, NOON);
    assert!(
        told.block
            .changes
            .iter()
            .all(|verdict| told.accepted(verdict.hash))
    );
    assert_eq!(city.view(case).stage, Stage::Reported);
    wang.sync(&city.core, NOON);
    assert_eq!(
        wang.notices
            .iter()
            .filter(|n| n.code == NoticeCode::SetAside)
            .count(),
        2
    );
    assert!(chen.notices.is_empty());
}

#[test]
fn what_was_withheld_from_a_request_is_set_aside() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let case = filed(&mut city, &mut chen);
    chen.sync(&city.core, city.now);
    let hidden = chen.write(
        case,
        &Payload::Note(Note {
            text: Digest([1; 32]),
            photos: None,
        }),
        None,
        city.now,
    );
    let kept = std::mem::take(&mut chen.unsent);
    chen.sync(&city.core, city.now); // states the counter, and says that nothing is unsent
    chen.unsent = kept;
    let told = chen.sync(&city.core, city.now);
    let reason = SetAside::Counter;
    assert_eq!(*told.verdict(hidden), Verdict::SetAside { reason });
}

#[test]
fn what_disregards_an_instruction_that_its_author_had_is_set_aside() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let case = filed(&mut city, &mut chen);
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    let before = li.heads(case);
    let offline = li.write(case, &Payload::Take(mark()), Some(sent), city.now);
    city.decide(case, Body::Recall(plain_note()));
    assert!(
        li.sync(&city.core, city.now).accepted(offline),
        "written before it could be known"
    );
    li.sync(&city.core, city.now); // acknowledges the recall by its cursors
    let told = {
        // A modified app pretends not to have seen the recall.
        let deps = vec![offline];
        assert_ne!(deps, before);
        let late = li.write_upon_old(case, &handle(), Some(sent), deps, city.now);
        let told = li.sync(&city.core, city.now);
        told.verdict(late).clone()
    };
    let reason = SetAside::KnewBetter;
    assert_eq!(told, Verdict::SetAside { reason });
}

#[test]
fn work_done_counts_over_a_recall_and_the_other_unit_is_told() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let (mut li, mut zhou) = (city.crew("li", "drainage"), city.crew("zhou", "roads"));
    let case = filed(&mut city, &mut chen);
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    let done = li.write(case, &handle(), Some(sent), city.now);
    city.decide(case, Body::Recall(plain_note()));
    city.decide(case, dispatch("roads"));
    zhou.sync(&city.core, city.now);
    let told = li.sync(&city.core, city.now);
    assert!(told.accepted(done));
    assert!(
        li.notices
            .iter()
            .any(|notice| notice.code == NoticeCode::Recalled)
    );
    zhou.sync(&city.core, city.now);
    let why = zhou
        .notices
        .iter()
        .find(|n| n.code == NoticeCode::WorkDoneElsewhere);
    assert_eq!(why.expect("told").about, Some(done));
    for view in [li.view(case), zhou.view(case), city.view(case)] {
        assert_eq!(view.stage, Stage::Handled);
        assert_eq!(view.work.expect("work").by.as_str(), "li");
    }
}

#[test]
fn an_answer_after_the_matter_was_settled_is_kept_as_late_and_its_author_told() {
    let mut city = City::found();
    let (mut chen, mut wang) = (city.inspector("chen"), city.inspector("wang"));
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    let question = city
        .decide(case, Body::VerifyRequest(asked("wang")))
        .instruction;
    wang.sync(&city.core, city.now);
    let verify = Payload::Verify(Verify {
        result: VerifyResult::NotExists,
        note: None,
        photos: vec![],
        position: None,
    });
    let late = wang.write(case, &verify, Some(question), city.now);
    city.decide(case, file());
    assert!(wang.sync(&city.core, city.now).accepted(late));
    wang.sync(&city.core, city.now);
    assert_eq!(city.view(case).stage, Stage::Filed);
    assert_eq!(
        city.view(case).entry(&late).expect("kept").status.name(),
        "late"
    );
    assert!(
        wang.notices
            .iter()
            .any(|n| n.code == NoticeCode::Late && n.about == Some(late))
    );
}

#[test]
fn a_compromised_device_is_told_nothing_and_its_changes_wait_for_an_operator() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let case = filed(&mut city, &mut chen);
    chen.sync(&city.core, city.now);
    let note = chen.write(
        case,
        &Payload::Note(Note {
            text: Digest([1; 32]),
            photos: None,
        }),
        None,
        city.now,
    );
    city.core.compromise(chen.key()).expect("marked");
    city.decide(case, dispatch("roads"));
    let told = chen.sync(&city.core, city.now);
    assert_eq!(*told.verdict(note), Verdict::Pending);
    assert!(told.response.cases.is_empty() && told.response.cursors.is_empty());
}

#[test]
fn a_request_that_carries_too_much_is_refused_whole() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    chen.report("井盖缺失", vec![], NOON);
    let mut request = chen.request();
    request.counters[0].unsent = vec![ChangeHash([1; 32]); 30_000];
    let caller = city.core.caller(chen.key()).expect("enrolled");
    let refused = city.core.exchange(&caller, &request, NOON);
    assert_eq!(refused.err(), Some(ExchangeError::TooMuch));
    request.protocol = 7;
    let refused = city.core.exchange(&caller, &request, NOON);
    assert_eq!(refused.err(), Some(ExchangeError::Protocol));
    assert_eq!(city.core.status().expect("a status")["changes"], 0);
}

/// Whoever had the task is told that it was taken back, and nobody of an earlier one.
#[test]
fn taking_back_an_order_tells_those_who_were_ordered() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let (mut li, mut zhou) = (city.crew("li", "drainage"), city.crew("zhou", "roads"));
    let case = filed(&mut city, &mut chen);
    city.decide(case, dispatch("drainage"));
    let first = city.decide(case, Body::Recall(plain_note())).instruction;
    let order = gewu_model::entry::Order {
        persons: vec!["wang".into()],
        units: vec!["roads".into()],
        ..Default::default()
    };
    city.decide(case, Body::Order(order));
    // Of whom nothing was known when the order was given.
    let mut wang = city.inspector("wang");
    let suspended = Body::Suspend(gewu_model::entry::Suspend {
        until: Some(city.now.plus(3_600_000)),
        request: None,
        ..Default::default()
    });
    let suspended = city.decide(case, suspended).instruction;
    city.decide(case, Body::Resume(Default::default()));
    let second = city.decide(case, Body::Recall(plain_note())).instruction;
    let recalled = |phone: &mut Phone| -> Vec<_> {
        phone.sync(&city.core, city.now);
        let told = phone.notices.iter();
        let told = told.filter(|notice| notice.code == NoticeCode::Recalled);
        told.filter_map(|notice| notice.about).collect()
    };
    assert_eq!(recalled(&mut li), [first]);
    assert_eq!(recalled(&mut zhou), [suspended, second]);
    assert_eq!(recalled(&mut wang), [suspended, second]);
}
