//! Files as they come from elsewhere, and the words for those that cannot be used.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use gewu_gridpack::{BuildError, InputError, Layer, Options, Source, build};

fn tried(text: &str, layer: Layer) -> Result<usize, BuildError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let source = Source {
        path: file.path().to_owned(),
        layer,
        code_field: "code".to_owned(),
    };
    build(&[source], &Options::default(), &mut |_| {}).map(|built| built.report.units)
}

fn two() -> [serde_json::Value; 2] {
    [
        cell("A", &[square(0.0, 0.0, 100.0, 100.0)]),
        cell("B", &[square(100.0, 0.0, 200.0, 100.0)]),
    ]
}

#[test]
fn a_byte_order_mark_lines_of_features_and_a_known_crs_are_read() {
    let [a, b] = two();
    let marked = format!("\u{feff}{}", collection(&[a.clone(), b.clone()]));
    assert_eq!(tried(&marked, Layer::Unit).unwrap(), 2);
    assert_eq!(tried(&format!("{a}\n{b}\n"), Layer::Unit).unwrap(), 2);
    let crs = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},"features":["#;
    assert_eq!(tried(&format!("{crs}{a}]}}"), Layer::Unit).unwrap(), 1);
}

#[test]
fn a_frame_that_is_not_converted_is_refused_by_name() {
    let crs = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4269"}},"features":["#;
    let error = tried(&format!("{crs}{}]}}", two()[0]), Layer::Unit).unwrap_err();
    let BuildError::Input(InputError::Crs { crs, .. }) = error else {
        panic!("{error}");
    };
    assert!(crs.ends_with("4269"));
}

#[test]
fn a_truncated_file_is_an_error_and_no_smaller_city() {
    let text = collection(&two());
    for end in [0, 1, 40, text.len() / 2, text.len() - 1] {
        let error = tried(&text[..end], Layer::Unit).unwrap_err();
        assert!(
            matches!(error, BuildError::Input(InputError::Format { .. })),
            "{end}: {error}"
        );
    }
}

