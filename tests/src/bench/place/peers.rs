//! What others would use: rstar's tree of boxes with geo's `Contains`, and SQLite's R*Tree.

use std::path::Path;

use geo::{BoundingRect, Contains, Coord, LineString, Polygon};
use gewu_grid::Point;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rusqlite::{Connection, params};

use super::city::City;
use crate::bench::BenchError;

pub(super) fn degrees(at: Point) -> Coord {
    Coord {
        x: f64::from(at.lon_e7) / 1e7,
        y: f64::from(at.lat_e7) / 1e7,
    }
}

pub(super) struct Tree {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    polygons: Vec<Polygon>,
}

impl Tree {
    pub(super) fn new(city: &City) -> Self {
        let ring = |ring: &Vec<Point>| ring.iter().map(|p| degrees(*p)).collect::<LineString>();
        let cells = city.cells.iter();
        let polygons: Vec<Polygon> = cells
            .map(|cell| Polygon::new(ring(&cell.ring), vec![]))
            .collect();
        let boxes = polygons.iter().enumerate().filter_map(|(unit, polygon)| {
            let rect = polygon.bounding_rect()?;
            let corners = [rect.min(), rect.max()].map(|c| [c.x, c.y]);
            let rectangle = Rectangle::from_corners(corners[0], corners[1]);
            Some(GeomWithData::new(rectangle, unit))
        });
        Self {
            tree: RTree::bulk_load(boxes.collect()),
            polygons,
        }
    }

    pub(super) fn unit(&self, at: Point) -> Option<usize> {
        let at = degrees(at);
        let envelope = AABB::from_point([at.x, at.y]);
        let mut hits = self.tree.locate_in_envelope_intersecting(&envelope);
        hits.find(|hit| self.polygons[hit.data].contains(&at))
            .map(|hit| hit.data)
    }
}

/// Boxes in an R*Tree of integers, each with its ring beside it.
pub(super) struct Sqlite(Connection);

const ASK: &str = "SELECT id, ring FROM units
    WHERE west <= ?1 AND east >= ?1 AND south <= ?2 AND north >= ?2";

impl Sqlite {
    pub(super) fn write(city: &City, path: &Path) -> Result<(), BenchError> {
        let mut db = Connection::open(path)?;
        db.execute_batch(
            "CREATE VIRTUAL TABLE units USING rtree_i32(id, west, east, south, north, +ring)",
        )?;
        let tx = db.transaction()?;
        let mut insert = tx.prepare("INSERT INTO units VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for (number, cell) in city.cells.iter().enumerate() {
            let lons = || cell.ring.iter().map(|p| p.lon_e7);
            let lats = || cell.ring.iter().map(|p| p.lat_e7);
            let numbers = cell.ring.iter().flat_map(|p| [p.lon_e7, p.lat_e7]);
            let ring: Vec<u8> = numbers.flat_map(i32::to_le_bytes).collect();
            insert.execute(params![
                i64::try_from(number).unwrap_or(0),
                lons().min(),
                lons().max(),
                lats().min(),
                lats().max(),
                ring
            ])?;
        }
        drop(insert);
        Ok(tx.commit()?)
    }

    pub(super) fn open(path: &Path) -> Result<Self, BenchError> {
        Ok(Self(Connection::open(path)?))
    }

    pub(super) fn unit(&self, at: Point) -> Result<Option<i64>, BenchError> {
        let mut ask = self.0.prepare_cached(ASK)?;
        let mut rows = ask.query([at.lon_e7, at.lat_e7])?;
        while let Some(row) = rows.next()? {
            if ring_holds(row.get_ref(1)?.as_blob().unwrap_or_default(), at) {
                return Ok(Some(row.get(0)?));
            }
        }
        Ok(None)
    }
}

fn ring_holds(ring: &[u8], at: Point) -> bool {
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_le_bytes);
    let point = |bytes: &[u8]| {
        let (lon, lat) = bytes.split_at(4);
        (
            i64::from(number(lon)) - i64::from(at.lon_e7),
            i64::from(number(lat)) - i64::from(at.lat_e7),
        )
    };
    let mut points = ring.chunks_exact(8).map(point);
    let Some(first) = points.next() else {
        return false;
    };
    let mut inside = false;
    let mut a = first;
    for b in points.chain([first]) {
        if (a.1 <= 0) != (b.1 <= 0) {
            inside ^= (a.0 * b.1 - a.1 * b.0 > 0) == (b.1 > a.1);
        }
        a = b;
    }
    inside
}
