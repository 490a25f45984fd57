//! What an operator at a console is kept from: slips of the pen that nobody could mend afterwards.

use gewu_model::crypto::sha256;
use gewu_model::entry::{Body, ClassKind, ClassRef, Correct, Repin};
use gewu_model::ids::{CaseId, Digest};
use gewu_server::{Anyway, CodeGrant, CoreError, DecideError, Decision};
use serde_json::{Value, json};

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, NOON, POLICY};

/// Looked over in everything.
const CAREFUL: Anyway = Anyway {
    unknown_names: false,
    nothing_allowed: false,
};

fn reported(city: &City) -> CaseId {
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    case
}

fn try_to(city: &City, case: CaseId, body: Body, anyway: Anyway) -> Result<(), DecideError> {
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body,
        content: vec![],
    };
    let done = city
        .core
        .decide_anyway(&city.operator, &decision, anyway, city.now);
    done.map(drop)
}

fn refused(done: Result<(), DecideError>) -> String {
    match done.expect_err("refused") {
        DecideError::Invalid(words) => words,
        other => panic!("refused otherwise: {other:?}"),
    }
}

fn repin(policy: Digest) -> Body {
    Body::Repin(Repin {
        policy: Some(policy),
        ..Repin::default()
    })
}

/// The built-in policy with no rules but these, published.
fn policy(city: &City, version: u64, rules: Value) -> Digest {
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["rules"] = rules;
    let body = body.to_string().into_bytes();
    let done = city
        .core
        .publish_pack("policy", "fixture", version, &body, NOON);
    done.expect("published")
}

#[test]
fn a_policy_that_leaves_a_case_to_nobody_is_named_on_purpose_only_and_can_be_taken_back() {
    let city = City::found();
    let case = reported(&city);
    let empty = policy(&city, 2, json!([]));
    let said = refused(try_to(&city, case, repin(empty), CAREFUL));
    assert!(said.contains("gives nobody"), "{said}");
    let on_purpose = Anyway {
        nothing_allowed: true,
        ..CAREFUL
    };
    try_to(&city, case, repin(empty), on_purpose).expect("as they wish");
    let dead = try_to(&city, case, file(), CAREFUL);
    assert!(matches!(dead, Err(DecideError::Denied(_))), "{dead:?}");
    // By the rules that the case had before.
    try_to(&city, case, repin(sha256(POLICY)), CAREFUL).expect("taken back");
    try_to(&city, case, file(), CAREFUL).expect("it goes on");
}

#[test]
fn a_case_is_not_re_pinned_to_the_packs_that_it_has() {
    let city = City::found();
    let case = reported(&city);
    let keeps = |body: Body| {
        let said = refused(try_to(&city, case, body, CAREFUL));
        assert!(said.contains("would change nothing"), "{said}");
    };
    let root = city.core.show(case).expect("shown");
    let catalogue = sha256(crate::kit::CATALOGUE);
    keeps(repin(sha256(POLICY)));
    let both = |policy: Digest, edition: Option<&str>| {
        Body::Repin(Repin {
            policy: Some(policy),
            catalogue: Some(catalogue),
            edition: edition.map(str::to_owned),
            ..Repin::default()
        })
    };
    keeps(both(sha256(POLICY), None));
    keeps(both(sha256(POLICY), root["edition"].as_str()));
    // One of the two is another one.
    let rules: Value = serde_json::from_slice(POLICY).expect("JSON");
    let new = policy(&city, 2, rules["rules"].clone());
    try_to(&city, case, both(new, None), CAREFUL).expect("another policy");
    keeps(repin(new));
    try_to(&city, case, repin(sha256(POLICY)), CAREFUL).expect("back again");
}

#[test]
fn rules_that_never_gave_it_do_not_give_it_back() {
    let city = City::found();
    let case = reported(&city);
    let clerk = city
        .core
        .add_operator("clerk", &"clerk".into(), &["operator".into()], &[]);
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: repin(policy(&city, 2, json!([]))),
        content: vec![],
    };
    let denied = city
        .core
        .decide(&clerk.expect("an operator"), &decision, city.now);
    assert!(matches!(denied, Err(DecideError::Denied(_))), "{denied:?}");
}

#[test]
fn a_correction_names_what_the_pinned_catalogue_has() {
    let city = City::found();
    let case = reported(&city);
    let correct = |code: &str, condition: Option<&str>| {
        Body::Correct(Box::new(Correct {
            class: Some(ClassRef {
                kind: ClassKind::Component,
                code: code.into(),
            }),
            condition: condition.map(str::to_owned),
            ..Correct::default()
        }))
    };
    let said = refused(try_to(&city, case, correct("01003", None), CAREFUL));
    assert!(said.contains("01003") && said.contains("01002"), "{said}");
    let said = refused(try_to(&city, case, correct("01002", Some("99")), CAREFUL));
    assert!(said.contains("99"), "{said}");
    try_to(&city, case, correct("01004", None), CAREFUL).expect("it is there");
    // What the case says already is no correction; what it said before is one again.
    let said = refused(try_to(&city, case, correct("01004", None), CAREFUL));
    assert!(said.contains("says just that already"), "{said}");
    try_to(&city, case, correct("01002", None), CAREFUL).expect("back");
    let said = refused(try_to(&city, case, correct("01002", None), CAREFUL));
    assert!(said.contains("says just that already"), "{said}");
}

