//! Whose change it is.

use gewu_model::fold::CENTRE;
use gewu_model::ids::{ActorId, CaseId, CityId, Digest, KeyId};
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_sync::gate::{Author, Judgement, Standing};
use gewu_sync::verdict::SetAside;

use crate::story::{Story, Who, file, note};

fn scene() -> (Story, Who, Who) {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let zhao = story.staff("zhao", "inspector", None);
    story.opens(wang);
    (story, wang, zhao)
}

#[test]
fn a_change_cannot_name_another_person() {
    let (mut story, _, zhao) = scene();
    let mut forged = story.draft(zhao, note());
    forged.entry.header.by = "wang".into();
    story.fails(&forged, SetAside::Author);
    story.writer(zhao).renews_actor();
    let honest = story.draft(zhao, note());
    story.writes(&honest);
}

#[test]
fn a_change_cannot_be_written_as_another_device_s_actor() {
    let (mut story, wang, zhao) = scene();
    let bytes = story.draft(wang, note()).plain().encode().unwrap().bytes;
    let stolen = story.sign_bytes(zhao, bytes);
    let refused = Judgement::Unproven(SetAside::Author);
    assert_eq!(story.offers(&stolen), refused);
}

#[test]
fn what_others_do_with_a_change_does_not_bar_its_author_s() {
    let (mut story, wang, zhao) = scene();
    let draft = story.draft(wang, note());
    let honest = story.sign(&draft);
    let copied = story.sign_bytes(zhao, honest.bytes.clone());
    story.offers(&copied);
    let mut junk = honest.clone();
    junk.signature.bytes[0] ^= 1;
    let refused = Judgement::Unproven(SetAside::Signature);
    assert_eq!(story.offers(&junk), refused);
    let mut scratched = honest.clone();
    scratched.bytes[5] ^= 1;
    assert_eq!(scratched.hash(), honest.hash());
    let refused = Judgement::Unproven(SetAside::Malformed);
    assert_eq!(story.offers(&scratched), refused);
    assert!(story.case.fates.is_empty());
    story.accepts(&honest);
}

#[test]
fn a_signature_is_for_one_city_case_and_counter() {
    let (mut story, wang, _) = scene();
    let draft = story.draft(wang, note());
    let honest = story.sign(&draft);
    let (city, case) = (story.city, story.case.case);
    let sign = |story: &mut Story, city: &CityId, case: &CaseId| {
        let signer = &story.writer(wang).signer;
        SignedChange::sign(signer, city, case, 3, honest.bytes.clone()).unwrap()
    };
    let elsewhere = sign(&mut story, &CityId([9; 32]), &case);
    let other_case = sign(&mut story, &city, &CaseId([9; 16]));
    let moved = SignedChange {
        counter: 9,
        ..honest.clone()
    };
    for wrong in [elsewhere, other_case, moved] {
        let refused = Judgement::Unproven(SetAside::Signature);
        assert_eq!(story.offers(&wrong), refused);
    }
    story.accepts(&honest);
}

#[test]
fn an_unknown_key_is_told_so() {
    let (mut story, wang, _) = scene();
    let draft = story.draft(wang, note());
    let mut signed = story.sign(&draft);
    signed.key = KeyId([0; 16]);
    let refused = Judgement::Unproven(SetAside::Standing);
    assert_eq!(story.judge(&signed), refused);
}

#[test]
fn the_capacity_is_the_certificate_s() {
    let (mut story, _, zhao) = scene();
    let honest = story.draft(zhao, note());
    let mut foreign_certificate = honest.clone();
    foreign_certificate.entry.header.cert = Digest([7; 32]);
    let mut other_role = honest.clone();
    other_role.entry.header.role = "operator".into();
    let mut other_unit = honest.clone();
    other_unit.entry.header.unit = Some("drainage".into());
    let mut as_centre = honest.clone();
    as_centre.entry.header.role = CENTRE.into();
    for forged in [foreign_certificate, other_role, other_unit, as_centre] {
        story.fails(&forged, SetAside::Author);
    }
    story.writes(&honest);
}

