//! What clocks share or have from elsewhere: the limit of a whole dispatch, the day that another system
//! wants, the rules by which they started.

use gewu_model::deadline::clocks::DISPATCHED;
use gewu_model::deadline::rules::{ClockRules, EventName};
use gewu_model::fold::ClockChange;

use crate::clocks::Story;
use crate::nodes::{asked, words};

#[test]
fn all_units_of_a_dispatch_use_up_one_shared_limit() {
    let bundled = |limit: &str| ClockChange::Bundled {
        limit: limit.to_owned(),
    };
    let story = Story::new()
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("lead", None, None), bundled("6工作时")])
        .at("10:00", "forward")
        .doing([asked("below", Some("lead"), Some("2工作时"))]);
    let shared = |story: &Story, now: &str| {
        let bundle = story.reckon(None, now).bundles.pop().unwrap();
        assert_eq!(bundle.bundle, DISPATCHED);
        let due = bundle.reckoned.due_text.map(|due| due[8..16].to_owned());
        (bundle.reckoned.spent.unwrap().used_ms / 60_000, due)
    };
    // Two at work at once use one hour in an hour.
    assert_eq!(shared(&story, "11:00"), (120, Some("02T17:00".to_owned())));
    let story = story.at("11:00", "handle").by_unit("below");
    assert_eq!(shared(&story, "14:00"), (120, None), "nobody works");
    // What is done again uses up what is left, and a new dispatch has a new budget or none.
    let story = story
        .at("15:00", "rework")
        .doing([asked("lead", None, None)]);
    assert_eq!(shared(&story, "16:00"), (180, Some("03T09:00".to_owned())));
    let story = story
        .at("16:00", "dispatch")
        .doing([asked("other", None, None)]);
    assert_eq!(
        shared(&story, "18:00"),
        (180, None),
        "the other unit is not in it"
    );
}

#[test]
fn a_shared_limit_stands_from_the_start_where_the_work_stands_from_the_start() {
    let bundled = ClockChange::Bundled {
        limit: "6工作时".to_owned(),
    };
    let story = Story::new()
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("lead", None, None), bundled])
        .at("09:00", "suspend");
    let used = |story: &Story, now: &str| {
        let bundle = story.reckon(None, now).bundles.pop().unwrap();
        bundle.reckoned.spent.unwrap().used_ms / 60_000
    };
    assert_eq!(used(&story, "11:00"), 0);
    let story = story.at("11:00", "resume");
    assert_eq!(used(&story, "11:30"), 30);
}

#[test]
fn of_two_due_times_the_stricter_one_holds() {
    let outside = |story: &Story, time: &str| ClockChange::Outside {
        due: story.read(time),
    };
    let due = |story: &Story, now: &str| {
        let clock = story.reckon(None, now).nodes.pop().unwrap().reckoned;
        (
            clock.due_text.map(|due| due[8..16].to_owned()),
            clock.external,
            clock.light.unwrap().name(),
        )
    };
    let plain = Story::new()
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("lead", None, None)]);
    let told = |time: &str| {
        let change = outside(&plain, time);
        plain.clone().at("10:00", "link").doing([change])
    };
    let text = |time: &str| Some(time.to_owned());
    assert_eq!(
        due(&told("04T09:00"), "11:00"),
        (text("03T09:00"), false, "green")
    );
    // Five hours from the start to the other system's day, and it does not stop at noon.
    let stricter = told("14:00");
    assert_eq!(due(&stricter, "13:00"), (text("02T14:00"), true, "green"));
    assert_eq!(due(&stricter, "13:01"), (text("02T14:00"), true, "yellow"));
    assert_eq!(due(&stricter, "14:01"), (text("02T14:00"), true, "red"));
    // A later one does not loosen it, an earlier one tightens it, and no suspension of ours stops it.
    let later = outside(&plain, "20T09:00");
    let later = stricter.clone().at("10:10", "link").doing([later]);
    assert_eq!(due(&later, "11:00").0, text("02T14:00"));
    let earlier = outside(&plain, "12:00");
    let earlier = later
        .at("10:20", "link")
        .doing([earlier])
        .at("10:30", "suspend");
    assert_eq!(due(&earlier, "12:30"), (text("02T12:00"), true, "red"));
    // What ended before it was known is not measured by it.
    let ended = plain.clone().at("11:00", "handle").by_unit("lead");
    let change = outside(&ended, "10:00");
    let ended = ended.at("11:30", "link").doing([change]);
    assert_eq!(due(&ended, "12:30"), (text("03T09:00"), false, "green"));
    // Where nothing else is known it is the due time.
    let none = Story::new()
        .at("09:00", "dispatch")
        .doing([asked("lead", None, None)]);
    let change = outside(&none, "14:00");
    let none = none.at("10:00", "link").doing([change]);
    assert_eq!(due(&none, "11:00"), (text("02T14:00"), true, "green"));
}

#[test]
fn a_running_clock_keeps_the_rules_by_which_it_started() {
    let mut newer = ClockRules::built_in();
    let handle = newer
        .nodes
        .iter_mut()
        .find(|rule| rule.node == "handle")
        .unwrap();
    handle.ends.retain(|name| name.kind() != "handle");
    handle.ends.push(EventName("confirm".into()));
    handle.limit = Some("2工作时".into());
    let story = Story::new()
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("lead", None, None)])
        .at("10:00", "repin")
        .at("11:00", "handle")
        .by_unit("lead")
        .at("14:00", "rework")
        .doing([asked("lead", None, None)])
        .at("15:00", "handle")
        .by_unit("lead");
    let first = words(
        &story,
        &story.reckon_by(None, "15:30", |at| (at < 1).then_some(&newer)),
    );
    // By the first policy the handle ends the first clock; by the second one only a confirmation the next.
    assert_eq!(
        words(
            &story,
            &story.reckon_by(None, "15:30", |at| (at >= 1).then_some(&newer))
        ),
        ["lead 03T09:00 120 done", "lead 02T16:00 90"]
    );
    assert_eq!(
        first,
        ["lead 03T09:00 180 replaced", "lead 03T12:00 60 done"]
    );
}

#[test]
fn an_external_due_time_before_the_start_is_over_at_once() {
    let plain = Story::new();
    let due = plain.read("07:00");
    let story = plain
        .at("09:00", "dispatch")
        .with("1工作日")
        .doing([asked("lead", None, None), ClockChange::Outside { due }]);
    let over = |now: &str| {
        let clock = story.reckon(None, now).nodes.pop().unwrap().reckoned;
        assert_eq!(clock.light.unwrap().name(), "red");
        clock.spent.unwrap().remaining_ms() / 60_000
    };
    // From the first moment by as much as has passed since, and not by the age of the clock.
    assert_eq!((over("09:00"), over("09:01")), (-120, -121));
}
