//! The unit layer: polygons with codes become a planar partition.

use std::collections::BTreeMap;

use gewu_grid::file::{ArcInput, UnitInput, UnitLayer};
use gewu_model::ids::GridCode;

use super::{code_of, finding, grid_point, name_of, place_of};
use crate::build::BuildError;
use crate::clean::clean;
use crate::input::Feature;
use crate::partition::{Partition, Patch, RingIn, partition};
use crate::plane::{Metric, Point};
use crate::report::{Action, Finding, Kind, Report};
use crate::source::{Layer, Options, Progress};

/// Gaps that are narrower than this on average are slips of the pen, not land.
const SLIVER_M: f64 = 1.0;

/// Cells as they come in.
#[derive(Debug, Default)]
pub(crate) struct Units {
    cells: BTreeMap<String, Cell>,
    parts: u32,
    features: usize,
    doubles: Vec<(String, Option<(f64, f64)>)>,
}

#[derive(Debug, Default)]
struct Cell {
    unit: Option<UnitInput>,
    rings: Vec<(u32, bool, Vec<Point>)>,
    at: Option<(f64, f64)>,
}

/// The layer, with a place inside each unit in the layer's order.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) layer: UnitLayer,
    pub(crate) inside: Vec<(f64, f64)>,
}

impl Units {
    /// Takes one feature.
    pub(crate) fn add(
        &mut self,
        feature: &Feature,
        field: &str,
        options: &Options,
        findings: &mut Vec<Finding>,
    ) {
        self.features += 1;
        let at = place_of(feature);
        let decide = undecided(options);
        let Some(code) = code_of(feature, field) else {
            let name = name_of(self.features);
            findings.push(finding(Kind::MissingCode, Layer::Unit, &name, at, decide));
            return;
        };
        if feature
            .shape
            .areas
            .iter()
            .all(|area| area.iter().all(Vec::is_empty))
        {
            findings.push(finding(Kind::WrongGeometry, Layer::Unit, code, at, decide));
            return;
        }
        let cell = self.cells.entry(code.to_owned()).or_default();
        if cell.unit.is_some() {
            self.doubles.push((code.to_owned(), at));
        } else {
            cell.unit = Some(unit_of(code, feature, options));
            cell.at = at;
        }
        for area in &feature.shape.areas {
            let cleaned = clean(area, feature.winding_is_defined);
            for defect in cleaned.defects {
                let action = if defect.harmless {
                    Action::Repaired
                } else {
                    decide
                };
                findings.push(finding(defect.kind, Layer::Unit, code, defect.at, action));
            }
            let part = self.parts;
            self.parts += 1;
            let shell = cleaned.shell.into_iter().map(|ring| (part, false, ring));
            let holes = cleaned.holes.into_iter().map(|ring| (part, true, ring));
            cell.rings.extend(shell.chain(holes));
        }
    }

