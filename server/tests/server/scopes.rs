//! Whom a case reaches by where it lies, and by who stands above whom.

use gewu_grid::file::GridFile;
use gewu_model::cert::Reach;
use gewu_model::ids::{CaseId, GridCode};
use gewu_model::place::{Datum, Position};
use gewu_server::{CodeGrant, NewCase};
use serde_json::{Value, json};

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, NOON, POLICY, Phone, class};

const DISTRICT: &[u8] = include_bytes!("../../../fixtures/district/district.gewugrid");
/// At the market, in the duty grid 990101Z01.
const MARKET: (f64, f64) = (123.422729, 41.7999616);

/// A city with a map, whose policy knows people by place and units by the tree.
fn city() -> City {
    let city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["units"] = json!({ "drainage": "public-works", "public-works": "district" });
    let rules = body["rules"].as_array_mut().expect("rules");
    for relation in ["own_area", "own_road"] {
        rules.push(json!({ "roles": ["chief"], "kinds": ["note"], "relation": relation }));
    }
    let body = body.to_string().into_bytes();
    let put =
        |kind, version, body: &[u8]| city.core.publish_pack(kind, "fixture", version, body, NOON);
    put("policy", 100, &body).expect("a policy");
    put("grid", 1, DISTRICT).expect("a map");
    city
}

fn registered(city: &City, (lon, lat): (f64, f64)) -> CaseId {
    let new = NewCase {
        edition: None,
        class: class(),
        condition: None,
        position: Position::from_degrees(lon, lat, Datum::Wgs84, None).expect("a place"),
        text: None,
        contact: None,
        source: gewu_model::entry::Source {
            code: "hotline".into(),
            channel: None,
            external_id: None,
        },
        external_due: None,
        reply_required: false,
    };
    let made = city.core.register(&city.operator, &new, city.now);
    made.expect("registered").0
}

fn chief(city: &City, user: &str, areas: &[GridCode], roads: &[GridCode]) -> Phone {
    let grant = CodeGrant {
        user: user.into(),
        roles: vec!["chief".into()],
        units: vec![],
        duty_grids: vec![],
        reach: Reach {
            areas: areas.to_vec(),
            roads: roads.to_vec(),
        },
        any_grid: true,
    };
    let code = city
        .core
        .new_code(&grant, 1, city.now)
        .expect("a code")
        .code;
    Phone::enrol(&city.core, Some(&code), user, city.now).expect("enrolled")
}

/// Whether the phone is given the case.
fn gets(phone: &mut Phone, city: &City, case: CaseId) -> bool {
    let told = phone.sync(&city.core, city.now);
    told.response.cases.iter().any(|pull| pull.case == case)
}

/// The areas above the market and the road at it, by the map itself.
fn around(place: (f64, f64)) -> (Vec<GridCode>, Option<GridCode>) {
    let map = GridFile::open_unsigned(DISTRICT).expect("a map");
    let position = Position::from_degrees(place.0, place.1, Datum::Wgs84, None).expect("a place");
    let place = map.locate(&position).expect("readable").expect("inside");
    let parents = place.parents().expect("readable").into_iter();
    let areas = parents.map(|(_, code)| GridCode::from(code)).collect();
    (areas, place.grid_ref().expect("readable").road)
}

#[test]
fn people_of_an_area_above_the_place_hold_the_case_and_others_do_not() {
    let city = city();
    let case = registered(&city, MARKET);
    let (areas, _) = around(MARKET);
    assert!(areas.len() >= 2, "{areas:?}");
    for (at, area) in areas.iter().enumerate() {
        let mut own = chief(
            &city,
            &format!("chief{at}"),
            std::slice::from_ref(area),
            &[],
        );
        assert!(gets(&mut own, &city, case), "{area}");
    }
    let mut elsewhere = chief(&city, "far", &["no-such-area".into()], &[]);
    assert!(!gets(&mut elsewhere, &city, case));
}

#[test]
fn the_chief_of_a_road_section_holds_what_lies_at_it() {
    let city = city();
    let case = registered(&city, MARKET);
    let (_, road) = around(MARKET);
    let road = road.expect("at a road");
    let mut own = chief(&city, "chief", &[], &[road]);
    assert!(gets(&mut own, &city, case));
    let mut other = chief(&city, "other", &[], &["no-such-road".into()]);
    assert!(!gets(&mut other, &city, case));
}

#[test]
fn every_unit_above_the_one_that_works_holds_the_case_and_no_sibling_does() {
    let mut city = city();
    let case = registered(&city, MARKET);
    city.decide(case, file());
    let mut above = ["public-works", "district"].map(|unit| city.crew(unit, unit));
    let mut sibling = city.crew("zhou", "roads");
    for phone in &mut above {
        assert!(!gets(phone, &city, case), "nobody was sent it");
    }
    city.decide(case, dispatch("drainage"));
    for phone in &mut above {
        assert!(gets(phone, &city, case));
    }
    assert!(!gets(&mut sibling, &city, case));
}
