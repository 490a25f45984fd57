//! The binary pack gives every point one answer, the one that plain exact counting gives.
// long-file: one suite over one small pack, written to be read from top to bottom.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

mod common;

use common::Random;
use common::mesh::{Mesh, Plan};
use common::survey::{covers, district, fixture, smallest};
use gewu_grid::Point;
use gewu_grid::file::{
    ArcInput, Crs, GridFile, PackInput, UnitInput, UnitLayer, WriteError, write,
};
use gewu_model::ids::{Digest, GridCode};
use gewu_model::place::{Datum, Position};

fn open(layer: &UnitLayer) -> GridFile<Vec<u8>> {
    let input = PackInput {
        units: Some(layer.clone()),
        ..PackInput::default()
    };
    GridFile::open(write(&input).unwrap(), Digest([7; 32])).unwrap()
}

fn point(lon_e7: i32, lat_e7: i32) -> Point {
    Point { lon_e7, lat_e7 }
}

/// The smallest code among the closed rings that hold a point, by counting every edge.
struct Counted {
    rings: Vec<(GridCode, Vec<Point>)>,
}

impl Counted {
    fn new(mesh: &Mesh) -> Self {
        let codes = mesh.layer.units.iter().map(|unit| unit.code.clone());
        Self {
            rings: codes.zip(mesh.rings.clone()).collect(),
        }
    }

    fn unit(&self, at: Point) -> Option<&GridCode> {
        let holding = self.rings.iter().filter(|(_, ring)| covers(ring, at));
        holding.map(|(code, _)| code).min()
    }
}

fn assert_same(file: &GridFile<Vec<u8>>, counted: &Counted, at: Point) {
    let units = file.units().unwrap();
    let found = units.at(at).unwrap().map(|unit| units.code(unit).unwrap());
    assert_eq!(found.as_ref(), counted.unit(at), "{at:?}");
}

#[test]
fn irregular_partitions_answer_as_counting_does_borders_and_vertices_included() {
    for seed in 0..6 {
        let mesh = Plan::small(seed).draw();
        let (file, counted) = (open(&mesh.layer), Counted::new(&mesh));
        for ring in &mesh.rings {
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let middle = point(
                    i32::midpoint(a.lon_e7, b.lon_e7),
                    i32::midpoint(a.lat_e7, b.lat_e7),
                );
                for at in [
                    *a,
                    middle,
                    point(a.lon_e7 + 1, a.lat_e7),
                    point(a.lon_e7, a.lat_e7 - 1),
                ] {
                    assert_same(&file, &counted, at);
                }
            }
        }
        let mut random = Random::new(seed + 100);
        for _ in 0..3_000 {
            let lon = random.within(mesh.min.lon_e7 - 9_000..mesh.max.lon_e7 + 9_000);
            let lat = random.within(mesh.min.lat_e7 - 9_000..mesh.max.lat_e7 + 9_000);
            assert_same(&file, &counted, point(lon, lat));
        }
    }
}

/// A tiny town of squares: every integer point of it can be asked.
fn squares(side: i32, columns: i32, rows: i32) -> Mesh {
    let corner =
        |column: i32, row: i32| point(1_234_000_000 + column * side, 418_000_000 + row * side);
    let number = |column: i32, row: i32| {
        let inside = (0..columns).contains(&column) && (0..rows).contains(&row);
        inside.then_some((row * columns + column) as u32)
    };
    let (mut arcs, mut rings) = (Vec::new(), Vec::new());
    for row in 0..=rows {
        for column in 0..=columns {
            if column < columns {
                let points = vec![corner(column, row), corner(column + 1, row)];
                arcs.push(ArcInput {
                    points,
                    left: number(column, row),
                    right: number(column, row - 1),
                });
            }
            if row < rows {
                let points = vec![corner(column, row), corner(column, row + 1)];
                arcs.push(ArcInput {
                    points,
                    left: number(column - 1, row),
                    right: number(column, row),
                });
            }
            if column < columns && row < rows {
                rings.push(vec![
                    corner(column, row),
                    corner(column + 1, row),
                    corner(column + 1, row + 1),
                    corner(column, row + 1),
                ]);
            }
        }
    }
    let count = columns * rows;
    let units = (0..count)
        .map(|unit| plain(&format!("{:03}", unit * 7 % count)))
        .collect();
    let layer = UnitLayer {
        units,
        arcs,
        ..UnitLayer::default()
    };
    Mesh {
        layer,
        rings,
        min: corner(0, 0),
        max: corner(columns, rows),
    }
}

fn plain(code: &str) -> UnitInput {
    UnitInput {
        code: GridCode::from(code),
        parents: Default::default(),
        duty: None,
        road: None,
    }
}

