//! Changes whose operations are not ours, written by Automerge itself.

use automerge::legacy::{ElementId, Key, MarkData, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{ObjType, ScalarValue};

use super::{expanded, written};
use crate::change::{ENTRIES_OP, PlainChange};
use crate::ids::ActorId;

/// The change with its list of operations edited at will.
pub fn with_operations(change: &PlainChange, edit: impl FnOnce(&mut Vec<Op>)) -> Vec<u8> {
    let mut change = expanded(change);
    edit(&mut change.operations);
    written(change)
}

/// One more operation in the map that the last one writes to.
fn adding(change: &PlainChange, key: &str, action: OpType) -> Vec<u8> {
    with_operations(change, |ops| {
        let Op { obj, .. } = ops.last().expect("a change has operations");
        let (obj, key) = (obj.clone(), Key::Map(key.into()));
        ops.push(Op {
            action,
            obj,
            key,
            pred: SortedVec::new(),
            insert: false,
        });
    })
}

/// The last operation changed.
fn changing_the_last(change: &PlainChange, edit: impl FnOnce(&mut Op)) -> Vec<u8> {
    with_operations(change, |ops| {
        edit(ops.last_mut().expect("a change has operations"))
    })
}

fn id(counter: u64, actor: &ActorId) -> OpId {
    OpId(counter, actor.0.as_slice().into())
}

/// One more field with a value of any type.
pub fn putting(change: &PlainChange, value: ScalarValue) -> Vec<u8> {
    adding(change, "another", OpType::Put(value))
}

/// The last put overwrites operation `counter` of `actor`.
pub fn overwriting(change: &PlainChange, counter: u64, actor: &ActorId) -> Vec<u8> {
    changing_the_last(change, |op| op.pred = vec![id(counter, actor)].into())
}

/// A deletion without a predecessor.
pub fn deleting(change: &PlainChange) -> Vec<u8> {
    adding(change, "gone", OpType::Delete)
}

/// An increment without a predecessor.
pub fn incrementing(change: &PlainChange) -> Vec<u8> {
    adding(change, "count", OpType::Increment(1))
}

/// A mark as on rich text.
pub fn marking(change: &PlainChange) -> Vec<u8> {
    let value = ScalarValue::Boolean(true);
    let mark = MarkData {
        name: "bold".into(),
        value,
        expand: true,
    };
    adding(change, "mark", OpType::MarkBegin(mark))
}

/// A text made inside the entry.
pub fn making_text(change: &PlainChange) -> Vec<u8> {
    adding(change, "text", OpType::Make(ObjType::Text))
}

/// A list made inside the entry.
pub fn making_a_list(change: &PlainChange) -> Vec<u8> {
    adding(change, "list", OpType::Make(ObjType::List))
}

/// A map made inside the entry.
pub fn making_a_nested_map(change: &PlainChange) -> Vec<u8> {
    adding(change, "inner", OpType::Make(ObjType::Map))
}

/// An insertion at the head of a sequence.
pub fn inserting(change: &PlainChange) -> Vec<u8> {
    changing_the_last(change, |op| {
        (op.key, op.insert) = (Key::Seq(ElementId::Head), true)
    })
}

/// A put to the element that operation `counter` of the author inserted.
pub fn addressing_a_list_element(change: &PlainChange, counter: u64) -> Vec<u8> {
    changing_the_last(change, |op| {
        op.key = Key::Seq(ElementId::Id(id(counter, &change.actor)));
    })
}

/// A second entry of the same author in the same change.
pub fn making_a_second_entry(change: &PlainChange, key: &str) -> Vec<u8> {
    with_operations(change, |ops| {
        let mut second = ops.first().expect("a change has operations").clone();
        second.key = Key::Map(key.into());
        ops.push(second);
    })
}

/// The last put goes into the map that operation `counter` of `actor` made.
pub fn putting_into(change: &PlainChange, counter: u64, actor: &ActorId) -> Vec<u8> {
    debug_assert_ne!(
        counter, ENTRIES_OP,
        "an entry is made there, see making_a_second_entry"
    );
    changing_the_last(change, |op| op.obj = ObjectId::Id(id(counter, actor)))
}
