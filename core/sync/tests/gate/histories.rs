//! Waiting, knowing, and sharing the fate of what one was made upon.

use gewu_model::ids::ChangeHash;
use gewu_model::time::Millis;
use gewu_sync::gate::{Fate, Judgement};
use gewu_sync::verdict::{SetAside, Verdict};

use crate::story::{Story, Who, note, supplement};

fn scene() -> (Story, Who, Who) {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.opens(wang);
    (story, wang, zhao)
}

#[test]
fn the_same_push_ten_times_is_known_nine_times() {
    let (mut story, wang, _) = scene();
    let draft = story.draft(wang, note());
    let signed = story.sign(&draft);
    story.accepts(&signed);
    let case = story.case.clone();
    story.now = Millis(5_000);
    for _ in 0..9 {
        let received_at = Millis(1_000);
        let judgement = story.offers(&signed);
        assert_eq!(judgement, Judgement::Known { received_at });
        assert_eq!(judgement.verdict(), Verdict::Accepted { received_at });
    }
    assert_eq!(story.case.changes, case.changes);
    assert_eq!(story.case.document(), case.document());
}

#[test]
fn what_waits_is_accepted_when_the_dependency_arrives() {
    let (mut story, wang, zhao) = scene();
    let first = story.draft(wang, note());
    let first = story.sign(&first);
    let second = story.draft_upon(zhao, note(), &[first.hash()]);
    let second = story.sign(&second);
    let missing = vec![first.hash()];
    assert_eq!(story.offers(&second), Judgement::Waiting { missing });
    assert_eq!(story.case.fates[&second.hash()], Fate::Waiting);
    story.accepts(&first);
    story.accepts(&second);
    assert!(story.case.fates.is_empty());
}

#[test]
fn what_was_made_upon_a_set_aside_change_shares_its_fate() {
    let (mut story, wang, zhao) = scene();
    let mut bad = story.draft(wang, note());
    bad.start_op += 1;
    let bad = story.sign(&bad);
    let child = story.draft_upon(zhao, note(), &[bad.hash()]);
    let child = story.sign(&child);
    let grandchild = story.draft_upon(wang, note(), &[child.hash()]);
    let grandchild = story.sign(&grandchild);
    story.announces(&[bad.clone(), child.clone(), grandchild.clone()]);
    for early in [&grandchild, &child] {
        assert!(matches!(story.offers(early), Judgement::Waiting { .. }));
    }
    story.sets_aside(&bad, SetAside::StartOp);
    story.sets_aside(&child, SetAside::DependsOnSetAside);
    story.sets_aside(&grandchild, SetAside::DependsOnSetAside);
}

#[test]
fn a_set_aside_neighbour_does_not_block() {
    let (mut story, wang, zhao) = scene();
    let mut bad = story.draft(wang, note());
    bad.start_op += 1;
    story.fails(&bad, SetAside::StartOp);
    let neighbour = story.draft(zhao, note());
    story.writes(&neighbour);
    let own = story.draft(wang, note());
    story.writes(&own);
}

#[test]
fn a_set_aside_change_stays_so_with_its_reason() {
    let (mut story, wang, _) = scene();
    let mut bad = story.draft(wang, note());
    bad.start_op += 1;
    let bad = story.sign(&bad);
    story.sets_aside(&bad, SetAside::StartOp);
    story.sets_aside(&bad, SetAside::StartOp);
    story.writer(wang).standing = gewu_sync::gate::Standing::Compromised;
    story.sets_aside(&bad, SetAside::StartOp);
}

#[test]
fn what_lies_under_a_tombstone_is_erased() {
    let (mut story, wang, zhao) = scene();
    let erased = story.draft(wang, note());
    let erased = story.sign(&erased);
    let child = story.draft_upon(zhao, note(), &[erased.hash()]);
    let child = story.sign(&child);
    story.case.fates.insert(erased.hash(), Fate::Erased);
    assert_eq!(story.offers(&erased), Judgement::Erased);
    assert_eq!(story.offers(&child), Judgement::Erased);
}

#[test]
fn a_merge_of_two_branches_starts_above_the_higher_one() {
    let (mut story, wang, zhao) = scene();
    let start = story.heads();
    let left = story.draft_upon(wang, note(), &start);
    let mut right = story.draft_upon(zhao, supplement(), &start);
    right.entry.header.kind = note().kind();
    right.entry.payload = note().to_cbor();
    right.entry.extra = vec![("weather".into(), gewu_model::change::Scalar::Bool(true))];
    let (left, right) = (story.writes(&left), story.writes(&right));
    let mut low = story.draft_upon(wang, note(), &[left, right]);
    low.start_op -= 1;
    story.fails(&low, SetAside::StartOp);
    let merge = story.draft_upon(wang, note(), &[left, right]);
    story.writes(&merge);
}

#[test]
fn an_entry_speaks_about_what_its_author_had() {
    let (mut story, wang, zhao) = scene();
    let start = story.heads();
    let theirs = story.draft(wang, note());
    let theirs = story.writes(&theirs);
    let unseen = story.draft_upon(zhao, note(), &start).about(theirs);
    story.fails(&unseen, SetAside::Answers);
    let nowhere = story.draft(zhao, note()).about(ChangeHash([3; 32]));
    story.fails(&nowhere, SetAside::Answers);
    let seen = story.draft(zhao, note()).about(theirs);
    story.writes(&seen);
}