#[test]
fn every_integer_point_of_a_town_of_squares_has_its_answer() {
    for side in [2, 3, 5, 8] {
        let mesh = squares(side, 5, 4);
        let (file, counted) = (open(&mesh.layer), Counted::new(&mesh));
        for lon in mesh.min.lon_e7 - 3..mesh.max.lon_e7 + 4 {
            for lat in mesh.min.lat_e7 - 3..mesh.max.lat_e7 + 4 {
                assert_same(&file, &counted, point(lon, lat));
            }
        }
    }
}

fn circle(side: i32) -> Vec<Point> {
    let at = |lon: i32, lat: i32| point(1_234_000_000 + lon, 418_000_000 + lat);
    vec![
        at(-side, -side),
        at(side, -side),
        at(side, side),
        at(-side, side),
        at(-side, -side),
    ]
}

#[test]
fn holes_enclaves_and_steps_wider_than_sixteen_bits() {
    let layer = UnitLayer {
        units: vec![plain("outer"), plain("inner")],
        arcs: vec![
            ArcInput {
                points: circle(900_000),
                left: Some(0),
                right: None,
            },
            ArcInput {
                points: circle(50_000),
                left: Some(1),
                right: Some(0),
            },
            ArcInput {
                points: circle(20_000),
                left: None,
                right: Some(1),
            },
        ],
        ..UnitLayer::default()
    };
    let file = open(&layer);
    let units = file.units().unwrap();
    let code = |lon: i32, lat: i32| {
        let unit = units
            .at(point(1_234_000_000 + lon, 418_000_000 + lat))
            .unwrap();
        unit.map(|unit| units.code(unit).unwrap().to_string())
    };
    assert_eq!(code(0, 0), None);
    assert_eq!(code(20_000, 5).as_deref(), Some("inner"));
    assert_eq!(code(30_000, 0).as_deref(), Some("inner"));
    assert_eq!(code(50_000, 17).as_deref(), Some("inner"));
    assert_eq!(code(50_001, 17).as_deref(), Some("outer"));
    assert_eq!(code(900_000, 900_000).as_deref(), Some("outer"));
    assert_eq!(code(900_001, 0), None);
}

#[test]
fn units_that_the_world_is_made_of_fit() {
    let whole = vec![
        point(-1_800_000_000, -900_000_000),
        point(0, -900_000_000),
        point(1_800_000_000, -900_000_000),
        point(1_800_000_000, 900_000_000),
        point(0, 900_000_000),
        point(-1_800_000_000, 900_000_000),
        point(-1_800_000_000, -900_000_000),
    ];
    let layer = UnitLayer {
        units: vec![plain("world")],
        arcs: vec![ArcInput {
            points: whole,
            left: Some(0),
            right: None,
        }],
        ..UnitLayer::default()
    };
    let file = open(&layer);
    let units = file.units().unwrap();
    for at in [
        point(5, 5),
        point(-1_800_000_000, 900_000_000),
        point(1_799_999_999, -3),
    ] {
        assert!(units.at(at).unwrap().is_some(), "{at:?}");
    }
}

#[test]
fn the_district_answers_as_its_survey_says() {
    let cells = district();
    let file = GridFile::open_unsigned(fixture("district.gewugrid")).unwrap();
    file.verify_all().unwrap();
    let all = || cells.iter().flat_map(|cell| cell.ring.iter());
    let (west, east) = (
        all().map(|p| p.lon_e7).min().unwrap(),
        all().map(|p| p.lon_e7).max().unwrap(),
    );
    let (south, north) = (
        all().map(|p| p.lat_e7).min().unwrap(),
        all().map(|p| p.lat_e7).max().unwrap(),
    );
    let mut random = Random::new(3);
    let scattered = (0..20_000).map(|_| {
        point(
            random.within(west - 500..east + 500),
            random.within(south - 500..north + 500),
        )
    });
    let mut inside = 0;
    for at in all().copied().chain(scattered.collect::<Vec<_>>()) {
        let expected = smallest(&cells, at);
        let at = Position {
            lon_e7: at.lon_e7,
            lat_e7: at.lat_e7,
            datum: Datum::Wgs84,
            accuracy_mm: Some(at.lon_e7.unsigned_abs() % 30_000),
        };
        let place = file.locate(&at).unwrap();
        inside += usize::from(place.is_some());
        let found = place.map(|place| {
            let parents = place.parents().unwrap().into_iter();
            let parents = parents.map(|(level, code)| (level.to_owned(), GridCode::from(code)));
            let grid = place.grid_ref().unwrap();
            assert_eq!((grid.pack, grid.level), (file.digest(), None));
            (parents.collect(), grid.unit, grid.duty)
        });
        let expected = expected.map(|cell| {
            let cell = cell.clone();
            (cell.parents, cell.code, cell.duty)
        });
        assert_eq!(found, expected, "{at:?}");
    }
    assert!(inside > 5_000, "{inside} points are no fair sample");
}

