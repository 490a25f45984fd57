//! Nothing that bytes can be makes the reader panic, and nothing unlike a change is taken for one.

use super::*;
use crate::change::hostile;
use automerge::ReadDoc as _;

/// SplitMix64: small, seeded, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}

/// What was taken is exactly what would be written for it, and Automerge reads it.
#[track_caller]
fn sound_if_taken(bytes: &[u8]) -> bool {
    let Ok(decoded) = decode_strict(bytes, &Limits::default()) else {
        return false;
    };
    let encoded = decoded.change.encode().unwrap();
    assert_eq!(
        (encoded.bytes.as_slice(), encoded.hash),
        (bytes, decoded.hash)
    );
    assert_eq!(automerge_takes(bytes).hash().0, decoded.hash.0);
    true
}

#[test]
fn a_change_cut_at_any_byte_is_an_error() {
    for change in [root(), entry()] {
        let bytes = change.encode().unwrap().bytes;
        for len in 0..bytes.len() {
            refused(&bytes[..len], ChangeError::Truncated);
            assert!(decode(&hostile::with_checksum(bytes[..len].to_vec())).is_err());
        }
    }
}

#[test]
fn a_body_cut_at_any_byte_with_length_and_checksum_right_is_an_error() {
    let bytes = entry().encode().unwrap().bytes;
    let body = &bytes[11..];
    for len in 0..body.len() {
        let mut chunk = bytes[..9].to_vec();
        chunk.extend(if len < 128 {
            vec![len as u8]
        } else {
            vec![len as u8 | 0x80, (len >> 7) as u8]
        });
        chunk.extend(&body[..len]);
        assert!(
            decode(&hostile::with_checksum(chunk)).is_err(),
            "cut at {len}"
        );
    }
}

#[test]
fn every_flipped_bit_is_an_error() {
    for change in [root(), entry()] {
        let bytes = change.encode().unwrap().bytes;
        for at in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert!(decode(&flipped).is_err(), "bit {at}");
        }
    }
}

#[test]
fn every_changed_byte_under_a_right_checksum_is_an_error_or_another_change() {
    let mut taken = 0;
    for change in [root(), entry()] {
        let encoded = change.encode().unwrap();
        for at in UNHASHED..encoded.bytes.len() {
            for value in 0..=u8::MAX {
                let mut changed = encoded.bytes.clone();
                changed[at] = value;
                let changed = hostile::with_checksum(changed);
                if changed != encoded.bytes && sound_if_taken(&changed) {
                    let decoded = decode_strict(&changed, &Limits::default()).unwrap();
                    assert_ne!(decoded.hash, encoded.hash);
                    assert_ne!(decoded.change, change);
                    taken += 1;
                }
            }
        }
    }
    assert!(
        taken > 1_000,
        "values, names and hashes may take many bytes, only {taken} were taken"
    );
}

/// Automerge applies and saves some changes that it then cannot load; none that is taken is such.
#[test]
fn whatever_is_taken_on_the_root_can_be_applied_saved_and_loaded() {
    let (first, second) = (root().encode().unwrap(), entry().encode().unwrap());
    let mut loaded = 0;
    for at in UNHASHED..second.bytes.len() {
        for value in [
            0,
            1,
            0x7f,
            0x80,
            second.bytes[at] ^ 0x20,
            second.bytes[at] ^ 1,
        ] {
            let mut changed = second.bytes.clone();
            changed[at] = value;
            let changed = hostile::with_checksum(changed);
            if decode(&changed).is_ok_and(|change| follows_the_root(&change)) {
                saved_and_loaded(&[&first.bytes, &changed]);
                loaded += 1;
            }
        }
    }
    assert!(loaded > 100, "only {loaded} were taken");
}

/// What the gate checks besides.
fn follows_the_root(change: &PlainChange) -> bool {
    let due = entry();
    let rooted = matches!(
        change.body,
        Body::Entry {
            root_actor: ROOT,
            ..
        }
    );
    rooted && (change.seq, change.start_op, &change.deps) == (due.seq, due.start_op, &due.deps)
}

#[track_caller]
fn saved_and_loaded(changes: &[&[u8]]) {
    let mut doc = automerge::Automerge::new();
    doc.apply_changes(changes.iter().map(|bytes| automerge_takes(bytes)))
        .unwrap();
    let loaded = automerge::Automerge::load(&doc.save()).unwrap();
    assert_eq!(loaded.get_heads(), doc.get_heads());
    let head = loaded.get_change_by_hash(&loaded.get_heads()[0]).unwrap();
    assert_eq!(Some(&head.raw_bytes()), changes.last());
}

const UNHASHED: usize = 8;

#[test]
fn random_bytes_never_panic() {
    let mut random = Random(1);
    for _ in 0..5_000 {
        let len = random.below(300);
        assert!(decode(&random.bytes(len)).is_err());
    }
}

#[test]
fn random_bodies_in_a_right_chunk_never_panic() {
    let mut random = Random(2);
    for _ in 0..5_000 {
        let len = random.below(127);
        let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1, len as u8];
        chunk.extend(random.bytes(len));
        assert!(decode(&hostile::with_checksum(chunk)).is_err());
    }
}

#[test]
fn random_rows_in_right_columns_never_panic() {
    let mut random = Random(3);
    let whole = hostile::RawChange::of(&entry());
    for _ in 0..10_000 {
        let mut raw = whole.clone();
        let at = random.below(raw.columns.len());
        let len = random.below(12);
        raw.columns[at].1 = random
            .bytes(len)
            .into_iter()
            .map(|byte| byte & 0x8f)
            .collect();
        sound_if_taken(&raw.bytes());
    }
}

#[test]
fn many_random_mutations_never_panic() {
    let mut random = Random(4);
    let mut taken = 0;
    for round in 0..20_000 {
        let change = if round % 2 == 0 { root() } else { entry() };
        let mut bytes = change.encode().unwrap().bytes;
        for _ in 0..=random.below(3) {
            mutate(&mut bytes, &mut random);
        }
        let bytes = if round % 4 == 0 {
            bytes
        } else {
            hostile::with_checksum(bytes)
        };
        taken += usize::from(sound_if_taken(&bytes));
    }
    assert!(
        taken > 100,
        "mutations must get past the checksum, only {taken} were taken"
    );
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len());
    match random.below(5) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.next() as u8,
        2 => drop(bytes.remove(at)),
        3 => bytes.insert(at, random.next() as u8),
        _ => {
            let other = random.below(bytes.len());
            bytes.swap(at, other);
        }
    }
}
