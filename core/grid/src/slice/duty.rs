//! Duty grids with what borders on them.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::ids::GridCode;
use gewu_model::small::Gather as _;

use super::join::join;
use crate::file::{ArcInput, GridFile, PackFault, PackInput, PointInput, RoadInput, UnitLayer};
use crate::geometry::{LocalPlane, Point};
use crate::lookup::ROAD_WITHIN_MM;

/// What a whole pack has where, so that each cut reads its own part only.
#[derive(Debug, Default)]
pub(super) struct Register {
    /// Units of each duty grid.
    of_duty: BTreeMap<GridCode, Vec<u32>>,
    /// Units that share a border or a corner with each unit, itself among them.
    beside: Vec<Vec<u32>>,
    arcs: Vec<Vec<u32>>,
    components: Homes,
    plates: Homes,
}

/// Which points of a layer stand in each unit.
#[derive(Debug, Default)]
struct Homes {
    of_unit: BTreeMap<u32, Vec<u32>>,
    /// What stands in no unit, such as on a bridge.
    outside: Vec<u32>,
}

impl Register {
    pub(super) fn of<B: AsRef<[u8]>>(
        file: &GridFile<B>,
        whole: &PackInput,
    ) -> Result<Self, PackFault> {
        let Some(layer) = &whole.units else {
            return Ok(Self::default());
        };
        let mut register = Self {
            beside: beside(layer),
            arcs: vec![Vec::new(); layer.units.len()],
            components: Homes::of(file, &whole.components)?,
            plates: Homes::of(file, &whole.plates)?,
            ..Self::default()
        };
        for (arc, number) in layer.arcs.iter().zip(0..) {
            for side in [arc.left, arc.right].into_iter().flatten() {
                register.arcs[side as usize].push(number);
            }
        }
        for (unit, number) in layer.units.iter().zip(0..) {
            if let Some(duty) = &unit.duty {
                let members = register.of_duty.entry(duty.clone()).or_default();
                members.push(number);
            }
        }
        Ok(register)
    }

    /// The duty grids, in order.
    pub(super) fn duty_grids(&self) -> BTreeSet<GridCode> {
        self.of_duty.keys().cloned().into_set()
    }

    /// The units of these duty grids and all beside them; `None` when there are none.
    pub(super) fn choose<'a>(
        &'a self,
        whole: &'a PackInput,
        grids: &BTreeSet<GridCode>,
    ) -> Option<Chosen<'a>> {
        let own = grids.iter().filter_map(|grid| self.of_duty.get(grid));
        let beside = own.flatten().flat_map(|unit| &self.beside[*unit as usize]);
        let units: BTreeSet<u32> = beside.copied().into_set();
        let arcs = units.iter().flat_map(|unit| &self.arcs[*unit as usize]);
        let arcs: BTreeSet<u32> = arcs.copied().into_set();
        Some(Chosen {
            register: self,
            whole,
            layer: whole.units.as_ref()?,
            numbers: units.into_iter().collect(),
            arcs,
        })
        .filter(|chosen| !chosen.numbers.is_empty())
    }
}

/// Units that have a point of their borders in common.
fn beside(layer: &UnitLayer) -> Vec<Vec<u32>> {
    let mut at: Vec<(Point, u32)> = Vec::new();
    for arc in &layer.arcs {
        let sides = || [arc.left, arc.right].into_iter().flatten();
        at.extend(
            arc.points
                .iter()
                .flat_map(|&p| sides().map(move |unit| (p, unit))),
        );
    }
    at.sort_unstable();
    at.dedup();
    let mut beside = vec![Vec::new(); layer.units.len()];
    for together in at.chunk_by(|a, b| a.0 == b.0) {
        for (_, unit) in together {
            beside[*unit as usize].extend(together.iter().map(|(_, other)| *other));
        }
    }
    beside.iter_mut().for_each(|units| {
        units.sort_unstable();
        units.dedup();
    });
    beside
}

impl Homes {
    fn of<B: AsRef<[u8]>>(file: &GridFile<B>, layer: &[PointInput]) -> Result<Self, PackFault> {
        let units = file.units()?;
        let mut homes = Self::default();
        for (point, number) in layer.iter().zip(0..) {
            match units.at(point.at)? {
                Some(unit) => homes.of_unit.entry(unit.0).or_default().push(number),
                None => homes.outside.push(number),
            }
        }
        Ok(homes)
    }

    /// The points in these units and those outside all units that the box holds, in the order of
    /// the layer.
    fn pick(&self, layer: &[PointInput], units: &[u32], bounds: &Bounds) -> Vec<PointInput> {
        let inside = units.iter().filter_map(|unit| self.of_unit.get(unit));
        let outside = self.outside.iter();
        let outside = outside.filter(|point| bounds.holds(layer[**point as usize].at));
        let mut picked: Vec<u32> = inside.flatten().chain(outside).copied().collect();
        picked.sort_unstable();
        let point = |number: u32| layer[number as usize].clone();
        picked.into_iter().map(point).collect()
    }
}

