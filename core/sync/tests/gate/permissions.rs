//! Who may do what, at the stage in which they saw the case.

use gewu_model::entry::Payload;
use gewu_model::ids::Digest;
use gewu_model::place::{GridCertainty, GridRef, MAX_REACH_MM};
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::SetAside;

use crate::story::{
    Story, Who, check, check_request, close, dispatch, file, handle, note, rate, report,
    supplement, take, verify, verify_request,
};

struct Scene {
    story: Story,
    wang: Who,
    zhao: Who,
    li: Who,
}

/// Wang has reported; zhao inspects, li works for drainage.
fn scene() -> Scene {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    let li = story.staff("li", "crew", Some("drainage"));
    story.opens(wang);
    Scene {
        story,
        wang,
        zhao,
        li,
    }
}

#[test]
fn the_whole_loop_is_let_in() {
    let Scene {
        mut story,
        zhao,
        li,
        ..
    } = scene();
    let asked = story.instructs(verify_request(&["zhao"]));
    let found = story.draft(zhao, verify()).answering(asked);
    story.writes(&found);
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    for work in [take(), handle()] {
        let work = story.draft(li, work).answering(sent);
        story.writes(&work);
    }
    let asked = story.instructs(check_request(&["zhao"]));
    let checked = story.draft(zhao, check()).answering(asked);
    story.writes(&checked);
    story.instructs(close());
    assert_eq!(story.case.changes.len(), 11);
    assert!(story.case.fates.is_empty());
}

#[test]
fn a_handler_does_not_check_the_own_work() {
    let Scene { mut story, .. } = scene();
    // A person with two phones: one for either role.
    let works = story.staff("both", "crew", Some("drainage"));
    let inspects = story.staff("both", "inspector", None);
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let done = story.draft(works, handle()).answering(sent);
    story.writes(&done);
    let asked = story.instructs(check_request(&["both"]));
    let own = story.draft(inspects, check()).answering(asked);
    story.fails(&own, SetAside::Separation);
}

#[test]
fn a_crew_does_not_check() {
    let Scene { mut story, li, .. } = scene();
    story.instructs(file());
    story.instructs(dispatch("drainage"));
    let asked = story.instructs(check_request(&["zhao", "li"]));
    let checked = story.draft(li, check()).answering(asked);
    story.fails(&checked, SetAside::NotPermitted);
    story.writer(li).renews_actor();
    let honest = story.draft(li, note());
    story.writes(&honest);
}

#[test]
fn who_was_not_asked_does_not_check() {
    let Scene {
        mut story, wang, ..
    } = scene();
    story.instructs(file());
    story.instructs(dispatch("drainage"));
    let asked = story.instructs(check_request(&["zhao"]));
    let checked = story.draft(wang, check()).answering(asked);
    story.fails(&checked, SetAside::NotPermitted);
}

#[test]
fn a_unit_that_was_not_sent_does_not_handle() {
    let Scene { mut story, .. } = scene();
    let sun = story.staff("sun", "crew", Some("roads"));
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let done = story.draft(sun, handle()).answering(sent);
    story.fails(&done, SetAside::NotPermitted);
}

#[test]
fn only_the_reporter_supplements_and_rates() {
    let Scene {
        mut story,
        wang,
        zhao,
        ..
    } = scene();
    let foreign = story.draft(zhao, supplement());
    story.fails(&foreign, SetAside::NotPermitted);
    let closed = story.instructs(close());
    let foreign = story.draft(zhao, rate(1)).answering(closed);
    story.fails(&foreign, SetAside::NotPermitted);
    let own = story.draft(wang, rate(5)).answering(closed);
    story.writes(&own);
}

#[test]
fn an_answer_needs_its_question() {
    let Scene {
        mut story,
        wang,
        zhao,
        ..
    } = scene();
    let report = story.case.changes[1].hash;
    let before = story.heads();
    let asked = story.instructs(verify_request(&["zhao"]));
    let nothing = story.draft(zhao, verify());
    let an_entry = story.draft(zhao, verify()).answering(report);
    let unseen = story.draft_upon(zhao, verify(), &before).answering(asked);
    for answer in [nothing, an_entry, unseen] {
        story.fails(&answer, SetAside::Answers);
    }
    let by_the_way = story.draft(wang, note()).answering(asked);
    story.writes(&by_the_way);
}

#[test]
fn a_city_s_stage_rule_holds_where_the_author_saw_the_case() {
    let Scene {
        mut story, zhao, ..
    } = scene();
    let staged = br#"{"format":"gewu-policy/1","separation":true,"outside_duty_grid":"block",
        "rules":[{"roles":["inspector"],"kinds":["note","report"],"relation":"anyone"}],
        "stages":[{"kinds":["note"],"in":["reported"]}]}"#;
    story.pins(staged);
    let seen_open = story.draft(zhao, note());
    let filed = story.instructs(file());
    let seen_filed = story.draft_upon(zhao, note(), &[filed]);
    story.fails(&seen_filed, SetAside::Stage);
    story.writes(&seen_open);
}

