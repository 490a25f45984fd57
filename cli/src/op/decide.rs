// long-file: one arm for each instruction
//! Instructions of the centre: from a command to the body that the API takes.

use gewu_model::deadline::Calendar;
use gewu_model::entry::DayWindow;
use gewu_model::place::{Datum, Position};
use serde_json::{Value, json};

use super::client::Client;
use super::{instruct, resolve, show};
use crate::args::{AskArgs, CorrectArgs, Decision, DecisionCommand, DispatchArgs, Granted, Terms};
use crate::hashes::{self, Among};
use crate::out::{Failure, Out, Outcome};

/// What a decision says: its kind on the wire, the case, and the body.
type Said<'a> = (&'static str, &'a Decision, Value);

/// Gives the instruction.
pub(super) fn decide(client: &Client, command: &DecisionCommand, out: Out) -> Outcome {
    let (kind, decision, mut body) = body(client, command)?;
    if let Some(note) = &decision.note {
        body["note"] = Value::from(note.clone());
    }
    body["known_names"] = json!(!decision.unknown_names);
    if let DecisionCommand::Repin {
        even_if_nothing_is_allowed: true,
        ..
    } = command
    {
        body["even_if_nothing_is_allowed"] = json!(true);
    }
    let on = (decision.case.as_str(), decision.view.as_deref());
    let DecisionCommand::Close {
        with_duplicates, ..
    } = command
    else {
        return instruct(client, kind, on, body, out).map(drop);
    };
    let done = instruct(client, kind, on, body.clone(), out)?;
    super::duplicates::after_close(client, &done, body, *with_duplicates, out)
}

fn body<'a>(client: &Client, command: &'a DecisionCommand) -> Result<Said<'a>, Failure> {
    use DecisionCommand as C;
    Ok(match command {
        C::File(decision) => ("file", decision, json!({})),
        C::Decline {
            decision,
            kind,
            why,
        } => (
            "decline",
            decision,
            json!({ "kind": kind, "reason": why.reason }),
        ),
        C::VerifyRequest(args) => ("verify_request", &args.decision, asked(args)?),
        C::CheckRequest(args) => ("check_request", &args.decision, asked(args)?),
        C::RedoRequest {
            decision,
            person,
            why,
            terms,
        } => {
            let body = json!({ "persons": person, "reason": why.reason });
            ("redo_request", decision, within(body, terms)?)
        }
        C::SpotCheck {
            decision,
            person,
            rule,
            terms,
        } => {
            let body = json!({ "persons": person, "rule": rule });
            ("spot_check", decision, within(body, terms)?)
        }
        C::Dispatch(args) => ("dispatch", &args.decision, dispatch(args)?),
        C::Order {
            decision,
            person,
            unit,
            limit,
        } => (
            "order",
            decision,
            json!({ "persons": person, "units": unit, "limit": limit }),
        ),
        C::Forward {
            decision,
            unit,
            from,
            limit,
        } => (
            "forward",
            decision,
            json!({ "unit": unit, "from": from, "limit": limit }),
        ),
        C::Assign {
            decision,
            person,
            team,
        } => (
            "assign",
            decision,
            json!({ "person": person, "team": team }),
        ),
        C::Unassign {
            decision,
            person,
            team,
        } => (
            "unassign",
            decision,
            json!({ "person": person, "team": team }),
        ),
        C::Recall { decision, why } => ("recall", decision, json!({ "reason": why.reason })),
        C::Void { decision, why } => ("void", decision, json!({ "reason": why.reason })),
        C::Convert { decision, why } => ("convert", decision, json!({ "reason": why.reason })),
        C::Rework {
            decision,
            lead,
            limit,
            why,
        } => (
            "rework",
            decision,
            json!({ "lead": lead, "limit": limit, "reason": why.reason }),
        ),
        C::Resume { decision, limit } => ("resume", decision, json!({ "limit": limit })),
        C::Close {
            decision,
            kind,
            condition,
            ..
        } => (
            "close",
            decision,
            json!({ "kind": kind, "condition": condition }),
        ),
        C::Supervise {
            decision,
            unit,
            person,
            reply_within,
        } => (
            "supervise",
            decision,
            json!({ "units": unit, "persons": person, "reply_within": reply_within }),
        ),
        C::Correct(args) => ("correct", &args.decision, correct(args)?),
        C::Reward {
            decision,
            state,
            rule,
            points,
            cents,
            why,
        } => (
            "reward",
            decision,
            json!({
                "state": state, "rule": rule, "points": points, "cents": cents,
                "reason": why.reason,
            }),
        ),
        granting => return grants(client, granting),
    })
}

