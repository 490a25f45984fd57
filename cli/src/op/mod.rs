//! Work at the centre: listing, deciding, enrolling.

mod client;
mod decide;
mod duplicates;
mod host_apps;
mod packs;
mod print;
mod register;
mod reporters;
mod services;
mod timely;
mod tokens;

pub(crate) use print::time;

use serde_json::{Value, json};

use crate::args::{OpArgs, OpCommand};
use crate::hashes::{self, Among};
use crate::out::{Failure, Out, Outcome};
use client::{Client, segment};

/// Runs one operator's command.
pub(crate) fn run(args: &OpArgs, out: Out) -> Outcome {
    crate::trust::refuse_plain(&args.server, args.plain_http)?;
    let client = Client::new(&args.server, &args.token_file, &args.tls)?;
    match &args.command {
        OpCommand::List { stage, limit } => list(&client, stage.as_deref(), *limit, out),
        OpCommand::Show { case } => {
            let shown = show(&client, case)?;
            out.say(&shown, || print::case(&shown));
            Ok(())
        }
        OpCommand::Status => {
            let status = client.get("/v1/op/status")?;
            out.say(&status, || print::fields(&status));
            Ok(())
        }
        OpCommand::Devices => devices(&client, out),
        OpCommand::Retire { key } => standing(&client, key, "retire", out),
        OpCommand::Wipe {
            key,
            take_back: true,
            ..
        } => keep(&client, key, out),
        OpCommand::Wipe { key, days, .. } => wipe(&client, key, *days, out),
        OpCommand::Compromise { key } => standing(&client, key, "compromise", out),
        OpCommand::Code {
            user,
            role,
            unit,
            duty_grid,
            area,
            road,
            any_grid,
            hours,
        } => {
            let body = json!({
                "user": user, "roles": role, "units": unit, "duty_grids": duty_grid,
                "areas": area, "roads": road, "any_grid": any_grid, "hours": hours,
            });
            let made = client.post("/v1/op/enrolment-codes", &body)?;
            out.say(&made, || {
                made["code"].as_str().unwrap_or_default().to_owned()
            });
            Ok(())
        }
        OpCommand::Token {
            user,
            role,
            unit,
            output,
        } => {
            let wish = tokens::Wish {
                user,
                roles: role,
                units: unit,
                output: output.as_deref(),
            };
            tokens::make(&client, &wish, out)
        }
        OpCommand::Tokens => tokens::list(&client, out),
        OpCommand::RevokeToken { token } => tokens::revoke(&client, token, out),
        OpCommand::Publish {
            file,
            kind,
            name,
            audience,
        } => {
            let wish = packs::Wish {
                kind: kind.as_deref(),
                name: name.as_deref(),
                audience: audience.as_deref(),
            };
            packs::publish(&client, file, &wish, out)
        }
        OpCommand::Packs => packs::list(&client, out),
        OpCommand::Register(args) => register::register(&client, args, out),
        OpCommand::Import(args) => register::import(&client, args, out),
        OpCommand::Erase {
            case,
            text,
            photo,
            contact,
            account,
            reason,
            view,
        } => {
            let shown = show(&client, case)?;
            let mut texts = whole_names(text, &texts_of(&shown), "text")?;
            if *contact {
                texts.push(reporters::card_of(&shown)?);
            }
            if *account {
                texts.push(reporters::account_of(&shown)?);
            }
            let files = whole_names(photo, &files_of(&shown), "photo")?;
            let body = json!({ "texts": texts, "files": files, "note": reason });
            instruct(&client, "erase", (case, view.as_deref()), body, out).map(drop)
        }
        OpCommand::Late { take, set_aside } => {
            late(&client, take.as_ref(), set_aside.as_ref(), out)
        }
        OpCommand::Contact { case } => reporters::contact(&client, case, out),
        OpCommand::Account { case } => reporters::account(&client, case, out),
        OpCommand::ContactLog { case, limit } => {
            reporters::log(&client, case.as_deref(), *limit, out)
        }
        OpCommand::HostApp(command) => host_apps::run(&client, command, out),
        OpCommand::Reissue {
            change,
            view,
            anyway,
        } => reissue(&client, change, (view.as_deref(), *anyway), out),
        OpCommand::RunServices { list: true } => services::list(&client, out),
        OpCommand::RunServices { list: false } => services::run(&client, out),
        OpCommand::Draws { waiting, limit } => services::draws(&client, (*waiting, *limit), out),
        OpCommand::Decide(command) => decide::decide(&client, command, out),
    }
}

