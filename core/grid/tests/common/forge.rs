//! Packs for those who want to deceive.

use super::mesh::Plan;
use gewu_grid::Point;
use gewu_grid::file::{PackInput, PointInput, RoadInput, write};
use gewu_model::ids::GridCode;

/// A pack with every layer.
pub(crate) fn small_pack() -> Vec<u8> {
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
    write(&input).unwrap()
}

/// Puts right every checksum, as whoever wants to deceive would.
pub(crate) fn forge(bytes: &mut [u8]) {
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
