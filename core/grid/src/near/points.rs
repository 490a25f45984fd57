//! The nearest points of a layer.

use crate::file::{
    FRAME_BYTES, Frame, GridFile, PackFault, PointInput, Section, Texts, i32_at, u16_at, u32_at,
};
use crate::geometry::{LocalPlane, Plane2, Point};

/// The widest radius of a question; larger ones are cut to it.
pub const MAX_RADIUS_MM: u32 = 2_000_000;
/// The most points of an answer.
pub const MAX_NEAREST: usize = 100;

/// A point near a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPoint {
    /// Identifier of a component; the spoken address of a plate.
    pub name: String,
    /// Class of a component; empty for a plate.
    pub class: String,
    /// Where it stands.
    pub at: Point,
    /// How far it is in millimetres, rounded down.
    pub distance_mm: u32,
    /// What else is known: field name and text.
    pub attributes: Vec<(String, String)>,
}

/// The parts of a point section.
pub(crate) struct Points<'a> {
    section: Section,
    frame: Frame,
    classes: &'a [u8],
    offsets: &'a [u8],
    places: &'a [u8],
    class_of: &'a [u8],
    details: &'a [u8],
    texts: Texts<'a>,
    attributes: &'a [u8],
}

/// Squared distance and number of a point.
type Hit = (f64, u32);

impl<B: AsRef<[u8]>> GridFile<B> {
    /// The components nearest to a point within a radius, nearest first, of one class or of all.
    ///
    /// # Errors
    /// [`PackFault`] when the pack has no components or they are damaged.
    pub fn components_near(
        &self,
        at: Point,
        radius_mm: u32,
        class: Option<&str>,
        most: usize,
    ) -> Result<Vec<NearPoint>, PackFault> {
        self.points(Section::Components)?
            .near(at, radius_mm, class, most)
    }

    pub(crate) fn points(&self, section: Section) -> Result<Points<'_>, PackFault> {
        let texts = Texts(self.section(Section::Texts)?);
        let attributes = self.section(Section::Attributes)?;
        let bytes = self.section(section)?;
        Points::decode(bytes, section, texts, attributes).ok_or(PackFault::Malformed { section })
    }
}

impl<'a> Points<'a> {
    fn decode(
        bytes: &'a [u8],
        section: Section,
        texts: Texts<'a>,
        attributes: &'a [u8],
    ) -> Option<Self> {
        let frame = Frame::decode(bytes)?;
        let count = u32_at(bytes, FRAME_BYTES)? as usize;
        let classes = u32_at(bytes, FRAME_BYTES + 4)? as usize;
        let rest = bytes.get(FRAME_BYTES + 8..)?;
        let (classes, rest) = rest.split_at_checked(classes.checked_mul(4)?)?;
        let (offsets, rest) = rest.split_at_checked((frame.cells() + 1) * 4)?;
        let (places, rest) = rest.split_at_checked(count.checked_mul(8)?)?;
        let (class_of, details) = rest.split_at_checked(count * 2)?;
        Some(Self {
            section,
            frame,
            classes,
            offsets,
            places,
            class_of,
            details,
            texts,
            attributes,
        })
    }

    /// Every point, in the file's order.
    pub(crate) fn all(&self) -> Result<Vec<PointInput>, PackFault> {
        let count = (self.places.len() / 8) as u32;
        let point = |number| {
            let found = self.named((0.0, number))?;
            Ok(PointInput {
                name: found.name,
                class: found.class,
                at: found.at,
                attributes: found.attributes,
            })
        };
        (0..count).map(point).collect()
    }

    pub(super) fn near(
        &self,
        at: Point,
        radius_mm: u32,
        class: Option<&str>,
        most: usize,
    ) -> Result<Vec<NearPoint>, PackFault> {
        let class = match class.map(|class| self.class_number(class)).transpose()? {
            Some(None) => return Ok(Vec::new()),
            wanted => wanted.flatten(),
        };
        let hits = self.hits(
            at,
            radius_mm.min(MAX_RADIUS_MM),
            class,
            most.min(MAX_NEAREST),
        );
        let hits = hits.ok_or(self.fault())?;
        hits.into_iter().map(|hit| self.named(hit)).collect()
    }

    /// Cells in squares around the point's own cell. A square at distance *n* holds nothing nearer
    /// than *n* − 1 cells.
    fn hits(&self, at: Point, radius: u32, class: Option<u16>, most: usize) -> Option<Vec<Hit>> {
        let plane = LocalPlane::touching(at);
        let (columns, rows) = self.frame.around(at, plane.reach(radius));
        let (column, row) = self
            .frame
            .unbounded((i64::from(at.lon_e7), i64::from(at.lat_e7)));
        let cell = plane.scaled((i64::from(self.frame.width), i64::from(self.frame.height)));
        let side = cell.0.abs().min(cell.1);
        let mut limit = f64::from(radius) * f64::from(radius);
        let mut hits: Vec<Hit> = Vec::new();
        for square in squares((column, row), &columns, &rows) {
            let nearest = (square - 1).max(0) as f64 * side;
            if most == 0 || nearest * nearest > limit {
                break;
            }
            for (x, y) in outline((column, row), square, &columns, &rows) {
                let number = y * self.frame.columns as usize + x;
                self.visit(number, class, &plane, &mut |hit| {
                    keep(&mut hits, hit, most, &mut limit)
                })?;
            }
        }
        Some(hits)
    }

