//! The unit layer of an open pack.

use gewu_model::ids::GridCode;

use super::borders::Borders;
use crate::file::{
    Arc, Codes, GridFile, PackFault, Section, Steps, Texts, narrow_step, u24_at, u32_at,
};
use crate::geometry::{End, LocalPlane, Point, nearer};

/// A unit by its place in the order of the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(pub(crate) u32);

/// The unit layer, its index verified. Make it once for many questions.
#[derive(Debug)]
pub struct Units<'a, B> {
    pub(super) file: &'a GridFile<B>,
    pub(super) borders: Borders<'a>,
}

impl<B> Clone for Units<'_, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Units<'_, B> {}

/// What a unit belongs to; each text is read when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Belongs<'a> {
    record: &'a [u8],
    texts: Texts<'a>,
}

impl<B: AsRef<[u8]>> GridFile<B> {
    /// The unit layer.
    ///
    /// # Errors
    /// [`PackFault`] when the pack has none or it is damaged.
    pub fn units(&self) -> Result<Units<'_, B>, PackFault> {
        let index = self.section(Section::UnitIndex)?;
        let arcs = self.section(Section::UnitArcs)?;
        Ok(Units {
            file: self,
            borders: Borders::new(index, arcs, Section::UnitIndex)?,
        })
    }
}

impl<'a, B: AsRef<[u8]>> Units<'a, B> {
    /// The one unit that holds a point; `None` outside all of them.
    ///
    /// # Errors
    /// [`PackFault::Malformed`] when the index contradicts itself.
    #[inline]
    pub fn at(&self, point: Point) -> Result<Option<Unit>, PackFault> {
        Ok(self.borders.unit_at(point)?.checked_sub(1).map(Unit))
    }

    /// The units that hold each of many points.
    ///
    /// # Errors
    /// As [`Units::at`], for the first point that meets a fault.
    pub fn at_each(&self, points: &[Point]) -> Result<Vec<Option<Unit>>, PackFault> {
        points.iter().map(|point| self.at(*point)).collect()
    }

    /// How many units there are.
    ///
    /// # Errors
    /// [`PackFault`] when the codes are damaged.
    pub fn count(&self) -> Result<u32, PackFault> {
        Ok(self.codes()?.count())
    }

    /// Every unit, in the order of the codes.
    ///
    /// # Errors
    /// [`PackFault`] when the codes are damaged.
    pub fn all(&self) -> Result<impl Iterator<Item = Unit> + use<B>, PackFault> {
        Ok((0..self.count()?).map(Unit))
    }

    /// The code of a unit.
    ///
    /// # Errors
    /// [`PackFault`] when the codes are damaged.
    pub fn code(&self, unit: Unit) -> Result<GridCode, PackFault> {
        let code = self.codes()?.get(unit.0);
        code.map(|code| GridCode::from(code.as_str()))
            .ok_or(PackFault::Malformed {
                section: Section::UnitCodes,
            })
    }

    /// The unit of a code.
    ///
    /// # Errors
    /// [`PackFault`] when the codes are damaged.
    pub fn find(&self, code: &GridCode) -> Result<Option<Unit>, PackFault> {
        Ok(self.codes()?.find(code.as_str()).map(Unit))
    }

    /// The duty grid that holds a unit.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn duty(&self, unit: Unit) -> Result<Option<&'a str>, PackFault> {
        self.belongs(unit)?.duty()
    }

    /// The road section that the survey assigns to a unit.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn road(&self, unit: Unit) -> Result<Option<&'a str>, PackFault> {
        self.belongs(unit)?.road()
    }

    /// Codes of the administrative levels above a unit: level and code, in the order of the levels.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn parents(&self, unit: Unit) -> Result<Vec<(&'a str, &'a str)>, PackFault> {
        self.belongs(unit)?.levels()?.collect()
    }

    /// What a unit belongs to, found once for all questions about it.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn belongs(&self, unit: Unit) -> Result<Belongs<'a>, PackFault> {
        let section = Section::UnitHolds;
        let bytes = self.file.section(section)?;
        let record = record_of(bytes, unit.0).ok_or(PackFault::Malformed { section })?;
        let texts = Texts(self.file.section(Section::Texts)?);
        Ok(Belongs { record, texts })
    }

    /// The units of one duty grid, in the order of their codes.
    ///
    /// # Errors
    /// [`PackFault`] when a record is damaged.
    pub fn of_duty(&self, duty: &GridCode) -> Result<Vec<Unit>, PackFault> {
        let mut members = Vec::new();
        for unit in self.all()? {
            if self.duty(unit)? == Some(duty.as_str()) {
                members.push(unit);
            }
        }
        Ok(members)
    }

    /// Distance from a point to the nearest border of a unit in millimetres, rounded down.
    ///
    /// # Errors
    /// [`PackFault`] when the border is damaged.
    pub fn border_mm(&self, unit: Unit, point: Point) -> Result<u32, PackFault> {
        self.border_in(unit, &LocalPlane::touching(point))
    }

    pub(super) fn border_in(&self, unit: Unit, plane: &LocalPlane) -> Result<u32, PackFault> {
        let mut nearest = f64::INFINITY;
        for piece in self.pieces(unit)? {
            nearest = nearer_piece(nearest, plane, piece?);
        }
        Ok(nearest.sqrt() as u32)
    }

    /// The border of a unit as it is stored: every piece with its points, the unit on its left or
    /// right.
    ///
    /// # Errors
    /// [`PackFault`] when the border is damaged.
    pub fn border(&self, unit: Unit) -> Result<Vec<Vec<Point>>, PackFault> {
        let points = |piece: Arc<'_>| {
            let start = std::iter::once((0, 0));
            let from = (i64::from(piece.start.lon_e7), i64::from(piece.start.lat_e7));
            let rest = piece.edges(from).map(|edge| edge.1);
            let absolute = start.chain(rest).map(|(lon, lat)| Point {
                lon_e7: (from.0 + lon) as i32,
                lat_e7: (from.1 + lat) as i32,
            });
            absolute.collect()
        };
        self.pieces(unit)?.map(|piece| piece.map(points)).collect()
    }

    pub(super) fn pieces(
        &self,
        unit: Unit,
    ) -> Result<impl Iterator<Item = Result<Arc<'a>, PackFault>>, PackFault> {
        let section = Section::UnitFaces;
        let faces = self.file.section(section)?;
        let words =
            words_of(faces, self.count()?, unit.0).ok_or(PackFault::Malformed { section })?;
        let borders = self.borders;
        Ok(words.chunks_exact(3).map(move |word| borders.piece(word)))
    }

    pub(super) fn codes(&self) -> Result<Codes<'a>, PackFault> {
        let section = Section::UnitCodes;
        Codes::new(self.file.section(section)?).ok_or(PackFault::Malformed { section })
    }
}

