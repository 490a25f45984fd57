//! Citizens.

use std::sync::Arc;

use crate::support::{City, MARKET, START, device, manhole, report};
use gewu::{Act, GewuError};
use gewu_model::change::{Limits, decode_strict};
use gewu_model::content::ContentItem;
use gewu_model::fold::Reason;
use gewu_model::ids::{CaseId, ChangeHash, UserId};
use gewu_model::status::{PublicStage, PublicStatus, SignedStatus};
use gewu_model::time::Millis;
use gewu_sync::wire::CasePush;

#[test]
fn a_citizen_writes_under_a_name_per_case_and_may_do_what_the_centre_offers() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let cases = [(), ()].map(|()| citizen.gewu.report(report()).unwrap().case);
    citizen.sync();
    {
        let state = city.state();
        let push = |case| {
            let pushes = state.requests.iter().flat_map(|request| &request.cases);
            pushes.clone().find(|push| push.case == case).unwrap()
        };
        let [one, two] = cases.map(push);
        assert_ne!(
            one.changes[0].key, two.changes[0].key,
            "nothing links the reports"
        );
        let epoch = |push: &CasePush| {
            let decoded = decode_strict(&push.changes[0].bytes, &Limits::default()).unwrap();
            decoded.change.actor.0[16..].to_vec()
        };
        assert_ne!(epoch(one), epoch(two), "the actor neither");
        assert!(one.endorsement.is_some());
    }
    let by = |case| citizen.gewu.show(case).unwrap().entries[0].by.clone();
    assert_ne!(by(cases[0]), by(cases[1]));
    assert_ne!(by(cases[0]), UserId::from("citizen"));
    let rated = citizen.gewu.rate(cases[0], 5, Act::new());
    assert!(matches!(rated, Err(GewuError::NotPermitted { .. })));

    let behind = gewu_model::ids::ChangeHash([8; 32]);
    let status = |version, may: &str| PublicStatus {
        case: cases[0],
        version,
        stage: PublicStage::Closed,
        may: vec![may.into()],
        behind: Some(behind),
        task_number: Some("2026-7".into()),
        reply: Some(ContentItem::new("谢谢", [1; 16]).unwrap()),
        updated_at: Millis(START),
        generation: 7,
        erased: None,
        urged: None,
        rated: None,
        reward: None,
        duplicate: None,
        refused: None,
        joined: None,
        voided: None,
    };
    let signed = [status(2, "rate"), status(1, "withdraw")]
        .map(|status| SignedStatus::sign(&city.server, &status).unwrap());
    let mut forged = signed[0].clone();
    forged.body[5] ^= 1;
    city.state().response = Some(Box::new(move |response| {
        response.statuses = vec![signed[0].clone(), signed[1].clone(), forged.clone()];
    }));
    citizen.sync();
    let shown = citizen.gewu.show(cases[0]).unwrap();
    assert_eq!(shown.row.public_stage, Some(PublicStage::Closed));
    assert_eq!(
        shown.public_status.unwrap().version,
        2,
        "an older word does not overwrite"
    );
    for score in [0, 6] {
        let wrong = citizen.gewu.rate(cases[0], score, Act::new());
        assert!(wrong.unwrap_err().to_string().contains("from 1 to 5"));
    }
    citizen.gewu.rate(cases[0], 5, Act::new()).unwrap();
    let refused = citizen.gewu.supplement(cases[0], Act::new().text("再看"));
    assert!(matches!(refused, Err(GewuError::NotPermitted { .. })));
    let shown = citizen.gewu.show(cases[0]).unwrap();
    assert_eq!(shown.entries.last().unwrap().answers, Some(behind));
    assert_eq!(citizen.gewu.verify_projection().unwrap(), []);
}

/// What the centre tells a citizen with the next answers.
fn told(city: &City, case: CaseId, version: u64, stage: PublicStage, may: &[&str]) {
    let status = PublicStatus {
        case,
        version,
        stage,
        may: may.iter().map(|kind| (*kind).to_owned()).collect(),
        behind: Some(ChangeHash([version as u8; 32])),
        task_number: Some("2026-7".into()),
        reply: None,
        updated_at: Millis(START),
        generation: 7,
        erased: None,
        urged: None,
        rated: None,
        reward: None,
        duplicate: None,
        refused: None,
        joined: None,
        voided: None,
    };
    let signed = SignedStatus::sign(&city.server, &status).unwrap();
    city.state().response = Some(Box::new(move |response| {
        response.statuses = vec![signed.clone()];
    }));
}

#[test]
fn a_citizen_s_own_entries_count_and_what_the_centre_ended_is_over() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let case = citizen.gewu.report(report()).unwrap().case;
    citizen.sync();
    let clocks = || {
        let clocks = citizen.gewu.show(case).unwrap().clocks.into_iter();
        clocks.map(|clock| clock.node).collect::<Vec<_>>()
    };
    let near = || citizen.gewu.similar(&MARKET, &manhole()).unwrap().len();
    assert_eq!((clocks(), near()), (vec!["accept".to_owned()], 1));

    told(&city, case, 1, PublicStage::InProgress, &["urge"]);
    citizen.sync();
    assert_eq!((clocks(), near()), (vec![], 1), "the centre has taken it");
    citizen.gewu.urge(case, Act::new().text("快点")).unwrap();
    citizen.sync();
    let may = ["rate", "reopen_request"];
    told(&city, case, 2, PublicStage::Closed, &may);
    citizen.sync();
    citizen.gewu.rate(case, 4, Act::new()).unwrap();
    let again = Act::new().text("又坏了");
    citizen.gewu.ask_reopening(case, None, again).unwrap();
    citizen.sync();

    let shown = citizen.gewu.show(case).unwrap();
    let stands: Vec<_> = shown
        .entries
        .iter()
        .map(|entry| (entry.kind.as_str(), entry.status.name(), entry.reason))
        .collect();
    let counts = |kind| (kind, "effective", None);
    let asks = ("reopen_request", "effective", Some(Reason::Request));
    assert_eq!(
        stands,
        [counts("report"), counts("urge"), counts("rate"), asks]
    );
    assert_eq!(shown.view.facts.rating.map(|rating| rating.score), Some(4));
    assert_eq!((clocks(), near()), (vec![], 0));
    assert_eq!(citizen.gewu.verify_projection().unwrap(), []);
}
