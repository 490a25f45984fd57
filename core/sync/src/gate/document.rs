//! The last word is Automerge's: a change that it cannot take, hold and give back is set aside.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ObjId, ROOT, ReadDoc, SaveOptions, ScalarValue, Value};
use gewu_model::change::{Body, CASE_MAP, DecodedChange, ENTRIES_MAP, Fields, Scalar};
use gewu_model::ids::ChangeHash;

use super::judgement::{Checked, Judgement};
use super::state::CaseState;
use crate::verdict::SetAside;

/// A document that was read already, for the next change of the same push. A copy has none: what was
/// saved can be read again.
#[derive(Default)]
pub(super) struct Read(Cell<Option<Box<Automerge>>>);

impl Clone for Read {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Read")
    }
}

impl PartialEq for Read {
    /// Whatever was read is what was saved.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Read {}

impl Read {
    const fn of(document: Box<Automerge>) -> Self {
        Self(Cell::new(Some(document)))
    }

    /// Hands the document over, leaving nothing.
    pub(super) fn take(&self) -> Self {
        Self(Cell::new(self.0.take()))
    }
}

/// The case's document with the change in it, saved and read back: the bytes, and what was read.
///
/// # Errors
/// [`SetAside::Document`] when it is the change that fails. A stored document that is damaged or
/// not that of the accepted changes is no fault of the author's, who has to wait until it is mended.
pub(super) fn grow(
    case: &CaseState,
    decoded: &DecodedChange,
    bytes: &[u8],
) -> Checked<(Vec<u8>, Read)> {
    let heads = heads(case);
    let read = case.read.0.take().map(|read| *read);
    let read = read.filter(|read| has_heads(read, &heads).is_some());
    let stored = read.or_else(|| guarded(|| load(case.document(), &heads)));
    let stored = stored.ok_or(Judgement::Pending)?;
    let grown = guarded(|| apply(stored, heads, decoded, bytes));
    grown.ok_or(SetAside::Document.into())
}

/// Automerge may panic on what it does not expect. Nothing outside sees the document before it is
/// saved, so nothing is left half done.
fn guarded<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

fn load(saved: &[u8], heads: &BTreeSet<ChangeHash>) -> Option<Automerge> {
    let document = match saved {
        [] => Automerge::new(),
        saved => Automerge::load(saved).ok()?,
    };
    has_heads(&document, heads)?;
    Some(document)
}

fn apply(
    mut document: Automerge,
    mut expected: BTreeSet<ChangeHash>,
    decoded: &DecodedChange,
    bytes: &[u8],
) -> Option<(Vec<u8>, Read)> {
    let change = Change::try_from(bytes).ok()?;
    document.apply_changes([change]).ok()?;
    decoded.change.deps.iter().for_each(|dep| {
        expected.remove(dep);
    });
    expected.insert(decoded.hash);
    // Packing it would cost a third of all this, for a copy that only the gate reads.
    let saved = document.save_with_options(SaveOptions {
        deflate: false,
        retain_orphans: false,
    });
    // What is kept is what has to hold, so that is looked at, and not what it was made from.
    let again = load(&saved, &expected)?;
    holds(&again, &decoded.change.body)?;
    Some((saved, Read::of(Box::new(again))))
}

/// The accepted changes that no other accepted one builds upon.
fn heads(case: &CaseState) -> BTreeSet<ChangeHash> {
    let mut heads: BTreeSet<ChangeHash> = case.changes.iter().map(|own| own.hash).collect();
    for dep in case.changes.iter().flat_map(|change| &change.row.deps) {
        heads.remove(dep);
    }
    heads
}

fn has_heads(document: &Automerge, expected: &BTreeSet<ChangeHash>) -> Option<()> {
    let found = document.get_heads();
    let found: BTreeSet<ChangeHash> = found.iter().map(|head| ChangeHash(head.0)).collect();
    (found == *expected).then_some(())
}

/// What the change says stands in the document, once, and nothing else stands in its place.
fn holds(document: &Automerge, body: &Body) -> Option<()> {
    let entries = only_map(document, &ROOT, ENTRIES_MAP)?;
    let (map, fields) = match body {
        Body::Root { case } => (only_map(document, &ROOT, CASE_MAP)?, case),
        Body::Entry { key, fields, .. } => (only_map(document, &entries, key)?, fields),
    };
    has_fields(document, &map, fields).then_some(())
}

fn only_map(document: &Automerge, parent: &ObjId, key: &str) -> Option<ObjId> {
    let found = document.get_all(parent, key).ok()?;
    match found.as_slice() {
        [(Value::Object(automerge::ObjType::Map), map)] => Some(map.clone()),
        _ => None,
    }
}

fn has_fields(document: &Automerge, map: &ObjId, fields: &Fields) -> bool {
    let equal = |(name, expected): &(String, Scalar)| {
        let found = document.get_all(map, name.as_str()).unwrap_or_default();
        matches!(
            found.as_slice(),
            [(Value::Scalar(found), _)] if **found == scalar(expected)
        )
    };
    document.length(map) == fields.len() && fields.iter().all(equal)
}

fn scalar(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Bytes(bytes) => ScalarValue::Bytes(bytes.clone()),
        Scalar::Str(text) => ScalarValue::Str(text.as_str().into()),
        Scalar::Uint(number) => ScalarValue::Uint(*number),
        Scalar::Int(number) => ScalarValue::Int(*number),
        Scalar::Bool(truth) => ScalarValue::Boolean(*truth),
    }
}
