//! What is not published: bodies that nobody could use, and audiences that would keep a case's rules
//! from whoever holds the case.

use gewu_model::catalogue::Catalogue;
use gewu_model::deadline::Calendar;
use gewu_model::labels::LabelTable;
use gewu_model::once::check_once;
use gewu_model::pack::{MAX_PACK_NAME, PackAudience, is_pack_name};
use gewu_model::policy::Policy;
use serde::Deserialize;

use super::CALENDAR;
use crate::core::CoreError;
use crate::store::PackRow;

/// Kinds of packs that cases pin.
pub(super) const PINNED: [&str; 2] = ["policy", "catalogue"];

type Checked = Result<(), CoreError>;

fn refuse(error: impl std::fmt::Display) -> CoreError {
    CoreError::Pack(error.to_string())
}

/// What a JSON body calls itself: `gewu-KIND/N`.
#[derive(Deserialize)]
struct Named {
    format: String,
}

/// Refuses a kind or name that would pass for a path, or for nothing.
pub(super) fn names(kind: &str, name: &str) -> Checked {
    match [("kind", kind), ("name", name)]
        .into_iter()
        .find(|(_, text)| !is_pack_name(text))
    {
        None => Ok(()),
        Some((what, text)) => Err(refuse(format_args!(
            "a pack's {what} has 1 to {MAX_PACK_NAME} bytes, begins with a letter or digit, and has nothing but those, - _ . and blanks within; {text:?} is none"
        ))),
    }
}

/// Refuses a body that is no pack of its kind.
pub(super) fn body(kind: &str, body: &[u8]) -> Checked {
    let named: Option<Named> = serde_json::from_slice(body).ok();
    let format = named
        .as_ref()
        .and_then(|own| own.format.strip_prefix("gewu-"));
    let own = format.and_then(|format| format.split('/').next());
    if let Some(own) = own.filter(|own| *own != kind) {
        return Err(refuse(format_args!(
            "it calls itself a {own}, and not a {kind}: publish it as that"
        )));
    }
    check_once(body).map_err(refuse)?;
    match kind {
        "policy" => Policy::from_json(body).map(drop).map_err(refuse),
        "catalogue" => {
            let read = Catalogue::from_json(body).map_err(refuse)?;
            read.check_whole().map_err(refuse)
        }
        "labels" => LabelTable::from_json(body).map(drop).map_err(refuse),
        CALENDAR => {
            let read = Calendar::from_json(body).map_err(refuse)?;
            if let Some(key) = Calendar::unknown_keys(body).first() {
                return Err(refuse(format_args!(
                    "no calendar has the key {key}: check its spelling"
                )));
            }
            match read.ever_works() {
                true => Calendar::check_week(body).map_err(refuse),
                false => Err(refuse("no day of the calendar has working time")),
            }
        }
        _ => Ok(()),
    }
}

/// Refuses to keep from some what every case pins.
pub(super) fn audience(kind: &str, audience: Option<&PackAudience>) -> Checked {
    match audience {
        Some(some) if PINNED.contains(&kind) && *some != PackAudience::Public => {
            Err(refuse(format_args!(
                "a {kind} is for everybody, and not for {some} only: whoever holds a case reads it by the {kind} that the case pins"
            )))
        }
        _ => Ok(()),
    }
}

/// Whether a pack that is published already is published for the same people.
pub(super) fn same_audience(known: &PackRow, new: &PackRow) -> Checked {
    let named = |row: &PackRow| row.audience.clone().unwrap_or_else(|| "everybody".into());
    if known.audience == new.audience || PINNED.contains(&known.kind.as_str()) {
        return Ok(());
    }
    Err(refuse(format_args!(
        "{} {} version {} is published already for {}: to publish it for {}, raise the version",
        new.kind,
        new.name,
        new.version,
        named(known),
        named(new)
    )))
}
