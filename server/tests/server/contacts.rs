//! Contact cards at the server: who sees them, what lies on the disk, and what is logged.

use std::fs;
use std::path::Path;

use gewu_model::cbor;
use gewu_model::contact::{Contact, ContactCard};
use gewu_model::content::ContentItem;
use gewu_model::crypto::sha256;
use gewu_model::entry::{Body, Erase, Source};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::place::{Datum, Position};
use gewu_server::{CardKeySource, ContactView, Core, CoreOptions, Decision, NewCase, OpenError};
use tempfile::TempDir;

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, NOON, POLICY, Phone, class, open, options};

const PHONE: &str = "13812345678";

fn contact() -> Contact {
    Contact {
        phone: Some(PHONE.into()),
        name: Some("王小明".into()),
        id_number: None,
    }
}

fn card(salt: u8) -> ContactCard {
    ContactCard::new(&contact(), [salt; 16]).expect("a contact")
}

/// A report that names a contact, pushed.
fn told(city: &City, phone: &mut Phone) -> (CaseId, Digest) {
    let card = card(1);
    let digest = card.digest();
    phone.contact = Some(card);
    let case = phone.report("井盖缺失", vec![], NOON);
    let told = phone.sync(&city.core, NOON);
    assert_eq!(told.block.cards, Some(vec![digest]), "a receipt names it");
    assert!(phone.cards.is_empty());
    (case, digest)
}

fn read(core: &Core, city: &City, case: CaseId) -> ContactView {
    core.contact(&city.operator, case, NOON.plus(5))
        .expect("a case")
}

fn shows(folder: &Path, text: &str) -> bool {
    let paths = fs::read_dir(folder).expect("a folder");
    let mut paths = paths.map(|entry| entry.expect("an entry").path());
    paths.any(|path| match path.is_dir() {
        true => shows(&path, text),
        false => {
            let bytes = fs::read(&path).expect("a file");
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        }
    })
}

#[test]
fn an_operator_reads_a_card_and_the_reading_is_logged() {
    let city = City::found();
    let mut chen = city.citizen("chen");
    let (case, digest) = told(&city, &mut chen);
    assert!(city.core.contact_log(None, 10).expect("a log").is_empty());
    let ContactView::Open { contact: shown } = read(&city.core, &city, case) else {
        panic!("it is held");
    };
    assert_eq!(shown, contact());
    let log = city.core.contact_log(Some(case), 10).expect("a log");
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["user"], "duty");
    assert_eq!(log[0]["case"], case.to_string());
    assert_eq!(log[0]["card"], digest.to_string());
    assert_eq!(log[0]["at"], NOON.plus(5).0);
    // What operators see without asking for the card says that there is one, and no more.
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["contact"]["present"], true);
    assert!(!shown.to_string().contains(PHONE) && !shown.to_string().contains("王小明"));
}

#[test]
fn a_key_that_goes_while_the_server_runs_is_missed_at_once() {
    let key = TempDir::new().expect("a folder");
    let file = key.path().join("cards.key");
    let dir = TempDir::new().expect("a folder");
    let mut city = City::found();
    city.core = Core::open(
        CoreOptions {
            card_key: CardKeySource::File(file.clone()),
            ..options(dir.path())
        },
        NOON,
    )
    .expect("a server");
    crate::kit::publish(&city.core);
    let mut chen = city.inspector("chen");
    let (case, _) = told(&city, &mut chen);
    assert!(matches!(
        read(&city.core, &city, case),
        ContactView::Open { .. }
    ));
    let whole = fs::read(&file).expect("the key");
    for wrong in [None, Some("22".repeat(32))] {
        match wrong {
            None => fs::remove_file(&file).expect("gone"),
            Some(other) => fs::write(&file, other).expect("replaced"),
        }
        let status = city.core.status().expect("a status");
        assert_eq!(status["contact_cards"]["key"], "missing");
        assert!(matches!(read(&city.core, &city, case), ContactView::Sealed));
        chen.contact = Some(card(2));
        chen.report("路灯", vec![], NOON);
        let answer = chen.sync(&city.core, NOON);
        assert_eq!(answer.block.cards, None, "the phone stays responsible");
    }
    fs::write(&file, whole).expect("put back");
    chen.sync(&city.core, NOON);
    assert!(chen.cards.is_empty());
}

#[test]
fn a_copied_folder_shows_no_number_and_without_the_key_none_is_read() {
    let key = TempDir::new().expect("a folder");
    let file = key.path().join("state").join("cards.key");
    let dir = TempDir::new().expect("a folder");
    let with = |dir: &Path, file: &Path| CoreOptions {
        card_key: CardKeySource::File(file.to_owned()),
        ..options(dir)
    };
    let core = Core::open(with(dir.path(), &file), NOON).expect("a server");
    let mut city = City::found();
    city.core = core;
    crate::kit::publish(&city.core);
    assert!(!file.exists(), "no key before the first card");
    let mut chen = city.inspector("chen");
    let (case, _) = told(&city, &mut chen);
    assert!(file.exists());
    assert!(!shows(dir.path(), PHONE) && !shows(dir.path(), "王小明"));
    assert!(
        shows(dir.path(), "井盖缺失"),
        "the search finds what lies open"
    );

    // The folder alone, with no key or with another one, opens nothing, and takes no further card.
    drop(std::mem::replace(&mut city.core, open(city.dir.path())));
    let absent = key.path().join("nowhere.key");
    let other = key.path().join("other.key");
    fs::write(&other, "22".repeat(32)).expect("written");
    for wrong in [&absent, &other] {
        let core = Core::open(with(dir.path(), wrong), NOON).expect("a server");
        assert!(matches!(read(&core, &city, case), ContactView::Sealed));
        assert_eq!(
            core.status().expect("a status")["contact_cards"]["key"],
            "missing"
        );
        chen.contact = Some(card(2));
        chen.report("路灯", vec![], NOON);
        let answer = chen.sync(&core, NOON);
        assert_eq!(answer.block.cards, None, "the phone stays responsible");
        assert!(!chen.cards.is_empty());
        assert!(core.contact_log(None, 10).expect("a log").is_empty());
    }
    assert!(!absent.exists(), "no second key is made in silence");

    // The key is back: what waited is taken.
    let core = Core::open(with(dir.path(), &file), NOON).expect("a server");
    chen.sync(&core, NOON);
    assert!(chen.cards.is_empty());
    assert!(matches!(read(&core, &city, case), ContactView::Open { .. }));
}

