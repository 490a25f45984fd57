//! What a server signed in an earlier life, shown to it after a restore.

use gewu_model::cert::{Endorsement, SignedCertificate};
use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, Note, Payload, Reply};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::scope::Scope;
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_server::{CodeGrant, Core, Decision, backup, restore};
use gewu_sync::verdict::{SetAside, SignedVerdicts, Verdict};
use gewu_sync::wire::EarlierWords;

use crate::backups::Story;
use crate::kit::{City, NOON, Phone, enrol_request, open, signer};

/// Somebody who holds the case whole offers it to a restored server.
fn bring_back(phone: &mut Phone, core: &Core, case: CaseId, now: Millis) {
    phone.sync(core, now);
    let mut request = phone.request();
    request.cases = vec![phone.offer_again(case)];
    phone.exchange(core, &request, now);
}

fn remark(said: u8) -> Payload {
    let photos = None;
    let text = Digest([said; 32]);
    Payload::Note(Note { text, photos })
}

/// Sends changes of one case, with what an earlier life said of them.
fn send(
    phone: &mut Phone,
    core: &Core,
    (case, changes): (CaseId, Vec<SignedChange>),
    words: Vec<SignedVerdicts>,
    now: Millis,
) -> Vec<Verdict> {
    let mut push = phone.offer_again(case);
    push.receipt = None;
    push.changes = changes;
    let mut request = phone.request();
    request.cases = vec![push];
    request.earlier = (!words.is_empty()).then_some(EarlierWords {
        receipts: vec![],
        verdicts: words,
    });
    let told = phone.exchange(core, &request, now);
    let verdicts = told.block.changes.into_iter();
    verdicts.map(|said| said.verdict).collect()
}

#[test]
fn nothing_is_set_aside_before_a_device_knows_that_the_server_was_restored() {
    let mut story = Story::tell();
    let (case, now) = (story.case, story.city.now);
    let unknown = ChangeHash([5; 32]);
    let written = story.chen.write(case, &remark(8), Some(unknown), now);
    let signed = story.chen.signed(case, written);
    let core = story.restored();
    bring_back(&mut story.he, &core, case, now);
    let mut again = || {
        send(
            &mut story.chen,
            &core,
            (case, vec![signed.clone()]),
            vec![],
            now,
        )
    };
    let first = again();
    assert_eq!(first, [Verdict::Waiting { missing: vec![] }]);
    // By now it does.
    let reason = SetAside::Answers;
    assert_eq!(again(), [Verdict::SetAside { reason }]);
}

#[test]
fn what_an_earlier_life_set_aside_stays_so_on_its_word() {
    let mut story = Story::tell();
    let (case, now) = (story.case, story.city.now);
    // It is given the decision, says so, and writes without regard to it.
    story.chen.sync(&story.city.core, now);
    story.chen.sync(&story.city.core, now);
    let entries = story.city.view(case).entries;
    let report = entries.first().expect("a report").hash;
    let (chen, note) = (&mut story.chen, remark(8));
    let bold = chen.write_upon_old(case, &note, None, vec![report], now);
    let signed = chen.signed(case, bold);
    let told = chen.sync(&story.city.core, now);
    let reason = SetAside::KnewBetter;
    assert_eq!(*told.verdict(bold), Verdict::SetAside { reason });
    let word = told.response.verdicts;

    let core = story.restored();
    bring_back(&mut story.he, &core, case, now);
    story.chen.sync(&core, now);
    let change = || (case, vec![signed.clone()]);
    let said = send(&mut story.chen, &core, change(), vec![word], now);
    assert_eq!(said, [Verdict::SetAside { reason }]);
    let shown = core.show(case).expect("a case");
    assert_eq!(shown["set_aside"][0]["change"], bold.to_string());
    assert_eq!(shown["set_aside"][0]["reason"], reason.name());

    // Without the word the next life would have taken it.
    let dir = story.folder.path().join("life 3");
    restore(&story.folder.path().join("copy"), &dir).expect("restored");
    let core = open(&dir);
    bring_back(&mut story.he, &core, case, now);
    story.chen.generation = core.generation().expect("a generation");
    story.chen.hold(case, signed.clone());
    story.chen.unsent.push((case, bold));
    let said = send(&mut story.chen, &core, change(), vec![], now);
    assert!(matches!(said[..], [Verdict::Accepted { .. }]), "{said:?}");
}

