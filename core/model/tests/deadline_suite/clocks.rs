//! The clocks of cases that are told step by step.

use gewu_model::deadline::clocks::{
    Basis, By, CaseClocks, EndKind, Ground, Happening, NodeClock, clocks,
};
use gewu_model::deadline::rules::ClockRules;
use gewu_model::deadline::{Calendar, Light, Lights};
use gewu_model::fold::ClockChange;
use gewu_model::ids::{ChangeHash, Role, UnitId};
use gewu_model::place::{Datum, Position};
use gewu_model::time::Millis;
use serde_json::json;

#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) calendar: Calendar,
    rules: ClockRules,
    role: Role,
    place: Position,
    told: Vec<Told>,
}

#[derive(Clone)]
struct Told {
    time: String,
    kind: &'static str,
    limit: Option<&'static str>,
    joins: bool,
    position: Option<Position>,
    unit: Option<UnitId>,
    changes: Vec<ClockChange>,
}

fn position(north_m: i32) -> Position {
    // A metre of latitude is about 90 times 1e-7 degree.
    let lat_e7 = 418_000_000 + north_m * 90;
    Position {
        lon_e7: 1_234_300_000,
        lat_e7,
        datum: Datum::Wgs84,
        accuracy_mm: None,
    }
}

impl Story {
    pub(crate) fn by(rules: ClockRules) -> Self {
        Self {
            calendar: Calendar::shipped(),
            rules,
            role: "crew".into(),
            place: position(0),
            told: Vec::new(),
        }
    }

    pub(crate) fn new() -> Self {
        Self::by(ClockRules::built_in())
    }

    /// On Monday 2026-03-02, or on another day of that month if the time names one.
    pub(crate) fn at(mut self, time: &str, kind: &'static str) -> Self {
        self.told.push(Told {
            time: day(time),
            kind,
            limit: None,
            joins: false,
            position: None,
            unit: None,
            changes: Vec::new(),
        });
        self
    }

    pub(crate) fn with(mut self, limit: &'static str) -> Self {
        self.told.last_mut().unwrap().limit = Some(limit);
        self
    }

    /// The unit that wrote it.
    pub(crate) fn by_unit(mut self, unit: &str) -> Self {
        self.told.last_mut().unwrap().unit = Some(unit.into());
        self
    }

    /// Whom it concerns.
    pub(crate) fn doing(mut self, changes: impl IntoIterator<Item = ClockChange>) -> Self {
        self.told.last_mut().unwrap().changes.extend(changes);
        self
    }

    fn joining(mut self) -> Self {
        self.told.last_mut().unwrap().joins = true;
        self
    }

    fn metres_off(mut self, metres: i32) -> Self {
        self.told.last_mut().unwrap().position = Some(position(metres));
        self
    }

    pub(crate) fn read(&self, time: &str) -> Millis {
        self.calendar.offset().read(&day(time)).unwrap()
    }

    pub(crate) fn reckon(&self, limit: Option<&str>, now: &str) -> CaseClocks {
        self.reckon_by(limit, now, |_| None)
    }

    /// The same by the rules that hold at each happening, where they are others.
    pub(crate) fn reckon_by<'s>(
        &'s self,
        limit: Option<&'s str>,
        now: &str,
        rules: impl Fn(usize) -> Option<&'s ClockRules>,
    ) -> CaseClocks {
        let happened = self.told.iter().enumerate().map(|(at, told)| Happening {
            entry: ChangeHash([at as u8 + 1; 32]),
            kind: told.kind,
            detail: (told.kind == "file").then_some("to_dispatch"),
            at: self.read(&told.time),
            limit: told.limit,
            joins: told.joins,
            role: &self.role,
            unit: told.unit.as_ref(),
            changes: told.changes.iter().collect(),
            ground: Ground {
                policy: None,
                rules: Some(rules(at).unwrap_or(&self.rules)),
                limit,
            },
            position: told
                .position
                .as_ref()
                .or_else(|| (told.kind == "report").then_some(&self.place)),
        });
        let by = By {
            calendar: &self.calendar,
            lights: Lights::default(),
            basis: Basis::Authoritative,
            now: self.read(now),
        };
        clocks(&happened.collect::<Vec<_>>(), by.basis, |_| Ok(by))
    }

    /// Due time, minutes used and light of each clock of a step, in words.
    fn of(&self, node: &str, limit: Option<&str>, now: &str) -> Vec<String> {
        let clocks = self.reckon(limit, now);
        let own = clocks.nodes.iter().filter(|clock| clock.node == node);
        own.map(|clock| self.words(clock)).collect()
    }

    fn words(&self, clock: &NodeClock) -> String {
        let found = &clock.reckoned;
        let due = match (found.due, found.paused_left_ms) {
            (Some(at), _) => self.calendar.offset().write(at).replace(":00+08:00", ""),
            (None, Some(left)) => format!("paused with {}", left / 60_000),
            (None, None) => found.unknown.clone().unwrap_or_default(),
        };
        let due = due.trim_start_matches("2026-03-").to_owned();
        let used = found.spent.map_or(-1, |spent| spent.used_ms / 60_000);
        let light = found.light.map_or("none", Light::name);
        let end = match clock.end.map(|end| end.how) {
            Some(EndKind::Done) => " done",
            Some(EndKind::Cancelled) => " cancelled",
            Some(EndKind::Replaced) => " replaced",
            None => "",
        };
        format!("{due} {used} {light}{end}")
    }
}

