//! Cases out of a device, and the root key that proves them.

use std::path::Path;

use gewu::{AbsentFile, FilePart, Gewu};
use gewu_model::ids::CaseId;
use serde_json::json;

use super::find::find;
use super::open;
use crate::args::{DirArg, ExportArgs};
use crate::bundle::spell;
use crate::out::{Failure, Out, Outcome, plain};

/// The status of an export that lacks what it should have.
const LACKING: u8 = 3;

pub(super) fn export(args: &ExportArgs, out: Out) -> Outcome {
    check_place(&args.output)?;
    let gewu = open(&args.device)?;
    let (done, absent) = if args.unsent {
        (
            gewu.export_unsent_bundle(&args.output)?,
            gewu.absent_unsent_files()?,
        )
    } else {
        let cases = args.case.iter().map(|name| find(&gewu, name));
        let cases: Vec<CaseId> = cases.collect::<Result<_, Failure>>()?;
        if args.fetch {
            fetch(&gewu, &cases, out)?;
        }
        let done = gewu.export_cases(&cases, &args.output)?;
        (done, absent(&gewu, &cases)?)
    };
    for finding in &done.findings {
        out.progress(&format!("will not verify: {finding}"));
    }
    let mut value = serde_json::to_value(&done)?;
    value["photos_absent"] = json!(count(&absent, FilePart::Photo));
    value["thumbnails_absent"] = json!(count(&absent, FilePart::Thumbnail));
    value["originals_absent"] = json!(count(&absent, FilePart::Original));
    out.say(&value, || {
        let missing = match counted(&absent) {
            None => String::new(),
            Some(what) if args.unsent => format!(
                "\n{what} are gone or damaged on this device, and nobody else may have them: the bundle lacks them, keep the folder"
            ),
            Some(what) if args.fetch => {
                format!("\n{what} could not be fetched: the bundle lacks them")
            }
            Some(what) => format!("\n{what} not on this device: --fetch brings them"),
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
    match counted(&absent) {
        Some(what) if args.unsent || args.fetch => Err(Failure::coded(
            LACKING,
            format!("the bundle is written and lacks {what}"),
        )),
        _ => Ok(()),
    }
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

/// The files of the cases that are not on this device.
fn absent(gewu: &Gewu, cases: &[CaseId]) -> Result<Vec<AbsentFile>, Failure> {
    let mut absent = Vec::new();
    for case in cases {
        absent.extend(gewu.absent_files(*case)?);
    }
    Ok(absent)
}

fn count(absent: &[AbsentFile], part: FilePart) -> usize {
    absent.iter().filter(|file| file.part == part).count()
}

/// How many of each kind are absent, in words; `None` when nothing is.
fn counted(absent: &[AbsentFile]) -> Option<String> {
    let kinds = [
        (FilePart::Photo, "photos"),
        (FilePart::Thumbnail, "thumbnails"),
        (FilePart::Original, "originals"),
    ];
    let counts = kinds.map(|(part, name)| (count(absent, part), name));
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Brings files that are not here; one that cannot be had is said, and is missing in the bundle.
fn fetch(gewu: &Gewu, cases: &[CaseId], out: Out) -> Outcome {
    for file in absent(gewu, cases)? {
        let sha256 = file.sha256;
        let name = match file.part {
            FilePart::Photo => "the photo",
            FilePart::Thumbnail => "the thumbnail",
            FilePart::Original => "the original",
        };
        match gewu.photo_bytes(sha256) {
            Ok(_) => out.progress(&format!("fetched {name} {sha256}")),
            Err(error) => out.progress(&format!("{name} {sha256} cannot be fetched: {error}")),
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
