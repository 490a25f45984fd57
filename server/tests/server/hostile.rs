//! What clients that were changed on purpose try.

use gewu_model::cert::Endorsement;
use gewu_model::crypto::{PublicKey, Signer, StandardSuite, sha256};
use gewu_model::entry::{Body, Dispatch, Forward, Source};
use gewu_model::ids::CaseId;
use gewu_model::place::{Datum, Position};
use gewu_server::{Clock, ExchangeError, NewCase, SystemClock};
use gewu_sync::verdict::{Outcome, SetAside, Verdict};
use gewu_sync::wire::{CasePush, CounterStatement};
use serde_json::json;

use crate::kit::entries::{dispatch, file, handle};
use crate::kit::files::{phone, photo, record, upload};
use crate::kit::web::Web;
use crate::kit::{City, NOON, Phone, class, signer};

fn server_key(phone: &Phone) -> PublicKey {
    let server = phone.enrolled.anchor.server(&StandardSuite);
    server.expect("certified").key
}

fn empty_push(case: CaseId) -> CasePush {
    CasePush {
        case,
        changes: vec![],
        content: vec![],
        endorsement: None,
        receipt: None,
        cards: None,
    }
}

/// Sends an endorsement of `key` for `case` by the phone's own hand.
fn endorse(phone: &mut Phone, city: &City, case: CaseId, key: PublicKey) {
    let made = Endorsement::make(&phone.signer, case, key).expect("in memory");
    let mut request = phone.request();
    request.cases.push(CasePush {
        endorsement: Some(made),
        ..empty_push(case)
    });
    phone.exchange(&city.core, &request, city.now);
}

fn by_telephone() -> NewCase {
    NewCase {
        edition: None,
        class: class(),
        condition: None,
        position: Position::from_degrees(123.42, 41.8, Datum::Wgs84, None).expect("a place"),
        text: None,
        contact: None,
        source: Source {
            code: "hotline".into(),
            channel: None,
            external_id: None,
        },
    }
}

/// Whoever could endorse the centre's key could state its counter, and then no instruction would be
/// taken any more; and be told the public status of every case that the centre opened.
#[test]
fn nobody_endorses_the_centre_s_key() {
    let mut city = City::found();
    let (mut chen, mut ci) = (city.inspector("chen"), city.citizen("ci"));
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    let key = server_key(&ci);
    endorse(&mut ci, &city, CaseId([9; 16]), key.clone());
    let mut request = ci.request();
    request.counters.push(CounterStatement {
        key: key.id(),
        counter: u64::try_from(i64::MAX).expect("positive"),
        unsent: vec![],
    });
    ci.exchange(&city.core, &request, city.now);
    city.decide(case, file());
    let registered = city
        .core
        .register(&city.operator, &by_telephone(), city.now)
        .expect("registered");
    ci.sync(&city.core, city.now);
    assert!(ci.statuses.is_empty(), "{:?}", registered.0);
}

#[test]
fn a_stranger_s_endorsement_makes_nobody_the_reporter() {
    let mut city = City::found();
    let (mut ci, mut other) = (city.citizen("ci"), city.citizen("other"));
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    for salt in 1..20 {
        let key = signer("other", salt).public_key();
        endorse(&mut other, &city, case, key);
    }
    city.decide(case, file());
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["reporter"]["user"], ci.user.as_str());
}

#[test]
fn an_oversized_endorsement_or_change_is_not_kept() {
    let city = City::found();
    let (mut chen, mut ci) = (city.inspector("chen"), city.citizen("ci"));
    let case = chen.report("井盖缺失", vec![], NOON);
    let mut request = chen.request();
    let mut change = request.cases[0].changes[0].clone();
    change.bytes = vec![7; 100_000];
    let hash = change.hash();
    request.cases[0].changes.push(change);
    let told = chen.exchange(&city.core, &request, NOON);
    assert_eq!(
        *told.verdict(hash),
        Verdict::SetAside {
            reason: SetAside::Malformed
        }
    );
    let status = city.core.status().expect("a status");
    assert_eq!(status["set_aside"], json!([]), "the bytes are not kept");
    assert_eq!(status["changes"], 2, "{case}");
    let mut key = ci.signer.public_key();
    key.bytes = vec![1; 100_000];
    endorse(&mut ci, &city, case, key);
    assert_eq!(
        city.core.show(case).expect("shown")["reporter"],
        json!(null)
    );
}

