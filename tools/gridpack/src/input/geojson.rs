//! GeoJSON as a stream: a collection of any size is read feature by feature.
//!
//! Accepts a FeatureCollection, single features, bare geometries, and several of these one after
//! another (newline-delimited GeoJSON).

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::{Area, Coordinate, Feature, Shape, Sink, Trouble};

pub(super) fn read(from: impl Read, sink: &mut Sink<'_>) -> Result<(), Trouble> {
    let mut json = serde_json::Deserializer::from_reader(from);
    loop {
        let done = Top(&mut *sink).deserialize(&mut json);
        if let Some(trouble) = sink.trouble.take() {
            return Err(trouble);
        }
        done.map_err(|error| wrong(&error, sink.found))?;
        if json.end().is_ok() {
            break;
        }
    }
    match sink.found {
        0 => Err(Trouble::Format("it holds no feature".to_owned())),
        _ => Ok(()),
    }
}

/// The parser's complaint with what a person can do about it.
fn wrong(error: &serde_json::Error, found: usize) -> Trouble {
    let after = match found {
        0 => String::new(),
        found => format!(", after feature {found}"),
    };
    let advice = match error.classify() {
        Category::Eof if (error.line(), error.column()) == (1, 0) => {
            return Trouble::Format("it is empty".to_owned());
        }
        Category::Eof => "; it is cut off, fetch it again",
        Category::Syntax if error.to_string().contains("unicode") => "; save it as UTF-8",
        Category::Syntax if found == 0 => "; give GeoJSON or FlatGeobuf",
        _ => "",
    };
    Trouble::Format(format!("{error}{after}{advice}"))
}

/// One value at the top of the file.
struct Top<'a, 'b>(&'a mut Sink<'b>);

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut lone = Raw::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => map.next_value_seed(Features(&mut *self.0))?,
                "crs" => {
                    let crs: Value = map.next_value()?;
                    let name = crs["properties"]["name"].as_str();
                    go_on(name.is_none_or(|name| self.0.declare(name)))?;
                }
                key => lone.take(key, &mut map)?,
            }
        }
        if lone.is_feature() {
            go_on(self.0.take(lone.feature().map_err(Error::custom)?))?;
        } else if lone.kind == "Topology" {
            self.0.trouble = Some(Trouble::Foreign(concat!("TopoJSON; ", convert!())));
        }
        Ok(())
    }
}

/// The sink knows better what is wrong; this only ends the reading.
fn go_on<E: Error>(may: bool) -> Result<(), E> {
    match may {
        true => Ok(()),
        false => Err(E::custom("stopped")),
    }
}

struct Features<'a, 'b>(&'a mut Sink<'b>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(raw) = list.next_element::<Raw>()? {
            let number = self.0.found + 1;
            let feature = raw.feature();
            let named = |reason| Error::custom(format!("feature {number} {reason}"));
            go_on(self.0.take(feature.map_err(named)?))?;
        }
        Ok(())
    }
}

/// A feature or a geometry, with members in any order.
#[derive(Default)]
struct Raw {
    kind: String,
    id: Option<Value>,
    properties: Option<serde_json::Map<String, Value>>,
    geometry: Option<Box<Raw>>,
    coordinates: Option<Nested>,
    geometries: Vec<Raw>,
}

impl Raw {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => self.kind = map.next_value()?,
            "id" => self.id = map.next_value()?,
            "properties" => self.properties = map.next_value()?,
            "geometry" => self.geometry = map.next_value()?,
            "coordinates" => self.coordinates = map.next_value()?,
            "geometries" => self.geometries = map.next_value()?,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    fn is_feature(&self) -> bool {
        self.kind == "Feature" || self.coordinates.is_some() || !self.geometries.is_empty()
    }