#[test]
fn a_code_field_that_nobody_has_is_answered_with_the_fields_there_are() {
    let text = collection(&two()).replace("\"code\"", "\"BGID\"");
    let error = tried(&text, Layer::Unit).unwrap_err();
    let BuildError::CodeField { there, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(there, "BGID");
}

#[test]
fn duty_grids_alone_are_refused() {
    let error = tried(&collection(&two()), Layer::Duty).unwrap_err();
    assert!(matches!(error, BuildError::DutyWithoutUnits));
}

/// What is said of a unit layer of these bytes; empty when a pack was made.
fn said(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let source = Source {
        path: file.path().to_owned(),
        layer: Layer::Unit,
        code_field: "code".to_owned(),
    };
    match build(&[source], &Options::default(), &mut |_| {}) {
        Err(error) => error.to_string(),
        Ok(built) if built.pack.is_none() => built.report.findings[0].to_string(),
        Ok(_) => String::new(),
    }
}

fn late_crs(text: &str) -> String {
    let crs = r#","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4529"}}}"#;
    format!("{}{crs}", &text[..text.len() - 1])
}

#[test]
fn each_way_of_being_wrong_has_its_words() {
    let text = collection(&two());
    let with = |from: &str, to: &str| text.replacen(from, to, 1).into_bytes();
    let corner = "[123.4301,41.8]";
    let geometry = |geometry: &str| {
        format!(r#"{{"type":"Feature","properties":{{"code":"A"}},"geometry":{geometry}}}"#)
    };
    let lone_code = |code: &str| two()[0].to_string().replace("\"A\"", code).into_bytes();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "it is empty"),
        (text.as_bytes()[..text.len() - 30].to_vec(), "cut off"),
        (with(corner, "[NaN,41.8]"), "expected value at line 1"),
        (with(corner, "[\"123.4301\",41.8]"), "invalid type: string"),
        (with(corner, "[null,null]"), "invalid type: null"),
        (with(corner, "[123.4301]"), "a position of one number"),
        ([b"{\"type\":\"caf".as_slice(), b"\xe9\"}"].concat(), "save it as UTF-8"),
        (b"\x1f\x8b\x08".to_vec(), "unpack it first"),
        (b"PK\x03\x04".to_vec(), "unpack it first"),
        (b"<html>".to_vec(), "XML or HTML"),
        (b"SQLite format 3\0".to_vec(), "a GeoPackage"),
        (b"\xff\xfe{\0".to_vec(), "UTF-16"),
        (br#"{"type":"Topology","objects":{},"arcs":[]}"#.to_vec(), "TopoJSON"),
        (br#"{"type":"FeatureCollection","features":[]}"#.to_vec(), "no feature"),
        (format!(r#"{{"features":[{text}]}}"#).into_bytes(), "feature 1 is a FeatureCollection itself"),
        (geometry("null").into_bytes(), "no geometry of the layer's kind: A"),
        (geometry(r#"{"type":"Polygon","coordinates":[]}"#).into_bytes(), "no geometry of the layer's kind: A"),
        (geometry(r#"{"type":"Circle","coordinates":[1,2]}"#).into_bytes(), "unknown type 'Circle'"),
        (geometry(r#"{"type":"Polygon","coordinates":[[1,2],[3,4]]}"#).into_bytes(), "nested too little"),
        (geometry(r#"{"type":"Polygon","coordinates":[[[41.8,123.4],[41.9,123.4],[41.9,123.5]]]}"#).into_bytes(), "swapped"),
        (geometry(r#"{"type":"Polygon","coordinates":[[[67239.9,55261.1],[67300,55261],[67300,55300]]]}"#).into_bytes(), "say with --crs"),
        (geometry(r#"{"type":"Polygon","coordinates":[[[1e308,41.8],[123.4,41.8],[123.4,41.9]]]}"#).into_bytes(), "is 1e308, 41.8, which is no longitude and latitude: it is no measured coordinate"),
        (late_crs(&text).into_bytes(), "put the member 'crs' before 'features', or say it with --crs urn:ogc:def:crs:EPSG::4529"),
        (with("\"A\"", "true"), "missing or unusable code: feature 1"),
        (with("\"A\"", "[1]"), "missing or unusable code: feature 1"),
        (lone_code("\"  \""), "missing or unusable code: feature 1"),
        (lone_code("\"a\\nb\""), "missing or unusable code: feature 1"),
        (lone_code(&format!("\"{}\"", "7".repeat(65))), "missing or unusable code: feature 1"),
        (two()[0]["geometry"].to_string().into_bytes(), "(there are: none)"),
    ];
    for (bytes, words) in cases {
        let found = said(&bytes);
        let shown = String::from_utf8_lossy(&bytes);
        assert!(
            found.contains(words),
            "{found:?} lacks {words:?} of {shown:.90}"
        );
    }
}

#[test]
fn heights_collections_numbers_and_lone_features_are_read() {
    let text = collection(&two());
    let heights = text.replace("41.8]", "41.8,12.5]");
    let [a, _] = two();
    let gathered = a.to_string().replace(
        "\"geometry\":{",
        "\"geometry\":{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]}]},\"was\":{",
    );
    assert!(
        said(gathered.as_bytes()).starts_with("no geometry"),
        "points are no cell"
    );
    let numbers = text
        .replace("\"A\"", "210102003001")
        .replace("\"B\"", "2.0");
    for good in [heights, a.to_string(), numbers] {
        assert_eq!(said(good.as_bytes()), "");
    }
}

#[test]
fn a_city_in_its_own_plane_or_in_a_zone_gives_the_pack_of_its_degrees() {
    let degrees = build_text(&collection(&two()), &Options::default());
    let ring = degrees.pack.unwrap().units.unwrap();
    let plane = "planar:123.43,41.8,67000,1,0.02,55000,-0.02,1";
    let Ok(gewu_gridpack::SourceCrs::Plane(city)) = plane.parse() else {
        panic!("no plane");
    };
    let zone = gewu_grid::datum::Mercator {
        false_east: 41_500_000.0,
        ..gewu_grid::datum::Mercator::on(123.0)
    };
    let carried = |to: &dyn Fn(f64, f64) -> (f64, f64)| {
        let cells = two().map(|mut cell| {
            for at in cell["geometry"]["coordinates"][0].as_array_mut().unwrap() {
                let (x, y) = to(at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
                *at = serde_json::json!([x, y]);
            }
            cell
        });
        collection(&cells)
    };
    let in_plane = carried(&|lon, lat| city.to_plane(lon, lat).unwrap());
    let given = Options {
        crs: Some(plane.parse().unwrap()),
        ..Options::default()
    };
    let built = build_text(&in_plane, &given);
    let pack = built.pack.unwrap();
    assert_eq!(pack.units.as_ref(), Some(&ring));
    assert_eq!(pack.crs, gewu_grid::file::Crs::Planar(city));
    // As GDAL writes it: the file itself names the zone.
    let in_zone = carried(&|lon, lat| zone.forward(lon, lat).unwrap()).replacen(
        '{',
        r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4529"}},"#,
        1,
    );
    let pack = build_text(&in_zone, &Options::default()).pack.unwrap();
    assert_eq!(pack.units, Some(ring));
    assert_eq!(pack.crs, gewu_grid::file::Crs::Cgcs2000);
}

#[test]
fn the_way_that_a_ring_runs_alone_is_not_refused_by_strict() {
    let mut clockwise = two();
    for cell in &mut clockwise {
        let ring = cell["geometry"]["coordinates"][0].as_array_mut().unwrap();
        ring.reverse();
    }
    let strict = Options {
        strict: true,
        ..Options::default()
    };
    let built = build_text(&collection(&clockwise), &strict);
    assert_eq!(built.report.count(gewu_gridpack::Kind::WrongWinding), 2);
    assert!(built.pack.is_some(), "{:?}", built.report.findings);
}
