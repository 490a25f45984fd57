//! Situations that every centre knows, one story each, and where those are told that need more than
//! a fold.

use gewu_model::entry::{Entry, FieldKind, InstructionKind};
use gewu_model::fold::{QuestionKind, Reason, Stage};
use gewu_model::time::Millis;

use super::{Told, all};
use crate::entries::{Names, entry, field};
use crate::story::{CHEN, Found, LI, LI_CHECKS, SUN, Story, WANG};

pub(crate) const STORIES: &[Told] = &[
    (
        "late handle after another unit handled and closed",
        late_after_close,
    ),
    (
        "second check_request while closing",
        second_check_while_closing,
    ),
    ("a supervision while a check is open", supervised_while_open),
    ("rate and reopen", rated_and_reopened),
    ("void not seen by a crew", void_unseen),
    ("suspend and handle", suspend_and_handle),
    (
        "a not-pass arriving between the operator's view and the close",
        not_pass_between,
    ),
];

/// The situations of the workflow's acceptance, and the story that tells each.
const SITUATIONS: &[(&str, &str)] = &[
    (
        "two check answers with a close between",
        "two check answers with a close between",
    ),
    (
        "late handle after another unit handled and closed",
        "late handle after another unit handled and closed",
    ),
    ("recall meets handle", "recall meets handle"),
    ("void not seen by a crew", "void not seen by a crew"),
    (
        "withdraw after filing",
        "a withdrawal after filing is a request",
    ),
    (
        "second check_request while closing",
        "second check_request while closing",
    ),
    ("suspend and handle", "suspend and handle"),
    ("rate and reopen", "rate and reopen"),
    (
        "one person handling and checking on two phones",
        "who handled does not check",
    ),
    (
        "a reply while a check is open",
        "a reply while a check is open",
    ),
    (
        "a supervision while a check is open",
        "a supervision while a check is open",
    ),
    (
        "recall, then dispatch elsewhere, then the old crew's handle, then the new one's",
        "recalled, sent elsewhere, done by the old crew, then by the new",
    ),
    (
        "a not-pass arriving between the operator's view and the close",
        "a not-pass arriving between the operator's view and the close",
    ),
    (
        "self-handled and drawn for a spot check",
        "self-handled and drawn for a spot check",
    ),
    (
        "forward, assign, return up two levels",
        "forwarded, assigned, returned up two levels",
    ),
    ("assistants' handles", "assistants' handles support"),
];

#[test]
fn every_situation_has_its_story() {
    let told = all();
    let missing: Vec<_> = SITUATIONS
        .iter()
        .filter(|(_, story)| told.iter().all(|(name, _)| name != story))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn late_after_close() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let late = story.handle(LI, task);
    story.recall();
    let next = story.dispatch(&["roads"]);
    story.pull(SUN);
    let done = story.handle(SUN, next);
    story.push(SUN);
    story.stands(Stage::Handled);
    let closed = story.close();
    story.push(LI);
    story.stands(Stage::Closed);
    story.is(late, "late", Reason::Settled);
    story.is(done, "effective", None);
    story.work_is(done);
    story.asks(None);
    story.pull(CHEN);
    story.write(CHEN, FieldKind::Rate, Some(closed));
    story.push(CHEN);
    story.stands(Stage::Closed);
    story
}

/// Two operators: the one asks for another check, the other has just closed. The chain has them one
/// after the other; an answer to the first question is late for both.
fn second_check_while_closing() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    let first = story.ask_check(&["wang"]);
    story.pull(WANG);
    let second = story.ask_check(&["chen"]);
    let answer = story.check(WANG, Found::Good, first);
    story.close();
    story.push(WANG);
    story.stands(Stage::Closed);
    story.is(answer, "late", Reason::Settled);
    story.pull(CHEN);
    let after = story.check(CHEN, Found::Bad, second);
    story.push(CHEN);
    story.stands(Stage::Closed);
    story.is(after, "late", Reason::Settled);
    story
}

fn supervised_while_open() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    let asked = story.ask_check(&["wang"]);
    story.pull(WANG);
    let check = story.check(WANG, Found::Good, asked);
    story.instruct(InstructionKind::Supervise, &Names::units(&["drainage"]));
    story.stands(Stage::Checking);
    story.asks(QuestionKind::Check);
    story.push(WANG);
    story.stands(Stage::CheckPassed);
    story.is(check, "effective", None);
    story
}

