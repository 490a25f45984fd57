//! What is refused, and that nothing panics. Equality with Automerge is tested from outside the
//! crate, in `tests/change_equivalence.rs`.

mod columns;
mod limits;
mod mutations;
mod refusals;
mod structure;

use super::{Body, ChangeError, Limits, PlainChange, Scalar, decode_strict, entry_key};
use crate::ids::{ActorId, ChangeHash};

const ROOT: ActorId = ActorId([1; 24]);
const CREW: ActorId = ActorId([9; 24]);

fn root() -> PlainChange {
    let case = vec![
        ("schema".into(), Scalar::Uint(1)),
        ("id".into(), Scalar::Bytes(vec![5; 16])),
        ("edition".into(), Scalar::Str("2026".into())),
    ];
    PlainChange {
        actor: ROOT,
        seq: 1,
        start_op: 1,
        deps: vec![],
        body: Body::Root { case },
    }
}

/// An entry by somebody else than the root's author.
fn entry() -> PlainChange {
    let root = root().encode().unwrap();
    let fields = vec![
        ("kind".into(), Scalar::Str("visit".into())),
        ("v".into(), Scalar::Uint(1)),
        ("at".into(), Scalar::Int(-1_700_000_000_000)),
        ("done".into(), Scalar::Bool(true)),
        ("p".into(), Scalar::Bytes(vec![0xa0; 40])),
    ];
    let key = entry_key(&CREW, 1);
    let body = Body::Entry {
        root_actor: ROOT,
        key,
        fields,
    };
    PlainChange {
        actor: CREW,
        seq: 1,
        start_op: root.max_op + 1,
        deps: vec![root.hash],
        body,
    }
}

fn decode(bytes: &[u8]) -> Result<PlainChange, ChangeError> {
    decode_strict(bytes, &Limits::default()).map(|decoded| decoded.change)
}

#[track_caller]
fn refused(bytes: &[u8], reason: ChangeError) {
    assert_eq!(decode(bytes), Err(reason));
}

/// Automerge takes these bytes, so that the test shows a refusal which Automerge does not make.
#[track_caller]
fn automerge_takes(bytes: &[u8]) -> automerge::Change {
    automerge::Change::try_from(bytes).unwrap()
}

fn hash(byte: u8) -> ChangeHash {
    ChangeHash([byte; 32])
}
