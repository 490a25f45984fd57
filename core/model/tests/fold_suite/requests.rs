//! Requests: whose are heard, how long they wait, and what the centre's word makes of them.

use gewu_model::entry::{FieldKind, InstructionKind, Kind};
use gewu_model::fold::{Reason, Rules};
use gewu_model::policy::{Capacity, Policy};

use crate::entries::{Author, Names, entry, field};
use crate::story::{CHEN, LI, LI_OTHER_PHONE, SUN, Story, WANG};

#[test]
fn a_team_asks_for_more_time_for_the_work_that_it_has_and_no_other_unit_does() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.instruct(InstructionKind::Assign, &Names::units(&["team-3"]));
    story.everyone_pulls();
    let team = Author {
        unit: Some("team-3"),
        ..story.world.phones[LI].author
    };
    let asks = field(FieldKind::ExtendRequest, 0);
    let asks = entry(&team, &asks, Some(story.world.rows[task].hash));
    let theirs = story.world.write_entry(LI, asks);
    let foreign = story.write(SUN, FieldKind::ExtendRequest, Some(task));
    story.push(LI);
    story.push(SUN);
    story.is(theirs, "effective", Reason::Request);
    story.is(foreign, "superseded", Reason::NotAsked);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

#[test]
fn whoever_is_asked_to_look_asks_for_more_time_and_nobody_else_does() {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.everyone_pulls();
    let own = story.write(WANG, FieldKind::ExtendRequest, Some(asked));
    let foreign = story.write(CHEN, FieldKind::ExtendRequest, Some(asked));
    story.push(WANG);
    story.push(CHEN);
    story.is(own, "effective", Reason::Request);
    story.is(foreign, "superseded", Reason::NotAsked);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

#[test]
fn to_reopen_a_case_that_goes_on_is_a_request_like_any_other() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let foreign = story.write(CHEN, FieldKind::ReopenRequest, Some(task));
    let own = story.write(LI, FieldKind::ReopenRequest, Some(task));
    story.push(CHEN);
    story.push(LI);
    story.is(foreign, "superseded", Reason::NotAsked);
    story.is(own, "effective", Reason::Request);
    story.close();
    story.is(own, "effective", Reason::Lapsed);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

/// Somebody only looks at it: whatever else is asked there is about that look.
#[test]
fn in_a_case_that_has_ended_anybody_asks_to_reopen_it_and_for_nothing_else() {
    let mut story = Story::filed();
    story.close();
    let look = story.ask_check(&["wang"]);
    story.everyone_pulls();
    let reopen = story.write(CHEN, FieldKind::ReopenRequest, Some(look));
    let foreign = story.write(CHEN, FieldKind::ExtendRequest, Some(look));
    let own = story.write(WANG, FieldKind::ExtendRequest, Some(look));
    story.push(CHEN);
    story.push(WANG);
    story.is(reopen, "effective", Reason::Request);
    story.is(foreign, "superseded", Reason::NotAsked);
    story.is(own, "effective", Reason::Request);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

#[test]
fn a_reopening_settles_what_asked_for_it_before_and_nothing_else() {
    let mut story = Story::filed();
    let closed = story.close();
    story.everyone_pulls();
    let asked = story.write(CHEN, FieldKind::ReopenRequest, Some(closed));
    let appeal = story.write(LI, FieldKind::Appeal, Some(closed));
    story.push(CHEN);
    story.push(LI);
    let opened = story.plain(InstructionKind::Reopen);
    story.pull(WANG);
    let anew = story.write(WANG, FieldKind::ReopenRequest, Some(opened));
    story.push(WANG);
    story.is(asked, "effective", Reason::Lapsed);
    story.is(appeal, "effective", Reason::Request);
    story.is(anew, "effective", Reason::Request);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

#[test]
fn the_centre_grants_what_was_asked_of_it_and_nothing_else() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let foreign = story.write(SUN, FieldKind::SendBackRequest, Some(task));
    let orphan = story.write(WANG, FieldKind::Verify, Some(task));
    let note = story.write(LI, FieldKind::Note, Some(task));
    let late = story.write(LI_OTHER_PHONE, FieldKind::ExtendRequest, Some(task));
    for phone in [SUN, WANG, LI] {
        story.push(phone);
    }
    story.recall();
    story.push(LI_OTHER_PHONE);
    for row in [foreign, orphan, note, late] {
        let names = Names {
            request: Some(story.world.rows[row].hash),
            granted: true,
            ..Names::default()
        };
        story.instruct(InstructionKind::Decide, &names);
    }
    story.is(foreign, "superseded", Reason::NotAsked);
    story.is(orphan, "orphan", Reason::WrongQuestion);
    story.is(note, "effective", None);
    story.is(late, "late", Reason::Settled);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
}

#[test]
fn what_answers_the_centre_s_last_word_is_offered_once_there_is_one() {
    let policy = Policy::built_in();
    let chen = Capacity {
        user: "chen".into(),
        role: "inspector".into(),
        unit: None,
    };
    let offered = |story: &Story| {
        let may = story.world.view(story.world.server).may(&chen, &policy);
        [FieldKind::ReopenRequest, FieldKind::Appeal, FieldKind::Rate]
            .map(|kind| may.contains(&Kind::Field(kind)))
    };
    let mut story = Story::reported();
    assert_eq!(offered(&story), [false; 3]);
    // Nothing is open in a case that was closed.
    story.close();
    assert_eq!(offered(&story), [true; 3]);
}
