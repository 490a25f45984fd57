//! What is known to hurt Automerge, signed by somebody who may otherwise write.

use gewu_model::change::{PlainChange, decode_strict, hostile};
use gewu_model::ids::{ActorId, ChangeHash};
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::SetAside;

use crate::story::{Draft, Story, Who, note, supplement};

/// Wang has opened a case and is about to add to it.
fn scene() -> (Story, Who, Draft) {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    let draft = story.draft(wang, note());
    (story, wang, draft)
}

/// The bytes are refused for what they are, and the next honest change of the same person on the
/// same case is accepted.
fn is_malformed(distort: impl FnOnce(&PlainChange) -> Vec<u8>) {
    let (mut story, wang, draft) = scene();
    let signed = story.sign_bytes(wang, distort(&draft.plain()));
    let refused = Judgement::Unproven(SetAside::Malformed);
    assert_eq!(story.offers(&signed), refused);
    story.writes(&draft);
}

/// The change is set aside for `reason`, and the next honest one is accepted.
fn is_set_aside(reason: SetAside, bend: impl FnOnce(&Story, &mut Draft)) {
    let (mut story, _, draft) = scene();
    let mut bent = draft.clone();
    bend(&story, &mut bent);
    story.fails(&bent, reason);
    story.writes(&draft);
}

#[test]
fn two_million_operations_in_a_hundred_bytes_cost_nothing() {
    let (story, wang, draft) = scene();
    let mut story = story;
    let bytes = hostile::two_million_ops(&draft.plain());
    assert!(bytes.len() < 300);
    let signed = story.sign_bytes(wang, bytes);
    let refused = Judgement::Unproven(SetAside::Malformed);
    assert_eq!(story.offers(&signed), refused);
    story.writes(&draft);
}

#[test]
fn a_deflate_bomb_is_not_inflated() {
    let (mut story, wang, draft) = scene();
    let signed = story.sign_bytes(wang, hostile::deflate_bomb(&draft.plain()));
    let refused = Judgement::Unproven(SetAside::Malformed);
    assert_eq!(story.offers(&signed), refused);
    story.writes(&draft);
}

#[test]
fn a_wrong_start_op_is_set_aside() {
    is_set_aside(SetAside::StartOp, |_, draft| draft.start_op += 1);
    is_set_aside(SetAside::StartOp, |_, draft| draft.start_op += 1_000_000);
    is_set_aside(SetAside::StartOp, |_, draft| draft.start_op -= 1);
}

#[test]
fn a_start_op_in_the_header_alone_is_malformed() {
    is_malformed(|change| hostile::with_start_op_in_header(change, change.start_op + 7));
}

#[test]
fn a_de_optimised_encoding_is_malformed() {
    is_malformed(hostile::runs_cut_in_two);
    is_malformed(hostile::runs_written_out);
    is_malformed(hostile::overlong_number);
    is_malformed(hostile::overlong_chunk_length);
}

#[test]
fn an_unknown_column_is_malformed() {
    is_malformed(|change| hostile::unknown_column(change, 0xf2));
}

#[test]
fn a_gap_in_the_sequence_is_set_aside() {
    is_set_aside(SetAside::Sequence, |_, draft| draft.seq += 1);
    is_set_aside(SetAside::Sequence, |_, draft| draft.seq += 1_000);
}

#[test]
fn an_unused_foreign_actor_is_malformed() {
    is_malformed(|change| hostile::unused_actor(change, ActorId([0xab; 24])));
}

#[test]
fn a_change_that_does_not_descend_from_its_author_s_previous_one_is_set_aside() {
    let (mut story, wang, _) = scene();
    let zhao = story.staff("zhao", "inspector", None);
    let start = story.heads();
    let first = story.draft(zhao, note());
    story.writes(&first);
    let mut second = story.draft_upon(zhao, supplement(), &start);
    second.seq = 2;
    story.fails(&second, SetAside::Sequence);
    let honest = story.draft(wang, note());
    story.writes(&honest);
}

#[test]
fn a_duplicate_sequence_number_leaves_its_neighbours_alone() {
    let (mut story, wang, _) = scene();
    let zhao = story.staff("zhao", "inspector", None);
    let start = story.heads();
    let first = story.draft_upon(zhao, note(), &start);
    let mut twin = story.draft_upon(zhao, note(), &start);
    twin.entry.header.claimed_at = gewu_model::time::Millis(501);
    let neighbour = story.draft_upon(wang, note(), &start);
    let [first, twin, neighbour] = [first, twin, neighbour].map(|draft| story.sign(&draft));
    story.accepts(&first);
    story.sets_aside(&twin, SetAside::Sequence);
    story.accepts(&neighbour);
}

