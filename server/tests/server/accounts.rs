//! Citizens who are signed in in a host app: whose tokens are taken, and who is told the account.

use gewu_model::cbor;
use gewu_model::content::ContentItem;
use gewu_model::crypto::Signer;
use gewu_model::entry::{Body, Erase};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use gewu_server::host_token::{Claims, HostSigner, HostTokenError};
use gewu_server::{AccountView, CoreError, Decision, EnrolError};
use gewu_sync::wire::EnrolResponse;

use crate::kit::{City, NOON, Phone, enrol_request, open, options, signer};

pub(crate) const PRIVATE: &str = include_str!("../../src/host_token/test_keys/ed25519.pem");
pub(crate) const PUBLIC: &str = include_str!("../../src/host_token/test_keys/ed25519.pub.pem");
const OTHER_PRIVATE: &str = include_str!("../../src/host_token/test_keys/p256.pem");
const OTHER_PUBLIC: &str = include_str!("../../src/host_token/test_keys/p256.pub.pem");

/// A city that knows the app `bank`.
fn with_bank() -> City {
    let city = City::found();
    city.core
        .add_host_app(&city.operator, "bank", PUBLIC, NOON)
        .expect("registered");
    city
}

/// What the bank says of its user on the phone of that name.
fn claims(city: &City, phone: &str, sub: &str) -> Claims {
    Claims {
        iss: "bank".into(),
        sub: sub.into(),
        aud: city.core.city().to_string(),
        iat: NOON.0 / 1_000,
        exp: NOON.0 / 1_000 + 600,
        nonce: signer(phone, 0).public_key().id().to_string(),
    }
}

pub(crate) fn signed(key: &str, claims: &Claims) -> String {
    let signer = HostSigner::from_pem(key).expect("a key");
    signer.token(claims).expect("signed")
}

fn sign_in(
    city: &City,
    phone: &str,
    token: String,
    now: Millis,
) -> Result<EnrolResponse, EnrolError> {
    let mut request = enrol_request(&signer(phone, 0), None);
    request.host_token = Some(token);
    city.core.enrol(&request, now)
}

/// The bank's user on the phone of that name signs in.
fn signed_in(city: &City, phone: &str, sub: &str, now: Millis) -> EnrolResponse {
    let token = signed(PRIVATE, &claims(city, phone, sub));
    sign_in(city, phone, token, now).expect("signed in")
}

fn account(city: &City, case: CaseId) -> AccountView {
    city.core
        .account(&city.operator, case, NOON.plus(5))
        .expect("a case")
}

fn of_bank(sub: &str, since: Millis) -> AccountView {
    AccountView::Open {
        iss: "bank".into(),
        sub: sub.into(),
        since,
    }
}

/// A report by the phone, pushed.
fn reported(city: &City, phone: &mut Phone, now: Millis) -> CaseId {
    let case = phone.report("路上有个坑", vec![], now);
    phone.sync(&city.core, now);
    case
}

#[test]
fn a_report_of_a_phone_that_is_signed_in_leads_the_centre_to_the_account_and_nobody_else() {
    let city = with_bank();
    let enrolled = signed_in(&city, "wu", "user-1", NOON);
    assert_eq!(enrolled.account.as_deref(), Some("bank"));
    let mut wu = city.citizen("wu");
    let case = reported(&city, &mut wu, NOON);
    assert_eq!(account(&city, case), of_bank("user-1", NOON));
    let log = city.core.contact_log(Some(case), 10).expect("a log");
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0]["user"], "duty");
    assert_eq!(log[0]["did"], "account_read");
    assert!(!log[0].to_string().contains("user-1"));
    // Neither the certificate, nor what another device gets, nor what operators see says it.
    let told = city.inspector("chen").sync(&city.core, NOON);
    let everything = [
        cbor::to_vec(&enrolled.certificate),
        cbor::to_vec(&told.response),
        city.core
            .show(case)
            .expect("shown")
            .to_string()
            .into_bytes(),
    ];
    for bytes in everything {
        for name in ["bank", "user-1"] {
            assert!(
                !bytes
                    .windows(name.len())
                    .any(|part| part == name.as_bytes())
            );
        }
    }
    let own = wu.sync(&city.core, NOON).response;
    assert_eq!(
        own.account.as_deref(),
        Some("bank"),
        "the phone itself is told"
    );
    assert_eq!(told.response.account, None);
}

#[test]
fn a_phone_that_signs_in_later_takes_nothing_along_that_the_city_had() {
    let city = with_bank();
    let mut wu = city.citizen("wu");
    let before = reported(&city, &mut wu, NOON);
    let unsent = wu.report("还有一个", vec![], NOON);
    let later = NOON.plus(60_000);
    let linked = signed_in(&city, "wu", "user-1", later);
    assert_eq!(
        linked.certificate, wu.enrolled.certificate,
        "the same phone"
    );
    wu.sync(&city.core, later.plus(1));
    let after = reported(&city, &mut wu, later.plus(2));
    assert_eq!(account(&city, before), AccountView::Anonymous);
    assert_eq!(account(&city, unsent), of_bank("user-1", later));
    assert_eq!(account(&city, after), of_bank("user-1", later));
    // Doing so again changes nothing, and the lookup of what is anonymous is no reading.
    signed_in(&city, "wu", "user-1", later.plus(9));
    assert_eq!(account(&city, after), of_bank("user-1", later));
    assert!(
        city.core
            .contact_log(Some(before), 10)
            .expect("a log")
            .is_empty()
    );
}

