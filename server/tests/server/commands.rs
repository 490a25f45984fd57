//! Commands of one person that follow one another.

use gewu_model::entry::{Assign, Body, Payload, Plain, Unassign};
use gewu_model::ids::CaseId;
use gewu_sync::verdict::Outcome;

use crate::clocks::registered;
use crate::kit::entries::{dispatch, file, mark};
use crate::kit::{City, Phone};

/// A case that sun leads for drainage, on sun's phone.
fn led(city: &mut City) -> (Phone, CaseId) {
    let case = registered(city);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let mut sun = city.phone("sun", "unit_lead", Some("drainage"), None);
    sun.sync(&city.core, city.now);
    (sun, case)
}

fn assign(person: &str) -> Body {
    Body::Assign(Assign {
        person: Some(person.into()),
        ..Assign::default()
    })
}

fn unassign(person: &str) -> Body {
    Body::Unassign(Unassign {
        person: Some(person.into()),
        note: None,
        team: None,
    })
}

/// What became of each command.
fn outcomes(city: &City, sun: &mut Phone) -> Vec<&'static str> {
    let request = sun.request();
    let told = sun.exchange(&city.core, &request, city.now);
    let again = sun.exchange(&city.core, &request, city.now);
    assert_eq!(again.block.commands, told.block.commands, "alike each time");
    let all = told.block.commands.iter();
    all.map(|said| match said.outcome {
        Outcome::Done { .. } => "done",
        Outcome::Stale => "stale",
        Outcome::Denied { .. } => "denied",
    })
    .collect()
}

#[test]
fn a_second_command_builds_on_the_first_one_of_the_same_author() {
    let mut city = City::found();
    let (mut sun, case) = led(&mut city);
    for body in [assign("li"), unassign("li"), assign("zhao")] {
        sun.command(case, &body, city.now);
    }
    assert_eq!(outcomes(&city, &mut sun), ["done", "done", "done"]);
    let view = city.view(case);
    assert_eq!(
        view.question.map(|open| open.persons),
        Some(vec!["zhao".into()])
    );
}

#[test]
fn one_that_follows_in_a_later_exchange_builds_on_it_as_well() {
    let mut city = City::found();
    let (mut sun, case) = led(&mut city);
    sun.command(case, &assign("li"), city.now);
    sun.command(case, &assign("zhao"), city.now);
    let second = sun.commands.pop().expect("two");
    assert_eq!(outcomes(&city, &mut sun), ["done"]);
    sun.commands = vec![second];
    assert_eq!(outcomes(&city, &mut sun), ["done"]);
}

#[test]
fn nothing_may_have_come_between_the_two_and_the_first_must_have_been_done() {
    // Somebody decided between the two.
    let mut city = City::found();
    let (mut sun, case) = led(&mut city);
    sun.command(case, &assign("li"), city.now);
    sun.command(case, &assign("zhao"), city.now);
    let second = sun.commands.pop().expect("two");
    assert_eq!(outcomes(&city, &mut sun), ["done"]);
    city.decide(
        case,
        Body::Forward(gewu_model::entry::Forward {
            unit: "pumps".into(),
            note: None,
            from: None,
            limit: None,
        }),
    );
    sun.commands = vec![second];
    assert_eq!(outcomes(&city, &mut sun), ["stale"]);

    // The first was refused as stale, and what follows it fares no better.
    let mut city = City::found();
    let (mut sun, case) = led(&mut city);
    sun.command(case, &assign("li"), city.now);
    sun.command(case, &assign("zhao"), city.now);
    city.decide(case, Body::Recall(Plain::default()));
    assert_eq!(outcomes(&city, &mut sun), ["stale", "stale"]);

    // A mark between them is no news.
    let mut city = City::found();
    let (mut sun, case) = led(&mut city);
    sun.command(case, &assign("li"), city.now);
    sun.command(case, &assign("zhao"), city.now);
    let second = sun.commands.pop().expect("two");
    assert_eq!(outcomes(&city, &mut sun), ["done"]);
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    let to = city.view(case).question.map(|open| open.answer_to);
    li.write(case, &Payload::Take(mark()), to, city.now);
    li.sync(&city.core, city.now);
    sun.commands = vec![second];
    assert_eq!(outcomes(&city, &mut sun), ["done"]);
}

#[test]
fn another_person_s_command_is_nothing_to_build_on() {
    let mut city = City::found();
    let (mut sun, case) = led(&mut city);
    let mut qian = city.phone("qian", "unit_lead", Some("drainage"), None);
    qian.sync(&city.core, city.now);
    qian.command(case, &assign("zhao"), city.now);
    sun.command(case, &assign("li"), city.now);
    let first = sun.commands[0].clone();
    // As an app does that claims to have known it.
    qian.commands = vec![first];
    qian.command(case, &assign("zhao"), city.now);
    let claims = qian.commands.pop().expect("two");
    assert_eq!(outcomes(&city, &mut sun), ["done"]);
    qian.commands = vec![claims];
    assert_eq!(outcomes(&city, &mut qian), ["stale"]);
}
