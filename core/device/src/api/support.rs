//! What may be sent to whoever helps.

use super::checkup::Checkup;
use crate::error::{GewuError, StorageProblem};

/// The form of what is sent to whoever helps; readers refuse what they do not know.
const SUPPORT_FORM: &str = "gewu-support/1";

/// What may be sent to whoever helps, as JSON for people and programs: what a device found when it looked
/// itself over, or why it could not be opened. It names nobody.
pub fn support_bundle(found: std::result::Result<&Checkup, &GewuError>) -> String {
    let found = match found {
        Ok(found) => serde_json::json!(found),
        Err(error) => serde_json::json!({ "cannot_open": unopened(error) }),
    };
    let bundle = serde_json::json!({
        "form": SUPPORT_FORM,
        "program": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "checkup": found,
    });
    format!("{bundle:#}\n")
}

/// Why a device cannot be opened, without the paths that the error's own words name.
const fn unopened(error: &GewuError) -> &'static str {
    match error {
        GewuError::Busy { .. } => "another process has it",
        GewuError::TooOld { .. } => "a newer version wrote it",
        GewuError::Storage {
            problem: StorageProblem::Corrupt { .. },
        } => "the database was damaged and moved aside",
        GewuError::Storage { .. } => "the disk or the database fails",
        _ => "something else",
    }
}
