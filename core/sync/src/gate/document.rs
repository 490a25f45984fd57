//! The last word is Automerge's: a change that it cannot take, hold and give back is set aside.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ObjId, ROOT, ReadDoc, SaveOptions, ScalarValue, Value};
use gewu_model::change::{Body, CASE_MAP, DecodedChange, ENTRIES_MAP, Fields, Scalar};
use gewu_model::ids::ChangeHash;
use gewu_model::small::Gather as _;

use super::judgement::{Checked, Judgement};
use super::state::{AcceptedChange, CaseState};
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

/// What an admitted change does to its case's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Grown {
    /// It is in: the document as saved, and what was read back of that.
    Saved(Vec<u8>, Read),
    /// It goes in with others, when the case is settled.
    Later(Addition),
}

/// A change that is to go into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addition {
    bytes: Vec<u8>,
    body: Body,
}

/// The change by its bytes, and what it has to say in the document.
type Piece<'a> = (&'a [u8], &'a Body);

/// The case's document with the change in it, saved and read back; or a note of it in a case that puts
/// off its document.
///
/// # Errors
/// [`SetAside::Document`] when it is the change that fails. A stored document that is damaged or
/// not that of the accepted changes is no fault of the author's, who has to wait until it is mended.
pub(super) fn grow(case: &CaseState, decoded: &DecodedChange, bytes: &[u8]) -> Checked<Grown> {
    let body = &decoded.change.body;
    if case.puts_off() {
        let (bytes, body) = (bytes.to_vec(), body.clone());
        return Ok(Grown::Later(Addition { bytes, body }));
    }
    let mut heads = heads(&case.changes);
    let stored = stored(case, &heads).ok_or(Judgement::Pending)?;
    for dep in &decoded.change.deps {
        heads.remove(dep);
    }
    heads.insert(decoded.hash);
    let grown = guarded(|| put(stored, &heads, &[(bytes, body)]));
    let (saved, read) = grown.ok_or(SetAside::Document)?;
    Ok(Grown::Saved(saved, read))
}

/// The case's document with all of `later` in it, which are its last changes; `None` when any of them
/// fails, or the stored document does.
pub(super) fn grow_by(case: &CaseState, later: &[Addition]) -> Option<(Vec<u8>, Read)> {
    let before = case.changes.len().checked_sub(later.len())?;
    let stored = stored(case, &heads(case.changes.get(..before)?))?;
    let pieces = later.iter().map(|it| (it.bytes.as_slice(), &it.body));
    let pieces: Vec<Piece<'_>> = pieces.collect();
    guarded(|| put(stored, &heads(&case.changes), &pieces))
}

/// The document that is stored, of the changes with these heads.
fn stored(case: &CaseState, heads: &BTreeSet<ChangeHash>) -> Option<Automerge> {
    let read = case.read.0.take().map(|read| *read);
    let read = read.filter(|read| has_heads(read, heads).is_some());
    read.or_else(|| guarded(|| load(case.document(), heads)))
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

fn put(
    mut document: Automerge,
    expected: &BTreeSet<ChangeHash>,
    pieces: &[Piece<'_>],
) -> Option<(Vec<u8>, Read)> {
    let changes = pieces
        .iter()
        .map(|(bytes, _)| Change::try_from(*bytes).ok());
    let changes: Vec<Change> = changes.collect::<Option<_>>()?;
    document.apply_changes(changes).ok()?;
    // Packing it would cost a third of all this, for a copy that only the gate reads.
    let saved = document.save_with_options(SaveOptions {
        deflate: false,
        retain_orphans: false,
    });
    // What is kept is what has to hold, so that is looked at, and not what it was made from.
    let again = load(&saved, expected)?;
    pieces
        .iter()
        .try_for_each(|(_, body)| holds(&again, body))?;
    Some((saved, Read::of(Box::new(again))))
}

/// Those of the changes that none of the others builds upon.
fn heads(changes: &[AcceptedChange]) -> BTreeSet<ChangeHash> {
    let mut heads: BTreeSet<ChangeHash> = changes.iter().map(|own| own.hash).into_set();
    for dep in changes.iter().flat_map(|change| &change.row.deps) {
        heads.remove(dep);
    }
    heads
}

fn has_heads(document: &Automerge, expected: &BTreeSet<ChangeHash>) -> Option<()> {
    let found = document.get_heads();
    let found: BTreeSet<ChangeHash> = found.iter().map(|head| ChangeHash(head.0)).into_set();
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

#[cfg(test)]
mod tests {
    use gewu_model::change::PlainChange;
    use gewu_model::fold::Row;
    use gewu_model::ids::{ActorId, CaseId, KeyId};
    use gewu_model::time::Millis;

    use super::*;

    fn root(says: &str) -> PlainChange {
        PlainChange {
            actor: ActorId([7; 24]),
            seq: 1,
            start_op: 1,
            deps: vec![],
            body: Body::Root {
                case: vec![("edition".into(), Scalar::Str(says.into()))],
            },
        }
    }

    /// A case of one change, with what is to go into its document.
    fn case(change: &PlainChange, body: &PlainChange) -> (CaseState, Addition) {
        let encoded = change.encode().unwrap();
        let mut case = CaseState::new(CaseId([1; 16]));
        case.changes.push(AcceptedChange {
            hash: encoded.hash,
            actor: change.actor,
            seq: 1,
            max_op: encoded.max_op,
            key: KeyId([1; 16]),
            counter: 1,
            received_at: Millis(1),
            row: Row {
                hash: encoded.hash,
                deps: vec![],
                entry: None,
            },
        });
        let addition = Addition {
            bytes: encoded.bytes,
            body: body.body.clone(),
        };
        (case, addition)
    }

    #[test]
    fn a_document_that_does_not_hold_what_was_put_in_is_not_kept() {
        let (state, addition) = case(&root("2026"), &root("2026"));
        assert!(grow_by(&state, &[addition]).is_some());
        let (state, other) = case(&root("2026"), &root("2027"));
        assert!(grow_by(&state, &[other]).is_none());
    }

    #[test]
    fn a_document_with_other_changes_than_the_case_s_is_not_kept() {
        let (state, _) = case(&root("2026"), &root("2026"));
        let (_, other) = case(&root("2027"), &root("2027"));
        assert!(grow_by(&state, &[other]).is_none());
        let mut junk = case(&root("2026"), &root("2026")).1;
        junk.bytes.truncate(30);
        assert!(grow_by(&state, &[junk]).is_none());
    }
}
