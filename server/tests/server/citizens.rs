//! What a citizen sees and may do.

use gewu_model::entry::{Body, CloseKind, Payload, Withdraw};
use gewu_model::fold::{Reason, Status};
use gewu_model::status::PublicStage;
use gewu_sync::verdict::{SetAside, Verdict};
use gewu_sync::wire::PackHave;

use crate::kit::entries::{asked, dispatch, file, handle};
use crate::kit::{City, POLICY};

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

/// The district's policy, with checks kept from whoever handled or not.
fn policy(separation: bool) -> Vec<u8> {
    let mut body: serde_json::Value = serde_json::from_slice(POLICY).expect("JSON");
    body["separation"]["on"] = serde_json::json!(separation);
    body.to_string().into_bytes()
}

fn held(version: u64) -> PackHave {
    PackHave {
        kind: "policy".into(),
        name: "fixture".into(),
        version,
    }
}

/// A citizen has a key for each case. What was delivered to the device binds them all: those that are new,
/// and those that were named before and kept back.
#[test]
fn a_citizen_who_was_given_new_rules_begins_no_case_under_old_ones() {
    let city = City::found();
    let mut ci = city.citizen("ci");
    let publish = |version, body: &[u8]| {
        let told = city
            .core
            .publish_pack("policy", "lax", version, body, city.now);
        told.expect("published")
    };
    let old = publish(1, &policy(false));
    let new = publish(2, &policy(true));
    let named = |version| PackHave {
        name: "lax".into(),
        ..held(version)
    };
    let old_rules = (old, ci.pins.1);
    let new_rules = (new, ci.pins.1);

    // Written under the old rules before the new ones came: taken, though it arrives with them.
    ci.pins = old_rules;
    let honest = ci.report("垃圾三天", vec![], city.now);
    let kept_back = ci.report("先不交", vec![], city.now);
    let mut request = ci.request();
    let spare = request.cases.iter().position(|push| push.case == kept_back);
    let withheld = request.cases.remove(spare.expect("written"));
    request.packs = vec![named(1)];
    let spare_key = withheld.endorsement.clone().expect("a citizen's");
    // A modified app names the key early, with nothing signed.
    request.endorsements = Some(vec![spare_key.clone()]);
    request.counters.retain(|own| own.key != spare_key.key.id());
    ci.exchange(&city.core, &request, city.now);
    assert_eq!(city.view(honest).stage, gewu_model::fold::Stage::Reported);

    // Now the device says that it holds the new rules.
    ci.pins = new_rules;
    let fresh = ci.report("新规则", vec![], city.now);
    let mut request = ci.request();
    request.cases.retain(|push| push.case == fresh);
    request.counters.retain(|own| own.key != spare_key.key.id());
    request.packs = vec![named(2)];
    ci.exchange(&city.core, &request, city.now);
    assert!(city.core.case_view(fresh).expect("readable").is_some());

    // What it begins under the old ones from here on is set aside, under a key that was named before
    // and under a new one.
    ci.pins = old_rules;
    let late = ci.report("旧规则", vec![], city.now);
    let mut request = ci.request();
    request.packs = vec![named(2)];
    let told = ci.exchange(&city.core, &request, city.now);
    for case in [kept_back, late] {
        let reasons: Vec<_> = told
            .block
            .changes
            .iter()
            .filter(|verdict| verdict.case == case)
            .map(|verdict| verdict.verdict.clone())
            .collect();
        let pins = Verdict::SetAside {
            reason: SetAside::Pins,
        };
        assert_eq!(reasons.first(), Some(&pins), "{reasons:?}");
        assert!(city.core.case_view(case).expect("readable").is_none());
    }
}

/// A long backlog comes in several requests. The key of a case that waits for its turn is named in the
/// first, so the rules that arrive in between do not count against it.
#[test]
fn a_case_that_waits_for_its_turn_is_not_refused_for_rules_that_came_meanwhile() {
    let city = City::found();
    let mut ci = city.citizen("ci");
    let old = city
        .core
        .publish_pack("policy", "lax", 1, &policy(false), city.now);
    ci.pins.0 = old.expect("published");
    city.core
        .publish_pack("policy", "lax", 2, &policy(true), city.now)
        .expect("published");
    let named = |version| PackHave {
        name: "lax".into(),
        ..held(version)
    };
    let case = ci.report("垃圾三天", vec![], city.now);
    for version in [1, 2] {
        let mut request = ci.request();
        let keys = request.cases.drain(..).filter_map(|push| push.endorsement);
        request.endorsements = Some(keys.collect());
        request.packs = vec![named(version)];
        ci.exchange(&city.core, &request, city.now);
    }
    let mut request = ci.request();
    request.packs = vec![named(2)];
    ci.exchange(&city.core, &request, city.now);
    assert_eq!(city.view(case).stage, gewu_model::fold::Stage::Reported);
}
