//! The server's own writing goes through the same gate.

use gewu_model::entry::{Body, LinkCase, Payload, Relationship};
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_sync::verdict::SetAside;

use crate::story::{Draft, Story, Who, close, dispatch, file, note, recall};

fn scene() -> (Story, Who) {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    (story, wang)
}

fn with_frame(
    mut draft: Draft,
    bend: impl FnOnce(&mut gewu_model::entry::InstructionFrame),
) -> Draft {
    let kind = draft.entry.header.kind.clone();
    let Ok(Payload::Instruction(mut frame, body)) = Payload::decode(&kind, &draft.entry.payload)
    else {
        panic!("an instruction")
    };
    bend(&mut frame);
    draft.entry.payload = Payload::Instruction(frame, body).to_cbor();
    draft
}

#[test]
fn a_device_writes_no_instruction() {
    let (mut story, _) = scene();
    let chief = story.staff("chen", "operator", None);
    let mut usurped = story.instruction(close());
    let own = story.draft(chief, note());
    usurped.who = chief;
    usurped.actor = own.actor;
    usurped.seq = own.seq;
    usurped.entry.header = gewu_model::entry::EntryHeader {
        kind: usurped.entry.header.kind.clone(),
        ..own.entry.header
    };
    story.fails(&usurped, SetAside::NotPermitted);
}

#[test]
fn the_server_writes_nothing_else() {
    let (mut story, _) = scene();
    let draft = story.draft(Who::SERVER, note());
    story.fails(&draft, SetAside::NotPermitted);
}

#[test]
fn instructions_form_one_chain() {
    let (mut story, _) = scene();
    let start = story.heads();
    let filed = story.instructs(file());
    let next = story.instruction(dispatch("drainage"));
    let elsewhere = with_frame(next.clone(), |frame| {
        frame.prev = Some(ChangeHash([4; 32]));
    });
    let first = with_frame(next.clone(), |frame| frame.prev = None);
    let skipping = with_frame(next.clone(), |frame| frame.number += 1);
    let older = with_frame(next.clone(), |frame| frame.generation -= 1);
    for broken in [elsewhere, first, skipping, older] {
        story.fails(&broken, SetAside::Sequence);
    }
    let sent = story.writes(&next);
    assert_eq!(story.view().tip(), Some(sent));

    story.writer(Who::SERVER).renews_actor();
    let blind = story.draft_upon(Who::SERVER, file_again(&story, &start), &start);
    story.fails(&blind, SetAside::Sequence);
    assert_eq!(story.view().chain[0].hash, filed);
}

/// A second first instruction of the same generation.
fn file_again(story: &Story, _: &[ChangeHash]) -> Payload {
    let next = story.instruction(file());
    let first = with_frame(next, |frame| {
        frame.prev = None;
        frame.number = 1;
    });
    Payload::decode(&first.entry.header.kind, &first.entry.payload).unwrap()
}

#[test]
fn a_restored_server_forks_the_chain_in_a_new_generation() {
    let (mut story, _) = scene();
    let start = story.heads();
    let lost = story.instructs(file());
    story.writer(Who::SERVER).renews_actor();
    story.generation = 2;
    let payload = file_again(&story, &start);
    let anew = story.draft_upon(Who::SERVER, payload, &start);
    let anew = story.writes(&anew);
    assert_eq!(story.view().tip(), Some(anew));
    let both = story.instruction(recall());
    assert!(both.deps.contains(&lost) && both.deps.contains(&anew));
    story.writes(&both);
}

#[test]
fn an_instruction_carries_the_command_for_it() {
    let (mut story, _) = scene();
    let next = story.instruction(file());
    let for_another = story.command(&close());
    let here = std::mem::replace(&mut story.case.case, CaseId([9; 16]));
    let for_another_case = story.command(&file());
    story.case.case = here;
    let elsewhere = with_frame(next.clone(), |frame| frame.command = for_another_case);
    let without = with_frame(next.clone(), |frame| frame.command = vec![]);
    let other = with_frame(next.clone(), |frame| frame.command = for_another);
    for bad in [without, other, elsewhere] {
        story.fails(&bad, SetAside::Payload);
    }
    story.writes(&next);
}

fn link(other: u8, relation: Relationship) -> Body {
    Body::Link(LinkCase {
        other: CaseId([other; 16]),
        relation,
        request: None,
        external_due: None,
        note: None,
    })
}

/// Whoever asks, and whatever verb it came by: the gate sees the instruction last.
#[test]
fn no_instruction_ties_duplicates_into_a_round() {
    use Relationship::{DuplicateOf, HasDuplicate, Related};
    let (mut story, _) = scene();
    let here = story.case.case;
    let case = |byte: u8| CaseId([byte; 16]);
    // 1 is a duplicate of 2, and 2 of this one; 3 is one of 4.
    story.ties.0 = vec![(case(1), case(2)), (case(2), here), (case(3), case(4))];
    let own = here.0[0];
    for (other, relation) in [
        (1, DuplicateOf),
        (2, DuplicateOf),
        (own, DuplicateOf),
        (own, Related),
        (3, HasDuplicate),
    ] {
        let draft = story.instruction(link(other, relation));
        story.fails(&draft, SetAside::Ties);
    }
    story.instructs(link(1, Related));
    story.instructs(link(2, HasDuplicate));
    story.instructs(link(3, DuplicateOf));
    // From here on this one is a duplicate itself.
    story.ties.0.push((here, case(3)));
    let second = story.instruction(link(5, DuplicateOf));
    story.fails(&second, SetAside::Ties);
    let round = story.instruction(link(4, HasDuplicate));
    story.fails(&round, SetAside::Ties);
}
