//! The document and the log say the same: entries read from an Automerge document are those of the
//! changes that went in, and the changes that come out fold as the ones that went in.

use std::collections::BTreeMap;

use automerge::{Automerge, Change, ObjId, ROOT, ReadDoc, ScalarValue, Value};
use gewu_model::case;
use gewu_model::change::{Body, ENTRIES_MAP, Fields, Limits, Scalar, decode_strict};
use gewu_model::entry::Entry;
use gewu_model::fold::{Row, fold};
use proptest::prelude::*;

use crate::laws::config;
use crate::legal::{Dice, History, histories};
use crate::world::World;

/// Applies the changes one by one in some order; Automerge waits for what is missing.
fn materialised(world: &World, dice: &mut Dice) -> Automerge {
    let mut changes = world.changes.clone();
    dice.shuffle(&mut changes);
    let mut doc = Automerge::new();
    for change in changes {
        let change = Change::try_from(change.bytes.as_slice()).unwrap();
        doc.apply_changes([change]).unwrap();
    }
    doc
}

fn scalar(value: &Value<'_>) -> Scalar {
    match value.as_scalar().unwrap() {
        ScalarValue::Bytes(bytes) => Scalar::Bytes(bytes.clone()),
        ScalarValue::Str(text) => Scalar::Str(text.to_string()),
        ScalarValue::Uint(number) => Scalar::Uint(*number),
        ScalarValue::Int(number) => Scalar::Int(*number),
        ScalarValue::Boolean(truth) => Scalar::Bool(*truth),
        other => panic!("no entry holds {other:?}"),
    }
}

fn fields(doc: &Automerge, map: &ObjId) -> Fields {
    doc.keys(map)
        .map(|key| {
            let (value, _) = doc.get(map, &key).unwrap().unwrap();
            let value = scalar(&value);
            (key, value)
        })
        .collect()
}

/// Every entry of the document by its key; two under one key would both be found.
fn entries_of_document(doc: &Automerge) -> Vec<(String, Entry)> {
    let (_, entries) = doc.get(ROOT, ENTRIES_MAP).unwrap().unwrap();
    let mut all = Vec::new();
    for key in doc.keys(&entries) {
        for (_, map) in doc.get_all(&entries, &key).unwrap() {
            let entry = Entry::from_fields(fields(doc, &map)).unwrap();
            all.push((key.clone(), entry));
        }
    }
    all
}

fn entries_of_log(world: &World) -> BTreeMap<String, Entry> {
    let decoded = world
        .changes
        .iter()
        .map(|change| decode_strict(&change.bytes, &Limits::default()).unwrap());
    decoded
        .filter_map(|it| match it.change.body {
            Body::Entry { key, fields, .. } => Some((key, Entry::from_fields(fields).unwrap())),
            Body::Root { .. } => None,
        })
        .collect()
}

fn rows_of_document(doc: &Automerge) -> Vec<Row> {
    doc.get_changes(&[])
        .iter()
        .map(|change| decode_strict(change.raw_bytes(), &Limits::default()).unwrap())
        .map(|decoded| case::row(&decoded).unwrap())
        .collect()
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn document_and_log_agree(history in histories(40, true)) {
        let History { world, seed } = history;
        let doc = materialised(&world, &mut Dice(seed));
        let log = entries_of_log(&world);
        prop_assert_eq!(log.len() + 1, world.rows.len());
        prop_assert_eq!(entries_of_document(&doc), log.into_iter().collect::<Vec<_>>());
        let view = world.view(world.everything());
        prop_assert_eq!(fold(&rows_of_document(&doc)), view.clone());
        let reloaded = Automerge::load(&doc.save()).unwrap();
        prop_assert_eq!(fold(&rows_of_document(&reloaded)), view);
    }
}
