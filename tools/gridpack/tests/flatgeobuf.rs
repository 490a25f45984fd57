//! The same city as FlatGeobuf gives the same pack as GeoJSON.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use flatgeobuf::geozero::error::Result;
use flatgeobuf::geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbWriter, GeometryType};
use gewu_gridpack::{Layer, Options, Source, build};
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

#[test]
fn flatgeobuf_and_geojson_give_the_same_pack() {
    let hole = ring(&[(20.0, 20.0), (20.0, 80.0), (80.0, 80.0), (80.0, 20.0)]);
    let cells = [
        cell("A", &[square(0.0, 0.0, 100.0, 100.0), hole]),
        cell("B", &[square(100.0, 0.0, 200.0, 37.0)]),
        cell("C", &[square(100.0, 37.0, 200.0, 100.0)]),
    ];
    let mut writer = FgbWriter::create("cells", GeometryType::Polygon).unwrap();
    writer.add_column("code", ColumnType::String, |_, _| {});
    for feature in &cells {
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
    let file = tempfile::NamedTempFile::new().unwrap();
    writer.write(file.reopen().unwrap()).unwrap();
    let source = Source {
        path: file.path().to_owned(),
        layer: Layer::Unit,
        code_field: "code".to_owned(),
    };
    let options = Options::default();
    let from_fgb = build(&[source], &options, &mut |_| {}).unwrap();
    let from_json = plain(&cells);
    assert_eq!(from_fgb.report, from_json.report);
    assert_eq!(from_fgb.pack, from_json.pack);
    assert!(from_fgb.pack.is_some());
}
