//! What starts, moves and ends due times, event by event.

use gewu_model::entry::{
    Asked, Body, Dispatch, FieldKind, Forward, InstructionKind, LinkCase, Order, Redo,
    Relationship, Resume, Rework, SpotCheck,
};
use gewu_model::fold::{CaseView, ClockChange, Reason, Rules, fold_by};
use gewu_model::ids::CaseId;
use gewu_model::time::Millis;

use crate::entries::{Author, Names, entry, field};
use crate::story::{CHEN, Found, LI, LI_OTHER_PHONE, SUN, Story, WANG};

const CONFIRMED: Rules<'static> = Rules {
    confirm: true,
    ..Rules::BUILT_IN
};

fn view(story: &Story) -> CaseView {
    story.world.view(story.world.server)
}

/// What a row does to clocks, with the questions that it is about.
fn events(story: &Story, view: &CaseView, row: usize) -> Vec<(usize, ClockChange)> {
    let hash = story.world.rows[row].hash;
    let own = view.clock_events().iter().filter(|event| event.at == hash);
    own.map(|event| (event.question, event.what.clone()))
        .collect()
}

#[test]
fn whoever_an_instruction_names_gets_its_limit() {
    let limit = || Some("3工作日".to_owned());
    let asked = |person: &str| Asked {
        limit: limit(),
        ..Asked::of(vec![person.into()])
    };
    let mut story = Story::reported();
    let gives = |story: &mut Story, body: Body| {
        let kind = body.kind();
        let row = story.world.instruct(body);
        let named = events(story, &view(story), row);
        let limits = named.iter().filter_map(|(_, what)| match what {
            ClockChange::Asked { limit, .. } => Some(limit.as_deref()),
            _ => None,
        });
        let limits: Vec<_> = limits.collect();
        assert!(!limits.is_empty(), "{kind:?}");
        assert!(
            limits.iter().all(|limit| *limit == Some("3工作日")),
            "{kind:?}: {limits:?}"
        );
    };
    gives(&mut story, Body::VerifyRequest(asked("wang")));
    let redo = Redo {
        persons: vec!["chen".into()],
        limit: limit(),
        ..Redo::default()
    };
    gives(&mut story, Body::RedoRequest(redo));
    story.file();
    let dispatch = Dispatch {
        limit: limit(),
        ..Dispatch::to("drainage".into())
    };
    gives(&mut story, Body::Dispatch(dispatch));
    let forward = Forward {
        unit: "roads".into(),
        note: None,
        from: None,
        limit: limit(),
    };
    gives(&mut story, Body::Forward(forward));
    story.dispatch(&["lamps"]);
    story.plain(InstructionKind::Suspend);
    let resume = Resume {
        limit: limit(),
        ..Resume::default()
    };
    gives(&mut story, Body::Resume(resume));
    gives(&mut story, Body::CheckRequest(asked("wang")));
    let drawn = SpotCheck {
        persons: vec!["chen".into()],
        limit: limit(),
        ..SpotCheck::default()
    };
    gives(&mut story, Body::SpotCheck(drawn));
    let rework = Rework {
        lead: "roads".into(),
        note: None,
        limit: limit(),
        reason: None,
    };
    gives(&mut story, Body::Rework(rework));
    let order = Order {
        persons: vec!["wang".into()],
        limit: limit(),
        ..Order::default()
    };
    gives(&mut story, Body::Order(order));
}

