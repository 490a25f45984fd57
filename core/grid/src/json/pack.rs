//! One city's partition into unit grids, read from JSON and checked once.

use std::collections::BTreeMap;
use std::fmt;

use gewu_model::ids::{Digest, GridCode};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use sha2::{Digest as _, Sha256};

use super::error::GridError;
use super::ring::Ring;
use crate::geometry::Point;

/// What a body of this kind calls itself.
pub const FORMAT: &str = "gewu-grid/1";
/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 256 << 20;
/// The most cells that a pack may hold; the largest cities have some hundred thousand.
pub const MAX_CELLS: usize = 1_000_000;
/// The longest code; codes are the city's own and never parsed.
pub const MAX_CODE_BYTES: usize = 64;

/// A checked partition into unit grids.
#[derive(Debug, Clone)]
pub struct GridPack {
    city: String,
    version: u64,
    hash: Digest,
    /// Sorted by code, so that the first hit is the smallest code.
    cells: Vec<Cell>,
}

/// One unit grid with what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The unit grid's own code.
    pub code: GridCode,
    /// Codes of the administrative levels above, by level: `street`, `community`, …
    pub parents: BTreeMap<String, GridCode>,
    /// The duty grid (责任网格) that holds it.
    pub duty: Option<GridCode>,
    /// The road-chief section (路段) that runs through it.
    pub road: Option<GridCode>,
    /// Its border.
    pub ring: Ring,
}

impl GridPack {
    /// The pack whose body is `bytes`. Its hash is the SHA-256 of exactly these bytes.
    ///
    /// Members that this version does not know are passed over.
    ///
    /// # Errors
    /// [`GridError`] names the first fault; nothing of a faulty pack is used.
    pub fn from_json(bytes: &[u8]) -> Result<Self, GridError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(GridError::TooLarge {
                bytes: bytes.len(),
                limit: MAX_BODY_BYTES,
            });
        }
        let body: Body = serde_json::from_slice(bytes)?;
        if body.format != FORMAT {
            return Err(GridError::Format {
                found: body.format.chars().take(40).collect(),
            });
        }
        Ok(Self {
            city: body.city,
            version: body.version,
            hash: Digest(Sha256::digest(bytes).into()),
            cells: checked_cells(body.cells)?,
        })
    }

    /// The city that issued the pack.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// Rises with every state of the survey that the city issues.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// SHA-256 of the body.
    pub const fn hash(&self) -> Digest {
        self.hash
    }

    /// All cells, in the order of their codes.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The cell of `code`.
    pub fn cell(&self, code: &GridCode) -> Option<&Cell> {
        let at = self
            .cells
            .binary_search_by(|cell| cell.code.cmp(code))
            .ok()?;
        self.cells.get(at)
    }
}

#[derive(Deserialize)]
struct Body {
    format: String,
    city: String,
    version: u64,
    #[serde(deserialize_with = "bounded_cells")]
    cells: Vec<RawCell>,
}

#[derive(Deserialize)]
struct RawCell {
    code: GridCode,
    #[serde(default)]
    parents: BTreeMap<String, GridCode>,
    duty: Option<GridCode>,
    road: Option<GridCode>,
    ring: Vec<[i64; 2]>,
}

impl RawCell {
    fn codes(&self) -> impl Iterator<Item = &GridCode> {
        [&self.code]
            .into_iter()
            .chain(&self.duty)
            .chain(&self.road)
            .chain(self.parents.values())
    }
}

/// Keeps one cell more than allowed, so that the excess shows without being stored.
fn bounded_cells<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RawCell>, D::Error> {
    struct Cells;
    impl<'de> Visitor<'de> for Cells {
        type Value = Vec<RawCell>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of cells")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<RawCell>, A::Error> {
            let mut cells = Vec::new();
            while cells.len() <= MAX_CELLS {
                match seq.next_element()? {
                    Some(cell) => cells.push(cell),
                    None => return Ok(cells),
                }
            }
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(cells)
        }
    }
    deserializer.deserialize_seq(Cells)
}

fn checked_cells(raw: Vec<RawCell>) -> Result<Vec<Cell>, GridError> {
    match raw.len() {
        0 => return Err(GridError::Empty),
        1..=MAX_CELLS => {}
        _ => return Err(GridError::TooManyCells { limit: MAX_CELLS }),
    }
    let mut cells = raw
        .into_iter()
        .enumerate()
        .map(|(index, cell)| checked_cell(index, cell))
        .collect::<Result<Vec<_>, _>>()?;
    cells.sort_by(|a, b| a.code.cmp(&b.code));
    match cells.windows(2).find(|pair| pair[0].code == pair[1].code) {
        Some(pair) => Err(GridError::Duplicate {
            code: pair[0].code.clone(),
        }),
        None => Ok(cells),
    }
}

fn checked_cell(index: usize, raw: RawCell) -> Result<Cell, GridError> {
    if !raw.codes().all(is_code) {
        return Err(GridError::Code { index });
    }
    let points = raw
        .ring
        .into_iter()
        .map(checked_point)
        .collect::<Option<Vec<_>>>();
    let points = points.ok_or_else(|| GridError::Coordinates {
        code: raw.code.clone(),
    })?;
    let ring = Ring::new(points).ok_or_else(|| GridError::Ring {
        code: raw.code.clone(),
    })?;
    Ok(Cell {
        code: raw.code,
        parents: raw.parents,
        duty: raw.duty,
        road: raw.road,
        ring,
    })
}

fn checked_point([lon, lat]: [i64; 2]) -> Option<Point> {
    let on_globe = (-1_800_000_000..=1_800_000_000).contains(&lon)
        && (-900_000_000..=900_000_000).contains(&lat);
    if !on_globe {
        return None;
    }
    Some(Point {
        lon_e7: i32::try_from(lon).ok()?,
        lat_e7: i32::try_from(lat).ok()?,
    })
}

fn is_code(code: &GridCode) -> bool {
    let text = code.as_str();
    (1..=MAX_CODE_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}
