//! What is on the device, as text and as JSON.

mod backlog;
mod public;

use std::collections::BTreeSet;

use gewu::{
    CaseContact, CaseDetail, CaseRow, EntryDetail, PhotoDetail, Saved, SetAsideItem, Similar, Task,
    Warning,
};
use gewu_model::catalogue::{Class, Label};
use gewu_model::entry::DayWindow;
use gewu_model::ids::Digest;
use serde_json::{Value, json};

use super::words::Words;
use crate::clock;
use crate::out::plain;
use crate::said::said;

pub(super) use super::act::saved_value as saved_json;
pub(super) use backlog::{aside, files, refused, status, status_json, sync};

/// The digits of an id that a person types.
fn short(id: &impl ToString) -> String {
    id.to_string().chars().take(12).collect()
}

/// Where a case stands: for a citizen by the centre's public word.
fn stage(row: &CaseRow, words: &Words) -> String {
    let public = row.public_stage.map(|stage| json!(stage));
    let public = public.as_ref().and_then(Value::as_str);
    let name = public.map_or_else(
        || format!("stage.{}", row.stage.name()),
        |name| format!("public.{name}"),
    );
    let word = words.word(&name);
    let bare = name.split('.').next_back().unwrap_or(&name);
    plain(if word == name { bare } else { word })
}

/// A case in a list.
pub(super) fn row(row: &CaseRow, words: &Words) -> String {
    let class = row.class.as_ref().map_or("-", |class| class.code.as_str());
    let unsent = if row.unsent > 0 {
        format!("  ({} unsent)", row.unsent)
    } else {
        String::new()
    };
    format!(
        "{}  {:<14} {:<18} {class}  {}{unsent}",
        short(&row.case),
        row.task_number.as_deref().unwrap_or("-"),
        stage(row, words),
        plain(row.summary.as_deref().unwrap_or("")),
    )
}

/// A task in a list.
pub(super) fn task(task: &Task, words: &Words) -> String {
    let whom = if task.in_person { "you" } else { "your unit" };
    let asked = plain(words.word(&task.question));
    let clock = match (&task.cancelled, &task.clock) {
        (Some(struck), _) => format!("cancelled by {}", plain(words.word(&struck.kind))),
        (None, Some(clock)) => clock::short(clock),
        (None, None) => "-".to_owned(),
    };
    let mut marks = String::new();
    if task.must_accept {
        marks.push_str("  (must be accepted)");
    }
    if let Some([from, to]) = task.same_period.map(DayWindow::clock_times) {
        marks.push_str(&format!("  (between {from} and {to})"));
    }
    if task.late_answer.is_some() {
        marks.push_str("  (your result came late: kept, without effect)");
    }
    format!(
        "{clock:<34} {asked:<9} of {whom:<10} {}{marks}",
        row(&task.row, words)
    )
}

/// A case nearby that may be the same matter.
pub(super) fn similar(case: &Similar, words: &Words) -> String {
    let offset = gewu_model::deadline::Calendar::shipped().offset();
    let received = case.received_at.map_or_else(
        || "not received yet".to_owned(),
        |at| format!("received {}", offset.write(at)),
    );
    format!(
        "{:>6.1} m  {}\n          {received}, written {} by its author's clock",
        case.distance_m,
        row(&case.row, words),
        offset.write(case.claimed_at),
    )
}

/// A class in a list, with its conditions and limits.
pub(super) fn class(class: &Class) -> String {
    let conditions = class.conditions.iter();
    let conditions: Vec<String> = conditions
        .map(|one| {
            let limit = one.limit.as_ref();
            let limit = limit.map_or(String::new(), |limit| format!("; limit {limit}"));
            format!("\n      condition {}: {}{limit}", one.code, both(&one.text))
        })
        .collect();
    format!(
        "{:<10} {}  {}{}",
        class.kind,
        class.code,
        both(&class.name),
        conditions.concat()
    )
}

/// A label in both languages, as far as it has them.
fn both(label: &Label) -> String {
    match label.en.as_str() {
        "" => label.zh.clone(),
        en => format!("{} / {en}", label.zh),
    }
}

/// A saved entry.
pub(super) fn saved(saved: &Saved) -> String {
    let warning = match saved.warning {
        Some(Warning::OutsideDutyGrid) => "\nwarning: the place lies outside your duty grids",
        Some(Warning::OutsideEveryGrid) => {
            "\nwarning: the place lies in no grid that this device knows"
        }
        Some(Warning::MapMissing) => {
            "\nwarning: the map of your duty grid is not on this device yet; sync fetches it"
        }
        None => "",
    };
    format!("saved in case {}{warning}", saved.case)
}

/// A case with its photos and the public word at hand for scripts.
pub(super) fn detail_json(detail: &CaseDetail) -> Value {
    let mut value = serde_json::to_value(detail).unwrap_or(Value::Null);
    let photos: Vec<_> = detail
        .entries
        .iter()
        .flat_map(|entry| &entry.photos)
        .collect();
    value["photos"] = json!(photos);
    value["work"] = json!(detail.view.work);
    value["public"] = json!(detail.public_status);
    value["needs_packs"] = json!(
        detail
            .view
            .needs_pack
            .iter()
            .chain(lost_classes(detail))
            .collect::<Vec<_>>()
    );
    value
}

