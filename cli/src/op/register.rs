//! Cases that reached the centre otherwise: one at a time, or a file of them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use gewu_cataloguepack::{SheetRow, check_value, is_rounded};
use serde_json::{Map, Value, json};

mod line;

use super::client::Client;
use super::decide::time;
use crate::args::{ImportArgs, RegisterArgs};
use crate::out::{Failure, Out, Outcome};

/// The longest line of a file of objects in bytes.
const LONGEST_LINE: usize = 1 << 20;

/// What spreadsheets and editors begin a UTF-8 file with.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// The columns that a file of cases may have.
const COLUMNS: &[&str] = &[
    "channel",
    "class",
    "condition",
    "contact_id",
    "contact_name",
    "contact_phone",
    "edition",
    "external_due",
    "external_id",
    "kind",
    "lat",
    "lon",
    "reply_required",
    "source",
    "text",
];

/// Registers one case.
pub(super) fn register(client: &Client, args: &RegisterArgs, out: Out) -> Outcome {
    let due = args.external_due.as_deref();
    let due = due.map(|due| time("--external-due", due)).transpose()?;
    let body = json!({
        "edition": args.edition, "class": { "kind": args.kind, "code": args.class },
        "condition": args.condition, "lon": args.lon, "lat": args.lat, "text": args.text,
        "source": {
            "code": args.source, "channel": args.channel, "external_id": args.external_id,
        },
        "external_due": due, "reply_required": args.reply_required,
        "contact": args.contact.contact(),
    });
    let made = client.post("/v1/op/cases", &body)?;
    out.say(&made, || {
        let case = made["case"].as_str().unwrap_or("?");
        match made["new"] == true {
            true => format!("registered as {case}"),
            false => format!("known already, as {case}{}", news(&made)),
        }
    });
    Ok(())
}

/// What was new in a matter that was registered before.
fn news(made: &Value) -> &'static str {
    match made["contact"].as_str() {
        Some("added") => "; its contact is new and was added",
        Some("changed") => "; its contact is new and took the place of the old one",
        Some("same") => "; nothing is new",
        Some("erased") => {
            "; its contact was erased at an operator's word, so the new one was not taken"
        }
        _ => "",
    }
}

/// What became of the lines of a file.
#[derive(Debug, Default)]
struct Sums {
    registered: u64,
    known: u64,
    refused: u64,
}

/// Registers every line of a file, and says what became of each.
pub(super) fn import(client: &Client, args: &ImportArgs, out: Out) -> Outcome {
    let mut sums = Sums::default();
    let mut each = |line: u64, read: Result<Map<String, Value>, Failure>| {
        let sent = read
            .and_then(|fields| body(args, fields))
            .and_then(|body| client.post("/v1/op/cases", &body));
        sums.tell(line, &sent, out);
    };
    let about = |error: std::io::Error| {
        Failure::new(format!("cannot read {}: {error}", args.file.display()))
    };
    match args.file.extension().and_then(|name| name.to_str()) {
        Some("csv") => lines_of_table(&std::fs::read(&args.file).map_err(about)?, &mut each)?,
        Some("jsonl" | "ndjson") => {
            let file = File::open(&args.file).map_err(about)?;
            lines_of_objects(file, &mut each).map_err(about)?;
        }
        _ => {
            return Err(Failure::usage(
                "the file's name has to end in .csv, .jsonl or .ndjson",
            ));
        }
    }
    let Sums {
        registered,
        known,
        refused,
    } = sums;
    let all = json!({ "registered": registered, "known": known, "refused": refused });
    out.say(&all, || {
        format!("{registered} registered, {known} known already, {refused} refused")
    });
    match refused {
        0 => Ok(()),
        refused => Err(Failure::new(format!(
            "{refused} lines were refused: mend them and import the file again; lines with an external id are registered once"
        ))),
    }
}

impl Sums {
    fn tell(&mut self, line: u64, sent: &Result<Value, Failure>, out: Out) {
        match sent {
            Ok(made) => {
                let (case, new) = (&made["case"], made["new"] == true);
                let (count, word) = match new {
                    true => (&mut self.registered, "registered"),
                    false => (&mut self.known, "known"),
                };
                *count += 1;
                let contact = &made["contact"];
                let value =
                    json!({ "line": line, "outcome": word, "case": case, "contact": contact });
                out.say(&value, || {
                    let case = case.as_str().unwrap_or("?");
                    format!("line {line}: {word} as {case}{}", news(made))
                });
            }
            Err(failure) => {
                self.refused += 1;
                let why = failure.message();
                let value = json!({ "line": line, "outcome": "refused", "why": why });
                out.say(&value, || format!("line {line}: refused: {why}"));
            }
        }
    }
}

type Each<'a> = dyn FnMut(u64, Result<Map<String, Value>, Failure>) + 'a;

fn lines_of_table(bytes: &[u8], each: &mut Each<'_>) -> Outcome {
    let known = |row: &csv::StringRecord| {
        let named = |cell: &&str| COLUMNS.contains(&cell.trim());
        row.iter().filter(named).count()
    };
    // Before anything is sent: the rows after an open quote would be the text of one.
    let table = gewu_cataloguepack::rows(bytes, known)
        .map_err(|why| Failure::usage(format!("{why}: nothing was sent")))?;
    let header: Vec<&str> = table.header.iter().map(str::trim).collect();
    check_header(&header)?;
    for row in &table.rows {
        let filled = row.cells.iter().any(|cell| !cell.trim().is_empty());
        if filled {
            each(row.line, fields(&header, row));
        }
    }
    Ok(())
}

