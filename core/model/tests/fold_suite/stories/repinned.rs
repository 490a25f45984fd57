//! Another policy is named while a case is under way. What was asked before goes on being judged by the
//! switches of the old one, which the instruction keeps; the stories are judged by the new one, the
//! built-in policy.

use gewu_model::entry::{Body, Repin, Switches};
use gewu_model::fold::{Reason, Stage};
use gewu_model::ids::Digest;

use super::Told;
use crate::story::{Found, LI, LI_CHECKS, Story, WANG};

pub(crate) const STORIES: &[Told] = &[
    ("a check that counted under the old policy", counted_check),
    ("an open check is judged as it was asked", open_check),
    ("a check asked under the new policy", new_check),
    ("work that waits for a word still does", waiting_work),
    ("work of the next round needs no word", next_round),
    ("each of two policies holds for its own time", twice),
    ("an exempt role stays exempt for what it was asked", exempt),
];

/// The old policy: nothing is kept apart, and units confirm.
fn old() -> Switches {
    Switches {
        separation: false,
        exempt: vec![],
        confirm: true,
    }
}

fn repin(story: &mut Story, policy: u8, was: Switches) {
    story.world.instruct(Body::Repin(Repin {
        policy: Some(Digest([policy; 32])),
        was: Some(was),
        ..Repin::default()
    }));
}

/// Dispatched and handled under the old policy.
fn handled() -> (Story, usize) {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.pull(LI);
    let work = story.handle(LI, task);
    story.push(LI);
    story.everyone_pulls();
    (story, work)
}

fn counted_check() -> Story {
    let (mut story, _) = handled();
    let asked = story.ask_check(&["li"]);
    story.everyone_pulls();
    let own = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    story.close();
    repin(&mut story, 8, old());
    story.stands(Stage::Closed);
    story.is(own, "effective", None);
    story
}

fn open_check() -> Story {
    let (mut story, _) = handled();
    let asked = story.ask_check(&["li"]);
    story.everyone_pulls();
    repin(&mut story, 8, old());
    let own = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    story.stands(Stage::CheckPassed);
    story.is(own, "effective", None);
    story
}

fn new_check() -> Story {
    let (mut story, _) = handled();
    repin(&mut story, 8, old());
    let asked = story.ask_check(&["li", "wang"]);
    story.everyone_pulls();
    let own = story.check(LI_CHECKS, Found::Bad, asked);
    story.push(LI_CHECKS);
    story.stands(Stage::Checking);
    story.is(own, "superseded", Reason::HandledThisRound);
    let pass = story.check(WANG, Found::Good, asked);
    story.push(WANG);
    story.stands(Stage::CheckPassed);
    story.is(pass, "effective", None);
    story
}

fn waiting_work() -> Story {
    let (mut story, work) = handled();
    repin(&mut story, 8, old());
    story.stands(Stage::Worked);
    story.work_is(work);
    story
}

fn next_round() -> Story {
    let (mut story, _) = handled();
    repin(&mut story, 8, old());
    let again = story.rework("drainage");
    story.everyone_pulls();
    let second = story.handle(LI, again);
    story.push(LI);
    story.stands(Stage::Handled);
    story.work_is(second);
    story
}

fn twice() -> Story {
    let (mut story, _) = handled();
    let asked = story.ask_check(&["li"]);
    story.everyone_pulls();
    let own = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    repin(&mut story, 8, old());
    let stricter = Switches {
        separation: true,
        exempt: vec![],
        confirm: true,
    };
    let again = story.rework("drainage");
    story.everyone_pulls();
    let second = story.handle(LI, again);
    story.push(LI);
    let asked = story.ask_check(&["li"]);
    story.everyone_pulls();
    let other = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    repin(&mut story, 9, stricter);
    story.is(own, "effective", None);
    story.is(other, "superseded", Reason::HandledThisRound);
    story.stands(Stage::Checking);
    story.work_is(second);
    story
}

fn exempt() -> Story {
    let (mut story, _) = handled();
    let asked = story.ask_check(&["li"]);
    story.everyone_pulls();
    let own = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    let lenient = Switches {
        separation: true,
        exempt: vec!["inspector".into()],
        confirm: false,
    };
    repin(&mut story, 8, lenient);
    story.stands(Stage::CheckPassed);
    story.is(own, "effective", None);
    story
}
