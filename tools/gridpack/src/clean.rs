//! Rings as files have them, made fit for noding.

use crate::input::{Area, Coordinate};
use crate::plane::{Point, doubled_area};
use crate::report::Kind;

/// The rings of one polygon, shell first, and what was wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Cleaned {
    pub(crate) shell: Option<Vec<Point>>,
    pub(crate) holes: Vec<Vec<Point>>,
    pub(crate) defects: Vec<Defect>,
}

/// What is wrong with a ring, and its first usable place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Defect {
    pub(crate) kind: Kind,
    pub(crate) at: Option<(f64, f64)>,
    /// Whether the polygon can do without the ring.
    pub(crate) harmless: bool,
}

/// Cleans one polygon. A polygon without a usable shell has no holes either.
pub(crate) fn clean(area: &Area, winding_matters: bool) -> Cleaned {
    let mut out = Cleaned::default();
    for (number, ring) in area.iter().enumerate() {
        let hole = number > 0;
        let points = ring_of(ring, hole, &mut out.defects);
        let Some(points) = points else { continue };
        let area = doubled_area(points.iter().copied());
        if winding_matters && area != 0 && (area > 0) == hole {
            out.defects.push(defect(Kind::WrongWinding, ring, true));
        }
        if hole {
            out.holes.push(points);
        } else {
            out.shell = Some(points);
        }
    }
    if out.shell.is_none() {
        out.holes.clear();
    }
    out
}

fn defect(kind: Kind, ring: &[Coordinate], harmless: bool) -> Defect {
    let at = ring.first().map(|c| (c[0], c[1]));
    Defect {
        kind,
        at: at.filter(|(x, y)| x.is_finite() && y.is_finite()),
        harmless,
    }
}

/// The ring on the lattice, without its closing point and without repeated points.
fn ring_of(ring: &[Coordinate], hole: bool, defects: &mut Vec<Defect>) -> Option<Vec<Point>> {
    let Some(mut points) = ring.iter().map(on_lattice).collect::<Option<Vec<_>>>() else {
        defects.push(defect(Kind::InvalidRing, ring, false));
        return None;
    };
    let closed = points.len() > 1 && points.first() == points.last();
    if closed {
        points.pop();
    }
    let before = points.len();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    let distinct = {
        let mut sorted = points.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len()
    };
    if distinct < 3 {
        // A hole without area takes nothing away.
        defects.push(defect(Kind::InvalidRing, ring, hole));
        return None;
    }
    if points.len() < before {
        defects.push(defect(Kind::RepeatedPoint, ring, true));
    }
    if !closed {
        defects.push(defect(Kind::UnclosedRing, ring, true));
    }
    Some(points)
}

/// The nearest lattice point, when the coordinate is on the globe.
pub(crate) fn on_lattice(&[lon, lat]: &Coordinate) -> Option<Point> {
    let fits = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
    fits.then(|| Point::new((lon * 1e7).round() as i32, (lat * 1e7).round() as i32))
}
