//! Dispatch, rework, forwarding: whose work counts when all goes its usual way, or nearly.

use gewu_model::entry::FieldKind;
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
    (
        "forwarded, assigned, then handled by the unit below",
        forwarded,
    ),
    ("a handle that crosses the forwarding", crosses_forwarding),
    ("forwarding when nothing is open", forwarded_nothing),
    (
        "a handle after another unit handled and the case closed",
        late_after_close,
    ),
    ("a handle that crosses the rework", crosses_rework),
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
