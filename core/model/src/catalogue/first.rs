//! Format 1: the classes of one edition, and nothing else. What it did not know when cases pinned it
//! it does not read now, whatever stands in the bytes.

use serde::Deserialize;

use super::body::{Body, Edition, EditionBody, FORMAT_1};
use super::{CatalogueError, Class, Condition, Label};
use crate::entry::ClassKind;

#[derive(Deserialize)]
struct First {
    edition: String,
    #[serde(default)]
    version: serde_json::Value,
    classes: Vec<FirstClass>,
}

#[derive(Deserialize)]
struct FirstClass {
    kind: ClassKind,
    code: String,
    name: Label,
    #[serde(default)]
    conditions: Vec<FirstCondition>,
    #[serde(default)]
    urgent: bool,
}

#[derive(Deserialize)]
struct FirstCondition {
    code: String,
    text: Label,
    #[serde(default)]
    limit: Option<String>,
    #[serde(default)]
    urgent: bool,
}

/// Reads a body of format 1 as one of format 2 with one edition.
pub(super) fn read(bytes: &[u8]) -> Result<Body, CatalogueError> {
    let first: First = serde_json::from_slice(bytes)
        .map_err(|error| CatalogueError::Unreadable(error.to_string()))?;
    let about = Edition {
        edition: first.edition.clone(),
        ..Edition::default()
    };
    Ok(Body {
        format: FORMAT_1.into(),
        edition: first.edition,
        version: first.version.as_u64().unwrap_or(1),
        editions: vec![EditionBody {
            about,
            classes: first.classes.into_iter().map(class).collect(),
        }],
        ..Body::default()
    })
}

fn class(first: FirstClass) -> Class {
    let conditions = first.conditions.into_iter().map(|first| Condition {
        code: first.code,
        text: first.text,
        limit: first.limit,
        urgent: first.urgent,
        ..Condition::default()
    });
    Class {
        conditions: conditions.collect(),
        urgent: first.urgent,
        ..Class::new(first.kind, first.code, first.name)
    }
}