    /// Makes the partition.
    pub(crate) fn build(
        self,
        options: &Options,
        report: &mut Report,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Built, BuildError> {
        let decide = undecided(options);
        for (code, at) in &self.doubles {
            let double = finding(Kind::DuplicateCode, Layer::Unit, code, *at, decide);
            report.findings.push(double);
        }
        let metric = metric_of(self.cells.values(), options.tolerance_m);
        let (mut codes, mut places, mut units, mut rings) = (vec![], vec![], vec![], vec![]);
        for (number, (code, cell)) in self.cells.into_iter().enumerate() {
            rings.extend(cell.rings.into_iter().map(|(part, hole, points)| RingIn {
                cell: number as u32,
                part,
                hole,
                points,
            }));
            codes.push(code);
            places.push(cell.at);
            units.extend(cell.unit);
        }
        let mut tick = |round| progress(Progress::Noding(round));
        let made = partition(rings, codes.len(), metric, &mut tick)
            .map_err(|_| BuildError::Unsettled(options.tolerance_m))?;
        progress(Progress::Assembling);
        describe(&made, &codes, &places, options, report);
        Ok(assemble(made, units, options))
    }
}

/// What happens to a defect that a person should decide.
fn undecided(options: &Options) -> Action {
    if options.heal {
        Action::Healed
    } else {
        Action::Refused
    }
}

fn unit_of(code: &str, feature: &Feature, options: &Options) -> UnitInput {
    let other = |field: &str| code_of(feature, field).map(GridCode::from);
    let parents = options.parent_fields.iter();
    UnitInput {
        code: GridCode::from(code),
        parents: parents
            .filter_map(|field| Some((field.clone(), other(field)?)))
            .collect(),
        duty: other(&options.duty_field),
        road: other(&options.road_field),
    }
}

fn metric_of<'a>(cells: impl Iterator<Item = &'a Cell>, tolerance_m: f64) -> Metric {
    let heights = cells.flat_map(|c| &c.rings).flat_map(|(_, _, ring)| ring);
    let (low, high) = heights.fold((i32::MAX, i32::MIN), |(low, high), p| {
        (low.min(p.y), high.max(p.y))
    });
    let middle = (i64::from(low) + i64::from(high)) / 2;
    Metric::new(middle as i32, tolerance_m)
}

fn describe(
    made: &Partition,
    codes: &[String],
    places: &[Option<(f64, f64)>],
    options: &Options,
    report: &mut Report,
) {
    let name = |cell: &u32| codes[*cell as usize].clone();
    report.counted(made.counts);
    for &(cell, at, lobe_m2) in &made.bow_ties {
        let code = &codes[cell as usize];
        let at = Some(at.degrees());
        let mut bow_tie = finding(Kind::BowTie, Layer::Unit, code, at, Action::Repaired);
        bow_tie.area_m2 = lobe_m2;
        report.findings.push(bow_tie);
    }
    let patch = |patch: &Patch, kind, action| Finding {
        kind,
        layer: Layer::Unit,
        codes: patch.cells.iter().map(name).collect(),
        lon: Some(patch.at.0),
        lat: Some(patch.at.1),
        area_m2: patch.area_m2,
        width_m: patch.width_m,
        action,
    };
    let overlaps = made.overlaps.iter();
    report
        .findings
        .extend(overlaps.map(|p| patch(p, Kind::Overlap, undecided(options))));
    let gap = |p: &Patch| match p.width_m <= SLIVER_M {
        true => patch(p, Kind::Sliver, Action::Left),
        false => patch(p, Kind::Hole, Action::Left),
    };
    report.findings.extend(made.gaps.iter().map(gap));
    for (number, cell) in made.cells.iter().enumerate() {
        if cell.inside.is_none() {
            let (code, at) = (&codes[number], places[number]);
            let action = undecided(options);
            let gone = finding(Kind::Vanished, Layer::Unit, code, at, action);
            report.findings.push(gone);
        }
    }
}

/// Drops cells of which nothing is left and renumbers the rest.
fn assemble(made: Partition, units: Vec<UnitInput>, options: &Options) -> Built {
    let mut number = vec![None; units.len()];
    let (mut kept, mut inside) = (Vec::new(), Vec::new());
    for (i, (unit, cell)) in units.into_iter().zip(&made.cells).enumerate() {
        if let Some(at) = cell.inside {
            number[i] = Some(kept.len() as u32);
            kept.push(unit);
            inside.push(at);
        }
    }
    let renumbered = |cell: Option<u32>| cell.and_then(|c| number[c as usize]);
    let arcs = made.arcs.into_iter().map(|arc| ArcInput {
        points: arc.points.into_iter().map(grid_point).collect(),
        left: renumbered(arc.left),
        right: renumbered(arc.right),
    });
    let layer = UnitLayer {
        meta: options.unit_meta,
        units: kept,
        arcs: arcs.collect(),
        gap_free: made.gaps.is_empty(),
    };
    Built { layer, inside }
}
