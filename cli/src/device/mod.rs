//! A device in a terminal: one function per command, all over [`gewu::Gewu`].

mod act;
mod ask;
mod campaign;
mod doctor;
mod enroll;
mod export;
mod files;
mod find;
mod leaving;
mod place;
mod print;
mod report;
mod state;
mod sync;
mod words;

use std::sync::Arc;

use gewu::{Gewu, HttpConnector, Options, Query};
use gewu_model::catalogue::{Class, Matched, Search};
use gewu_model::entry::{Assign, Body, Forward};
use gewu_model::fold::Stage;
use serde_json::Value;

use crate::args::{ClassesArgs, Command, DirArg, ListArgs};
use crate::catalogue::{class_json, nothing_found};
use crate::out::{Failure, Out, Outcome};
use find::find;
use words::Words;

/// The words that the command line's user agreed to by enrolling.
const TERMS: &str = "command line, 2026-11";

/// Runs one command of a device.
pub(crate) fn run(command: Command, out: Out) -> Outcome {
    match command {
        Command::Enroll(args) => enroll::enroll(&args, out),
        Command::SignInRequest(args) => enroll::request(&args, out),
        Command::Report(args) => report::report(&args, out),
        Command::List(args) => list(&args, out),
        Command::Show(args) => {
            let gewu = open(&args.device)?;
            let case = find(&gewu, &args.case)?;
            gewu.opened(case)?;
            let detail = gewu.show(case)?;
            let words = Words::of(&gewu, detail.row.case);
            out.say(&print::detail_json(&detail), || {
                print::detail(&detail, &words)
            });
            Ok(())
        }
        Command::Contact(args) => {
            let gewu = open(&args.device)?;
            let contact = gewu.contact(find(&gewu, &args.case)?)?;
            out.say(&serde_json::to_value(&contact)?, || {
                print::contact(&contact)
            });
            Ok(())
        }
        Command::Tasks(args) => tasks(&args, out),
        Command::Classes(args) => classes(&args, out),
        Command::Where(args) => place::locate(&args, out),
        Command::Near(args) => place::near(&args, out),
        Command::Packs(args) => place::packs(&args, out),
        Command::Sync(args) if args.watch => sync::watch(&open(&args.device)?, out),
        Command::Sync(args) => sync::sync(&open(&args.device)?, out),
        Command::Status(args) => {
            let gewu = open(&args)?;
            let (status, aside) = (gewu.status()?, gewu.moved_aside()?);
            out.say(&print::status_json(&status, &aside), || {
                print::status(&status, &aside, &gewu.lockers().unwrap_or_default())
            });
            Ok(())
        }
        Command::Uploads(args) => files::uploads(&args, out),
        Command::Token(args) => files::token(&args, out),
        Command::Scrub(args) => files::scrub(&args, out),
        Command::Doctor(args) => doctor::doctor(&args, out),
        Command::State(args) => state::state(&args, out),
        Command::Export(args) => export::export(&args, out),
        Command::SignOut(args) => leaving::sign_out(&args, out),
        Command::Lockers(args) => leaving::lockers(&args, out),
        Command::Unlock(args) => leaving::unlock(&args, out),
        Command::DiscardLocker(args) => leaving::discard(&args, out),
        Command::Root(args) => export::root(&args, out),
        Command::Assign(args) => {
            let body = Body::Assign(Assign {
                person: args.person.as_deref().map(Into::into),
                team: args.team.as_deref().map(Into::into),
                ..Assign::default()
            });
            act::command(&args.case, body, args.text.as_deref(), out)
        }
        Command::Forward(args) => {
            let body = Body::Forward(Forward {
                unit: args.unit.as_str().into(),
                note: None,
                from: None,
                limit: args.limit.clone(),
            });
            act::command(&args.case, body, args.text.as_deref(), out)
        }
        Command::Act(command) => ask::run(&command, out),
        command => act::run(command, out),
    }
}

/// Opens a device that was enrolled before.
fn open(device: &DirArg) -> Result<Gewu, Failure> {
    require(device)?;
    Ok(Gewu::open(options(device)?)?)
}

