//! Passing a task on: to units that are below, to persons who can answer, and to teams that work for whoever
//! gave it to them.

use gewu_model::entry::{Assign, Body, Dispatch, Forward, Order, Unassign};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_server::{DecideError, Decision};
use gewu_sync::verdict::Outcome;
use serde_json::{Value, json};

use crate::clocks::registered;
use crate::kit::entries::{asked, dispatch, file, handle};
use crate::kit::{City, NOON, POLICY, Phone};

/// A city in whose tree pumps and the night shift stand below drainage.
fn city() -> City {
    let city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["units"] = json!({ "pumps": "drainage", "night-shift": "drainage" });
    let body = body.to_string().into_bytes();
    let published = city
        .core
        .publish_pack("policy", "fixture", 100, &body, NOON);
    published.expect("a policy");
    city
}

/// A case that drainage leads and roads helps with.
fn sent(city: &mut City) -> CaseId {
    let case = registered(city);
    city.decide(case, file());
    let together = Dispatch {
        assist: vec!["roads".into()],
        ..Dispatch::to("drainage".into())
    };
    city.decide(case, Body::Dispatch(together));
    case
}

fn lead(city: &City, user: &str, unit: &str) -> Phone {
    let mut lead = city.phone(user, "unit_lead", Some(unit), None);
    lead.sync(&city.core, city.now);
    lead
}

/// The instruction that a phone's command became, or why it was refused.
fn commands(
    city: &mut City,
    phone: &mut Phone,
    case: CaseId,
    body: &Body,
) -> Result<ChangeHash, String> {
    city.now = city.now.plus(60_000);
    phone.sync(&city.core, city.now);
    phone.command(case, body, city.now);
    let told = phone.sync(&city.core, city.now);
    phone.commands.clear();
    match &told.block.commands.last().expect("an answer").outcome {
        Outcome::Done { instruction } => Ok(*instruction),
        Outcome::Denied { why } => Err(why.clone()),
        Outcome::Stale => Err("stale".to_owned()),
    }
}