#[test]
fn a_phone_is_under_one_account_until_it_leaves() {
    let city = with_bank();
    signed_in(&city, "wu", "user-1", NOON);
    let other = signed(PRIVATE, &claims(&city, "wu", "user-2"));
    let refused = sign_in(&city, "wu", other, NOON).expect_err("refused");
    assert_eq!(refused, EnrolError::OtherAccount);
    assert!(refused.to_string().contains("leave first"));
    // Whoever left has another key, and one account may have several phones.
    signed_in(&city, "wu anew", "user-2", NOON);
    signed_in(&city, "tablet", "user-1", NOON);
}

#[test]
fn a_token_that_leaked_is_of_no_use_on_another_phone() {
    let city = with_bank();
    let token = signed(PRIVATE, &claims(&city, "wu", "user-1"));
    let thief = sign_in(&city, "thief", token.clone(), NOON).expect_err("refused");
    assert_eq!(thief, EnrolError::HostToken(HostTokenError::Nonce));
    // With the owner's key in the request the thief lacks the key's signature.
    let mut request = enrol_request(&signer("wu", 0), None);
    request.proof = enrol_request(&signer("thief", 0), None).proof;
    request.host_token = Some(token);
    assert_eq!(city.core.enrol(&request, NOON), Err(EnrolError::Proof));
    assert!(
        city.core.devices().expect("devices").is_empty(),
        "nothing was written"
    );
}

#[test]
fn tokens_that_the_city_has_no_reason_to_take_are_refused_and_nothing_is_written() {
    let city = with_bank();
    let good = || claims(&city, "wu", "user-1");
    let refused = |token: String| match sign_in(&city, "wu", token, NOON) {
        Err(EnrolError::HostToken(why)) => why,
        other => panic!("{other:?}"),
    };
    let unknown = Claims {
        iss: "other".into(),
        ..good()
    };
    assert_eq!(
        refused(signed(PRIVATE, &unknown)),
        HostTokenError::UnknownApp
    );
    let es256 = signed(OTHER_PRIVATE, &good());
    assert_eq!(refused(es256), HostTokenError::Algorithm("EdDSA"));
    let abroad = Claims {
        aud: "00".repeat(32),
        ..good()
    };
    assert_eq!(refused(signed(PRIVATE, &abroad)), HostTokenError::Audience);
    let old = Claims {
        iat: NOON.0 / 1_000 - 900,
        exp: NOON.0 / 1_000 - 301,
        ..good()
    };
    assert_eq!(
        refused(signed(PRIVATE, &old)),
        HostTokenError::Expired(NOON)
    );
    let mut forged = signed(PRIVATE, &good());
    let last = forged.pop();
    forged.push(if last == Some('A') { 'Q' } else { 'A' });
    assert_eq!(refused(forged), HostTokenError::Signature);
    assert_eq!(refused("x".repeat(9_000)).code(), "host_token_malformed");
    assert!(city.core.devices().expect("devices").is_empty());
    // A code says something else, and a member of staff's phone is no citizen's.
    let chen = city.inspector("chen");
    let token = signed(PRIVATE, &claims(&city, "chen", "user-1"));
    assert_eq!(
        sign_in(&city, "chen", token.clone(), NOON),
        Err(EnrolError::StaffDevice)
    );
    let mut both = enrol_request(&chen.signer, Some("CODE"));
    both.host_token = Some(token);
    assert_eq!(city.core.enrol(&both, NOON), Err(EnrolError::TokenAndCode));
}

