//! FlatGeobuf, feature by feature.

use std::io::Read;

use flatgeobuf::{
    FallibleStreamingIterator, FeatureProperties, FgbFeature, FgbReader, Geometry, GeometryType,
};

use super::{Area, Coordinate, Feature, Shape, Sink, Trouble};

pub(super) fn read(from: impl Read, sink: &mut Sink<'_>) -> Result<(), Trouble> {
    let reader = FgbReader::open(from).map_err(format)?;
    let kind = reader.header().geometry_type();
    let columns = column_names(&reader);
    if let Some(crs) = reader.header().crs()
        && crs.code() != 0
    {
        let org = crs.org().unwrap_or("EPSG");
        sink.declare(&format!("{org}:{}", crs.code()));
    }
    let mut features = reader.select_all_seq().map_err(format)?;
    while sink.trouble.is_none()
        && let Some(feature) = features.next().map_err(format)?
    {
        sink.take(one(feature, kind, &columns)?);
    }
    match sink.trouble.take() {
        Some(trouble) => Err(trouble),
        None if sink.found == 0 => Err(Trouble::Format("it holds no feature".to_owned())),
        None => Ok(()),
    }
}

fn format(error: impl std::fmt::Display) -> Trouble {
    Trouble::Format(error.to_string())
}

fn column_names<R: Read>(reader: &FgbReader<R>) -> Vec<String> {
    let columns = reader.header().columns();
    columns.map_or_else(Vec::new, |columns| {
        columns.iter().map(|c| c.name().to_owned()).collect()
    })
}

fn one(feature: &FgbFeature, kind: GeometryType, columns: &[String]) -> Result<Feature, Trouble> {
    let mut values = feature.properties().map_err(format)?;
    let properties = columns
        .iter()
        .filter_map(|name| values.remove_entry(name))
        .collect();
    let mut shape = Shape::default();
    if let Some(geometry) = feature.geometry() {
        collect(&geometry, kind, &mut shape)?;
    }
    Ok(Feature {
        id: None,
        properties,
        shape,
        winding_is_defined: false,
    })
}

fn collect(geometry: &Geometry<'_>, kind: GeometryType, into: &mut Shape) -> Result<(), Trouble> {
    let kind = if kind == GeometryType::Unknown {
        geometry.type_()
    } else {
        kind
    };
    match kind {
        GeometryType::Point | GeometryType::MultiPoint => {
            into.points
                .extend(stretches(geometry)?.into_iter().flatten());
        }
        GeometryType::LineString | GeometryType::MultiLineString => {
            into.lines.extend(stretches(geometry)?);
        }
        GeometryType::Polygon => into.areas.push(area(geometry)?),
        GeometryType::MultiPolygon | GeometryType::GeometryCollection => {
            for part in geometry.parts().iter().flat_map(|parts| parts.iter()) {
                let inner = if kind == GeometryType::MultiPolygon {
                    GeometryType::Polygon
                } else {
                    part.type_()
                };
                collect(&part, inner, into)?;
            }
        }
        other => {
            return Err(Trouble::Format(format!(
                "it has geometries of type {other:?}"
            )));
        }
    }
    Ok(())
}

fn area(geometry: &Geometry<'_>) -> Result<Area, Trouble> {
    stretches(geometry)
}

/// The coordinates, cut where the geometry says. The ends come from the file and may lie.
fn stretches(geometry: &Geometry<'_>) -> Result<Vec<Vec<Coordinate>>, Trouble> {
    let Some(xy) = geometry.xy() else {
        return Ok(Vec::new());
    };
    let all: Vec<Coordinate> = (0..xy.len() / 2)
        .map(|i| [xy.get(2 * i), xy.get(2 * i + 1)])
        .collect();
    let ends: Vec<usize> = match geometry.ends() {
        Some(ends) if !ends.is_empty() => ends.iter().map(|end| end as usize).collect(),
        _ => vec![all.len()],
    };
    let mut from = 0;
    let mut out = Vec::with_capacity(ends.len());
    for end in ends {
        let stretch = all.get(from..end);
        let wrong = || Trouble::Format("a ring ends outside its coordinates".to_owned());
        out.push(stretch.ok_or_else(wrong)?.to_vec());
        from = end;
    }
    Ok(out)
}