fn day(time: &str) -> String {
    match time.len() {
        5 => format!("2026-03-02T{time}"),
        8 => format!("2026-03-{time}"),
        _ => time.to_owned(),
    }
}

#[test]
fn the_acceptor_s_clock_stands_while_a_verification_is_out() {
    let story = Story::new()
        .at("09:00", "report")
        .at("09:05", "verify_request");
    assert_eq!(
        story.of("accept", None, "09:20"),
        ["paused with 10 5 green"]
    );
    assert_eq!(story.of("verify", None, "09:20"), ["02T09:35 15 green"]);
    let story = story.at("09:31", "verify");
    assert_eq!(
        story.of("verify", None, "09:40"),
        ["02T09:35 26 yellow done"]
    );
    assert_eq!(story.of("accept", None, "09:40"), ["02T09:41 14 yellow"]);
    let story = story.at("09:43", "file");
    assert_eq!(story.of("accept", None, "12:00"), ["02T09:41 17 red done"]);
    assert_eq!(story.of("dispatch", None, "09:45"), ["02T09:58 2 green"]);
}

#[test]
fn a_night_s_report_is_due_by_the_continuous_clock_at_the_centre_and_by_windows_at_the_unit() {
    let story = Story::new()
        .at("22:00", "report")
        .at("22:10", "file")
        .at("22:20", "dispatch");
    let story = story.with("4工作时");
    assert_eq!(
        story.of("handle", Some("9天"), "23:00"),
        ["03T12:00 0 green"]
    );
    // What the dispatcher wrote holds; without, the catalogue's; without both, nothing is guessed.
    let plain = Story::new().at("22:20", "dispatch");
    assert_eq!(
        plain.of("handle", Some("1工作日"), "23:00"),
        ["03T18:00 0 green"]
    );
    assert_eq!(
        plain.of("handle", None, "23:00"),
        ["no limit is set -1 none"]
    );
    let unknown = plain.of("handle", Some("种植季节15工作日"), "23:00");
    assert!(
        unknown[0].starts_with("the limit “种植季节15工作日” is unknown"),
        "{unknown:?}"
    );
}

#[test]
fn work_done_again_has_a_clock_of_its_own_with_the_dispatcher_s_limit() {
    let story = Story::new()
        .at("09:00", "dispatch")
        .with("2工作时")
        .at("10:30", "handle")
        .at("10:40", "check_request")
        .at("11:20", "check")
        .at("11:30", "rework");
    let clocks = ["02T11:00 90 green done", "02T15:30 30 green"];
    assert_eq!(story.of("handle", Some("9天"), "12:30"), clocks);
    assert_eq!(story.of("check", None, "12:30"), ["02T11:10 40 red done"]);
}

#[test]
fn asking_anew_starts_anew_and_asking_one_more_person_does_not() {
    let story = Story::new()
        .at("09:00", "verify_request")
        .at("09:20", "verify_request");
    assert_eq!(
        story.of("verify", None, "09:30"),
        ["02T09:30 20 green replaced", "02T09:50 10 green"]
    );
    let story = Story::new()
        .at("09:00", "verify_request")
        .at("09:20", "verify_request")
        .joining();
    assert_eq!(story.of("verify", None, "09:30"), ["02T09:30 30 yellow"]);
    let recalled = Story::new()
        .at("09:00", "dispatch")
        .with("1工作时")
        .at("09:30", "recall");
    assert_eq!(
        recalled.of("handle", None, "15:00"),
        ["02T10:00 30 green cancelled"]
    );
    assert_eq!(recalled.of("dispatch", None, "09:50"), ["02T09:45 20 red"]);
}

