//! FlatGeobuf, feature by feature.

use std::io::Read;

use flatgeobuf::{
    ColumnType, FallibleStreamingIterator, FeatureProperties, FgbFeature, FgbReader, Geometry,
    GeometryType,
};

use super::framed::{Stopped, checked, cut_off};
use super::{Area, Coordinate, Feature, Shape, Sink, Trouble};

pub(super) fn read(from: impl Read, sink: &mut Sink<'_>) -> Result<(), Trouble> {
    let stopped = Stopped::default();
    let reader = checked(from, &stopped)?;
    let kind = reader.header().geometry_type();
    let columns = columns_of(&reader);
    let promised = reader.header().features_count();
    if let Some(crs) = reader.header().crs()
        && crs.code() != 0
    {
        let org = crs.org().unwrap_or("EPSG");
        sink.declare(&format!("{org}:{}", crs.code()));
    }
    let done = reader
        .select_all_seq()
        .map_err(format)
        .and_then(|mut features| {
            while sink.trouble.is_none()
                && let Some(feature) = features.next().map_err(format)?
            {
                sink.take(one(feature, kind, &columns)?);
            }
            Ok(())
        });
    if let Some(trouble) = sink.trouble.take().or_else(|| stopped.take()) {
        return Err(trouble);
    }
    done?;
    match sink.found as u64 {
        found if found < promised => Err(cut_off()),
        0 => Err(Trouble::Format("it holds no feature".to_owned())),
        _ => Ok(()),
    }
}

pub(super) fn format(error: impl std::fmt::Display) -> Trouble {
    Trouble::Format(error.to_string())
}

/// A column's name and the type of its values.
type Column = (String, ColumnType);

fn columns_of<R: Read>(reader: &FgbReader<R>) -> Vec<Column> {
    let columns = reader.header().columns();
    columns.map_or_else(Vec::new, |columns| {
        columns
            .iter()
            .map(|c| (c.name().to_owned(), c.type_()))
            .collect()
    })
}

fn one(feature: &FgbFeature, kind: GeometryType, columns: &[Column]) -> Result<Feature, Trouble> {
    if !properties_are_whole(feature, columns) {
        let words = "the fields of a feature are damaged; fetch it again";
        return Err(Trouble::Format(words.to_owned()));
    }
    let mut values = feature.properties().map_err(format)?;
    let properties = columns
        .iter()
        .filter_map(|(name, _)| values.remove_entry(name))
        .collect();
    let mut shape = Shape::default();
    if let Some(geometry) = feature.geometry() {
        collect(&geometry, kind, &mut shape)?;
    }
    Ok(Feature {
        id: None,
        properties,
        no_codes: Vec::new(),
        shape,
        winding_is_defined: false,
    })
}

/// Whether every value lies inside its feature. The crate takes that for granted and panics.
fn properties_are_whole(feature: &FgbFeature, columns: &[Column]) -> bool {
    let Some(properties) = feature.fbs_feature().properties() else {
        return true;
    };
    let mut left = properties.bytes();
    // A lone byte at the end is no value; the crate passes over it as well.
    while let Some((column, value)) = left.split_first_chunk::<2>() {
        let column = columns.get(usize::from(u16::from_le_bytes(*column)));
        let width = column.and_then(|(_, kind)| width(*kind, value));
        let Some(rest) = width.and_then(|width| value.get(width..)) else {
            return false;
        };
        left = rest;
    }
    true
}

/// The bytes of the value at the beginning, its own length included.
fn width(kind: ColumnType, value: &[u8]) -> Option<usize> {
    Some(match kind {
        ColumnType::Byte | ColumnType::UByte | ColumnType::Bool => 1,
        ColumnType::Short | ColumnType::UShort => 2,
        ColumnType::Int | ColumnType::UInt | ColumnType::Float => 4,
        ColumnType::Long | ColumnType::ULong | ColumnType::Double => 8,
        ColumnType::String | ColumnType::Json | ColumnType::DateTime | ColumnType::Binary => {
            let length = u32::from_le_bytes(*value.first_chunk::<4>()?);
            usize::try_from(length).ok()?.checked_add(4)?
        }
        _ => return None,
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