fn rated_and_reopened() -> Story {
    let mut story = Story::filed();
    let closed = story.close();
    story.pull(CHEN);
    let rating = story.write(CHEN, FieldKind::Rate, Some(closed));
    let asked = story.write(CHEN, FieldKind::ReopenRequest, Some(closed));
    story.plain(InstructionKind::Reopen);
    story.stands(Stage::Filed);
    // Both arrive after the case was opened again: facts, which change nothing.
    story.push(CHEN);
    story.stands(Stage::Filed);
    story.is(rating, "effective", None);
    story.is(asked, "effective", Reason::Lapsed);
    let again = story.dispatch(&["roads"]);
    story.pull(SUN);
    story.handle(SUN, again);
    story.push(SUN);
    story.stands(Stage::Handled);
    story
}

fn void_unseen() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.plain(InstructionKind::Void);
    let take = story.write(LI, FieldKind::Take, Some(task));
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Void);
    story.is(take, "late", Reason::Settled);
    story.is(handle, "late", Reason::Settled);
    story.work_is(None);
    story
}

fn suspend_and_handle() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let handle = story.handle(LI, task);
    story.plain(InstructionKind::Suspend);
    story.stands(Stage::Suspended);
    story.push(LI);
    story.stands(Stage::Handled);
    story.is(handle, "effective", Reason::WorkDone);
    story.ask_check(&["wang"]);
    story.stands(Stage::Checking);
    story
}

/// Whoever decides on a view that has moved is refused by the server, by the token. Should the close
/// all the same be written without the answer, the answer is late and the close stands.
fn not_pass_between() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    story.handle(LI, task);
    story.push(LI);
    let asked = story.ask_check(&["wang", "chen"]);
    story.everyone_pulls();
    story.check(WANG, Found::Good, asked);
    story.push(WANG);
    let seen = story.world.view(story.world.server).token();
    let bad = story.check(CHEN, Found::Bad, asked);
    let mut told = story.world.clone();
    told.push(CHEN);
    assert_ne!(
        told.view(told.server).token(),
        seen,
        "the close would be refused"
    );
    story.close();
    story.push(CHEN);
    story.stands(Stage::Closed);
    story.is(bad, "late", Reason::Settled);
    story
}

/// An operator's screen shows a case that has moved since: a void upon it is refused by the token.
#[test]
fn a_void_from_a_stale_screen_names_another_view() {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.everyone_pulls();
    let screen = story.world.view(story.world.server).token();
    story.write(LI, FieldKind::Arrived, Some(task));
    story.push(LI);
    let token = |story: &Story| story.world.view(story.world.server).token();
    assert_eq!(
        token(&story),
        screen,
        "a mark does not make an operator start over"
    );
    story.handle(LI, task);
    story.push(LI);
    assert_ne!(token(&story), screen);
}

/// Two operators decide upon one view: the second names a view that is gone.
#[test]
fn of_two_operators_who_dispatch_at_once_the_second_names_a_view_that_is_gone() {
    let mut story = Story::filed();
    let seen = story.world.view(story.world.server).token();
    story.dispatch(&["drainage"]);
    assert_ne!(story.world.view(story.world.server).token(), seen);
}

/// Clocks decide nothing: phones set to 1970 and 2036 make the same case.
#[test]
fn phones_set_to_1970_and_2036_make_the_same_case() {
    let told = |clocks: [i64; 2]| {
        let mut story = Story::filed();
        let task = story.dispatch(&["drainage"]);
        story.everyone_pulls();
        let hash = Some(story.world.rows[task].hash);
        let at = |phone: usize, kind, clock, answers, story: &Story| -> Entry {
            let author = story.world.phones[phone].author;
            let mut entry = entry(&author, &field(kind, 0), answers);
            entry.header.claimed_at = Millis(clock);
            entry
        };
        let handle = at(LI, FieldKind::Handle, clocks[0], hash, &story);
        story.world.write_entry(LI, handle);
        story.push(LI);
        let asked = story.ask_check(&["wang", "li"]);
        story.everyone_pulls();
        let hash = Some(story.world.rows[asked].hash);
        for phone in [WANG, LI_CHECKS] {
            let check = at(phone, FieldKind::Check, clocks[1], hash, &story);
            story.world.write_entry(phone, check);
            story.push(phone);
        }
        story.world.view(story.world.server)
    };
    let year_2036 = 2_082_758_400_000;
    let honest = told([1_780_000_000_000, 1_780_000_100_000]);
    assert_eq!(told([0, year_2036]), honest);
    assert_eq!(told([year_2036, 0]), honest);
    assert_eq!(honest.stage, Stage::CheckPassed);
}
