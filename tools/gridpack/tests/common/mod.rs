//! Small layers written to files and built.
// Each test binary uses some of these; clippy knows tests by their attribute only.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::Write;

use gewu_grid::file::PackInput;
use gewu_gridpack::{Action, Built, Finding, Kind, Layer, Options, Source, build};
use serde_json::{Value, json};

/// Local metres around 123.43 E, 41.8 N as degrees: 1 unit is about a decimetre.
pub(crate) fn at(x: f64, y: f64) -> Value {
    json!([degrees(123.43 + x * 1e-6), degrees(41.8 + y * 1e-6)])
}

fn degrees(value: f64) -> f64 {
    (value * 1e7).round() / 1e7
}

/// A closed ring of local points.
pub(crate) fn ring(points: &[(f64, f64)]) -> Value {
    let closing = points.iter().take(1);
    points.iter().chain(closing).map(|p| at(p.0, p.1)).collect()
}

/// A feature with one polygon.
pub(crate) fn cell(code: &str, rings: &[Value]) -> Value {
    feature(code, json!({ "type": "Polygon", "coordinates": rings }))
}

pub(crate) fn feature(code: &str, geometry: Value) -> Value {
    json!({ "type": "Feature", "properties": { "code": code }, "geometry": geometry })
}

/// A counter-clockwise rectangle.
pub(crate) fn square(x0: f64, y0: f64, x1: f64, y1: f64) -> Value {
    ring(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
}

pub(crate) fn collection(features: &[Value]) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

pub(crate) fn build_text(text: &str, options: &Options) -> Built {
    build_layers(&[(Layer::Unit, text)], options)
}

pub(crate) fn build_layers(layers: &[(Layer, &str)], options: &Options) -> Built {
    let files: Vec<_> = layers
        .iter()
        .map(|(_, text)| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        })
        .collect();
    let sources: Vec<Source> = layers
        .iter()
        .zip(&files)
        .map(|((layer, _), file)| Source {
            path: file.path().to_owned(),
            layer: *layer,
            code_field: "code".to_owned(),
        })
        .collect();
    build(&sources, options, &mut |_| {}).unwrap()
}

pub(crate) fn plain(features: &[Value]) -> Built {
    build_text(&collection(features), &Options::default())
}

pub(crate) fn healed(features: &[Value]) -> Built {
    let options = Options {
        heal: true,
        ..Options::default()
    };
    build_text(&collection(features), &options)
}

/// The only finding of a build.
pub(crate) fn only(built: &Built) -> &Finding {
    assert_eq!(
        built.report.findings.len(),
        1,
        "{:#?}",
        built.report.findings
    );
    &built.report.findings[0]
}

pub(crate) fn is(finding: &Finding, kind: Kind, codes: &[&str], action: Action) {
    assert_eq!(
        (finding.kind, finding.codes.as_slice(), finding.action),
        (
            kind,
            codes
                .iter()
                .map(|c| c.to_string())
                .collect::<Vec<_>>()
                .as_slice(),
            action
        )
    );
}

/// The codes that hold a local point, from the arcs alone: a ray to the east, away from vertices.
pub(crate) fn holders(pack: &PackInput, x: f64, y: f64) -> Vec<String> {
    let (px, py) = (1_234_300_000.0 + x * 10.0, 418_000_000.0 + y * 10.0 + 0.25);
    let layer = pack.units.as_ref().unwrap();
    let mut inside = vec![false; layer.units.len()];
    for arc in &layer.arcs {
        for pair in arc.points.windows(2) {
            let (ax, ay) = (f64::from(pair[0].lon_e7), f64::from(pair[0].lat_e7));
            let (bx, by) = (f64::from(pair[1].lon_e7), f64::from(pair[1].lat_e7));
            let crosses = (ay < py) != (by < py) && ax + (py - ay) / (by - ay) * (bx - ax) > px;
            for side in [arc.left, arc.right]
                .into_iter()
                .flatten()
                .filter(|_| crosses)
            {
                inside[side as usize] ^= true;
            }
        }
    }
    let codes = layer.units.iter().zip(inside).filter(|(_, inside)| *inside);
    codes.map(|(unit, _)| unit.code.to_string()).collect()
}
