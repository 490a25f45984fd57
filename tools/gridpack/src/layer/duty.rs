//! Duty grids given as polygons: each unit grid belongs to the one that holds its inside.

use gewu_grid::file::UnitLayer;
use gewu_model::ids::GridCode;

use super::{code_of, finding, name_of, place_of};
use crate::clean::clean;
use crate::input::Feature;
use crate::plane::{Point, cross};
use crate::report::{Action, Finding, Kind};
use crate::source::{Layer, Options};

/// Duty grids as they come in.
#[derive(Debug, Default)]
pub(crate) struct Duties {
    areas: Vec<DutyArea>,
    features: usize,
}

#[derive(Debug)]
struct DutyArea {
    code: String,
    low: Point,
    high: Point,
    rings: Vec<Vec<Point>>,
}

impl Duties {
    /// Whether any was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

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
        let decide = match options.heal {
            true => Action::Healed,
            false => Action::Refused,
        };
        let Some(code) = code_of(feature, field) else {
            let name = name_of(self.features);
            findings.push(finding(Kind::MissingCode, Layer::Duty, &name, at, decide));
            return;
        };
        if feature.shape.areas.is_empty() {
            findings.push(finding(Kind::WrongGeometry, Layer::Duty, code, at, decide));
        }
        for area in &feature.shape.areas {
            let cleaned = clean(area, feature.winding_is_defined);
            for defect in cleaned.defects {
                let action = if defect.harmless {
                    Action::Repaired
                } else {
                    decide
                };
                findings.push(finding(defect.kind, Layer::Duty, code, defect.at, action));
            }
            let Some(shell) = cleaned.shell else { continue };
            let (low, high) = crate::partition::bounds(shell.iter().copied());
            let rings = [shell].into_iter().chain(cleaned.holes).collect();
            self.areas.push(DutyArea {
                code: code.to_owned(),
                low,
                high,
                rings,
            });
        }
    }

    /// Writes each unit's duty grid into it; the smallest code where several hold it.
    pub(crate) fn assign(
        &mut self,
        layer: &mut UnitLayer,
        inside: &[(f64, f64)],
        findings: &mut Vec<Finding>,
    ) {
        self.areas.sort_by(|a, b| a.code.cmp(&b.code));
        for (unit, &at) in layer.units.iter_mut().zip(inside) {
            let p = Point::new((at.0 * 1e7).round() as i32, (at.1 * 1e7).round() as i32);
            let mut holders: Vec<&str> = self
                .areas
                .iter()
                .filter(|a| a.holds(p))
                .map(|a| a.code.as_str())
                .collect();
            holders.dedup();
            if holders.len() != 1 {
                let mut trouble = finding(
                    Kind::NoDutyGrid,
                    Layer::Duty,
                    unit.code.as_str(),
                    Some(at),
                    Action::Left,
                );
                trouble
                    .codes
                    .extend(holders.iter().map(|&code| code.to_owned()));
                findings.push(trouble);
            }
            unit.duty = holders
                .first()
                .map(|&code| GridCode::from(code))
                .or(unit.duty.take());
        }
    }
}

impl DutyArea {
    fn holds(&self, p: Point) -> bool {
        let boxed =
            (self.low.x..=self.high.x).contains(&p.x) && (self.low.y..=self.high.y).contains(&p.y);
        boxed && self.rings.iter().filter(|ring| encloses(ring, p)).count() == 1
    }
}

/// Even-odd: whether a ray to the east crosses the ring an odd number of times.
fn encloses(ring: &[Point], p: Point) -> bool {
    let next = ring.iter().skip(1).chain(ring.first());
    let crossed = ring.iter().zip(next).filter(|&(&a, &b)| {
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        low.y <= p.y && p.y < high.y && cross(low, high, p) > 0
    });
    crossed.count() % 2 == 1
}
