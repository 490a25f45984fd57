// long-file: every way from a decision to an instruction, with the ties that two decisions race for
//! From decisions to instructions.

use std::sync::{Arc, Barrier};

use gewu_model::content::ContentItem;
use gewu_model::entry::{
    Assign, Body, Convert, Decline, DeclineKind, LinkCase, Relationship, Reopen, Reply,
};
use gewu_model::fold::Stage;
use gewu_model::place::{Datum, Position};
use gewu_server::{DecideError, Decision, NewCase, RegisterError, Registered};
use gewu_sync::verdict::Outcome;

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, class};

fn new_case(external_id: Option<&str>) -> NewCase {
    NewCase {
        edition: None,
        class: class(),
        condition: None,
        position: Position::from_degrees(123.42, 41.8, Datum::Wgs84, None).expect("a place"),
        text: Some("电话：井盖缺失".into()),
        contact: None,
        source: gewu_model::entry::Source {
            code: "hotline".into(),
            channel: None,
            external_id: external_id.map(Into::into),
        },
        external_due: None,
        reply_required: false,
    }
}

#[test]
fn a_registered_case_goes_on_like_any_other() {
    let mut city = City::found();
    let (case, decided) = city
        .core
        .register(&city.operator, &new_case(None), city.now)
        .expect("registered");
    assert!(matches!(decided, Registered::New(_)));
    let view = city.view(case);
    assert_eq!((view.stage, view.chain.len()), (Stage::Reported, 1));
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let mut li = city.crew("li", "drainage");
    let told = li.sync(&city.core, city.now);
    assert_eq!(li.view(case), city.view(case));
    assert_eq!(told.response.cases[0].content[0].text, "电话：井盖缺失");
    // What is behind an instruction can be read out of it years later.
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["task_number"], "20251123-00001");
}

/// Opening a declined case again files it (重新立案).
#[test]
fn a_case_that_was_never_filed_gets_its_number_when_it_is_opened_again_and_keeps_it() {
    let mut city = City::found();
    let register = |city: &City| {
        let made = city
            .core
            .register(&city.operator, &new_case(None), city.now);
        made.expect("registered").0
    };
    let declined = register(&city);
    let decline = Body::Decline(Decline {
        kind: DeclineKind::NotFiled,
        note: None,
        reason: None,
    });
    city.decide(declined, decline);
    assert_eq!(city.view(declined).task_number, None);
    let reopen = || Body::Reopen(Reopen::default());
    city.decide(declined, reopen());
    let number = city.view(declined).task_number;
    assert_eq!(number.as_deref(), Some("20251123-00001"));
    let found = city.core.list(None, 10, None).expect("a page");
    assert_eq!(found.cases[0]["task_number"], "20251123-00001");
    let void = || Body::Void(gewu_model::entry::Plain::default());
    city.decide(declined, void());
    city.decide(declined, reopen());
    assert_eq!(city.view(declined).task_number, number);
    // What was settled on the spot and is made an ordinary case before anybody filed it, too.
    let mut chen = city.inspector("chen");
    chen.settles = true;
    let converted = chen.report("小广告已清", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(converted, Body::Convert(Convert::default()));
    let number = city.view(converted).task_number;
    assert_eq!(number.as_deref(), Some("20251123-00002"));
}

#[test]
fn the_same_matter_of_another_system_is_registered_once() {
    let city = City::found();
    let new = new_case(Some("12345-7"));
    let (first, _) = city
        .core
        .register(&city.operator, &new, city.now)
        .expect("registered");
    let (again, decided) = city
        .core
        .register(&city.operator, &new, city.now)
        .expect("known");
    assert_eq!((first, decided), (again, Registered::Known(None)));
    let mut unknown = new_case(None);
    unknown.class.code = "99999".into();
    let refused = city.core.register(&city.operator, &unknown, city.now);
    assert!(matches!(refused, Err(RegisterError::Class(_))));
    assert_eq!(
        city.core.list(None, 10, None).expect("a page").cases.len(),
        1
    );
}

#[test]
fn a_decision_on_an_old_view_is_stale_and_mere_facts_do_not_make_it_so() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: file(),
        content: vec![],
    };
    let note = gewu_model::entry::Note {
        text: gewu_model::ids::Digest([1; 32]),
        photos: None,
    };
    chen.write(
        case,
        &gewu_model::entry::Payload::Note(note),
        None,
        city.now,
    );
    chen.sync(&city.core, city.now);
    city.core
        .decide(&city.operator, &decision, city.now)
        .expect("a note is a mere fact");
    let again = city.core.decide(&city.operator, &decision, city.now);
    let view = city.view(case).token();
    assert_eq!(again, Err(DecideError::Stale { view }));
    let unknown = Decision {
        case: gewu_model::ids::CaseId([1; 16]),
        ..decision
    };
    let refused = city.core.decide(&city.operator, &unknown, city.now);
    assert_eq!(refused, Err(DecideError::UnknownCase));
}