#[test]
fn units_and_persons_whom_nobody_knows_are_refused_with_the_nearest() {
    let city = City::found();
    let _li = city.crew("li", "drainage");
    let case = reported(&city);
    try_to(&city, case, file(), CAREFUL).expect("filed");
    let said = refused(try_to(&city, case, dispatch("drainag"), CAREFUL));
    assert!(
        said.contains("no unit is called drainag") && said.contains("drainage."),
        "{said}"
    );
    let blank = Anyway {
        unknown_names: true,
        ..CAREFUL
    };
    let said = refused(try_to(&city, case, dispatch(" drainage"), blank));
    assert!(said.contains("blanks"), "{said}");
    try_to(&city, case, dispatch("roads"), blank).expect("taken as it comes");
    try_to(&city, case, dispatch("drainage"), CAREFUL).expect("known");
    let person = |name: &str| {
        Body::Assign(gewu_model::entry::Assign {
            person: Some(name.into()),
            ..gewu_model::entry::Assign::default()
        })
    };
    let said = refused(try_to(&city, case, person("lj"), CAREFUL));
    assert!(
        said.contains("no person is called lj") && said.contains("li"),
        "{said}"
    );
    try_to(&city, case, person("li"), CAREFUL).expect("known");
}

#[test]
fn a_code_for_work_names_the_unit_and_names_have_no_blanks_around_them() {
    let city = City::found();
    let code = |user: &str, role: &str, units: &[&str]| {
        let grant = CodeGrant {
            user: user.into(),
            roles: vec![role.into()],
            units: units.iter().map(|unit| (*unit).into()).collect(),
            duty_grids: vec![],
            reach: Default::default(),
            any_grid: true,
        };
        city.core.new_code(&grant, 1, city.now)
    };
    let said = |done: Result<_, CoreError>| match done {
        Err(CoreError::Grant(words)) => words,
        other => panic!("not refused: {other:?}"),
    };
    assert!(said(code("li", "crew", &[])).contains("name the unit"));
    assert!(said(code("sun", "unit_lead", &[])).contains("name the unit"));
    assert!(said(code(" T1", "inspector", &[])).contains("no blanks"));
    assert!(said(code("li", "crew", &["drainage "])).contains("no blanks"));
    code("li", "crew", &["drainage"]).expect("a code");
}

#[test]
fn a_catalogue_brings_its_edition_and_what_is_not_published_is_said() {
    let city = City::found();
    let case = reported(&city);
    let held = City::pins().1;
    let catalogue = |catalogue, edition: Option<&str>| {
        Body::Repin(Repin {
            catalogue,
            edition: edition.map(str::to_owned),
            ..Repin::default()
        })
    };
    let wrong = refused(try_to(
        &city,
        case,
        catalogue(Some(held), Some("1999")),
        CAREFUL,
    ));
    assert!(wrong.contains("under edition 2026, not 1999"), "{wrong}");
    let unknown = catalogue(Some(Digest([9; 32])), None);
    let unknown = refused(try_to(&city, case, unknown, CAREFUL));
    assert!(
        unknown.contains("no catalogue 0909") && unknown.contains("op packs"),
        "{unknown}"
    );
    let mut body: Value = serde_json::from_slice(crate::kit::CATALOGUE).expect("JSON");
    body["version"] = json!(100);
    let body = body.to_string().into_bytes();
    let newer = city
        .core
        .publish_pack("catalogue", "fixture", 100, &body, NOON);
    let newer = newer.expect("published");
    try_to(&city, case, catalogue(Some(newer), None), CAREFUL)
        .expect("the edition is the catalogue's");
    let shown = city.core.show(case).expect("shown").to_string();
    assert!(shown.contains("\"edition\":\"2026\""), "{shown}");
}

#[test]
fn an_object_is_nobody_s_whom_nobody_has_heard_of() {
    let city = City::found();
    let case = reported(&city);
    let _ = city.crew("li", "drainage");
    let owned = |owner: &str| {
        Body::Ownership(gewu_model::entry::Ownership {
            owner: Some(owner.into()),
            ..gewu_model::entry::Ownership::default()
        })
    };
    let said = refused(try_to(&city, case, owned("drainaeg"), CAREFUL));
    assert!(
        said.contains("drainaeg") && said.contains("drainage"),
        "{said}"
    );
    try_to(&city, case, owned("drainage"), CAREFUL).expect("known");
    try_to(&city, case, owned("a company"), Anyway::UNASKED).expect("as it comes");
}
