//! Cut, changed and deceiving files cost an error, never a panic and never a wrong answer.

#![allow(clippy::unwrap_used)]

mod common;

use common::Random;
use common::hostile::{ask_everything, forge};
use common::small::small_pack;
use gewu_grid::file::{GridFile, PackFault};
use gewu_model::ids::Digest;

#[test]
fn every_truncation_is_refused() {
    let bytes = small_pack();
    for end in 0..bytes.len() {
        assert!(
            GridFile::open(&bytes[..end], Digest([0; 32])).is_err(),
            "{end}"
        );
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(
        GridFile::open(&longer[..], Digest([0; 32])).unwrap_err(),
        PackFault::Length
    );
}

#[test]
fn every_changed_byte_gives_an_error_or_the_same_answers() {
    let bytes = small_pack();
    let truth = ask_everything(&GridFile::open(&bytes[..], Digest([0; 32])).unwrap()).unwrap();
    let mut refused = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let answers =
            GridFile::open(&changed[..], Digest([0; 32])).and_then(|file| ask_everything(&file));
        match answers {
            Ok(said) => assert_eq!(said, truth, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > bytes.len() / 2, "{refused} of {}", bytes.len());
}

#[test]
fn forged_checksums_do_not_make_nonsense_dangerous() {
    let bytes = small_pack();
    let mut random = Random::new(77);
    let body = 32 + 13 * 24;
    let mut answered = 0;
    for round in 0..6_000 {
        let mut changed = bytes.clone();
        for _ in 0..=round % 4 {
            let at = random.within(body..changed.len() as i32) as usize;
            changed[at] = random.next() as u8;
        }
        forge(&mut changed);
        let file = GridFile::open(&changed[..], Digest([0; 32])).unwrap();
        answered += usize::from(ask_everything(&file).is_ok());
    }
    assert!(answered > 0 && answered < 6_000, "{answered}");
}

#[test]
fn other_files_and_later_formats_are_told_apart() {
    let mut bytes = small_pack();
    let open = |bytes: &[u8]| {
        GridFile::open(bytes.to_vec(), Digest([0; 32]))
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(open(b"{}"), PackFault::NotAPack);
    bytes[8] = 9;
    assert_eq!(open(&bytes), PackFault::Version { found: 9 });
    assert_eq!(open(&bytes).code(), "pack_version");
}
