//! `gewu grid near`: what stands nearest, and the address in the house style.

use gewu_grid::Point;
use gewu_grid::datum::DatumPoint;
use gewu_grid::file::{GridFile, PackFault};
use gewu_grid::near::NearPoint;
use gewu_model::place::Position;
use memmap2::Mmap;
use serde_json::{Value, json};

use super::locate::Columns;
use super::table::Table;
use super::{about, map};
use crate::args::GridNearArgs;
use crate::out::{Failure, Out, Outcome, plain};
use crate::save::Target;

const HEADER: [&str; 10] = [
    "id",
    "address",
    "rank",
    "component",
    "class",
    "distance_m",
    "bearing_deg",
    "lon",
    "lat",
    "attributes",
];

/// The answer for one position.
struct Surroundings {
    address: Option<String>,
    components: Vec<Component>,
}

struct Component {
    point: NearPoint,
    bearing: f64,
}

pub(super) fn run(args: &GridNearArgs, out: Out) -> Outcome {
    let pack = map::open(&args.pack)?;
    tell_what_lacks(args, &pack, out)?;
    match (&args.points, args.lon, args.lat) {
        (Some(points), ..) => many(args, points, &pack, out),
        (None, Some(lon), Some(lat)) => one(args, lon, lat, &pack, out),
        _ => Err(Failure::usage("give --lon and --lat, or --points")),
    }
}

fn tell_what_lacks(args: &GridNearArgs, pack: &GridFile<Mmap>, out: Out) -> Outcome {
    let counts = pack.counts().map_err(|fault| about(&args.pack, &fault))?;
    let lacks = |count: u32, what: &str, layer: &str| {
        if count == 0 {
            out.progress(&format!(
                "the pack has no {what}; add them with `gewu grid pack … {layer}=FILE`"
            ));
        }
    };
    lacks(counts.components, "components", "component");
    lacks(
        counts.plates,
        "door plates, so no address can be given",
        "plate",
    );
    Ok(())
}

fn one(args: &GridNearArgs, lon: f64, lat: f64, pack: &GridFile<Mmap>, out: Out) -> Outcome {
    let point = DatumPoint::new(lon, lat, args.datum.into())?;
    let found = surroundings(args, &point.to_position(None)?, pack)?;
    out.say(&found.json(None), || found.text(args.radius));
    Ok(())
}

fn many(args: &GridNearArgs, points: &std::path::Path, pack: &GridFile<Mmap>, out: Out) -> Outcome {
    let mut table = Table::open(Some(points))?;
    let columns = Columns::of(&table)?;
    if out.is_json() {
        table.each(|row| {
            let at = columns.position(row, args.datum.into())?;
            let found = surroundings(args, &at, pack)?;
            let id = String::from_utf8_lossy(row.text(columns.id)).into_owned();
            out.say(&found.json(Some(&id)), String::new);
            Ok(())
        })?;
        return Ok(());
    }
    let target = Target::open(args.output.as_deref(), &[points, &args.pack])?;
    let mut writer = csv::Writer::from_writer(target);
    writer.write_record(HEADER)?;
    let rows = table.each(|row| {
        let at = columns.position(row, args.datum.into())?;
        let found = surroundings(args, &at, pack)?;
        found.write(&mut writer, row.text(columns.id))
    })?;
    let target = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    target.finish()?;
    out.progress(&format!("{rows} points asked"));
    Ok(())
}

fn surroundings(
    args: &GridNearArgs,
    at: &Position,
    pack: &GridFile<Mmap>,
) -> Result<Surroundings, Failure> {
    let point = Point::from(at);
    let radius = (args.radius * 1_000.0).round() as u32;
    let near = pack.components_near(point, radius, args.class.as_deref(), args.count);
    let components = unless_missing(near)?.unwrap_or_default();
    let address = unless_missing(pack.address(point))?.flatten();
    let with_bearing = |near: NearPoint| Component {
        bearing: bearing(point, near.at),
        point: near,
    };
    Ok(Surroundings {
        address,
        components: components.into_iter().map(with_bearing).collect(),
    })
}

/// A layer that the pack lacks holds nothing near.
fn unless_missing<T>(found: Result<T, PackFault>) -> Result<Option<T>, Failure> {
    match found {
        Err(PackFault::Missing { .. }) => Ok(None),
        found => Ok(Some(found?)),
    }
}

