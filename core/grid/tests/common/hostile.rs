//! What may be done with any bytes at all. The fuzz targets run it, and a test replays their
//! findings with it.

#![allow(dead_code)] // each fuzz target uses its part

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use gewu_grid::Point;
use gewu_grid::file::{GridFile, PackFault};
use gewu_grid::transfer::{pack, unpack};
use gewu_model::ids::{Digest, GridCode};
use gewu_model::place::{Datum, Position};

/// Opens the bytes as a pack and asks everything.
pub(crate) fn grid_pack(bytes: &[u8]) {
    let mut forged = bytes.to_vec();
    forge(&mut forged);
    if let Ok(file) = GridFile::open(&forged[..], Digest([0; 32])) {
        // Faults are welcome.
        let _ = ask_everything(&file);
    }
}

/// Files in transfer form may be no larger than this here, so that many are tried in a second.
const MOST: u64 = 1 << 20;

/// By the first byte: the rest is unpacked as it is; or it is the content of a transfer form, of the
/// length that the next four bytes say; or it is a pack, which must come back.
pub(crate) fn grid_transfer(bytes: &[u8]) {
    let Some((mode, rest)) = bytes.split_first() else {
        return;
    };
    match mode % 4 {
        0 => comes_back(unpack(rest, MOST).unwrap_or_default()),
        1 | 2 => {
            let Some((length, content)) = rest.split_first_chunk() else {
                return;
            };
            let length = u64::from(u32::from_le_bytes(*length)) % (2 * MOST);
            // The checksum cannot be right as well, but it is compared last.
            let _ = unpack(&transfer_of(mode % 4 - 1, length, content), MOST);
        }
        _ => {
            let mut forged = rest.to_vec();
            forge(&mut forged);
            comes_back(forged);
        }
    }
}

fn comes_back(file: Vec<u8>) {
    if let Ok(packed) = pack(&file) {
        let again = unpack(&packed, file.len() as u64);
        assert!(again.is_ok_and(|again| again == file));
    }
}

fn transfer_of(method: u8, length: u64, content: &[u8]) -> Vec<u8> {
    let mut head = b"GEWUGTF\x01".to_vec();
    head.push(method);
    head.extend_from_slice(&length.to_le_bytes());
    head.extend_from_slice(&[0; 4]);
    let mut encoder = DeflateEncoder::new(head, Compression::fast());
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// Puts right length and every checksum of what looks like a pack, as whoever wants to deceive
/// would.
pub(crate) fn forge(bytes: &mut [u8]) {
    if bytes.len() < 32 {
        return;
    }
    bytes[..8].copy_from_slice(b"GEWUGRID");
    bytes[8..12].copy_from_slice(&1_u32.to_le_bytes());
    let length = bytes.len() as u64;
    bytes[16..24].copy_from_slice(&length.to_le_bytes());
    let end = 32 + number(bytes, 12, 4).min(64) * 24;
    for entry in (32..end.min(bytes.len() - 23)).step_by(24) {
        let start = number(bytes, entry + 8, 8);
        let section = start.saturating_add(number(bytes, entry + 16, 8));
        if let Some(section) = bytes.get(start..section) {
            let crc = crc32fast::hash(section);
            bytes[entry + 4..entry + 8].copy_from_slice(&crc.to_le_bytes());
        }
    }
    let table = crc32fast::hash(bytes.get(32..end).unwrap_or_default());
    bytes[24..28].copy_from_slice(&table.to_le_bytes());
    let head = crc32fast::hash(&bytes[..28]);
    bytes[28..32].copy_from_slice(&head.to_le_bytes());
}

fn number(bytes: &[u8], at: usize, width: usize) -> usize {
    let bytes = bytes[at..at + width].iter().rev();
    bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Places in, at the rim of, and far from the small pack of the tests.
fn places() -> impl Iterator<Item = Point> {
    let near = (0..12).map(|n: i32| Point {
        lon_e7: 1_234_295_000 + n * 4_217,
        lat_e7: 417_995_000 + n * 7_919 % 40_000,
    });
    let far = [
        (0, 0),
        (i32::MIN, i32::MIN),
        (i32::MAX, i32::MAX),
        (1_800_000_000, 900_000_000),
    ];
    let far = far.map(|(lon_e7, lat_e7)| Point { lon_e7, lat_e7 });
    near.chain(far)
}

/// Every question there is; faults are welcome, panics are not. Gives what was answered.
pub(crate) fn ask_everything(file: &GridFile<&[u8]>) -> Result<String, PackFault> {
    let mut said = String::new();
    let mut fault = None;
    for at in places() {
        let answers = [about_units(file, at), about_neighbours(file, at)];
        for answer in answers {
            match answer {
                Ok(answer) => said += &answer,
                Err(met) => fault = Some(met),
            }
        }
    }
    said += &format!("{:?}", file.about()?);
    let units = file.units()?;
    said += &format!("{:?}", units.find(&GridCode::from("210102000000003"))?);
    fault.map_or(Ok(said), Err)
}

fn about_units(file: &GridFile<&[u8]>, at: Point) -> Result<String, PackFault> {
    let units = file.units()?;
    let unit = units.at(at)?;
    let mut said = format!("{unit:?} {:?}", units.candidates(at, 40_000)?);
    let position = Position {
        lon_e7: at.lon_e7,
        lat_e7: at.lat_e7,
        datum: Datum::Wgs84,
        accuracy_mm: Some(5_000),
    };
    let place = units.locate(&position)?;
    if let Some(unit) = unit {
        said += &format!("{} {:?}", units.code(unit)?, units.duty(unit)?);
        said += &format!("{:?} {}", units.parents(unit)?, units.border_mm(unit, at)?);
        said += &format!("{}", units.border(unit)?.len());
    }
    said += &format!("{:?}", place.map(|place| place.grid_ref()).transpose()?);
    Ok(said)
}

fn about_neighbours(file: &GridFile<&[u8]>, at: Point) -> Result<String, PackFault> {
    let mut said = format!("{:?}", file.road_near(at, 50_000));
    said += &format!("{:?}", file.components_near(at, 100_000, None, 3)?);
    said += &format!(
        "{:?}",
        file.components_near(at, u32::MAX, Some("01001"), 3)?
    );
    said += &format!("{:?}", file.address(at)?);
    Ok(said)
}
