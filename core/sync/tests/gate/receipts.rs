//! What an earlier generation of the server had accepted is taken on its word.

use gewu_model::time::Millis;
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::SetAside;

use crate::story::{Story, dispatch, file, handle, note};

#[test]
fn a_receipted_change_is_not_judged_again() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let li = story.staff("li", "crew", Some("drainage"));
    story.opens(wang);
    story.instructs(file());
    let sent = story.instructs(dispatch("drainage"));
    let done = story.draft(li, handle()).answering(sent);
    let done = story.sign(&done);
    let (before, counter) = (story.case.clone(), story.writer(li).counter);
    story.writer(li).ledger.requested(counter, &[], &[]);
    story.now = Millis(9_000_000);
    story.limits.per_case = 0;
    assert_eq!(story.judge(&done), Judgement::SetAside(SetAside::Standing));
    let taken = story.take_on_receipt(&done);
    assert!(matches!(taken, Judgement::Admit(_)), "{taken:?}");
    assert_eq!(story.case.changes, before.changes);
}

#[test]
fn even_then_it_is_its_author_s_and_fits_the_case() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.opens(wang);
    let honest = story.draft(zhao, note());
    let mut forged = honest.clone();
    forged.entry.header.by = "wang".into();
    let mut gap = honest.clone();
    gap.seq = 7;
    let mut shadow = honest.clone();
    shadow.key = Some("elsewhere".into());
    let wrong = [
        (forged, SetAside::Author),
        (gap, SetAside::Sequence),
        (shadow, SetAside::Shape),
    ];
    for (wrong, reason) in wrong {
        let wrong = story.sign(&wrong);
        let judgement = story.take_on_receipt(&wrong);
        assert_eq!(judgement, Judgement::SetAside(reason));
    }
    let bytes = honest.plain().encode().unwrap().bytes;
    let stolen = story.sign_bytes(wang, bytes);
    let refused = Judgement::Unproven(SetAside::Author);
    assert_eq!(story.take_on_receipt(&stolen), refused);
}

/// A backup older than an enrolment: nobody's work is refused because the server forgot the author.
#[test]
fn what_was_receipted_waits_for_its_author_s_key_and_outlives_a_lost_certificate() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let li = story.staff("li", "inspector", None);
    story.opens(wang);
    let done = story.draft(li, note());
    let done = story.sign(&done);
    assert_eq!(
        story.take_unknown_on_receipt(&done),
        Judgement::Waiting { missing: vec![] }
    );
    story.writer(li).recertify();
    assert_eq!(story.judge(&done), Judgement::SetAside(SetAside::Author));
    let taken = story.take_on_receipt(&done);
    assert!(matches!(taken, Judgement::Admit(_)), "{taken:?}");
}

/// To judge is to look: what was read of the document on the way makes no difference.
#[test]
fn the_same_change_is_judged_alike_as_often_as_it_is_judged() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    story.opens(wang);
    let draft = story.draft(wang, note());
    let signed = story.sign(&draft);
    let first = story.judge(&signed);
    assert!(matches!(first, Judgement::Admit(_)), "{first:?}");
    assert_eq!(story.judge(&signed), first);
}
