//! A durable save of a report, against appending three kilobytes and flushing them.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use super::town::{BenchError, Town, report};
use super::{Aim, Figure, median};

const WARM_UP: u32 = 30;
const ROUNDS: u32 = 400;

/// Takes turns, so that whatever else the machine does hits both alike.
///
/// # Errors
/// When a file or the SDK fails.
pub fn run() -> Result<Vec<Figure>, BenchError> {
    let mut town = Town::new()?;
    let gewu = town.device()?;
    let mut log = File::create(town.folder(1).join("floor.log"))?;
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for number in 0..WARM_UP + ROUNDS {
        let saved = timed(|| report(&gewu, number).map(|_| ()))?;
        let appended = timed(|| append(&mut log))?;
        if number >= WARM_UP {
            ours.push(saved);
            floor.push(appended);
        }
    }
    Ok(vec![Figure {
        name: "durable save of a report (root and report)",
        ours: median(ours).into(),
        peer: "append 3 KB + fdatasync",
        peers: median(floor).into(),
        aim: Aim::Times(2.5),
    }])
}

fn append(log: &mut File) -> Result<(), std::io::Error> {
    log.write_all(&[0x5A; 3_000])?;
    log.sync_data()
}

fn timed<E>(work: impl FnOnce() -> Result<(), E>) -> Result<Duration, E> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}