#[test]
fn what_an_earlier_life_took_in_is_taken_on_the_word_of_its_verdict() {
    let mut story = Story::tell();
    let (case, now) = (story.case, story.city.now);
    let written = story.chen.write(case, &remark(8), None, now);
    let signed = story.chen.signed(case, written);
    let told = story.chen.sync(&story.city.core, now);
    assert!(told.accepted(written));
    let word = told.response.verdicts;
    let core = story.restored();
    let later = now.plus(5_000);
    story.chen.sync(&core, later);
    bring_back(&mut story.he, &core, case, later);
    let said = send(
        &mut story.chen,
        &core,
        (case, vec![signed]),
        vec![word],
        later,
    );
    assert_eq!(said, [Verdict::Accepted { received_at: now }]);
}

/// Other duty grids that were given after the copy was made: the device holds the certificate.
#[test]
fn what_a_device_was_given_after_the_copy_it_still_has() {
    let mut story = Story::tell();
    let earlier = story.chen.enrolled.certificate.clone();
    let grant = CodeGrant {
        user: "chen".into(),
        roles: vec!["inspector".into()],
        units: vec![],
        duty_grids: vec!["D2".into()],
        reach: Default::default(),
        any_grid: false,
    };
    let now = story.city.now.plus(60_000);
    let old = &story.city.core;
    let code = old.new_code(&grant, 1, now).expect("a code").code;
    let moved = old.enrol(&enrol_request(&story.chen.signer, Some(&code)), now);
    let moved = moved.expect("enrolled").certificate;
    let core = story.restored();
    let reads = |key, grid: &str| {
        let device = core.caller(key).expect("enrolled");
        device.scopes().contains(&Scope::DutyGrid(grid.into()))
    };
    let (chen, he) = (story.chen.key(), story.he.key());
    assert!(reads(chen, "D1") && !reads(chen, "D2"), "the copy's");
    // Of several the latest, and never one from before what is known.
    for shown in [vec![moved.clone(), earlier.clone()], vec![earlier]] {
        let mut request = story.chen.request();
        request.certificates = Some(shown);
        story.chen.exchange(&core, &request, now.plus(1_000));
        assert!(reads(chen, "D2") && !reads(chen, "D1"));
    }
    // Nobody is given another's.
    let mut request = story.he.request();
    request.certificates = Some(vec![moved]);
    story.he.exchange(&core, &request, now.plus(2_000));
    assert!(!reads(he, "D2"));
}

/// What the citizen's next phone shows of a case that the one before reported.
fn show_again(
    next: &mut Phone,
    core: &Core,
    (before, case): (&Phone, CaseId),
    certificates: Option<Vec<SignedCertificate>>,
    now: Millis,
) -> Vec<Verdict> {
    let mut request = next.request();
    request.cases = vec![before.offer_again(case)];
    request.certificates = certificates;
    let told = next.exchange(core, &request, now);
    let verdicts = told.block.changes.into_iter();
    verdicts.map(|said| said.verdict).collect()
}

/// Its keys are gone and it has enrolled again: the reports are signed by keys that only the device
/// vouched for that it was before.
#[test]
fn a_citizen_whose_keys_were_lost_brings_back_what_the_restored_server_lacks() {
    let mut city = City::found();
    let mut known = city.citizen("known at the copy");
    let folder = tempfile::TempDir::new().expect("a folder");
    let copy = folder.path().join("copy");
    backup(city.dir.path(), &copy, NOON).expect("a copy");
    let mut late = city.citizen("enrolled later");
    let now = city.now.plus(1_000);
    let reports = [&mut known, &mut late].map(|phone| {
        let case = phone.report("备份之后", vec![], now);
        phone.sync(&city.core, now);
        case
    });
    city.now = now.plus(5_000);
    let dir = folder.path().join("life 2");
    restore(&copy, &dir).expect("restored");
    let core = open(&dir);
    let enrolled = Phone::enrol(&core, None, "the keys after", city.now);
    let mut next = enrolled.expect("enrolled");

    // The copy has the certificate of the one.
    let said = show_again(&mut next, &core, (&known, reports[0]), None, city.now);
    let accepted = Verdict::Accepted { received_at: now };
    assert_eq!(said, vec![accepted.clone(); 2]);
    // That of the other has to be shown, and its own and no other.
    let shown = late.enrolled.certificate.clone();
    let waiting = vec![Verdict::Waiting { missing: vec![] }; 2];
    for other in [None, Some(vec![known.enrolled.certificate.clone()])] {
        let said = show_again(&mut next, &core, (&late, reports[1]), other, city.now);
        assert_eq!(said, waiting);
    }
    let mut forged = late.offer_again(reports[1]);
    let key = forged.endorsement.expect("a citizen's").key;
    let forger = signer("somebody else", 0);
    let made = Endorsement::make(&forger, reports[1], key).expect("in memory");
    forged.endorsement = Some(Endorsement {
        device: late.key(),
        ..made
    });
    let mut request = next.request();
    request.cases = vec![forged];
    request.certificates = Some(vec![shown.clone()]);
    let told = next.exchange(&core, &request, city.now);
    assert!(
        told.block
            .changes
            .iter()
            .all(|said| !said.verdict.is_receipt())
    );
    let said = show_again(
        &mut next,
        &core,
        (&late, reports[1]),
        Some(vec![shown]),
        city.now,
    );
    assert_eq!(said, vec![accepted; 2]);
    let view = core
        .case_view(reports[1])
        .expect("readable")
        .expect("a case");
    assert_eq!(view.entries[0].by, late.pseudonym(reports[1]));

    // It vouches for what was, and for nothing that nobody received.
    let note = late.write(reports[1], &remark(3), None, city.now);
    let told = {
        let mut push = late.offer_again(reports[1]);
        push.changes.retain(|change| change.hash() == note);
        let mut request = next.request();
        request.cases = vec![push];
        next.exchange(&core, &request, city.now)
    };
    assert!(!told.accepted(note));
}

