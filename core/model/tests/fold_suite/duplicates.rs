//! What a duplicate rests on: the case that goes on with the matter, as that one stands.

use gewu_model::entry::{Body, Close, CloseKind, InstructionKind, Kind};
use gewu_model::fold::CaseView;
use gewu_model::policy::{Asking, Capacity, Denied, Policy, Standing, Whereabouts};

use crate::story::Story;

fn view(story: &Story) -> CaseView {
    story.world.view(story.world.server)
}

/// A case in which nobody did anything, ended so.
fn ended(body: Body) -> CaseView {
    let mut story = Story::filed();
    story.world.instruct(body);
    view(&story)
}

fn closed(kind: CloseKind) -> CaseView {
    ended(Body::Close(Close {
        kind,
        note: None,
        condition: None,
    }))
}

#[test]
fn a_duplicate_is_done_only_if_the_case_that_goes_on_was_closed_as_done() {
    let policy = Policy::built_in();
    let mut story = Story::filed();
    story.plain(InstructionKind::Link);
    let duplicate = view(&story);
    let operator = Capacity {
        user: "liu".into(),
        role: "operator".into(),
        unit: None,
    };
    let asking = Asking {
        who: &operator,
        standing: &Standing::default(),
        place: &Whereabouts::default(),
        kind: &Kind::Instruction(InstructionKind::Close),
        variant: Some("normal"),
        view: &duplicate,
    };
    assert_eq!(policy.judge(&asking), Ok(()));
    let rests_on = |main: CaseView| policy.judge_joined(&asking, &[main], &policy);
    assert_eq!(rests_on(closed(CloseKind::Normal)), Ok(()));
    let plain = |kind| ended(crate::hostile::plain(kind));
    for main in [
        closed(CloseKind::Forced),
        plain(InstructionKind::Void),
        plain(InstructionKind::Decline),
    ] {
        let stage = main.stage;
        assert_eq!(rests_on(main), Err(Denied::NotDoneThere), "{stage:?}");
    }
}
