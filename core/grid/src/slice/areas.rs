//! Unit grids dissolved into the areas of a level above them.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::ids::GridCode;
use gewu_model::small::Gather as _;

use super::join::join;
use crate::file::{ArcInput, Audience, LayerMeta, Sensitivity, UnitInput, UnitLayer};

/// The areas of the finest level that is coarser than the units, and that level.
pub(super) fn dissolve(layer: &UnitLayer) -> Option<(UnitLayer, String)> {
    let level = level_of(layer)?;
    let codes: BTreeSet<&GridCode> = areas_of(layer, &level).flatten().into_set();
    let number: BTreeMap<&GridCode, u32> = codes.iter().copied().zip(0..).into_map();
    let of_unit: Vec<Option<u32>> = areas_of(layer, &level)
        .map(|code| code.and_then(|code| number.get(code).copied()))
        .collect();
    let side = |unit: Option<u32>| unit.and_then(|unit| of_unit.get(unit as usize).copied()?);
    let arcs = layer.arcs.iter().filter_map(|arc| {
        let (left, right) = (side(arc.left), side(arc.right));
        (left != right).then(|| ArcInput {
            points: arc.points.clone(),
            left,
            right,
        })
    });
    let areas = UnitLayer {
        meta: LayerMeta {
            audience: Audience::Public,
            sensitivity: Sensitivity::Open,
        },
        arcs: join(arcs),
        units: codes.iter().map(|code| area(layer, &level, code)).collect(),
        gap_free: layer.gap_free,
    };
    Some((areas, level))
}

fn areas_of<'a>(layer: &'a UnitLayer, level: &str) -> impl Iterator<Item = Option<&'a GridCode>> {
    layer.units.iter().map(move |unit| unit.parents.get(level))
}

/// The level with the most areas, fewer than units; of two alike the one that more units name, then
/// the first by name.
fn level_of(layer: &UnitLayer) -> Option<String> {
    let mut levels: BTreeMap<&str, (BTreeSet<&GridCode>, usize)> = BTreeMap::new();
    for (level, code) in layer.units.iter().flat_map(|unit| &unit.parents) {
        let known = levels.entry(level).or_default();
        known.0.insert(code);
        known.1 += 1;
    }
    let coarser = levels
        .into_iter()
        .map(|(level, (codes, units))| (level, codes.len(), units))
        .filter(|(_, areas, units)| *areas == 1 || areas < units);
    let best = coarser.reduce(|best, next| match (next.1, next.2) > (best.1, best.2) {
        true => next,
        false => best,
    });
    best.map(|(level, ..)| level.to_owned())
}

/// An area with what all of its units have in common above it.
fn area(layer: &UnitLayer, level: &str, code: &GridCode) -> UnitInput {
    let mut members = layer
        .units
        .iter()
        .filter(|unit| unit.parents.get(level) == Some(code))
        .map(|unit| &unit.parents);
    let mut parents = members.next().cloned().unwrap_or_default();
    members.for_each(|other| parents.retain(|level, code| other.get(level) == Some(code)));
    parents.remove(level);
    UnitInput {
        code: code.clone(),
        parents,
        duty: None,
        road: None,
    }
}