/// Twenty operators press the button at once on the same view: one instruction.
#[test]
fn of_many_decisions_at_once_one_wins() {
    let city = City::found();
    let (case, _) = city
        .core
        .register(&city.operator, &new_case(None), city.now)
        .expect("registered");
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: file(),
        content: vec![],
    };
    let (core, barrier) = (Arc::new(city.core), Barrier::new(20));
    let won: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    core.decide(&city.operator, &decision, city.now).is_ok()
                })
            })
            .collect();
        threads
            .into_iter()
            .filter(|_| true)
            .map(|t| usize::from(t.join().expect("done")))
            .sum()
    });
    assert_eq!(won, 1);
    let view = core.case_view(case).expect("readable").expect("a case");
    assert_eq!(view.chain.len(), 2);
}

#[test]
fn policy_and_stage_are_asked_and_a_refusal_leaves_nothing() {
    let mut city = City::found();
    let (case, _) = city
        .core
        .register(&city.operator, &new_case(None), city.now)
        .expect("registered");
    let view = city.view(case).token();
    let try_as = |operator, body| {
        let content = vec![];
        city.core.decide(
            operator,
            &Decision {
                case,
                view,
                body,
                content,
            },
            city.now,
        )
    };
    let early = try_as(&city.operator, dispatch("drainage"));
    assert!(
        matches!(early, Err(DecideError::Denied(_))),
        "not filed yet: {early:?}"
    );
    let clerk = city
        .core
        .add_operator("clerk", &"clerk".into(), &["clerk".into()], &[])
        .expect("an operator");
    assert!(matches!(
        try_as(&clerk, file()),
        Err(DecideError::Denied(_))
    ));
    let empty = dispatch("");
    city.decide(case, file());
    let view = city.view(case).token();
    let content = vec![];
    let refused = city.core.decide(
        &city.operator,
        &Decision {
            case,
            view,
            body: empty,
            content,
        },
        city.now,
    );
    assert!(
        matches!(refused, Err(DecideError::Invalid(_))),
        "{refused:?}"
    );
    assert_eq!(city.view(case).chain.len(), 2);
    assert_eq!(city.view(case).token(), view);
}

#[test]
fn a_unit_s_lead_assigns_by_a_signed_command_which_is_answered_alike_each_time() {
    let mut city = City::found();
    let (case, _) = city
        .core
        .register(&city.operator, &new_case(None), city.now)
        .expect("registered");
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let mut sun = city.phone("sun", "unit_lead", Some("drainage"), None);
    sun.sync(&city.core, city.now);
    let assign = Body::Assign(Assign {
        person: Some("li".into()),
        ..Assign::default()
    });
    sun.command(case, &assign, city.now);
    let request = sun.request();
    let told = sun.exchange(&city.core, &request, city.now);
    let Outcome::Done { instruction } = told.block.commands[0].outcome else {
        panic!("refused: {:?}", told.block.commands);
    };
    let again = sun.exchange(&city.core, &request, city.now);
    assert_eq!(again.block.commands, told.block.commands);
    let view = city.view(case);
    assert_eq!(view.tip(), Some(instruction));
    assert!(view.persons.contains(&"li".into()));
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    assert!(
        li.notices
            .iter()
            .any(|notice| notice.about == Some(instruction))
    );
}

#[test]
fn commands_that_are_stale_not_theirs_or_forged_are_refused_with_words() {
    let mut city = City::found();
    let (case, _) = city
        .core
        .register(&city.operator, &new_case(None), city.now)
        .expect("registered");
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let mut sun = city.phone("sun", "unit_lead", Some("drainage"), None);
    let mut li = city.crew("li", "drainage");
    sun.sync(&city.core, city.now);
    li.sync(&city.core, city.now);
    let assign = Body::Assign(Assign {
        person: Some("li".into()),
        ..Assign::default()
    });
    li.command(case, &assign, city.now);
    let told = li.sync(&city.core, city.now);
    assert!(matches!(
        told.block.commands[0].outcome,
        Outcome::Denied { .. }
    ));
    // Another person's command, sent by li.
    sun.command(case, &assign, city.now);
    li.commands = sun.commands.clone();
    let told = li.sync(&city.core, city.now);
    assert!(matches!(
        told.block.commands[0].outcome,
        Outcome::Denied { .. }
    ));
    // It harmed nothing: sun's own still counts, unless the case has moved.
    let mut first = sun.request();
    city.decide(case, dispatch("roads"));
    let told = sun.exchange(&city.core, &first, city.now);
    assert_eq!(told.block.commands[0].outcome, Outcome::Stale);
    first.commands.clear();
    let told = sun.exchange(&city.core, &first, city.now);
    assert!(told.block.commands.is_empty());
}