    fn visit(
        &self,
        cell: usize,
        class: Option<u16>,
        plane: &LocalPlane,
        keep: &mut impl FnMut(Hit),
    ) -> Option<()> {
        let (from, to) = (
            u32_at(self.offsets, cell * 4)?,
            u32_at(self.offsets, cell * 4 + 4)?,
        );
        if to as usize > self.places.len() / 8 {
            return None;
        }
        for point in from..to {
            if class.is_none() || u16_at(self.class_of, point as usize * 2) == class {
                let (x, y): Plane2 = plane.offset(self.place(point)?);
                keep((x * x + y * y, point));
            }
        }
        Some(())
    }

    fn place(&self, point: u32) -> Option<Point> {
        Some(Point {
            lon_e7: i32_at(self.places, point as usize * 8)?,
            lat_e7: i32_at(self.places, point as usize * 8 + 4)?,
        })
    }

    fn class_number(&self, class: &str) -> Result<Option<u16>, PackFault> {
        for (number, text) in self.classes.chunks_exact(4).enumerate() {
            if self.texts.get(u32_at(text, 0).ok_or(self.fault())?)? == class {
                return Ok(u16::try_from(number).ok());
            }
        }
        Ok(None)
    }

    fn named(&self, (squared, point): Hit) -> Result<NearPoint, PackFault> {
        let number = |bytes: &[u8], at: usize| u32_at(bytes, at).ok_or(self.fault());
        let detail = point as usize * 12;
        let class = u16_at(self.class_of, point as usize * 2).ok_or(self.fault())?;
        let first = number(self.details, detail + 4)? as usize;
        let count = number(self.details, detail + 8)? as usize;
        let text = |number: u32| self.texts.get(number).map(str::to_owned);
        let pair = |at: usize| {
            let (name, value) = (
                number(self.attributes, at * 8)?,
                number(self.attributes, at * 8 + 4)?,
            );
            Ok((text(name)?, text(value)?))
        };
        Ok(NearPoint {
            name: text(number(self.details, detail)?)?,
            class: text(number(self.classes, usize::from(class) * 4)?)?,
            at: self.place(point).ok_or(self.fault())?,
            distance_mm: squared.sqrt() as u32,
            attributes: (first..first + count.min(usize::from(u16::MAX)))
                .map(pair)
                .collect::<Result<_, PackFault>>()?,
        })
    }

    const fn fault(&self) -> PackFault {
        PackFault::Malformed {
            section: self.section,
        }
    }
}

/// Keeps the `most` nearest in order; of equal distances the one that comes first in the file.
fn keep(hits: &mut Vec<Hit>, hit: Hit, most: usize, limit: &mut f64) {
    if hit.0 > *limit {
        return;
    }
    let place = hits.partition_point(|held| (held.0, held.1) < hit);
    hits.insert(place, hit);
    if hits.len() > most {
        hits.pop();
    }
    if hits.len() == most
        && let Some(last) = hits.last()
    {
        *limit = last.0;
    }
}

type Cells = std::ops::Range<usize>;

/// The squares around a cell that touch the wanted columns and rows.
fn squares(middle: (i64, i64), columns: &Cells, rows: &Cells) -> std::ops::RangeInclusive<i64> {
    let gap = |middle: i64, cells: &Cells| {
        let (low, high) = (cells.start as i64, cells.end as i64 - 1);
        (
            (low - middle).max(middle - high).max(0),
            (middle - low).max(high - middle),
        )
    };
    if columns.is_empty() || rows.is_empty() {
        return std::ops::RangeInclusive::new(1, 0);
    }
    let (x, y) = (gap(middle.0, columns), gap(middle.1, rows));
    x.0.max(y.0)..=x.1.max(y.1)
}

/// The cells of one square's outline that are wanted.
fn outline(
    (column, row): (i64, i64),
    square: i64,
    columns: &Cells,
    rows: &Cells,
) -> impl Iterator<Item = (usize, usize)> {
    let (columns, rows) = (columns.clone(), rows.clone());
    let from = (row - square).max(rows.start as i64);
    let to = (row + square).min(rows.end as i64 - 1);
    (from..=to).flat_map(move |y| {
        let whole = (y - row).abs() == square;
        let step = if whole || square == 0 { 1 } else { 2 * square };
        let west = if whole {
            (column - square).max(columns.start as i64)
        } else {
            column - square
        };
        let east = (column + square).min(columns.end as i64 - 1);
        let columns = columns.clone();
        (west..=east)
            .step_by(step as usize)
            .filter(move |x| *x >= 0 && columns.contains(&(*x as usize)))
            .map(move |x| (x as usize, y as usize))
    })
}