fn late(client: &Client, take: Option<&String>, set_aside: Option<&String>, out: Out) -> Outcome {
    if let Some(named) = take.or(set_aside) {
        let change = &waiting_change(client, named)?;
        let path = format!("/v1/op/late/{}", segment(change));
        let done = client.post(&path, &json!({ "take": take.is_some() }))?;
        out.say(&done, || print::fields(&done));
        return Ok(());
    }
    let listed = client.get("/v1/op/late")?;
    let waiting = listed["late"].as_array().cloned().unwrap_or_default();
    for change in &waiting {
        out.say(change, || print::fields(change).replace('\n', "  "));
    }
    if waiting.is_empty() {
        out.progress("nothing waits for an operator");
    }
    Ok(())
}

/// The whole hash of a change that waits, of which the first digits are given. A whole one is taken as it is:
/// the server says what it knows of it.
fn waiting_change(client: &Client, named: &str) -> Result<String, Failure> {
    if named.len() == 64 {
        return Ok(named.to_owned());
    }
    let listed = client.get("/v1/op/late")?;
    let waiting = listed["late"].as_array().into_iter().flatten();
    let waiting = waiting.filter_map(|row| row["change"].as_str());
    let all = waiting.map(|change| (change, change));
    hashes::named(&Among::LATE, named, all).map(str::to_owned)
}

/// The whole digests of what is named by the first digits. A whole one is taken as it is: the server says
/// what it knows of it.
fn whole_names(written: &[String], known: &[String], what: &str) -> Result<Vec<String>, Failure> {
    let whole = |name: &String| {
        if name.len() == 64 {
            return Ok(name.clone());
        }
        let all = known.iter().map(|hash| (hash.as_str(), hash));
        hashes::named(&Among::shown(what), name, all).cloned()
    };
    written.iter().map(whole).collect()
}

/// The digests of the texts that a case and what was set aside in it name.
fn texts_of(shown: &Value) -> Vec<String> {
    let entries = shown["entries"].as_array().into_iter().flatten();
    let aside = shown["set_aside"].as_array().into_iter().flatten();
    let texts = entries
        .chain(aside)
        .filter_map(|it| it["texts"].as_object());
    texts.flat_map(|texts| texts.keys().cloned()).collect()
}

/// The photos that a case names. Small pictures go with theirs.
fn files_of(shown: &Value) -> Vec<String> {
    let media = shown["media"].as_array().into_iter().flatten();
    let large = media.filter(|file| file["thumbnail"] != true);
    let names = large.filter_map(|file| file["sha256"].as_str());
    names.map(str::to_owned).collect()
}

/// Issues again what was set aside, on the present view unless another is named.
fn reissue(
    client: &Client,
    named: &str,
    (view, anyway): (Option<&str>, bool),
    out: Out,
) -> Outcome {
    let status = client.get("/v1/op/status")?;
    let aside = status["set_aside"].as_array().into_iter().flatten();
    let aside = aside.map(|row| (row["change"].as_str().unwrap_or_default(), row));
    let row = hashes::named(&Among::shown("set-aside change"), named, aside)?;
    let change = row["change"].as_str().unwrap_or_default();
    let view = match view {
        Some(view) => json!(view),
        None => {
            let case = row["case"].as_str().unwrap_or_default();
            // A report that was set aside may stand in no case at all.
            let shown = client.get(&format!("/v1/op/cases/{}", segment(case)));
            shown.map_or(Value::Null, |shown| shown["view_token"].clone())
        }
    };
    let path = format!("/v1/op/set-aside/{}", segment(change));
    let done = client.post(&path, &json!({ "view": view, "anyway": anyway }))?;
    out.say(&done, || print::fields(&done));
    Ok(())
}

