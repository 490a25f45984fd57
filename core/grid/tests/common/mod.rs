//! An irregular partition that is drawn, not copied: a lattice whose corners are shaken and whose
//! sides are broken at a shared random point.

#![allow(dead_code)] // each test binary uses its part

pub(crate) mod hostile;
pub(crate) mod mesh;
pub(crate) mod small;
pub(crate) mod survey;

use std::collections::BTreeMap;

use gewu_grid::Point;
use gewu_model::ids::GridCode;
use survey::Cell;

const WEST: i32 = 1_234_300_000;
const SOUTH: i32 = 418_000_000;
const STEP: i32 = 10_000;

/// SplitMix64: enough randomness for test data, the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn within(&mut self, range: std::ops::Range<i32>) -> i32 {
        range.start + (self.next() % range.len() as u64) as i32
    }
}

pub(crate) struct Lattice {
    columns: i32,
    rows: i32,
}

impl Lattice {
    pub(crate) fn new(columns: i32, rows: i32) -> Self {
        Self { columns, rows }
    }

    /// Codes run against the reading order in every other row, so that the smallest touching code
    /// lies on all sides of a border.
    pub(crate) fn cells(&self) -> Vec<Cell> {
        let places =
            (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (column, row)));
        let cell = |(column, row): (i32, i32)| {
            let shuffled = (column * 7 + row * 5 + (row % 2) * 40) * 13 % 997;
            let code = |text: String| GridCode::from(text.as_str());
            Cell {
                code: code(format!("{shuffled:03}-{column}-{row}")),
                parents: BTreeMap::from([
                    ("street".to_owned(), code("990101001".to_owned())),
                    ("community".to_owned(), code("990101001001".to_owned())),
                ]),
                duty: Some(code(format!("D{}", column / 4))),
                road: (row == 4).then(|| code("R1".to_owned())),
                ring: self.ring(column, row).to_vec(),
            }
        };
        places.map(cell).collect()
    }

    /// Points in the middle of the half-borders that two cells share. Halves have even extents,
    /// so the middle is a point of the lattice of integers and lies exactly on the border.
    pub(crate) fn shared_midpoints(&self) -> Vec<Point> {
        let mut all = Vec::new();
        for column in 0..self.columns {
            for row in 1..self.rows {
                let (a, b) = (self.corner(column, row), self.broken_south(column, row));
                all.push(middle(a, b));
            }
        }
        all
    }

    fn ring(&self, column: i32, row: i32) -> [Point; 8] {
        [
            self.corner(column, row),
            self.broken_south(column, row),
            self.corner(column + 1, row),
            self.broken_west(column + 1, row),
            self.corner(column + 1, row + 1),
            self.broken_south(column, row + 1),
            self.corner(column, row + 1),
            self.broken_west(column, row),
        ]
    }

    fn corner(&self, column: i32, row: i32) -> Point {
        shaken(WEST + column * STEP, SOUTH + row * STEP, column, row, 1)
    }

    fn broken_south(&self, column: i32, row: i32) -> Point {
        shaken(
            WEST + column * STEP + STEP / 2,
            SOUTH + row * STEP,
            column,
            row,
            2,
        )
    }

    fn broken_west(&self, column: i32, row: i32) -> Point {
        shaken(
            WEST + column * STEP,
            SOUTH + row * STEP + STEP / 2,
            column,
            row,
            3,
        )
    }
}

/// The same place always moves the same way, whichever cell asks.
fn shaken(lon: i32, lat: i32, column: i32, row: i32, salt: u64) -> Point {
    let mut random = Random::new(salt * 1_000_003 + (column * 1_009 + row) as u64);
    Point {
        lon_e7: lon + 2 * random.within(-900..900),
        lat_e7: lat + 2 * random.within(-900..900),
    }
}

fn middle(a: Point, b: Point) -> Point {
    Point {
        lon_e7: i32::midpoint(a.lon_e7, b.lon_e7),
        lat_e7: i32::midpoint(a.lat_e7, b.lat_e7),
    }
}
