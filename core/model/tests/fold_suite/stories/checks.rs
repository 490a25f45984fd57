//! Checks after disposal, and who may make them.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{Reason, Stage};

use super::Told;
use crate::story::{CHEN, Found, LI, LI_CHECKS, LI_OTHER_PHONE, SUN, Story, WANG};

pub(crate) const STORIES: &[Told] = &[
    ("two check answers with a close between", close_between),
    ("a not-pass that arrives after the close", late_not_pass),
    ("the worst of several checks counts", worst_counts),
    ("further persons are also asked", also_asked),
    ("a second check request replaces the first", asked_others),
    ("a reply while a check is open", reply_while_open),
    ("who handled does not check", self_check),
    (
        "who handled on another phone does not check",
        self_check_crossing,
    ),
    (
        "a handle that comes to light after the check was settled",
        handle_after_settling,
    ),
    (
        "who handled an earlier round may check the next",
        earlier_round,
    ),
    ("not passed, done again, passed, closed", whole_way),
];

/// Dispatched to drainage, handled by Li, and everyone holds that.
fn handled() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.pull(LI);
    story.handle(LI, task);
    story.push(LI);
    story.everyone_pulls();
    story
}

fn close_between() -> Story {
    let mut story = handled();
    let asked = story.ask_check(&["chen", "wang"]);
    story.everyone_pulls();
    let pass = story.check(CHEN, Found::Good, asked);
    story.push(CHEN);
    story.stands(Stage::CheckPassed);
    let fail = story.check(WANG, Found::Bad, asked);
    story.close();
    story.stands(Stage::Closed);
    story.push(WANG);
    story.stands(Stage::Closed);
    story.is(pass, "effective", None);
    story.is(fail, "late", Reason::Settled);
    story
}

fn late_not_pass() -> Story {
    let mut story = handled();
    let asked = story.ask_check(&["wang"]);
    story.everyone_pulls();
    story.close();
    let fail = story.check(WANG, Found::Bad, asked);
    story.push(WANG);
    story.stands(Stage::Closed);
    story.is(fail, "late", Reason::Settled);
    story
}

fn worst_counts() -> Story {
    let mut story = handled();
    let asked = story.ask_check(&["chen", "wang"]);
    story.stands(Stage::Checking);
    story.everyone_pulls();
    let pass = story.check(CHEN, Found::Good, asked);
    let unable = story.check(WANG, Found::Unable, asked);
    story.push(WANG);
    story.stands(Stage::CheckUnable);
    story.push(CHEN);
    story.stands(Stage::CheckUnable);
    story.is(pass, "superseded", Reason::HeavierAnswer);
    story.is(unable, "effective", None);
    let fail = story.check(CHEN, Found::Bad, asked);
    story.push(CHEN);
    story.stands(Stage::CheckFailed);
    story.is(fail, "effective", None);
    story.is(unable, "superseded", Reason::HeavierAnswer);
    story
}

fn also_asked() -> Story {
    let mut story = handled();
    let asked = story.ask_check(&["chen"]);
    story.everyone_pulls();
    let also = story.also_ask_check(&["wang"]);
    let pass = story.check(CHEN, Found::Good, asked);
    story.push(CHEN);
    story.stands(Stage::CheckPassed);
    story.pull(WANG);
    let fail = story.check(WANG, Found::Bad, also);
    story.push(WANG);
    story.stands(Stage::CheckFailed);
    story.is(pass, "superseded", Reason::HeavierAnswer);
    story.is(fail, "effective", None);
    story
}

fn asked_others() -> Story {
    let mut story = handled();
    let asked = story.ask_check(&["chen"]);
    story.everyone_pulls();
    story.ask_check(&["wang"]);
    let pass = story.check(CHEN, Found::Good, asked);
    story.push(CHEN);
    story.stands(Stage::Checking);
    story.is(pass, "late", Reason::Settled);
    story
}

fn reply_while_open() -> Story {
    let mut story = handled();
    let asked = story.ask_check(&["wang"]);
    story.everyone_pulls();
    story.plain(InstructionKind::Reply);
    story.plain(InstructionKind::Erase);
    story.stands(Stage::Checking);
    let pass = story.check(WANG, Found::Good, asked);
    story.push(WANG);
    story.stands(Stage::CheckPassed);
    story.is(pass, "effective", None);
    story
}

fn self_check() -> Story {
    let mut story = handled();
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

fn self_check_crossing() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.everyone_pulls();
    let hidden = story.handle(LI_OTHER_PHONE, task);
    let asked = story.ask_check(&["li"]);
    story.pull(LI_CHECKS);
    let pass = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    story.stands(Stage::CheckPassed);
    story.push(LI_OTHER_PHONE);
    story.stands(Stage::Checking);
    story.is(hidden, "late", Reason::Settled);
    story.is(pass, "superseded", Reason::HandledThisRound);
    story
}

fn handle_after_settling() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let hidden = story.handle(LI_OTHER_PHONE, task);
    let asked = story.ask_check(&["li"]);
    story.pull(LI_CHECKS);
    let pass = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    story.close();
    story.push(LI_OTHER_PHONE);
    story.stands(Stage::Closed);
    story.is(hidden, "late", Reason::Settled);
    story.is(pass, "effective", None);
    story
}

fn earlier_round() -> Story {
    let mut story = handled();
    let again = story.rework("roads");
    story.everyone_pulls();
    story.handle(SUN, again);
    story.push(SUN);
    let asked = story.ask_check(&["li"]);
    story.pull(LI_CHECKS);
    let pass = story.check(LI_CHECKS, Found::Good, asked);
    story.push(LI_CHECKS);
    story.stands(Stage::CheckPassed);
    story.is(pass, "effective", None);
    story
}

fn whole_way() -> Story {
    let mut story = handled();
    let asked = story.ask_check(&["wang"]);
    story.everyone_pulls();
    let fail = story.check(WANG, Found::Bad, asked);
    story.push(WANG);
    story.stands(Stage::CheckFailed);
    let again = story.rework("drainage");
    story.everyone_pulls();
    let second = story.handle(LI, again);
    story.push(LI);
    let asked = story.ask_check(&["wang"]);
    story.everyone_pulls();
    let pass = story.check(WANG, Found::Good, asked);
    story.push(WANG);
    story.stands(Stage::CheckPassed);
    story.work_is(second);
    story.is(fail, "effective", None);
    story.is(pass, "effective", None);
    let close = story.close();
    story.pull(CHEN);
    let rate = story.write(CHEN, FieldKind::Rate, Some(close));
    story.push(CHEN);
    story.stands(Stage::Closed);
    story.is(rate, "effective", None);
    story
}
