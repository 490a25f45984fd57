//! What holds for every partition: one answer per point, distances as a plain scan gives them, and
//! everything that was written can be read.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::Random;
use common::mesh::{Mesh, Plan};
use common::survey::covers;
use gewu_grid::Point;
use gewu_grid::file::{GridFile, write};
use gewu_model::ids::Digest;
use gewu_model::place::{Datum, GridCertainty, Position};
use proptest::prelude::*;

fn open(mesh: &Mesh) -> GridFile<Vec<u8>> {
    GridFile::open(write(&mesh.pack()).unwrap(), Digest([7; 32])).unwrap()
}

/// Meshes from a few metres to kilometres a unit, north and south of the equator.
fn plans() -> impl Strategy<Value = Plan> {
    let latitudes = prop_oneof![Just(418_000_000), Just(-331_000_000), Just(699_000_000)];
    (
        1_usize..9,
        1_usize..7,
        60_i32..60_000,
        latitudes,
        any::<u64>(),
    )
        .prop_map(|(columns, rows, step, south, seed)| Plan {
            columns,
            rows,
            south,
            step: (step, step),
            ..Plan::small(seed)
        })
}

/// Points anywhere, on vertices, on and beside the middles of edges.
fn points(mesh: &Mesh, seed: u64) -> Vec<Point> {
    let mut random = Random::new(seed);
    let mut points = Vec::new();
    for ring in &mesh.rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let middle = Point {
                lon_e7: i32::midpoint(a.lon_e7, b.lon_e7),
                lat_e7: i32::midpoint(a.lat_e7, b.lat_e7),
            };
            points.extend([*a, middle]);
        }
    }
    let margin = 200;
    points.extend((0..150).map(|_| Point {
        lon_e7: random.within(mesh.min.lon_e7 - margin..mesh.max.lon_e7 + margin),
        lat_e7: random.within(mesh.min.lat_e7 - margin..mesh.max.lat_e7 + margin),
    }));
    points
}

/// Millimetres from a point to a ring in the plane that touches the ellipsoid at the point: the
/// documented definition, written down without any haste.
fn plain_mm(ring: &[Point], at: Point) -> f64 {
    let unit = 1e-7_f64.to_radians();
    let (sine, cosine) = libm::sincos(f64::from(at.lat_e7) * unit);
    let flat = 1.0 - 0.006_694_379_990_141_316 * sine * sine;
    let across = 6_378_137_000.0 / flat.sqrt();
    let along = across * (1.0 - 0.006_694_379_990_141_316) / flat;
    let plane = |p: &Point| {
        let (lon, lat) = (
            i64::from(p.lon_e7) - i64::from(at.lon_e7),
            i64::from(p.lat_e7) - i64::from(at.lat_e7),
        );
        (
            lon as f64 * (across * cosine * unit),
            lat as f64 * (along * unit),
        )
    };
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    let distance = |(a, b): (&Point, &Point)| {
        let (a, b) = (plane(a), plane(b));
        let way = (b.0 - a.0, b.1 - a.1);
        let share = -(a.0 * way.0 + a.1 * way.1) / (way.0 * way.0 + way.1 * way.1);
        let share = share.clamp(0.0, 1.0);
        (a.0 + share * way.0).hypot(a.1 + share * way.1)
    };
    edges.map(distance).fold(f64::INFINITY, f64::min)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_point_has_one_answer_and_it_is_the_smallest_code_beside_it(plan in plans()) {
        let mesh = plan.draw();
        // Very small units may lose their area to rounding; that is the writer's to refuse.
        let Ok(bytes) = write(&mesh.pack()) else { return Ok(()) };
        let file = GridFile::open(bytes, Digest([7; 32])).unwrap();
        let units = file.units().unwrap();
        for at in points(&mesh, plan.seed) {
            let holding = (0..mesh.rings.len()).filter(|&unit| covers(&mesh.rings[unit], at));
            let expected = holding.map(|unit| &mesh.layer.units[unit].code).min();
            let found = units.at(at).unwrap().map(|unit| units.code(unit).unwrap());
            prop_assert_eq!(found.as_ref(), expected, "{:?}", at);
        }
    }

    #[test]
    fn a_located_position_is_as_far_from_the_border_as_a_plain_scan_says(plan in plans()) {
        let mesh = plan.draw();
        let Ok(bytes) = write(&mesh.pack()) else { return Ok(()) };
        let file = GridFile::open(bytes, Digest([7; 32])).unwrap();
        let units = file.units().unwrap();
        for at in points(&mesh, plan.seed) {
            let position = Position { lon_e7: at.lon_e7, lat_e7: at.lat_e7, datum: Datum::Wgs84, accuracy_mm: Some(900) };
            let Some(place) = units.locate(&position).unwrap() else { continue };
            let code = place.code().unwrap();
            let unit = mesh.layer.units.iter().position(|unit| unit.code == code).unwrap();
            let plain = plain_mm(&mesh.rings[unit], at);
            // Two ways to compute may fall on either side of a whole millimetre.
            let near_whole = (plain - plain.round()).abs() < 1e-5;
            prop_assert!(place.border_mm == plain as u32 || near_whole && place.border_mm.abs_diff(plain.round() as u32) <= 1, "{} beside {}", place.border_mm, plain);
            prop_assert_eq!(place.certainty == GridCertainty::Certain, 900 < place.border_mm);
        }
    }

    #[test]
    fn everything_that_was_written_can_be_read(plan in plans()) {
        let mesh = plan.draw();
        let Ok(_) = write(&mesh.pack()) else { return Ok(()) };
        let file = open(&mesh);
        file.verify_all().unwrap();
        let units = file.units().unwrap();
        prop_assert_eq!(units.count().unwrap() as usize, mesh.rings.len());
        for (unit, ring) in mesh.layer.units.iter().zip(&mesh.rings) {
            let found = units.find(&unit.code).unwrap().unwrap();
            prop_assert_eq!(&units.code(found).unwrap(), &unit.code);
            prop_assert_eq!(units.duty(found).unwrap(), unit.duty.as_ref().map(|code| code.as_str()));
            let parents = units.belongs(found).unwrap().levels().unwrap().map(Result::unwrap);
            let written = unit.parents.iter().map(|(level, code)| (level.as_str(), code.as_str()));
            prop_assert!(parents.eq(written));
            let border: BTreeSet<Point> = units.border(found).unwrap().into_iter().flatten().collect();
            prop_assert_eq!(border, ring.iter().copied().collect::<BTreeSet<_>>());
        }
    }
}
