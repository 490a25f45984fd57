// long-file: packs from offer to use, with the city that serves them.
//! Grid packs on a device: fetched in parts, put in force whole, kept while something needs them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::support::city::Road;
use crate::support::{City, Device, MARKET, SCHOOL, device, fixture, report, with_photo};
use gewu::{Datum, Gewu, GewuError, OwnDuty, PositionInput, ReportInput, SyncOutcome, Warning};
use gewu_grid::datum::{DatumPoint, Frame};
use gewu_grid::file::{GridFile, write};
use gewu_grid::slice::Cutter;
use gewu_model::ids::GridCode;
use gewu_sync::verdict::SetAside;

const OWN: &str = "duty-grid:990101Z01";
/// A point inside duty grid 990101Z03, far from 990101Z01.
pub(crate) const STATION: PositionInput = PositionInput::wgs84(123.4299762, 41.799011);
/// A point some 100 m outside duty grid 990101Z01.
const BORDER: PositionInput = PositionInput::wgs84(123.4258, 41.8035);

fn whole(version: u64) -> Vec<u8> {
    let file = GridFile::open_unsigned(fixture("district/district.gewugrid")).unwrap();
    let mut input = file.to_input().unwrap();
    input.version = version;
    write(&input).unwrap()
}

fn slice(version: u64, grid: &str) -> Vec<u8> {
    let whole = GridFile::open_unsigned(whole(version)).unwrap();
    let grids = BTreeSet::from([GridCode::from(grid)]);
    Cutter::new(&whole).unwrap().duty(&grids).unwrap().unwrap()
}

fn areas() -> Vec<u8> {
    let whole = GridFile::open_unsigned(whole(1)).unwrap();
    Cutter::new(&whole).unwrap().public().unwrap().unwrap()
}

/// A slice that no compression makes short.
fn large() -> Vec<u8> {
    let file = GridFile::open_unsigned(slice(1, "990101Z01")).unwrap();
    let mut input = file.to_input().unwrap();
    let mut random = 1_u64;
    let mut next = move |most: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((random >> 33) % most) as i32
    };
    for number in 0..6_000 {
        let mut component = input.components[number % input.components.len()].clone();
        component.at.lon_e7 += next(30_000);
        component.at.lat_e7 += next(30_000);
        component.name = format!("99010101002{:06}", next(1_000_000));
        input.components.push(component);
    }
    write(&input).unwrap()
}

/// A city without a grid pack.
fn bare() -> City {
    let mut city = City::new();
    city.packs.truncate(1);
    city
}

pub(crate) fn with_slice(version: u64) -> City {
    let mut city = bare();
    publish_slice(&mut city, version);
    city
}

pub(crate) fn publish_slice(city: &mut City, version: u64) {
    let name = format!("grid/{OWN}");
    let body = slice(version, "990101Z01");
    city.publish_for("grid", &name, version, Some(OWN), body);
}

/// Publishes in a city that devices know already.
pub(crate) fn publish(city: Arc<City>, publish: impl FnOnce(&mut City)) -> Arc<City> {
    let mut city = Arc::try_unwrap(city).ok().unwrap();
    publish(&mut city);
    Arc::new(city)
}

/// Ends the process, so that a test may publish; then [`wake`].
pub(crate) fn sleep(device: Device) -> (tempfile::TempDir, Arc<crate::support::TestClock>) {
    let Device {
        gewu,
        folder,
        clock,
    } = device;
    drop(gewu);
    (folder, clock)
}

pub(crate) fn wake(
    (folder, clock): (tempfile::TempDir, Arc<crate::support::TestClock>),
    city: &Arc<City>,
) -> Device {
    let gewu = gewu::Gewu::open(crate::support::options(folder.path(), city, &clock)).unwrap();
    Device {
        gewu,
        folder,
        clock,
    }
}

fn grids(device: &Device) -> Vec<(u64, bool)> {
    let packs = device.gewu.packs().unwrap().into_iter();
    let grids = packs.filter(|pack| pack.kind == "grid");
    grids.map(|pack| (pack.version, pack.active)).collect()
}

fn files(device: &Device) -> usize {
    let folder = device.folder.path().join("media/packs");
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let is_file = |entry: &std::fs::DirEntry| entry.file_type().unwrap().is_file();
    entries
        .filter(|entry| is_file(entry.as_ref().unwrap()))
        .count()
}

