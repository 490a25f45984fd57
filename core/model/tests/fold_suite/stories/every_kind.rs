//! Every instruction meets work in progress, so that each row of the table is told of.

use gewu_model::entry::InstructionKind;
use gewu_model::fold::{Reason, Stage};

use super::Told;
use crate::entries::Names;
use crate::story::{LI, LI_OTHER_PHONE, Story};

pub(crate) const STORIES: &[Told] = &[
    ("register leaves the question to those who work", register),
    ("reply leaves the question to those who work", reply),
    ("extend leaves the question to those who work", extend),
    ("decide leaves the question to those who work", decide),
    ("supervise leaves the question to those who work", supervise),
    ("link leaves the question to those who work", link),
    ("correct leaves the question to those who work", correct),
    ("repin leaves the question to those who work", repin),
    ("ownership leaves the question to those who work", ownership),
    ("reward leaves the question to those who work", reward),
    ("erase leaves the question to those who work", erase),
    ("forward meets a handle", forward),
    ("assign meets a handle", assign),
    ("unassign meets a handle", unassign),
    (
        "verify_request settles what a late handle says",
        verify_request,
    ),
    (
        "check_request settles what a late handle says",
        check_request,
    ),
    ("spot_check settles what a late handle says", spot_check),
    ("rework settles what a late handle says", rework),
    ("file settles what a late handle says", file),
    ("decline settles what a late handle says", decline),
    ("convert settles what a late handle says", convert),
    ("close settles what a late handle says", close),
    ("void settles what a late handle says", void),
    ("reopen settles what a late handle says", reopen),
    ("recall meets a handle", recall),
    ("suspend meets a handle", suspend),
    ("send_back meets a handle", send_back),
];

/// Names that suit every kind.
fn names() -> Names {
    Names {
        persons: vec!["li".into()],
        units: vec!["drainage".into()],
        ..Names::default()
    }
}

/// It crosses a handle and leaves the question alone: the work counts, and what answers the
/// instruction itself answers no question.
fn leaves(kind: InstructionKind) -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    let said = story.instruct(kind, &names());
    story.stands(Stage::Dispatched);
    story.pull(LI_OTHER_PHONE);
    let astray = story.handle(LI_OTHER_PHONE, said);
    story.push(LI_OTHER_PHONE);
    story.stands(Stage::Dispatched);
    story.is(astray, "orphan", Reason::WrongQuestion);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", None);
    story
}

/// It crosses a handle and passes the question on: both may answer.
fn narrows(kind: InstructionKind) -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    let passed = story.instruct(kind, &names());
    story.stands(Stage::Dispatched);
    story.pull(LI_OTHER_PHONE);
    let other = story.handle(LI_OTHER_PHONE, passed);
    story.push(LI_OTHER_PHONE);
    story.stands(Stage::Handled);
    story.is(other, "effective", None);
    story.push(LI);
    story.is(handle, "effective", None);
    story
}

/// It crosses a handle and settles the round without it.
fn settles(kind: InstructionKind, stage: Stage) -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.instruct(kind, &names());
    story.stands(stage);
    story.push(LI);
    story.stands(stage);
    story.is(handle, "late", Reason::Settled);
    story.work_is(None);
    story
}

/// It ends the question, and the work that it crossed counts all the same.
fn ends_but_keeps_work(kind: InstructionKind, stage: Stage) -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.instruct(kind, &names());
    story.stands(stage);
    story.asks(None);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", Reason::WorkDone);
    story
}

fn register() -> Story {
    leaves(InstructionKind::Register)
}

fn reply() -> Story {
    leaves(InstructionKind::Reply)
}

fn extend() -> Story {
    leaves(InstructionKind::Extend)
}

fn decide() -> Story {
    leaves(InstructionKind::Decide)
}

fn supervise() -> Story {
    leaves(InstructionKind::Supervise)
}

fn link() -> Story {
    leaves(InstructionKind::Link)
}

fn correct() -> Story {
    leaves(InstructionKind::Correct)
}

fn repin() -> Story {
    leaves(InstructionKind::Repin)
}

fn ownership() -> Story {
    leaves(InstructionKind::Ownership)
}

fn reward() -> Story {
    leaves(InstructionKind::Reward)
}

fn erase() -> Story {
    leaves(InstructionKind::Erase)
}

fn forward() -> Story {
    narrows(InstructionKind::Forward)
}

fn assign() -> Story {
    narrows(InstructionKind::Assign)
}

fn unassign() -> Story {
    narrows(InstructionKind::Unassign)
}

fn verify_request() -> Story {
    settles(InstructionKind::VerifyRequest, Stage::Verifying)
}

fn check_request() -> Story {
    settles(InstructionKind::CheckRequest, Stage::Checking)
}

fn spot_check() -> Story {
    settles(InstructionKind::SpotCheck, Stage::Checking)
}

fn rework() -> Story {
    settles(InstructionKind::Rework, Stage::Dispatched)
}

fn file() -> Story {
    settles(InstructionKind::File, Stage::Filed)
}

fn decline() -> Story {
    settles(InstructionKind::Decline, Stage::Declined)
}

fn convert() -> Story {
    settles(InstructionKind::Convert, Stage::Filed)
}

fn close() -> Story {
    settles(InstructionKind::Close, Stage::Closed)
}

fn void() -> Story {
    settles(InstructionKind::Void, Stage::Void)
}

fn reopen() -> Story {
    settles(InstructionKind::Reopen, Stage::Filed)
}

fn recall() -> Story {
    ends_but_keeps_work(InstructionKind::Recall, Stage::Filed)
}

fn suspend() -> Story {
    ends_but_keeps_work(InstructionKind::Suspend, Stage::Suspended)
}

fn send_back() -> Story {
    ends_but_keeps_work(InstructionKind::SendBack, Stage::Filed)
}