/// Whoever sends a change before its author's key is known cannot have it refused for good.
#[test]
fn a_citizen_s_change_that_another_sent_first_is_still_taken() {
    let city = City::found();
    let (mut ci, mut chen) = (city.citizen("ci"), city.inspector("chen"));
    let case = ci.report("垃圾三天", vec![], NOON);
    let mut ahead = chen.request();
    ahead.cases.push(CasePush {
        endorsement: None,
        ..ci.request().cases.remove(0)
    });
    let told = chen.exchange(&city.core, &ahead, NOON);
    assert_eq!(told.block.changes.len(), 2);
    let told = ci.sync(&city.core, NOON);
    assert_eq!(told.block.changes.len(), 2);
    assert!(told.block.changes.iter().all(|it| told.accepted(it.hash)));
    assert_eq!(
        city.core.status().expect("a status")["set_aside"],
        json!([])
    );
    // And the same bytes again, from whoever it is, are simply known.
    let told = chen.exchange(&city.core, &ahead, NOON);
    assert!(told.block.changes.iter().all(|it| told.accepted(it.hash)));
    assert_eq!(city.view(case).entries.len(), 1);
}

/// The order in which devices come back to a restored server changes nothing of what it once took.
#[test]
fn what_waits_at_a_restored_server_keeps_its_receipt() {
    let mut city = City::found();
    let (mut ci, mut li) = (city.citizen("ci"), city.crew("li", "drainage"));
    let folder = tempfile::TempDir::new().expect("a folder");
    let (copy, life) = (folder.path().join("copy"), folder.path().join("life 2"));
    gewu_server::backup(city.dir.path(), &copy, NOON).expect("a copy");
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    city.decide(case, file());
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    let done = li.write(case, &handle(), Some(sent), city.now);
    assert!(li.sync(&city.core, city.now).accepted(done));
    li.sync(&city.core, city.now);
    ci.sync(&city.core, city.now);
    let before = city.view(case);
    gewu_server::restore(&copy, &life).expect("restored");
    let core = crate::kit::open(&life);
    // The crew comes first: nothing is known yet of the citizen's key.
    for phone in [&mut li, &mut ci] {
        phone.sync(&core, city.now);
        let mut request = phone.request();
        request.cases = vec![phone.offer_again(case)];
        assert!(request.cases[0].receipt.is_some());
        phone.exchange(&core, &request, city.now);
    }
    assert_eq!(core.case_view(case).expect("readable"), Some(before));
}

#[test]
fn a_device_out_of_use_lifts_no_generation_and_nobody_does_by_word_alone() {
    let city = City::found();
    let own = city.core.generation().expect("a generation");
    for (at, user) in ["good", "retired", "compromised"].into_iter().enumerate() {
        let mut phone = city.inspector(user);
        match at {
            1 => {
                city.core.retire(phone.key(), NOON).expect("known");
            }
            2 => city.core.compromise(phone.key()).expect("known"),
            _ => {}
        }
        phone.generation = own + (5 << 32);
        phone.sync(&city.core, NOON);
        assert_eq!(city.core.generation().expect("a generation"), own, "{user}");
    }
}

/// A hash is no secret: it stands in every entry that names the file.
#[test]
fn naming_a_file_by_its_hash_shows_it_to_nobody() {
    let web = Web::start();
    let (mut chen, mut zhao) = (phone(&web, "chen", "D1"), phone(&web, "zhao", "D9"));
    let mut reader = phone(&web, "he", "D1");
    let (bytes, file) = (photo(), sha256(&photo()));
    let now = SystemClock.now();
    let core = web.running().core();
    upload(&web, &chen, &bytes);
    chen.report("井盖缺失", vec![record(file, bytes.len() as u64)], now);
    let path = format!("/v1/media/{file}");
    // The phones of the kit report in D1, where zhao does not patrol; zhao holds the own case.
    let own = zhao.report("别处", vec![record(file, bytes.len() as u64)], now);
    zhao.media = vec![file];
    let told = zhao.sync(core, now);
    assert!(told.block.media.is_empty());
    assert!(core.case_view(own).expect("readable").is_some());
    let get = |who: &Phone| web.signed(&who.signer, "GET", &path, &[], b"").status;
    assert_eq!(get(&zhao), 404);
    assert_eq!(get(&reader), 404, "chen's case is not here yet");
    chen.sync(core, now);
    reader.sync(core, now);
    assert_eq!((get(&reader), get(&zhao)), (200, 404));
    upload(&web, &zhao, &bytes);
    assert_eq!(get(&zhao), 200, "who brings it has it");
}

