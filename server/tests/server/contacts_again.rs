//! Contacts that come after their report: from a channel that says a matter again, and after the report
//! was issued again.

use gewu_model::contact::{Contact, ContactCard};
use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, Erase, Source};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::place::{Datum, Position};
use gewu_server::{ContactNews, ContactView, Decision, NewCase, RegisterError, Registered};

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, NOON, POLICY, class};

fn said(phone: Option<&str>, name: Option<&str>) -> Option<Contact> {
    Some(Contact {
        phone: phone.map(str::to_owned),
        name: name.map(str::to_owned),
        id_number: None,
    })
}

fn call(contact: Option<Contact>) -> NewCase {
    let position = Position::from_degrees(123.4227, 41.7999, Datum::Wgs84, None);
    NewCase {
        edition: None,
        class: class(),
        condition: None,
        position: position.expect("a place"),
        text: Some("路面塌陷".into()),
        contact,
        source: Source {
            code: "hotline".into(),
            channel: Some("12345".into()),
            external_id: Some("7".into()),
        },
        external_due: None,
        reply_required: false,
    }
}

fn register(city: &City, contact: Option<Contact>) -> (CaseId, Registered) {
    let done = city.core.register(&city.operator, &call(contact), city.now);
    done.expect("registered")
}

fn news(city: &City, contact: Option<Contact>) -> Option<ContactNews> {
    match register(city, contact).1 {
        Registered::Known(news) => news,
        Registered::New(_) => panic!("the matter is known"),
    }
}

fn shown(city: &City, case: CaseId) -> Option<Contact> {
    let read = city.core.contact(&city.operator, case, city.now);
    match read.expect("a case") {
        ContactView::Open { contact } => Some(contact),
        _ => None,
    }
}

fn log(city: &City) -> Vec<(String, String)> {
    let lines = city.core.contact_log(None, 10).expect("a log");
    let text = |line: &serde_json::Value, name: &str| line[name].as_str().expect("text").to_owned();
    let lines = lines.iter();
    lines
        .map(|line| (text(line, "did"), text(line, "user")))
        .collect()
}

#[test]
fn a_new_number_under_a_known_id_takes_the_place_of_the_old_one_once_and_is_traced() {
    let mut city = City::found();
    let (case, _) = register(&city, said(Some("13812345678"), Some("吴")));
    assert_eq!(news(&city, None), None);
    let same = said(Some("138-1234-5678"), None);
    assert_eq!(news(&city, same), Some(ContactNews::Same));
    assert_eq!(log(&city), [], "nothing became new");

    city.now = NOON.plus(60_000);
    let other = said(Some("13987654321"), None);
    assert_eq!(news(&city, other.clone()), Some(ContactNews::Changed));
    assert_eq!(news(&city, other), Some(ContactNews::Same));
    assert_eq!(log(&city), [("changed".into(), "duty".into())]);
    let line = city
        .core
        .contact_log(Some(case), 10)
        .expect("a log")
        .remove(0);
    assert_ne!(line["card"], line["before"]);
    assert_eq!(line["at"], city.now.0);
    assert!(!line.to_string().contains("13987654321"));

    city.now = NOON.plus(120_000);
    assert_eq!(shown(&city, case), said(Some("13987654321"), Some("吴")));
    assert_eq!(log(&city)[0].0, "read");
    let held = &city.core.status().expect("a status")["contact_cards"]["held"];
    assert_eq!(held, 1, "the old number is not held any more");
}

#[test]
fn a_number_that_comes_after_a_report_without_one_is_added() {
    let city = City::found();
    let (case, _) = register(&city, None);
    assert_eq!(shown(&city, case), None);
    let number = said(Some("13812345678"), None);
    assert_eq!(news(&city, number.clone()), Some(ContactNews::Added));
    assert_eq!(shown(&city, case), number);
    let state = city.core.show(case).expect("shown");
    assert_eq!(state["contact"]["present"], true);
    let wrong = said(Some("nobody"), None);
    let refused = city.core.register(&city.operator, &call(wrong), NOON);
    assert!(
        matches!(refused, Err(RegisterError::Contact(_))),
        "{refused:?}"
    );
}

