//! What must hold before a layer is encoded.

use std::collections::HashMap;

use super::error::WriteError;
use crate::file::input::{ArcInput, MAX_CELLS, MAX_CODE_BYTES, UnitLayer};
use crate::geometry::Point;

/// Units are few enough, their codes printable and unique. Gives the units' places in the order of
/// their codes.
pub(super) fn order(layer: &UnitLayer) -> Result<Vec<usize>, WriteError> {
    if layer.units.len() > MAX_CELLS {
        return Err(WriteError::TooMany { what: "units" });
    }
    for (index, unit) in layer.units.iter().enumerate() {
        let codes = [&unit.code].into_iter().chain(&unit.duty).chain(&unit.road);
        if !codes
            .chain(unit.parents.values())
            .all(|code| is_code(code.as_str()))
        {
            return Err(WriteError::Code { index });
        }
    }
    let mut order: Vec<usize> = (0..layer.units.len()).collect();
    order.sort_by_key(|&unit| layer.units[unit].code.as_str());
    let twice = |pair: &&[usize]| layer.units[pair[0]].code == layer.units[pair[1]].code;
    match order.windows(2).find(twice) {
        Some(pair) => Err(WriteError::Duplicate {
            code: layer.units[pair[0]].code.clone(),
        }),
        None => Ok(order),
    }
}

fn is_code(text: &str) -> bool {
    (1..=MAX_CODE_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Points are on the globe, neighbours differ, and no step is longer than an `i32`.
pub(super) fn line(index: usize, points: &[Point]) -> Result<(), WriteError> {
    if let Some(&at) = points.iter().find(|point| !point.is_on_globe()) {
        return Err(WriteError::Coordinates { at });
    }
    let is_short = |pair: &[Point]| {
        let steps = [
            pair[1].lon_e7.checked_sub(pair[0].lon_e7),
            pair[1].lat_e7.checked_sub(pair[0].lat_e7),
        ];
        steps.iter().all(Option::is_some)
    };
    if let Some(pair) = points.windows(2).find(|pair| !is_short(pair)) {
        return Err(WriteError::AroundTheGlobe { at: pair[0] });
    }
    match points.len() >= 2 && points.windows(2).all(|pair| pair[0] != pair[1]) {
        true => Ok(()),
        false => Err(WriteError::Arc { index }),
    }
}

/// Arcs lie between two different units, and every unit's arcs close around a positive area.
pub(super) fn arcs(layer: &UnitLayer) -> Result<Vec<i128>, WriteError> {
    let count = layer.units.len() as u32;
    for (index, arc) in layer.arcs.iter().enumerate() {
        line(index, &arc.points)?;
        let known = [arc.left, arc.right]
            .iter()
            .flatten()
            .all(|unit| *unit < count);
        if arc.left == arc.right || !known {
            return Err(WriteError::Arc { index });
        }
    }
    let areas = doubled_areas(layer);
    let open = open_unit(&layer.arcs);
    let flat = areas.iter().position(|area| *area <= 0);
    match open.map(|unit| unit as usize).or(flat) {
        Some(unit) => Err(WriteError::Border {
            code: layer.units[unit].code.clone(),
        }),
        None => Ok(areas),
    }
}

fn doubled_areas(layer: &UnitLayer) -> Vec<i128> {
    let mut areas = vec![0; layer.units.len()];
    for arc in &layer.arcs {
        let area: i128 = arc
            .points
            .windows(2)
            .map(|pair| cross(pair[0], pair[1]))
            .sum();
        if let Some(left) = arc.left {
            areas[left as usize] += area;
        }
        if let Some(right) = arc.right {
            areas[right as usize] -= area;
        }
    }
    areas
}

fn cross(a: Point, b: Point) -> i128 {
    i128::from(a.lon_e7) * i128::from(b.lat_e7) - i128::from(a.lat_e7) * i128::from(b.lon_e7)
}

/// A unit with a point where its border ends: more arcs begin there than end, or the reverse.
fn open_unit(arcs: &[ArcInput]) -> Option<u32> {
    let mut ends: HashMap<(u32, Point), i32> = HashMap::new();
    for arc in arcs {
        let (Some(&first), Some(&last)) = (arc.points.first(), arc.points.last()) else {
            continue;
        };
        for (side, sign) in [(arc.left, 1), (arc.right, -1)] {
            if let Some(unit) = side {
                *ends.entry((unit, first)).or_default() += sign;
                *ends.entry((unit, last)).or_default() -= sign;
            }
        }
    }
    let open = ends.into_iter().filter(|(_, balance)| *balance != 0);
    open.map(|((unit, _), _)| unit).min()
}
