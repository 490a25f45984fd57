//! Everything that is written into a case after its report.

use std::path::PathBuf;

use gewu::{Act, Gewu, GewuError, PhotoInput, Saved};
use gewu_model::entry::{Body, CheckResult, VerifyResult};
use gewu_model::ids::CaseId;
use gewu_model::media::EvidenceRole;
use serde_json::{Value, json};

use super::place::position;
use super::{find, open, print};
use crate::args::{ActArgs, CaseArg, CheckArg, Command, OriginArgs, VerifyArg};
use crate::out::{Failure, Out, Outcome};

type Write = Result<Saved, GewuError>;

/// Runs a command that writes an entry.
pub(super) fn run(command: Command, out: Out) -> Outcome {
    match command {
        Command::Verify(args) => {
            let act = with(
                act(&args.act),
                &args.photo,
                EvidenceRole::Inspection,
                args.origin,
            );
            let result = match args.result {
                VerifyArg::Exists => VerifyResult::Exists,
                VerifyArg::NotExists => VerifyResult::NotExists,
                VerifyArg::Unable => VerifyResult::Unable,
            };
            write(&args.act.case, out, |gewu, case| {
                gewu.verify(case, result, act)
            })
        }
        Command::Check(args) => {
            let act = with(
                act(&args.act),
                &args.photo,
                EvidenceRole::Inspection,
                args.origin,
            );
            let result = match args.result {
                CheckArg::Pass => CheckResult::Pass,
                CheckArg::NotPass => CheckResult::NotPass,
                CheckArg::Unable => CheckResult::Unable,
            };
            write(&args.act.case, out, |gewu, case| {
                gewu.check(case, result, act)
            })
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
            let act = with(
                remark(args.text.as_deref()),
                &args.photo,
                EvidenceRole::Scene,
                args.origin,
            );
            write(&args.case, out, |gewu, case| gewu.supplement(case, act))
        }
        Command::Rate(args) => {
            let act = remark(args.text.as_deref());
            write(&args.case, out, |gewu, case| {
                gewu.rate(case, args.score, act)
            })
        }
        Command::Note(args) => write(&args.case, out, |gewu, case| {
            gewu.note(case, Act::new().text(args.text))
        }),
        _ => Err(Failure::usage("this command writes nothing")),
    }
}

/// Queues a command to the centre.
pub(super) fn command(case: &CaseArg, body: Body, note: Option<&str>, out: Out) -> Outcome {
    let gewu = open(&case.device)?;
    let queued = gewu.command(find(&gewu, &case.case)?, body, note)?;
    let mut value = serde_json::to_value(&queued)?;
    value["saved"] = Value::Bool(true);
    out.say(&value, || {
        "queued; the next sync asks the centre".to_owned()
    });
    Ok(())
}

fn write(case: &CaseArg, out: Out, entry: impl FnOnce(&Gewu, CaseId) -> Write) -> Outcome {
    let gewu = open(&case.device)?;
    let saved = entry(&gewu, find(&gewu, &case.case)?)?;
    out.say(&print::saved_json(&saved), || print::saved(&saved));
    Ok(())
}

fn remark(text: Option<&str>) -> Act {
    Act {
        text: text.map(str::to_owned),
        ..Act::default()
    }
}

fn act(args: &ActArgs) -> Act {
    Act {
        position: position(&args.place),
        unchecked: args.unchecked,
        claimed_author: args.claim.as_deref().map(Into::into),
        ..remark(args.text.as_deref())
    }
}

fn with(act: Act, photos: &[PathBuf], role: EvidenceRole, origin: OriginArgs) -> Act {
    let photo = |path| PhotoInput::file(path, role).from(origin.into());
    photos.iter().map(photo).fold(act, Act::photo)
}

/// What scripts read of a saved entry.
pub(super) fn saved_value(saved: &Saved) -> Value {
    json!({ "saved": true, "case": saved.case, "change": saved.change, "warning": saved.warning })
}
