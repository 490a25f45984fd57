//! What a new version of a catalogue changes, for whoever publishes it.

use gewu_model::catalogue::{Catalogue, Class};
use serde::Serialize;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The edition.
    pub edition: String,
    /// The kind.
    pub kind: String,
    /// The code.
    pub code: String,
    /// `added`, `removed` or `changed`.
    pub change: &'static str,
    /// What differs, field by field, old before new; empty for a class that came or went.
    pub fields: Vec<(String, String, String)>,
    /// The class's name, the newer one where there are two.
    pub name: String,
}

/// The differences between two catalogues, by edition, kind and code.
pub fn diff(old: &Catalogue, new: &Catalogue) -> Vec<Change> {
    let names = |catalogue: &Catalogue| -> Vec<String> {
        catalogue
            .editions()
            .map(|about| about.edition.clone())
            .collect()
    };
    let mut editions = [names(old), names(new)].concat();
    editions.sort();
    editions.dedup();
    editions
        .iter()
        .flat_map(|edition| of_edition(old, new, edition))
        .collect()
}

fn of_edition(old: &Catalogue, new: &Catalogue, edition: &str) -> Vec<Change> {
    let change = |class: &Class, change, fields| Change {
        edition: edition.to_owned(),
        kind: class.kind.to_string(),
        code: class.code.clone(),
        change,
        fields,
        name: class.name.zh.clone(),
    };
    let mut changes = Vec::new();
    for before in old.classes_of(edition) {
        match new.class_in(edition, &before.reference()) {
            Err(_) => changes.push(change(before, "removed", Vec::new())),
            Ok(after) => {
                let fields = fields(before, after);
                if !fields.is_empty() {
                    changes.push(change(after, "changed", fields));
                }
            }
        }
    }
    let added = new.classes_of(edition);
    let added = added.filter(|class| old.class_in(edition, &class.reference()).is_err());
    changes.extend(added.map(|class| change(class, "added", Vec::new())));
    changes.sort_by(|a, b| (&a.kind, &a.code).cmp(&(&b.kind, &b.code)));
    changes
}

/// Fields that differ, as JSON. Readings are left out: they follow from the name.
fn fields(before: &Class, after: &Class) -> Vec<(String, String, String)> {
    let object = |class: &Class| match serde_json::to_value(class) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (object(before), object(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let text =
        |value: Option<&serde_json::Value>| value.map(ToString::to_string).unwrap_or_default();
    let differing = names
        .into_iter()
        .filter(|name| *name != "pinyin" && before.get(*name) != after.get(*name));
    differing
        .map(|name| (name.clone(), text(before.get(name)), text(after.get(name))))
        .collect()
}