fn asked_for_packs(city: &City) -> usize {
    let state = city.state();
    let packs = state
        .sent
        .iter()
        .filter(|(_, path)| path.starts_with("/v1/packs/"));
    packs.count()
}

#[test]
fn a_device_knows_offline_where_it_is_and_what_stands_there() {
    let city = Arc::new(with_slice(1));
    let wang = device(&city, "wang").reopen(&city);
    let at = MARKET.accurate_to(3.0);
    let found = wang.gewu.locate(&at).unwrap().unwrap();
    assert_eq!(found.unit.as_str(), "990101001001022");
    assert_eq!(found.duty, Some("990101Z01".into()));
    assert_eq!(
        (found.level.as_deref(), found.own_duty),
        (None, OwnDuty::Inside)
    );
    assert_eq!(found.parents.len(), 3);
    let road = found.road.unwrap();
    assert!(road.code.as_str() == "990101L01" && road.distance_m.unwrap() < 20.0);
    let near = wang
        .gewu
        .components_near(&at, 200.0, Some("01002"), 3)
        .unwrap();
    assert_eq!(near.len(), 3);
    assert!(near[0].distance_m <= near[1].distance_m && near[0].name.len() == 17);
    let address = wang.gewu.address(&at).unwrap().unwrap();
    assert!(
        address.starts_with("瑞祥路") && address.ends_with('米'),
        "{address}"
    );
    let far = wang
        .gewu
        .locate(&PositionInput::wgs84(120.0, 30.0))
        .unwrap();
    assert_eq!(far, None);
    assert!(wang.gewu.components_near(&at, -1.0, None, 3).is_err());
}

#[test]
fn shifted_coordinates_are_turned_back_once() {
    let city = Arc::new(with_slice(1));
    let wang = device(&city, "wang");
    for (datum, frame) in [(Datum::Gcj02, Frame::Gcj02), (Datum::Bd09, Frame::Bd09)] {
        let shifted = DatumPoint::new(MARKET.lon, MARKET.lat, Frame::Wgs84)
            .unwrap()
            .to(frame);
        let input = PositionInput {
            lon: shifted.lon(),
            lat: shifted.lat(),
            accuracy_m: Some(3.0),
            datum,
        };
        let found = wang.gewu.locate(&input).unwrap().unwrap();
        assert_eq!(found.unit.as_str(), "990101001001022", "{datum:?}");
        assert!((found.lon - MARKET.lon).abs() < 2e-7 && (found.lat - MARKET.lat).abs() < 2e-7);
    }
}

#[test]
fn a_citizen_s_report_names_an_area_and_its_level() {
    let mut city = bare();
    city.publish_for("grid", "grid/public", 1, Some("public"), areas());
    let city = Arc::new(city);
    let citizen = device(&city, "citizen");
    let saved = citizen.gewu.report(report()).unwrap();
    assert_eq!(saved.warning, None);
    let found = citizen.gewu.locate(&MARKET).unwrap().unwrap();
    assert_eq!(found.level.as_deref(), Some("community"));
    assert_eq!((found.unit.as_str(), found.duty), ("990101001001", None));
    let shown = citizen.gewu.show(saved.case).unwrap();
    assert_eq!((shown.row.unit_grid, shown.row.duty_grid), (None, None));
    let grid = &shown.entries[0].payload["grid"];
    assert_eq!(grid["level"], "community");
}

