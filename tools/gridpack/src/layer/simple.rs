//! Roads, components and plates: taken as they are, once their code and place are usable.

use gewu_grid::file::{PointInput, RoadInput};
use gewu_model::ids::GridCode;

use super::{code_of, finding, grid_point, name_of, place_of};
use crate::clean::on_lattice;
use crate::input::{Coordinate, Feature};
use crate::report::{Action, Finding, Kind};
use crate::source::{Layer, Options};

/// A feature's code, or the finding that it has none.
fn named<'a>(
    feature: &'a Feature,
    field: &str,
    layer: Layer,
    number: usize,
    options: &Options,
) -> Result<&'a str, Finding> {
    code_of(feature, field).ok_or_else(|| {
        let at = place_of(feature);
        finding(
            Kind::MissingCode,
            layer,
            &name_of(number),
            at,
            undecided(options),
        )
    })
}

fn undecided(options: &Options) -> Action {
    match options.heal {
        true => Action::Healed,
        false => Action::Refused,
    }
}

/// The fields other than those that have a place of their own.
fn others(feature: &Feature, taken: &[&str]) -> Vec<(String, String)> {
    let all = feature.properties.iter();
    all.filter(|(name, text)| !taken.contains(&name.as_str()) && !text.trim().is_empty())
        .cloned()
        .collect()
}

/// A road section from a feature.
pub(crate) fn road(
    feature: &Feature,
    field: &str,
    number: usize,
    options: &Options,
) -> Result<RoadInput, Finding> {
    let code = named(feature, field, Layer::Road, number, options)?;
    let lines: Vec<Vec<_>> = feature.shape.lines.iter().filter_map(|l| line(l)).collect();
    if lines.is_empty() || lines.len() < feature.shape.lines.len() {
        let at = place_of(feature);
        return Err(finding(
            Kind::WrongGeometry,
            Layer::Road,
            code,
            at,
            undecided(options),
        ));
    }
    Ok(RoadInput {
        code: GridCode::from(code),
        lines,
        attributes: others(feature, &[field]),
    })
}

fn line(line: &[Coordinate]) -> Option<Vec<gewu_grid::Point>> {
    let mut points = line.iter().map(on_lattice).collect::<Option<Vec<_>>>()?;
    points.dedup();
    (points.len() >= 2).then(|| points.into_iter().map(grid_point).collect())
}

/// A component or plate from a feature.
pub(crate) fn point(
    feature: &Feature,
    field: &str,
    layer: Layer,
    number: usize,
    options: &Options,
) -> Result<PointInput, Finding> {
    let name = named(feature, field, layer, number, options)?;
    let [at] = feature.shape.points.as_slice() else {
        let at = place_of(feature);
        return Err(finding(
            Kind::WrongGeometry,
            layer,
            name,
            at,
            undecided(options),
        ));
    };
    let lattice = on_lattice(at).ok_or_else(|| {
        finding(
            Kind::WrongGeometry,
            layer,
            name,
            Some((at[0], at[1])),
            undecided(options),
        )
    })?;
    let class_field = options.class_field.as_str();
    let class = (layer == Layer::Component)
        .then(|| feature.field(class_field))
        .flatten();
    let taken = if class.is_some() {
        vec![field, class_field]
    } else {
        vec![field]
    };
    Ok(PointInput {
        name: name.to_owned(),
        class: class.unwrap_or_default().to_owned(),
        at: grid_point(lattice),
        attributes: others(feature, &taken),
    })
}
