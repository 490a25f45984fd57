//! Leaving a device that others use too, and coming back to it.

use std::io::Read;
use std::path::Path;

use gewu::{Gewu, Locker, Passphrase, UnsentWork};
use serde_json::json;

use super::{open, options};
use crate::args::{DirArg, DiscardArgs, SignOutArgs, UnlockArgs};
use crate::out::{Failure, Out, Outcome, plain};

/// The longest file that is taken for one with a passphrase, in bytes.
const LONGEST: u64 = 4_096;

pub(super) fn sign_out(args: &SignOutArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let user = gewu.whoami()?.user.0;
    let unsent = match (&args.passphrase_file, &args.export) {
        (Some(file), _) => UnsentWork::Seal(passphrase(file)?),
        (None, Some(folder)) => UnsentWork::Export(folder.clone()),
        (None, None) => UnsentWork::Refuse,
    };
    let before = gewu.lockers()?;
    gewu.sign_out(unsent)?;
    let lockers = gewu.lockers()?;
    let new = lockers.iter().find(|locker| !before.contains(locker));
    out.say(&json!({ "user": user, "locker": new }), || match new {
        Some(locker) => format!(
            "{user} is signed out, and everything is locked up in {}",
            locker.name
        ),
        None => format!("{user} is signed out, and nothing of theirs is left"),
    });
    Ok(())
}

pub(super) fn lockers(args: &DirArg, out: Out) -> Outcome {
    let lockers = open_handset(args)?.lockers()?;
    for locker in &lockers {
        out.say(&serde_json::to_value(locker)?, || line(locker));
    }
    if lockers.is_empty() {
        out.progress("nobody locked anything up here");
    }
    Ok(())
}

fn line(locker: &Locker) -> String {
    if let Some(problem) = &locker.problem {
        return format!("{}  cannot be opened: {problem}", locker.name);
    }
    format!(
        "{}  {}  since {}  {} unsent, {} drafts",
        locker.name,
        plain(&locker.user),
        crate::op::time(&json!(locker.sealed_at)),
        locker.unsent,
        locker.drafts
    )
}

pub(super) fn unlock(args: &UnlockArgs, out: Out) -> Outcome {
    let gewu = open_handset(&args.device)?;
    let locker = find(&gewu, args.locker.as_deref())?;
    let who = gewu.unlock(&locker.name, &passphrase(&args.passphrase_file)?)?;
    let Locker { unsent, drafts, .. } = locker;
    let value = json!({ "user": who.user, "unsent": unsent, "drafts": drafts });
    out.say(&value, || {
        let user = plain(&who.user.0);
        format!("{user} is back, with {unsent} unsent and {drafts} drafts")
    });
    Ok(())
}

pub(super) fn discard(args: &DiscardArgs, out: Out) -> Outcome {
    open_handset(&args.device)?.discard_locker(&args.locker)?;
    out.say(&json!({ "discarded": args.locker }), || {
        "the locker is gone, with everything in it".to_owned()
    });
    Ok(())
}

/// Opens a device, or what is left of one whose database is gone: its lockers are whole.
fn open_handset(device: &DirArg) -> Result<Gewu, Failure> {
    match device.dir.join("media/lockers").is_dir() {
        true => Ok(Gewu::open(options(device)?)?),
        false => open(device),
    }
}

fn find(gewu: &Gewu, name: Option<&str>) -> Result<Locker, Failure> {
    let all = gewu.lockers()?;
    let mut found = all
        .into_iter()
        .filter(|locker| locker.name.starts_with(name.unwrap_or_default()));
    match (found.next(), found.next(), name) {
        (Some(locker), None, _) => Ok(locker),
        (None, _, None) => Err(Failure::new("nobody locked anything up here")),
        (None, _, Some(name)) => Err(Failure::new(format!(
            "no locker begins with {}: see `gewu lockers`",
            plain(name)
        ))),
        (Some(_), Some(_), _) => Err(Failure::new(
            "there are several: name one by its first digits; see `gewu lockers`",
        )),
    }
}

fn passphrase(file: &Path) -> Result<Passphrase, Failure> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_line(&mut text)?;
    } else {
        let opened = std::fs::File::open(file);
        let read = opened.and_then(|file| file.take(LONGEST).read_to_string(&mut text));
        read.map_err(|error| {
            Failure::new(format!("{}: {error}", plain(&file.display().to_string())))
        })?;
    }
    Ok(Passphrase::new(&text))
}