#[test]
fn ties_bring_and_take_times_and_a_case_is_joined_once() {
    use ClockChange::{Joined, Loosened, Outside, Parted};
    use Relationship::{DuplicateOf, Nothing, Related};
    let mut story = Story::filed();
    let mut says = |body: Body| {
        let row = story.world.instruct(body);
        let all = events(&story, &view(&story), row).into_iter();
        let of_case = all.filter(|(question, _)| *question == 0);
        of_case.map(|(_, what)| what).collect::<Vec<_>>()
    };
    let tie = |relation, other: u8, due: Option<i64>| {
        Body::Link(LinkCase {
            other: CaseId([other; 16]),
            relation,
            request: None,
            external_due: due.map(Millis),
            note: None,
        })
    };
    let outside = |due| Outside { due: Millis(due) };
    let loosened = |due: Option<i64>| Loosened {
        due: due.map(Millis),
    };
    assert_eq!(says(tie(DuplicateOf, 7, Some(50))), [outside(50), Joined]);
    assert_eq!(says(tie(DuplicateOf, 7, None)), []);
    assert_eq!(says(tie(DuplicateOf, 8, Some(90))), []);
    assert_eq!(says(tie(Related, 9, Some(40))), [outside(40)]);
    assert_eq!(says(tie(Nothing, 9, None)), [loosened(Some(50))]);
    assert_eq!(says(tie(Nothing, 7, None)), [loosened(Some(90))]);
    assert_eq!(says(tie(Nothing, 8, None)), [loosened(None), Parted]);
    let sent = |due| {
        Body::Dispatch(Dispatch {
            external_due: Some(Millis(due)),
            ..Dispatch::to("drainage".into())
        })
    };
    assert_eq!(says(sent(70)), [outside(70)]);
    assert_eq!(says(sent(70)), []);
    assert_eq!(says(sent(80)), [], "a later one than is known");
    assert_eq!(says(sent(60)), [outside(60)]);
}

#[test]
fn a_case_that_is_opened_again_says_so() {
    let mut story = Story::filed();
    let closed = story.close();
    let opened = story.plain(InstructionKind::Reopen);
    let view = view(&story);
    assert_eq!(events(&story, &view, closed), [(0, ClockChange::Closed)]);
    assert_eq!(events(&story, &view, opened), [(0, ClockChange::Reopened)]);
}

#[test]
fn only_findings_and_words_that_count_answer() {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang", "chen"]);
    story.everyone_pulls();
    let lighter = story.verify(WANG, Found::Good, asked);
    let heavier = story.verify(CHEN, Found::Bad, asked);
    story.push(WANG);
    story.push(CHEN);
    let seen = view(&story);
    assert_eq!(events(&story, &seen, lighter), []);
    assert_eq!(events(&story, &seen, heavier), [(1, ClockChange::Answered)]);

    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    // A word without the work in hand says nothing about it.
    let early = story.write(LI_OTHER_PHONE, FieldKind::Confirm, Some(task));
    story.push(LI_OTHER_PHONE);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.everyone_pulls();
    let confirm = story.write(LI, FieldKind::Confirm, Some(task));
    story.push(LI);
    let seen = fold_by(&story.world.rows_of(story.world.server), &CONFIRMED);
    assert_eq!(events(&story, &seen, early), []);
    assert_eq!(events(&story, &seen, handle), [(1, ClockChange::Answered)]);
    assert_eq!(
        events(&story, &seen, confirm),
        [(1, ClockChange::Confirmed)]
    );
}

/// A case that has ended is opened again as a case: the look that this ends is another matter.
#[test]
fn a_case_that_somebody_looks_at_is_opened_again_and_not_the_look() {
    let mut story = Story::filed();
    story.close();
    story.ask_check(&["wang"]);
    let opened = story.plain(InstructionKind::Reopen);
    let expected = [(1, ClockChange::Ended), (0, ClockChange::Reopened)];
    assert_eq!(events(&story, &view(&story), opened), expected);
}

#[test]
fn work_that_the_centre_knew_when_it_took_the_case_back_answers_nothing() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.push(LI);
    let answered = [(1, ClockChange::Answered)];
    assert_eq!(events(&story, &view(&story), handle), answered);
    story.recall();
    story.is(handle, "effective", Reason::Reassigned);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
    assert_eq!(events(&story, &view(&story), handle), []);
}

#[test]
fn help_is_that_of_the_unit_that_helps_whoever_of_it_did_it() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    let names = Names::units(&["team-3", "roads"]);
    story.instruct(InstructionKind::Assign, &names);
    story.everyone_pulls();
    let own = story.handle(SUN, task);
    story.push(SUN);
    let team = Author {
        unit: Some("team-3"),
        ..story.world.phones[SUN].author
    };
    let theirs = field(FieldKind::Handle, 0);
    let theirs = entry(&team, &theirs, Some(story.world.rows[task].hash));
    let theirs = story.world.write_entry(SUN, theirs);
    story.push(SUN);
    for handle in [own, theirs] {
        let unit = Some("roads".into());
        let expected = [(1, ClockChange::Supported { unit })];
        assert_eq!(events(&story, &view(&story), handle), expected);
    }
}
