//! A key's counter tells when it wrote.

use gewu_model::signed::SignedChange;
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::SetAside;

use crate::story::{Story, Who, note};

fn scene() -> (Story, Who) {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    (story, wang)
}

/// An honest note, signed with `counter`.
fn noted(story: &mut Story, who: Who, counter: u64) -> SignedChange {
    let draft = story.draft(who, note());
    let signed = story.sign(&draft);
    story.sign_at(who, counter, signed.bytes)
}

#[test]
fn a_counter_is_used_once() {
    let (mut story, wang) = scene();
    for used in [1, 2] {
        let reused = noted(&mut story, wang, used);
        story.sets_aside(&reused, SetAside::Counter);
        story.writer(wang).renews_actor();
    }
    // Not even two changes that one statement announced may share one.
    let zhao = story.staff("zhao", "inspector", None);
    let one = noted(&mut story, zhao, 5);
    story.writer(zhao).renews_actor();
    let two = noted(&mut story, zhao, 5);
    let both = [one.hash(), two.hash()];
    story.writer(zhao).ledger.requested(6, &both, &[]);
    story.accepts(&one);
    story.sets_aside(&two, SetAside::Counter);
}

/// Commands count with changes: nobody writes a change afterwards under the counter of a command.
#[test]
fn a_command_uses_its_counter_up() {
    let (mut story, wang) = scene();
    story.writer(wang).ledger.commanded(7);
    let same = noted(&mut story, wang, 7);
    story.sets_aside(&same, SetAside::Counter);
    story.writer(wang).renews_actor();
    let above = noted(&mut story, wang, 8);
    story.accepts(&above);
}

#[test]
fn a_counter_below_the_highest_needs_an_announcement() {
    let (mut story, wang) = scene();
    let draft = story.draft(wang, note());
    let early = story.sign(&draft);
    let late = noted(&mut story, wang, 9);
    story
        .writer(wang)
        .ledger
        .requested(9, &[early.hash(), late.hash()], &[]);
    story
        .writer(wang)
        .ledger
        .received(8, gewu_model::ids::ChangeHash([8; 32]));
    story.accepts(&early);

    let (mut story, wang) = scene();
    let early = noted(&mut story, wang, 3);
    story
        .writer(wang)
        .ledger
        .received(8, gewu_model::ids::ChangeHash([8; 32]));
    story.sets_aside(&early, SetAside::Counter);
}

#[test]
fn what_was_withheld_from_an_earlier_request_came_later() {
    let (mut story, wang) = scene();
    let withheld = noted(&mut story, wang, 3);
    story.writer(wang).ledger.requested(5, &[], &[]);
    let announced_since = [withheld.hash()];
    story
        .writer(wang)
        .ledger
        .requested(7, &announced_since, &[]);
    story.sets_aside(&withheld, SetAside::Counter);
    story.writer(wang).renews_actor();
    let above = noted(&mut story, wang, 8);
    story.accepts(&above);
}

#[test]
fn what_waits_does_not_lose_its_counter() {
    let (mut story, wang) = scene();
    let zhao = story.staff("zhao", "inspector", None);
    let first = story.draft(wang, note());
    let first = story.sign(&first);
    let second = story.draft_upon(zhao, note(), &[first.hash()]);
    let second = story.sign(&second);
    assert!(matches!(story.offers(&second), Judgement::Waiting { .. }));
    story
        .writer(zhao)
        .ledger
        .received(9, gewu_model::ids::ChangeHash([9; 32]));
    story.accepts(&first);
    story.accepts(&second);
}
