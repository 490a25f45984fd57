//! What a city's own policy says, judged by the one that the case pins.

use gewu_model::entry::{Body, Repin, Switches};
use gewu_model::fold::Stage;
use gewu_model::ids::Digest;
use gewu_model::policy::{BUILT_IN, Policy, Whereabouts};
use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::gate::{Judgement, Standing};
use gewu_sync::verdict::SetAside;
use serde_json::{Value, json};

use crate::story::{Story, check, check_request, dispatch, file, handle, note, report};

/// The built-in policy, changed.
fn policy(edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(BUILT_IN).unwrap();
    edit(&mut body);
    body.to_string().into_bytes()
}

#[test]
fn the_gate_folds_by_the_policy_that_the_case_pins() {
    // One person with two phones handles and checks; the second check is judged upon the first, and
    // counts for the stage only where separation is off.
    for (separation, permitted) in [(true, false), (false, true)] {
        let mut story = Story::new();
        let wang = story.staff("wang", "inspector", None);
        let works = story.staff("both", "crew", Some("drainage"));
        let inspects = story.staff("both", "inspector", None);
        story.opens(wang);
        story.pins(&policy(|body| body["separation"]["on"] = json!(separation)));
        story.instructs(file());
        let sent = story.instructs(dispatch("drainage"));
        let done = story.draft(works, handle()).answering(sent);
        story.writes(&done);
        let asked = story.instructs(check_request(&["both"]));
        let checked = story.draft(inspects, check()).answering(asked);
        match permitted {
            true => {
                story.writes(&checked);
            }
            false => {
                story.fails(&checked, SetAside::Separation);
            }
        }
    }
}

#[test]
fn a_check_that_is_not_kept_from_handlers_moves_the_stage() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let works = story.staff("both", "crew", Some("drainage"));
    let inspects = story.staff("both", "inspector", None);
    story.opens(wang);
    story.pins(&policy(|body| {
        body["separation"]["kinds"] = json!(["close"]);
    }));
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let done = story.draft(works, handle()).answering(sent);
    story.writes(&done);
    let asked = story.instructs(check_request(&["both"]));
    let checked = story.draft(inspects, check()).answering(asked);
    story.writes(&checked);
    let rows: Vec<_> = story
        .case
        .changes
        .iter()
        .map(|change| change.row.clone())
        .collect();
    let view = story.rules.view(story.case.root.as_ref(), &rows);
    assert_eq!(view.stage, Stage::CheckPassed);
}

#[test]
fn without_the_pinned_policy_nothing_is_judged() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    story.case.root.as_mut().unwrap().policy = Digest([7; 32]);
    let remark = story.draft(wang, note());
    let remark = story.sign(&remark);
    assert_eq!(story.offers(&remark), Judgement::Pending);
}

#[test]
fn relations_by_place_go_by_certificate_and_the_server_s_map() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let warden = story.staff("zhou", "warden", None);
    story.opens(wang);
    story.pins(&policy(|body| {
        let rules = body["rules"].as_array_mut().unwrap();
        rules.push(json!({ "roles": ["warden"], "kinds": ["note"], "relation": "own_duty_grid" }));
    }));
    let elsewhere = Whereabouts {
        duty: Some("D2".into()),
        ..Whereabouts::default()
    };
    story.case.place = Some(elsewhere);
    let remark = story.draft(warden, note());
    story.fails(&remark, SetAside::NotPermitted);
    story.writer(warden).renews_actor();
    story.case.place = Some(Whereabouts {
        duty: Some("D1".into()),
        ..Whereabouts::default()
    });
    let remark = story.draft(warden, note());
    story.writes(&remark);
}

#[test]
fn photos_that_the_policy_wants_are_asked_for() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let li = story.staff("li", "crew", Some("drainage"));
    story.opens(wang);
    story.pins(&policy(|body| {
        body["photos"] = json!([{ "kinds": ["handle"], "least": 5 }]);
    }));
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let done = story.draft(li, handle()).answering(sent);
    story.fails(&done, SetAside::Photos);
}

/// A report says itself of which class it is.
#[test]
fn photos_of_a_report_are_asked_for_by_its_own_class() {
    for (code, asks) in [("", true), ("99", false)] {
        let mut story = Story::new();
        let wang = story.staff("wang", "inspector", None);
        let root = story.sign_root(wang, &story.root());
        let root = story.accepts(&root);
        story.pins(&policy(|body| {
            body["photos"] =
                json!([{ "kinds": ["report"], "classes": [{ "code": code }], "least": 5 }]);
        }));
        let found = story.draft_upon(wang, report(), &[root]);
        match asks {
            true => story.fails(&found, SetAside::Photos),
            false => story.writes(&found),
        };
    }
}

