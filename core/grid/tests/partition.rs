//! Every point of an irregular partition belongs to exactly one cell.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

mod common;

use common::survey::{Cell, edges, node, smallest};
use common::{Lattice, Random};
use geo::{Contains, Coord, Distance, Geodesic, Intersects, LineString, Polygon};
use gewu_grid::Point;
use gewu_grid::file::{GridFile, PackInput, write};
use gewu_model::ids::GridCode;
use gewu_model::place::{Datum, GridCertainty, Position};

fn here(lon_e7: i32, lat_e7: i32) -> Position {
    Position {
        lon_e7,
        lat_e7,
        datum: Datum::Wgs84,
        accuracy_mm: None,
    }
}

fn cells() -> Vec<Cell> {
    Lattice::new(12, 9).cells()
}

fn pack() -> GridFile<Vec<u8>> {
    let input = PackInput {
        units: Some(node(&cells())),
        ..PackInput::default()
    };
    GridFile::open_unsigned(write(&input).unwrap()).unwrap()
}

/// Unit and distance to its border.
fn locate(pack: &GridFile<Vec<u8>>, at: &Position) -> Option<(GridCode, u32)> {
    let place = pack.locate(at).unwrap()?;
    Some((place.code().unwrap(), place.border_mm))
}

fn polygon(cell: &Cell) -> Polygon {
    let coordinates = cell
        .ring
        .iter()
        .map(|p| (f64::from(p.lon_e7), f64::from(p.lat_e7)));
    Polygon::new(coordinates.collect(), vec![])
}

/// How many closed cells hold the point, by no tie rule.
fn cells_beside(cells: &[Cell], at: Point) -> usize {
    cells.iter().filter(|cell| cell.covers(at)).count()
}

#[test]
fn vertices_and_edge_points_have_one_answer_the_smallest_touching_code() {
    let (cells, pack) = (cells(), pack());
    let mut shared = 0;
    for cell in &cells {
        for (a, b) in edges(&cell.ring) {
            let middle = Point {
                lon_e7: i32::midpoint(a.lon_e7, b.lon_e7),
                lat_e7: i32::midpoint(a.lat_e7, b.lat_e7),
            };
            for at in [a, middle] {
                let expected = smallest(&cells, at);
                let found = locate(&pack, &here(at.lon_e7, at.lat_e7));
                assert!(expected.is_some(), "{at:?} fell between the cells");
                assert_eq!(
                    found.map(|(code, _)| code),
                    expected.map(|cell| cell.code.clone())
                );
            }
            let found = locate(&pack, &here(a.lon_e7, a.lat_e7));
            assert_eq!(found.map(|(_, border)| border), Some(0));
            shared += usize::from(cells_beside(&cells, a) > 1);
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
    let cells = lattice.cells();
    for at in lattice.shared_midpoints() {
        assert_eq!(cells_beside(&cells, at), 2, "{at:?}");
    }
}

#[test]
fn random_points_agree_with_an_independent_library() {
    let (cells, pack) = (cells(), pack());
    let polygons: Vec<Polygon> = cells.iter().map(polygon).collect();
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
        let found = locate(&pack, &at).map(|(code, _)| code);
        match interior[..] {
            [only] => {
                assert_eq!(found.as_ref(), Some(&cells[only].code));
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
    assert_eq!(locate(&pack, &here(1_200_000_000, 418_050_000)), None);
    assert_eq!(locate(&pack, &here(1_234_300_000, 300_000_000)), None);
    assert_eq!(locate(&pack, &here(i32::MAX, i32::MIN)), None);
}

#[test]
fn border_distance_is_what_geodesics_measure() {
    let (cells, pack) = (cells(), pack());
    let mut random = Random::new(11);
    for _ in 0..300 {
        let at = here(
            random.within(1_234_310_000..1_234_400_000),
            random.within(418_010_000..418_070_000),
        );
        let Some((code, border_mm)) = locate(&pack, &at) else {
            continue;
        };
        let cell = cells.iter().find(|cell| cell.code == code).unwrap();
        let measured = geodesic_mm(cell, &at);
        let off = (f64::from(border_mm) - measured).abs();
        // A millimetre of rounding, the stated error, and the sampling of the border.
        assert!(off < 10.0, "{border_mm} mm beside {measured} mm");
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
    let found = pack.locate(&at).unwrap().unwrap();
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
        let found = pack.locate(&at).unwrap();
        assert_eq!(found.map(|f| f.certainty), Some(certainty));
    }
}

#[test]
fn a_grid_ref_carries_everything_a_report_needs() {
    let (cells, pack) = (cells(), pack());
    let place = pack
        .locate(&here(1_234_345_000, 418_043_000))
        .unwrap()
        .unwrap();
    let grid = place.grid_ref().unwrap();
    assert_eq!((grid.pack, grid.level), (pack.digest(), None));
    let cell = cells.iter().find(|cell| cell.code == grid.unit).unwrap();
    assert_eq!(
        (grid.duty, grid.road),
        (cell.duty.clone(), cell.road.clone())
    );
    let parents = place.parents().unwrap();
    assert!(parents.contains(&("street", "990101001")));
}
