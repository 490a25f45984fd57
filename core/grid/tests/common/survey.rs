//! A partition as a survey draws it, cell by cell, and the plainest way to ask it: every cell, one
//! after the other, by exact integers. What the pack answers is compared with this.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use gewu_grid::Point;
use gewu_grid::file::{ArcInput, UnitInput, UnitLayer};
use gewu_model::ids::GridCode;
use serde_json::Value;

/// One unit grid with its ring, open, in either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) code: GridCode,
    pub(crate) parents: BTreeMap<String, GridCode>,
    pub(crate) duty: Option<GridCode>,
    pub(crate) road: Option<GridCode>,
    pub(crate) ring: Vec<Point>,
}

impl Cell {
    /// Whether the closed cell holds the point.
    pub(crate) fn covers(&self, at: Point) -> bool {
        covers(&self.ring, at)
    }
}

/// The code that a point belongs to: the smallest of the closed cells that hold it.
pub(crate) fn smallest(cells: &[Cell], at: Point) -> Option<&Cell> {
    let holding = cells.iter().filter(|cell| cell.covers(at));
    holding.min_by(|a, b| a.code.cmp(&b.code))
}

pub(crate) fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().copied().zip(next.copied())
}

/// Whether a closed ring holds the point; it may repeat its first point at the end.
pub(crate) fn covers(ring: &[Point], at: Point) -> bool {
    let mut inside = false;
    for (a, b) in edges(ring) {
        let side = turn(a, b, at);
        let boxed = (a.lon_e7.min(b.lon_e7)..=a.lon_e7.max(b.lon_e7)).contains(&at.lon_e7)
            && (a.lat_e7.min(b.lat_e7)..=a.lat_e7.max(b.lat_e7)).contains(&at.lat_e7);
        if side == 0 && boxed {
            return true;
        }
        if (a.lat_e7 > at.lat_e7) != (b.lat_e7 > at.lat_e7) {
            inside ^= (side > 0) == (b.lat_e7 > a.lat_e7);
        }
    }
    inside
}

/// Twice the area of the triangle: positive when `c` lies left of a → b.
fn turn(a: Point, b: Point, c: Point) -> i128 {
    let wide = |p: Point| (i128::from(p.lon_e7), i128::from(p.lat_e7));
    let (a, b, c) = (wide(a), wide(b), wide(c));
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// Every edge of the rings once, with the cells on both sides.
pub(crate) fn node(cells: &[Cell]) -> UnitLayer {
    let mut sides: HashMap<(Point, Point), u32> = HashMap::new();
    for (cell, number) in cells.iter().zip(0..) {
        let mut ring = cell.ring.clone();
        let area: i128 = edges(&ring).map(|(a, b)| turn(ring[0], a, b)).sum();
        if area < 0 {
            ring.reverse();
        }
        for (a, b) in edges(&ring) {
            assert_eq!(sides.insert((a, b), number), None, "overlap at {a:?}");
        }
    }
    let once = sides
        .iter()
        .filter(|((a, b), _)| a < b || !sides.contains_key(&(*b, *a)));
    let arcs = once.map(|((a, b), left)| ArcInput {
        points: vec![*a, *b],
        left: Some(*left),
        right: sides.get(&(*b, *a)).copied(),
    });
    let units = cells.iter().map(|cell| UnitInput {
        code: cell.code.clone(),
        parents: cell.parents.clone(),
        duty: cell.duty.clone(),
        road: cell.road.clone(),
    });
    UnitLayer {
        units: units.collect(),
        arcs: arcs.collect(),
        ..UnitLayer::default()
    }
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/district");
    std::fs::read(folder.join(name)).unwrap()
}

/// The fixture district from its own GeoJSON.
pub(crate) fn district() -> Vec<Cell> {
    let zones: Vec<(GridCode, Vec<Point>)> = features("duty-grids.geojson")
        .iter()
        .map(|zone| (code(zone, "code").unwrap(), ring(zone)))
        .collect();
    let cell = |unit: &Value| {
        let ring = ring(unit);
        let holds = |(_, zone): &&(GridCode, Vec<Point>)| ring.iter().all(|at| covers(zone, *at));
        let parents = ["county", "street", "community"];
        let parents = parents.map(|level| (level.to_owned(), code(unit, level).unwrap()));
        Cell {
            code: code(unit, "code").unwrap(),
            parents: parents.into(),
            duty: zones.iter().find(holds).map(|(code, _)| code.clone()),
            road: code(unit, "road"),
            ring,
        }
    };
    features("units.geojson").iter().map(cell).collect()
}

fn features(name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_slice(&fixture(name)).unwrap();
    file["features"].as_array().unwrap().clone()
}

fn code(feature: &Value, field: &str) -> Option<GridCode> {
    feature["properties"][field].as_str().map(GridCode::from)
}

fn ring(feature: &Value) -> Vec<Point> {
    let e7 = |degrees: &Value| (degrees.as_f64().unwrap() * 1e7).round() as i32;
    let closed = feature["geometry"]["coordinates"][0].as_array().unwrap();
    let mut ring: Vec<Point> = closed
        .iter()
        .map(|at| Point {
            lon_e7: e7(&at[0]),
            lat_e7: e7(&at[1]),
        })
        .collect();
    assert_eq!(ring.pop(), ring.first().copied());
    ring
}