#[test]
fn a_crew_that_sees_masks_sees_that_of_the_new_number() {
    let mut city = City::found();
    let text = std::str::from_utf8(POLICY).expect("text");
    let text = text.trim_end().strip_suffix('}').expect("an object");
    let masks = format!("{text}, \"contact\": {{\"masked\": [\"crew\"]}}}}");
    let policy = city
        .core
        .publish_pack("policy", "fixture", 2, masks.as_bytes(), NOON);
    policy.expect("a policy");
    let (case, _) = register(&city, said(Some("13812345678"), None));
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let mut crew = city.crew("zhao", "drainage");
    let mut masked = || {
        let told = crew.sync(&city.core, city.now);
        let pull = told.response.cases.iter().find(|pull| pull.case == case);
        pull.and_then(|pull| pull.contact.clone()?.phone)
    };
    assert_eq!(masked().as_deref(), Some("138****5678"));
    news(&city, said(Some("13987654321"), None));
    assert_eq!(masked().as_deref(), Some("139****4321"));
}

#[test]
fn an_erasure_takes_the_last_card_and_no_other_comes_after_it() {
    let city = City::found();
    let (case, _) = register(&city, said(Some("13812345678"), None));
    let first = digest(&city, case);
    news(&city, said(Some("13987654321"), None));
    let second = digest(&city, case);
    assert_ne!(first, second);
    let reason = ContentItem::new("个人信息", [7; 16]).expect("a text");
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Erase(Erase {
            texts: vec![second],
            files: vec![],
            note: Some(reason.digest()),
        }),
        content: vec![reason],
    };
    let erased = city.core.decide(&city.operator, &decision, city.now);
    erased.expect("erased");
    let gone = &city.core.show(case).expect("shown")["erased"];
    for card in [first, second] {
        assert!(gone.to_string().contains(&card.to_string()), "{gone}");
    }
    let again = said(Some("13812345678"), None);
    assert_eq!(news(&city, again), Some(ContactNews::Erased));
    assert_eq!(shown(&city, case), None);
}

fn digest(city: &City, case: CaseId) -> Digest {
    let shown = city.core.show(case).expect("shown");
    let digest = shown["contact"]["digest"].as_str().expect("a digest");
    digest.parse().expect("a digest")
}

#[test]
fn a_card_that_arrives_after_its_report_was_issued_again_is_carried_over() {
    let mut city = City::found();
    let mut gao = city.phone("gao", "shift_leader", None, None);
    let number = said(Some("13812345678"), None);
    let card = ContactCard::new(number.as_ref().expect("one"), [4; 16]).expect("a contact");
    gao.contact = Some(card);
    let lost = gao.report("井盖缺失", vec![], city.now);
    // The card stays behind: the connection broke after the changes.
    let late = std::mem::take(&mut gao.cards);
    gao.sync(&city.core, city.now);
    let status = city.core.status().expect("a status");
    let rows = status["set_aside"].as_array().expect("rows");
    let report = rows
        .iter()
        .find(|row| row["reason"] == "depends_on_set_aside");
    let report: Option<ChangeHash> = report.and_then(|row| row["change"].as_str()?.parse().ok());
    let done = city
        .core
        .reissue(&city.operator, report.expect("one"), None, false, city.now);
    let case = done.expect("registered").case;
    assert_eq!(shown(&city, case), None);

    gao.cards = late;
    city.now = NOON.plus(60_000);
    let told = gao.sync(&city.core, city.now);
    assert_eq!(told.block.cards.map(|cards| cards.len()), Some(1));
    assert_ne!(case, lost);
    assert_eq!(log(&city), [("carried".into(), "gao".into())]);
    assert_eq!(shown(&city, case), number);
}
