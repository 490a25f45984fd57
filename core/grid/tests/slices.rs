//! What a slice holds, what it leaves out, and that it answers as the whole pack does.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::Random;
use common::mesh::{Mesh, Plan};
use gewu_grid::Point;
use gewu_grid::file::{
    Audience, GridFile, LayerMeta, PackInput, PointInput, RoadInput, Sensitivity, write,
};
use gewu_grid::slice::Cutter;
use gewu_model::ids::GridCode;
use gewu_model::place::{Datum, Position};

type File = GridFile<Vec<u8>>;

fn open(bytes: Vec<u8>) -> File {
    let file = GridFile::open_unsigned(bytes).unwrap();
    file.verify_all().unwrap();
    file
}

fn mesh(seed: u64) -> Mesh {
    Plan {
        columns: 24,
        rows: 21,
        ..Plan::small(seed)
    }
    .draw()
}

fn somewhere(mesh: &Mesh, random: &mut Random) -> Point {
    Point {
        lon_e7: random.within(mesh.min.lon_e7 - 900..mesh.max.lon_e7 + 900),
        lat_e7: random.within(mesh.min.lat_e7 - 900..mesh.max.lat_e7 + 900),
    }
}

/// A city with everything in it.
fn city(mesh: &Mesh, metas: [LayerMeta; 3]) -> PackInput {
    let mut random = Random::new(9);
    let mut points = |count: u32, class: &str| -> Vec<PointInput> {
        let point = |number: u32| PointInput {
            name: format!("210102{class}{number:06}"),
            class: class.to_owned(),
            at: somewhere(mesh, &mut random),
            attributes: vec![("n".to_owned(), number.to_string())],
        };
        (0..count).map(point).collect()
    };
    let (components, plates) = (points(3_000, "0102"), points(800, ""));
    let level = |row: i32| RoadInput {
        code: GridCode::from(format!("L{row}").as_str()),
        lines: vec![
            (0..60)
                .map(|step| Point {
                    lon_e7: mesh.min.lon_e7 + step * 5_500,
                    lat_e7: mesh.min.lat_e7 + row * 30_000 + (step % 3) * 400,
                })
                .collect(),
        ],
        attributes: vec![("name".to_owned(), format!("路{row}"))],
    };
    PackInput {
        roads: (1..6).map(level).collect(),
        components,
        plates,
        roads_meta: metas[0],
        components_meta: metas[1],
        plates_meta: metas[2],
        ..mesh.pack()
    }
}

fn duties(codes: &[&str]) -> BTreeSet<GridCode> {
    codes.iter().map(|code| GridCode::from(*code)).collect()
}

/// Where a position lies, without the name of the pack that says so.
fn answer(file: &File, at: &Position) -> Option<gewu_model::place::GridRef> {
    let place = file.locate(at).unwrap()?;
    let mut found = place.grid_ref().unwrap();
    found.pack = gewu_model::ids::Digest([0; 32]);
    Some(found)
}

fn position(at: Point) -> Position {
    Position {
        lon_e7: at.lon_e7,
        lat_e7: at.lat_e7,
        datum: Datum::Wgs84,
        accuracy_mm: Some(8_000),
    }
}

/// Random points and every point of every border.
fn points(mesh: &Mesh) -> Vec<Point> {
    let mut random = Random::new(4);
    let anywhere: Vec<Point> = (0..30_000).map(|_| somewhere(mesh, &mut random)).collect();
    let borders = mesh.layer.arcs.iter().flat_map(|arc| arc.points.clone());
    anywhere.into_iter().chain(borders).collect()
}

#[test]
fn a_pack_read_back_is_written_alike() {
    let mesh = mesh(1);
    let whole = open(write(&city(&mesh, [LayerMeta::default(); 3])).unwrap());
    let again = open(write(&whole.to_input().unwrap()).unwrap());
    assert_eq!(
        whole.units().unwrap().count(),
        again.units().unwrap().count()
    );
    for at in points(&mesh).into_iter().step_by(7) {
        let at = position(at);
        assert_eq!(answer(&whole, &at), answer(&again, &at));
    }
    let third = write(&again.to_input().unwrap()).unwrap();
    assert_eq!(again.size(), third.len());
}

