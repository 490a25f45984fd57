//! A made-up city from end to end: written as GeoJSON, packed, looked up.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use geo::{Contains, InteriorPoint, LineString, Polygon, Rect};
use gewu_grid::Point;
use gewu_grid::file::{GridFile, write};
use gewu_gridpack::{Layer, Options, Source, build, synth};
use serde_json::Value;

struct City {
    pack: GridFile<Vec<u8>>,
    cells: BTreeMap<String, Polygon<f64>>,
}

fn city(cells: usize) -> City {
    let mut text = Vec::new();
    synth::write(cells, &mut text).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &text).unwrap();
    let source = Source {
        path: file.path().to_owned(),
        layer: Layer::Unit,
        code_field: "code".to_owned(),
    };
    let options = Options {
        city: "synthetic".to_owned(),
        parent_fields: vec!["street".to_owned(), "community".to_owned()],
        strict: true,
        ..Options::default()
    };
    let built = build(&[source], &options, &mut |_| {}).unwrap();
    assert_eq!(built.report.findings, []);
    assert_eq!(built.report.units, cells);
    let bytes = write(&built.pack.unwrap()).unwrap();
    City {
        pack: GridFile::open_unsigned(bytes).unwrap(),
        cells: polygons(&text),
    }
}

/// The cells in lattice units from the city's middle, where f64 is exact.
fn polygons(text: &[u8]) -> BTreeMap<String, Polygon<f64>> {
    let json: Value = serde_json::from_slice(text).unwrap();
    let features = json["features"].as_array().unwrap().iter();
    features
        .map(|feature| {
            let ring = feature["geometry"]["coordinates"][0].as_array().unwrap();
            let unit = |v: &Value| (v.as_f64().unwrap() * 1e7).round();
            let ring = ring
                .iter()
                .map(|c| (unit(&c[0]) - EAST, unit(&c[1]) - NORTH));
            let polygon = Polygon::new(LineString::from_iter(ring), vec![]);
            (
                feature["properties"]["code"].as_str().unwrap().to_owned(),
                polygon,
            )
        })
        .collect()
}

const EAST: f64 = 1_234_300_000.0;
const NORTH: f64 = 418_000_000.0;

impl City {
    fn code_at(&self, x: f64, y: f64) -> Option<String> {
        let point = Point {
            lon_e7: (x + EAST) as i32,
            lat_e7: (y + NORTH) as i32,
        };
        let units = self.pack.units().unwrap();
        let unit = units.at(point).unwrap()?;
        Some(units.code(unit).unwrap().0)
    }
}

#[test]
fn every_cell_of_a_made_up_city_is_found_from_inside_it() {
    let city = city(2_000);
    for (code, polygon) in &city.cells {
        let inside = polygon.interior_point().unwrap();
        let found = city.code_at(inside.x().round(), inside.y().round());
        assert_eq!(found.as_deref(), Some(code.as_str()));
        let vertices = polygon.exterior().0.len() - 1;
        assert!(
            (8..=40).contains(&vertices),
            "{code} has {vertices} vertices"
        );
        assert_eq!(code.len(), 15);
    }
}

#[test]
fn any_point_has_one_answer_and_it_is_the_polygon_that_contains_it() {
    let city = city(400);
    let boxes: Vec<(Rect<f64>, &String, &Polygon<f64>)> = city
        .cells
        .iter()
        .map(|(code, polygon)| {
            (
                geo::BoundingRect::bounding_rect(polygon).unwrap(),
                code,
                polygon,
            )
        })
        .collect();
    let compared = std::cell::Cell::new(0);
    proptest::proptest!(proptest::test_runner::Config::with_cases(5_000), |(x in -150_000_i32..150_000, y in -120_000_i32..120_000)| {
        let (x, y) = (f64::from(x), f64::from(y));
        if boxes.iter().all(|(_, _, polygon)| distance(polygon, x, y) > 3.0) {
            let holds = |b: &&(Rect<f64>, &String, &Polygon<f64>)| b.0.contains(&geo::Point::new(x, y)) && b.2.contains(&geo::Point::new(x, y));
            let expected = boxes.iter().find(holds).map(|b| b.1.clone());
            proptest::prop_assert_eq!(city.code_at(x, y), expected);
            compared.set(compared.get() + 1);
        }
    });
    assert!(compared.get() > 4_500, "{}", compared.get());
}

/// From a point to the polygon's border, in lattice units.
fn distance(polygon: &Polygon<f64>, x: f64, y: f64) -> f64 {
    polygon
        .exterior()
        .lines()
        .map(|line| {
            let (ux, uy) = (line.dx(), line.dy());
            let (vx, vy) = (x - line.start.x, y - line.start.y);
            let share = ((ux * vx + uy * vy) / (ux * ux + uy * uy)).clamp(0.0, 1.0);
            (vx - share * ux).hypot(vy - share * uy)
        })
        .fold(f64::MAX, f64::min)
}
