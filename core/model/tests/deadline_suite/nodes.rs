//! The clocks of the units of a dispatch, told step by step.

use gewu_model::deadline::clocks::{CaseClocks, EndKind};
use gewu_model::fold::{Addressee, ClockChange, QuestionKind};

use crate::clocks::Story;

/// A unit is asked for work.
pub(crate) fn asked(unit: &str, above: Option<&str>, limit: Option<&str>) -> ClockChange {
    ClockChange::Asked {
        kind: QuestionKind::Dispatch,
        who: Addressee::Unit(unit.into()),
        assist: false,
        above: above.map(Into::into),
        limit: limit.map(str::to_owned),
        resumed: false,
    }
}

fn helping(unit: &str) -> ClockChange {
    match asked(unit, None, None) {
        ClockChange::Asked { kind, who, .. } => ClockChange::Asked {
            kind,
            who,
            assist: true,
            above: None,
            limit: None,
            resumed: false,
        },
        other => other,
    }
}

fn again(unit: &str, above: Option<&str>) -> ClockChange {
    match asked(unit, above, None) {
        ClockChange::Asked {
            kind, who, above, ..
        } => ClockChange::Asked {
            kind,
            who,
            assist: false,
            above,
            limit: None,
            resumed: true,
        },
        other => other,
    }
}

fn extended(unit: Option<&str>, limit: &str) -> ClockChange {
    ClockChange::Extended {
        unit: unit.map(Into::into),
        limit: limit.to_owned(),
    }
}

fn released(unit: &str) -> ClockChange {
    ClockChange::Released {
        who: Addressee::Unit(unit.into()),
    }
}

/// `unit due used end` of each clock for work.
pub(crate) fn words(story: &Story, clocks: &CaseClocks) -> Vec<String> {
    let own = clocks.nodes.iter().filter(|clock| clock.node == "handle");
    own.map(|clock| {
        let unit = clock.holder.as_ref().map_or("-", |unit| unit.0.as_str());
        let found = &clock.reckoned;
        let due = found.due.map_or("paused".to_owned(), |due| {
            story.calendar.offset().write(due)[8..16].to_owned()
        });
        let used = found.spent.map_or(-1, |spent| spent.used_ms / 60_000);
        let end = match clock.end.map(|end| end.how) {
            Some(EndKind::Done) => " done",
            Some(EndKind::Cancelled) => " cancelled",
            Some(EndKind::Replaced) => " replaced",
            None => "",
        };
        format!("{unit} {due} {used}{end}")
    })
    .collect()
}

fn at(story: &Story, now: &str) -> Vec<String> {
    words(story, &story.reckon(None, now))
}

/// Monday at nine: the lead has a working day, a helper the same, and a unit below four hours.
fn passed_on() -> Story {
    Story::new()
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("lead", None, None), helping("helper")])
        .at("10:00", "forward")
        .with("4工作时")
        .doing([asked("below", Some("lead"), Some("4工作时"))])
}

#[test]
fn every_unit_of_the_tree_has_a_clock_of_its_own() {
    let story = passed_on();
    let running = [
        "lead 03T09:00 240",
        "helper 03T09:00 240",
        "below 02T16:00 180",
    ];
    assert_eq!(at(&story, "15:00"), running);
    let shown = story.reckon(None, "15:00");
    let helps: Vec<_> = shown
        .nodes
        .iter()
        .filter(|it| it.node == "handle")
        .map(|it| it.assist)
        .collect();
    assert_eq!(helps, [false, true, false]);
    // The unit below is the first that is late, and the lead still has time.
    let late = story.reckon(None, "16:30");
    let pressing = late.pressing().unwrap();
    assert_eq!(pressing.holder, Some("below".into()));
    assert!(
        late.nodes[0]
            .reckoned
            .spent
            .is_some_and(|spent| !spent.is_overdue())
    );
}

#[test]
fn what_is_passed_on_without_a_limit_is_due_when_the_unit_above_is() {
    let story = Story::new()
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("lead", None, None)])
        .at("14:00", "forward")
        .doing([asked("below", Some("lead"), None)])
        .at("14:10", "forward")
        .doing([asked("deeper", Some("below"), None)]);
    let all = [
        "lead 03T09:00 240",
        "below 03T09:00 240",
        "deeper 03T09:00 240",
    ];
    assert_eq!(at(&story, "15:00"), all);
    // More time for the lead is theirs, too; more time for the one below is not the lead's.
    let lead = passed_to_two(&story, extended(None, "4工作时"));
    assert_eq!(
        lead,
        [
            "lead 03T15:00 240",
            "below 03T15:00 240",
            "deeper 03T15:00 240"
        ]
    );
    let below = passed_to_two(&story, extended(Some("below"), "4工作时"));
    assert_eq!(
        below,
        [
            "lead 03T09:00 240",
            "below 03T15:00 240",
            "deeper 03T15:00 240"
        ]
    );
    let nobody = passed_to_two(&story, extended(Some("stranger"), "4工作时"));
    assert_eq!(nobody, all);
}

fn passed_to_two(story: &Story, more: ClockChange) -> Vec<String> {
    let story = story
        .clone()
        .at("14:30", "extend")
        .with("4工作时")
        .doing([more]);
    at(&story, "15:00")
}