/// The catalogue that the case pins, when its classes cannot be read here.
fn lost_classes(detail: &CaseDetail) -> Option<&Digest> {
    let reported = detail.row.class.is_some() && detail.class_name.is_none();
    detail.catalogue.as_ref().filter(|_| reported)
}

/// A case with everything that was written in it.
pub(super) fn detail(detail: &CaseDetail, words: &Words) -> String {
    let mut lines = vec![row(&detail.row, words)];
    lines.extend(detail.view.needs_pack.map(|pack| {
        format!(
            "needs pack {}: the policy that this case was begun under is not on this device, so where it stands is read by the built-in rules and nothing can be written; sync to fetch it",
            short(&pack)
        )
    }));
    lines.extend(lost_classes(detail).map(|pack| {
        format!(
            "needs pack {}: the classes that this case was begun under are not on this device, so it is shown by their codes; sync to fetch them",
            short(pack)
        )
    }));
    if let Some(name) = &detail.class_name {
        let edition = detail.edition.as_deref().unwrap_or("?");
        let condition = detail.condition_text.as_ref();
        let condition = condition.map_or(String::new(), |text| format!(": {}", both(text)));
        lines.push(format!("{}{condition} (edition {edition})", both(name)));
    }
    if let Some(status) = &detail.public_status {
        lines.extend(public::word(status, &|name| words.word(name).to_owned()));
    }
    lines.extend(detail.clocks.iter().map(clock::long));
    detail
        .entries
        .iter()
        .for_each(|one| lines.extend(entry(one, &detail.erased, words)));
    detail
        .set_aside
        .iter()
        .for_each(|one| lines.extend(set_aside(one, words)));
    lines.join("\n")
}

/// What an entry said that does not count, for its author.
fn set_aside(aside: &SetAsideItem, words: &Words) -> Vec<String> {
    let kind = aside.kind.as_deref().unwrap_or("the beginning of the case");
    let kind_word = plain(words.word(kind));
    let why = words.set_aside(aside);
    let mut lines = vec![match words.is_chinese() {
        true => format!("  已搁置：{kind_word}：{why}"),
        false => format!("  set aside: {kind_word}: {why}"),
    }];
    let said = &aside.content;
    lines.extend(said_by(kind, &said.payload, words));
    lines.extend(
        said.texts
            .iter()
            .map(|text| format!("      “{}”", plain(text))),
    );
    lines.extend(said.photos.iter().map(|photo| {
        let name = short(&photo.sha256);
        format!("      photo {name} {}x{}", photo.width, photo.height)
    }));
    lines
}

fn entry(entry: &EntryDetail, erased: &BTreeSet<Digest>, words: &Words) -> Vec<String> {
    let reason = entry.reason.map(|reason| json!(reason)).unwrap_or_default();
    let delivery = if entry.received_at.is_none() {
        "unsent"
    } else {
        ""
    };
    let mut lines = vec![format!(
        "  {:<15} {:<14} {:<10} {} {delivery}",
        plain(words.word(&entry.kind)),
        entry.by.as_str().chars().take(14).collect::<String>(),
        entry.status.name(),
        reason.as_str().unwrap_or(""),
    )];
    lines.extend(said_by(&entry.kind, &entry.payload, words));
    lines.extend(entry.texts.iter().map(|(digest, text)| match text {
        Some(text) => format!("      “{}”", plain(text)),
        None if erased.contains(digest) => "      (a text that was erased)".to_owned(),
        None => "      (a text that is not here)".to_owned(),
    }));
    lines.extend(entry.photos.iter().map(|photo| {
        let held = if photo.erased {
            ", erased"
        } else if photo.held {
            ""
        } else {
            ", not on this device"
        };
        format!(
            "      photo {} {}x{}{held}{}",
            short(&photo.record.sha256),
            photo.record.width,
            photo.record.height,
            redaction(photo)
        )
    }));
    lines
}

/// What an entry of that kind says beside texts and photos, on a line of its own.
fn said_by(kind: &str, payload: &Value, words: &Words) -> Option<String> {
    let word = |name: &str| words.known(name);
    let said = said(kind, payload, words.naming(&word));
    said.map(|said| format!("      {said}"))
}

/// What a photo has to do with redacted copies.
fn redaction(photo: &PhotoDetail) -> String {
    let of = photo.record.redaction_of.as_ref();
    let of = of.map(|of| format!(", a redacted copy of {}", short(of)));
    let instead = match (&photo.shown_instead, photo.redacted_copies.last()) {
        (Some(copy), _) => Some(format!(": see its redacted copy {}", short(copy))),
        (None, Some(copy)) if !photo.erased => Some(format!(", redacted in {}", short(copy))),
        _ => None,
    };
    [of, instead].into_iter().flatten().collect()
}

/// How to reach a reporter.
pub(crate) fn contact(contact: &CaseContact) -> String {
    let line = |parts: [Option<&String>; 3]| {
        let parts: Vec<String> = parts.into_iter().flatten().map(|it| plain(it)).collect();
        parts.join("  ")
    };
    if let Some(own) = &contact.own {
        return line([
            own.name.as_ref(),
            own.phone.as_ref(),
            own.id_number.as_ref(),
        ]);
    }
    match &contact.masked {
        Some(masked) => line([masked.name.as_ref(), masked.phone.as_ref(), None]),
        None if contact.unreadable => {
            "the contact lies here and cannot be read: the key store lost the key".into()
        }
        None => "no contact is shown to you".into(),
    }
}
