//! A pack on its way: the same bytes on arrival, and nothing but an error for other bytes.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};

use common::Random;
use common::hostile::forge;
use common::mesh::Plan;
use common::small::small_pack;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use gewu_grid::Point;
use gewu_grid::file::{
    ArcInput, PackFault, PackInput, PointInput, RoadInput, UnitInput, UnitLayer, write,
};
use gewu_grid::transfer::{TransferError, pack, unpack};
use gewu_model::ids::GridCode;
use proptest::prelude::*;

const HEAD: usize = 21;
const BY_SECTION: u8 = 1;

fn returns(file: &[u8]) -> Vec<u8> {
    let packed = pack(file).unwrap();
    assert!(unpack(&packed, file.len() as u64).unwrap() == file);
    packed
}

fn point(lon_e7: i32, lat_e7: i32) -> Point {
    Point { lon_e7, lat_e7 }
}

/// One square unit of a side; wide steps from about 360 m.
fn square(side: i32) -> UnitLayer {
    let corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)];
    let ring = corners.map(|(x, y)| point(x - side / 2, y - side / 2));
    UnitLayer {
        units: vec![UnitInput {
            code: GridCode::from("1"),
            parents: Default::default(),
            duty: None,
            road: None,
        }],
        arcs: vec![ArcInput {
            points: ring.to_vec(),
            left: Some(0),
            right: None,
        }],
        ..UnitLayer::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_pack_comes_back_byte_for_byte_and_smaller(
        columns in 1_usize..14,
        rows in 1_usize..10,
        step in 60_i32..30_000,
        seed: u64,
        components in 0_i32..200,
        lines in 0_i32..20,
    ) {
        let plan = Plan { columns, rows, step: (step, step), ..Plan::small(seed) };
        let mesh = plan.draw();
        let mut random = Random::new(seed);
        let mut near = || point(
            mesh.min.lon_e7 + random.within(-9_000..90_000),
            mesh.min.lat_e7 + random.within(-9_000..90_000),
        );
        let input = PackInput {
            components: (0..components).map(|number| PointInput {
                name: format!("C{number}"),
                class: format!("0100{}", number % 3),
                at: near(),
                attributes: vec![("state".to_owned(), format!("{}", number % 7))],
            }).collect(),
            roads: (0..lines).map(|number| RoadInput {
                code: GridCode::from(format!("L{number}").as_str()),
                lines: vec![vec![near(), near(), near()]],
                attributes: vec![],
            }).collect(),
            ..mesh.pack()
        };
        // Three random points may repeat one of themselves; that is the writer's to refuse.
        if let Ok(file) = write(&input) {
            let packed = returns(&file);
            prop_assert_eq!(packed[8], BY_SECTION);
            prop_assert!(packed.len() < file.len());
        }
    }

    #[test]
    fn a_pack_of_nonsense_comes_back_too(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut file = small_pack();
        let body = 32 + 13 * 24;
        for (at, byte) in changes {
            let at = body + at.index(file.len() - body);
            file[at] = byte;
        }
        forge(&mut file);
        returns(&file);
    }
}

#[test]
fn packs_without_layers_and_with_wide_steps_come_back() {
    returns(&write(&PackInput::default()).unwrap());
    for side in [4, 70_000, 1_000_000, 1_700_000_000] {
        let input = PackInput {
            units: Some(square(side)),
            ..PackInput::default()
        };
        returns(&write(&input).unwrap());
    }
}

#[test]
fn sections_of_a_later_version_are_carried_along() {
    let mut file = small_pack();
    // The kind of the first table entry.
    file[32] = 99;
    forge(&mut file);
    assert_ne!(returns(&file)[8], BY_SECTION);
}

#[test]
fn what_is_no_pack_is_not_packed() {
    assert_eq!(pack(b"{}").unwrap_err(), PackFault::NotAPack);
    let file = small_pack();
    assert_eq!(pack(&file[..500]).unwrap_err(), PackFault::Length);
}