#[test]
fn a_case_whose_policy_the_server_has_lost_is_not_guessed_at() {
    let Scene {
        mut story, zhao, ..
    } = scene();
    let draft = story.draft(zhao, note());
    let signed = story.sign(&draft);
    let policies = std::mem::take(&mut story.rules.policies);
    assert_eq!(story.offers(&signed), Judgement::Pending);
    story.rules.policies = policies;
    story.accepts(&signed);
}

const BLOCKING: &[u8] =
    br#"{"format":"gewu-policy/1","separation":true,"outside_duty_grid":"block",
    "rules":[{"roles":["inspector"],"kinds":["report"],"relation":"anyone"}]}"#;

#[test]
fn a_report_from_outside_the_own_duty_grid_is_blocked_where_policy_says_so() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let root = story.root();
    let root = story.sign_root(wang, &root);
    story.accepts(&root);
    story.pins(BLOCKING);
    let at = |certainty, level: Option<&str>, accuracy_mm| {
        let mut payload = report();
        if let Payload::Report(report) = &mut payload {
            report.position.accuracy_mm = accuracy_mm;
            report.grid = Some(GridRef {
                unit: "U9".into(),
                duty: level.is_none().then(|| "D9".into()),
                road: None,
                pack: Digest([7; 32]),
                certainty,
                border_mm: 2_000,
                level: level.map(str::to_owned),
            });
        }
        payload
    };
    for elsewhere in [
        at(GridCertainty::Certain, None, Some(1_000)),
        at(GridCertainty::Unknown, None, None),
        // Neither a circle of nothing nor one that covers a district is an excuse.
        at(GridCertainty::Border, None, Some(0)),
        at(GridCertainty::Border, None, Some(MAX_REACH_MM + 1)),
    ] {
        let draft = story.draft(wang, elsewhere);
        story.fails(&draft, SetAside::OutsideDutyGrid);
    }
    let perhaps_inside = at(GridCertainty::Border, None, Some(MAX_REACH_MM));
    let draft = story.draft(wang, perhaps_inside);
    story.writes(&draft);
}

/// The device has applied the rule with the map that it had.
#[test]
fn a_report_without_a_unit_grid_passes_the_duty_rule() {
    for level in [None, Some("community")] {
        let mut story = Story::new();
        let wang = story.staff("wang", "inspector", None);
        let root = story.root();
        let root = story.sign_root(wang, &root);
        story.accepts(&root);
        story.pins(BLOCKING);
        let mut payload = report();
        if let Payload::Report(report) = &mut payload {
            report.grid = level.map(|level: &str| GridRef {
                unit: "A1".into(),
                duty: None,
                road: None,
                pack: Digest([7; 32]),
                certainty: GridCertainty::Border,
                border_mm: 2_000,
                level: Some(level.to_owned()),
            });
        }
        let draft = story.draft(wang, payload);
        story.writes(&draft);
    }
}

#[test]
fn nobody_fills_a_case() {
    let Scene {
        mut story,
        wang,
        zhao,
        ..
    } = scene();
    story.limits.per_key = 4;
    for _ in 0..2 {
        let draft = story.draft(wang, note());
        story.writes(&draft);
    }
    let fifth = story.draft(wang, note());
    story.fails(&fifth, SetAside::Quota);
    story.writer(wang).renews_actor();
    let fifth = story.draft(wang, note());
    story.fails(&fifth, SetAside::Quota);
    let another = story.draft(zhao, note());
    story.writes(&another);
    story.limits.per_case = story.case.changes.len();
    let another = story.draft(zhao, note());
    story.fails(&another, SetAside::Quota);
    story.instructs(close());
}

#[test]
fn a_payload_keeps_its_bounds() {
    let Scene {
        mut story, wang, ..
    } = scene();
    let closed = story.instructs(close());
    let honest = story.draft(wang, rate(5)).answering(closed);
    let six = story.draft(wang, rate(6)).answering(closed);
    let mut junk = honest.clone();
    junk.entry.payload = b"\x9f\xff".to_vec();
    for bad in [six, junk] {
        story.fails(&bad, SetAside::Payload);
    }
    story.writes(&honest);
}

#[test]
fn what_a_newer_app_wrote_is_kept() {
    let Scene {
        mut story, wang, ..
    } = scene();
    let honest = story.draft(wang, note());
    let mut kind = honest.clone();
    kind.entry.header.kind = gewu_model::entry::Kind::from_name("levitate");
    let mut version = honest.clone();
    version.entry.header.version = 99;
    for newer in [kind, version] {
        let newer = story.sign(&newer);
        assert_eq!(story.offers(&newer), Judgement::Pending);
    }
    story.writes(&honest);
}

#[test]
fn an_entry_without_its_header_is_no_entry() {
    let Scene {
        mut story, wang, ..
    } = scene();
    let mut change = story.draft(wang, note()).plain();
    if let gewu_model::change::Body::Entry { fields, .. } = &mut change.body {
        fields.retain(|(name, _)| name != "cert");
    }
    let signed = story.sign_plain(wang, &change);
    story.sets_aside(&signed, SetAside::Payload);
}