#[test]
fn extensions_and_suspension_by_a_city_s_rules() {
    let mut rules = ClockRules::built_in();
    let handle = rules
        .nodes
        .iter_mut()
        .find(|rule| rule.node == "handle")
        .unwrap();
    fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> T {
        serde_json::from_value(value).unwrap()
    }
    handle.extends = read(json!(["extend"]));
    handle.pauses = read(json!([{ "from": ["suspend"], "to": ["resume"] }]));
    let story = Story::by(rules)
        .at("09:00", "dispatch")
        .with("1工作日")
        .at("11:00", "extend")
        .with("4工作时");
    assert_eq!(story.of("handle", None, "17:00"), ["03T15:00 360 green"]);
    assert_eq!(story.reckon(None, "17:00").nodes[0].extensions, 1);
    let story = story.at("17:00", "suspend");
    assert_eq!(
        story.of("handle", None, "10T09:00"),
        ["paused with 360 360 green"]
    );
    let story = story.at("10T09:00", "resume");
    assert_eq!(story.of("handle", None, "10T10:00"), ["10T17:00 420 green"]);
}

#[test]
fn steps_that_share_a_budget() {
    let mut rules = ClockRules::built_in();
    let bundle =
        json!([{ "bundle": "centre", "nodes": ["accept", "dispatch"], "limit": "20紧急分钟" }]);
    rules.bundles = serde_json::from_value(bundle).unwrap();
    let story = Story::by(rules)
        .at("09:00", "report")
        .at("09:02", "verify_request");
    let bundle = |story: &Story, now| {
        let bundle = story.reckon(None, now).bundles.pop().unwrap();
        let used = bundle.reckoned.spent.unwrap().used_ms / 60_000;
        let due = bundle
            .reckoned
            .due
            .map(|due| story.calendar.offset().write(due)[11..16].to_owned());
        (used, due)
    };
    assert_eq!(
        bundle(&story, "09:30"),
        (2, None),
        "the verification is out"
    );
    let story = story.at("09:30", "verify").at("09:35", "file");
    assert_eq!(bundle(&story, "09:40"), (12, Some("09:48".to_owned())));
    let story = story.at("09:45", "dispatch");
    assert_eq!(bundle(&story, "18:00"), (17, None), "the centre is done");
    // Taken back, the centre goes on with what is left.
    let story = story.at("14:00", "recall");
    assert_eq!(bundle(&story, "14:01"), (18, Some("14:03".to_owned())));
}

#[test]
fn marks_of_a_force_that_is_called() {
    let mut rules = ClockRules::built_in();
    rules.marks = serde_json::from_value(json!([
        { "rule": "103060", "starts": ["dispatch"], "roles": ["crew"], "marks": [
            { "mark": "set_out", "by": ["set_out"], "within": "10紧急分钟" },
            { "mark": "arrived", "by": ["arrived"], "within": "30紧急分钟", "near_m": 100 },
            { "mark": "done", "by": ["handle"], "within": "60紧急分钟" },
        ] },
        { "rule": "135", "starts": ["dispatch"], "roles": ["patrol"], "marks": [
            { "mark": "received", "by": ["take"], "within": "1紧急分钟" },
        ] },
    ]))
    .unwrap();
    let story = Story::by(rules)
        .at("08:50", "report")
        .at("09:00", "dispatch")
        .at("09:08", "set_out")
        .at("09:20", "arrived")
        .metres_off(300)
        .at("09:31", "arrived")
        .metres_off(-80);
    let marks = story.reckon(None, "09:40").marks;
    let words = |at: usize| {
        let mark = &marks[at];
        (mark.mark.as_str(), mark.in_time, mark.distance_m)
    };
    assert_eq!(words(0), ("set_out", Some(true), None));
    assert_eq!(
        words(1),
        ("arrived", Some(false), Some(80)),
        "300 m off is not there"
    );
    assert_eq!(words(2), ("done", None, None), "it can still be");
    assert_eq!(
        (words(3), marks[3].reached),
        (("received", Some(false), None), None),
        "no patrol came"
    );
}

#[test]
fn beyond_the_horizon_a_clock_says_so_and_still_shows_its_use() {
    let story = Story::new()
        .at("2026-12-31T16:00", "dispatch")
        .with("1工作日");
    let said = story.of("handle", None, "2026-12-31T17:00");
    assert!(
        said[0].starts_with("calendar unknown after 2026-12-31"),
        "{said:?}"
    );
    assert!(said[0].ends_with("60 green"), "{said:?}");
}

#[test]
fn what_is_most_urgent_comes_first() {
    let story = Story::new()
        .at("09:00", "report")
        .at("09:05", "verify_request")
        .at("09:06", "dispatch");
    let clocks = story.with("4小时").reckon(None, "09:34");
    let running = clocks.running();
    let order: Vec<_> = running.iter().map(|clock| clock.node.as_str()).collect();
    assert_eq!(
        order,
        ["verify", "handle", "accept"],
        "yellow, green, standing"
    );
    assert_eq!(clocks.pressing().unwrap().node, "verify");
}
