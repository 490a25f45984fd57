//! Grid packs: who is offered which, who may fetch which, and where cases go by them.

use std::collections::BTreeSet;

use gewu_grid::file::{Audience, GridFile, write};
use gewu_grid::transfer;
use gewu_model::cbor;
use gewu_model::crypto::sha256;
use gewu_model::ids::Digest;
use gewu_model::pack::PackHeader;
use gewu_model::place::{Datum, GridRef, Position};
use gewu_server::Clock as _;
use gewu_server::{Core, CoreError, SystemClock};
use gewu_sync::wire::PackOffer;

use crate::kit::files::phone;
use crate::kit::web::Web;
use crate::kit::{City, NOON, Phone, open};

const DISTRICT: &[u8] = include_bytes!("../../../fixtures/district/district.gewugrid");
const Z01: &str = "990101Z01";

/// The district as another version, changed.
fn district(version: u64, change: impl FnOnce(&mut gewu_grid::file::PackInput)) -> Vec<u8> {
    let file = GridFile::open_unsigned(DISTRICT).expect("a pack");
    let mut input = file.to_input().expect("whole");
    input.version = version;
    change(&mut input);
    write(&input).expect("sound")
}

fn publish(core: &Core, version: u64, body: &[u8]) -> Result<Digest, CoreError> {
    core.publish_pack("grid", "grid", version, body, NOON)
}

fn header(offer: &PackOffer) -> PackHeader {
    cbor::from_slice(&offer.pack.header).expect("a header")
}

/// The grid packs that a phone is offered when it holds none.
fn offered(phone: &mut Phone, core: &Core) -> Vec<PackHeader> {
    let told = phone.sync(core, NOON);
    let headers = told.response.packs.iter().map(header);
    headers.filter(|header| header.kind == "grid").collect()
}

fn names(headers: &[PackHeader]) -> Vec<&str> {
    headers.iter().map(|header| header.name.as_str()).collect()
}

#[test]
fn each_is_offered_what_the_certificate_allows() {
    let city = City::found();
    publish(&city.core, 1, DISTRICT).expect("published");
    let of = |mut phone: Phone| offered(&mut phone, &city.core);
    let citizen = of(city.citizen("ci"));
    assert_eq!(names(&citizen), ["grid/public"]);
    let wang = of(city.phone("wang", "inspector", None, Some(Z01)));
    assert_eq!(names(&wang), ["grid/duty-grid:990101Z01", "grid/public"]);
    let stranger = of(city.phone("zhao", "inspector", None, Some("D9")));
    assert_eq!(names(&stranger), ["grid/public"]);
    for role in ["crew", "unit_lead", "operator"] {
        let whole = of(city.phone(role, role, Some("drainage"), None));
        assert_eq!(names(&whole), ["grid"], "{role}");
        assert_eq!(whole[0].body, sha256(DISTRICT));
        assert_eq!(whole[0].audience.as_deref(), Some("staff"));
    }
    let form = citizen[0].transfer.as_ref().expect("compressed");
    assert!(form.bytes < citizen[0].bytes && form.encoding == transfer::ENCODING);
}

