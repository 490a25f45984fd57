//! How devices become the city's.

use gewu_model::crypto::Signer;
use gewu_server::{CodeGrant, EnrolError};

use crate::kit::{City, NOON, Phone, open};

fn grant() -> CodeGrant {
    CodeGrant {
        user: "chen".into(),
        roles: vec!["inspector".into()],
        units: vec![],
        duty_grids: vec!["D1".into()],
        reach: Default::default(),
        any_grid: false,
    }
}

fn refused(city: &City, code: Option<&str>, name: &str, hours: i64) -> EnrolError {
    let now = NOON.plus(hours * 3_600_000);
    Phone::enrol(&city.core, code, name, now)
        .err()
        .expect("refused")
}

#[test]
fn a_code_works_once_and_each_refusal_says_which() {
    let city = City::found();
    let code = city.core.new_code(&grant(), 2, NOON).expect("a code").code;
    assert_eq!(
        refused(&city, Some("AAAA-BBBB"), "a", 0),
        EnrolError::UnknownCode
    );
    let first = Phone::enrol(&city.core, Some(&code), "a", NOON).expect("enrolled");
    assert_eq!(refused(&city, Some(&code), "b", 0), EnrolError::UsedCode);
    // The answer got lost: the same key asks again, even after the code's time.
    let late = NOON.plus(5 * 3_600_000);
    let again = Phone::enrol(&city.core, Some(&code), "a", late).expect("the same");
    assert_eq!(first.enrolled.certificate, again.enrolled.certificate);
    let other = city.core.new_code(&grant(), 2, NOON).expect("a code").code;
    assert_eq!(
        refused(&city, Some(&other), "c", 3),
        EnrolError::ExpiredCode
    );
    let typed = other.to_lowercase().replace('-', " ");
    assert!(Phone::enrol(&city.core, Some(&typed), "c", NOON).is_ok());
}

#[test]
fn a_device_proves_its_key_and_speaks_our_version() {
    let city = City::found();
    let signer = crate::kit::signer("a", 0);
    let mut request = crate::kit::enrol_request(&signer, Some("CODE"));
    request.code = Some("ANOTHER".into());
    assert_eq!(city.core.enrol(&request, NOON), Err(EnrolError::Proof));
    request.protocol = 99;
    assert_eq!(city.core.enrol(&request, NOON), Err(EnrolError::Protocol));
}

#[test]
fn citizens_need_no_code_unless_the_city_says_so() {
    let city = City::found();
    let (one, two) = (city.citizen("one"), city.citizen("two"));
    assert!(one.user.as_str().starts_with("citizen:") && one.user != two.user);
    let again = city.citizen("one");
    assert_eq!(one.enrolled.certificate, again.enrolled.certificate);
    let dir = tempfile::TempDir::new().expect("a folder");
    let mut options = gewu_server::CoreOptions::in_folder(dir.path()).expect("options");
    options.settings.citizens = false;
    let strict = gewu_server::Core::open(options, NOON).expect("a server");
    let refusal = Phone::enrol(&strict, None, "one", NOON).err();
    assert_eq!(refusal, Some(EnrolError::CodeNeeded));
}

#[test]
fn a_device_out_of_use_is_not_enrolled_again() {
    let city = City::found();
    let phone = city.inspector("chen");
    city.core.compromise(phone.key()).expect("marked");
    let code = city.core.new_code(&grant(), 2, NOON).expect("a code").code;
    assert_eq!(refused(&city, Some(&code), "chen", 0), EnrolError::Barred);
    // The refusal was undone whole: the code still works for another key.
    assert!(Phone::enrol(&city.core, Some(&code), "d", NOON).is_ok());
}

#[test]
fn a_fresh_code_puts_a_retired_device_in_use_again() {
    let city = City::found();
    let chen = city.inspector("chen");
    city.core.retire(chen.key(), NOON).expect("retired");
    let scopes = || city.core.caller(chen.key()).expect("known").scopes();
    assert_eq!(scopes().len(), 1, "only what concerns it");
    let code = city.core.new_code(&grant(), 2, NOON).expect("a code").code;
    Phone::enrol(&city.core, Some(&code), "chen", NOON).expect("in use again");
    assert!(scopes().len() > 1, "{:?}", scopes());
    // The old code is used, and what it gave is the present certificate.
    city.core.retire(chen.key(), NOON).expect("retired");
    assert_eq!(refused(&city, Some(&code), "chen", 0), EnrolError::Barred);
}

#[test]
fn the_city_stays_the_same_over_a_restart_and_its_keys_are_private() {
    let city = City::found();
    let id = city.core.city();
    let phone = city.inspector("chen");
    let dir = city.dir;
    drop(city.core);
    let core = open(dir.path());
    assert_eq!(core.city(), id);
    assert!(core.caller(phone.signer.public_key().id()).is_ok());
    #[cfg(unix)]
    for name in ["root.key", "server.key"] {
        use std::os::unix::fs::PermissionsExt;
        let held = std::fs::metadata(dir.path().join("keys").join(name)).expect("a key");
        assert_eq!(held.permissions().mode() & 0o777, 0o600, "{name}");
    }
    drop(core);
    std::fs::remove_file(dir.path().join("keys/server.key")).expect("removed");
    let options = gewu_server::CoreOptions::in_folder(dir.path()).expect("options");
    let lost = gewu_server::Core::open(options, NOON).expect_err("refused");
    assert!(
        lost.to_string().contains("put the city's key back"),
        "{lost}"
    );
}