/// Of two columns of one name only one could be taken.
fn check_header(header: &[&str]) -> Outcome {
    let mut seen = BTreeSet::new();
    let mut named = header.iter().filter(|name| !name.is_empty());
    match named.find(|name| !seen.insert(**name)) {
        Some(name) => Err(Failure::usage(format!(
            "the column {name} stands there twice: nothing was sent"
        ))),
        None => Ok(()),
    }
}

fn fields(header: &[&str], row: &SheetRow) -> Result<Map<String, Value>, Failure> {
    if row.cleaned {
        return Err(Failure::new("it has control characters: take them out"));
    }
    let cells = row.cells.iter().map(str::trim).enumerate();
    let filled = cells.filter(|(_, cell)| !cell.is_empty());
    filled
        .map(|(at, cell)| match header.get(at) {
            Some(name) => Ok(((*name).to_owned(), Value::from(cell))),
            None => Err(Failure::new(
                "it has more cells than the header: quote a cell that has a comma in it",
            )),
        })
        .collect()
}

fn lines_of_objects(file: File, each: &mut Each<'_>) -> std::io::Result<()> {
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for at in 1.. {
        line.clear();
        let limit = LONGEST_LINE as u64 + 1;
        let read = Read::take(&mut reader, limit).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        if line.starts_with(MARK) {
            line.drain(..MARK.len());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        if line.len() > LONGEST_LINE {
            each(
                at,
                Err(Failure::new("the line is longer than 1 MiB: it is no case")),
            );
            break;
        }
        each(at, line::read(&line));
    }
    Ok(())
}

/// Numbers that say nothing when they are rounded.
const EXACT: &[&str] = &["channel", "contact_id", "contact_phone", "external_id"];

/// Refuses what a spreadsheet writes in the place of a value, and long numbers that it has rounded: under
/// either, different matters would pass for one.
fn check_values(fields: &Map<String, Value>) -> Result<(), Failure> {
    for (name, value) in fields {
        let rounded = match value {
            Value::String(text) => {
                check_value(text).map_err(|why| Failure::new(format!("{name}: {why}")))?;
                is_rounded(text)
            }
            Value::Array(_) | Value::Object(_) => {
                return Err(Failure::new(format!("{name} is no single value")));
            }
            other => other.is_f64(),
        };
        if rounded && EXACT.contains(&name.as_str()) {
            return Err(Failure::new(format!(
                "{name} is {}, a number that a spreadsheet has rounded: write all its digits, as text",
                plain(value)
            )));
        }
    }
    Ok(())
}

/// The request for a line. Numbers and times may be written as text, as tables have them.
fn body(args: &ImportArgs, mut fields: Map<String, Value>) -> Result<Value, Failure> {
    check_values(&fields)?;
    let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_null());
    let text = |value: Option<Value>| value.map(|value| plain(&value));
    let class = text(take("class")).ok_or_else(|| missing("class"))?;
    let kind = text(take("kind")).unwrap_or_else(|| "matter".to_owned());
    let lon = degrees(take("lon"), "lon")?;
    let lat = degrees(take("lat"), "lat")?;
    let due = text(take("external_due"));
    let due = due.map(|due| time("external_due", &due)).transpose()?;
    let reply = yes(take("reply_required"))?;
    let body = json!({
        "class": { "kind": kind, "code": class }, "lon": lon, "lat": lat,
        "edition": text(take("edition")), "condition": text(take("condition")),
        "text": text(take("text")), "external_due": due, "reply_required": reply,
        "source": {
            "code": text(take("source")).unwrap_or_else(|| args.source.clone()),
            "channel": text(take("channel")).or_else(|| args.channel.clone()),
            "external_id": text(take("external_id")),
        },
        "contact": {
            "name": text(take("contact_name")), "phone": text(take("contact_phone")),
            "id_number": text(take("contact_id")),
        },
    });
    match fields.keys().next() {
        // A misspelled column would lose what stands in it.
        Some(name) => Err(Failure::new(format!(
            "the column {name} is not known: see `gewu op import --help`"
        ))),
        None => Ok(body),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn missing(name: &str) -> Failure {
    Failure::new(format!("it lacks {name}"))
}

fn degrees(value: Option<Value>, name: &str) -> Result<f64, Failure> {
    let value = value.ok_or_else(|| missing(name))?;
    let number = match &value {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    let number = number.filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| Failure::new(format!("{name} is no number of degrees")))
}

fn yes(value: Option<Value>) -> Result<bool, Failure> {
    match value {
        None | Some(Value::Bool(false)) => Ok(false),
        Some(Value::Bool(true)) => Ok(true),
        Some(other) => match plain(&other).as_str() {
            "yes" | "true" | "1" | "是" => Ok(true),
            "no" | "false" | "0" | "否" => Ok(false),
            _ => Err(Failure::new("reply_required is yes or no")),
        },
    }
}

#[cfg(test)]
mod tests;