#[test]
fn what_is_no_transfer_is_told_apart() {
    let packed = pack(&small_pack()).unwrap();
    let fault = |bytes: &[u8]| unpack(bytes, 1 << 20).unwrap_err();
    assert_eq!(fault(b""), TransferError::NotATransfer);
    assert_eq!(fault(&small_pack()), TransferError::NotATransfer);
    assert_eq!(fault(&packed[..7]), TransferError::Damaged);
    let mut later = packed.clone();
    later[7] = 9;
    assert_eq!(fault(&later), TransferError::Version { found: 9 });
    assert_eq!(fault(&later).code(), "transfer_version");
    assert_eq!(fault(&[&packed[..], &[0]].concat()), TransferError::Damaged);
}

#[test]
fn every_cut_and_every_changed_byte_is_an_error() {
    let packed = pack(&small_pack()).unwrap();
    for end in 0..packed.len() {
        assert!(unpack(&packed[..end], 1 << 20).is_err(), "{end}");
    }
    for at in 0..packed.len() {
        let mut changed = packed.clone();
        changed[at] ^= 1 << (at % 8);
        // A bit that deflate does not read may change; the file may not.
        if let Ok(file) = unpack(&changed, 1 << 20) {
            assert_eq!(file, small_pack(), "{at}");
        }
    }
}

#[test]
fn a_file_larger_than_allowed_is_refused_before_it_is_made() {
    let file = small_pack();
    let packed = pack(&file).unwrap();
    let most = file.len() as u64 - 1;
    let refused = TransferError::TooLarge { max_bytes: most };
    assert_eq!(unpack(&packed, most).unwrap_err(), refused);
    let mut claims = packed;
    claims[9..17].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(
        unpack(&claims, u64::MAX).unwrap_err(),
        TransferError::Damaged
    );
}

fn inflated(packed: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut decoder = DeflateDecoder::new(&packed[HEAD..]);
    decoder.read_to_end(&mut content).unwrap();
    content
}

fn deflated(head: &[u8], content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(head.to_vec(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn content_made_to_deceive_costs_an_error_and_little_else() {
    let file = small_pack();
    let packed = pack(&file).unwrap();
    let content = inflated(&packed);
    let mut random = Random::new(3);
    let mut refused = 0;
    for round in 0..6_000 {
        let mut changed = content.clone();
        for _ in 0..=round % 4 {
            // Section heads and counts are what deceives; they are near the start of sections.
            let at = random.within(0..changed.len() as i32) as usize;
            changed[at] = random.next() as u8;
        }
        match unpack(&deflated(&packed[..HEAD], &changed), file.len() as u64) {
            Ok(same) => assert_eq!(same, file),
            Err(fault) => refused += usize::from(fault == TransferError::Damaged),
        }
    }
    assert!(refused > 5_000, "{refused}");
}

#[test]
fn frames_of_any_size_are_refused_in_proportion_to_the_file() {
    let file = small_pack();
    let packed = pack(&file).unwrap();
    let content = inflated(&packed);
    // The kept frames stand behind their section's head: kind, form, length.
    let heads: Vec<usize> = (0..content.len() - 30)
        .filter(|at| matches!(content[*at..*at + 2], [8 | 11, 2]) && content[*at + 5] == 0)
        .collect();
    assert!(heads.len() >= 2);
    for head in heads {
        for (place, number) in [
            (14, 2_u32),
            (18, 2),
            (22, 1 << 24),
            (26, 1 << 24),
            (22, 1 << 12),
        ] {
            let mut changed = content.clone();
            let at = head + place;
            changed[at..at + 4].copy_from_slice(&number.to_le_bytes());
            let claimed = deflated(&packed[..HEAD], &changed);
            assert!(unpack(&claimed, u64::MAX).is_err());
        }
    }
}
