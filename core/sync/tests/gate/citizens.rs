//! Citizens hold their own branch and a public status, and no more.

use gewu_model::entry::{Appeal, Payload};
use gewu_model::ids::ChangeHash;
use gewu_sync::gate::{Author, IssuedStatus};
use gewu_sync::verdict::SetAside;

use crate::story::{
    Story, Who, check, close, file, handle, note, rate, report, supplement, verify, verify_request,
    withdraw,
};

/// A citizen has reported.
fn scene() -> (Story, Who, Vec<ChangeHash>) {
    let mut story = Story::new();
    let mei = story.citizen();
    story.opens(mei);
    let own_branch = story.heads();
    (story, mei, own_branch)
}

fn offers(story: &mut Story, who: Who, behind: ChangeHash, may: &[&str]) {
    let Author::Citizen { offered, .. } = &mut story.writer(who).author else {
        panic!("a citizen")
    };
    offered.push(IssuedStatus {
        behind: Some(behind),
        may: may.iter().map(|may| (*may).to_owned()).collect(),
    });
}

#[test]
fn a_citizen_rates_what_the_public_status_names() {
    let (mut story, mei, own_branch) = scene();
    let filed = story.instructs(file());
    let closed = story.instructs(close());
    let rated = story
        .draft_upon(mei, rate(4), &own_branch)
        .answering(closed);
    story.fails(&rated, SetAside::Answers);
    offers(&mut story, mei, filed, &["supplement"]);
    offers(&mut story, mei, closed, &["rate"]);
    let rated = story.draft_upon(mei, rate(4), &own_branch).answering(filed);
    // It was told of, and not for that.
    story.fails(&rated, SetAside::Stage);
    let rated = story
        .draft_upon(mei, rate(5), &own_branch)
        .answering(closed);
    story.writes(&rated);
}

#[test]
fn the_public_status_stands_for_the_stage() {
    let (mut story, mei, own_branch) = scene();
    story.pins(
        br#"{"format":"gewu-policy/1","separation":true,"outside_duty_grid":"allow",
        "rules":[{"roles":["citizen"],"kinds":["rate","supplement"],"relation":"reporter"}],
        "stages":[{"kinds":["rate","supplement"],"in":["closed"]}]}"#,
    );
    let closed = story.instructs(close());
    offers(&mut story, mei, closed, &["rate"]);
    let unasked = story.draft_upon(mei, supplement(), &own_branch);
    story.fails(&unasked, SetAside::Stage);
    let rated = story.draft_upon(mei, rate(5), &own_branch);
    story.writes(&rated.answering(closed));
}

/// Nothing was decided yet that could be contested, whoever contests it.
#[test]
fn what_answers_the_centre_comes_after_its_first_word() {
    let (mut story, mei, own_branch) = scene();
    let zhao = story.staff("zhao", "inspector", None);
    let contests = || {
        Payload::Appeal(Appeal {
            reason: "mistaken".into(),
            against: None,
            note: None,
            photos: vec![],
        })
    };
    // Not a citizen's by the built-in rules: a citizen asks to reopen.
    let appeal = story.draft(mei, contests());
    story.fails(&appeal, SetAside::NotPermitted);
    let appeal = story.draft(zhao, contests());
    story.fails(&appeal, SetAside::Stage);
    story.writer(zhao).renews_actor();
    story.pins(
        br#"{"format":"gewu-policy/1","separation":true,"outside_duty_grid":"allow",
        "rules":[{"roles":["citizen","inspector"],"kinds":["appeal"],"relation":"anyone"}]}"#,
    );
    story.writer(mei).renews_actor();
    let appeal = story.draft_upon(mei, contests(), &own_branch);
    story.fails(&appeal, SetAside::Stage);
    let closed = story.instructs(close());
    // Now there is something, and it has to be named.
    let appeal = story.draft(zhao, contests());
    story.fails(&appeal, SetAside::Answers);
    story.writer(zhao).renews_actor();
    let appeal = story.draft(zhao, contests()).answering(closed);
    story.writes(&appeal);
}

#[test]
fn a_citizen_adds_and_takes_back_without_any_status() {
    let (mut story, mei, own_branch) = scene();
    story.instructs(file());
    let more = story.draft_upon(mei, supplement(), &own_branch);
    let more = story.writes(&more);
    let back = story.draft_upon(mei, withdraw(), &[more]);
    story.writes(&back);
}

#[test]
fn a_citizen_writes_no_internal_kind() {
    let (mut story, mei, _) = scene();
    let asked = story.instructs(verify_request(&["zhao"]));
    offers(
        &mut story,
        mei,
        asked,
        &["verify", "check", "handle", "note"],
    );
    for internal in [verify(), check(), handle(), note()] {
        let draft = story.draft(mei, internal).answering(asked);
        story.fails(&draft, SetAside::NotPermitted);
    }
}

#[test]
fn a_citizen_is_nobody_else() {
    let (mut story, mei, _) = scene();
    let honest = story.draft(mei, supplement());
    let mut as_inspector = honest.clone();
    as_inspector.entry.header.role = "inspector".into();
    let mut for_a_unit = honest.clone();
    for_a_unit.entry.header.unit = Some("drainage".into());
    let mut as_another = honest.clone();
    as_another.entry.header.by = "citizen-another".into();
    let mut unendorsed = honest.clone();
    unendorsed.entry.header.cert.0[0] ^= 1;
    for forged in [as_inspector, for_a_unit, as_another, unendorsed] {
        story.fails(&forged, SetAside::Author);
    }
    story.writes(&honest);
}

#[test]
fn a_citizen_does_not_write_into_another_s_case() {
    let (mut story, _, own_branch) = scene();
    let stranger = story.citizen();
    let more = story.draft_upon(stranger, supplement(), &own_branch);
    story.fails(&more, SetAside::NotPermitted);
    let report = story.draft_upon(stranger, report(), &own_branch);
    story.fails(&report, SetAside::SecondRoot);
}
