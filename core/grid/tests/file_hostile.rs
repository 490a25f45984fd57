//! Cut, changed and deceiving files cost an error, never a panic and never a wrong answer.

#![allow(clippy::unwrap_used)]

mod common;

use common::Random;
use common::mesh::Plan;
use gewu_grid::Point;
use gewu_grid::file::{GridFile, PackFault, PackInput, PointInput, RoadInput, write};
use gewu_model::ids::{Digest, GridCode};

fn small_pack() -> (PackInput, Vec<u8>) {
    let plan = Plan {
        columns: 3,
        rows: 3,
        ..Plan::small(1)
    };
    let mesh = plan.draw();
    let point = |number: i32| PointInput {
        name: format!("瑞祥路{number}号"),
        class: format!("0100{}", number % 3),
        at: Point {
            lon_e7: mesh.min.lon_e7 + number * 900,
            lat_e7: mesh.min.lat_e7 + number * 700,
        },
        attributes: vec![("GLBJZT".to_owned(), "完好".to_owned())],
    };
    let input = PackInput {
        components: (0..20).map(point).collect(),
        plates: (0..20).map(point).collect(),
        roads: vec![RoadInput {
            code: GridCode::from("L1"),
            lines: vec![vec![mesh.min, mesh.max]],
            attributes: vec![],
        }],
        ..mesh.pack()
    };
    let bytes = write(&input).unwrap();
    (input, bytes)
}

/// Every question there is; faults are welcome, panics are not. Gives what was answered.
fn ask_everything(file: &GridFile<&[u8]>) -> Result<String, PackFault> {
    let mut said = String::new();
    let mut random = Random::new(2);
    let units = file.units()?;
    for _ in 0..12 {
        let at = Point {
            lon_e7: 1_234_300_000 + random.within(-5_000..45_000),
            lat_e7: 418_000_000 + random.within(-5_000..35_000),
        };
        let unit = units.at(at)?;
        said += &format!("{unit:?} {:?}", units.candidates(at, 40_000)?);
        if let Some(unit) = unit {
            said += &format!("{} {:?}", units.code(unit)?, units.duty(unit)?);
            said += &format!("{:?} {}", units.parents(unit)?, units.border_mm(unit, at)?);
            units.border(unit)?;
        }
        said += &format!("{:?}", file.road_near(at, 50_000)?);
        said += &format!("{:?}", file.components_near(at, 100_000, None, 3)?);
        said += &format!("{:?}", file.address(at)?);
    }
    said += &format!("{:?}", file.about()?);
    said += &format!("{:?}", units.find(&GridCode::from("210102000000003"))?);
    Ok(said)
}

#[test]
fn every_truncation_is_refused() {
    let (_, bytes) = small_pack();
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
    let (_, bytes) = small_pack();
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

/// Puts right every checksum, as whoever wants to deceive would.
fn forge(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| {
        u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize
    };
    let count = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    for entry in (0..count).map(|entry| 32 + entry * 24) {
        let start = number(bytes, entry + 8);
        let end = start + number(bytes, entry + 16);
        let crc = crc32fast::hash(&bytes[start..end]);
        bytes[entry + 4..entry + 8].copy_from_slice(&crc.to_le_bytes());
    }
    let table = crc32fast::hash(&bytes[32..32 + count * 24]);
    bytes[24..28].copy_from_slice(&table.to_le_bytes());
    let head = crc32fast::hash(&bytes[..28]);
    bytes[28..32].copy_from_slice(&head.to_le_bytes());
}

#[test]
fn forged_checksums_do_not_make_nonsense_dangerous() {
    let (_, bytes) = small_pack();
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
    let (_, mut bytes) = small_pack();
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