#[test]
fn a_slice_answers_as_the_whole_for_every_point_inside() {
    for seed in [1, 2, 3] {
        let mesh = mesh(seed);
        let whole = open(write(&city(&mesh, [LayerMeta::default(); 3])).unwrap());
        let cutter = Cutter::new(&whole).unwrap();
        let own = duties(&["D1-1"]);
        let slice = open(cutter.duty(&own).unwrap().unwrap());
        assert_eq!(slice.cut().unwrap().from, Some(whole.digest()));
        assert_eq!(slice.cut().unwrap().grids, [GridCode::from("D1-1")]);
        let units = slice.units().unwrap();
        assert!((49..=81).contains(&units.count().unwrap()));
        let (mut inside, mut ours) = (0, 0);
        for at in points(&mesh) {
            let at = position(at);
            let of_whole = answer(&whole, &at);
            let of_slice = answer(&slice, &at);
            let held = of_whole
                .as_ref()
                .is_some_and(|found| units.find(&found.unit).unwrap().is_some());
            let mine = of_whole
                .as_ref()
                .is_some_and(|found| found.duty.as_ref().is_some_and(|duty| own.contains(duty)));
            match held {
                true => assert_eq!(of_slice, of_whole, "{at:?}"),
                // Exactly on the slice's outer border the smallest code may be beyond it.
                false => assert!(of_slice.is_none_or(|found| found.border_mm == 0), "{at:?}"),
            }
            assert!(held || !mine);
            (inside, ours) = (inside + u32::from(held), ours + u32::from(mine));
        }
        assert!(ours > 1_000 && inside > ours, "{inside} {ours}");
    }
}

#[test]
fn overlapping_slices_answer_alike() {
    let mesh = mesh(5);
    let whole = open(write(&mesh.pack()).unwrap());
    let cutter = Cutter::new(&whole).unwrap();
    let cut = |code| open(cutter.duty(&duties(&[code])).unwrap().unwrap());
    let (west, east) = (cut("D0-1"), cut("D1-1"));
    let mut both = 0;
    for at in points(&mesh) {
        let at = position(at);
        let (a, b) = (answer(&west, &at), answer(&east, &at));
        if let (Some(a), Some(b)) = (a, b) {
            assert!(a == b || a.border_mm == 0 || b.border_mm == 0);
            both += 1;
        }
    }
    assert!(both > 1_000);
}

#[test]
fn a_slice_has_the_things_of_its_units_and_no_others() {
    let mesh = mesh(2);
    let input = city(&mesh, [LayerMeta::default(); 3]);
    let whole = open(write(&input).unwrap());
    let cutter = Cutter::new(&whole).unwrap();
    let slice = open(cutter.duty(&duties(&["D1-1"])).unwrap().unwrap());
    let cut = slice.to_input().unwrap();
    let units = slice.units().unwrap();
    let names = |layer: &[PointInput]| -> BTreeSet<String> {
        layer.iter().map(|point| point.name.clone()).collect()
    };
    let here = |point: &&PointInput| {
        let unit = whole.units().unwrap().at(point.at).unwrap();
        unit.is_some_and(|unit| {
            let code = whole.units().unwrap().code(unit).unwrap();
            units.find(&code).unwrap().is_some()
        })
    };
    for (all, cut) in [
        (&input.components, &cut.components),
        (&input.plates, &cut.plates),
    ] {
        let wanted: Vec<PointInput> = all.iter().filter(here).cloned().collect();
        assert_eq!(names(cut), names(&wanted));
        assert!(cut.len() > 10 && cut.len() < all.len() / 3);
    }
    assert!(!cut.roads.is_empty() && cut.roads.len() < input.roads.len());
    let length = |roads: &[RoadInput]| roads.iter().flat_map(|r| &r.lines).flatten().count();
    assert!(length(&cut.roads) < length(&input.roads) / 2);
}