#[test]
fn an_extension_of_a_unit_below_leaves_the_lead_alone() {
    let story = passed_on()
        .at("11:00", "extend")
        .with("2工作时")
        .doing([extended(Some("below"), "2工作时")]);
    let clocks = [
        "lead 03T09:00 240",
        "helper 03T09:00 240",
        "below 02T18:00 180",
    ];
    assert_eq!(at(&story, "15:00"), clocks);
    let story = story
        .at("11:30", "extend")
        .with("4工作时")
        .doing([extended(None, "4工作时")]);
    let clocks = [
        "lead 03T15:00 240",
        "helper 03T09:00 240",
        "below 02T18:00 180",
    ];
    assert_eq!(at(&story, "15:00"), clocks);
}

#[test]
fn work_ends_the_clocks_of_those_who_answer_for_it() {
    let below = passed_on().at("15:00", "handle").by_unit("below");
    let ended = [
        "lead 03T09:00 240 done",
        "helper 03T09:00 240 cancelled",
        "below 02T16:00 180 done",
    ];
    assert_eq!(at(&below, "20T15:00"), ended);
    let lead = passed_on().at("15:00", "handle").by_unit("lead");
    let ended = [
        "lead 03T09:00 240 done",
        "helper 03T09:00 240 cancelled",
        "below 02T16:00 180 cancelled",
    ];
    assert_eq!(at(&lead, "20T15:00"), ended);
    // A team of a unit is no unit of the tree: what it did, whoever was asked has done.
    let team = passed_on().at("15:00", "handle").by_unit("team");
    let ended = [
        "lead 03T09:00 240 done",
        "helper 03T09:00 240 cancelled",
        "below 02T16:00 180 done",
    ];
    assert_eq!(at(&team, "20T15:00"), ended);
}

#[test]
fn the_work_of_a_helper_ends_the_helper_s_clock_only() {
    let unit = || Some("helper".into());
    let story = passed_on()
        .at("11:00", "handle")
        .by_unit("helper")
        .doing([ClockChange::Supported { unit: unit() }]);
    let ended = [
        "lead 03T09:00 240",
        "helper 03T09:00 120 done",
        "below 02T16:00 180",
    ];
    assert_eq!(at(&story, "15:00"), ended);
    let story = story.at("15:00", "handle").by_unit("lead");
    let ended = [
        "lead 03T09:00 240 done",
        "helper 03T09:00 120 done",
        "below 02T16:00 180 cancelled",
    ];
    assert_eq!(at(&story, "20T15:00"), ended);
}

#[test]
fn work_that_beat_a_new_dispatch_is_not_the_new_unit_s() {
    let story = Story::new()
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("first", None, None)])
        .at("10:00", "dispatch")
        .doing([asked("second", None, None)])
        .at("11:00", "handle")
        .by_unit("first");
    let ended = ["first 03T09:00 60 replaced", "second 03T10:00 60 cancelled"];
    assert_eq!(at(&story, "15:00"), ended);
}

#[test]
fn a_return_of_one_level_ends_the_clocks_below_and_no_other() {
    let story = passed_on()
        .at("10:30", "forward")
        .doing([asked("deeper", Some("below"), None)])
        .at("11:00", "send_back")
        .doing([released("below"), released("deeper")]);
    let ended = [
        "lead 03T09:00 240",
        "helper 03T09:00 240",
        "below 02T16:00 60 cancelled",
        "deeper 02T16:00 60 cancelled",
    ];
    assert_eq!(at(&story, "15:00"), ended);
}

#[test]
fn a_resumption_goes_on_with_what_is_left_or_with_a_limit_of_its_own() {
    let suspended = passed_on()
        .at("11:00", "suspend")
        .doing([ClockChange::Suspended { until: None }]);
    assert_eq!(
        at(&suspended, "09T09:00"),
        ["lead paused 120", "helper paused 120", "below paused 60"]
    );
    let asked_again = [
        again("lead", None),
        again("helper", None),
        again("below", Some("lead")),
    ];
    let on = suspended
        .clone()
        .at("09T09:00", "resume")
        .doing(asked_again.clone());
    assert_eq!(
        at(&on, "09T10:00"),
        [
            "lead 09T17:00 180",
            "helper 09T17:00 180",
            "below 09T12:00 120"
        ]
    );
    let anew = suspended
        .at("09T09:00", "resume")
        .with("2工作时")
        .doing(asked_again);
    let clocks = [
        "lead 10T09:00 120 replaced",
        "helper 10T09:00 120 replaced",
        "below 09T14:00 60 replaced",
        "lead 09T11:00 60",
        "helper 09T11:00 60",
        "below 09T11:00 60",
    ];
    let found = at(&anew, "09T10:00");
    assert_eq!(found[3..], clocks[3..], "{found:?}");
    assert!(
        found[..3].iter().all(|it| it.ends_with("replaced")),
        "{found:?}"
    );
    // The unit below still answers to its lead.
    let done = anew.at("09T10:30", "handle").by_unit("below");
    let done = at(&done, "09T12:00");
    assert_eq!(
        done[3..],
        [
            "lead 09T11:00 90 done",
            "helper 09T11:00 90 cancelled",
            "below 09T11:00 90 done"
        ]
    );
}