    fn feature(self) -> Result<Feature, String> {
        let mut shape = Shape::default();
        let id = self.id.as_ref().and_then(text);
        let properties = self.properties.iter().flatten();
        let properties = properties
            .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
            .collect();
        let no_codes = self.properties.iter().flatten();
        let no_codes = no_codes
            .filter(|(_, value)| !value.is_null() && !value.is_string() && !value.is_number())
            .map(|(name, _)| name.clone())
            .collect();
        match self.geometry {
            Some(geometry) => geometry.collect(&mut shape)?,
            None if self.kind == "Feature" => {}
            None if self.kind.ends_with("Collection") && self.geometries.is_empty() => {
                return Err(format!("is a {} itself; take its features out", self.kind));
            }
            None => self.collect(&mut shape)?,
        }
        Ok(Feature {
            id,
            properties,
            no_codes,
            shape,
            winding_is_defined: true,
        })
    }

    fn collect(self, into: &mut Shape) -> Result<(), String> {
        for inner in self.geometries {
            inner.collect(into)?;
        }
        let Some(nested) = self.coordinates else {
            return Ok(());
        };
        match self.kind.as_str() {
            "Point" => into.points.extend(nested.point()?),
            "MultiPoint" => into.points.extend(nested.line()?),
            "LineString" => into.lines.push(nested.line()?),
            "MultiLineString" => into.lines.extend(nested.area()?),
            "Polygon" => into.areas.push(nested.area()?),
            "MultiPolygon" => {
                for part in nested.list()? {
                    into.areas.push(part.area()?);
                }
            }
            other => return Err(format!("has a geometry of unknown type '{other}'")),
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Raw;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a GeoJSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let mut raw = Raw::default();
                while let Some(key) = map.next_key::<String>()? {
                    raw.take(&key, &mut map)?;
                }
                Ok(raw)
            }
        }
        from.deserialize_map(Members)
    }
}

/// A value as people write it: whole numbers without a fraction, nothing for null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(whole) if number.is_f64() && whole.fract() == 0.0 && whole.abs() < 9e15 => {
                format!("{whole:.0}")
            }
            _ => number.to_string(),
        }),
        other => Some(other.to_string()),
    }
}

/// Coordinates of any depth; a position is read without an allocation of its own.
enum Nested {
    Empty,
    Number(f64),
    Position(Coordinate),
    List(Vec<Nested>),
}

impl Nested {
    fn point(self) -> Result<Option<Coordinate>, String> {
        match self {
            Self::Position(at) => Ok(Some(at)),
            Self::Empty => Ok(None),
            _ => Err("has a position that is no pair of numbers".to_owned()),
        }
    }

    fn list(self) -> Result<Vec<Self>, String> {
        match self {
            Self::List(list) => Ok(list),
            Self::Empty => Ok(Vec::new()),
            _ => Err("has coordinates nested too little for its type".to_owned()),
        }
    }

    fn line(self) -> Result<Vec<Coordinate>, String> {
        let mut out = Vec::new();
        for position in self.list()? {
            out.extend(position.point()?);
        }
        Ok(out)
    }

    fn area(self) -> Result<Area, String> {
        self.list()?.into_iter().map(Self::line).collect()
    }
}

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyDepth)
    }
}

struct AnyDepth;

impl<'de> Visitor<'de> for AnyDepth {
    type Value = Nested;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Nested, E> {
        Ok(Nested::Number(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Nested, E> {
        Ok(Nested::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Nested, E> {
        Ok(Nested::Number(value as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nested, A::Error> {
        match list.next_element::<Nested>()? {
            None => Ok(Nested::Empty),
            Some(Nested::Number(x)) => {
                let y: f64 = list
                    .next_element()?
                    .ok_or_else(|| A::Error::custom("a position of one number"))?;
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Nested::Position([x, y]))
            }
            Some(first) => {
                let mut all = vec![first];
                while let Some(next) = list.next_element()? {
                    all.push(next);
                }
                Ok(Nested::List(all))
            }
        }
    }
}
