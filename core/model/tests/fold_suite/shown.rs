//! What a case shows beside its stage: confirmation, tree, tasks, clocks, facts, and what one may do.

use gewu_model::entry::{
    Body, Dispatch, Extend, FieldKind, InstructionKind, Kind, LinkCase, Payload, Rate,
    Relationship, SeenState, Suspend,
};
use gewu_model::fold::{
    Addressee, CaseView, ClockChange, QuestionKind, Reason, Rules, Stage, fold_by,
};
use gewu_model::ids::CaseId;
use gewu_model::policy::{Capacity, Policy};
use gewu_model::time::Millis;

use crate::entries::{Names, entry};
use crate::story::{CHEN, LI, LI_OTHER_PHONE, SUN, Story};

const CONFIRMED: Rules<'static> = Rules {
    confirm: true,
    ..Rules::BUILT_IN
};

fn view(story: &Story) -> CaseView {
    story.world.view(story.world.server)
}

#[test]
fn where_the_policy_has_the_step_work_counts_once_its_unit_confirmed_it() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.everyone_pulls();
    // A word without the work in hand says nothing about it.
    let early = story.write(LI_OTHER_PHONE, FieldKind::Confirm, Some(task));
    story.push(LI_OTHER_PHONE);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Worked);
    story.is(early, "effective", Reason::Supporting);
    story.everyone_pulls();
    let helper = story.write(SUN, FieldKind::Confirm, Some(task));
    story.push(SUN);
    story.stands(Stage::Worked);
    story.is(helper, "effective", Reason::Supporting);
    story.everyone_pulls();
    let confirm = story.write(LI, FieldKind::Confirm, Some(task));
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(confirm, "effective", None);
    story.is(handle, "effective", None);
    assert_eq!(story.broken(&CONFIRMED), [""; 0]);
    let rows = story.world.rows_of(story.world.server);
    let by = fold_by(&rows, &CONFIRMED).work.unwrap().confirmed_by;
    assert_eq!(by, Some(story.world.rows[confirm].hash));
    // Without the step the handle alone moves the case.
    assert_eq!(view(&story).stage, Stage::Handled);
}

#[test]
fn a_confirmation_that_comes_after_the_close_is_late() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    story.everyone_pulls();
    let confirm = story.write(LI, FieldKind::Confirm, Some(task));
    story.close();
    story.push(LI);
    story.stands(Stage::Closed);
    story.is(confirm, "late", Reason::Settled);
    assert_eq!(story.broken(&CONFIRMED), [""; 0]);
}

#[test]
fn the_tree_names_who_is_accountable_at_every_level() {
    let mut story = Story::filed();
    story.dispatch(&["drainage", "lamps"]);
    story.forward("roads");
    story.forward("team-3");
    let back = story.instruct(InstructionKind::SendBack, &Names::units(&["team-3"]));
    let view = view(&story);
    let tree: Vec<_> = view
        .nodes
        .iter()
        .map(|node| {
            (
                node.unit.as_str(),
                node.parent,
                node.assist,
                node.until.is_some(),
            )
        })
        .collect();
    let expected = [
        ("drainage", None, false, false),
        ("lamps", None, true, false),
        ("roads", Some(0), false, false),
        ("team-3", Some(2), false, true),
    ];
    assert_eq!(tree, expected);
    assert_eq!(view.nodes[3].until, Some(story.world.rows[back].hash));
    assert_eq!(view.lead().map(|unit| unit.as_str()), Some("drainage"));
    assert_eq!(view.facts.returned_by, ["team-3".into()]);
    let open = view.question.unwrap();
    assert_eq!(open.units, ["drainage".into(), "roads".into()]);
    assert_eq!(open.answer_to, story.world.rows[back].hash);
}

#[test]
fn tasks_are_received_read_done_and_taken_back() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.assign("li");
    story.everyone_pulls();
    for state in [1, 0] {
        story.world.write(LI, FieldKind::Seen, state, Some(task));
    }
    story.push(LI);
    let seen = view(&story);
    let mine: Vec<_> = seen.tasks_of(&"li".into(), &["drainage".into()]).collect();
    assert_eq!(mine.len(), 2, "by name and through the unit");
    // The farthest receipt stands, whatever came after it.
    assert!(mine.iter().all(|task| task.seen == Some(SeenState::Read)));
    let handle = story.handle(LI, task);
    story.push(LI);
    let done = view(&story);
    assert_eq!(done.tasks_of(&"li".into(), &["drainage".into()]).count(), 0);
    let hash = Some(story.world.rows[handle].hash);
    assert!(done.tasks.iter().all(|task| task.done_by == hash));
    let recall = story.recall();
    let hash = Some(story.world.rows[recall].hash);
    let taken = view(&story);
    let unit = Addressee::Unit("drainage".into());
    let task = taken.tasks.iter().find(|task| task.who == unit).unwrap();
    assert_eq!(task.cancelled_by, hash);
}