#[test]
fn a_pack_gives_back_what_it_was_written_from() {
    let mesh = Plan::small(4).draw();
    let file = open(&mesh.layer);
    file.verify_all().unwrap();
    let about = file.about().unwrap();
    assert_eq!((about.crs, about.gap_free), (Crs::default(), true));
    assert_eq!(about.units, mesh.layer.meta);
    let units = file.units().unwrap();
    assert_eq!(units.count().unwrap() as usize, mesh.layer.units.len());
    for (input, ring) in mesh.layer.units.iter().zip(&mesh.rings) {
        let unit = units.find(&input.code).unwrap().unwrap();
        assert_eq!(units.code(unit).unwrap(), input.code);
        assert_eq!(
            units.duty(unit).unwrap(),
            input.duty.as_ref().map(GridCode::as_str)
        );
        let mut points: Vec<Point> = units.border(unit).unwrap().concat();
        points.sort_unstable();
        points.dedup();
        let mut expected = ring.clone();
        expected.sort_unstable();
        assert_eq!(points, expected);
    }
    let of_duty = units.of_duty(&GridCode::from("D0-0")).unwrap();
    assert_eq!(of_duty.len(), 49);
    assert_eq!(units.find(&GridCode::from("none")).unwrap(), None);
    assert_eq!(write(&mesh.pack()).unwrap(), write(&mesh.pack()).unwrap());
}

#[test]
fn shares_of_the_accuracy_circle_sum_to_one_and_favour_the_own_unit() {
    let mesh = Plan::small(2).draw();
    let file = open(&mesh.layer);
    let units = file.units().unwrap();
    let mut random = Random::new(8);
    for _ in 0..200 {
        let lon = random.within(mesh.min.lon_e7 + 40_000..mesh.max.lon_e7 - 40_000);
        let at = point(
            lon,
            random.within(mesh.min.lat_e7 + 30_000..mesh.max.lat_e7 - 30_000),
        );
        let own = units.at(at).unwrap().unwrap();
        let border = units.border_mm(own, at).unwrap();
        let certain = units.candidates(at, border.saturating_sub(1)).unwrap();
        if border > 2 {
            assert_eq!(certain.len(), 1);
            assert!((certain[0].share - 1.0).abs() < 1e-6);
        }
        let wide = units.candidates(at, 150_000).unwrap();
        let sum: f64 = wide.iter().map(|candidate| candidate.share).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        assert!(wide.len() > 3 && wide.windows(2).all(|pair| pair[0].share >= pair[1].share));
    }
}

#[test]
fn faulty_input_is_refused_by_name() {
    let mesh = squares(100, 2, 2);
    let refused = |change: &dyn Fn(&mut UnitLayer)| {
        let mut layer = mesh.layer.clone();
        change(&mut layer);
        let input = PackInput {
            units: Some(layer),
            ..PackInput::default()
        };
        write(&input).unwrap_err()
    };
    let border = |error| matches!(error, WriteError::Border { .. });
    assert!(border(refused(&|layer| {
        layer.arcs.pop();
    })));
    assert!(border(refused(&|layer| layer
        .arcs
        .iter_mut()
        .for_each(|arc| arc.points.reverse()))));
    assert!(matches!(
        refused(&|layer| layer.arcs[0].left = Some(9)),
        WriteError::Arc { index: 0 }
    ));
    assert!(matches!(
        refused(&|layer| {
            let points = &mut layer.arcs[0].points;
            (points[0].lon_e7, points[1].lon_e7) = (-1_800_000_000, 1_800_000_000);
        }),
        WriteError::AroundTheGlobe { .. }
    ));
    let nothing = refused(&|layer| (layer.units, layer.arcs) = (Vec::new(), Vec::new()));
    assert_eq!(nothing, WriteError::NoUnit);
    assert!(matches!(
        refused(&|layer| layer.arcs[1].points.truncate(1)),
        WriteError::Arc { index: 1 }
    ));
    assert!(matches!(
        refused(&|layer| layer.units[1].code = GridCode::from("")),
        WriteError::Code { index: 1 }
    ));
    assert!(matches!(
        refused(&|layer| layer.units[1].code = layer.units[0].code.clone()),
        WriteError::Duplicate { .. }
    ));
}
