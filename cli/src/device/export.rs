//! Cases out of a device, and the root key that proves them.

use std::path::Path;

use gewu::{Gewu, PhotoDetail};
use gewu_model::ids::CaseId;
use serde_json::json;

use super::find::find;
use super::open;
use crate::args::{DirArg, ExportArgs};
use crate::bundle::spell;
use crate::out::{Failure, Out, Outcome, plain};

pub(super) fn export(args: &ExportArgs, out: Out) -> Outcome {
    check_place(&args.output)?;
    let gewu = open(&args.device)?;
    let (done, absent) = if args.unsent {
        (gewu.export_unsent_bundle(&args.output)?, 0)
    } else {
        let cases = args.case.iter().map(|name| find(&gewu, name));
        let cases: Vec<CaseId> = cases.collect::<Result<_, Failure>>()?;
        if args.fetch {
            fetch(&gewu, &cases, out)?;
        }
        let done = gewu.export_cases(&cases, &args.output)?;
        (done, absent_photos(&gewu, &cases)?)
    };
    for finding in &done.findings {
        out.progress(&format!("will not verify: {finding}"));
    }
    let mut value = serde_json::to_value(&done)?;
    value["photos_absent"] = json!(absent);
    out.say(&value, || {
        let missing = match absent {
            0 => String::new(),
            _ if args.fetch => format!("\n{absent} photos could not be fetched and are not in it"),
            _ => format!("\n{absent} photos are not on this device: --fetch brings them"),
        };
        if args.unsent && done.cases == 0 {
            return format!(
                "nothing is unsent: {} holds no case ({} bytes)",
                args.output.display(),
                done.bytes
            );
        }
        format!(
            "{} cases, {} bytes in {}{missing}",
            done.cases,
            done.bytes,
            args.output.display()
        )
    });
    Ok(())
}

/// Says what is wrong with the place for the bundle while its name is at hand.
fn check_place(file: &Path) -> Outcome {
    let name = plain(&file.display().to_string());
    if file.is_dir() {
        return Err(Failure::usage(format!(
            "{name}: is a folder: name the file to write"
        )));
    }
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => Err(Failure::usage(
            format!("{name}: there is no such folder: make it first"),
        )),
        _ => Ok(()),
    }
}

/// How many photos of the cases are not on this device.
fn absent_photos(gewu: &Gewu, cases: &[CaseId]) -> Result<usize, Failure> {
    let mut absent = 0;
    for case in cases {
        let entries = gewu.show(*case)?.entries;
        let photos = entries.iter().flat_map(|entry| &entry.photos);
        absent += photos.filter(|photo| is_absent(photo)).count();
    }
    Ok(absent)
}

/// Whether the photo could be here and is not.
const fn is_absent(photo: &PhotoDetail) -> bool {
    !photo.held && !photo.erased
}

/// Brings photos that are not here; one that cannot be had is said, and is missing in the bundle.
fn fetch(gewu: &Gewu, cases: &[CaseId], out: Out) -> Outcome {
    for case in cases {
        let entries = gewu.show(*case)?.entries;
        let absent = entries
            .iter()
            .flat_map(|entry| &entry.photos)
            .filter(|photo| is_absent(photo));
        for photo in absent {
            let sha256 = photo.record.sha256;
            match gewu.photo_bytes(sha256) {
                Ok(_) => out.progress(&format!("fetched {sha256}")),
                Err(error) => out.progress(&format!("{sha256} cannot be fetched: {error}")),
            }
        }
    }
    Ok(())
}

pub(super) fn root(args: &DirArg, out: Out) -> Outcome {
    let key = open(args)?.root_key()?;
    let value = json!({ "root": spell(&key), "city": key.digest() });
    out.say(&value, || {
        format!("root key  {}\ncity      {}", spell(&key), key.digest())
    });
    Ok(())
}