#[test]
fn what_one_may_not_have_cannot_be_fetched_by_its_hash() {
    let web = Web::start();
    let core = web.running().core();
    publish(core, 1, DISTRICT).expect("published");
    let mut wang = phone(&web, "wang", Z01);
    let mut citizen = Phone::enrol(core, None, "ci", SystemClock.now()).expect("enrolled");
    let wang_s = offered(&mut wang, core);
    let citizen_s = offered(&mut citizen, core);
    let whole = sha256(DISTRICT);
    let whole_form = sha256(&transfer::pack(DISTRICT).expect("packed"));
    let get = |who: &Phone, digest: Digest, headers: &[(&str, &str)]| {
        let path = format!("/v1/packs/{digest}");
        web.signed(&who.signer, "GET", &path, headers, b"")
    };
    for (who, forbidden) in [
        (&citizen, vec![whole, whole_form, wang_s[0].body]),
        (&wang, vec![whole, whole_form]),
    ] {
        for digest in forbidden {
            assert_eq!(get(who, digest, &[]).status, 404);
        }
    }
    let catalogue = sha256(crate::kit::CATALOGUE);
    assert_eq!(get(&citizen, catalogue, &[]).status, 200);
    let public = &citizen_s[0];
    let body = get(&citizen, public.body, &[]);
    assert_eq!((body.status, sha256(&body.body)), (200, public.body));
    let form = public.transfer.clone().expect("compressed");
    let whole = get(&citizen, form.sha256, &[]).body;
    assert_eq!(
        transfer::unpack(&whole, public.bytes).expect("whole"),
        body.body
    );
    let part = get(&citizen, form.sha256, &[("range", "bytes=100-199")]);
    assert_eq!((part.status, &part.body[..]), (206, &whole[100..200]));
    let span = format!("bytes 100-199/{}", whole.len());
    assert_eq!(part.header("content-range"), Some(&*span));
    let beyond = get(&citizen, form.sha256, &[("range", "bytes=99999999-")]);
    assert_eq!(beyond.status, 416);
    core.compromise(wang.key()).expect("known");
    assert_eq!(get(&wang, wang_s[0].body, &[]).status, 404);
}

#[test]
fn the_same_is_published_once_and_a_higher_version_replaces() {
    let city = City::found();
    let core = &city.core;
    let digest = publish(core, 1, DISTRICT).expect("published");
    assert_eq!(publish(core, 1, DISTRICT), Ok(digest));
    let second = district(2, |input| {
        let units = &mut input.units.as_mut().expect("units").units;
        for unit in units {
            if unit.duty == Some(Z01.into()) {
                unit.duty = Some("990101Z02".into());
            }
        }
    });
    publish(core, 2, &second).expect("replaced");
    let refused = |version, body: &[u8]| publish(core, version, body).expect_err("refused");
    assert!(
        refused(1, DISTRICT)
            .to_string()
            .contains("raise the version")
    );
    assert!(refused(7, DISTRICT).to_string().contains("version 1"));
    assert!(publish(core, 3, b"{}").is_err());
    let mut torn = second.clone();
    let at = torn.len() - 99;
    torn[at] ^= 1;
    assert!(publish(core, 2, &torn).is_err());
    let wang = offered(&mut city.phone("wang", "inspector", None, Some(Z01)), core);
    assert_eq!(names(&wang), ["grid/public"], "its duty grid is no more");
    let li = offered(
        &mut city.phone("li", "inspector", None, Some("990101Z02")),
        core,
    );
    assert!(li.iter().all(|header| header.version == 2), "{li:?}");
    drop(offered(&mut city.citizen("ci"), core));
    let again = open(city.dir.path());
    assert_eq!(publish(&again, 2, &second), Ok(sha256(&second)));
}

#[test]
fn what_is_for_operators_reaches_no_field() {
    let city = City::found();
    let secret = district(1, |input| {
        input.components_meta.audience = Audience::Operator
    });
    publish(&city.core, 1, &secret).expect("published");
    let of = |role: &str, grid: Option<&str>| {
        offered(&mut city.phone(role, role, Some("u"), grid), &city.core)
    };
    let audience = |headers: &[PackHeader]| -> BTreeSet<String> {
        headers
            .iter()
            .filter_map(|header| header.audience.clone())
            .collect()
    };
    assert_eq!(
        audience(&of("operator", None)),
        ["operator".to_owned()].into()
    );
    let crew = of("crew", None);
    assert_eq!(audience(&crew), ["staff".to_owned()].into());
    let mut phone = city.phone("another", "crew", Some("u"), None);
    phone.sync(&city.core, NOON);
    let caller = city.core.caller(phone.key()).expect("enrolled");
    let file = city.core.readable_pack(&caller, crew[0].body);
    let file = file.expect("readable").expect("theirs");
    let body = city.core.pack_part(file, 0..file.bytes).expect("read");
    let held = GridFile::open_unsigned(body)
        .expect("a pack")
        .to_input()
        .expect("whole");
    assert!(held.components.is_empty() && !held.plates.is_empty());
    let whole = city.core.readable_pack(&caller, sha256(&secret));
    assert!(whole.expect("readable").is_none());
}

