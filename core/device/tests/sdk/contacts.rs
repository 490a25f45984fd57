//! Contact cards: sealed here, sent to the server alone, owed until a receipt names them.

use std::path::Path;
use std::sync::Arc;

use gewu::{Ailment, Gewu, GewuError, ReportInput, UnsentWork};
use gewu_model::cbor;
use gewu_model::contact::{Contact, Masked};
use gewu_model::entry::{Body, Erase};
use gewu_model::ids::Digest;
use gewu_model::scope::Scope;
use gewu_sync::wire::CasePush;

use crate::support::desk::Desk;
use crate::support::{City, Device, device, is_synced, options, report};

const PHONE: &str = "13812345678";
const NAME: &str = "王小明";

fn contact() -> Contact {
    Contact {
        phone: Some(PHONE.to_owned()),
        name: Some(NAME.to_owned()),
        id_number: None,
    }
}

fn with_contact() -> ReportInput {
    ReportInput {
        contact: Some(contact()),
        ..report()
    }
}

/// Whether any file under `folder` holds the bytes of `text`.
fn shows(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut entries = entries.into_iter();
    entries.any(|path| match path.is_dir() {
        true => shows(&path, text),
        false => {
            let bytes = std::fs::read(&path).unwrap();
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        }
    })
}

fn named(device: &Device, case: gewu_model::ids::CaseId) -> Digest {
    let shown = device.gewu.show(case).unwrap();
    let digest = shown.entries[0].payload["contact"].as_str();
    digest.unwrap().parse().unwrap()
}

#[test]
fn no_number_and_no_name_lies_in_the_folder_and_without_the_key_none_is_read() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_contact()).unwrap().case;
    let draft = wang.gewu.draft_new(&with_contact()).unwrap();
    wang.sync();
    let read = wang.gewu.contact(case).unwrap();
    assert_eq!(read.own, Some(contact()));
    let drafted = wang.gewu.draft(draft).unwrap().input;
    assert_eq!(drafted.contact, Some(contact()));

    let folder = wang.folder.path();
    assert!(!shows(folder, PHONE) && !shows(folder, NAME));
    assert!(shows(folder, "井盖缺失"), "the search finds what lies open");

    // A copy of the database and the photos, as a stolen backup has them.
    let copy = tempfile::tempdir().unwrap();
    let Device {
        gewu,
        folder,
        clock,
    } = wang;
    drop(gewu);
    std::fs::copy(folder.path().join("gewu.db"), copy.path().join("gewu.db")).unwrap();
    let stolen = Gewu::open(options(copy.path(), &city, &clock)).unwrap();
    let read = stolen.contact(case).unwrap();
    assert!(read.unreadable && read.own.is_none() && read.masked.is_none());
    assert_eq!(stolen.draft(draft).unwrap().input.contact, None);
}

#[test]
fn the_device_owes_a_card_until_a_receipt_names_it() {
    let city = Arc::new(City::new());
    city.state().card_key_is_there = false;
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_contact()).unwrap().case;
    wang.sync();
    let status = wang.gewu.status().unwrap();
    assert!(!status.synced);
    assert_eq!(
        (status.cases[0].changes.len(), status.cases[0].texts),
        (0, 1)
    );
    assert!(!wang.gewu.show(case).unwrap().complete);
    assert!(matches!(
        wang.gewu.sign_out(UnsentWork::Refuse),
        Err(GewuError::NotPermitted { .. })
    ));

    city.state().card_key_is_there = true;
    let wang = wang.reopen(&city);
    wang.sync();
    assert!(is_synced(&wang));
    assert!(wang.gewu.show(case).unwrap().complete);
    assert_eq!(city.state().cards, [named(&wang, case)].into());
}

