//! Looking a device over, and what to send to whoever helps.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use gewu::{Checkup, Gewu, GewuError, PackRefused, PackWhy, PastSync, StorageProblem, UnsentGroup};
use serde_json::{Value, json};

use super::{options, require};
use crate::args::DoctorArgs;
use crate::out::{Failure, Out, Outcome, plain};

/// The form of the file for support; readers refuse what they do not know.
const FORM: &str = "gewu-support/1";

/// Looks the device over; a failure when something is wrong.
pub(super) fn doctor(args: &DoctorArgs, out: Out) -> Outcome {
    require(&args.device)?;
    let opened = Gewu::open(options(&args.device)?);
    let found = match opened.and_then(|gewu| gewu.checkup()) {
        Ok(found) => found,
        Err(error) => {
            write_bundle(
                args.bundle.as_deref(),
                &json!({ "cannot_open": kind(&error) }),
            )?;
            return Err(error.into());
        }
    };
    let value = serde_json::to_value(&found)?;
    write_bundle(args.bundle.as_deref(), &value)?;
    out.say(&value, || text(&found));
    match found.findings.as_slice() {
        [] => Ok(()),
        [first, ..] => Err(Failure::new(format!(
            "{} of the device's checks found something: {}",
            found.findings.len(),
            first.what.words()
        ))),
    }
}

/// Why a device cannot be opened, without the paths that the error's own words name.
const fn kind(error: &GewuError) -> &'static str {
    match error {
        GewuError::Busy { .. } => "another process has it",
        GewuError::TooOld { .. } => "a newer version wrote it",
        GewuError::Storage {
            problem: StorageProblem::Corrupt { .. },
        } => "the database was damaged and moved aside",
        GewuError::Storage { .. } => "the disk or the database fails",
        _ => "something else",
    }
}

/// Writes what was found, for its owner only, into a file that is not there yet.
fn write_bundle(to: Option<&Path>, checkup: &Value) -> Outcome {
    let Some(path) = to else { return Ok(()) };
    let bundle = json!({
        "form": FORM,
        "program": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "checkup": checkup,
    });
    let failed = |error: std::io::Error| {
        Failure::new(format!(
            "cannot write {}: {error}; name a new file",
            path.display()
        ))
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    let _ = std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    let words = serde_json::to_string_pretty(&bundle)? + "\n";
    file.write_all(words.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)
}

fn text(found: &Checkup) -> String {
    let files = &found.files;
    let offset = found.clock_offset_ms;
    let mut lines = vec![
        format!(
            "gewu {}, schema {}, {}; {} cases, {} drafts",
            found.version,
            found.schema,
            if found.enrolled {
                "enrolled"
            } else {
                "not enrolled"
            },
            found.cases,
            found.drafts
        ),
        format!(
            "{} files read: {} damaged, {} missing, {} to be fetched again",
            files.files, files.damaged, files.missing, files.restorable
        ),
        match offset {
            Some(ms) => clock_words(ms),
            None => "the server's clock is not known".to_owned(),
        },
    ];
    lines.extend(found.unsent.iter().map(unsent));
    lines.extend(found.syncs.iter().map(|past| sync(past, found)));
    lines.extend(found.packs.iter().map(|pack| {
        let digest: String = pack.digest.to_string().chars().take(8).collect();
        let force = if pack.active { ", in force" } else { "" };
        let sound = if pack.sound { "" } else { ", DAMAGED" };
        format!(
            "pack {} {} ({digest}){force}{sound}",
            pack.kind, pack.version
        )
    }));
    lines.extend(found.refused_packs.iter().map(refused));
    let wrong = found.findings.iter();
    lines.extend(wrong.map(|one| format!("! {} ({})", one.what.words(), one.count)));
    if found.findings.is_empty() {
        lines.push("nothing is wrong".to_owned());
    }
    lines.join("\n")
}

/// A pack that the city published and that is of no use here.
fn refused(pack: &PackRefused) -> String {
    let digest: String = pack.digest.to_string().chars().take(8).collect();
    let version = match pack.version {
        0 => "that a case pins".to_owned(),
        version => version.to_string(),
    };
    let why = match pack.why {
        PackWhy::UnknownKind => "this version knows no packs of that kind",
        _ => "this version cannot read it",
    };
    let kind = plain(&pack.kind);
    format!("pack {kind} {version} ({digest}), NOT USED: {why}")
}

/// How far the server's clock is from this one.
fn clock_words(ahead_ms: i64) -> String {
    let seconds = ahead_ms.unsigned_abs().div_euclid(1000);
    let far = match seconds {
        0 => return "the server's clock shows the same as this one".to_owned(),
        1..120 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    };
    let side = if ahead_ms > 0 { "ahead of" } else { "behind" };
    format!("the server's clock is {far} {side} this one")
}

/// A word of the JSON with spaces in it.
fn word(value: &impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or("?").replace('_', " ")
}

fn unsent(group: &UnsentGroup) -> String {
    let age = group
        .oldest_ms
        .map(|ms| format!(", the oldest for {} minutes", ms / 60_000));
    format!(
        "unsent: {} × {}, {}{}",
        group.count,
        word(&group.what),
        word(&group.why),
        age.unwrap_or_default()
    )
}

fn sync(past: &PastSync, found: &Checkup) -> String {
    let cause = past.cause.map(|cause| format!(" ({})", word(&cause)));
    format!(
        "sync {} minutes ago: {}{}, {} exchanges, {} bytes up, {} down",
        found.at.since(past.ended_at) / 60_000,
        word(&past.outcome),
        cause.unwrap_or_default(),
        past.exchanges,
        past.bytes_up,
        past.bytes_down
    )
}

#[cfg(test)]
mod tests {
    use super::clock_words;

    #[test]
    fn clocks_are_told_in_seconds_and_minutes() {
        assert!(clock_words(-400).contains("the same"));
        assert!(clock_words(61_900).contains("61 s ahead of"));
        assert!(clock_words(-605_000).contains("10 min 05 s behind"));
    }
}
