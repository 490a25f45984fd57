//! From the report to the filing: withdrawals, verification, the first decisions.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{Reason, Stage};

use super::Told;
use crate::story::{CHEN, Found, LI, Story, WANG, WANG_OTHER_PHONE};

pub(crate) const STORIES: &[Told] = &[
    ("a withdrawal before anything was decided", withdrawn),
    ("a withdrawal that crosses the filing", withdrawal_crosses),
    ("a withdrawal after filing is a request", withdrawal_after),
    ("a request that names what it answers", request_answers),
    ("filing what its reporter withdrew", filed_all_the_same),
    ("a case that is declined", declined),
    ("a case that is void", void),
    ("registering and replying move nothing", words_move_nothing),
    ("two verifiers do not agree", verifiers_disagree),
    ("a verifier thinks again", second_thoughts),
    ("one person's two phones do not agree", two_phones),
    ("a second verify request replaces the first", asked_others),
    ("an answer that crosses the filing", verify_crosses_filing),
    ("an answer of somebody who was not asked", not_asked),
    ("an answer to a question of another kind", wrong_question),
    ("an answer to what asked nothing", answers_no_question),
];

fn withdrawn() -> Story {
    let mut story = Story::reported();
    story.stands(Stage::Reported);
    let withdraw = story.write(CHEN, FieldKind::Withdraw, None);
    story.push(CHEN);
    story.stands(Stage::Withdrawn);
    story.is(withdraw, "effective", None);
    story
}

fn withdrawal_crosses() -> Story {
    let mut story = Story::reported();
    let withdraw = story.write(CHEN, FieldKind::Withdraw, None);
    story.file();
    story.push(CHEN);
    story.stands(Stage::Filed);
    story.is(withdraw, "late", Reason::Settled);
    story
}

fn withdrawal_after() -> Story {
    let mut story = Story::filed();
    let withdraw = story.write(CHEN, FieldKind::Withdraw, None);
    story.push(CHEN);
    story.stands(Stage::Filed);
    story.is(withdraw, "effective", Reason::Request);
    story
}

fn request_answers() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.pull(CHEN);
    let known = story.write(CHEN, FieldKind::Withdraw, Some(task));
    story.push(CHEN);
    story.is(known, "effective", Reason::Request);
    let crossing = story.write(CHEN, FieldKind::Withdraw, Some(task));
    story.close();
    story.push(CHEN);
    story.is(known, "effective", Reason::Request);
    story.is(crossing, "late", Reason::Settled);
    story.stands(Stage::Closed);
    story
}

fn filed_all_the_same() -> Story {
    let mut story = Story::reported();
    let withdraw = story.write(CHEN, FieldKind::Withdraw, None);
    story.push(CHEN);
    story.file();
    story.stands(Stage::Filed);
    story.is(withdraw, "effective", None);
    story
}

fn declined() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.pull(WANG);
    story.plain(InstructionKind::Decline);
    story.stands(Stage::Declined);
    let verify = story.verify(WANG, Found::Good, asked);
    story.push(WANG);
    story.stands(Stage::Declined);
    story.is(verify, "late", Reason::Settled);
    story
}

fn void() -> Story {
    let mut story = Story::filed();
    let task = story.dispatch(&["drainage"]);
    story.pull(LI);
    story.plain(InstructionKind::Void);
    story.stands(Stage::Void);
    let handle = story.handle(LI, task);
    story.push(LI);
    story.stands(Stage::Void);
    story.is(handle, "late", Reason::Settled);
    story
}

fn words_move_nothing() -> Story {
    let mut story = Story::reported();
    story.plain(InstructionKind::Register);
    story.stands(Stage::Reported);
    let asked = story.ask_verify(&["wang"]);
    story.plain(InstructionKind::Reply);
    story.plain(InstructionKind::Erase);
    story.plain(InstructionKind::Register);
    story.stands(Stage::Verifying);
    story.pull(WANG);
    let verify = story.verify(WANG, Found::Good, asked);
    story.push(WANG);
    story.stands(Stage::VerifiedExists);
    story.is(verify, "effective", None);
    story
}