fn list(client: &Client, stage: Option<&str>, limit: u32, out: Out) -> Outcome {
    let stage = stage.map(crate::device::stage).transpose()?;
    let stage = stage
        .map(|stage| format!("&stage={}", stage.name()))
        .unwrap_or_default();
    let mut said = 0;
    let more = each_case(client, (limit, &stage), |case| {
        said += 1;
        out.say(case, || print::row(case));
        said < limit
    })?;
    if said == 0 {
        out.progress("no cases");
    }
    if more {
        out.progress("there are more cases: raise --limit, or name a --stage");
    }
    Ok(())
}

/// The most cases that the server puts into one page.
const LONGEST_PAGE: u32 = 1_000;

/// Every case, the last to change first, in pages of as many as are probably wanted, until `wants` no other;
/// whether there may be more.
fn each_case(
    client: &Client,
    (page, filter): (u32, &str),
    mut wants: impl FnMut(&Value) -> bool,
) -> Result<bool, Failure> {
    let first = format!("/v1/op/cases?limit={}{filter}", page.min(LONGEST_PAGE));
    let mut path = first.clone();
    loop {
        let page = client.get(&path)?;
        let next = page["next"].as_str();
        let mut cases = page["cases"].as_array().into_iter().flatten();
        while let Some(case) = cases.next() {
            if !wants(case) {
                return Ok(cases.next().is_some() || next.is_some());
            }
        }
        let Some(next) = next else {
            return Ok(false);
        };
        path = format!("{first}&after={}", segment(next));
    }
}

fn devices(client: &Client, out: Out) -> Outcome {
    let listed = client.get("/v1/op/devices")?;
    for device in listed["devices"].as_array().into_iter().flatten() {
        out.say(device, || print::device(device));
    }
    Ok(())
}

fn standing(client: &Client, key: &str, verb: &str, out: Out) -> Outcome {
    let done = client.post(
        &format!("/v1/op/devices/{}/{verb}", segment(key)),
        &json!({}),
    )?;
    out.say(&done, || format!("{verb}: done"));
    Ok(())
}

fn wipe(client: &Client, key: &str, days: u32, out: Out) -> Outcome {
    let asked = client.post(
        &format!("/v1/op/devices/{}/wipe", segment(key)),
        &json!({ "days": days }),
    )?;
    out.say(&asked, || {
        format!(
            "at its next sync it delivers what it can and removes everything, whatever happens from {} on",
            print::time(&asked["wipe"]["deliver_until"])
        )
    });
    Ok(())
}

fn keep(client: &Client, key: &str, out: Out) -> Outcome {
    let kept = client.delete(&format!("/v1/op/devices/{}/wipe", segment(key)))?;
    out.say(&kept, || {
        "the order is taken back; the device stays retired until a fresh code puts it in use"
            .to_owned()
    });
    Ok(())
}

/// A case by id, task number or the first digits of its id.
fn show(client: &Client, case: &str) -> Result<Value, Failure> {
    client.get(&format!(
        "/v1/op/cases/{}",
        segment(&resolve(client, case)?)
    ))
}

fn resolve(client: &Client, case: &str) -> Result<String, Failure> {
    if case.len() == 32 {
        return Ok(case.to_owned());
    }
    let mut matching = Vec::new();
    each_case(client, (LONGEST_PAGE, ""), |row| {
        let id = row["case"].as_str().unwrap_or_default();
        let numbered = row["task_number"] == case;
        if numbered {
            matching.clear();
        }
        if numbered || id.starts_with(case) {
            matching.push(id.to_owned());
        }
        !numbered
    })?;
    match matching.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure::new(format!(
            "no case is called {case}: list the cases"
        ))),
        _ => Err(Failure::new(format!(
            "several cases begin with {case}: give more digits"
        ))),
    }
}

/// Gives an instruction on a case, as it stands or as it was seen; what the server answers. Whoever names what
/// was seen need not be somebody who reads the centre's cases.
fn instruct(
    client: &Client,
    kind: &str,
    (case, view): (&str, Option<&str>),
    mut body: Value,
    out: Out,
) -> Result<Value, Failure> {
    let case = resolve(client, case)?;
    body["view"] = match view {
        Some(view) => Value::from(view),
        None => show(client, &case)?["view_token"].take(),
    };
    let done = client.post(&format!("/v1/op/cases/{}/{kind}", segment(&case)), &body)?;
    out.say(&done, || print::done(kind, &done));
    Ok(done)
}
