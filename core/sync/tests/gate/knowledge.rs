//! Nobody writes on an old state after newer news had arrived.

use gewu_model::entry::{Handle, Payload};
use gewu_model::ids::{ChangeHash, Digest};
use gewu_model::signed::SignedChange;
use gewu_sync::gate::{Fate, Standing};
use gewu_sync::verdict::SetAside;

use crate::story::{Draft, Story, Who, dispatch, file, handle, note, recall, take};

struct Scene {
    story: Story,
    li: Who,
    sent: ChangeHash,
    recalled: ChangeHash,
}

/// Drainage was sent, and the dispatch recalled.
fn scene() -> Scene {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let li = story.staff("li", "crew", Some("drainage"));
    story.opens(wang);
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let recalled = story.instructs(recall());
    Scene {
        story,
        li,
        sent,
        recalled,
    }
}

impl Scene {
    /// Work as if the recall had not come.
    fn back_dated(&self) -> Draft {
        let upon = [self.sent];
        self.story
            .draft_upon(self.li, handle(), &upon)
            .answering(self.sent)
    }

    /// li's phone asks the server, at the counter where it stands, and the cursors say that the
    /// recall has arrived.
    fn is_told(&mut self) {
        let writer = self.story.writer(self.li);
        let counter = writer.counter;
        writer
            .ledger
            .requested(counter, &[], &[self.sent, self.recalled]);
    }
}

#[test]
fn an_honest_handle_that_crosses_the_recall_is_accepted() {
    let mut scene = scene();
    let crossing = scene.back_dated();
    let crossing = scene.story.sign(&crossing);
    let writer = scene.story.writer(scene.li);
    let unsent = [crossing.hash()];
    // The request that brings the handle also acknowledges the recall.
    let counter = writer.counter;
    writer
        .ledger
        .requested(counter, &unsent, &[scene.sent, scene.recalled]);
    let hash = scene.story.accepts(&crossing);
    assert_eq!(scene.story.view().work.unwrap().entry, hash);
}

#[test]
fn a_back_dated_branch_after_the_recall_was_delivered_is_set_aside() {
    let mut scene = scene();
    scene.is_told();
    let late = scene.back_dated();
    scene.story.fails(&late, SetAside::KnewBetter);
    scene.story.writer(scene.li).renews_actor();
    let honest = scene.story.draft(scene.li, note());
    scene.story.writes(&honest);
}

#[test]
fn a_counter_from_before_the_news_does_not_help() {
    let mut scene = scene();
    scene.story.writer(scene.li).counter = 5;
    scene.is_told();
    let late = scene.back_dated();
    let late = scene.story.sign(&late);
    let moved = scene.story.sign_at(scene.li, 3, late.bytes);
    scene.story.sets_aside(&moved, SetAside::Counter);
}

/// li's handle, with something wrong about it that rebasing mends.
fn bent(scene: &mut Scene) -> SignedChange {
    let mut bad = scene.back_dated();
    bad.start_op += 1;
    scene.story.sign(&bad)
}

/// It is set aside before the recall arrives.
fn set_aside_early(scene: &mut Scene, bent: &SignedChange) -> ChangeHash {
    scene.story.sets_aside(bent, SetAside::StartOp);
    scene.story.writer(scene.li).renews_actor();
    bent.hash()
}

#[test]
fn a_replacement_is_accepted_once() {
    let mut scene = scene();
    let original = bent(&mut scene);
    let bad = set_aside_early(&mut scene, &original);
    scene.is_told();
    let again = scene.back_dated().replacing(bad);
    let again = scene.story.writes(&again);
    scene.story.writer(scene.li).renews_actor();
    let thrice = scene.back_dated().replacing(bad);
    scene.story.fails(&thrice, SetAside::Replaces);
    scene.story.sets_aside(&original, SetAside::StartOp);
    scene.story.writer(scene.li).renews_actor();
    let offered_again = scene.back_dated().replacing(bad);
    scene.story.fails(&offered_again, SetAside::Replaces);
    let accepted = scene.back_dated().replacing(again);
    scene.story.fails(&accepted, SetAside::Replaces);
}

/// A restored server takes the replacement back on its receipt, and hears of what was set aside only later.
#[test]
fn what_comes_back_after_its_replacement_says_by_what_it_was_replaced() {
    let mut scene = scene();
    let original = bent(&mut scene);
    let bad = set_aside_early(&mut scene, &original);
    let again = scene.back_dated().replacing(bad);
    let again = scene.story.writes(&again);
    let named = |story: &Story| match story.case.fates.get(&bad) {
        Some(Fate::SetAside { replaced_by, .. }) => *replaced_by,
        other => panic!("{other:?}"),
    };
    assert_eq!(named(&scene.story), Some(again));
    scene.story.case.fates.clear();
    scene.story.sets_aside(&original, SetAside::StartOp);
    assert_eq!(named(&scene.story), Some(again));
}