#[test]
fn a_cut_download_goes_on_where_it_was() {
    let body = large();
    let form = gewu_grid::transfer::pack(&body).unwrap().len();
    assert!(form > 3 * 8_192, "{form}");
    let with_large = || {
        let mut city = bare();
        city.publish_for("grid", "grid/large", 1, Some(OWN), body.clone());
        Arc::new(city)
    };
    let city = with_large();
    city.state().road = Road::Narrow(9_000);
    let mut wang = device(&city, "wang");
    for _ in 0..8 {
        wang.clock.pass(3_600_000);
        wang.sync();
    }
    assert_eq!(
        grids(&wang),
        [(1, true)],
        "parts shrink until they get through"
    );
    for cut in (0..form + 9_000).step_by(form / 9) {
        let city = with_large();
        city.state().road = Road::Narrow(0);
        wang = device(&city, "wang");
        for _ in 0..6 {
            wang.clock.pass(3_600_000);
            wang.sync();
        }
        city.state().pack_bytes = 0;
        city.state().road = Road::Ends(cut);
        wang.clock.pass(3_600_000);
        wang.sync();
        let before = city.state().pack_bytes;
        assert_eq!(grids(&wang).is_empty(), cut < form, "{cut}");
        city.state().road = Road::Good;
        wang = wang.reopen(&city);
        wang.clock.pass(3_600_000);
        assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
        assert_eq!(grids(&wang), [(1, true)], "{cut}");
        let lost = city.state().pack_bytes - form;
        assert!(lost <= 8_192, "{cut}: {before} bytes, then {lost} again");
        let parts = wang.folder.path().join("media/packs/parts");
        let left = std::fs::read_dir(parts).into_iter().flatten();
        let left = left.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
        assert_eq!(left.count(), 0);
    }
}

#[test]
fn a_map_that_has_no_room_holds_up_no_photo_and_comes_when_there_is_room() {
    let city = Arc::new(bare());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let (folder, clock) = sleep(wang);
    let city = publish(city, |city| publish_slice(city, 1));
    let mut narrow = crate::support::options(folder.path(), &city, &clock);
    narrow.headroom_bytes = u64::MAX;
    let wang = Device {
        gewu: Gewu::open(narrow).unwrap(),
        folder,
        clock,
    };
    let report = wang.sync();
    let later =
        matches!(&report.outcome, SyncOutcome::Later { why, .. } if why.contains("make room"));
    assert!(later, "{report:?}");
    assert_eq!((report.photos_acknowledged, report.unsent), (1, 0));
    assert_eq!(grids(&wang), []);
    let wang = wang.reopen(&city);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert_eq!(grids(&wang), [(1, true)]);
}

#[test]
fn a_server_without_ranges_sends_everything() {
    let city = Arc::new(with_slice(1));
    city.state().road = Road::Whole;
    let wang = device(&city, "wang");
    assert_eq!(grids(&wang), [(1, true)]);
}

#[test]
fn what_arrives_damaged_replaces_nothing_and_rests() {
    for road in [Road::Torn, Road::Short] {
        let city = Arc::new(with_slice(1));
        let wang = sleep(device(&city, "wang"));
        let city = publish(city, |city| publish_slice(city, 2));
        city.state().road = road;
        let wang = wake(wang, &city);
        wang.sync();
        assert_eq!(grids(&wang), [(1, true)], "{road:?}");
        let tried = asked_for_packs(&city);
        for _ in 0..3 {
            wang.sync();
        }
        assert_eq!(asked_for_packs(&city), tried, "not again and again");
        assert!(wang.gewu.locate(&MARKET).unwrap().is_some());
        city.state().road = Road::Good;
        let mut versions = Vec::new();
        for _ in 0..2 {
            wang.clock.pass(48 * 3_600_000);
            wang.sync();
            versions = grids(&wang);
        }
        assert!(versions.contains(&(1, true)) || versions.contains(&(2, true)));
    }
}

#[test]
fn what_the_city_signed_and_is_no_pack_is_fetched_once() {
    let name = format!("grid/{OWN}");
    let mut other_version = slice(2, "990101Z01");
    let mut damaged = slice(3, "990101Z01");
    let at = damaged.len() - 5_000;
    damaged[at] ^= 0x55;
    let json = b"{\"format\":\"gewu-grid/1\",\"cells\":[]}".to_vec();
    for body in [json, damaged, std::mem::take(&mut other_version)] {
        let city = Arc::new(with_slice(1));
        let wang = sleep(device(&city, "wang"));
        let city = publish(city, |city| {
            city.publish_for("grid", &name, 9, Some(OWN), body);
        });
        city.state().sent.clear();
        let wang = wake(wang, &city);
        for _ in 0..4 {
            wang.clock.pass(48 * 3_600_000);
            wang.sync();
        }
        assert_eq!(grids(&wang), [(1, true)]);
        assert_eq!(asked_for_packs(&city), 1);
        assert_eq!(files(&wang), 1);
    }
}