fn verifiers_disagree() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["chen", "wang"]);
    story.stands(Stage::Verifying);
    story.everyone_pulls();
    let exists = story.verify(CHEN, Found::Good, asked);
    story.push(CHEN);
    story.stands(Stage::VerifiedExists);
    let unable = story.verify(WANG, Found::Unable, asked);
    story.push(WANG);
    story.stands(Stage::VerifiedUnable);
    story.is(exists, "superseded", Reason::HeavierAnswer);
    let gone = story.verify(WANG, Found::Bad, asked);
    story.push(WANG);
    story.stands(Stage::VerifiedNotExists);
    story.is(unable, "superseded", Reason::OwnLaterAnswer);
    story.is(gone, "effective", None);
    story
}

fn second_thoughts() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.pull(WANG);
    let gone = story.verify(WANG, Found::Bad, asked);
    story.push(WANG);
    story.stands(Stage::VerifiedNotExists);
    let exists = story.verify(WANG, Found::Good, asked);
    story.push(WANG);
    story.stands(Stage::VerifiedExists);
    story.is(gone, "superseded", Reason::OwnLaterAnswer);
    story.is(exists, "effective", None);
    story
}

fn two_phones() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.everyone_pulls();
    let gone = story.verify(WANG, Found::Bad, asked);
    let exists = story.verify(WANG_OTHER_PHONE, Found::Good, asked);
    story.push(WANG);
    story.push(WANG_OTHER_PHONE);
    // Neither phone had seen the other's answer: neither is later.
    story.stands(Stage::VerifiedNotExists);
    story.is(gone, "effective", None);
    story.is(exists, "superseded", Reason::HeavierAnswer);
    story
}

fn asked_others() -> Story {
    let mut story = Story::reported();
    let first = story.ask_verify(&["chen"]);
    story.everyone_pulls();
    let second = story.ask_verify(&["wang"]);
    story.pull(WANG);
    let old = story.verify(CHEN, Found::Bad, first);
    story.push(CHEN);
    story.stands(Stage::Verifying);
    story.is(old, "late", Reason::Settled);
    let new = story.verify(WANG, Found::Good, second);
    story.push(WANG);
    story.stands(Stage::VerifiedExists);
    story.is(new, "effective", None);
    story
}

fn verify_crosses_filing() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["chen", "wang"]);
    story.everyone_pulls();
    let exists = story.verify(CHEN, Found::Good, asked);
    story.push(CHEN);
    story.file();
    let gone = story.verify(WANG, Found::Bad, asked);
    story.push(WANG);
    story.stands(Stage::Filed);
    story.is(exists, "effective", None);
    story.is(gone, "late", Reason::Settled);
    story
}

fn not_asked() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.everyone_pulls();
    let verify = story.verify(CHEN, Found::Bad, asked);
    story.push(CHEN);
    story.stands(Stage::Verifying);
    story.is(verify, "superseded", Reason::NotAsked);
    story
}

fn wrong_question() -> Story {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.everyone_pulls();
    let check = story.check(WANG, Found::Bad, asked);
    let handle = story.handle(LI, asked);
    story.push(WANG);
    story.push(LI);
    story.stands(Stage::Verifying);
    story.is(check, "orphan", Reason::WrongQuestion);
    story.is(handle, "orphan", Reason::WrongQuestion);
    story
}

fn answers_no_question() -> Story {
    let mut story = Story::reported();
    let file = story.file();
    story.everyone_pulls();
    let verify = story.verify(WANG, Found::Bad, file);
    let handle = story.handle(LI, file);
    let note = story.write(WANG, FieldKind::Note, Some(file));
    let mark = story.write(LI, FieldKind::Take, None);
    story.push(WANG);
    story.push(LI);
    story.stands(Stage::Filed);
    story.is(verify, "orphan", Reason::WrongQuestion);
    story.is(handle, "orphan", Reason::WrongQuestion);
    story.is(note, "effective", None);
    story.is(mark, "orphan", Reason::AnswersNothing);
    story
}
