//! Work that crosses a recall, another dispatch, or what was decided since.

use gewu_model::entry::InstructionKind;
use gewu_model::fold::{QuestionKind, Reason, Stage};

use super::Told;
use crate::story::{LI, SUN, Story};

pub(crate) const STORIES: &[Told] = &[
    ("recall meets handle", recall_meets_handle),
    (
        "an assistant's handle meets the recall",
        recall_meets_assistant,
    ),
    ("a handle by one who knew of the recall", knew_of_recall),
    ("a recall that knew of the handle", recall_knew),
    (
        "a recall of work that had crossed an earlier recall",
        recall_of_crossed,
    ),
    (
        "recalled, sent elsewhere, done by the old crew, then by the new",
        elsewhere,
    ),
    (
        "sent elsewhere, done by the old crew, closed before the new",
        closed_on_crossed,
    ),
    (
        "sent elsewhere in full knowledge of crossed work",
        elsewhere_knowingly,
    ),
    (
        "handled elsewhere and recalled: the old crew's work stays beaten",
        beaten_stays,
    ),
    (
        "a crossed handle for the second of three dispatches",
        latest_crossing,
    ),
    ("a reply crosses the work", reply_crosses),
    (
        "a handle that crosses a recall and then the close",
        crosses_two,
    ),
    (
        "a handle that crosses a new verification",
        crosses_verify_request,
    ),
    ("a handle that crosses filing anew", crosses_file),
    ("a handle that crosses declining", crosses_decline),
];

fn recall_meets_handle() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.pull(LI);
    let handle = story.handle(LI, task);
    story.recall();
    story.stands(Stage::Filed);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", Reason::WorkDone);
    story.work_is(handle);
    story.everyone_pulls();
    story.ask_check(&["wang"]);
    story.stands(Stage::Checking);
    story.is(handle, "effective", Reason::WorkDone);
    story
}

fn recall_meets_assistant() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.everyone_pulls();
    story.recall();
    let helped = story.handle(SUN, task);
    story.push(SUN);
    story.stands(Stage::Filed);
    story.is(helped, "effective", Reason::Supporting);
    story
}

fn knew_of_recall() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.recall();
    story.pull(LI);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Filed);
    story.is(handle, "late", Reason::KnewReassigned);
    story.work_is(None);
    story
}

fn recall_knew() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.pull(LI);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.recall();
    story.stands(Stage::Filed);
    story.is(handle, "effective", Reason::Reassigned);
    story.work_is(None);
    story
}

fn recall_of_crossed() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.pull(LI);
    let handle = story.handle(LI, task);
    story.recall();
    story.push(LI);
    story.stands(Stage::Handled);
    story.recall();
    story.stands(Stage::Filed);
    story.is(handle, "effective", Reason::Reassigned);
    story.work_is(None);
    story
}

fn elsewhere() -> Story {
    let mut story = Story::filed();
    let old_task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.recall();
    let new_task = story.dispatch(&["roads"]);
    story.pull(SUN);
    story.stands(Stage::Dispatched);
    let old = story.handle(LI, old_task);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(old, "effective", Reason::WorkDone);
    let new = story.handle(SUN, new_task);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.work_is(new);
    story.is(old, "superseded", Reason::NewerWork);
    story.close();
    story.work_is(new);
    story.stands(Stage::Closed);
    story
}

fn closed_on_crossed() -> Story {
    let mut story = Story::filed();
    let old_task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.recall();
    let new_task = story.dispatch(&["roads"]);
    story.pull(SUN);
    let old = story.handle(LI, old_task);
    story.push(LI);
    let new = story.handle(SUN, new_task);
    story.close();
    story.push(SUN);
    story.stands(Stage::Closed);
    story.is(old, "effective", Reason::WorkDone);
    story.is(new, "late", Reason::Settled);
    story.work_is(old);
    story
}

fn elsewhere_knowingly() -> Story {
    let mut story = Story::filed();
    let old_task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.recall();
    let old = story.handle(LI, old_task);
    story.push(LI);
    story.stands(Stage::Handled);
    let new_task = story.dispatch(&["roads"]);
    story.stands(Stage::Dispatched);
    story.is(old, "effective", Reason::Reassigned);
    story.pull(SUN);
    let new = story.handle(SUN, new_task);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.work_is(new);
    story
}

fn beaten_stays() -> Story {
    let mut story = Story::filed();
    let old_task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let new_task = story.dispatch(&["roads"]);
    story.pull(SUN);
    let old = story.handle(LI, old_task);
    let new = story.handle(SUN, new_task);
    story.push(LI);
    story.push(SUN);
    story.work_is(new);
    story.recall();
    story.stands(Stage::Filed);
    story.work_is(None);
    story.is(old, "effective", Reason::Reassigned);
    story
}

fn latest_crossing() -> Story {
    let mut story = Story::filed();
    let first = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let second = story.dispatch(&["roads"]);
    story.pull(SUN);
    story.dispatch(&["lamps"]);
    let newer = story.handle(SUN, second);
    let older = story.handle(LI, first);
    story.push(LI);
    story.work_is(older);
    story.push(SUN);
    story.work_is(newer);
    story.stands(Stage::Handled);
    story.is(newer, "effective", Reason::WorkDone);
    story.is(older, "superseded", Reason::NewerWork);
    story
}

fn reply_crosses() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.recall();
    story.plain(InstructionKind::Reply);
    story.plain(InstructionKind::Erase);
    story.plain(InstructionKind::Register);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", Reason::WorkDone);
    // A reply decides nothing about the work, even when the centre knew of it.
    story.plain(InstructionKind::Reply);
    story.plain(InstructionKind::Erase);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story
}

fn crosses_two() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.recall();
    story.close();
    story.push(LI);
    story.stands(Stage::Closed);
    story.is(handle, "late", Reason::Settled);
    story.work_is(None);
    story
}

/// Dispatched, handled on Li's phone, recalled, and decided upon otherwise before the phone is
/// heard of again.
fn decided_otherwise(decide: impl FnOnce(&mut Story), stage: Stage) -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.recall();
    story.asks(None);
    decide(&mut story);
    story.push(LI);
    story.stands(stage);
    story.is(handle, "late", Reason::Settled);
    story.work_is(None);
    story
}

fn crosses_verify_request() -> Story {
    let ask = |story: &mut Story| {
        story.ask_verify(&["wang"]);
        story.asks(QuestionKind::Verify);
    };
    decided_otherwise(ask, Stage::Verifying)
}

fn crosses_file() -> Story {
    let file = |story: &mut Story| {
        story.file();
    };
    decided_otherwise(file, Stage::Filed)
}

fn crosses_decline() -> Story {
    let decline = |story: &mut Story| {
        story.plain(InstructionKind::Decline);
    };
    decided_otherwise(decline, Stage::Declined)
}
