//! What people say and ask for while work is under way, and after it.

use gewu::{Act, Gewu, Similar};
use gewu_model::deadline::Calendar;
use gewu_model::entry::{Body, SendBack, Unassign};
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::media::EvidenceRole;
use gewu_model::time::Millis;

use super::act::{act, command, queued, with, write};
use super::find::find;
use super::place::position;
use super::words::Words;
use super::{open, print, report};
use crate::args::{ActCommand, CaseArg, DirArg, ShownArgs, SimilarArgs};
use crate::hashes::{self, Among};
use crate::out::{Failure, Out, Outcome};

/// Runs a command of this kind.
pub(super) fn run(asked: &ActCommand, out: Out) -> Outcome {
    use ActCommand as C;
    match asked {
        C::Progress { shown, percent } => said(shown, out, |gewu, case, act| {
            gewu.progress(case, *percent, act)
        }),
        C::Confirm(shown) => said(shown, out, |gewu, case, act| gewu.confirm(case, act)),
        C::SendBack {
            shown,
            reason: Some(reason),
            instead,
            ..
        } => said(shown, out, |gewu, case, act| {
            gewu.ask_send_back(case, reason, instead.as_deref().map(Into::into), act)
        }),
        C::SendBack {
            shown,
            unit,
            request,
            ..
        } => {
            let named = |hash: &String| entry(&shown.act.case, hash);
            let body = Body::SendBack(SendBack {
                unit: unit.as_deref().map(Into::into),
                request: request.as_ref().map(named).transpose()?,
                ..SendBack::default()
            });
            command(&shown.act.case, body, shown.act.text.as_deref(), out)
        }
        C::AskExtension {
            shown,
            limit,
            reason,
        } => said(shown, out, |gewu, case, act| {
            gewu.ask_extension(case, limit, reason.as_deref(), act)
        }),
        C::AskSuspension {
            shown,
            reason,
            until,
        } => {
            let until = until.as_deref().map(time).transpose()?;
            said(shown, out, |gewu, case, act| {
                gewu.ask_suspension(case, reason, until, act)
            })
        }
        C::Refuse { act: args, reason } => write(&args.case, out, |gewu, case| {
            gewu.refuse(case, reason, act(args))
        }),
        C::Dispute { shown, owner } => said(shown, out, |gewu, case, act| {
            gewu.dispute_ownership(case, owner.as_deref().map(Into::into), act)
        }),
        C::Seen { case, state } => write(case, out, |gewu, case| {
            gewu.seen(case, (*state).into(), Act::new())
        }),
        C::HandOver { shown, to, unit } => said(shown, out, |gewu, case, act| {
            let (to, unit) = (to.as_deref(), unit.as_deref());
            gewu.hand_over(case, to.map(Into::into), unit.map(Into::into), act)
        }),
        C::Unassign {
            case,
            person,
            team,
            text,
        } => {
            let body = Body::Unassign(Unassign {
                person: person.as_deref().map(Into::into),
                team: team.as_deref().map(Into::into),
                note: None,
            });
            command(case, body, text.as_deref(), out)
        }
        C::Again { device, command } => again(device, command, out),
        C::Similar(args) => similar(args, out),
        about => of_the_matter(about, out),
    }
}

/// What is said of the matter itself, by whoever knows something of it.
fn of_the_matter(asked: &ActCommand, out: Out) -> Outcome {
    use ActCommand as C;
    match asked {
        C::Urge(args) => write(&args.case, out, |gewu, case| gewu.urge(case, act(args))),
        C::ReopenRequest { shown, reason } => said(shown, out, |gewu, case, act| {
            gewu.ask_reopening(case, reason.as_deref(), act)
        }),
        C::Appeal {
            shown,
            reason,
            against,
        } => {
            let against = against.as_deref().map(str::parse).transpose()?;
            said(shown, out, |gewu, case, act| {
                gewu.appeal(case, reason, against, act)
            })
        }
        C::SuggestDuplicate { act: args, of } => {
            let gewu = open(&args.case.device)?;
            let other = find(&gewu, of)?;
            drop(gewu);
            write(&args.case, out, |gewu, case| {
                let far = gewu.distance_mm(case, other)?;
                gewu.suggest_duplicate(case, other, far, act(args))
            })
        }
        C::ComponentChange {
            shown,
            difference,
            component,
        } => said(shown, out, |gewu, case, act| {
            gewu.change_component(case, (*difference).into(), component.as_deref(), None, act)
        }),
        _ => Err(Failure::usage("this command writes nothing")),
    }
}

fn said(
    shown: &ShownArgs,
    out: Out,
    entry: impl FnOnce(&Gewu, CaseId, Act) -> Result<gewu::Saved, gewu::GewuError>,
) -> Outcome {
    let photos = &shown.photo;
    let act = with(
        act(&shown.act),
        photos,
        EvidenceRole::Inspection,
        shown.origin,
    );
    write(&shown.act.case, out, |gewu, case| entry(gewu, case, act))
}

/// The entry of a case with that hash, or with the only one that begins so.
fn entry(case: &CaseArg, written: &str) -> Result<ChangeHash, Failure> {
    let gewu = open(&case.device)?;
    let shown = gewu.show(find(&gewu, &case.case)?)?;
    let entries = shown.entries.iter().map(|entry| entry.hash);
    let all: Vec<(String, ChangeHash)> = entries.map(|hash| (hash.to_string(), hash)).collect();
    let all = all.iter().map(|(written, hash)| (written.as_str(), hash));
    hashes::named(&Among::ON_THE_DEVICE, written, all).copied()
}

/// A time as people write it; without a zone in that of the calendar that ships.
fn time(text: &str) -> Result<Millis, Failure> {
    let at = Calendar::shipped().offset().read(text);
    at.map_err(|error| Failure::usage(format!("--until: {error}")))
}

fn again(device: &DirArg, named: &str, out: Out) -> Outcome {
    let gewu = open(device)?;
    let commands = gewu.status()?.commands;
    let all = commands.iter().map(|one| one.command);
    let mut found = all.filter(|one| one.to_string().starts_with(named));
    match (found.next(), found.next()) {
        (Some(command), None) => queued(&gewu.command_again(command)?, out),
        (None, _) => Err(Failure::usage(format!("no command begins with {named}"))),
        _ => Err(Failure::usage(format!(
            "several commands begin with {named}: give more digits"
        ))),
    }
}

fn similar(args: &SimilarArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let at = position(&args.place)
        .ok_or_else(|| Failure::usage("give a place: --lon and --lat in degrees"))?;
    let class = report::class_named(&gewu, &args.class, args.kind)?;
    let found = gewu.similar(&at, &class)?;
    for case in &found {
        let words = || Words::of(&gewu, case.row.case);
        out.say(&serde_json::to_value(case)?, || {
            print::similar(case, &words())
        });
    }
    if found.is_empty() {
        out.progress("no open case nearby looks like the same matter");
    }
    Ok(())
}

/// Open cases nearby that may be the same matter as a report. A help, so what stands in its way is no
/// reason to fail.
pub(super) fn look_alikes(gewu: &Gewu, input: &gewu::ReportInput) -> Vec<Similar> {
    let named = input.position.as_ref().zip(input.class.as_ref());
    let found = named.and_then(|(at, class)| gewu.similar(at, class).ok());
    found.unwrap_or_default()
}
