//! Dispatch, rework, recall: whose work counts.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{QuestionKind, Reason, Stage};

use super::Told;
use crate::story::{CHEN, LI, LI_OTHER_PHONE, SUN, Story, WANG, ZHAO};
use crate::world::bit;

pub(crate) const STORIES: &[Told] = &[
    ("the lead handles", handled),
    ("two of the lead's phones both handle", handled_twice),
    ("assistants' handles support", assistants),
    ("a unit that nobody named handles", strangers),
    ("marks move nothing", marks),
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
    (
        "forwarded, assigned, then handled by the unit below",
        forwarded,
    ),
    ("a handle that crosses the forwarding", crosses_forwarding),
    ("forwarding when nothing is open", forwarded_nothing),
    ("a reply crosses the work", reply_crosses),
    (
        "a handle after another unit handled and the case closed",
        late_after_close,
    ),
    ("a handle that crosses the rework", crosses_rework),
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
    ("a restored server forks the chain", forked),
    (
        "a branch is as high as its highest generation",
        forked_twice,
    ),
];

fn handled() -> Story {
    let mut story = Story::filed();
    story.stands(Stage::Filed);
    let task = story.dispatch(&["drainage"]);
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Dispatch);
    story.pull(LI);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", None);
    story.work_is(handle);
    story
}

fn handled_twice() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let first = story.handle(LI, task);
    story.push(LI);
    story.pull(LI_OTHER_PHONE);
    let second = story.handle(LI_OTHER_PHONE, task);
    story.push(LI_OTHER_PHONE);
    story.work_is(first);
    story.is(second, "effective", Reason::Supporting);
    story
}

fn assistants() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.everyone_pulls();
    let helped = story.handle(SUN, task);
    story.push(SUN);
    story.stands(Stage::Dispatched);
    story.work_is(None);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story.is(helped, "effective", Reason::Supporting);
    story
}

fn strangers() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.everyone_pulls();
    let strange = story.handle(ZHAO, task);
    story.push(ZHAO);
    story.stands(Stage::Dispatched);
    story.is(strange, "superseded", Reason::NotAsked);
    story
}

fn marks() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let taken = story.write(LI, FieldKind::Take, Some(task));
    let out = story.write(LI, FieldKind::SetOut, Some(task));
    story.push(LI);
    story.stands(Stage::Dispatched);
    story.is(taken, "effective", None);
    let arrived = story.write(LI, FieldKind::Arrived, Some(task));
    story.recall();
    story.push(LI);
    story.stands(Stage::Filed);
    story.is(out, "effective", None);
    story.is(arrived, "late", Reason::Settled);
    story
}

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

fn forwarded() -> Story {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    let passed = story.forward("roads");
    let named = story.assign("sun");
    story.stands(Stage::Dispatched);
    story.everyone_pulls();
    let mark = story.write(SUN, FieldKind::Take, Some(passed));
    let handle = story.handle(SUN, named);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.is(mark, "effective", None);
    story.is(handle, "effective", None);
    story.work_is(handle);
    story
}

fn crosses_forwarding() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let upper = story.handle(LI, task);
    let passed = story.forward("roads");
    story.push(LI);
    // The upper unit stays accountable, so its work needs no exception.
    story.stands(Stage::Handled);
    story.is(upper, "effective", None);
    story.pull(SUN);
    let lower = story.handle(SUN, passed);
    story.push(SUN);
    story.is(lower, "effective", Reason::Supporting);
    story.work_is(upper);
    story
}

fn forwarded_nothing() -> Story {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    story.recall();
    let passed = story.forward("roads");
    story.everyone_pulls();
    let handle = story.handle(SUN, passed);
    story.push(SUN);
    story.stands(Stage::Filed);
    story.is(handle, "orphan", Reason::WrongQuestion);
    story
}

fn reply_crosses() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.recall();
    story.plain(InstructionKind::Reply);
    story.plain(InstructionKind::Register);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", Reason::WorkDone);
    // A reply decides nothing about the work, even when the centre knew of it.
    story.plain(InstructionKind::Reply);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story
}

fn late_after_close() -> Story {
    let mut story = Story::filed();
    let old_task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let old = story.handle(LI, old_task);
    story.recall();
    let new_task = story.dispatch(&["roads"]);
    story.pull(SUN);
    let new = story.handle(SUN, new_task);
    story.push(SUN);
    story.close();
    story.stands(Stage::Closed);
    story.push(LI);
    story.stands(Stage::Closed);
    story.work_is(new);
    story.is(old, "late", Reason::Settled);
    story.pull(CHEN);
    let rate = story.write(CHEN, FieldKind::Rate, Some(new_task));
    story.push(CHEN);
    story.stands(Stage::Closed);
    story.is(rate, "late", Reason::Settled);
    story
}

fn crosses_rework() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let first = story.handle(LI, task);
    story.push(LI);
    let again = story.rework("drainage");
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Rework);
    let crossing = story.handle(LI_OTHER_PHONE, task);
    story.push(LI_OTHER_PHONE);
    story.stands(Stage::Dispatched);
    story.is(crossing, "late", Reason::Settled);
    story.work_is(first);
    story.pull(LI);
    let second = story.handle(LI, again);
    story.push(LI);
    story.stands(Stage::Handled);
    story.work_is(second);
    story.is(first, "effective", None);
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

fn forked() -> Story {
    let mut story = Story::filed();
    let backup = story.world.server;
    let lost = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, lost);
    story.world.restore(backup);
    let kept = story.dispatch(&["roads"]);
    story.stands(Stage::Dispatched);
    story.push(LI);
    story.is(lost, "orphan", Reason::OffChain);
    story.is(handle, "orphan", Reason::OffChain);
    story.stands(Stage::Dispatched);
    let next = story.assign("sun");
    assert_ne!(story.world.past[next] & bit(lost), 0);
    story.pull(SUN);
    let done = story.handle(SUN, kept);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.work_is(done);
    story
}

/// The second restored server started from the older branch, and wins with it.
fn forked_twice() -> Story {
    let mut story = Story::filed();
    let backup = story.world.server;
    let task = story.dispatch(&["drainage"]);
    let later_backup = story.world.server;
    story.world.restore(backup);
    let lost = story.dispatch(&["roads"]);
    story.pull(WANG);
    story.world.restore(later_backup);
    let named = story.assign("li");
    story.push(WANG);
    story.is(named, "effective", None);
    story.is(task, "effective", None);
    story.is(lost, "orphan", Reason::OffChain);
    story.pull(LI);
    let handle = story.handle(LI, named);
    story.push(LI);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story
}