/// The units of a slice.
pub(super) struct Chosen<'a> {
    register: &'a Register,
    whole: &'a PackInput,
    layer: &'a UnitLayer,
    /// By number in the whole pack, ascending.
    numbers: Vec<u32>,
    arcs: BTreeSet<u32>,
}

impl Chosen<'_> {
    /// The pack of these units, with the parts of the other layers that belong to them.
    pub(super) fn pack(&self) -> PackInput {
        let (whole, register, bounds) = (self.whole, self.register, self.bounds());
        let pick = |homes: &Homes, layer: &[PointInput]| homes.pick(layer, &self.numbers, &bounds);
        PackInput {
            city: whole.city.clone(),
            version: whole.version,
            crs: whole.crs,
            cut: whole.cut.clone(),
            units: Some(self.units()),
            roads_meta: whole.roads_meta,
            roads: bounds.roads(&whole.roads),
            components_meta: whole.components_meta,
            components: pick(&register.components, &whole.components),
            plates_meta: whole.plates_meta,
            plates: pick(&register.plates, &whole.plates),
        }
    }

    fn borders(&self) -> impl Iterator<Item = &ArcInput> {
        let arcs = self.arcs.iter();
        arcs.map(|arc| &self.layer.arcs[*arc as usize])
    }

    fn units(&self) -> UnitLayer {
        let number = |side: Option<u32>| {
            let place = side.and_then(|unit| self.numbers.binary_search(&unit).ok());
            place.map(|place| place as u32)
        };
        let arcs = self.borders().map(|arc| ArcInput {
            points: arc.points.clone(),
            left: number(arc.left),
            right: number(arc.right),
        });
        let unit = |number: &u32| self.layer.units[*number as usize].clone();
        UnitLayer {
            meta: self.layer.meta,
            arcs: join(arcs),
            units: self.numbers.iter().map(unit).collect(),
            gap_free: self.layer.gap_free,
        }
    }

    fn bounds(&self) -> Bounds {
        let mut bounds = Bounds::default();
        let points = self.borders().flat_map(|arc| &arc.points);
        points.for_each(|at| bounds.take(*at));
        bounds
    }
}

/// A box; empty at first.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    lon: (i64, i64),
    lat: (i64, i64),
}

impl Default for Bounds {
    fn default() -> Self {
        let empty = (i64::MAX, i64::MIN);
        Self {
            lon: empty,
            lat: empty,
        }
    }
}

impl Bounds {
    fn take(&mut self, at: Point) {
        let grow = |span: &mut (i64, i64), to: i32| {
            *span = (span.0.min(i64::from(to)), span.1.max(i64::from(to)));
        };
        grow(&mut self.lon, at.lon_e7);
        grow(&mut self.lat, at.lat_e7);
    }

    fn holds(&self, at: Point) -> bool {
        let within = |span: (i64, i64), at: i32| (span.0..=span.1).contains(&i64::from(at));
        within(self.lon, at.lon_e7) && within(self.lat, at.lat_e7)
    }

    fn meets(&self, other: &Self) -> bool {
        let meets = |a: (i64, i64), b: (i64, i64)| a.0 <= b.1 && b.0 <= a.1;
        meets(self.lon, other.lon) && meets(self.lat, other.lat)
    }

    /// Wider on every side by the distance at which a road is still named.
    fn widened(&self) -> Self {
        let far = |lat: i64| {
            LocalPlane::touching(Point {
                lon_e7: 0,
                lat_e7: i32::try_from(lat).unwrap_or(0),
            })
        };
        let (south, north) = (
            far(self.lat.0).reach(ROAD_WITHIN_MM),
            far(self.lat.1).reach(ROAD_WITHIN_MM),
        );
        let reach = (south.0.max(north.0), south.1.max(north.1));
        Self {
            lon: (self.lon.0 - reach.0, self.lon.1 + reach.0),
            lat: (self.lat.0 - reach.1, self.lat.1 + reach.1),
        }
    }

    /// The stretches of roads that run through the box or near it.
    fn roads(&self, roads: &[RoadInput]) -> Vec<RoadInput> {
        let wide = self.widened();
        let near = |road: &RoadInput| {
            let lines: Vec<_> = road.lines.iter().flat_map(|line| wide.runs(line)).collect();
            (!lines.is_empty()).then(|| RoadInput {
                lines,
                ..road.clone()
            })
        };
        roads.iter().filter_map(near).collect()
    }

    fn runs(&self, line: &[Point]) -> Vec<Vec<Point>> {
        let mut runs: Vec<Vec<Point>> = Vec::new();
        let mut goes_on = false;
        for edge in line.windows(2) {
            let mut bounds = Self::default();
            edge.iter().for_each(|at| bounds.take(*at));
            let near = self.meets(&bounds);
            match runs.last_mut().filter(|_| goes_on) {
                Some(run) if near => run.push(edge[1]),
                _ if near => runs.push(edge.to_vec()),
                _ => {}
            }
            goes_on = near;
        }
        runs
    }
}
