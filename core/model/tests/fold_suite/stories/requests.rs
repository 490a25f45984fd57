//! Requests and what becomes of them; findings that are asked again; spot checks; reopened cases.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{QuestionKind, Reason, Stage};

use super::Told;
use crate::entries::Names;
use crate::story::{CHEN, Found, LI, SUN, Story, WANG};

pub(crate) const STORIES: &[Told] = &[
    ("a return that is asked for and granted", granted),
    ("more time is asked for and refused", refused),
    ("a request whose task was taken back has lapsed", lapsed),
    ("a request of a unit that was not asked", not_asked),
    ("a request that comes after the recall", too_late),
    ("an appeal after the close is decided", appealed),
    ("an inspector contests a dispatch", contested),
    ("a verification is asked again", verified_again),
    ("a check is asked again of the same person", checked_again),
    ("asking again when nothing was asked", nothing_to_redo),
    ("self-handled and drawn for a spot check", spot_checked),
    (
        "the reporter does not check what he settled himself",
        own_spot_check,
    ),
    ("closed, reopened, done again", reopened),
    (
        "asking a finding again settles what a late handle says",
        redo_settles,
    ),
    ("reopened without naming the request", reopened_unnamed),
];

fn deciding(story: &Story, request: usize, granted: bool) -> Names {
    Names {
        request: Some(story.world.rows[request].hash),
        granted,
        ..Names::default()
    }
}

fn granted() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let asked = story.write(LI, FieldKind::SendBackRequest, Some(task));
    story.push(LI);
    story.is(asked, "effective", Reason::Request);
    story.stands(Stage::Dispatched);
    let names = deciding(&story, asked, true);
    story.instruct(InstructionKind::SendBack, &names);
    story.stands(Stage::Filed);
    story.asks(None);
    story.is(asked, "effective", Reason::Granted);
    story
}

fn refused() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let asked = story.write(LI, FieldKind::ExtendRequest, Some(task));
    story.push(LI);
    let names = deciding(&story, asked, false);
    story.instruct(InstructionKind::Decide, &names);
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Dispatch);
    story.is(asked, "effective", Reason::Refused);
    story
}

fn lapsed() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let asked = story.write(LI, FieldKind::SuspendRequest, Some(task));
    story.push(LI);
    story.recall();
    story.is(asked, "effective", Reason::Lapsed);
    story
}

fn not_asked() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let asked = story.write(SUN, FieldKind::SendBackRequest, Some(task));
    story.push(SUN);
    story.is(asked, "superseded", Reason::NotAsked);
    story
}

fn too_late() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let asked = story.write(LI, FieldKind::ExtendRequest, Some(task));
    story.recall();
    story.push(LI);
    story.is(asked, "late", Reason::Settled);
    story
}

fn appealed() -> Story {
    let mut story = Story::filed();
    let closed = story.close();
    story.everyone_pulls();
    let appeal = story.write(LI, FieldKind::Appeal, Some(closed));
    story.push(LI);
    story.is(appeal, "effective", Reason::Request);
    let names = deciding(&story, appeal, true);
    story.instruct(InstructionKind::Decide, &names);
    story.is(appeal, "effective", Reason::Granted);
    story.stands(Stage::Closed);
    story
}

/// Of whom a decision asks something makes no difference to who may contest it.
fn contested() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let appeal = story.write(WANG, FieldKind::Appeal, Some(task));
    let asked = story.write(WANG, FieldKind::SendBackRequest, Some(task));
    story.push(WANG);
    story.is(appeal, "effective", Reason::Request);
    story.is(asked, "superseded", Reason::NotAsked);
    story.stands(Stage::Dispatched);
    story
}