/// Instructions that name another entry or another case, which have to be looked up.
fn grants<'a>(client: &Client, command: &'a DecisionCommand) -> Result<Said<'a>, Failure> {
    use DecisionCommand as C;
    let found = |decision: &Decision, granted: &Granted, kind: &str| {
        request(client, decision, granted.request.as_deref(), &[kind])
    };
    Ok(match command {
        C::SendBack {
            decision,
            granted,
            unit,
            why,
        } => {
            let named = granted.request.as_deref();
            let request = match (named, unit) {
                // Which wish that is, if it had one, the server finds.
                (None, Some(_)) => Value::Null,
                _ => {
                    let kinds = ["send_back_request", "refuse"];
                    hash(request(client, decision, named, &kinds)?.as_ref())
                }
            };
            let body = json!({ "request": request, "unit": unit, "reason": why.reason });
            ("send_back", decision, body)
        }
        C::Suspend {
            decision,
            granted,
            until,
            why,
        } => {
            let asked = found(decision, granted, "suspend_request")?;
            let wished = || asked.as_ref().map(|it| it["payload"]["until"].clone());
            let until = match until {
                Some(until) => Some(time("--until", until)?),
                None => wished(),
            };
            let request = hash(asked.as_ref());
            let body = json!({ "request": request, "until": until, "reason": why.reason });
            ("suspend", decision, body)
        }
        C::Reopen {
            decision,
            granted,
            why,
        } => {
            let request = hash(found(decision, granted, "reopen_request")?.as_ref());
            let body = json!({ "request": request, "reason": why.reason });
            ("reopen", decision, body)
        }
        C::Extend {
            decision,
            limit,
            unit,
            granted,
        } => {
            let asked = found(decision, granted, "extend_request")?;
            let wished = asked
                .as_ref()
                .and_then(|it| it["payload"]["limit"].as_str().map(str::to_owned));
            let limit = limit.clone().or(wished).ok_or_else(|| {
                Failure::usage("nobody asked for more time: say how much with --limit")
            })?;
            let request = hash(asked.as_ref());
            let body = json!({ "request": request, "limit": limit, "unit": unit });
            ("extend", decision, body)
        }
        C::Ownership {
            decision,
            granted,
            authority,
            owner,
            handler,
        } => {
            let request = hash(found(decision, granted, "ownership_dispute")?.as_ref());
            let body = json!({
                "request": request, "authority": authority, "owner": owner, "handler": handler,
            });
            ("ownership", decision, body)
        }
        C::Decide {
            decision,
            request: named,
            grant,
            refuse: _,
            step,
            why,
        } => {
            let asked = request(client, decision, named.as_deref(), &[])?;
            let asked = asked.ok_or_else(|| Failure::new("no request waits in this case"))?;
            let body = json!({
                "request": asked["hash"], "granted": grant, "step": step, "reason": why.reason,
            });
            ("decide", decision, body)
        }
        C::Link {
            decision,
            duplicate_of,
            has_duplicate,
            related,
            nothing,
            granted,
        } => {
            let ties = [
                ("duplicate_of", duplicate_of),
                ("has_duplicate", has_duplicate),
                ("related", related),
                ("nothing", nothing),
            ];
            let tie = ties
                .iter()
                .find_map(|(name, it)| Some((name, it.as_ref()?)));
            let (relation, other) =
                tie.ok_or_else(|| Failure::usage("say how the case stands to which other"))?;
            let other = resolve(client, other)?;
            let request = match (&granted.request, *relation) {
                (Some(named), _) => hash(Some(&entry(&show(client, &decision.case)?, named)?)),
                (None, "nothing") => Value::Null,
                (None, _) => suggestion(&show(client, &decision.case)?, &other),
            };
            let body = json!({ "other": other, "relation": relation, "request": request });
            ("link", decision, body)
        }
        C::Repin {
            decision,
            policy,
            catalogue,
            edition,
            ..
        } => {
            let policy = pack(client, "policy", policy.as_deref())?;
            let catalogue = pack(client, "catalogue", catalogue.as_deref())?;
            let body = json!({ "policy": policy, "catalogue": catalogue, "edition": edition });
            ("repin", decision, body)
        }
        C::Reply { decision, text, to } => {
            let to = match to {
                Some(named) => hash(Some(&entry(&show(client, &decision.case)?, named)?)),
                None => Value::Null,
            };
            ("reply", decision, json!({ "text": text, "to": to }))
        }
        _ => return Err(Failure::usage("this command gives no instruction")),
    })
}

/// The whole digest of a pack in force. A whole one is taken as it is: an older version may be named too.
fn pack(client: &Client, kind: &str, written: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(written) = written else {
        return Ok(None);
    };
    if written.len() == 64 {
        return Ok(Some(written.to_ascii_lowercase()));
    }
    let listed = client.get("/v1/op/packs")?;
    let packs = listed["packs"].as_array().into_iter().flatten();
    let packs = packs.filter(|pack| pack["kind"] == kind);
    let named = packs.filter_map(|pack| Some((pack["sha256"].as_str()?, pack)));
    let found = hashes::named(&Among::packs(kind), written, named)?;
    Ok(found["sha256"].as_str().map(str::to_owned))
}

fn asked(args: &AskArgs) -> Result<Value, Failure> {
    let body = json!({ "persons": args.person, "also": args.also });
    within(body, &args.terms)
}

fn within(mut body: Value, terms: &Terms) -> Result<Value, Failure> {
    body["limit"] = json!(terms.limit);
    if let Some(written) = &terms.same_period {
        body["same_period"] = json!(window(written)?);
    }
    Ok(body)
}