#[test]
fn without_naming_it_the_old_counter_is_not_lent() {
    let mut scene = scene();
    let original = bent(&mut scene);
    set_aside_early(&mut scene, &original);
    scene.is_told();
    let again = scene.back_dated();
    scene.story.fails(&again, SetAside::KnewBetter);
}

#[test]
fn a_replacement_is_of_the_same_words_key_and_past() {
    let mut scene = scene();
    let original = bent(&mut scene);
    let bad = set_aside_early(&mut scene, &original);
    let mut other_kind = scene.back_dated().replacing(bad);
    other_kind.entry.header.kind = take().kind();
    other_kind.entry.payload = take().to_cbor();
    let mut other_words = scene.back_dated().replacing(bad);
    let said = Handle {
        note: Some(Digest([7; 32])),
        photos: Vec::new(),
        position: None,
    };
    other_words.entry.payload = Payload::Handle(said).to_cbor();
    let colleague = scene.story.staff("li", "crew", Some("drainage"));
    let upon = [scene.sent];
    let other_key = scene
        .story
        .draft_upon(colleague, handle(), &upon)
        .answering(scene.sent)
        .replacing(bad);
    let nothing = scene.back_dated().replacing(ChangeHash([9; 32]));
    scene.is_told();
    scene.story.fails(&other_words, SetAside::KnewBetter);
    for wrong in [other_kind, other_key, nothing] {
        scene.story.fails(&wrong, SetAside::Replaces);
    }
    let again = scene.back_dated().replacing(bad);
    scene.story.writes(&again);
}

#[test]
fn a_replacement_does_not_know_less_than_what_it_replaces() {
    let mut scene = scene();
    let upon = [scene.recalled];
    let mut bad = scene
        .story
        .draft_upon(scene.li, note(), &upon)
        .answering(scene.sent);
    bad.start_op += 1;
    let bad = scene.story.fails(&bad, SetAside::StartOp);
    scene.story.writer(scene.li).renews_actor();
    let less = scene
        .story
        .draft_upon(scene.li, note(), &[scene.sent])
        .replacing(bad);
    scene.story.fails(&less, SetAside::Replaces);
    let same = scene.story.draft_upon(scene.li, note(), &upon);
    scene.story.writes(&same.replacing(bad));
}

#[test]
fn a_made_up_counter_is_not_lent() {
    let mut scene = scene();
    scene.story.writer(scene.li).counter = 5;
    scene.is_told();
    let bait = scene.back_dated();
    let bait = scene.story.sign(&bait);
    let bait = scene.story.sign_at(scene.li, 3, bait.bytes);
    let bait = scene.story.sets_aside(&bait, SetAside::Counter);
    scene.story.writer(scene.li).renews_actor();
    let again = scene.back_dated().replacing(bait);
    scene.story.fails(&again, SetAside::KnewBetter);
}

#[test]
fn a_counter_that_nobody_checked_is_not_lent() {
    let mut scene = scene();
    scene.story.writer(scene.li).counter = 5;
    scene.is_told();
    let bait = scene.back_dated();
    let bait = scene.story.sign(&bait);
    let bait = scene.story.sign_at(scene.li, 3, bait.bytes);
    scene.story.writer(scene.li).standing = Standing::Expired;
    let bait = scene.story.sets_aside(&bait, SetAside::Standing);
    scene.story.writer(scene.li).standing = Standing::Good;
    scene.story.writer(scene.li).renews_actor();
    let again = scene.back_dated().replacing(bait);
    scene.story.fails(&again, SetAside::KnewBetter);
}

#[test]
fn a_replacement_reaches_over_a_chain_of_set_aside_changes() {
    let mut scene = scene();
    let mut first = scene.back_dated();
    first.start_op += 1;
    let first = scene.story.sign(&first);
    let mut second = scene
        .story
        .draft_upon(scene.li, note(), &[first.hash()])
        .answering(scene.sent);
    second.entry.header.unit = Some("drainage".into());
    let second = scene.story.sign(&second);
    scene.story.sets_aside(&first, SetAside::StartOp);
    let second = scene.story.sets_aside(&second, SetAside::DependsOnSetAside);
    scene.story.writer(scene.li).renews_actor();
    let again = scene.back_dated().replacing(first.hash());
    let again = scene.story.writes(&again);
    let upon = [again];
    let next = scene.story.draft_upon(scene.li, note(), &upon);
    scene.story.writes(&next.replacing(second));
}
