//! A pack back into what it was written from.

use gewu_model::ids::GridCode;

use crate::file::{
    ArcInput, GridFile, PackFault, PackInput, PointInput, RoadInput, Section, Texts, UnitInput,
    UnitLayer, pieces, u32_at,
};
use crate::geometry::Point;
use crate::lookup::{Unit, Units};

/// A run of points with what lies on its left and right, plus one.
type Line = (Vec<Point>, u32, u32);

impl<B: AsRef<[u8]>> GridFile<B> {
    /// What the pack was written from, borders in pieces of their own. Reads everything: for tools.
    ///
    /// # Errors
    /// [`PackFault`] when a section is damaged.
    pub fn to_input(&self) -> Result<PackInput, PackFault> {
        let about = self.about()?;
        let units = match self.has(Section::UnitIndex) {
            true => Some(self.unit_layer(&self.units()?)?),
            false => None,
        };
        Ok(PackInput {
            city: about.city,
            version: about.version,
            crs: about.crs,
            cut: self.cut()?,
            units,
            roads_meta: about.roads,
            roads: self.roads()?,
            components_meta: about.components,
            components: self.all_points(Section::Components)?,
            plates_meta: about.plates,
            plates: self.all_points(Section::Plates)?,
        })
    }

    fn has(&self, wanted: Section) -> bool {
        self.sections().any(|(section, _)| section == wanted)
    }

    fn unit_layer(&self, units: &Units<'_, B>) -> Result<UnitLayer, PackFault> {
        let about = self.about()?;
        let count = units.count()?;
        let unit = |number| {
            let unit = Unit(number);
            let parents = units.parents(unit)?.into_iter();
            Ok(UnitInput {
                code: units.code(unit)?,
                parents: parents
                    .map(|(level, code)| (level.to_owned(), GridCode::from(code)))
                    .collect(),
                duty: units.duty(unit)?.map(GridCode::from),
                road: units.road(unit)?.map(GridCode::from),
            })
        };
        let arcs = self.lines(Section::UnitArcs)?.into_iter();
        let arcs = arcs.map(|(points, left, right)| ArcInput {
            points,
            left: left.checked_sub(1),
            right: right.checked_sub(1),
        });
        Ok(UnitLayer {
            meta: about.units,
            units: (0..count).map(unit).collect::<Result<_, PackFault>>()?,
            arcs: arcs.collect(),
            gap_free: about.gap_free,
        })
    }

    fn roads(&self) -> Result<Vec<RoadInput>, PackFault> {
        let section = Section::Roads;
        if !self.has(section) {
            return Ok(Vec::new());
        }
        let table = self.section(section)?;
        let fault = PackFault::Malformed { section };
        let number = |at| u32_at(table, at).ok_or(fault);
        let texts = Texts(self.section(Section::Texts)?);
        let road = |at: u32| {
            let at = 4 + at as usize * 12;
            Ok(RoadInput {
                code: GridCode::from(texts.get(number(at)?)?),
                lines: Vec::new(),
                attributes: self.attributes(number(at + 4)?, number(at + 8)?)?,
            })
        };
        let count = number(0)?;
        let mut roads: Vec<RoadInput> = (0..count).map(road).collect::<Result<_, PackFault>>()?;
        for (points, road, _) in self.lines(Section::RoadArcs)? {
            let road = road
                .checked_sub(1)
                .and_then(|at| roads.get_mut(at as usize));
            road.ok_or(fault)?.lines.push(points);
        }
        Ok(roads)
    }

    /// The pieces of a section, those that go on from one another with the same sides made one.
    fn lines(&self, section: Section) -> Result<Vec<Line>, PackFault> {
        let fault = PackFault::Malformed { section };
        let mut lines: Vec<Line> = Vec::new();
        let bytes = self.section(section)?;
        let mut end = 0;
        for (word, piece) in pieces(bytes) {
            end = word as usize * 4 + piece.size();
            let points = piece.points().ok_or(fault)?;
            match lines.last_mut() {
                Some((line, left, right))
                    if (*left, *right) == (piece.left, piece.right)
                        && line.last() == points.first() =>
                {
                    line.extend(points.into_iter().skip(1));
                }
                _ => lines.push((points, piece.left, piece.right)),
            }
        }
        match end == bytes.len() {
            true => Ok(lines),
            false => Err(fault),
        }
    }

    fn all_points(&self, section: Section) -> Result<Vec<PointInput>, PackFault> {
        match self.has(section) {
            true => self.points(section)?.all(),
            false => Ok(Vec::new()),
        }
    }

    fn attributes(&self, first: u32, count: u32) -> Result<Vec<(String, String)>, PackFault> {
        let section = Section::Attributes;
        let pairs = self.section(section)?;
        let texts = Texts(self.section(Section::Texts)?);
        let text = |at: usize| {
            let number = u32_at(pairs, at).ok_or(PackFault::Malformed { section })?;
            texts.get(number).map(str::to_owned)
        };
        let first = first as usize;
        let all = first..first.saturating_add(count as usize);
        all.map(|at| Ok((text(at * 8)?, text(at * 8 + 4)?)))
            .collect()
    }
}
