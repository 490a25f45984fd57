//! The tree of units below a dispatch, suspension and resumption, orders.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{QuestionKind, Reason, Stage};

use super::Told;
use crate::entries::Names;
use crate::story::{LI, SUN, Story, ZHAO};

pub(crate) const STORIES: &[Told] = &[
    ("forwarded, assigned, returned up two levels", up_two_levels),
    ("a return that meets the unit's handle", return_meets_handle),
    ("a handle by a unit that knew of the return", knew_of_return),
    ("a return that knew of the handle", return_knew),
    ("an assistant returns its part", assistant_returns),
    ("an assistant's team handles", assistant_team),
    (
        "an assistant's team after its return, and resumed",
        assistant_team_kept,
    ),
    ("suspended and resumed, with the tree", resumed),
    (
        "suspend and handle, with the resumption crossing too",
        resumption_crosses,
    ),
    ("resuming what was never suspended", nothing_to_resume),
    ("handled in knowledge of the suspension", knew_of_suspension),
    ("resumed with the work in hand", resumed_knowingly),
    ("an order to a person", ordered),
    ("an order crosses the work of a dispatch", order_crosses),
];

fn send_back(story: &mut Story, unit: &str) -> usize {
    story.instruct(InstructionKind::SendBack, &Names::units(&[unit]))
}

fn up_two_levels() -> Story {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    let passed = story.forward("roads");
    let further = story.forward("lamps");
    story.assign("zhao");
    story.everyone_pulls();
    send_back(&mut story, "lamps");
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Dispatch);
    send_back(&mut story, "roads");
    story.stands(Stage::Dispatched);
    // Roads crossed its own return; lamps knew that it had given the task back.
    let crossed = story.handle(SUN, passed);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.is(crossed, "effective", None);
    story.pull(ZHAO);
    let knowing = story.handle(ZHAO, further);
    story.push(ZHAO);
    story.is(knowing, "late", Reason::KnewReassigned);
    // The upper unit was accountable all along; from it the case goes back to the centre.
    send_back(&mut story, "drainage");
    story.stands(Stage::Filed);
    story.asks(None);
    story
}

fn return_meets_handle() -> Story {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    let passed = story.forward("roads");
    story.everyone_pulls();
    let handle = story.handle(SUN, passed);
    send_back(&mut story, "roads");
    story.stands(Stage::Dispatched);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.is(handle, "effective", None);
    story.work_is(handle);
    story
}

fn knew_of_return() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    let passed = story.forward("roads");
    send_back(&mut story, "roads");
    story.everyone_pulls();
    let stubborn = story.handle(SUN, passed);
    story.push(SUN);
    story.stands(Stage::Dispatched);
    story.is(stubborn, "late", Reason::KnewReassigned);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story
}

fn return_knew() -> Story {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    let passed = story.forward("roads");
    story.everyone_pulls();
    let handle = story.handle(SUN, passed);
    story.push(SUN);
    story.stands(Stage::Handled);
    send_back(&mut story, "roads");
    story.stands(Stage::Dispatched);
    story.is(handle, "effective", Reason::Reassigned);
    story
}

fn assistant_returns() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    send_back(&mut story, "roads");
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Dispatch);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.push(LI);
    story.work_is(handle);
    story
}

/// Roads only helps, and so does the team to which its lead gives its part.
fn assistant_team() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage", "roads"]);
    story.instruct(InstructionKind::Assign, &Names::units(&["lamps", "roads"]));
    story.everyone_pulls();
    let helped = story.handle(ZHAO, task);
    story.push(ZHAO);
    story.stands(Stage::Dispatched);
    story.is(helped, "effective", Reason::Supporting);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story
}

fn assistant_team_kept() -> Story {
    let mut story = Story::filed();
    story.dispatch(&["drainage", "parks", "roads"]);
    story.instruct(InstructionKind::Assign, &Names::units(&["lamps", "roads"]));
    send_back(&mut story, "parks");
    story.plain(InstructionKind::Suspend);
    let task = story.plain(InstructionKind::Resume);
    story.everyone_pulls();
    let helped = story.handle(ZHAO, task);
    story.push(ZHAO);
    story.stands(Stage::Dispatched);
    story.is(helped, "effective", Reason::Supporting);
    // Its unit gives its part back, and nobody's work is the lead's by that.
    send_back(&mut story, "roads");
    story.everyone_pulls();
    let after = story.handle(ZHAO, task);
    story.push(ZHAO);
    story.stands(Stage::Dispatched);
    story.is(after, "effective", Reason::Supporting);
    story
}

fn resumed() -> Story {
    let mut story = Story::filed();
    story.dispatch(&["drainage"]);
    story.forward("roads");
    story.plain(InstructionKind::Suspend);
    story.stands(Stage::Suspended);
    story.asks(None);
    let resumed = story.plain(InstructionKind::Resume);
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Dispatch);
    story.everyone_pulls();
    let handle = story.handle(SUN, resumed);
    story.push(SUN);
    story.stands(Stage::Handled);
    story.is(handle, "effective", None);
    // The tree between the units is the old one.
    send_back(&mut story, "roads");
    story.stands(Stage::Dispatched);
    story
}

fn resumption_crosses() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.plain(InstructionKind::Suspend);
    story.plain(InstructionKind::Resume);
    story.stands(Stage::Dispatched);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", Reason::WorkDone);
    story
}

fn nothing_to_resume() -> Story {
    let mut story = Story::filed();
    let resumed = story.plain(InstructionKind::Resume);
    story.stands(Stage::Filed);
    story.asks(None);
    story.everyone_pulls();
    let handle = story.handle(LI, resumed);
    story.push(LI);
    story.is(handle, "orphan", Reason::WrongQuestion);
    story
}

fn knew_of_suspension() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.plain(InstructionKind::Suspend);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Suspended);
    story.is(handle, "late", Reason::KnewReassigned);
    story
}

fn resumed_knowingly() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.plain(InstructionKind::Suspend);
    story.push(LI);
    story.stands(Stage::Handled);
    story.plain(InstructionKind::Resume);
    story.stands(Stage::Dispatched);
    story.is(handle, "effective", Reason::Reassigned);
    story
}

fn ordered() -> Story {
    let mut story = Story::reported();
    let order = story.instruct(InstructionKind::Order, &Names::persons(&["zhao"]));
    story.stands(Stage::Dispatched);
    story.asks(QuestionKind::Order);
    story.everyone_pulls();
    let stranger = story.handle(LI, order);
    story.push(LI);
    story.stands(Stage::Dispatched);
    story.is(stranger, "superseded", Reason::NotAsked);
    let handle = story.handle(ZHAO, order);
    story.push(ZHAO);
    story.stands(Stage::Handled);
    story.work_is(handle);
    story
}

fn order_crosses() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.instruct(InstructionKind::Order, &Names::units(&["roads"]));
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", Reason::WorkDone);
    story.pull(SUN);
    let astray = story.write(SUN, FieldKind::Take, Some(task));
    story.push(SUN);
    story.is(astray, "late", Reason::Settled);
    story
}