#[inline]
fn words_of(faces: &[u8], count: u32, unit: u32) -> Option<&[u8]> {
    if unit >= count {
        return None;
    }
    let offset = |at: u32| Some(u32_at(faces, at as usize * 4)? as usize * 3);
    let words = faces.get((count as usize + 1) * 4..)?;
    words.get(offset(unit)?..offset(unit + 1)?)
}

#[inline]
fn record_of(bytes: &[u8], unit: u32) -> Option<&[u8]> {
    let (units, records) = (u32_at(bytes, 0)?, u32_at(bytes, 4)?);
    let number = u24_at(bytes, 8 + unit as usize * 3)?;
    if unit >= units || number >= records {
        return None;
    }
    let offsets = 8 + units as usize * 3;
    let start = u32_at(bytes, offsets + number as usize * 4)? as usize;
    bytes.get(offsets + records as usize * 4..)?.get(start..)
}

/// Level and code.
const LEVEL_BYTES: usize = 8;

/// A level and its code, or why they cannot be read.
pub type Level<'a> = Result<(&'a str, &'a str), PackFault>;

const FAULT: PackFault = PackFault::Malformed {
    section: Section::UnitHolds,
};

impl<'a> Belongs<'a> {
    fn text(&self, at: usize) -> Result<&'a str, PackFault> {
        let number = u32_at(self.record, at).ok_or(FAULT)?;
        self.texts.get(number)
    }

    /// The duty grid.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn duty(&self) -> Result<Option<&'a str>, PackFault> {
        self.code(0)
    }

    /// The road section that the survey assigns.
    ///
    /// # Errors
    /// As [`Belongs::duty`].
    pub fn road(&self) -> Result<Option<&'a str>, PackFault> {
        self.code(4)
    }

    fn code(&self, at: usize) -> Result<Option<&'a str>, PackFault> {
        let text = self.text(at)?;
        Ok((!text.is_empty()).then_some(text))
    }

    /// The administrative levels above, without a place in memory for all of them.
    ///
    /// # Errors
    /// As [`Belongs::duty`]; of a single level, in its place.
    pub fn levels(self) -> Result<impl ExactSizeIterator<Item = Level<'a>>, PackFault> {
        let count = u32_at(self.record, 8).ok_or(FAULT)? as usize;
        let levels = count.checked_mul(LEVEL_BYTES).and_then(|length| {
            let levels = self.record.get(12..)?;
            levels.get(..length)
        });
        let texts = self.texts;
        let text = move |level: &[u8], at: usize| texts.get(u32_at(level, at).ok_or(FAULT)?);
        let levels = levels.ok_or(FAULT)?.chunks_exact(LEVEL_BYTES);
        Ok(levels.map(move |level| Ok((text(level, 0)?, text(level, 4)?))))
    }
}

/// The smallest squared distance from the plane's origin to a piece, in square millimetres.
pub(super) fn squared_to_piece(plane: &LocalPlane, piece: Arc<'_>) -> f64 {
    nearer_piece(f64::INFINITY, plane, piece)
}

#[inline]
fn nearer_piece(best: f64, plane: &LocalPlane, piece: Arc<'_>) -> f64 {
    let from = (
        i64::from(piece.start.lon_e7) - plane.origin().0,
        i64::from(piece.start.lat_e7) - plane.origin().1,
    );
    match piece.steps {
        Steps::Narrow(steps) => {
            let steps = steps.chunks_exact(4).map(narrow_step);
            nearer_line(best, plane, from, steps)
        }
        wide @ Steps::Wide(_) => nearer_line(best, plane, from, wide.iter()),
    }
}

/// A plain loop: folding over a chain of both widths takes twice as long.
#[inline]
fn nearer_line(
    mut best: f64,
    plane: &LocalPlane,
    mut at: (i64, i64),
    steps: impl Iterator<Item = (i64, i64)>,
) -> f64 {
    // The end of one edge is the start of the next; it is scaled once.
    let mut a = End::from(plane.scaled(at));
    for (run, rise) in steps {
        at = (at.0 + run, at.1 + rise);
        let b = End::from(plane.scaled(at));
        best = nearer(best, a, b);
        a = b;
    }
    best
}
