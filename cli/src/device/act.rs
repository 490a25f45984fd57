//! Everything that is written into a case after its report.

use std::path::PathBuf;

use gewu::{Act, Gewu, GewuError, PhotoDetail, PhotoInput, QueuedCommand, Saved};
use gewu_model::entry::{Body, CheckResult, VerifyResult};
use gewu_model::ids::CaseId;
use gewu_model::media::{EvidenceRecord, EvidenceRole, Provenance};
use serde_json::{Value, json};

use super::place::position;
use super::{find, open, print};
use crate::args::{ActArgs, CaseArg, CheckArg, Command, OriginArgs, Photos, VerifyArg};
use crate::out::{Failure, Out, Outcome};

type Write = Result<Saved, GewuError>;

/// Runs a command that writes an entry.
pub(super) fn run(command: Command, out: Out) -> Outcome {
    match command {
        Command::Verify(args) => {
            let result = match args.result {
                VerifyArg::Exists => VerifyResult::Exists,
                VerifyArg::NotExists => VerifyResult::NotExists,
                VerifyArg::Unable => VerifyResult::Unable,
            };
            write_with(
                &args.act.case,
                out,
                (&args.photos, EvidenceRole::Inspection),
                act(&args.act),
                |gewu, case, act| gewu.verify(case, result, act),
            )
        }
        Command::Check(args) => {
            let result = match args.result {
                CheckArg::Pass => CheckResult::Pass,
                CheckArg::NotPass => CheckResult::NotPass,
                CheckArg::Unable => CheckResult::Unable,
            };
            write_with(
                &args.act.case,
                out,
                (&args.photos, EvidenceRole::Inspection),
                act(&args.act),
                |gewu, case, act| gewu.check(case, result, act),
            )
        }
        Command::Take(args) => write(&args.case, out, |gewu, case| gewu.take(case, act(&args))),
        Command::SetOut(args) => {
            write(&args.case, out, |gewu, case| gewu.set_out(case, act(&args)))
        }
        Command::Arrive(args) => write(&args.case, out, |gewu, case| gewu.arrive(case, act(&args))),
        Command::Handle(args) => {
            let act = with(
                act(&args.act),
                &args.before,
                EvidenceRole::Before,
                args.origin,
            );
            let act = with(act, &args.after, EvidenceRole::After, args.origin);
            write(&args.act.case, out, |gewu, case| gewu.handle(case, act))
        }
        Command::Withdraw(args) => write(&args.case, out, |gewu, case| {
            gewu.withdraw(case, remark(args.text.as_deref()))
        }),
        Command::Supplement(args) => {
            let act = remark(args.text.as_deref());
            write_with(
                &args.case,
                out,
                (&args.photos, EvidenceRole::Scene),
                act,
                |gewu, case, act| gewu.supplement(case, act),
            )
        }
        Command::Rate(args) => {
            let act = remark(args.text.as_deref());
            write(&args.case, out, |gewu, case| {
                gewu.rate(case, args.score, act)
            })
        }
        Command::Note(args) => {
            let act = Act::new().text(args.text);
            write_with(
                &args.case,
                out,
                (&args.photos, EvidenceRole::Other),
                act,
                |gewu, case, act| gewu.note(case, act),
            )
        }
        _ => Err(Failure::usage("this command writes nothing")),
    }
}

/// Queues a command to the centre.
pub(super) fn command(case: &CaseArg, body: Body, note: Option<&str>, out: Out) -> Outcome {
    let gewu = open(&case.device)?;
    queued(&gewu.command(find(&gewu, &case.case)?, body, note)?, out)
}

pub(super) fn queued(queued: &QueuedCommand, out: Out) -> Outcome {
    let mut value = serde_json::to_value(queued)?;
    value["saved"] = Value::Bool(true);
    out.say(&value, || {
        "queued; the next sync asks the centre".to_owned()
    });
    Ok(())
}

pub(super) fn write(
    case: &CaseArg,
    out: Out,
    entry: impl FnOnce(&Gewu, CaseId) -> Write,
) -> Outcome {
    let gewu = open(&case.device)?;
    let saved = entry(&gewu, find(&gewu, &case.case)?)?;
    out.say(&print::saved_json(&saved), || print::saved(&saved));
    Ok(())
}

/// An entry with pictures, some of which may be redacted copies.
fn write_with(
    case: &CaseArg,
    out: Out,
    photos: (&Photos, EvidenceRole),
    act: Act,
    entry: impl FnOnce(&Gewu, CaseId, Act) -> Write,
) -> Outcome {
    let gewu = open(&case.device)?;
    let found = find(&gewu, &case.case)?;
    let act = with_photos(&gewu, found, act, photos)?;
    let saved = entry(&gewu, found, act)?;
    out.say(&print::saved_json(&saved), || print::saved(&saved));
    Ok(())
}

fn with_photos(
    gewu: &Gewu,
    case: CaseId,
    act: Act,
    (photos, role): (&Photos, EvidenceRole),
) -> Result<Act, Failure> {
    if photos.redacts.is_empty() {
        return Ok(with(act, &photos.photo, role, photos.origin));
    }
    if photos.redacts.len() != photos.photo.len() {
        return Err(Failure::usage(
            "name one --redacts for each --photo, in their order, or add the others apart",
        ));
    }
    let held = gewu.show(case)?;
    let held: Vec<_> = held
        .entries
        .iter()
        .flat_map(|entry| &entry.photos)
        .collect();
    photos
        .photo
        .iter()
        .zip(&photos.redacts)
        .try_fold(act, |act, (path, named)| {
            let original = redacted(&held, named)?;
            let copy = PhotoInput {
                provenance: Provenance::Import,
                captured_at: Some(original.captured_at),
                ..PhotoInput::file(path, original.role).redacting(original.sha256)
            };
            Ok(act.photo(copy))
        })
}

/// The photo that was meant, by its SHA-256 or the beginning of it.
fn redacted<'a>(held: &[&'a PhotoDetail], named: &str) -> Result<&'a EvidenceRecord, Failure> {
    let fits = |photo: &&&PhotoDetail| photo.record.sha256.to_string().starts_with(named);
    let mut fitting: Vec<&EvidenceRecord> = held
        .iter()
        .filter(fits)
        .map(|photo| &photo.record)
        .collect();
    fitting.dedup_by_key(|record| record.sha256);
    match fitting.as_slice() {
        [one] if named.len() >= 4 => Ok(one),
        [] => Err(Failure::new(
            "no photo of this case has that SHA-256: gewu show names them",
        )),
        _ => Err(Failure::usage("give more digits of the photo's SHA-256")),
    }
}

fn remark(text: Option<&str>) -> Act {
    Act {
        text: text.map(str::to_owned),
        ..Act::default()
    }
}

pub(super) fn act(args: &ActArgs) -> Act {
    Act {
        position: position(&args.place),
        unchecked: args.unchecked,
        claimed_author: args.claim.as_deref().map(Into::into),
        ..remark(args.text.as_deref())
    }
}

pub(super) fn with(act: Act, photos: &[PathBuf], role: EvidenceRole, origin: OriginArgs) -> Act {
    let photo = |path| PhotoInput::file(path, role).with_provenance(origin.into());
    photos.iter().map(photo).fold(act, Act::photo)
}

/// What scripts read of a saved entry.
pub(super) fn saved_value(saved: &Saved) -> Value {
    json!({ "saved": true, "case": saved.case, "change": saved.change, "warning": saved.warning })
}