/// Whether there is a device at all.
fn require(device: &DirArg) -> Outcome {
    if device.dir.join("gewu.db").exists() {
        return Ok(());
    }
    let aside = moved_aside(device).map_or_else(String::new, |name| {
        format!("; the damaged database {name} lies there, hand it in for rescue")
    });
    Err(Failure::new(format!(
        "{} is no device yet: enrol it first (gewu enroll --dir {0} --server URL --code CODE){aside}",
        device.dir.display()
    )))
}

/// A damaged database that lies where there is no other.
fn moved_aside(device: &DirArg) -> Option<String> {
    let entries = std::fs::read_dir(&device.dir).ok()?.flatten();
    let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.find(|name| {
        name.starts_with("gewu.db.corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    })
}

fn options(device: &DirArg) -> Result<Options, Failure> {
    let options = match &device.secrets {
        Some(secrets) => Options::folder_and_secrets(&device.dir, secrets)?,
        None => Options::folder(&device.dir)?,
    };
    let mut options = Options {
        quota_bytes: device.quota_mb.map(|mb| mb.saturating_mul(1 << 20)),
        ..options
    };
    if let Some(roots) = crate::trust::roots(&device.tls)? {
        options.host.connector = Arc::new(HttpConnector {
            roots: Some(roots),
            ..HttpConnector::default()
        });
    }
    Ok(options)
}

fn list(args: &ListArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let stage = args.stage.as_deref().map(stage).transpose()?;
    let mut query = Query {
        stage,
        limit: args.limit.min(500),
        ..Query::default()
    };
    let mut left = args.limit;
    let mut more = false;
    loop {
        let page = gewu.list(&query)?;
        for row in page.rows.iter().take(left as usize) {
            let words = || Words::of(&gewu, row.case);
            out.say(&serde_json::to_value(row)?, || print::row(row, &words()));
        }
        more |= page.next.is_some() && left <= page.rows.len() as u32;
        left = left.saturating_sub(page.rows.len() as u32);
        match page.next {
            Some(next) if left > 0 => query.after = Some(next),
            _ => break,
        }
    }
    if left == args.limit {
        out.progress("no cases");
    }
    if more {
        out.progress("there are more cases: raise --limit, or name a --stage");
    }
    Ok(())
}

/// The stage of that name.
pub(crate) fn stage(name: &str) -> Result<Stage, Failure> {
    serde_json::from_value(Value::from(name)).map_err(|_| {
        Failure::usage(format!("{name} is no stage; stages are reported, filed, dispatched, handled, checking, closed …"))
    })
}

fn tasks(args: &DirArg, out: Out) -> Outcome {
    let gewu = open(args)?;
    let tasks = gewu.tasks()?;
    for task in &tasks {
        let words = || Words::of(&gewu, task.row.case);
        out.say(&serde_json::to_value(task)?, || print::task(task, &words()));
    }
    if tasks.is_empty() {
        out.progress("nothing is asked of you");
    }
    Ok(())
}

fn classes(args: &ClassesArgs, out: Out) -> Outcome {
    let catalogue = open(&args.device)?.catalogue()?;
    if let Some(code) = &args.campaign {
        return campaign::print(&catalogue, campaign::named(&catalogue, code)?, out);
    }
    let classes: Vec<(&Class, Option<Matched>)> = match &args.search {
        Some(text) => {
            let search = Search {
                text,
                kind: args.kind,
                limit: args.limit,
                ..Search::default()
            };
            let hits = catalogue.search(&search).into_iter();
            hits.map(|hit| (hit.class, Some(hit.matched))).collect()
        }
        None => catalogue
            .classes()
            .filter(|class| args.kind.is_none_or(|kind| kind == class.kind))
            .map(|class| (class, None))
            .collect(),
    };
    for (class, matched) in &classes {
        let path = catalogue.path(&class.edition, &class.reference())?;
        let value = class_json(&path, class, *matched);
        out.say(&value, || print::class(class));
    }
    if classes.is_empty() {
        out.progress(&nothing_found(args.search.as_deref().unwrap_or("any")));
    }
    Ok(())
}
