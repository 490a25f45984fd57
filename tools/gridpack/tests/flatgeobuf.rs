//! The same city as FlatGeobuf gives the same pack as GeoJSON.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use flatgeobuf::geozero::error::Result;
use flatgeobuf::geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbWriter, GeometryType};
use gewu_gridpack::{BuildError, Built, Layer, Options, Source, build};
use serde_json::Value;

/// GeoJSON coordinates of a polygon, told to the writer.
struct Rings(Value);

impl GeozeroGeometry for Rings {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> Result<()> {
        let rings = self.0.as_array().unwrap();
        to.polygon_begin(true, rings.len(), 0)?;
        for (number, ring) in rings.iter().enumerate() {
            let ring = ring.as_array().unwrap();
            to.linestring_begin(false, ring.len(), number)?;
            for (i, at) in ring.iter().enumerate() {
                to.xy(at[0].as_f64().unwrap(), at[1].as_f64().unwrap(), i)?;
            }
            to.linestring_end(false, number)?;
        }
        to.polygon_end(true, 0)
    }
}

fn flatgeobuf_of(cells: &[Value]) -> Vec<u8> {
    let mut writer = FgbWriter::create("cells", GeometryType::Polygon).unwrap();
    writer.add_column("code", ColumnType::String, |_, _| {});
    for feature in cells {
        let code = feature["properties"]["code"].as_str().unwrap();
        let rings = Rings(feature["geometry"]["coordinates"].clone());
        writer
            .add_feature_geom(rings, |feature| {
                feature
                    .property(0, "code", &ColumnValue::String(code))
                    .unwrap();
            })
            .unwrap();
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}

fn built(bytes: &[u8]) -> std::result::Result<Built, BuildError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let source = Source {
        path: file.path().to_owned(),
        layer: Layer::Unit,
        code_field: "code".to_owned(),
    };
    build(&[source], &Options::default(), &mut |_| {})
}

#[test]
fn flatgeobuf_and_geojson_give_the_same_pack() {
    let hole = ring(&[(20.0, 20.0), (20.0, 80.0), (80.0, 80.0), (80.0, 20.0)]);
    let cells = [
        cell("A", &[square(0.0, 0.0, 100.0, 100.0), hole]),
        cell("B", &[square(100.0, 0.0, 200.0, 37.0)]),
        cell("C", &[square(100.0, 37.0, 200.0, 100.0)]),
    ];
    let bytes = flatgeobuf_of(&cells);
    let from_fgb = built(&bytes).unwrap();
    let from_json = plain(&cells);
    assert_eq!(from_fgb.report, from_json.report);
    assert_eq!(from_fgb.pack, from_json.pack);
    assert!(from_fgb.pack.is_some());
}

fn row(cells: i32) -> Vec<u8> {
    let cells: Vec<Value> = (0..cells)
        .map(|i| {
            let west = f64::from(i) * 50.0;
            cell(&format!("C{i}"), &[square(west, 0.0, west + 50.0, 50.0)])
        })
        .collect();
    flatgeobuf_of(&cells)
}

/// Where each feature's length stands.
fn lengths(bytes: &[u8]) -> Vec<usize> {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    // Twenty leaves, two nodes over them and a root, 40 bytes each.
    let mut at = 12 + number(8) + 23 * 40;
    let mut out = Vec::new();
    while at < bytes.len() {
        out.push(at);
        at += 4 + number(at);
    }
    assert_eq!((out.len(), at), (20, bytes.len()));
    out
}

#[test]
fn a_flatgeobuf_that_is_cut_off_is_no_smaller_city() {
    let bytes = row(20);
    for end in (8..bytes.len()).step_by(7).chain(lengths(&bytes)) {
        let error = built(&bytes[..end]).unwrap_err().to_string();
        assert!(error.contains("cut off, fetch it again"), "{end}: {error}");
    }
}

#[test]
fn a_length_beyond_the_file_is_told_and_not_believed() {
    let bytes = row(20);
    for at in lengths(&bytes) {
        let mut damaged = bytes.clone();
        damaged[at + 3] = 233;
        let error = built(&damaged).unwrap_err().to_string();
        assert!(error.contains("cut off, fetch it again"), "{at}: {error}");
    }
}

#[test]
fn any_damaged_byte_is_an_error_or_a_pack_and_no_panic() {
    let bytes = row(2);
    for at in 8..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xE9;
        let _ = built(&damaged);
    }
}
