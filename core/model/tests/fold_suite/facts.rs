//! What the centre said of a case, and what of people's tasks follows from it.

use gewu_model::entry::{
    Asked, Body, DayWindow, Extend, FieldKind, InstructionKind, Ownership, Redo, Repin, SpotCheck,
    Supervise,
};
use gewu_model::fold::{Addressee, CaseView, ClockChange, Stage};
use gewu_model::ids::{Digest, UnitId};

use crate::entries::Names;
use crate::story::{CHEN, Found, LI, SUN, Story, WANG};

fn view(story: &Story) -> CaseView {
    story.world.view(story.world.server)
}

#[test]
fn what_the_centre_says_later_stands_beside_what_it_said_of_other_things() {
    let mut story = Story::filed();
    let watched = story.world.instruct(Body::Supervise(Supervise {
        units: vec!["drainage".into()],
        ..Supervise::default()
    }));
    let owns = |owner: Option<&str>, handler: Option<&str>| {
        Body::Ownership(Ownership {
            owner: owner.map(UnitId::from),
            handler: handler.map(UnitId::from),
            ..Ownership::default()
        })
    };
    story.world.instruct(owns(Some("roads"), Some("lamps")));
    story.world.instruct(owns(Some("drainage"), None));
    let policy = Repin {
        policy: Some(Digest([8; 32])),
        ..Repin::default()
    };
    let catalogue = Repin {
        catalogue: Some(Digest([9; 32])),
        edition: Some("2027".into()),
        ..Repin::default()
    };
    for repin in [policy, catalogue] {
        story.world.instruct(Body::Repin(repin));
    }
    let facts = view(&story).facts;
    assert_eq!(facts.supervised, [story.world.rows[watched].hash]);
    let owners = facts.owners.unwrap();
    assert_eq!(
        (owners.authority, owners.owner, owners.handler),
        (None, Some("drainage".into()), Some("lamps".into()))
    );
    let pinned = facts.pinned.unwrap();
    assert_eq!(
        (pinned.policy, pinned.catalogue, pinned.edition),
        (
            Some(Digest([8; 32])),
            Some(Digest([9; 32])),
            Some("2027".into())
        )
    );
}

#[test]
fn a_pause_ends_with_what_moves_the_case_and_not_with_a_word() {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    story.plain(InstructionKind::Suspend);
    story.plain(InstructionKind::Reply);
    assert_eq!(view(&story).facts.pauses[0].to, None);
    let resumed = story.plain(InstructionKind::Resume);
    let hash = Some(story.world.rows[resumed].hash);
    assert_eq!(view(&story).facts.pauses[0].to, hash);
    story.close();
    assert_eq!(view(&story).facts.pauses[0].to, hash, "it ended once");
}

#[test]
fn whoever_is_asked_to_look_is_told_the_part_of_the_day() {
    let window = || {
        Some(DayWindow {
            from_minute: 480,
            to_minute: 600,
        })
    };
    let asked = |person: &str| Asked {
        same_period: window(),
        ..Asked::of(vec![person.into()])
    };
    let redo = Redo {
        persons: vec!["chen".into()],
        same_period: window(),
        ..Redo::default()
    };
    let drawn = SpotCheck {
        persons: vec!["sun".into()],
        same_period: window(),
        ..SpotCheck::default()
    };
    let mut story = Story::reported();
    for (body, who) in [
        (Body::VerifyRequest(asked("wang")), "wang"),
        (Body::RedoRequest(redo), "chen"),
        (Body::CheckRequest(asked("li")), "li"),
        (Body::SpotCheck(drawn), "sun"),
    ] {
        let row = story.world.instruct(body);
        let (view, hash) = (view(&story), story.world.rows[row].hash);
        let task = view.tasks.iter().find(|task| task.since == hash).unwrap();
        assert_eq!(task.who, Addressee::Person(who.into()));
        assert_eq!(task.same_period, window(), "{who}");
    }
}

