//! An irregular partition with shared borders: a lattice whose corners are shaken and whose sides
//! are broken 2 to 9 times, so that cells have 8 to 36 vertices.

use std::collections::BTreeMap;

use gewu_grid::Point;
use gewu_grid::file::{ArcInput, PackInput, UnitInput, UnitLayer};
use gewu_model::ids::GridCode;

use super::Random;

/// The partition, and each unit's ring for those who check.
pub(crate) struct Mesh {
    pub(crate) layer: UnitLayer,
    pub(crate) rings: Vec<Vec<Point>>,
    pub(crate) min: Point,
    pub(crate) max: Point,
}

/// Size and place of a mesh.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) west: i32,
    pub(crate) south: i32,
    pub(crate) step: (i32, i32),
    pub(crate) seed: u64,
}

impl Plan {
    pub(crate) fn small(seed: u64) -> Self {
        Self {
            columns: 12,
            rows: 9,
            west: 1_234_300_000,
            south: 418_000_000,
            step: (13_400, 10_000),
            seed,
        }
    }

    fn corner(&self, column: usize, row: usize) -> Point {
        let mut random = Random::new(self.seed ^ ((column * 100_003 + row) as u64) << 20);
        let mut shake = |step: i32| random.within(-step / 5..step / 5 + 1);
        Point {
            lon_e7: self.west + column as i32 * self.step.0 + shake(self.step.0),
            lat_e7: self.south + row as i32 * self.step.1 + shake(self.step.1),
        }
    }

    /// The side between two corners, broken at points near the straight line.
    fn side(&self, from: Point, to: Point, salt: u64) -> Vec<Point> {
        let mut random = Random::new(self.seed ^ salt.wrapping_mul(0x9e37_79b9));
        let parts = random.within(2..10);
        let (run, rise) = (to.lon_e7 - from.lon_e7, to.lat_e7 - from.lat_e7);
        let mut points = vec![from];
        for part in 1..parts {
            let share =
                (f64::from(part) + f64::from(random.within(-30..31)) / 100.0) / f64::from(parts);
            let aside = share.min(1.0 - share) * f64::from(random.within(-20..21)) / 100.0;
            points.push(Point {
                lon_e7: from.lon_e7 + (share * f64::from(run) - aside * f64::from(rise)) as i32,
                lat_e7: from.lat_e7 + (share * f64::from(rise) + aside * f64::from(run)) as i32,
            });
        }
        points.push(to);
        points.dedup();
        points
    }

    fn level(&self, column: usize, row: usize) -> Vec<Point> {
        let (from, to) = (self.corner(column, row), self.corner(column + 1, row));
        self.side(from, to, (column * 200_003 + row) as u64 * 2)
    }

    fn upright(&self, column: usize, row: usize) -> Vec<Point> {
        let (from, to) = (self.corner(column, row), self.corner(column, row + 1));
        self.side(from, to, (column * 200_003 + row) as u64 * 2 + 1)
    }

    fn unit(&self, column: usize, row: usize) -> Option<u32> {
        (column < self.columns && row < self.rows).then(|| (row * self.columns + column) as u32)
    }

    fn ring(&self, column: usize, row: usize) -> Vec<Point> {
        let mut ring = self.level(column, row);
        ring.extend(self.upright(column + 1, row).into_iter().skip(1));
        ring.extend(self.level(column, row + 1).into_iter().rev().skip(1));
        ring.extend(self.upright(column, row).into_iter().rev().skip(1));
        ring.pop();
        ring
    }

    fn arcs(&self) -> Vec<ArcInput> {
        let mut arcs = Vec::new();
        for row in 0..=self.rows {
            for column in 0..=self.columns {
                if column < self.columns {
                    arcs.push(ArcInput {
                        points: self.level(column, row),
                        left: self.unit(column, row),
                        right: row
                            .checked_sub(1)
                            .and_then(|below| self.unit(column, below)),
                    });
                }
                if row < self.rows {
                    arcs.push(ArcInput {
                        points: self.upright(column, row),
                        left: column.checked_sub(1).and_then(|west| self.unit(west, row)),
                        right: self.unit(column, row),
                    });
                }
            }
        }
        arcs
    }

    /// Codes run in no order that the place explains.
    fn describe(&self, unit: usize) -> UnitInput {
        let (column, row) = (unit % self.columns, unit / self.columns);
        let shuffled = (unit * 7_919) % (self.columns * self.rows);
        let street = format!("210102{:03}", row / 24);
        UnitInput {
            code: GridCode::from(format!("210102{shuffled:09}").as_str()),
            parents: BTreeMap::from([
                (
                    "community".to_owned(),
                    GridCode::from(format!("{street}{:03}", column / 6).as_str()),
                ),
                ("street".to_owned(), GridCode::from(street.as_str())),
            ]),
            duty: Some(GridCode::from(
                format!("D{}-{}", column / 7, row / 7).as_str(),
            )),
            road: None,
        }
    }

    pub(crate) fn draw(&self) -> Mesh {
        let count = self.columns * self.rows;
        let place = |unit: usize| (unit % self.columns, unit / self.columns);
        let rings = (0..count)
            .map(place)
            .map(|(column, row)| self.ring(column, row));
        Mesh {
            rings: rings.collect(),
            layer: UnitLayer {
                meta: Default::default(),
                units: (0..count).map(|unit| self.describe(unit)).collect(),
                arcs: self.arcs(),
                gap_free: true,
            },
            min: self.corner(0, 0),
            max: self.corner(self.columns, self.rows),
        }
    }
}

impl Mesh {
    pub(crate) fn pack(&self) -> PackInput {
        PackInput {
            city: "test".to_owned(),
            version: 3,
            units: Some(self.layer.clone()),
            ..PackInput::default()
        }
    }
}