#[test]
fn neither_older_packs_nor_another_city_s_nor_others_are_taken() {
    let mut city = with_slice(2);
    let (stranger, _) = with_slice(7).packs.pop().unwrap();
    let mut foreign = stranger;
    foreign.signature.bytes[3] ^= 1;
    city.packs.push((foreign, slice(7, "990101Z01")));
    let body = slice(1, "990101Z01");
    city.publish_for("grid", &format!("grid/{OWN}"), 1, Some(OWN), body);
    let other = "duty-grid:990101Z05";
    city.publish_for("grid", "grid/other", 9, Some(other), slice(9, "990101Z05"));
    city.publish_for("grid", "grid/vip", 9, Some("vip"), whole(9));
    city.publish_for("grid", "grid/staff", 9, Some("staff"), whole(9));
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    wang.sync();
    let active = grids(&wang).into_iter().filter(|(_, active)| *active);
    assert_eq!(active.collect::<Vec<_>>(), [(2, true)]);
}

#[test]
fn a_replaced_pack_stays_while_an_open_case_names_it() {
    let city = Arc::new(with_slice(1));
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(report()).unwrap();
    let before = wang.gewu.show(saved.case).unwrap();
    let draft = wang.gewu.draft_new(&report()).unwrap();
    let wang = sleep(wang);
    let city = publish(city, |city| publish_slice(city, 2));
    let wang = wake(wang, &city);
    wang.sync();
    assert_eq!(grids(&wang), [(1, false), (2, true)]);
    let after = wang.gewu.show(saved.case).unwrap();
    assert_eq!(
        before.entries[0].payload, after.entries[0].payload,
        "nothing is recomputed"
    );
    wang.gewu.draft_delete(draft).unwrap();
    wang.sync();
    assert_eq!(
        (grids(&wang).len(), files(&wang)),
        (2, 2),
        "the case is open"
    );
    let database = rusqlite::Connection::open(wang.folder.path().join("gewu.db")).unwrap();
    let closed = "UPDATE cases SET stage = 'closed'";
    database.execute(closed, []).unwrap();
    wang.sync();
    assert_eq!((grids(&wang), files(&wang)), (vec![(2, true)], 1));
}

#[test]
fn slices_follow_the_certificate() {
    let mut city = with_slice(1);
    let other = "duty-grid:990101Z03";
    city.publish_for("grid", "grid/z03", 1, Some(other), slice(1, "990101Z03"));
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    assert_eq!(wang.gewu.locate(&STATION).unwrap(), None);
    let wang = sleep(wang);
    let city = publish(city, |city| {
        let person = city.people.get_mut("wang").unwrap();
        person.duty_grids = vec!["990101Z03".into()];
        city.state().serial = 9;
    });
    let wang = wake(wang, &city);
    wang.gewu.enrol("http://city.test", Some("wang")).unwrap();
    wang.sync();
    let found = wang.gewu.locate(&STATION).unwrap().unwrap();
    assert_eq!(found.own_duty, OwnDuty::Inside);
    assert_eq!((grids(&wang).len(), files(&wang)), (1, 1));
}

#[test]
fn a_damaged_or_missing_file_is_fetched_anew() {
    for gone in [false, true] {
        let city = Arc::new(with_slice(1));
        let wang = sleep(device(&city, "wang"));
        let folder = wang.0.path().join("media/packs");
        let entries = std::fs::read_dir(folder).unwrap();
        for path in entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
        {
            match gone {
                true => std::fs::remove_file(path).unwrap(),
                false => std::fs::write(path, b"GEWUGRID and no more").unwrap(),
            }
        }
        let wang = wake(wang, &city);
        let error = wang.gewu.locate(&MARKET).unwrap_err().to_string();
        assert!(error.contains("sync to fetch it again"), "{error}");
        let outside = wang.gewu.report(report()).unwrap();
        assert_eq!(outside.warning, Some(Warning::MapMissing));
        wang.sync();
        assert!(wang.gewu.locate(&MARKET).unwrap().is_some());
    }
}

/// A city whose policy treats reports from outside in this way.
fn city_that(rule: &str) -> Arc<City> {
    let mut city = City::new();
    let policy = fixture("../core/model/src/policy/default.json");
    let mut policy: serde_json::Value = serde_json::from_slice(&policy).unwrap();
    policy["outside_duty_grid"] = rule.into();
    city.publish("policy", 1, serde_json::to_vec(&policy).unwrap());
    Arc::new(city)
}