fn dispatch(args: &DispatchArgs) -> Result<Value, Failure> {
    let due = args.external_due.as_deref();
    let due = due.map(|due| time("--external-due", due)).transpose()?;
    Ok(json!({
        "lead": args.lead, "assist": args.assist, "limit": args.limit,
        "bundle_limit": args.bundle_limit, "substitute_for": args.substitute_for,
        "must_accept": args.must_accept.then_some(true), "external_due": due,
    }))
}

fn correct(args: &CorrectArgs) -> Result<Value, Failure> {
    let position = match (args.lon, args.lat) {
        (Some(lon), Some(lat)) => Some(
            Position::from_degrees(lon, lat, Datum::Wgs84, None)
                .map_err(|error| Failure::usage(error.to_string()))?,
        ),
        _ => None,
    };
    let due = args.external_due.as_deref();
    let due = due.map(|due| time("--external-due", due)).transpose()?;
    let class = args.class.as_ref();
    let class = class.map(|code| json!({ "kind": args.kind, "code": code }));
    let body = json!({
        "class": class, "condition": args.condition, "position": position,
        "component": args.component, "area_grade": args.area_grade, "external_due": due,
    });
    let said = body.as_object().into_iter().flatten();
    if said.into_iter().all(|(_, value)| value.is_null()) {
        return Err(Failure::usage(
            "say what is corrected: class, place, component …",
        ));
    }
    Ok(body)
}

/// A part of the day, as `22:00-06:00`.
fn window(written: &str) -> Result<DayWindow, Failure> {
    let minute = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':')?;
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    let parts = written.split_once('-');
    let read = parts.and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
    let (from_minute, to_minute) = read
        .filter(|(from, to)| from != to)
        .ok_or_else(|| Failure::usage("--same-period: write it as 22:00-06:00"))?;
    Ok(DayWindow {
        from_minute,
        to_minute,
    })
}

/// A time as people write it; without a zone in that of the calendar that ships.
pub(super) fn time(option: &str, text: &str) -> Result<Value, Failure> {
    let at = Calendar::shipped().offset().read(text);
    let at = at.map_err(|error| Failure::usage(format!("{option}: {error}")))?;
    Ok(json!(at))
}

/// The request that is named, or the only one of those kinds that waits; all kinds when none is
/// given.
fn request(
    client: &Client,
    decision: &Decision,
    named: Option<&str>,
    kinds: &[&str],
) -> Result<Option<Value>, Failure> {
    let shown = show(client, &decision.case)?;
    if let Some(named) = named {
        return entry(&shown, named).map(Some);
    }
    let entries = shown["entries"].as_array().into_iter().flatten();
    let waiting: Vec<&Value> = entries
        .filter(|it| it["status"] == "effective" && it["reason"] == "request")
        .filter(|it| kinds.is_empty() || kinds.iter().any(|kind| it["kind"] == *kind))
        .collect();
    match waiting.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).clone())),
        _ => Err(Failure::usage(
            "several requests wait: name one with --request, as `gewu op show` prints it",
        )),
    }
}

/// The suggestion that waits and names the other case; the last one of several.
fn suggestion(shown: &Value, other: &str) -> Value {
    let entries = shown["entries"].as_array().into_iter().flatten();
    let mut about = entries
        .filter(|it| it["kind"] == "duplicate_suggestion" && it["reason"] == "request")
        .filter(|it| it["payload"]["other"] == other);
    hash(about.next_back())
}

/// The entry of a case with that hash, or with the only one that begins so.
fn entry(shown: &Value, named: &str) -> Result<Value, Failure> {
    let entries = shown["entries"].as_array().into_iter().flatten();
    let entries = entries.map(|it| (it["hash"].as_str().unwrap_or_default(), it));
    hashes::named(&Among::ENTRIES, named, entries).cloned()
}

fn hash(entry: Option<&Value>) -> Value {
    entry.map_or(Value::Null, |entry| entry["hash"].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_grants_only_the_suggestion_of_the_same_case() {
        let one = |hash: &str, other: &str, reason: &str| {
            json!({ "kind": "duplicate_suggestion", "hash": hash, "reason": reason,
                "payload": { "other": other } })
        };
        let entries = [
            one("a1", "b", "request"),
            one("a2", "c", "request"),
            one("a3", "d", "refused"),
        ];
        let shown = json!({ "entries": entries });
        assert_eq!(suggestion(&shown, "c"), "a2");
        assert_eq!(suggestion(&shown, "d"), Value::Null);
        assert_eq!(suggestion(&shown, "e"), Value::Null);
    }

    #[test]
    fn parts_of_the_day_are_read_and_others_refused() {
        let night = window("22:00-06:30").expect("a window");
        assert_eq!((night.from_minute, night.to_minute), (1320, 390));
        for wrong in ["22:00", "24:00-01:00", "8-9", "08:00-08:00", "08:61-09:00"] {
            assert!(window(wrong).is_err(), "{wrong}");
        }
    }
}
