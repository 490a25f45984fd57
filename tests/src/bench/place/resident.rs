//! Resident memory of a fresh process after scattered lookups.

use std::path::Path;
use std::process::Command;

use gewu_grid::Point;
use gewu_model::place::{Datum, Position};

use super::city::{City, open};
use crate::bench::{Aim, Amount, BenchError, Figure};
use crate::disk::Dice;

/// The first argument of the process that measures itself; the pack and its box follow.
pub const RESIDENT: &str = "--resident";
const LOOKUPS: usize = 10_000;

pub(super) fn run(city: &City) -> Result<Figure, BenchError> {
    let mut command = Command::new(std::env::current_exe()?);
    let corners = [
        city.min.lon_e7,
        city.min.lat_e7,
        city.max.lon_e7,
        city.max.lat_e7,
    ];
    command.arg(RESIDENT).arg(&city.pack);
    let told = command
        .args(corners.map(|number| number.to_string()))
        .output()?;
    let told = String::from_utf8_lossy(&told.stdout);
    let grown = told.trim().parse().map_err(|_| BenchError::Resident)?;
    Ok(Figure {
        name: "resident memory, 10,000 scattered full lookups",
        ours: Amount::Bytes(grown),
        peer: "the mapped file",
        peers: Amount::Bytes(city.size),
        aim: Aim::Beyond(Amount::Bytes(2_000_000)),
    })
}

/// By how much this process grows while it opens a pack and answers scattered questions. The words
/// are the pack's path, then west, south, east and north in 1e-7 degree.
///
/// # Errors
/// When a word is missing, the pack is refused, or the system does not tell (Linux does).
pub fn resident_bytes(words: &[String]) -> Result<u64, BenchError> {
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<i32>().ok());
    let number = |at: usize| number(at).ok_or(BenchError::Resident);
    let (west, south, east, north) = (number(1)?, number(2)?, number(3)?, number(4)?);
    let before = resident()?;
    let file = open(Path::new(&words[0]))?;
    let mut dice = Dice::new(21);
    let mut found = 0;
    for _ in 0..LOOKUPS {
        let at = Point {
            lon_e7: west + dice.below(west.abs_diff(east).into()) as i32,
            lat_e7: south + dice.below(south.abs_diff(north).into()) as i32,
        };
        found += usize::from(ask(&file, at)?);
    }
    let grown = resident()?.saturating_sub(before);
    match found > LOOKUPS * 9 / 10 {
        true => Ok(grown),
        false => Err(BenchError::Missing("a unit at most points")),
    }
}

fn ask<B: AsRef<[u8]>>(file: &gewu_grid::file::GridFile<B>, at: Point) -> Result<bool, BenchError> {
    let position = Position {
        lon_e7: at.lon_e7,
        lat_e7: at.lat_e7,
        datum: Datum::Wgs84,
        accuracy_mm: Some(5_000),
    };
    let place = file.units()?.locate(&position)?;
    let stored = place.map(|place| place.grid_ref()).transpose()?;
    Ok(stored.is_some())
}

fn resident() -> Result<u64, BenchError> {
    let status = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = status.lines().find_map(|line| line.strip_prefix("Rss:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.map(|kb| kb * 1_024).ok_or(BenchError::Resident)
}