fn refused(city: &City, case: CaseId, body: Body) -> String {
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body,
        content: vec![],
    };
    match city.core.decide(&city.operator, &decision, city.now) {
        Err(DecideError::Denied(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn forward(unit: &str, from: Option<&str>) -> Body {
    Body::Forward(Forward {
        unit: unit.into(),
        note: None,
        from: from.map(Into::into),
        limit: None,
    })
}

fn team(name: &str) -> Body {
    Body::Assign(Assign {
        team: Some(name.into()),
        ..Assign::default()
    })
}

fn person(name: &str) -> Body {
    Body::Assign(Assign {
        person: Some(name.into()),
        ..Assign::default()
    })
}

#[test]
fn a_team_works_for_the_unit_that_assigned_it_and_a_helper_s_team_only_helps() {
    let mut city = city();
    let case = sent(&mut city);
    let mut ma = lead(&city, "ma", "roads");
    let given = commands(&mut city, &mut ma, case, &team("patchers")).expect("assigned");
    let mut zhao = city.crew("zhao", "patchers");
    zhao.sync(&city.core, city.now);
    zhao.write(case, &handle(), Some(given), city.now);
    zhao.sync(&city.core, city.now);
    assert_eq!(city.view(case).stage, Stage::Dispatched);
    assert_eq!(zhao.view(case).stage, Stage::Dispatched);
    let mut sun = lead(&city, "sun", "drainage");
    let given = commands(&mut city, &mut sun, case, &team("night-shift")).expect("assigned");
    let mut qian = city.crew("qian", "night-shift");
    qian.sync(&city.core, city.now);
    qian.write(case, &handle(), Some(given), city.now);
    qian.sync(&city.core, city.now);
    assert_eq!(city.view(case).stage, Stage::Handled);
}

#[test]
fn a_team_that_the_centre_assigns_works_for_the_nearest_unit_above_it() {
    let mut city = city();
    let case = registered(&city);
    city.decide(case, file());
    let together = Dispatch {
        assist: vec!["drainage".into()],
        ..Dispatch::to("roads".into())
    };
    city.decide(case, Body::Dispatch(together));
    let given = city.decide(case, team("night-shift")).instruction;
    let mut qian = city.crew("qian", "night-shift");
    qian.sync(&city.core, city.now);
    qian.write(case, &handle(), Some(given), city.now);
    qian.sync(&city.core, city.now);
    assert_eq!(city.view(case).stage, Stage::Dispatched);
}

#[test]
fn a_unit_passes_its_own_task_on_to_units_below_it_and_to_nobody_else() {
    let mut city = city();
    for (user, unit) in [("ma", "roads"), ("wu", "pumps")] {
        city.crew(user, unit);
    }
    let case = sent(&mut city);
    let mut sun = lead(&city, "sun", "drainage");
    for (body, word) in [
        (forward("roads", None), "below"),
        (forward("drainage", None), "below"),
        (
            forward("pmups", None),
            "no unit is called pmups here; there is pumps",
        ),
        (forward("pumps", Some("roads")), "its own task"),
        (team("patchers"), "below"),
    ] {
        let why = commands(&mut city, &mut sun, case, &body).expect_err("not theirs to give");
        assert!(why.contains(word), "{why}");
    }
    assert_eq!(city.view(case).nodes.len(), 2);
    commands(&mut city, &mut sun, case, &forward("pumps", None)).expect("below");
    let nodes = city.view(case).nodes;
    assert_eq!(
        (nodes[2].unit.as_str(), nodes[2].parent),
        ("pumps", Some(0))
    );
    // Whoever had the task last, a unit passes on what it holds itself.
    city.crew("he", "night-shift");
    commands(&mut city, &mut sun, case, &forward("night-shift", None)).expect("below");
    assert_eq!(city.view(case).nodes[3].parent, Some(0));
}

#[test]
fn nobody_is_asked_who_could_not_answer() {
    let mut city = city();
    lead(&city, "sun", "drainage");
    lead(&city, "ma", "roads");
    city.crew("li", "drainage");
    city.crew("wu", "parks");
    city.inspector("wang");
    let case = registered(&city);
    let said = refused(&city, case, Body::VerifyRequest(asked("li")));
    assert!(said.contains("li") && said.contains("role crew"), "{said}");
    let order = |persons: &[&str], units: &[&str]| {
        Body::Order(Order {
            persons: persons.iter().map(|it| (*it).into()).collect(),
            units: units.iter().map(|it| (*it).into()).collect(),
            ..Order::default()
        })
    };
    let said = refused(&city, case, order(&["wang"], &["drainage"]));
    assert!(said.contains("role inspector"), "{said}");
    city.decide(case, order(&["li"], &["drainage"]));
    let case = sent(&mut city);
    let said = refused(&city, case, person("wu"));
    assert!(said.contains("none of their units"), "{said}");
    city.decide(case, person("li"));
    // From a device as well, and there to one's own people only.
    let mut sun = lead(&city, "sun-2", "drainage");
    for (who, word) in [
        ("wang", "role inspector"),
        ("wu", "none of their units"),
        ("ma", "own unit"),
    ] {
        let why = commands(&mut city, &mut sun, case, &person(who)).expect_err("not theirs");
        assert!(why.contains(word), "{why}");
    }
    commands(&mut city, &mut sun, case, &person("li")).expect("their own");
    let mut li = city.crew("li-2", "drainage");
    li.sync(&city.core, city.now);
    let answers = city.view(case).question.expect("open").answer_to;
    li.write(case, &handle(), Some(answers), city.now);
    li.sync(&city.core, city.now);
    let said = refused(&city, case, Body::CheckRequest(asked("sun")));
    assert!(said.contains("role unit_lead"), "{said}");
    city.decide(case, Body::CheckRequest(asked("wang")));
}

/// Without a tree nothing is known of who stands below whom.
#[test]
fn a_city_that_tells_of_no_tree_lets_its_units_pass_on_to_any_that_is_there() {
    let mut city = City::found();
    city.crew("ma", "roads");
    let case = registered(&city);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let mut sun = lead(&city, "sun", "drainage");
    commands(&mut city, &mut sun, case, &forward("raods", None)).expect_err("not there");
    commands(&mut city, &mut sun, case, &forward("roads", None)).expect("there");
}

#[test]
fn a_unit_assigns_its_task_to_a_person_of_a_unit_below_who_can_then_answer() {
    let mut city = city();
    let case = sent(&mut city);
    let mut wu = city.crew("wu", "pumps");
    let mut sun = lead(&city, "sun", "drainage");
    let given = commands(&mut city, &mut sun, case, &person("wu")).expect("below");
    let open = city.view(case).question.expect("open");
    assert_eq!(open.persons, ["wu".into()]);
    assert_eq!(open.teams, ["pumps".into()], "their unit does it as a team");
    wu.sync(&city.core, city.now);
    let done = wu.write(case, &handle(), Some(given), city.now);
    assert!(wu.sync(&city.core, city.now).accepted(done));
    for view in [city.view(case), wu.view(case)] {
        assert_eq!(view.stage, Stage::Handled);
    }
}

#[test]
fn whose_assignment_is_taken_back_does_not_answer_for_the_unit_either() {
    let mut city = city();
    let case = sent(&mut city);
    city.crew("wu", "pumps");
    city.crew("he", "pumps");
    let mut sun = lead(&city, "sun", "drainage");
    let freed = |name: &str| {
        Body::Unassign(Unassign {
            person: Some(name.into()),
            team: None,
            note: None,
        })
    };
    for name in ["wu", "he"] {
        commands(&mut city, &mut sun, case, &person(name)).expect("below");
    }
    commands(&mut city, &mut sun, case, &freed("wu")).expect("freed");
    let open = city.view(case).question.expect("open");
    assert_eq!(open.teams, ["pumps".into()], "the other one still works");
    commands(&mut city, &mut sun, case, &freed("he")).expect("freed");
    let open = city.view(case).question.expect("open");
    assert!(open.teams.is_empty() && open.persons.is_empty(), "{open:?}");
}

#[test]
fn an_order_to_a_person_goes_to_the_unit_that_they_work_for() {
    let mut city = city();
    let mut li = city.crew("li", "drainage");
    let case = registered(&city);
    let alone = Body::Order(Order {
        persons: vec!["li".into()],
        ..Order::default()
    });
    let given = city.decide(case, alone).instruction;
    let open = city.view(case).question.expect("open");
    assert_eq!(open.units, ["drainage".into()]);
    li.sync(&city.core, city.now);
    let done = li.write(case, &handle(), Some(given), city.now);
    assert!(li.sync(&city.core, city.now).accepted(done));
    assert_eq!(city.view(case).stage, Stage::Handled);
}

#[test]
fn a_task_is_not_passed_on_to_whoever_has_it_nor_from_whoever_has_not() {
    let mut city = city();
    let case = sent(&mut city);
    let words = refused(&city, case, forward("drainage", Some("drainage")));
    assert!(words.contains("has the task already"), "{words}");
    city.decide(case, forward("pumps", Some("drainage")));
    for up in [
        forward("drainage", Some("pumps")),
        forward("drainage", None),
    ] {
        let words = refused(&city, case, up);
        assert!(words.contains("has the task already"), "{words}");
    }
    let words = refused(&city, case, forward("night-shift", Some("stranger")));
    assert!(words.contains("does not have the task"), "{words}");
    // A helper's task is passed on as its own.
    city.decide(case, forward("patchers", Some("roads")));
    let mut sun = lead(&city, "sun", "pumps");
    let up = commands(&mut city, &mut sun, case, &forward("drainage", None));
    assert!(up.expect_err("up the tree").contains("below"));
}