/// Where the phones' reports lie, by a pack.
fn grid_by(body: &[u8]) -> GridRef {
    let file = GridFile::open_unsigned(body).expect("a pack");
    let at = Position::from_degrees(123.4227, 41.7999, Datum::Wgs84, Some(4.0)).expect("a place");
    let place = file.locate(&at).expect("sound").expect("inside");
    place.grid_ref().expect("sound")
}

#[test]
fn a_citizen_s_case_reaches_the_inspectors_of_its_duty_grid() {
    let city = City::found();
    publish(&city.core, 1, DISTRICT).expect("published");
    let whole = GridFile::open_unsigned(DISTRICT).expect("a pack");
    let cutter = gewu_grid::slice::Cutter::new(&whole).expect("whole");
    let areas = cutter.public().expect("sound").expect("areas");
    let mut citizen = city.citizen("ci");
    citizen.grid = Some(grid_by(&areas));
    let case = citizen.report("井盖缺失", vec![], NOON);
    citizen.sync(&city.core, NOON);
    let mut wang = city.phone("wang", "inspector", None, Some(Z01));
    let mut far = city.phone("zhao", "inspector", None, Some("990101Z05"));
    wang.sync(&city.core, NOON);
    far.sync(&city.core, NOON);
    assert_eq!((wang.holds(case), far.holds(case)), (2, 0));
    let shown = city.core.show(case).expect("there");
    let place = &shown["place"];
    assert_eq!(
        (&place["duty"], &place["doubt"]),
        (&Z01.into(), &serde_json::Value::Null)
    );
    assert_eq!(place["unit"], "990101001001022");
    assert_eq!(
        shown["report"]["grid"]["level"], "community",
        "the report stays"
    );
    assert_eq!(shown["report"]["grid"]["duty"], serde_json::Value::Null);
    let page = city.core.list(None, 10, None).expect("a page");
    assert_eq!(page.cases[0]["duty_grid"], Z01);
}

#[test]
fn a_grid_that_its_pack_does_not_give_is_doubted_and_kept() {
    let mut city = City::found();
    publish(&city.core, 1, DISTRICT).expect("published");
    let mut wang = city.phone("wang", "inspector", None, Some(Z01));
    let right = grid_by(DISTRICT);
    let wrong = GridRef {
        unit: "990101001001023".into(),
        ..right.clone()
    };
    let stale = GridRef {
        pack: Digest([9; 32]),
        ..right.clone()
    };
    for (grid, doubt) in [
        (Some(right), None),
        (None, None),
        (Some(wrong), Some("differs")),
        (Some(stale), Some("unknown_pack")),
    ] {
        wang.grid = grid.clone();
        let case = wang.report("井盖缺失", vec![], city.now);
        let told = wang.sync(&city.core, city.now);
        assert_eq!(told.block.changes.len(), 2);
        let shown = city.core.show(case).expect("there");
        assert_eq!(shown["place"]["doubt"].as_str(), doubt);
        assert_eq!(shown["place"]["duty"], Z01);
        assert_eq!(city.view(case).report.expect("a report").grid, grid);
        city.now = city.now.plus(1_000);
    }
    let page = city.core.list(None, 10, None).expect("a page");
    let doubts = page
        .cases
        .iter()
        .filter(|line| !line["place_doubt"].is_null());
    assert_eq!(doubts.count(), 2);
}
