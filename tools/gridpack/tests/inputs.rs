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