#[test]
fn a_reply_reaches_the_citizen_and_needs_its_text() {
    let mut city = City::found();
    let mut ci = city.citizen("ci");
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    let item = ContentItem::new("已安排清运", [3; 16]).expect("a text");
    let text = item.digest();
    let mut decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Reply(Reply { text, to: None }),
        content: vec![],
    };
    let bare = city.core.decide(&city.operator, &decision, city.now);
    assert!(matches!(bare, Err(DecideError::Invalid(_))), "{bare:?}");
    decision.content.push(item.clone());
    city.core
        .decide(&city.operator, &decision, city.now)
        .expect("decided");
    let decline = Decline {
        kind: DeclineKind::NotAccepted,
        note: None,
        reason: None,
    };
    city.decide(case, Body::Decline(decline));
    ci.sync(&city.core, city.now);
    assert_eq!(ci.statuses[&case].reply, Some(item));
}

#[test]
fn an_instruction_is_the_server_s_own_and_carries_the_command() {
    let city = City::found();
    let (case, _) = city
        .core
        .register(&city.operator, &new_case(None), city.now)
        .expect("registered");
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["entries"][0]["by"], "centre");
    assert_eq!(shown["entries"][0]["role"], "centre");
    assert_eq!(shown["report"]["source"]["code"], "hotline");
}

fn link(other: gewu_model::ids::CaseId) -> Body {
    Body::Link(LinkCase {
        other,
        relation: Relationship::DuplicateOf,
        request: None,
        external_due: None,
        note: None,
    })
}

/// Whether duplicates lead from the case back to itself.
fn goes_round(city: &City, from: gewu_model::ids::CaseId) -> bool {
    let mut at = from;
    let mut steps = 0;
    while let Some(tie) = city
        .view(at)
        .facts
        .ties
        .into_iter()
        .find(|tie| tie.relation == Relationship::DuplicateOf)
    {
        (at, steps) = (tie.other, steps + 1);
        if at == from || steps > 10 {
            return true;
        }
    }
    false
}

/// Operators who tie cases to each other at the same moment: one word stands on both cases.
#[test]
fn of_two_ties_at_once_that_would_make_a_round_one_stands() {
    let city = City::found();
    let register = || {
        let made = city
            .core
            .register(&city.operator, &new_case(None), city.now);
        made.expect("registered").0
    };
    for _ in 0..8 {
        let (a, b) = (register(), register());
        let decision = |case, other| Decision {
            case,
            view: city.view(case).token(),
            body: link(other),
            content: vec![],
        };
        let (there, back) = (decision(a, b), decision(b, a));
        let barrier = Barrier::new(2);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads = [&there, &back].map(|decision| {
                let (city, barrier) = (&city, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    city.core.decide(&city.operator, decision, city.now)
                })
            });
            threads.map(|thread| thread.join().expect("done")).into()
        });
        let stood = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(stood, 1, "{outcomes:?}");
        assert!(!goes_round(&city, a) && !goes_round(&city, b));
        // Who looks again is told in words, and nothing is written into either case.
        let (a_view, b_view) = (city.view(a), city.view(b));
        for (case, other) in [(a, b), (b, a)] {
            let again = city
                .core
                .decide(&city.operator, &decision(case, other), city.now);
            let round =
                matches!(&again, Err(DecideError::Invalid(words)) if words.contains("duplicate"));
            assert!(again.is_ok() || round, "{again:?}");
        }
        assert!(!goes_round(&city, a) && !goes_round(&city, b));
        let grown = city.view(a).chain.len() + city.view(b).chain.len();
        assert_eq!(
            grown,
            a_view.chain.len() + b_view.chain.len() + 2,
            "the standing tie once more"
        );
    }
}

#[test]
fn a_refusal_names_what_was_asked_and_where_the_case_stands() {
    let city = City::found();
    let (case, _) = city
        .core
        .register(&city.operator, &new_case(None), city.now)
        .expect("registered");
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: dispatch("drainage"),
        content: vec![],
    };
    let refused = city.core.decide(&city.operator, &decision, city.now);
    let words = "a case that stands at reported takes no dispatch".to_owned();
    assert_eq!(refused, Err(DecideError::Denied(words)));
}
