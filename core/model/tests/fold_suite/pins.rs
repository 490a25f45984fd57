//! Which packs a case goes by, and which its work went by.

use gewu_model::case::CaseRoot;
use gewu_model::entry::{Body, Repin};
use gewu_model::fold::Pins;
use gewu_model::ids::{CaseId, Digest};

use crate::story::Story;

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
