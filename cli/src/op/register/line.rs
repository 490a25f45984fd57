//! One line of objects: a JSON object in which no key stands twice, for all but the last would be lost.

use gewu_model::once::check_once;
use serde_json::{Map, Value};

use crate::out::Failure;

/// The fields of the object.
pub(super) fn read(line: &[u8]) -> Result<Map<String, Value>, Failure> {
    let fields = serde_json::from_slice(line)?;
    check_once(line)?;
    Ok(fields)
}