pub(crate) fn at(position: PositionInput) -> ReportInput {
    ReportInput {
        position: Some(position),
        ..report()
    }
}

#[test]
fn the_duty_rule_blocks_warns_or_allows() {
    for (rule, warning) in [
        ("warn", Some(Warning::OutsideDutyGrid)),
        ("allow", None),
        ("block", None),
    ] {
        let city = city_that(rule);
        let wang = device(&city, "wang");
        let report = |position| wang.gewu.report(at(position));
        assert_eq!(report(MARKET.accurate_to(3.0)).unwrap().warning, None);
        let away = report(SCHOOL.accurate_to(3.0));
        match rule {
            "block" => {
                let Err(GewuError::NotPermitted { why }) = away else {
                    panic!("{away:?}");
                };
                assert!(why.contains("outside your duty grids"), "{why}");
            }
            _ => assert_eq!(away.unwrap().warning, warning, "{rule}"),
        }
        // The circle reaches the own duty grid: the place may lie there.
        let reached = report(BORDER.accurate_to(120.0));
        assert_eq!(reached.unwrap().warning, None, "{rule}");
        // A fix that may be anywhere excuses nothing.
        assert_eq!(report(BORDER.accurate_to(201.0)).is_err(), rule == "block");
        // Without an accuracy there is no circle.
        assert_eq!(report(SCHOOL).is_err(), rule == "block");
    }
}

/// With the slice of the own duty grid and the areas of the public pack, as inspectors have them.
#[test]
fn a_report_that_the_device_lets_pass_says_so_to_the_server() {
    let mut city = City::new();
    city.packs.truncate(1);
    publish_slice(&mut city, 1);
    city.publish_for("grid", "grid/public", 1, Some("public"), areas());
    let policy = fixture("../core/model/src/policy/default.json");
    let mut policy: serde_json::Value = serde_json::from_slice(&policy).unwrap();
    policy["outside_duty_grid"] = "block".into();
    city.publish("policy", 1, serde_json::to_vec(&policy).unwrap());
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(at(BORDER.accurate_to(120.0))).unwrap();
    assert_eq!(saved.warning, None);
    city.state().refuse_next = vec![SetAside::OutsideDutyGrid];
    wang.sync();
    let detail = wang.gewu.show(saved.case).unwrap();
    let aside = detail
        .set_aside
        .iter()
        .find(|one| !one.content.payload.is_null());
    let aside = aside.unwrap();
    assert!(!aside.content.texts.is_empty(), "{aside:?}");
    assert!(
        aside.content.payload["position"]["lon_e7"].is_i64(),
        "{aside:?}"
    );
}

/// One byte in the middle: the head is sound, the length right.
#[test]
fn a_damaged_section_is_no_answer_and_is_fetched_anew() {
    let mut city = with_slice(1);
    city.publish_for("grid", "grid/public", 1, Some("public"), areas());
    let policy = fixture("../core/model/src/policy/default.json");
    let mut policy: serde_json::Value = serde_json::from_slice(&policy).unwrap();
    policy["outside_duty_grid"] = "block".into();
    city.publish("policy", 1, serde_json::to_vec(&policy).unwrap());
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    let packs = wang.gewu.packs().unwrap();
    let slice = packs.iter().find(|pack| pack.name.ends_with(OWN)).unwrap();
    let file = format!("media/packs/{}.gewugrid", slice.digest);
    let wang = sleep(wang);
    let file = wang.0.path().join(file);
    let mut bytes = std::fs::read(&file).unwrap();
    // All but the head, which is checked when the file is opened.
    bytes[1024..].iter_mut().for_each(|byte| *byte ^= 1);
    std::fs::write(&file, bytes).unwrap();
    let wang = wake(wang, &city);
    let Err(error) = wang.gewu.locate(&MARKET) else {
        panic!("an answer from another pack");
    };
    assert!(
        error.to_string().contains("sync to fetch it again"),
        "{error}"
    );
    let saved = wang.gewu.report(report()).unwrap();
    assert_eq!(saved.warning, Some(Warning::MapMissing));
    wang.sync();
    let found = wang.gewu.locate(&MARKET).unwrap().unwrap();
    assert_eq!((found.level, found.own_duty), (None, OwnDuty::Inside));
}