#[test]
fn the_public_slice_has_areas_and_nothing_finer() {
    let mesh = mesh(3);
    let whole = open(write(&city(&mesh, [LayerMeta::default(); 3])).unwrap());
    let slice = Cutter::new(&whole).unwrap().public().unwrap().unwrap();
    let text = String::from_utf8_lossy(&slice).into_owned();
    let slice = open(slice);
    let cut = slice.to_input().unwrap();
    assert_eq!(cut.cut.level.as_deref(), Some("community"));
    let layer = cut.units.as_ref().unwrap();
    assert_eq!(layer.units.len(), 4);
    assert!(cut.roads.is_empty() && cut.components.is_empty() && cut.plates.is_empty());
    assert!(layer.units.iter().all(|area| area.duty.is_none()));
    for unit in &mesh.layer.units {
        assert!(!text.contains(unit.code.as_str()));
    }
    assert!(
        layer.arcs.len() < 20,
        "borders that go on are one: {}",
        layer.arcs.len()
    );
    for at in points(&mesh) {
        let at = position(at);
        let place = whole.locate(&at).unwrap();
        let area = place.map(|place| {
            let parents = place.parents().unwrap();
            let found = parents.iter().find(|(level, _)| *level == "community");
            found.unwrap().1.to_owned()
        });
        let found = answer(&slice, &at);
        let level = found.as_ref().map(|found| found.level.as_deref());
        assert!(level.is_none_or(|level| level == Some("community")));
        let on_border = found.as_ref().is_some_and(|found| found.border_mm == 0);
        let unit = found.map(|found| found.unit.as_str().to_owned());
        assert!(unit == area || on_border, "{at:?} {unit:?} {area:?}");
    }
}

#[test]
fn layers_reach_whom_they_are_made_for() {
    let meta = |audience, sensitivity| LayerMeta {
        audience,
        sensitivity,
    };
    let mesh = mesh(4);
    let open_roads = meta(Audience::Public, Sensitivity::Open);
    let guarded = meta(Audience::Public, Sensitivity::Internal);
    let secret = meta(Audience::Operator, Sensitivity::Restricted);
    let whole = open(write(&city(&mesh, [open_roads, secret, guarded])).unwrap());
    let cutter = Cutter::new(&whole).unwrap();
    let layers = |bytes: Option<Vec<u8>>| {
        let cut = open(bytes.unwrap()).to_input().unwrap();
        let counts = [cut.roads.len(), cut.components.len(), cut.plates.len()];
        counts.map(|count| count > 0)
    };
    assert_eq!(layers(cutter.public().unwrap()), [true, false, false]);
    let own = cutter.duty_grids();
    assert_eq!(own.len(), 12);
    assert_eq!(layers(cutter.duty(&own).unwrap()), [true, false, true]);
    assert_eq!(layers(cutter.field().unwrap()), [true, false, true]);
    assert!(cutter.is_for_operators());
    let plain = open(write(&city(&mesh, [LayerMeta::default(); 3])).unwrap());
    assert!(!Cutter::new(&plain).unwrap().is_for_operators());
}

#[test]
fn units_for_operators_are_cut_for_nobody() {
    let mut mesh = mesh(6);
    mesh.layer.meta.audience = Audience::Operator;
    let whole = open(write(&mesh.pack()).unwrap());
    let cutter = Cutter::new(&whole).unwrap();
    assert_eq!(cutter.duty(&cutter.duty_grids()).unwrap(), None);
    assert_eq!(cutter.field().unwrap(), None, "nothing is left");
    assert!(cutter.public().unwrap().is_some());
}

#[test]
fn slices_are_the_same_bytes_every_time() {
    let mesh = mesh(7);
    let whole = open(write(&city(&mesh, [LayerMeta::default(); 3])).unwrap());
    let (a, b) = (Cutter::new(&whole).unwrap(), Cutter::new(&whole).unwrap());
    assert_eq!(a.public().unwrap(), b.public().unwrap());
    let own = duties(&["D0-0", "D2-1"]);
    assert_eq!(a.duty(&own).unwrap(), b.duty(&own).unwrap());
    assert_eq!(a.duty(&duties(&["nobody's"])).unwrap(), None);
}
