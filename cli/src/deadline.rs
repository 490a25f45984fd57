//! `gewu deadline`: when a limit that starts then is due.

use std::path::Path;

use gewu_model::deadline::{
    Answer, Asked, Calendar, Due, Lights, Limit, Offset, Pause, Pauses, Unanswered, reckon,
};
use gewu_model::time::Millis;
use serde_json::{Value, json};

use crate::args::DeadlineArgs;
use crate::out::{Failure, Out, Outcome, plain};

pub(crate) fn run(args: &DeadlineArgs, out: Out) -> Outcome {
    let calendar = match &args.pack {
        Some(path) => open(path)?,
        None => Calendar::shipped(),
    };
    let offset = calendar.offset();
    let asked = Asked {
        start: read(offset, "--start", &args.start)?,
        limit: &args.limit,
        extensions: &args.extend,
        pauses: pauses(offset, &args.pause)?,
    };
    let now = args
        .now
        .as_deref()
        .map(|now| read(offset, "--now", now))
        .transpose()?;
    let mut value = json!({
        "start": offset.write(asked.start),
        "due": Value::Null,
        "calendar": calendar.name(),
        "limit": args.limit,
    });
    let answer = match reckon(&calendar, &asked) {
        Ok(answer) => answer,
        Err(error) => return Err(unanswered(value, &error, out)),
    };
    fill(&mut value, &calendar, &answer);
    if let Some(now) = now {
        match used(&calendar, &answer, &asked.pauses, now) {
            Ok(used) => value["at"] = used,
            Err(error) => return Err(unanswered(value, &error.into(), out)),
        }
    }
    out.say(&value, || text(&value));
    Ok(())
}

/// Says for scripts what is not known, besides the words of the failure.
fn unanswered(mut value: Value, error: &Unanswered, out: Out) -> Failure {
    let words = error.to_string();
    let limit = value["limit"].as_str().map(Limit::parse);
    let unit = limit.and_then(Result::ok).map(|limit| limit.unit().name());
    value["unit"] = json!(unit.unwrap_or("unknown"));
    value["error"] = json!(words);
    if out.is_json() {
        out.say(&value, String::new);
    }
    Failure::new(plain(&words))
}

fn open(path: &Path) -> Result<Calendar, Failure> {
    let about =
        |error: &dyn std::error::Error| Failure::new(format!("{}: {error}", path.display()));
    let body = std::fs::read(path).map_err(|error| about(&error))?;
    Calendar::from_json(&body).map_err(|error| about(&error))
}

fn read(offset: Offset, option: &str, text: &str) -> Result<Millis, Failure> {
    let at = offset.read(text);
    at.map_err(|error| Failure::usage(format!("{option}: {error}")))
}

fn pauses(offset: Offset, written: &[String]) -> Result<Pauses, Failure> {
    let pauses = written.iter().map(|text| {
        let (from, to) = text
            .split_once("..")
            .ok_or_else(|| Failure::usage("--pause: write two times with .. between them"))?;
        let from = read(offset, "--pause", from)?;
        let to = match to {
            "" => None,
            to => Some(read(offset, "--pause", to)?),
        };
        match to {
            Some(to) if to < from => Err(Failure::usage("--pause: it ends before it begins")),
            _ => Ok(Pause { from, to }),
        }
    });
    Ok(Pauses::new(pauses.collect::<Result<Vec<_>, _>>()?))
}

fn fill(value: &mut Value, calendar: &Calendar, answer: &Answer) {
    let offset = calendar.offset();
    value["unit"] = json!(answer.unit.name());
    value["clock"] = json!(answer.budget.clock);
    value["minutes"] = json!(answer.budget.ms / 60_000);
    value["counted_from"] = json!(offset.write(answer.counted_from));
    match answer.due {
        Due::At(at) => value["due"] = json!(offset.write(at)),
        Due::Paused { left_ms } => value["paused"] = json!({ "minutes_left": left_ms / 60_000 }),
    }
}

fn used(
    calendar: &Calendar,
    answer: &Answer,
    pauses: &Pauses,
    now: Millis,
) -> Result<Value, gewu_model::deadline::NotKnown> {
    let spent = answer.spent(calendar, pauses, now)?;
    Ok(json!({
        "now": calendar.offset().write(now),
        "used_minutes": spent.used_ms / 60_000,
        "remaining_minutes": spent.remaining_ms().div_euclid(60_000),
        "overdue_percent": spent.overdue_percent(),
        "light": Lights::default().of(spent),
    }))
}

fn text(value: &Value) -> String {
    let word = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let due = match value["due"].as_str() {
        Some(due) => format!("due {due}"),
        None => format!(
            "no due time while paused: {} min left",
            value["paused"]["minutes_left"]
        ),
    };
    let mut lines = vec![
        due,
        format!(
            "  {} is {} min, {} clock",
            plain(&word("limit")),
            value["minutes"],
            word("clock")
        ),
        format!(
            "  counted from {} by calendar {}",
            word("counted_from"),
            plain(&word("calendar"))
        ),
    ];
    let at = &value["at"];
    if at.is_object() {
        lines.push(format!(
            "  at {}: {} min used, {} left, {}",
            at["now"].as_str().unwrap_or_default(),
            at["used_minutes"],
            at["remaining_minutes"],
            at["light"].as_str().unwrap_or_default(),
        ));
    }
    lines.join("\n")
}
