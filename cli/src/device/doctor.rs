//! Looking a device over, and what to send to whoever helps.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use gewu::{
    Checkup, Gewu, GewuError, Locker, LockerFound, LockerLooks, MovedAside, PackRefused, PackWhy,
    PastSync, UnsentGroup,
};
use gewu_model::ids::Digest;
use serde_json::json;

use super::{open, options, print, require};
use crate::args::DoctorArgs;
use crate::clock::lasting;
use crate::out::{Failure, Out, Outcome, plain};

/// Looks the device over; a failure when something is wrong.
pub(super) fn doctor(args: &DoctorArgs, out: Out) -> Outcome {
    if let Some(name) = &args.discard_damaged {
        return discard(&open(&args.device)?, name, out);
    }
    require(&args.device)?;
    let opened = Gewu::open(options(&args.device)?);
    let looked = opened.and_then(|gewu| Ok((gewu.checkup()?, Beside::of(&gewu))));
    let (found, beside) = match looked {
        Ok(looked) => looked,
        Err(error) => {
            write_bundle(args.bundle.as_deref(), Err(&error))?;
            return Err(error.into());
        }
    };
    let value = serde_json::to_value(&found)?;
    write_bundle(args.bundle.as_deref(), Ok(&found))?;
    out.say(&value, || text(&found, &beside));
    match found.findings.as_slice() {
        [] => Ok(()),
        [first, ..] => Err(Failure::new(format!(
            "{} of the device's checks found something: {}",
            found.findings.len(),
            first.what.words()
        ))),
    }
}

/// What lies beside the work in use, by names that no bundle has.
struct Beside {
    aside: Vec<MovedAside>,
    lockers: Vec<Locker>,
}

impl Beside {
    /// What cannot be read is a finding of the checkup.
    fn of(gewu: &Gewu) -> Self {
        Self {
            aside: gewu.moved_aside().unwrap_or_default(),
            lockers: gewu.lockers().unwrap_or_default(),
        }
    }
}

/// Removes a damaged database for good.
fn discard(gewu: &Gewu, name: &str, out: Out) -> Outcome {
    gewu.discard_moved_aside(name)?;
    out.say(&json!({ "discarded": name }), || {
        format!("{name} is gone, with everything that was unsent in it")
    });
    Ok(())
}

/// Writes what was found, for its owner only, into a file that is not there yet.
fn write_bundle(to: Option<&Path>, found: Result<&Checkup, &GewuError>) -> Outcome {
    let Some(path) = to else { return Ok(()) };
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
    let bundle = gewu::support_bundle(found);
    file.write_all(bundle.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)
}

fn text(found: &Checkup, beside: &Beside) -> String {
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
    lines.extend(beside.aside.iter().map(print::aside));
    let lockers = beside.lockers.iter().zip(&found.lockers);
    lines.extend(lockers.map(|(locker, looks)| self::locker(locker, looks)));
    lines.extend(found.unsent.iter().map(unsent));
    lines.extend(found.syncs.iter().map(|past| sync(past, found)));
    lines.extend(found.packs.iter().map(|pack| {
        let digest = short(pack.digest);
        let force = if pack.active { ", in force" } else { "" };
        let sound = if pack.sound { "" } else { ", DAMAGED" };
        format!("pack {} {}{digest}{force}{sound}", pack.kind, pack.version)
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
    let digest = short(pack.digest);
    let version = match pack.version {
        0 => "that a case pins".to_owned(),
        version => version.to_string(),
    };
    let why = match pack.why {
        PackWhy::UnknownKind => "this version knows no packs of that kind",
        _ => "this version cannot read it",
    };
    let kind = plain(&pack.kind);
    format!("pack {kind} {version}{digest}, NOT USED: {why}")
}

/// The first digits of a digest, where it is told.
fn short(digest: Option<Digest>) -> String {
    digest.map_or_else(String::new, |digest| {
        let digits: String = digest.to_string().chars().take(8).collect();
        format!(" ({digits})")
    })
}

/// What somebody locked up, from outside.
fn locker(locker: &Locker, found: &LockerFound) -> String {
    let looks = match found.looks {
        LockerLooks::Whole => "whole",
        LockerLooks::Newer => "of a newer app",
        LockerLooks::Damaged | LockerLooks::Unknown => "DAMAGED",
    };
    let whose = match locker.user.as_str() {
        "" => String::new(),
        user => format!(", {}'s", plain(user)),
    };
    let since = found.sealed_at.map(|at| crate::op::time(&json!(at)));
    format!(
        "locker {}: {looks}{whose}{}, {} unsent, {} drafts, {} bytes",
        locker.name,
        since.map_or_else(String::new, |since| format!(", since {since}")),
        found.unsent,
        found.drafts,
        found.bytes
    )
}

/// How far the server's clock is from this one.
fn clock_words(ahead_ms: i64) -> String {
    let seconds = ahead_ms.unsigned_abs().div_euclid(1000);
    let far = match seconds {
        0 => return "the server's clock shows the same as this one".to_owned(),
        120..7_200 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => lasting(ahead_ms.unsigned_abs()),
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
        .map(|ms| format!(", the oldest for {}", lasting(ms)));
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
        "sync {} ago: {}{}, {} exchanges, {} bytes up, {} down",
        lasting(found.at.since(past.ended_at).unsigned_abs()),
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
        assert!(clock_words(347_155_199_000).contains("4017 days ahead of"));
    }
}