#[test]
fn a_card_whose_key_is_lost_is_not_owed_for_ever_and_is_named() {
    let city = Arc::new(City::new());
    city.state().card_key_is_there = false;
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_contact()).unwrap().case;
    wang.sync();
    assert_eq!(wang.gewu.status().unwrap().cases[0].texts, 1);

    std::fs::remove_dir_all(wang.folder.path().join("secrets")).unwrap();
    let wang = wang.reopen(&city);
    let status = wang.gewu.status().unwrap();
    assert_eq!(
        (status.cases[0].texts, status.lost_contacts),
        (1, vec![]),
        "the store may find its keys again before another takes their place"
    );
    wang.gewu.enrol("http://city.test", Some("wang")).unwrap();
    city.state().card_key_is_there = true;
    wang.sync();

    let status = wang.gewu.status().unwrap();
    assert!(status.synced, "{:?}", status.cases);
    assert_eq!(status.lost_contacts, [case]);
    assert!(wang.gewu.contact(case).unwrap().unreadable);
    assert!(!wang.gewu.show(case).unwrap().complete);
    let found = wang.gewu.checkup().unwrap().findings;
    assert!(
        found
            .iter()
            .any(|one| (one.what, one.count) == (Ailment::ContactsLost, 1)),
        "{found:?}"
    );
}

#[test]
fn only_the_card_s_own_field_of_a_request_carries_it() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_contact()).unwrap();
    wang.sync();
    wang.sync();
    let mut requests = city.state().requests.clone();
    let carried = requests.iter_mut().flat_map(|request| &mut request.cases);
    let cards: usize = carried
        .filter_map(|push| push.cards.take())
        .map(|it| it.len())
        .sum();
    assert_eq!(cards, 1, "sent once, and not again after its receipt");
    for request in &requests {
        let bytes = cbor::to_vec(request);
        assert!(
            !bytes
                .windows(PHONE.len())
                .any(|part| part == PHONE.as_bytes())
        );
    }
}

#[test]
fn a_bundle_holds_no_card_and_the_own_work_of_who_signs_out_does() {
    let city = Arc::new(City::new());
    city.state().card_key_is_there = false;
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_contact()).unwrap().case;
    wang.sync();
    let out = tempfile::tempdir().unwrap();
    let bundle = out.path().join("case.gewub");
    wang.gewu.export_cases(&[case], &bundle).unwrap();
    assert!(!shows(out.path(), PHONE));

    let saved = out.path().join("mine");
    wang.gewu
        .sign_out(UnsentWork::Export(saved.clone()))
        .unwrap();
    let bytes = std::fs::read(saved.join("unsent.cbor")).unwrap();
    let pushes: Vec<CasePush> = cbor::from_slice(&bytes).unwrap();
    let cards: Vec<_> = pushes
        .iter()
        .flat_map(|push| push.cards.iter().flatten())
        .collect();
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].contact(), contact());
}

#[test]
fn an_erased_card_goes_from_the_device_for_good() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_contact()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::Erase(Erase {
        texts: vec![named(&wang, case)],
        files: vec![],
        note: None,
    }));
    desk.hand_over(Scope::Asked("wang".into()));
    wang.sync();
    let read = wang.gewu.contact(case).unwrap();
    assert_eq!(
        (read.own, read.masked, read.unreadable),
        (None, None, false)
    );
    // A mask that comes late is not taken either.
    let mut late = desk.pull(Scope::Asked("wang".into()));
    late.contact = Some(Masked {
        phone: Some("138****5678".into()),
        name: None,
    });
    city.state().pulls.push(late);
    wang.sync();
    assert_eq!(wang.gewu.contact(case).unwrap().masked, None);
}

#[test]
fn what_is_no_number_is_refused_without_repeating_it() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let wrong = ReportInput {
        contact: Some(Contact {
            phone: Some("call me 138".into()),
            ..Contact::default()
        }),
        ..report()
    };
    let refused = wang.gewu.report(wrong).unwrap_err();
    assert!(matches!(&refused, GewuError::InvalidInput { field, .. } if *field == "contact"));
    assert!(!format!("{refused} {refused:?}").contains("138"));
}