#[test]
fn a_person_who_is_asked_no_more_has_a_cancelled_task() {
    let mut story = Story::reported();
    story.ask_verify(&["wang"]);
    let other = story.ask_verify(&["chen"]);
    let view = view(&story);
    let of = |name: &str| {
        let who = Addressee::Person(name.into());
        view.tasks.iter().find(|task| task.who == who).unwrap()
    };
    assert_eq!(of("wang").cancelled_by, Some(story.world.rows[other].hash));
    assert!(of("chen").is_open());
}

/// The dispatch, more time, a pause, its end, and the work: what a due time is made of.
#[test]
fn clocks_start_stop_and_pause_at_named_changes() {
    let mut story = Story::filed();
    let dispatch = story.world.instruct(Body::Dispatch(Dispatch {
        limit: Some("2工作日".into()),
        bundle_limit: Some("5天".into()),
        ..Dispatch::to("drainage".into())
    }));
    let extend = story.world.instruct(Body::Extend(Extend {
        request: None,
        limit: "1工作日".into(),
        unit: None,
        note: None,
    }));
    let until = Some(Millis(86_400_000));
    let suspend = story.world.instruct(Body::Suspend(Suspend {
        until,
        ..Suspend::default()
    }));
    let resume = story.plain(InstructionKind::Resume);
    story.everyone_pulls();
    let arrived = story.write(LI, FieldKind::Arrived, Some(resume));
    let handle = story.handle(LI, resume);
    story.push(LI);
    let view = view(&story);
    assert_eq!(view.nodes[0].extensions, 1);
    assert_eq!(view.facts.pauses.len(), 1);
    let pause = &view.facts.pauses[0];
    assert_eq!(
        (pause.until, pause.to),
        (until, Some(story.world.rows[resume].hash))
    );
    let drainage = || Addressee::Unit("drainage".into());
    let asked = |resumed| ClockChange::Asked {
        kind: QuestionKind::Dispatch,
        who: drainage(),
        assist: false,
        above: None,
        limit: Some("2工作日".into()),
        resumed,
    };
    let expected = [
        (dispatch, 1, asked(false)),
        (
            dispatch,
            1,
            ClockChange::Bundled {
                limit: "5天".into(),
            },
        ),
        (
            extend,
            1,
            ClockChange::Extended {
                unit: None,
                limit: "1工作日".into(),
            },
        ),
        (suspend, 1, ClockChange::Suspended { until }),
        (resume, 2, asked(true)),
        (
            arrived,
            2,
            ClockChange::Marked {
                kind: "arrived",
                unit: Some("drainage".into()),
            },
        ),
        (handle, 2, ClockChange::Answered),
    ];
    let found: Vec<_> = view
        .clock_events()
        .iter()
        .filter(|event| event.question > 0)
        .map(|event| {
            (
                story.world.number(&event.at),
                event.question,
                event.what.clone(),
            )
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn ties_ratings_and_due_times_from_elsewhere_are_facts() {
    let mut story = Story::filed();
    let link = |relation, due| {
        Body::Link(LinkCase {
            other: CaseId([7; 16]),
            relation,
            request: None,
            external_due: due,
            note: None,
        })
    };
    story
        .world
        .instruct(link(Relationship::DuplicateOf, Some(Millis(50))));
    story.world.instruct(Body::Dispatch(Dispatch {
        external_due: Some(Millis(90)),
        substitute_for: Some("owner".into()),
        ..Dispatch::to("drainage".into())
    }));
    let before = view(&story);
    assert_eq!(before.facts.ties.len(), 1);
    assert_eq!(before.facts.external_due, Some(Millis(50)));
    assert_eq!(before.facts.substitute_for, Some("owner".into()));
    story.world.instruct(link(Relationship::Nothing, None));
    let closed = story.close();
    story.pull(CHEN);
    let author = story.world.phones[CHEN].author;
    for score in [2, 5] {
        let rate = Payload::Rate(Rate { score, note: None });
        let hash = Some(story.world.rows[closed].hash);
        story.world.write_entry(CHEN, entry(&author, &rate, hash));
    }
    story.push(CHEN);
    let after = view(&story);
    assert!(after.facts.ties.is_empty());
    assert_eq!(after.facts.rating.map(|rating| rating.score), Some(5));
    assert_eq!(after.stage, Stage::Closed);
}

#[test]
fn what_one_may_do_follows_the_stage_and_the_question() {
    let policy = Policy::built_in();
    let who = |user: &str, role: &str, unit: Option<&str>| Capacity {
        user: user.into(),
        role: role.into(),
        unit: unit.map(Into::into),
    };
    let crew = who("li", "crew", Some("drainage"));
    let handle = Kind::Field(FieldKind::Handle);
    let mut story = Story::filed();
    assert!(!view(&story).may(&crew, &policy).contains(&handle));
    let task = story.dispatch(&["drainage"]);
    let may = view(&story).may(&crew, &policy);
    assert!(may.contains(&handle) && may.contains(&Kind::Field(FieldKind::SendBackRequest)));
    assert!(!may.contains(&Kind::Field(FieldKind::Check)));
    assert!(!may.iter().any(|kind| matches!(kind, Kind::Instruction(_))));
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    story.ask_check(&["wang", "li"]);
    let check = Kind::Field(FieldKind::Check);
    let inspector = |user| who(user, "inspector", None);
    assert!(
        view(&story)
            .may(&inspector("wang"), &policy)
            .contains(&check)
    );
    // The same person, on another phone and in another role.
    assert!(!view(&story).may(&inspector("li"), &policy).contains(&check));
}

#[test]
fn requests_wait_until_they_are_decided() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let asked = story.write(LI, FieldKind::ExtendRequest, Some(task));
    let before = view(&story).token();
    story.push(LI);
    let waiting = view(&story);
    let hash = story.world.rows[asked].hash;
    assert!(waiting.pending_requests().map(|it| it.hash).eq([hash]));
    // Whoever decides has to know of it; a mark would not have mattered.
    assert_ne!(waiting.token(), before);
    story.world.instruct(Body::Extend(Extend {
        request: Some(hash),
        limit: "1工作日".into(),
        unit: None,
        note: None,
    }));
    let decided = view(&story);
    assert_eq!(decided.pending_requests().count(), 0);
    assert_eq!(decided.entry(&hash).unwrap().reason, Some(Reason::Granted));
}

/// Where a policy gives something to anybody at any stage, the case itself still has to ask for it.
#[test]
fn whatever_the_policy_gives_the_case_has_to_ask_for_it() {
    let mut body: serde_json::Value = serde_json::from_slice(gewu_model::policy::BUILT_IN).unwrap();
    let lax = serde_json::json!({
        "roles": ["crew"], "kinds": ["handle", "check", "note", "urge"], "relation": "anyone",
    });
    body["rules"].as_array_mut().unwrap().push(lax);
    body["separation"]["on"] = false.into();
    let policy = Policy::from_json(body.to_string().as_bytes()).unwrap();
    let li = Capacity {
        user: "li".into(),
        role: "crew".into(),
        unit: Some("drainage".into()),
    };
    let may = |story: &Story| {
        let may = view(story).may(&li, &policy);
        [FieldKind::Handle, FieldKind::Check, FieldKind::Note]
            .map(|kind| may.contains(&Kind::Field(kind)))
    };
    let mut story = Story::filed();
    assert_eq!(may(&story), [false, false, true]);
    story.dispatch(&["drainage"]);
    assert_eq!(may(&story), [true, false, true]);
    story.ask_check(&["wang"]);
    assert_eq!(may(&story), [false, true, true]);
}

#[test]
fn views_are_written_alike_exactly_when_they_are() {
    let mut story = Story::filed();
    let filed = view(&story);
    assert_eq!(filed.canonical(), view(&story).canonical());
    story.dispatch(&["drainage"]);
    let sent = view(&story);
    assert_ne!(sent.canonical(), filed.canonical());
    let written: serde_json::Value = serde_json::from_slice(&sent.canonical()).unwrap();
    assert_eq!(written["stage"], "dispatched");
}