#[test]
fn extensions_are_those_of_the_unit_that_they_name() {
    let mut story = Story::filed();
    story.dispatch(&["drainage", "lamps"]);
    story.forward("roads");
    for unit in [None, Some("drainage"), Some("roads")] {
        story.world.instruct(Body::Extend(Extend {
            request: None,
            limit: "1工作日".into(),
            unit: unit.map(Into::into),
            note: None,
        }));
    }
    let extensions = |view: &CaseView| {
        let nodes = view.nodes.iter();
        nodes
            .map(|node| (node.unit.to_string(), node.extensions))
            .collect::<Vec<_>>()
    };
    let expected = [("drainage", 2), ("lamps", 0), ("roads", 1)];
    let expected = expected.map(|(unit, times)| (unit.to_owned(), times));
    assert_eq!(extensions(&view(&story)), expected);
}

/// A task is done by what answers it, not by a word beside it nor by what came too late.
#[test]
fn only_what_answers_a_task_does_it() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.everyone_pulls();
    story.write(LI, FieldKind::Progress, Some(task));
    story.push(LI);
    let done = |story: &Story, unit: &str| {
        let (view, who) = (view(story), Addressee::Unit(unit.into()));
        view.tasks
            .iter()
            .find(|task| task.who == who)
            .unwrap()
            .done_by
    };
    assert_eq!(done(&story, "drainage"), None);
    let late = story.handle(SUN, task);
    let handle = story.handle(LI, task);
    story.push(LI);
    assert_eq!(
        done(&story, "drainage"),
        Some(story.world.rows[handle].hash)
    );
    assert_eq!(done(&story, "roads"), None);
    story.close();
    story.push(SUN);
    story.is(late, "late", gewu_model::fold::Reason::Settled);
    assert_eq!(done(&story, "roads"), None);

    let mut story = Story::reported();
    let asked = story.instruct(InstructionKind::VerifyRequest, &Names::persons(&["wang"]));
    story.everyone_pulls();
    // Somebody else's finding, and one of another kind.
    story.verify(CHEN, Found::Good, asked);
    story.check(WANG, Found::Good, asked);
    story.push(CHEN);
    story.push(WANG);
    let view = view(&story);
    assert_eq!(view.tasks.len(), 1);
    assert!(view.tasks[0].is_open());
}

/// Whoever gave a task back is above nobody: the next to give it back does so to the centre.
#[test]
fn a_unit_that_gave_its_part_back_holds_nothing_up() {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    story.forward("roads");
    story.instruct(InstructionKind::SendBack, &Names::units(&["roads"]));
    assert_eq!(view(&story).stage, Stage::Dispatched);
    story.instruct(InstructionKind::SendBack, &Names::units(&["drainage"]));
    assert_eq!(view(&story).stage, Stage::Filed);
    assert!(view(&story).question.is_none());
}

#[test]
fn a_team_stands_under_the_unit_that_it_helps() {
    let mut story = Story::filed();
    story.dispatch(&["drainage", "roads", "lamps"]);
    let names = Names {
        units: vec!["team-3".into(), "roads".into()],
        ..Names::default()
    };
    story.instruct(InstructionKind::Assign, &names);
    let team = Addressee::Team("team-3".into());
    let view = view(&story);
    let task = view.tasks.iter().find(|task| task.who == team).unwrap();
    assert!(task.assist);
    let named = view
        .clock_events()
        .iter()
        .find_map(|event| match &event.what {
            ClockChange::Asked { who, above, .. } if *who == team => Some(above.clone()),
            _ => None,
        });
    assert_eq!(named.unwrap(), Some("roads".into()));
}

/// A round begins with somebody who is sent, and asking to look once more begins none.
#[test]
fn rounds_are_counted_by_those_who_are_sent() {
    let rounds = |story: &Story| view(story).round;
    let mut story = Story::filed();
    story.instruct(InstructionKind::RedoRequest, &Names::persons(&["wang"]));
    story.dispatch(&["drainage"]);
    assert_eq!(rounds(&story), 1);
    story.dispatch(&["roads"]);
    assert_eq!(rounds(&story), 1);
    story.rework("drainage");
    assert_eq!(rounds(&story), 2);
}

#[test]
fn whoever_is_asked_to_look_is_taken_off_by_no_unit() {
    let mut story = Story::filed();
    story.ask_check(&["wang"]);
    story.instruct(InstructionKind::Unassign, &Names::persons(&["wang"]));
    let open = view(&story).question.unwrap();
    assert_eq!(open.persons, ["wang".into()]);
}