#[test]
fn what_the_server_s_key_signs_is_under_its_own_certificate_and_name() {
    let (mut story, _, _) = scene();
    let honest = story.instruction(file());
    let mut foreign_certificate = honest.clone();
    foreign_certificate.entry.header.cert = Digest([7; 32]);
    let mut other_name = honest.clone();
    other_name.entry.header.by = "wang".into();
    for forged in [foreign_certificate, other_name] {
        story.fails(&forged, SetAside::Author);
    }
    story.writes(&honest);
}

#[test]
fn nobody_else_is_the_centre_whatever_the_certificate_says() {
    let (mut story, _, _) = scene();
    let usurper = story.staff("liu", CENTRE, None);
    let draft = story.draft(usurper, note());
    story.fails(&draft, SetAside::Author);
}

#[test]
fn an_entry_under_an_older_certificate_stays_good() {
    let (mut story, _, zhao) = scene();
    let draft = story.draft(zhao, note());
    let Author::Staff(held) = &mut story.writer(zhao).author else {
        panic!("zhao is staff")
    };
    let mut newer = held[0].clone();
    newer.digest = Digest([8; 32]);
    newer.certificate.not_after = Millis(9_000_000);
    held.push(newer);
    story.now = Millis(2_000_000);
    story.writes(&draft);
}

#[test]
fn an_expired_or_not_yet_valid_certificate_writes_nothing() {
    for now in [Millis(1_000_000), Millis(-1)] {
        let (mut story, _, zhao) = scene();
        let draft = story.draft(zhao, note());
        story.now = now;
        story.fails(&draft, SetAside::Standing);
    }
    let (mut story, _, zhao) = scene();
    story.writer(zhao).standing = Standing::Expired;
    let draft = story.draft(zhao, note());
    story.fails(&draft, SetAside::Standing);
}

#[test]
fn a_retired_device_delivers_its_backlog_until_the_date() {
    let (mut story, _, zhao) = scene();
    let until = Millis(2_000_000);
    story.writer(zhao).standing = Standing::Retired { until };
    let first = story.draft(zhao, note());
    story.now = Millis(1_999_999);
    story.writes(&first);
    let second = story.draft(zhao, note());
    story.now = until;
    story.fails(&second, SetAside::Standing);
}

#[test]
fn what_a_compromised_device_sends_is_quarantined() {
    let (mut story, _, zhao) = scene();
    let before = story.draft(zhao, note());
    let before = story.sign(&before);
    story.accepts(&before);
    story.writer(zhao).standing = Standing::Compromised;
    let after = story.draft(zhao, note());
    let after = story.sign(&after);
    assert_eq!(story.offers(&after), Judgement::Pending);
    let known = Judgement::Known {
        received_at: Millis(1_000),
    };
    assert_eq!(story.offers(&before), known);
    story.writer(zhao).standing = Standing::Good;
    story.accepts(&after);
}

#[test]
fn a_second_device_of_the_same_person_is_its_own_actor() {
    let (mut story, wang, _) = scene();
    let tablet = story.staff("wang", "inspector", None);
    let mut forged = story.draft(tablet, note());
    forged.actor = story.writer(wang).actor;
    forged.seq = 3;
    let signed = story.sign(&forged);
    let refused = Judgement::Unproven(SetAside::Author);
    assert_eq!(story.offers(&signed), refused);
    let honest = story.draft(tablet, note());
    story.writes(&honest);
}

#[test]
fn an_actor_s_epoch_is_free() {
    let (mut story, wang, _) = scene();
    let key = story.writer(wang).key();
    let mut draft = story.draft(wang, note());
    draft.actor = ActorId::new(key, [0xfe; 8]);
    draft.seq = 1;
    story.writes(&draft);
}