#[test]
fn a_console_without_the_operator_s_role_administers_nothing() {
    let web = Web::start();
    let core = web.running().core();
    core.add_operator(
        "lead",
        &"fang".into(),
        &["unit_lead".into()],
        &["roads".into()],
    )
    .expect("a console");
    let bearer = [("authorization".to_owned(), "Bearer lead".to_owned())];
    let mut chen = phone(&web, "chen", "D1");
    let case = chen.report("井盖缺失", vec![], SystemClock.now());
    chen.sync(core, SystemClock.now());
    let grant = json!({ "user": "fang", "roles": ["operator"] }).to_string();
    let code = web.send("POST", "/v1/op/enrolment-codes", &bearer, grant.as_bytes());
    assert_eq!(code.status, 403);
    let retire = format!("/v1/op/devices/{}/retire", chen.key());
    assert_eq!(web.send("POST", &retire, &bearer, b"").status, 403);
    for path in [
        "/v1/op/cases".to_owned(),
        format!("/v1/op/cases/{case}"),
        "/v1/op/devices".to_owned(),
        "/v1/op/status".to_owned(),
        format!("/v1/media/{}", sha256(b"a photo")),
    ] {
        assert_eq!(web.send("GET", &path, &bearer, b"").status, 403, "{path}");
    }
}

#[test]
fn a_request_names_a_case_once() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    let mut request = chen.request();
    request.cases.push(empty_push(case));
    let caller = city.core.caller(chen.key()).expect("enrolled");
    let refused = city.core.exchange(&caller, &request, NOON);
    assert_eq!(refused.err(), Some(ExchangeError::TooMuch));
    assert!(city.core.case_view(case).expect("readable").is_none());
}

/// Who only helps does not take the lead by passing the task to itself.
#[test]
fn an_assisting_unit_passes_the_task_to_nobody() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    city.decide(
        case,
        Body::Dispatch(Dispatch {
            lead: "roads".into(),
            assist: vec!["drainage".into()],
            limit: None,
            note: None,
            substitute_for: None,
            bundle_limit: None,
            must_accept: None,
            external_due: None,
            rule: None,
        }),
    );
    let tell = |unit: &str| {
        let mut lead = city.phone(&format!("lead of {unit}"), "unit_lead", Some(unit), None);
        lead.sync(&city.core, city.now);
        let unit = "drainage".into();
        lead.command(
            case,
            &Body::Forward(Forward {
                unit,
                note: None,
                from: None,
                limit: None,
            }),
            city.now,
        );
        let told = lead.sync(&city.core, city.now);
        told.block.commands[0].outcome.clone()
    };
    assert!(matches!(tell("drainage"), Outcome::Denied { .. }));
    assert!(matches!(tell("roads"), Outcome::Done { .. }));
}

/// A stranger's body is not waited for long, and never held in memory.
#[test]
fn a_stranger_is_turned_away_before_the_body() {
    let patience = std::time::Duration::from_secs(10);
    let web = Web::start_with(|options| options.patience = patience);
    let stranger = signer("stranger", 0);
    let at = SystemClock.now();
    let claim = gewu_sync::auth::sign(&stranger, "POST", "/v1/media", b"", at).expect("signed");
    let none: Vec<(String, String)> = vec![];
    for (path, headers) in [("/v1/sync", none), ("/v1/media", claim)] {
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
             content-length: 8000000\r\ntus-resumable: 1.0.0\r\n"
        );
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        assert_eq!(web.raw((head + "\r\n").as_bytes()).status, 401, "{path}");
    }
}

/// A restored centre that decided otherwise meanwhile still owes an answer to those who did the work.
#[test]
fn a_unit_whose_dispatch_was_lost_sees_what_became_of_its_work() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let case = chen.report("井盖缺失", vec![], NOON);
    chen.sync(&city.core, NOON);
    city.decide(case, file());
    let folder = tempfile::TempDir::new().expect("a folder");
    let (copy, life) = (folder.path().join("copy"), folder.path().join("life 2"));
    gewu_server::backup(city.dir.path(), &copy, NOON).expect("a copy");
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    let done = li.write(case, &handle(), Some(sent), city.now);
    assert!(li.sync(&city.core, city.now).accepted(done));
    li.sync(&city.core, city.now);
    gewu_server::restore(&copy, &life).expect("restored");
    let core = crate::kit::open(&life);
    let decision = |body| gewu_server::Decision {
        case,
        view: core
            .case_view(case)
            .expect("readable")
            .expect("a case")
            .token(),
        body,
        content: vec![],
    };
    let operator = core.operator("secret").expect("readable").expect("known");
    let elsewhere = decision(dispatch("roads"));
    core.decide(&operator, &elsewhere, city.now)
        .expect("decided");
    li.sync(&core, city.now);
    let mut request = li.request();
    request.cases = vec![li.offer_again(case)];
    assert!(li.exchange(&core, &request, city.now).accepted(done));
    li.sync(&core, city.now);
    let view = core.case_view(case).expect("readable").expect("a case");
    assert_eq!(li.view(case), view);
}