/// Degrees clockwise from north, in the plane that touches WGS-84 here.
fn bearing(from: Point, to: Point) -> f64 {
    const SQUARED_ECCENTRICITY: f64 = 0.006_694_379_990_14;
    let phi = (f64::from(from.lat_e7) / 1e7).to_radians();
    let along = |a: i32, b: i32| f64::from(b) - f64::from(a);
    let east = along(from.lon_e7, to.lon_e7) * phi.cos();
    let sine = phi.sin();
    let ratio = (1.0 - SQUARED_ECCENTRICITY) / (1.0 - SQUARED_ECCENTRICITY * sine * sine);
    let north = along(from.lat_e7, to.lat_e7) * ratio;
    east.atan2(north).to_degrees().rem_euclid(360.0)
}

const fn degrees(e7: i32) -> f64 {
    e7 as f64 / 1e7
}

impl Component {
    fn metres(&self) -> f64 {
        f64::from(self.point.distance_mm) / 1_000.0
    }

    fn attributes(&self) -> Value {
        let pairs = self.point.attributes.iter();
        pairs
            .map(|(name, text)| (name.clone(), json!(text)))
            .collect()
    }

    fn json(&self) -> Value {
        json!({
            "name": self.point.name,
            "class": self.point.class,
            "distance_m": self.metres(),
            "bearing_deg": (self.bearing * 10.0).round() / 10.0,
            "lon": degrees(self.point.at.lon_e7),
            "lat": degrees(self.point.at.lat_e7),
            "attributes": self.attributes(),
        })
    }

    fn text(&self) -> String {
        let mut line = format!(
            "{:>9.2} m {:>4.0}°  {}  {}",
            self.metres(),
            self.bearing,
            plain(&self.point.name),
            plain(&self.point.class)
        );
        for (name, text) in &self.point.attributes {
            line.push_str(&format!("  {}={}", plain(name), plain(text)));
        }
        line
    }
}

impl Surroundings {
    fn json(&self, id: Option<&str>) -> Value {
        let components: Vec<_> = self.components.iter().map(Component::json).collect();
        let mut value = json!({ "address": self.address, "components": components });
        if let Some(id) = id {
            value["id"] = json!(id);
        }
        value
    }

    fn text(&self, radius: f64) -> String {
        let address = self
            .address
            .as_deref()
            .unwrap_or("no door plate within 500 m");
        let mut lines = vec![plain(address)];
        lines.extend(self.components.iter().map(Component::text));
        if self.components.is_empty() {
            lines.push(format!("no component within {radius} m"));
        }
        lines.join("\n")
    }

    /// A row per component; one without a component when there is none.
    fn write(&self, writer: &mut csv::Writer<Target>, id: &[u8]) -> Outcome {
        let address = self.address.as_deref().unwrap_or_default().as_bytes();
        if self.components.is_empty() {
            let nothing: [&[u8]; 8] = [b""; 8];
            return Ok(writer.write_record([id, address].into_iter().chain(nothing))?);
        }
        for (rank, component) in self.components.iter().enumerate() {
            let point = &component.point;
            writer.write_record([
                id,
                address,
                (rank + 1).to_string().as_bytes(),
                point.name.as_bytes(),
                point.class.as_bytes(),
                format!("{:.3}", component.metres()).as_bytes(),
                format!("{:.1}", component.bearing).as_bytes(),
                format!("{:.7}", degrees(point.at.lon_e7)).as_bytes(),
                format!("{:.7}", degrees(point.at.lat_e7)).as_bytes(),
                component.attributes().to_string().as_bytes(),
            ])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearings_run_clockwise_from_north() {
        let here = Point {
            lon_e7: 1_234_300_000,
            lat_e7: 418_000_000,
        };
        let there = |east: i32, north: i32| Point {
            lon_e7: here.lon_e7 + east,
            lat_e7: here.lat_e7 + north,
        };
        for (east, north, expected) in [(0, 9, 0.0), (9, 0, 90.0), (0, -9, 180.0), (-9, 0, 270.0)] {
            assert!((bearing(here, there(east, north)) - expected).abs() < 1e-9);
        }
        // 100 m east and 100 m north at 41.8°: the ellipsoid's own degrees (83,068 and 111,070 m).
        let diagonal = bearing(here, there(12_038, 9_003));
        assert!((diagonal - 45.0).abs() < 0.02, "{diagonal}");
    }
}
