//! From rows to one of the two shapes, and the canonical check.

use std::panic::catch_unwind;

use super::columns::{Action, Object, Row, Value, rows};
use super::encode::{check_names, encode_within};
use super::header::{self, Header};
use super::{
    Body, CASE_MAP, ChangeError, DecodedChange, ENTRIES_MAP, ENTRIES_OP, Fields, Limits,
    PlainChange, Scalar,
};
use crate::ids::ActorId;

/// The author's place in a change's table of actors.
const AUTHOR: u64 = 0;

/// Reads one change, provided that it is exactly what [`PlainChange::encode`] writes.
///
/// Never panics, and allocates no more than a small multiple of the input, whatever the bytes are.
///
/// # Errors
///
/// The first rule that the bytes break, in the order that the module describes.
///
/// ```
/// use gewu_model::change::{Body, ChangeError, Limits, PlainChange, Scalar, decode_strict};
/// use gewu_model::ids::ActorId;
///
/// let root = PlainChange {
///     actor: ActorId([7; 24]),
///     seq: 1,
///     start_op: 1,
///     deps: vec![],
///     body: Body::Root { case: vec![("schema".into(), Scalar::Uint(1))] },
/// };
/// let encoded = root.encode()?;
/// assert_eq!(decode_strict(&encoded.bytes, &Limits::default())?.change, root);
///
/// let cut = &encoded.bytes[..encoded.bytes.len() - 1];
/// assert_eq!(decode_strict(cut, &Limits::default()), Err(ChangeError::Truncated));
/// # Ok::<(), ChangeError>(())
/// ```
pub fn decode_strict(bytes: &[u8], limits: &Limits) -> Result<DecodedChange, ChangeError> {
    let read = decode_known(bytes, limits)?;
    let encoded = catch_unwind(|| encode_within(&read.change, limits))
        .map_err(|_| ChangeError::AutomergeRefused)??;
    if encoded.bytes != bytes || encoded.hash != read.hash {
        return Err(ChangeError::NotCanonical);
    }
    automerge_agrees(bytes, &encoded.hash.0)?;
    Ok(read)
}

/// Reads one change that [`decode_strict`] found good before, as a store of accepted changes has them. Bytes
/// that were damaged since are refused, for their checksum no longer holds; that they are canonical is not
/// checked again, which takes most of the time.
///
/// # Errors
///
/// The first rule of the chunk, its columns and the two shapes that the bytes break.
pub fn decode_known(bytes: &[u8], limits: &Limits) -> Result<DecodedChange, ChangeError> {
    let header = header::parse(bytes, limits)?;
    let rows = rows(&header.columns, limits.max_ops)?;
    let body = body(&header, &rows)?;
    let Header {
        hash,
        deps,
        actor,
        seq,
        start_op,
        ..
    } = header;
    let change = PlainChange {
        actor,
        seq,
        start_op,
        deps,
        body,
    };
    Ok(DecodedChange {
        hash,
        max_op: change.max_op(),
        change,
    })
}

fn automerge_agrees(bytes: &[u8], hash: &[u8; 32]) -> Result<(), ChangeError> {
    match catch_unwind(|| automerge::Change::try_from(bytes)) {
        Ok(Ok(change)) if change.hash().0 == *hash => Ok(()),
        _ => Err(ChangeError::AutomergeRefused),
    }
}

fn body(header: &Header<'_>, rows: &[Row<'_>]) -> Result<Body, ChangeError> {
    match rows {
        [] => Err(ChangeError::NoMapMade),
        [first, ..] if first.object.is_none() => root(header, rows),
        [first, puts @ ..] => entry(header, first, puts),
    }
}

fn root(header: &Header<'_>, rows: &[Row<'_>]) -> Result<Body, ChangeError> {
    let [case, entries, puts @ ..] = rows else {
        return Err(ChangeError::NotARoot);
    };
    for (row, name) in [(case, CASE_MAP), (entries, ENTRIES_MAP)] {
        if row.action != Action::MakeMap || row.object.is_some() || row.key != name {
            return Err(ChangeError::NotARoot);
        }
    }
    if header.other_actor.is_some() {
        return Err(ChangeError::UnusedActor);
    }
    Ok(Body::Root {
        case: fields(header, None, puts)?,
    })
}

fn entry(header: &Header<'_>, first: &Row<'_>, puts: &[Row<'_>]) -> Result<Body, ChangeError> {
    if first.action != Action::MakeMap {
        return Err(ChangeError::NoMapMade);
    }
    let root_actor = root_actor(header, first.object)?;
    let fields = fields(header, first.object, puts)?;
    Ok(Body::Entry {
        root_actor,
        key: first.key.to_owned(),
        fields,
    })
}

/// Who made the `/entries` that `parent` is.
fn root_actor(header: &Header<'_>, parent: Object) -> Result<ActorId, ChangeError> {
    let Some((index, ENTRIES_OP)) = parent else {
        return Err(ChangeError::NotInEntries);
    };
    match (index, header.other_actor) {
        (AUTHOR, None) => Ok(header.actor),
        (AUTHOR, Some(_)) => Err(ChangeError::UnusedActor),
        (1, Some(root_actor)) => Ok(root_actor),
        _ => Err(ChangeError::UnlistedActor),
    }
}

/// The scalars that `puts` write into the change's own map, which lies in `parent`.
fn fields(header: &Header<'_>, parent: Object, puts: &[Row<'_>]) -> Result<Fields, ChangeError> {
    for row in puts {
        check_put(row, parent, (AUTHOR, header.start_op))?;
    }
    // Before anything is copied: one long name may stand for every row of a run.
    check_names(puts.iter().map(|row| row.key))?;
    puts.iter()
        .map(|row| Ok((row.key.to_owned(), scalar(row.value)?)))
        .collect()
}

fn check_put(row: &Row<'_>, parent: Object, own_map: (u64, u64)) -> Result<(), ChangeError> {
    match row.action {
        Action::Put if row.object == Some(own_map) => Ok(()),
        Action::Put => Err(ChangeError::PutIntoForeignMap),
        Action::MakeMap if row.object == parent => Err(ChangeError::SecondEntry),
        Action::MakeMap => Err(ChangeError::NestedMap),
    }
}

fn scalar(value: Value<'_>) -> Result<Scalar, ChangeError> {
    Ok(match value {
        Value::Null => return Err(ChangeError::ForbiddenValue(0)),
        Value::Bytes(bytes) => Scalar::Bytes(bytes.to_vec()),
        Value::Str(text) => Scalar::Str(text.to_owned()),
        Value::Uint(number) => Scalar::Uint(number),
        Value::Int(number) => Scalar::Int(number),
        Value::Bool(truth) => Scalar::Bool(truth),
    })
}