/// Each time it enrols the server gives it another name, and both certificates are true.
#[test]
fn who_enrolled_again_after_one_fire_and_lost_the_keys_after_another_brings_it_back_too() {
    let city = City::found();
    let folder = tempfile::TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    backup(city.dir.path(), &place("copy"), NOON).expect("a copy");
    // Which of its certificates comes first is a matter of chance.
    let mut phones = [1, 2, 3, 4, 5, 6, 7, 8].map(|n| city.citizen(&format!("phone {n}")));
    restore(&place("copy"), &place("life 2")).expect("restored");
    let second = open(&place("life 2"));
    let now = city.now.plus(60_000);
    for phone in &phones {
        let again = second.enrol(&enrol_request(&phone.signer, None), now);
        let again = again.expect("enrolled").certificate;
        let user = again.certificate().expect("readable").user;
        assert_ne!(user, phone.user);
    }
    backup(&place("life 2"), &place("copy 2"), now).expect("a copy");
    let cases = phones.each_mut().map(|phone| {
        phone.generation = second.generation().expect("a generation");
        let case = phone.report("备份之后", vec![], now);
        phone.sync(&second, now);
        case
    });
    restore(&place("copy 2"), &place("life 3")).expect("restored");
    let third = open(&place("life 3"));
    let next = Phone::enrol(&third, None, "the keys after", now);
    let mut next = next.expect("enrolled");
    for (phone, case) in phones.iter().zip(cases) {
        let earlier = Some(vec![phone.enrolled.certificate.clone()]);
        let said = show_again(&mut next, &third, (phone, case), earlier, now);
        assert_eq!(said, vec![Verdict::Accepted { received_at: now }; 2]);
    }
}

/// What the centre said comes back with the instruction, and the words of it after that.
#[test]
fn a_citizen_is_shown_the_reply_again_that_a_restored_server_got_back() {
    let city = City::found();
    let (mut ci, mut he) = (city.citizen("ci"), city.phone("he", "operator", None, None));
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    let folder = tempfile::TempDir::new().expect("a folder");
    let copy = folder.path().join("copy");
    backup(city.dir.path(), &copy, city.now).expect("a copy");
    let words = ContentItem::new("明天来清运", [3; 16]).expect("a text");
    let (text, to) = (words.digest(), None);
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Reply(Reply { text, to }),
        content: vec![words.clone()],
    };
    let said = city.core.decide(&city.operator, &decision, city.now);
    said.expect("said");
    he.sync(&city.core, city.now);
    let dir = folder.path().join("life 2");
    restore(&copy, &dir).expect("restored");
    let core = open(&dir);
    he.sync(&core, city.now);
    for content in [vec![], vec![words.clone()]] {
        let mut request = he.request();
        request.cases = vec![he.offer_again(case)];
        request.cases[0].content = content;
        he.exchange(&core, &request, city.now);
    }
    ci.sync(&core, city.now);
    assert_eq!(ci.statuses[&case].reply, Some(words));
}
