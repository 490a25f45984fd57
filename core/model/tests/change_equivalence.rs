//! Changes that we encode are, byte for byte, those that Automerge makes of the same edits, and
//! Automerge keeps them through merging, saving and loading.
#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test may fail as loudly as the test"
)]

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId as AmActor, AutoCommit, Automerge, Change, ObjId, ObjType, ROOT, ReadDoc};
use automerge::{ScalarValue, hydrate};
use gewu_model::change::{
    Body, EncodedChange, Fields, Limits, PlainChange, Scalar, decode_strict, entry_key,
};
use gewu_model::ids::{ActorId, ChangeHash};

const CENTRE: ActorId = ActorId([0xcc; 24]);
const CREW: ActorId = ActorId([0x11; 24]);
const OFFICER: ActorId = ActorId([0xee; 24]);

fn case_fields() -> Fields {
    vec![
        ("schema".into(), Scalar::Uint(1)),
        ("id".into(), Scalar::Bytes(vec![1; 16])),
        ("edition".into(), Scalar::Str("2026".into())),
        ("policy".into(), Scalar::Bytes(vec![2; 32])),
        ("catalogue".into(), Scalar::Bytes(vec![3; 32])),
    ]
}

/// Every type of value, at its ends and with repetitions that make runs.
fn entry_fields() -> Fields {
    vec![
        ("kind".into(), Scalar::Str("巡查".into())),
        ("v".into(), Scalar::Uint(1)),
        ("most".into(), Scalar::Uint(u64::MAX)),
        ("none".into(), Scalar::Uint(0)),
        ("at".into(), Scalar::Int(1_760_000_000_000)),
        ("least".into(), Scalar::Int(i64::MIN)),
        ("yes".into(), Scalar::Bool(true)),
        ("also".into(), Scalar::Bool(true)),
        ("no".into(), Scalar::Bool(false)),
        ("empty".into(), Scalar::Str(String::new())),
        ("hollow".into(), Scalar::Bytes(vec![])),
        ("cert".into(), Scalar::Bytes(vec![7; 32])),
        (
            "p".into(),
            Scalar::Bytes((0..=255).cycle().take(900).collect()),
        ),
    ]
}

fn root(case: Fields) -> PlainChange {
    PlainChange {
        actor: CENTRE,
        seq: 1,
        start_op: 1,
        deps: vec![],
        body: Body::Root { case },
    }
}

