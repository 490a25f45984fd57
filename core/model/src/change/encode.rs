//! Writing a change the way Automerge writes it, because Automerge writes it.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{Change, ExpandedChange, ObjType, ScalarValue};

use super::{
    Body, CASE_MAP, ChangeError, ENTRIES_MAP, ENTRIES_OP, EncodedChange, Fields, Limits,
    PlainChange, Scalar,
};
use crate::ids::{ActorId, ChangeHash};

/// The bytes of `change`, unless it breaks a rule or a limit.
pub(super) fn encode_within(
    change: &PlainChange,
    limits: &Limits,
) -> Result<EncodedChange, ChangeError> {
    let claimed = change.op_count();
    if claimed > limits.max_ops {
        return Err(ChangeError::TooManyOperations {
            claimed,
            max: limits.max_ops,
        });
    }
    let written = Change::from(expand(change)?);
    let bytes = written.raw_bytes();
    if bytes.len() > limits.max_bytes {
        return Err(ChangeError::TooLong {
            len: bytes.len(),
            max: limits.max_bytes,
        });
    }
    let hash = ChangeHash(written.hash().0);
    Ok(EncodedChange {
        hash,
        bytes: bytes.to_vec(),
        max_op: change.max_op(),
    })
}

/// Refuses names that are empty or occur twice.
pub(super) fn check_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), ChangeError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if name.is_empty() {
            return Err(ChangeError::EmptyName);
        }
        if !seen.insert(name) {
            return Err(ChangeError::DuplicateField);
        }
    }
    Ok(())
}

/// The change in Automerge's own plain form, once it is known to be one of ours.
pub(super) fn expand(change: &PlainChange) -> Result<ExpandedChange, ChangeError> {
    let start_op = check(change)?;
    Ok(ExpandedChange {
        operations: operations(change),
        actor_id: actor(&change.actor),
        hash: None,
        seq: change.seq,
        start_op,
        time: 0,
        message: None,
        deps: change
            .deps
            .iter()
            .map(|hash| automerge::ChangeHash(hash.0))
            .collect(),
        extra_bytes: Vec::new(),
        author: None,
    })
}

fn check(change: &PlainChange) -> Result<NonZeroU64, ChangeError> {
    let start_op = check_counters(change)?;
    if !change.deps.is_sorted_by(|left, right| left < right) {
        return Err(ChangeError::DepsNotSorted);
    }
    match &change.body {
        Body::Root { .. } => check_root(change)?,
        Body::Entry { key, .. } => check_entry(change, key)?,
    }
    check_names(change.body.fields().iter().map(|(name, _)| name.as_str()))?;
    Ok(start_op)
}

/// Automerge keeps sequence numbers and counters in 32 bits, and fails to load larger ones.
fn check_counters(change: &PlainChange) -> Result<NonZeroU64, ChangeError> {
    let largest = u64::from(u32::MAX);
    if change.seq == 0 || change.seq > largest {
        return Err(ChangeError::SeqOutOfRange(change.seq));
    }
    NonZeroU64::new(change.start_op)
        .filter(|_| change.max_op() <= largest)
        .ok_or(ChangeError::OpsOutOfRange(change.start_op))
}

fn check_root(change: &PlainChange) -> Result<(), ChangeError> {
    if change.seq != 1 || change.start_op != 1 {
        return Err(ChangeError::RootNotFirst);
    }
    if !change.deps.is_empty() {
        return Err(ChangeError::RootWithDeps);
    }
    Ok(())
}

fn check_entry(change: &PlainChange, key: &str) -> Result<(), ChangeError> {
    if change.deps.is_empty() {
        return Err(ChangeError::EntryWithoutDeps);
    }
    if change.start_op <= ENTRIES_OP {
        return Err(ChangeError::EntryBeforeRoot(change.start_op));
    }
    if key.is_empty() {
        return Err(ChangeError::EmptyName);
    }
    Ok(())
}

fn operations(change: &PlainChange) -> Vec<Op> {
    let own_map = ObjectId::Id(OpId(change.start_op, actor(&change.actor)));
    let mut ops = match &change.body {
        Body::Root { .. } => {
            vec![
                make_map(ObjectId::Root, CASE_MAP),
                make_map(ObjectId::Root, ENTRIES_MAP),
            ]
        }
        Body::Entry {
            root_actor, key, ..
        } => {
            vec![make_map(
                ObjectId::Id(OpId(ENTRIES_OP, actor(root_actor))),
                key,
            )]
        }
    };
    ops.extend(puts(&own_map, change.body.fields()));
    ops
}

fn puts<'a>(map: &'a ObjectId, fields: &'a Fields) -> impl Iterator<Item = Op> + 'a {
    fields
        .iter()
        .map(|(name, value)| op(map.clone(), name, OpType::Put(scalar(value))))
}

fn make_map(parent: ObjectId, key: &str) -> Op {
    op(parent, key, OpType::Make(ObjType::Map))
}

fn op(obj: ObjectId, key: &str, action: OpType) -> Op {
    Op {
        action,
        obj,
        key: Key::Map(key.into()),
        pred: SortedVec::new(),
        insert: false,
    }
}

fn actor(id: &ActorId) -> automerge::ActorId {
    automerge::ActorId::from(id.as_bytes().as_slice())
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
