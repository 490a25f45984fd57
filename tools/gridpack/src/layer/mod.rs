//! One layer each: from features to what the pack's writer takes.

pub(crate) mod duty;
pub(crate) mod simple;
pub(crate) mod unit;

use gewu_grid::MAX_CODE_BYTES;

use crate::input::Feature;
use crate::plane::Point;
use crate::report::{Action, Finding, Kind};
use crate::source::Layer;

/// A usable code, or `None`.
pub(crate) fn code_of<'a>(feature: &'a Feature, field: &str) -> Option<&'a str> {
    let code = feature
        .field(field)
        .or_else(|| feature.id.as_deref().filter(|_| field == "id"))?;
    let usable = code.len() <= MAX_CODE_BYTES
        && !code.chars().any(char::is_control)
        && !feature.no_codes.iter().any(|name| name == field);
    usable.then_some(code)
}

/// Whether the feature says anything about its code, usable or not.
pub(crate) fn has_code_field(feature: &Feature, field: &str) -> bool {
    let named = feature.properties.iter().any(|(name, _)| name == field);
    named || (field == "id" && feature.id.is_some())
}

/// How a feature without a code is called: by its place in the file, from one.
pub(crate) fn name_of(number: usize) -> String {
    format!("feature {number}")
}

/// A finding about one code at a place.
pub(crate) fn finding(
    kind: Kind,
    layer: Layer,
    code: &str,
    at: Option<(f64, f64)>,
    action: Action,
) -> Finding {
    Finding {
        kind,
        layer,
        codes: vec![code.to_owned()],
        lon: at.map(|p| p.0),
        lat: at.map(|p| p.1),
        area_m2: 0.0,
        width_m: 0.0,
        action,
    }
}

/// The first coordinate of a feature, for reports.
pub(crate) fn place_of(feature: &Feature) -> Option<(f64, f64)> {
    let shape = &feature.shape;
    let of_areas = shape.areas.iter().flatten().flatten();
    let all = of_areas.chain(shape.lines.iter().flatten());
    let first = all.chain(&shape.points).next()?;
    Some((first[0], first[1]))
}

/// A point as the pack's writer takes it.
pub(crate) fn grid_point(p: Point) -> gewu_grid::Point {
    gewu_grid::Point {
        lon_e7: p.x,
        lat_e7: p.y,
    }
}