fn verified_again() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.everyone_pulls();
    let first = story.verify(WANG, Found::Bad, asked);
    story.push(WANG);
    story.stands(Stage::VerifiedNotExists);
    let again = story.plain(InstructionKind::RedoRequest);
    story.stands(Stage::Verifying);
    story.asks(QuestionKind::Verify);
    story.pull(WANG);
    story.verify(WANG, Found::Good, again);
    story.push(WANG);
    story.stands(Stage::VerifiedExists);
    story.is(first, "effective", None);
    story
}

fn checked_again() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    let asked = story.ask_check(&["wang"]);
    story.pull(WANG);
    story.check(WANG, Found::Unable, asked);
    story.push(WANG);
    let again = story.plain(InstructionKind::RedoRequest);
    story.stands(Stage::Checking);
    story.asks(QuestionKind::Check);
    story.pull(WANG);
    story.check(WANG, Found::Good, again);
    story.push(WANG);
    story.stands(Stage::CheckPassed);
    // What the crew says now comes after the check was asked for: work does not survive that.
    story
}

fn nothing_to_redo() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.plain(InstructionKind::RedoRequest);
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Dispatch);
    story.push(LI);
    // It found nothing to ask again, so it decided nothing about the work.
    story.stands(Stage::Handled);
    story.is(handle, "effective", None);
    story.work_is(handle);
    story
}

fn redo_settles() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.pull(WANG);
    story.verify(WANG, Found::Good, asked);
    story.push(WANG);
    story.file();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.plain(InstructionKind::RedoRequest);
    story.stands(Stage::Verifying);
    story.push(LI);
    story.stands(Stage::Verifying);
    story.is(handle, "late", Reason::Settled);
    story.work_is(None);
    story
}

fn reopened_unnamed() -> Story {
    let mut story = Story::filed();
    let closed = story.close();
    story.everyone_pulls();
    let asked = story.write(CHEN, FieldKind::ReopenRequest, Some(closed));
    let late = story.write(WANG, FieldKind::ReopenRequest, Some(closed));
    story.push(CHEN);
    story.is(asked, "effective", Reason::Request);
    story.plain(InstructionKind::Reopen);
    story.is(asked, "effective", Reason::Lapsed);
    story.push(WANG);
    story.is(late, "effective", Reason::Lapsed);
    let again = story.close();
    story.pull(CHEN);
    let anew = story.write(CHEN, FieldKind::ReopenRequest, Some(again));
    story.push(CHEN);
    story.is(anew, "effective", Reason::Request);
    story.is(asked, "effective", Reason::Lapsed);
    story
}

fn spot_checked() -> Story {
    let mut story = Story::reported();
    let drawn = story.instruct(InstructionKind::SpotCheck, &Names::persons(&["wang"]));
    story.stands(Stage::Checking);
    story.pull(WANG);
    story.check(WANG, Found::Bad, drawn);
    story.push(WANG);
    story.stands(Stage::CheckFailed);
    story.plain(InstructionKind::Convert);
    story.stands(Stage::Filed);
    story.asks(None);
    story
}

fn own_spot_check() -> Story {
    let mut story = Story::reported();
    let names = Names::persons(&["chen", "wang"]);
    let drawn = story.instruct(InstructionKind::SpotCheck, &names);
    story.everyone_pulls();
    let own = story.check(CHEN, Found::Good, drawn);
    story.push(CHEN);
    story.stands(Stage::Checking);
    story.is(own, "superseded", Reason::HandledThisRound);
    story.check(WANG, Found::Good, drawn);
    story.push(WANG);
    story.stands(Stage::CheckPassed);
    story
}

fn reopened() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    let closed = story.close();
    story.pull(CHEN);
    let asked = story.write(CHEN, FieldKind::ReopenRequest, Some(closed));
    story.push(CHEN);
    story.stands(Stage::Closed);
    let names = deciding(&story, asked, true);
    story.instruct(InstructionKind::Reopen, &names);
    story.stands(Stage::Filed);
    story.is(asked, "effective", Reason::Granted);
    let again = story.dispatch(&["roads"]);
    story.everyone_pulls();
    let handle = story.handle(SUN, again);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story
}