#[test]
fn an_app_that_was_removed_signs_nobody_in_and_its_users_stay_who_they_are() {
    let city = with_bank();
    signed_in(&city, "wu", "user-1", NOON);
    let mut wu = city.citizen("wu");
    let twice = city
        .core
        .add_host_app(&city.operator, "bank", OTHER_PUBLIC, NOON);
    assert!(matches!(twice, Err(CoreError::HostApp(_))), "{twice:?}");
    city.core.remove_host_app("bank", NOON).expect("removed");
    let again = city
        .core
        .remove_host_app("bank", NOON.plus(9))
        .expect("again");
    assert_eq!(again.removed_at, Some(NOON));
    let token = signed(PRIVATE, &claims(&city, "li", "user-2"));
    let refused = sign_in(&city, "li", token.clone(), NOON);
    assert_eq!(
        refused,
        Err(EnrolError::HostToken(HostTokenError::UnknownApp))
    );
    let case = reported(&city, &mut wu, NOON);
    assert_eq!(account(&city, case), of_bank("user-1", NOON));
    // It comes back with another key: the old one is good for nothing more.
    city.core
        .add_host_app(&city.operator, "bank", OTHER_PUBLIC, NOON)
        .expect("added");
    let refused = sign_in(&city, "li", token, NOON);
    let why = HostTokenError::Algorithm("ES256");
    assert_eq!(refused, Err(EnrolError::HostToken(why)));
    let token = signed(OTHER_PRIVATE, &claims(&city, "li", "user-2"));
    assert!(sign_in(&city, "li", token, NOON).is_ok());
    let unknown = city.core.remove_host_app("nobody", NOON);
    assert!(matches!(unknown, Err(CoreError::Unknown(_))));
    for (name, key) in [
        ("", PUBLIC),
        (" bank2", PUBLIC),
        ("bank2", "no key"),
        ("bank2", PRIVATE),
    ] {
        let refused = city.core.add_host_app(&city.operator, name, key, NOON);
        assert!(matches!(refused, Err(CoreError::HostApp(_))), "{name}");
    }
}

#[test]
fn a_city_without_anonymous_citizens_takes_those_whom_an_app_vouches_for() {
    let mut city = City::found();
    let dir = tempfile::TempDir::new().expect("a folder");
    let mut strict = options(dir.path());
    strict.settings.citizens = false;
    city.core = gewu_server::Core::open(strict, NOON).expect("a server");
    crate::kit::publish(&city.core);
    city.core
        .add_host_app(&city.operator, "bank", PUBLIC, NOON)
        .expect("registered");
    let anonymous = Phone::enrol(&city.core, None, "wu", NOON).err();
    assert_eq!(anonymous, Some(EnrolError::CodeNeeded));
    signed_in(&city, "wu", "user-1", NOON);
    // A lost answer is asked for again without the token.
    assert!(Phone::enrol(&city.core, None, "wu", NOON).is_ok());
}

fn erase(city: &City, case: CaseId, texts: Vec<Digest>) -> Result<(), String> {
    let item = ContentItem::new("asked for by the reporter", [3; 16]).expect("a text");
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: Body::Erase(Erase {
            texts,
            files: vec![],
            note: Some(item.digest()),
        }),
        content: vec![item],
    };
    let done = city.core.decide(&city.operator, &decision, city.now);
    done.map(drop).map_err(|error| error.to_string())
}

#[test]
fn erasing_who_reported_closes_the_way_to_the_account_for_that_case_also_after_a_restart() {
    let mut city = with_bank();
    signed_in(&city, "wu", "user-1", NOON);
    let mut wu = city.citizen("wu");
    let (one, two) = (
        reported(&city, &mut wu, NOON),
        reported(&city, &mut wu, NOON.plus(1)),
    );
    let shown = city.core.show(one).expect("shown");
    let mark = shown["reporter"]["endorsement"].as_str().expect("a digest");
    let mark: Digest = mark.parse().expect("a digest");
    erase(&city, one, vec![mark]).expect("erased");
    assert_eq!(account(&city, one), AccountView::Erased);
    assert_eq!(account(&city, two), of_bank("user-1", NOON));
    let again = erase(&city, one, vec![mark]).expect_err("refused");
    assert!(again.contains("erased already"), "{again}");
    assert!(erase(&city, two, vec![mark]).is_err(), "of another case");
    city.core = {
        drop(city.core);
        open(city.dir.path())
    };
    assert_eq!(account(&city, one), AccountView::Erased);
    // The reporter goes on as before.
    wu.sync(&city.core, NOON.plus(2));
    reported(&city, &mut wu, NOON.plus(3));
}

#[test]
fn erasing_the_contact_erases_who_reported_too() {
    use gewu_model::contact::{Contact, ContactCard};
    let city = with_bank();
    signed_in(&city, "wu", "user-1", NOON);
    let mut wu = city.citizen("wu");
    let contact = Contact {
        phone: Some("13812345678".into()),
        ..Contact::default()
    };
    let card = ContactCard::new(&contact, [1; 16]).expect("a contact");
    let digest = card.digest();
    wu.contact = Some(card);
    let case = reported(&city, &mut wu, NOON);
    assert_eq!(account(&city, case), of_bank("user-1", NOON));
    erase(&city, case, vec![digest]).expect("erased");
    assert_eq!(account(&city, case), AccountView::Erased);
}

#[test]
fn what_staff_report_is_under_no_account() {
    let city = with_bank();
    let mut chen = city.inspector("chen");
    let case = reported(&city, &mut chen, NOON);
    assert_eq!(account(&city, case), AccountView::NoCitizen);
    let mut wu = city.citizen("wu");
    let case = reported(&city, &mut wu, NOON);
    assert_eq!(account(&city, case), AccountView::Anonymous);
    let unknown = city.core.account(&city.operator, CaseId([9; 16]), NOON);
    assert!(matches!(unknown, Err(CoreError::Unknown(_))));
}
