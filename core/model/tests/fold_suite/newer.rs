//! What an older app makes of a newer one's entries: never more than it understands.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::{Reason, Rules, Stage, fold};

use crate::entries::{entry, field, instruction, unknown};
use crate::hostile::{CENTRE_AUTHOR, plain, row, told};
use crate::story::{CHEN, Story, WANG};

#[test]
fn the_chain_stops_before_what_only_a_newer_app_can_read() {
    let mut story = Story::filed();
    let prev = story.world.view(story.world.server).tip();
    let frame = instruction(plain(InstructionKind::Recall), prev, 1, 2).to_cbor();
    story
        .world
        .instruct_entry(unknown(&CENTRE_AUTHOR, "levitate", frame));
    let newer = story.world.rows[story.world.rows.len() - 1].hash;
    let close = instruction(plain(InstructionKind::Close), Some(newer), 1, 3);
    let close = story
        .world
        .instruct_entry(entry(&CENTRE_AUTHOR, &close, None));
    story.pull(CHEN);
    let rate = story.write(CHEN, FieldKind::Rate, Some(close));
    story.push(CHEN);
    story.stands(Stage::Filed);
    story.is(close, "effective", Reason::Newer);
    story.is(rate, "effective", Reason::Newer);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
    let view = story.world.view(story.world.server);
    assert!(view.needs_newer_app);
    // A newer instruction on the highest branch is still on the highest branch.
    let older = told(&CENTRE_AUTHOR, plain(InstructionKind::File), None);
    let payload = instruction(plain(InstructionKind::Recall), None, 2, 1).to_cbor();
    let newer = unknown(&CENTRE_AUTHOR, "levitate", payload);
    let view = fold(&[row(1, &[], older), row(2, &[], newer)]);
    assert_eq!((view.stage, view.needs_newer_app), (Stage::Reported, true));
}

#[test]
fn a_known_instruction_of_a_newer_version_asks_for_a_newer_app() {
    let mut file = told(&CENTRE_AUTHOR, plain(InstructionKind::File), None);
    file.header.version = 2;
    let view = fold(&[row(1, &[], file)]);
    assert!(view.needs_newer_app);
    assert_eq!(view.entries[0].reason, Some(Reason::Newer));
}

#[test]
fn an_answer_that_cannot_be_read_is_not_counted_as_a_good_one() {
    let mut story = Story::reported();
    let asked = story.ask_verify(&["wang"]);
    story.pull(WANG);
    let gone = |version| {
        let hash = Some(story.world.rows[asked].hash);
        let mut entry = entry(
            &story.world.phones[WANG].author,
            &field(FieldKind::Verify, 2),
            hash,
        );
        entry.header.version = version;
        entry
    };
    let (newer, mut damaged) = (gone(2), gone(1));
    damaged.payload = vec![0xff];
    let newer = story.world.write_entry(WANG, newer);
    let damaged = story.world.write_entry(WANG, damaged);
    story.push(WANG);
    story.stands(Stage::Verifying);
    story.is(newer, "effective", Reason::Newer);
    story.is(damaged, "orphan", Reason::Unreadable);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
    assert!(story.world.view(story.world.server).needs_newer_app);
}

#[test]
fn what_a_newer_app_wrote_beside_an_entry_does_not_excuse_it() {
    let mut story = Story::filed();
    let prev = story.world.view(story.world.server).tip();
    let frame = instruction(plain(InstructionKind::Recall), prev, 1, 2).to_cbor();
    story
        .world
        .instruct_entry(unknown(&CENTRE_AUTHOR, "levitate", frame));
    // Wang has not seen that, and answers what is no instruction.
    let report = 1;
    let stray = story.write(WANG, FieldKind::Note, Some(report));
    story.push(WANG);
    story.is(stray, "orphan", Reason::OffChain);
    assert_eq!(story.broken(&Rules::BUILT_IN), [""; 0]);
    assert!(story.world.view(story.world.server).needs_newer_app);
}