#[test]
fn a_map_is_not_made_again_under_somebody_s_key() {
    is_set_aside(SetAside::Shape, |story, draft| {
        let report = &story.case.changes[1];
        draft.key = Some(gewu_model::change::entry_key(&report.actor, report.seq));
    });
    is_set_aside(SetAside::Shape, |_, draft| {
        draft.key = Some("any other key".into());
    });
}

#[test]
fn an_entry_lies_in_the_entries_that_the_root_made() {
    is_set_aside(SetAside::Shape, |_, draft| {
        draft.root_actor = ActorId([0xab; 24]);
    });
}

#[test]
fn an_orphan_waits_and_never_reaches_the_document() {
    let (mut story, _, draft) = scene();
    let nowhere = ChangeHash([0x77; 32]);
    let mut orphan = draft.clone();
    orphan.deps.push(nowhere);
    orphan.deps.sort_unstable();
    let before = story.case.document().to_vec();
    let signed = story.sign(&orphan);
    let missing = vec![nowhere];
    assert_eq!(story.offers(&signed), Judgement::Waiting { missing });
    assert_eq!(story.case.document(), before);
    story.writes(&draft);
}

#[test]
fn only_the_root_is_without_dependencies() {
    is_malformed(|change| hostile::with_deps(change, &[]));
}

#[test]
fn dependencies_are_sorted_and_distinct() {
    is_malformed(|change| hostile::with_deps(change, &[change.deps[0], change.deps[0]]));
    let low = ChangeHash([0; 32]);
    is_malformed(|change| hostile::with_deps(change, &[change.deps[0], low]));
}

#[test]
fn a_dependency_that_another_one_implies_is_set_aside() {
    is_set_aside(SetAside::Dependencies, |story, draft| {
        draft.deps.push(story.case.changes[0].hash);
        draft.deps.sort_unstable();
    });
}

#[test]
fn nothing_but_one_map_of_scalars_is_let_in() {
    let author = ActorId([0x11; 24]);
    is_malformed(|change| hostile::making_a_second_entry(change, "second"));
    is_malformed(hostile::making_a_nested_map);
    is_malformed(hostile::making_a_list);
    is_malformed(hostile::making_text);
    is_malformed(hostile::marking);
    is_malformed(hostile::deleting);
    is_malformed(hostile::incrementing);
    is_malformed(move |change| hostile::overwriting(change, 3, &author));
    is_malformed(move |change| hostile::putting_into(change, 1, &author));
}

#[test]
fn time_message_author_and_extra_bytes_are_empty() {
    is_malformed(|change| hostile::with_time(change, 1));
    is_malformed(|change| hostile::with_message(change, "hello"));
    is_malformed(|change| hostile::with_author(change, b"me"));
    is_malformed(|change| hostile::with_extra_bytes(change, b"more"));
}

#[test]
fn a_change_beyond_the_byte_bound_is_malformed() {
    let (mut story, wang, draft) = scene();
    let bytes = draft.plain().encode().unwrap().bytes;
    story.limits.change.max_bytes = bytes.len() - 1;
    assert!(decode_strict(&bytes, &gewu_model::change::Limits::default()).is_ok());
    let signed = story.sign_bytes(wang, bytes);
    let refused = Judgement::Unproven(SetAside::Malformed);
    assert_eq!(story.offers(&signed), refused);
}

#[test]
fn bytes_that_are_no_change_are_malformed() {
    is_malformed(|_| vec![]);
    is_malformed(|_| b"not a change".to_vec());
    is_malformed(|change| {
        let mut bytes = change.encode().unwrap().bytes;
        bytes[5] ^= 1;
        bytes
    });
}

#[test]
fn a_damaged_document_on_the_server_costs_no_author_a_change() {
    let (mut story, _, draft) = scene();
    let signed = story.sign(&draft);
    let whole = story.case.document().to_vec();
    story.case.set_document(vec![]);
    assert_eq!(story.judge(&signed), Judgement::Pending);
    story.case.set_document(whole[..whole.len() - 1].to_vec());
    assert_eq!(story.judge(&signed), Judgement::Pending);
    story.case.set_document(whole);
    story.accepts(&signed);
}