fn entry(actor: ActorId, seq: u64, on: &[&EncodedChange], fields: Fields) -> PlainChange {
    let mut deps: Vec<_> = on.iter().map(|change| change.hash).collect();
    deps.sort();
    let start_op = on.iter().map(|change| change.max_op).max().unwrap() + 1;
    let body = Body::Entry {
        root_actor: CENTRE,
        key: entry_key(&actor, seq),
        fields,
    };
    PlainChange {
        actor,
        seq,
        start_op,
        deps,
        body,
    }
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

fn am_actor(actor: &ActorId) -> AmActor {
    AmActor::from(actor.as_bytes().as_slice())
}

fn put_all(doc: &mut AutoCommit, map: &ObjId, fields: &Fields) {
    for (name, value) in fields {
        doc.put(map, name, scalar(value)).unwrap();
    }
}

/// Commits what is pending and returns its bytes.
fn committed(doc: &mut AutoCommit) -> Vec<u8> {
    doc.commit_with(CommitOptions::default().with_time(0))
        .unwrap();
    doc.get_last_local_change().unwrap().raw_bytes().to_vec()
}

fn root_by_automerge(doc: &mut AutoCommit, case: &Fields) -> Vec<u8> {
    let map = doc.put_object(ROOT, "case", ObjType::Map).unwrap();
    doc.put_object(ROOT, "entries", ObjType::Map).unwrap();
    put_all(doc, &map, case);
    committed(doc)
}

fn entry_by_automerge(doc: &mut AutoCommit, key: &str, fields: &Fields) -> Vec<u8> {
    let (_, entries) = doc.get(ROOT, "entries").unwrap().unwrap();
    let map = doc.put_object(&entries, key, ObjType::Map).unwrap();
    put_all(doc, &map, fields);
    committed(doc)
}

/// One root, the author's own entry, two concurrent ones by others, and one on top of all three.
struct Story {
    ours: Vec<EncodedChange>,
    plain: Vec<PlainChange>,
    theirs: Vec<Vec<u8>>,
    doc: AutoCommit,
}

fn story() -> Story {
    let first = root(case_fields());
    let root = first.encode().unwrap();
    let own = entry(CENTRE, 2, &[&root], entry_fields());
    let one = own.encode().unwrap();
    let crew = entry(CREW, 1, &[&one], entry_fields());
    let officer = entry(OFFICER, 1, &[&one], entry_fields()[..4].to_vec());
    let (two, three) = (crew.encode().unwrap(), officer.encode().unwrap());
    let last = entry(
        CREW,
        2,
        &[&two, &three],
        vec![("kind".into(), Scalar::Str("done".into()))],
    );
    let four = last.encode().unwrap();

    let mut doc = AutoCommit::new().with_actor(am_actor(&CENTRE));
    let mut theirs = vec![root_by_automerge(&mut doc, &case_fields())];
    theirs.push(entry_by_automerge(
        &mut doc,
        &entry_key(&CENTRE, 2),
        &entry_fields(),
    ));
    let mut crew_doc = doc.fork().with_actor(am_actor(&CREW));
    let mut officer_doc = doc.fork().with_actor(am_actor(&OFFICER));
    theirs.push(entry_by_automerge(
        &mut crew_doc,
        &entry_key(&CREW, 1),
        &entry_fields(),
    ));
    let short = entry_fields()[..4].to_vec();
    theirs.push(entry_by_automerge(
        &mut officer_doc,
        &entry_key(&OFFICER, 1),
        &short,
    ));
    crew_doc.merge(&mut officer_doc).unwrap();
    let done = vec![("kind".into(), Scalar::Str("done".into()))];
    theirs.push(entry_by_automerge(
        &mut crew_doc,
        &entry_key(&CREW, 2),
        &done,
    ));

    let plain = vec![first, own, crew, officer, last];
    Story {
        ours: vec![root, one, two, three, four],
        plain,
        theirs,
        doc: crew_doc,
    }
}

fn applied(changes: &[EncodedChange]) -> Automerge {
    let mut doc = Automerge::new();
    for change in changes {
        doc.apply_changes([Change::try_from(change.bytes.as_slice()).unwrap()])
            .unwrap();
    }
    doc
}

fn hashes(doc: &Automerge) -> Vec<ChangeHash> {
    let mut hashes: Vec<_> = doc
        .get_changes(&[])
        .iter()
        .map(|it| ChangeHash(it.hash().0))
        .collect();
    hashes.sort();
    hashes
}

#[test]
fn we_write_the_bytes_that_automerge_writes() {
    let story = story();
    for (at, (ours, theirs)) in story.ours.iter().zip(&story.theirs).enumerate() {
        assert_eq!(&ours.bytes, theirs, "change {at}");
    }
}

#[test]
fn what_automerge_wrote_is_read_strictly() {
    let story = story();
    for (plain, theirs) in story.plain.iter().zip(&story.theirs) {
        let decoded = decode_strict(theirs, &Limits::default()).unwrap();
        assert_eq!(&decoded.change, plain);
        let change = Change::try_from(theirs.as_slice()).unwrap();
        assert_eq!(
            (decoded.hash.0, decoded.max_op),
            (change.hash().0, change.max_op())
        );
    }
}

#[test]
fn documents_of_our_changes_hold_the_same_as_automerges_own() {
    let mut story = story();
    let ours = applied(&story.ours);
    assert_eq!(ours.hydrate(None), story.doc.hydrate(ROOT, None).unwrap());
    assert_eq!(ours.get_heads(), story.doc.get_heads());
    let hydrate::Value::Map(whole) = ours.hydrate(None) else {
        panic!("a document is a map")
    };
    let Some(hydrate::Value::Map(entries)) = whole.get("entries") else {
        panic!("no entries")
    };
    assert_eq!(entries.iter().count(), 4);
}

#[test]
fn the_order_in_which_concurrent_changes_arrive_does_not_matter() {
    let story = story();
    let mut reordered = story.ours.clone();
    reordered.swap(2, 3);
    assert_eq!(
        applied(&reordered).hydrate(None),
        applied(&story.ours).hydrate(None)
    );
    assert_eq!(
        applied(&reordered).get_heads(),
        applied(&story.ours).get_heads()
    );
    let reloaded = Automerge::load(&applied(&reordered).save()).unwrap();
    assert_eq!(hashes(&reloaded), hashes(&applied(&story.ours)));
}

#[test]
fn hashes_and_bytes_survive_save_and_load() {
    let story = story();
    let loaded = Automerge::load(&applied(&story.ours).save()).unwrap();
    let mut written: Vec<_> = story.ours.iter().map(|change| change.hash).collect();
    written.sort();
    assert_eq!(hashes(&loaded), written);
    for change in &story.ours {
        let kept = loaded
            .get_change_by_hash(&automerge::ChangeHash(change.hash.0))
            .unwrap();
        assert_eq!(kept.raw_bytes(), change.bytes);
    }
    assert_eq!(loaded.hydrate(None), applied(&story.ours).hydrate(None));
}

#[test]
fn entries_of_every_size_equal_automerges() {
    for count in 0..60 {
        let fields: Fields = (0..count)
            .map(|at| {
                (
                    format!("field {at}"),
                    Scalar::Bytes(vec![at as u8; at * at / 2]),
                )
            })
            .collect();
        let root = root(fields.clone()).encode().unwrap();
        let entry = entry(CREW, 1, &[&root], fields.clone()).encode().unwrap();
        let mut doc = AutoCommit::new().with_actor(am_actor(&CENTRE));
        assert_eq!(
            root.bytes,
            root_by_automerge(&mut doc, &fields),
            "{count} fields of a root"
        );
        let mut doc = doc.fork().with_actor(am_actor(&CREW));
        let theirs = entry_by_automerge(&mut doc, &entry_key(&CREW, 1), &fields);
        assert_eq!(entry.bytes, theirs, "{count} fields of an entry");
    }
}

#[test]
fn runs_of_equal_and_alternating_values_equal_automerges() {
    for pattern in 0..256u32 {
        let fields: Fields = (0..8)
            .map(|bit| (format!("f{bit}"), Scalar::Bool(pattern >> bit & 1 == 1)))
            .collect();
        let root = root(vec![]).encode().unwrap();
        let entry = entry(CENTRE, 2, &[&root], fields.clone()).encode().unwrap();
        let mut doc = AutoCommit::new().with_actor(am_actor(&CENTRE));
        root_by_automerge(&mut doc, &vec![]);
        let theirs = entry_by_automerge(&mut doc, &entry_key(&CENTRE, 2), &fields);
        assert_eq!(entry.bytes, theirs, "pattern {pattern:#b}");
    }
}
