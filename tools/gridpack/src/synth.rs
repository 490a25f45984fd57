//! A made-up city of any size, the same on every machine: cells of about 12,400 m² with bent
//! borders of 8 to 40 vertices, 15-digit codes (county, street, community, sequence from west to
//! east and north to south), and duty grids of about 47 cells.

use std::io::{self, Write};

/// Cells along one side of a duty grid, a community, a street, a county.
const DUTY: usize = 7;
const COMMUNITY: usize = 2 * DUTY;
const STREET: usize = 4 * COMMUNITY;
const COUNTY: usize = 3 * STREET;

/// The middle of the city, and one cell's width and height, in 1e-7 degree.
const MIDDLE: (f64, f64) = (1_234_300_000.0, 418_000_000.0);
const CELL: (f64, f64) = (13_400.0, 10_000.0);

/// Writes a GeoJSON FeatureCollection with `cells` polygons.
///
/// Fields: `code`, `name`, `district`, `street`, `community`, `duty`.
///
/// # Errors
/// What `out` says.
pub fn write(cells: usize, out: &mut dyn Write) -> io::Result<()> {
    let city = City::new(cells);
    writeln!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
    for cell in 0..cells {
        let comma = if cell + 1 < cells { "," } else { "" };
        city.write_cell(cell, out)?;
        writeln!(out, "{comma}")?;
    }
    writeln!(out, "]}}")
}

struct City {
    columns: usize,
    west: f64,
    north: f64,
}

type Xy = (f64, f64);

impl City {
    fn new(cells: usize) -> Self {
        let columns = (cells.max(1)).isqrt();
        let half = columns as f64 / 2.0;
        Self {
            columns,
            west: MIDDLE.0 - half * CELL.0,
            north: MIDDLE.1 + half * CELL.1,
        }
    }

    fn write_cell(&self, cell: usize, out: &mut dyn Write) -> io::Result<()> {
        let (row, column) = (cell / self.columns, cell % self.columns);
        let code = Code::of(row, column);
        let ring = self.ring(row, column);
        write!(
            out,
            "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{}\",\"name\":\"单元网格{}\",\
             \"district\":\"{}\",\"street\":\"{}\",\"community\":\"{}\",\"duty\":\"{}\"}},\
             \"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[",
            code.unit,
            cell + 1,
            &code.unit[..6],
            &code.unit[..9],
            &code.unit[..12],
            code.duty
        )?;
        for (i, &(x, y)) in ring.iter().chain(ring.first()).enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(
                out,
                "{comma}[{:.7},{:.7}]",
                x.round() / 1e7,
                y.round() / 1e7
            )?;
        }
        write!(out, "]]}}}}")
    }

    /// Counter-clockwise from the north-west corner, without the closing point.
    fn ring(&self, row: usize, column: usize) -> Vec<Xy> {
        let mut ring = Vec::with_capacity(40);
        let mut side = |from, to, mut bends: Vec<Xy>, back: bool| {
            if back {
                bends.reverse();
            }
            ring.push(if back { to } else { from });
            ring.extend(bends);
        };
        let corner = |r, c| self.corner(r, c);
        let (nw, sw) = (corner(row, column), corner(row + 1, column));
        let (ne, se) = (corner(row, column + 1), corner(row + 1, column + 1));
        side(nw, sw, bends(nw, sw, key(2, row, column)), false);
        side(sw, se, bends(sw, se, key(3, row + 1, column)), false);
        side(ne, se, bends(ne, se, key(2, row, column + 1)), true);
        side(nw, ne, bends(nw, ne, key(3, row, column)), true);
        ring
    }

    fn corner(&self, row: usize, column: usize) -> Xy {
        let (dx, dy) = (noise(key(0, row, column)), noise(key(1, row, column)));
        (
            self.west + (column as f64 + 0.18 * dx) * CELL.0,
            self.north - (row as f64 + 0.18 * dy) * CELL.1,
        )
    }
}

/// The vertices between two corners: the same for both cells, as only the edge decides.
fn bends(from: Xy, to: Xy, key: u64) -> Vec<Xy> {
    let roll = mixed(key) % 40;
    let count = if roll == 0 { 9 } else { 1 + roll % 6 };
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    (1..=count)
        .map(|i| {
            let t = i as f64 / (count + 1) as f64;
            // Quiet towards the corners, so that no two borders of a corner cross.
            let aside = 0.07 * noise(key ^ (i << 58)) * (4.0 * t * (1.0 - t));
            (
                from.0 + dx * t - dy * aside * CELL.0 / CELL.1,
                from.1 + dy * t + dx * aside * CELL.1 / CELL.0,
            )
        })
        .collect()
}

struct Code {
    unit: String,
    duty: String,
}

impl Code {
    fn of(row: usize, column: usize) -> Self {
        // Blocks are numbered inside the block above, row by row; no city is 90 counties wide.
        let within = |size: usize, above: usize| {
            (row % above / size) * (above / size) + column % above / size + 1
        };
        let (down, across) = (row / COUNTY, column / COUNTY);
        let county = 10 * (down % 10) + across % 10 + 1;
        let (street, community) = (within(STREET, COUNTY), within(COMMUNITY, STREET));
        let (cell, duty) = (within(1, COMMUNITY), within(DUTY, COMMUNITY));
        let community = format!("9901{county:02}{street:03}{community:03}");
        Self {
            unit: format!("{community}{cell:03}"),
            duty: format!("{community}D{duty}"),
        }
    }
}

fn key(kind: u64, row: usize, column: usize) -> u64 {
    kind << 60 | (row as u64) << 28 | column as u64
}

/// Evenly in −1 to 1.
fn noise(key: u64) -> f64 {
    (mixed(key) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// SplitMix64's finisher: Vigna, public domain.
fn mixed(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
