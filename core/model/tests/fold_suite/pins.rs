//! Which packs a case goes by, and which its work went by.

use gewu_model::case::CaseRoot;
use gewu_model::entry::{Body, FieldKind, Kind, Repin, Switches};
use gewu_model::fold::Pins;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::policy::{Capacity, Policy};

use crate::story::{LI, Story};

fn root() -> CaseRoot {
    CaseRoot {
        schema: 1,
        id: CaseId([5; 16]),
        edition: "2026".into(),
        policy: Digest([2; 32]),
        catalogue: Digest([3; 32]),
    }
}

#[test]
fn a_round_goes_by_the_policy_that_was_named_before_it_began() {
    let mut story = Story::filed();
    // The policy of the case, and that of its latest round, by their first bytes.
    let policies = |story: &Story| {
        let rows = story.world.rows_of(story.world.server);
        let began = Pins::began_under(&root(), &rows);
        (Pins::of(&root(), &rows).policy.0[0], began.0[0])
    };
    let repin = |story: &mut Story, policy: u8| {
        story.world.instruct(Body::Repin(Repin {
            policy: Some(Digest([policy; 32])),
            ..Repin::default()
        }));
    };
    assert_eq!(policies(&story), (2, 2));
    repin(&mut story, 8);
    assert_eq!(policies(&story), (8, 2), "nobody was sent yet");
    story.dispatch(&["drainage"]);
    assert_eq!(policies(&story), (8, 8));
    repin(&mut story, 9);
    assert_eq!(policies(&story), (9, 8));
    story.rework("roads");
    assert_eq!(policies(&story), (9, 9));
    story.world.instruct(Body::Repin(Repin {
        catalogue: Some(Digest([4; 32])),
        edition: Some("2027".into()),
        ..Repin::default()
    }));
    assert_eq!(
        policies(&story),
        (9, 9),
        "another catalogue is no other policy"
    );
}

/// A city that keeps nothing apart any more does not give back what was kept when the work began.
#[test]
fn what_the_rules_under_which_the_work_began_kept_apart_stays_so() {
    let mut body: serde_json::Value = serde_json::from_slice(gewu_model::policy::BUILT_IN).unwrap();
    body["separation"]["on"] = false.into();
    let lax = Policy::from_json(body.to_string().as_bytes()).unwrap();
    let li = Capacity {
        user: "li".into(),
        role: "inspector".into(),
        unit: None,
    };
    for (was, may) in [(None, true), (Some(true), false), (Some(false), true)] {
        let mut story = Story::filed();
        let task = story.dispatch(&["drainage"]);
        story.everyone_pulls();
        story.handle(LI, task);
        story.push(LI);
        if let Some(separation) = was {
            story.world.instruct(Body::Repin(Repin {
                policy: Some(Digest([8; 32])),
                was: Some(Switches {
                    separation,
                    exempt: vec![],
                    confirm: false,
                }),
                ..Repin::default()
            }));
        }
        story.ask_check(&["li"]);
        let check = Kind::Field(FieldKind::Check);
        assert_eq!(
            story
                .world
                .view(story.world.server)
                .may(&li, &lax)
                .contains(&check),
            may,
            "{was:?}"
        );
    }
}
