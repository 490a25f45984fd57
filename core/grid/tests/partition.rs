//! Every point of an irregular partition belongs to exactly one cell.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Lattice, Random};
use geo::{Contains, Coord, Distance, Geodesic, Intersects, LineString, Polygon};
use gewu_grid::{Cell, GridPack, Point};
use gewu_model::place::{Datum, GridCertainty, GridRef, Position};

fn here(lon_e7: i32, lat_e7: i32) -> Position {
    Position {
        lon_e7,
        lat_e7,
        datum: Datum::Wgs84,
        accuracy_mm: None,
    }
}

fn pack() -> GridPack {
    GridPack::from_json(&Lattice::new(12, 9).to_json()).unwrap()
}

fn polygon(cell: &Cell) -> Polygon {
    let coordinates = cell
        .ring
        .points()
        .iter()
        .map(|p| (f64::from(p.lon_e7), f64::from(p.lat_e7)));
    Polygon::new(coordinates.collect(), vec![])
}

/// How many closed cells hold the point, by no tie rule.
fn cells_beside(pack: &GridPack, at: Point) -> usize {
    pack.cells()
        .iter()
        .filter(|cell| cell.ring.covers(at))
        .count()
}

#[test]
fn vertices_and_edge_points_have_one_answer_the_smallest_touching_code() {
    let pack = pack();
    let mut shared = 0;
    for cell in pack.cells() {
        let ring = cell.ring.points();
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let middle = Point {
                lon_e7: i32::midpoint(a.lon_e7, b.lon_e7),
                lat_e7: i32::midpoint(a.lat_e7, b.lat_e7),
            };
            for at in [*a, middle] {
                let touching = pack.cells().iter().filter(|cell| cell.ring.covers(at));
                let smallest = touching.map(|cell| &cell.code).min();
                let found = pack.locate(&here(at.lon_e7, at.lat_e7));
                assert!(smallest.is_some(), "{at:?} fell between the cells");
                assert_eq!(found.map(|f| &f.cell.code), smallest);
            }
            assert_eq!(
                pack.locate(&here(a.lon_e7, a.lat_e7)).map(|f| f.border_mm),
                Some(0)
            );
            shared += usize::from(cells_beside(&pack, *a) > 1);
        }
    }
    assert!(
        shared > 500,
        "the partition must share its vertices, only {shared} are"
    );
}

#[test]
fn even_midpoints_of_shared_borders_lie_in_exactly_two_cells() {
    let lattice = Lattice::new(12, 9);
    let pack = GridPack::from_json(&lattice.to_json()).unwrap();
    for at in lattice.shared_midpoints() {
        assert_eq!(cells_beside(&pack, at), 2, "{at:?}");
    }
}

#[test]
fn random_points_agree_with_an_independent_library() {
    let pack = pack();
    let polygons: Vec<Polygon> = pack.cells().iter().map(polygon).collect();
    let mut random = Random::new(7);
    let mut inside = 0;
    for _ in 0..20_000 {
        let at = here(
            random.within(1_234_280_000..1_234_440_000),
            random.within(417_980_000..418_100_000),
        );
        let point = Coord {
            x: f64::from(at.lon_e7),
            y: f64::from(at.lat_e7),
        };
        let interior: Vec<usize> = (0..polygons.len())
            .filter(|&i| polygons[i].contains(&point))
            .collect();
        let found = pack.locate(&at).map(|found| &found.cell.code);
        match interior[..] {
            [only] => {
                assert_eq!(found, Some(&pack.cells()[only].code));
                inside += 1;
            }
            [] => assert_eq!(
                found.is_some(),
                polygons.iter().any(|p| p.intersects(&point))
            ),
            _ => panic!("{at:?} lies inside {} cells", interior.len()),
        }
    }
    assert!(
        (8_000..20_000).contains(&inside),
        "{inside} points are no fair sample"
    );
}

#[test]
fn outside_and_off_the_globe_is_nowhere() {
    let pack = pack();
    assert!(pack.locate(&here(1_200_000_000, 418_050_000)).is_none());
    assert!(pack.locate(&here(1_234_300_000, 300_000_000)).is_none());
    assert!(pack.locate(&here(i32::MAX, i32::MIN)).is_none());
}

#[test]
fn border_distance_is_what_geodesics_measure() {
    let pack = pack();
    let mut random = Random::new(11);
    for _ in 0..300 {
        let at = here(
            random.within(1_234_310_000..1_234_400_000),
            random.within(418_010_000..418_070_000),
        );
        let Some(found) = pack.locate(&at) else {
            continue;
        };
        let measured = geodesic_mm(found.cell, &at);
        let off = (f64::from(found.border_mm) - measured).abs();
        // A millimetre of rounding, the stated error, and the sampling of the border.
        assert!(off < 10.0, "{} mm beside {measured} mm", found.border_mm);
    }
}

/// The shortest geodesic to any of many points along the border.
fn geodesic_mm(cell: &Cell, at: &Position) -> f64 {
    let degrees = |lon: f64, lat: f64| geo::Point::new(lon / 1e7, lat / 1e7);
    let origin = degrees(f64::from(at.lon_e7), f64::from(at.lat_e7));
    let border: LineString = polygon(cell).exterior().clone();
    border
        .lines()
        .flat_map(|line| {
            (0..=400).map(move |step| line.start + line.delta() * (f64::from(step) / 400.0))
        })
        .map(|p| Geodesic.distance(origin, degrees(p.x, p.y)) * 1_000.0)
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn certainty_follows_the_accuracy_circle() {
    let pack = pack();
    let mut at = here(1_234_345_000, 418_043_000);
    let found = pack.locate(&at).unwrap();
    assert_eq!(found.certainty, GridCertainty::Unknown);
    let border = found.border_mm;
    assert!(
        border > 1_000,
        "the probe must lie well inside, not {border} mm from the border"
    );
    for (accuracy, certainty) in [
        (border - 1, GridCertainty::Certain),
        (border, GridCertainty::Border),
        (border + 1, GridCertainty::Border),
    ] {
        at.accuracy_mm = Some(accuracy);
        assert_eq!(pack.locate(&at).map(|f| f.certainty), Some(certainty));
    }
}

#[test]
fn a_grid_ref_carries_everything_a_report_needs() {
    let pack = pack();
    let found = pack.locate(&here(1_234_345_000, 418_043_000)).unwrap();
    let grid = GridRef::from(found);
    assert_eq!(grid.pack, pack.hash());
    assert_eq!(pack.cell(&grid.unit), Some(found.cell));
    assert_eq!(
        (grid.duty, grid.road),
        (found.cell.duty.clone(), found.cell.road.clone())
    );
    assert_eq!(found.cell.parents["street"].as_str(), "990101001");
}
