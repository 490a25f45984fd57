//! A document that is written once for several changes.

use gewu_model::ids::ChangeHash;
use gewu_model::signed::SignedChange;
use gewu_sync::gate::{CaseState, Judgement, Unsettled};

use crate::story::{Story, Who, note};

/// A note of `who`, taken in.
fn written(story: &mut Story, who: Who, upon: &[ChangeHash]) -> SignedChange {
    let draft = story.draft_upon(who, note(), upon);
    let signed = story.sign(&draft);
    story.accepts(&signed);
    signed
}

/// A reported case as it was, what two people wrote in it afterwards, partly side by side, and the case
/// with that, taken in change by change.
fn scene() -> (Story, Vec<SignedChange>, CaseState) {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.opens(wang);
    let (before, start) = (story.case.clone(), story.heads());
    let mut changes = vec![written(&mut story, wang, &start)];
    changes.push(written(&mut story, zhao, &start));
    for who in [zhao, wang, wang] {
        let heads = story.heads();
        changes.push(written(&mut story, who, &heads));
    }
    let after = std::mem::replace(&mut story.case, before);
    (story, changes, after)
}

#[test]
fn a_settled_document_is_the_one_that_its_changes_make_one_by_one() {
    let (mut story, changes, after) = scene();
    let before = story.case.document().to_vec();
    story.case.put_off();
    for signed in &changes {
        story.accepts(signed);
    }
    assert_eq!(story.case.document(), before, "it is not written yet");
    assert_eq!(story.case.settle(), Ok(()));
    assert_eq!(story.case.document(), after.document());
    assert_eq!(story.case.changes, after.changes);
    // From here on each change is in the document at once.
    let wang = story.staff("wang", "inspector", None);
    let draft = story.draft(wang, note());
    story.writes(&draft);
    assert_ne!(story.case.document(), after.document());
    assert_eq!(story.case.settle(), Ok(()), "there is nothing more to do");
}

#[test]
fn a_whole_case_settles_from_nothing() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.case.put_off();
    story.opens(wang);
    assert!(story.case.document().is_empty());
    assert_eq!(story.case.settle(), Ok(()));
    let document = automerge::Automerge::load(story.case.document()).unwrap();
    assert_eq!(document.get_heads().len(), 1);
}

#[test]
fn a_damaged_document_does_not_settle_and_one_by_one_nobody_is_to_blame() {
    let (mut story, changes, _) = scene();
    let mut damaged = story.case.clone();
    damaged.set_document(damaged.document()[1..].to_vec());
    story.case = damaged.clone();
    story.case.put_off();
    story.accepts(&changes[0]);
    assert_eq!(story.case.settle(), Err(Unsettled));
    story.case = damaged;
    assert_eq!(story.judge(&changes[0]), Judgement::Pending);
}
