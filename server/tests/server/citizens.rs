//! What a citizen sees and may do.

use gewu_model::entry::{Body, CloseKind, Payload, Withdraw};
use gewu_model::fold::{Reason, Status};
use gewu_model::status::PublicStage;
use gewu_sync::verdict::Verdict;

use crate::kit::City;
use crate::kit::entries::{asked, dispatch, file, handle};

#[test]
fn a_citizen_sees_the_public_status_and_nothing_internal() {
    let mut city = City::found();
    let (mut ci, mut wang) = (city.citizen("ci"), city.inspector("wang"));
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    let status = &ci.statuses[&case];
    assert_eq!((status.version, status.stage), (1, PublicStage::Received));
    assert_eq!(status.may, ["supplement", "withdraw", "urge"]);
    city.decide(case, Body::VerifyRequest(asked("wang")));
    city.decide(case, file());
    city.decide(case, dispatch("roads"));
    city.decide(
        case,
        Body::Forward(gewu_model::entry::Forward {
            unit: "west".into(),
            note: None,
            from: None,
            limit: None,
        }),
    );
    let told = ci.sync(&city.core, city.now);
    assert_eq!(ci.holds(case), 2, "root and report, written here");
    assert!(
        told.response
            .cases
            .iter()
            .all(|pull| pull.changes.is_empty())
    );
    assert_eq!(ci.statuses[&case].stage, PublicStage::InProgress);
    assert_eq!(ci.statuses[&case].version, 4, "the forward is internal");
    let closed = city.decide(
        case,
        Body::Close(gewu_model::entry::Close {
            kind: CloseKind::Special,
            note: None,
            condition: None,
        }),
    );
    ci.sync(&city.core, city.now);
    let status = ci.statuses[&case].clone();
    assert_eq!(
        (status.stage, status.behind),
        (PublicStage::Closed, Some(closed.instruction))
    );
    assert_eq!(status.may, ["rate", "reopen_request"]);
    let rate = Payload::Rate(gewu_model::entry::Rate {
        score: 5,
        note: None,
    });
    let rated = ci.write(case, &rate, status.behind, city.now);
    assert!(ci.sync(&city.core, city.now).accepted(rated));
    // Others see an attested pseudonym; the endorsement never leaves the server.
    let told = wang.sync(&city.core, city.now);
    assert_eq!(
        wang.view(case).entry(&rated).expect("told").by,
        ci.pseudonym(case)
    );
    assert!(told.response.certificates.is_empty());
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["reporter"]["user"], ci.user.as_str());
}

#[test]
fn a_citizen_who_was_offered_nothing_may_not_rate() {
    let mut city = City::found();
    let mut ci = city.citizen("ci");
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    let filed = city.decide(case, file()).instruction;
    let rate = Payload::Rate(gewu_model::entry::Rate {
        score: 1,
        note: None,
    });
    let rated = ci.write(case, &rate, Some(filed), city.now);
    let told = ci.sync(&city.core, city.now);
    assert!(matches!(told.verdict(rated), Verdict::SetAside { .. }));
}

/// Work was done and a check is asked: the citizen is told nothing new, but what the citizen may
/// answer has moved, and a wish to withdraw is not to come too late for that.
#[test]
fn what_a_citizen_answers_moves_on_with_the_questions() {
    let mut city = City::found();
    let (mut ci, mut li) = (city.citizen("ci"), city.crew("li", "drainage"));
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    city.decide(case, file());
    let sent = city.decide(case, dispatch("drainage")).instruction;
    ci.sync(&city.core, city.now);
    li.sync(&city.core, city.now);
    li.write(case, &handle(), Some(sent), city.now);
    li.sync(&city.core, city.now);
    city.decide(case, Body::CheckRequest(asked("wang")));
    ci.sync(&city.core, city.now);
    let seen = city.view(case).token();
    let status = ci.statuses[&case].clone();
    assert_eq!(status.stage, PublicStage::InProgress);
    let wish = Payload::Withdraw(Withdraw { reason: None });
    let wish = ci.write(case, &wish, status.behind, city.now);
    assert!(ci.sync(&city.core, city.now).accepted(wish));
    let view = city.view(case);
    let entry = view.entry(&wish).expect("told");
    assert_eq!(
        (&entry.status, entry.reason),
        (&Status::Effective, Some(Reason::Request))
    );
    assert_ne!(view.token(), seen, "a decider has to know of it");
}