fn repin(policy: Digest) -> Body {
    Body::Repin(Repin {
        policy: Some(policy),
        ..Repin::default()
    })
}

fn keeping(policy: Digest, was: Switches) -> Body {
    Body::Repin(Repin {
        policy: Some(policy),
        was: Some(was),
        ..Repin::default()
    })
}

#[test]
fn rules_that_the_server_does_not_know_bind_nobody() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    let unknown = story.instruction(repin(Digest([7; 32])));
    story.fails(&unknown, SetAside::Pins);
}

#[test]
fn nothing_but_an_instruction_names_other_rules_for_a_case() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let works = story.staff("both", "crew", Some("drainage"));
    let inspects = story.staff("both", "inspector", None);
    story.opens(wang);
    let lax = Policy::from_json(&policy(|body| body["separation"]["on"] = json!(false))).unwrap();
    let hash = lax.hash();
    story.rules.policies.insert(hash, lax);
    // What the old rules switched has to go with it, or what was asked before would be judged anew.
    let forgets = story.instruction(repin(hash));
    story.fails(&forgets, SetAside::Pins);
    let invents = story.instruction(keeping(hash, Switches::default()));
    story.fails(&invents, SetAside::Pins);
    story.instructs(keeping(hash, Policy::built_in().rules().switches()));
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let done = story.draft(works, handle()).answering(sent);
    story.writes(&done);
    let asked = story.instructs(check_request(&["both"]));
    let checked = story.draft(inspects, check()).answering(asked);
    story.writes(&checked);
    let rows: Vec<_> = story
        .case
        .changes
        .iter()
        .map(|change| change.row.clone())
        .collect();
    let view = story.rules.view(story.case.root.as_ref(), &rows);
    assert_eq!((view.stage, view.needs_pack), (Stage::CheckPassed, None));
    // Whoever lacks the new rules says which they are.
    story.rules.policies.remove(&hash);
    let view = story.rules.view(story.case.root.as_ref(), &rows);
    assert_eq!(view.needs_pack, Some(hash));
}

const DAY_MS: i64 = 86_400_000;

#[test]
fn a_report_older_than_the_policy_takes_waits_for_an_operator() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let root = story.sign_root(wang, &story.root());
    let root = story.accepts(&root);
    story.pins(&policy(|body| body["report_age_days"] = json!(3)));
    story.now = Millis(10 * DAY_MS);
    let until = Millis(i64::MAX);
    story.writer(wang).standing = Standing::Retired { until };
    let mut draft = story.draft_upon(wang, report(), &[root]);
    draft.entry.header.clock = ClockTrust::ServerOffset;
    draft.entry.header.claimed_at = story.now.plus(-3 * DAY_MS - 1);
    let old = story.sign(&draft);
    assert_eq!(story.judge(&old), Judgement::Late);
    let taken = story.judge_with_leave(&old);
    assert!(matches!(taken, Judgement::Admit(_)), "{taken:?}");
    // A clock that the device itself doubts says nothing.
    draft.entry.header.clock = ClockTrust::Doubtful;
    let doubtful = story.sign(&draft);
    assert!(matches!(story.judge(&doubtful), Judgement::Admit(_)));
    draft.entry.header.clock = ClockTrust::ServerOffset;
    draft.entry.header.claimed_at = story.now.plus(-3 * DAY_MS);
    let fresh = story.sign(&draft);
    story.accepts(&fresh);
}

/// A phone whose battery was empty for long says 1970 until it hears the server.
#[test]
fn a_report_from_before_its_device_was_enrolled_says_nothing_of_its_age() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let enrolled = Millis(100 * DAY_MS);
    story.writer(wang).lasts();
    story.writer(wang).enrolled(enrolled);
    story.now = Millis(200 * DAY_MS);
    let root = story.sign_root(wang, &story.root());
    let root = story.accepts(&root);
    story.pins(&policy(|body| body["report_age_days"] = json!(3)));
    let mut draft = story.draft_upon(wang, report(), &[root]);
    draft.entry.header.clock = ClockTrust::Device;
    for (claimed, late) in [
        (Millis(0), false),
        (enrolled.plus(-1), false),
        (enrolled, true),
        (story.now.plus(-4 * DAY_MS), true),
        (story.now, false),
    ] {
        draft.entry.header.claimed_at = claimed;
        let signed = story.sign(&draft);
        let judged = story.judge(&signed);
        assert_eq!(judged == Judgement::Late, late, "{claimed:?}: {judged:?}");
    }
}
