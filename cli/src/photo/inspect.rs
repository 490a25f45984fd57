//! `gewu photo inspect`.

use std::path::Path;

use gewu_evidence::{Bounds, GpsPosition, Metadata, hash_bytes, inspect, read_metadata, sniff};
use gewu_model::media::{Direction, North};
use gewu_model::policy::PhotoPolicy;
use serde_json::{Value, json};

use super::{FileError, each, read};
use crate::args::InspectArgs;
use crate::out::{Out, Outcome, plain};

pub(super) fn run(args: &InspectArgs, out: Out) -> Outcome {
    each(&args.files, out, |file| one(file, out))
}

fn one(file: &Path, out: Out) -> Result<(), FileError> {
    let policy = PhotoPolicy::default();
    let bytes = read(file, &policy)?;
    let value = if gewu_evidence::is_carried(&bytes) {
        let bounds = super::seal::carry_bounds(&policy);
        let carried = gewu_evidence::carry(bytes, &bounds, false)?;
        json!({
            "file": file.display().to_string(),
            "type": carried.media_type.mime(),
            "bytes": carried.bytes.len(),
            "sha256": carried.sha256.to_string(),
        })
    } else {
        picture(file, &bytes)?
    };
    out.say(&value, || in_words(&value));
    Ok(())
}

fn picture(file: &Path, bytes: &[u8]) -> Result<Value, FileError> {
    let bounds = Bounds::default();
    let checked = inspect(bytes, &bounds)?;
    let metadata = read_metadata(bytes);
    debug_assert_eq!(checked.sha256, hash_bytes(bytes));
    Ok(json!({
        "file": file.display().to_string(),
        "type": checked.media_type.mime(),
        "content": sniff(bytes).to_string(),
        "bytes": checked.bytes,
        "width": checked.width,
        "height": checked.height,
        "sha256": checked.sha256.to_string(),
        "orientation": metadata.orientation.to_exif(),
        "taken": metadata.taken.map(|taken| taken.to_string()),
        "offset_min": metadata.offset_min(),
        "taken_at_ms": metadata.taken_at().map(|at| at.0),
        "gps_time_ms": metadata.gps_time.map(|at| at.0),
        "position": metadata.position.as_ref().map(position),
        "direction": metadata.direction.map(direction),
        "make": metadata.make,
        "model": metadata.model,
        "problems": problems(&metadata),
    }))
}

fn position(position: &GpsPosition) -> Value {
    json!({
        "lon": position.lon,
        "lat": position.lat,
        "datum": position.datum.as_ref().map(ToString::to_string),
        "accuracy_m": position.accuracy_m,
        "dop": position.dop,
        "fix": position.fix,
    })
}

fn direction(direction: Direction) -> Value {
    json!({
        "degrees": f64::from(direction.centidegrees) / 100.0,
        "north": match direction.from {
            North::True => "true",
            North::Magnetic => "magnetic",
        },
    })
}

fn problems(metadata: &Metadata) -> Vec<Value> {
    let problems = metadata.problems.iter();
    problems
        .map(|problem| json!({ "code": problem.code(), "words": problem.to_string() }))
        .collect()
}

/// One fact a line, without what is not there.
fn in_words(value: &Value) -> String {
    let facts = value.as_object().into_iter().flatten();
    let lines = facts
        .filter(|(_, fact)| !fact.is_null())
        .map(|(name, fact)| {
            let words = fact
                .as_str()
                .map_or_else(|| fact.to_string(), str::to_owned);
            format!("{name:<12} {}", plain(&words))
        });
    lines.collect::<Vec<_>>().join("\n")
}
