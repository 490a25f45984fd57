//! Citizens.

use std::sync::Arc;

use crate::support::{City, START, device, report};
use gewu::{Act, GewuError};
use gewu_model::change::{Limits, decode_strict};
use gewu_model::content::ContentItem;
use gewu_model::ids::UserId;
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
    citizen.gewu.rate(cases[0], 5, Act::new()).unwrap();
    let refused = citizen.gewu.supplement(cases[0], Act::new().text("再看"));
    assert!(matches!(refused, Err(GewuError::NotPermitted { .. })));
    let shown = citizen.gewu.show(cases[0]).unwrap();
    assert_eq!(shown.entries.last().unwrap().answers, Some(behind));
    assert_eq!(citizen.gewu.verify_projection().unwrap(), []);
}