#[test]
fn a_key_inside_the_folder_is_refused() {
    let dir = TempDir::new().expect("a folder");
    let inside = dir.path().join("keys").join("..").join("cards.key");
    let wrong = CoreOptions {
        card_key: CardKeySource::File(inside.clone()),
        ..options(dir.path())
    };
    let refused = Core::open(wrong, NOON).map(|_| ());
    assert_eq!(refused, Err(OpenError::CardKey(inside)));
}

#[test]
fn crews_see_a_mask_where_policy_says_so_and_nobody_else_sees_more() {
    let text = std::str::from_utf8(POLICY).expect("text");
    let text = text.trim_end().strip_suffix('}').expect("an object");
    let shows_masks = format!("{text}, \"contact\": {{\"masked\": [\"crew\"]}}}}");
    let mut masks = Vec::new();
    for policy in [POLICY, shows_masks.as_bytes()] {
        let mut city = City::found();
        if policy != POLICY {
            let published = city.core.publish_pack("policy", "fixture", 2, policy, NOON);
            published.expect("a policy");
        }
        let mut chen = city.inspector("chen");
        let mut citizen = city.citizen("li");
        citizen.pins.0 = sha256(policy);
        let mut crew = city.crew("zhao", "drainage");
        let (case, _) = told(&city, &mut citizen);
        city.decide(case, file());
        city.decide(case, dispatch("drainage"));
        let told = crew.sync(&city.core, city.now);
        for phone in [&mut chen, &mut citizen] {
            let told = phone.sync(&city.core, city.now);
            assert!(
                told.response
                    .cases
                    .iter()
                    .all(|pull| pull.contact.is_none())
            );
        }
        let bytes = cbor::to_vec(&told.response);
        for secret in [PHONE, "王小明"] {
            assert!(
                !bytes
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes())
            );
        }
        let pull = told.response.cases.iter().find(|pull| pull.case == case);
        masks.push(pull.expect("the case").contact.clone());
    }
    let shown = masks[1].as_ref().expect("a mask");
    assert_eq!(masks[0], None);
    assert_eq!(shown.phone.as_deref(), Some("138****5678"));
    assert_eq!(shown.name.as_deref(), Some("王**"));
}

#[test]
fn a_card_that_nobody_names_is_not_taken() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    chen.cards.push((case, card(9)));
    let told = chen.sync(&city.core, NOON);
    assert_eq!(told.block.cards, None);
    assert!(matches!(read(&city.core, &city, case), ContactView::None));
}

#[test]
fn an_erased_card_is_gone_and_does_not_come_back() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let (case, digest) = told(&city, &mut chen);
    let reason = ContentItem::new("个人信息", [7; 16]).expect("a text");
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Erase(Erase {
            texts: vec![digest],
            files: vec![],
            note: Some(reason.digest()),
        }),
        content: vec![reason],
    };
    city.core
        .decide(&city.operator, &decision, NOON)
        .expect("erased");
    assert!(matches!(read(&city.core, &city, case), ContactView::Erased));
    let again = Decision {
        view: city.view(case).token(),
        ..decision
    };
    let words = city.core.decide(&city.operator, &again, NOON);
    let words = words.expect_err("a second time").to_string();
    assert_eq!(words, "the contact of this case is erased already");
    chen.cards.push((case, card(1)));
    let told = chen.sync(&city.core, NOON);
    assert_eq!(
        (told.block.cards, told.block.erased),
        (None, Some(vec![digest]))
    );
    assert!(matches!(read(&city.core, &city, case), ContactView::Erased));
    let log = city.core.contact_log(None, 10).expect("a log");
    assert!(log.is_empty(), "nothing was shown");
}

#[test]
fn a_caller_s_contact_is_kept_with_a_registered_case() {
    let city = City::found();
    let position = Position::from_degrees(123.4227, 41.7999, Datum::Wgs84, None);
    let new = NewCase {
        edition: None,
        class: class(),
        condition: None,
        position: position.expect("a place"),
        text: Some("路面塌陷".into()),
        contact: Some(contact()),
        source: Source {
            code: "hotline".into(),
            channel: None,
            external_id: Some("12345-1".into()),
        },
        external_due: None,
        reply_required: false,
    };
    let (case, _) = city
        .core
        .register(&city.operator, &new, NOON)
        .expect("registered");
    assert!(matches!(
        read(&city.core, &city, case),
        ContactView::Open { .. }
    ));
    assert!(!shows(city.dir.path(), PHONE));
}
