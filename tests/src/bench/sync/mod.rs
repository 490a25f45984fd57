//! The budgets of sync, each beside its peer in the same run.
//!
//! A city is filled through the gate in this process. What the server takes in is measured there,
//! for a socket adds the same to all. Then `gewu serve` runs as a process on that city's folder, and
//! devices are processes with a real store each, so that their processor time and memory are their
//! own.

mod child;
mod city;
mod crowd;
mod devices;
mod flood;
mod gate;
mod news;
mod pen;
mod row;
mod texts;

use std::path::PathBuf;

pub use child::run_as_child;

use super::BenchError;
use crate::process::Server;
use city::City;
use devices::Stage;
use row::table;

/// How much is measured.
struct Size {
    /// Cases of the first sync.
    many: usize,
    /// Cases of an inspector.
    few: usize,
    /// Devices at once.
    crowd: usize,
    /// Devices beside one that sends without pause.
    beside: usize,
    /// Requests of each shape at the gate.
    rounds: usize,
    /// Received changes in cold cases.
    received: usize,
    /// Pieces of news of each kind to a device that is connected.
    news: usize,
}

impl Size {
    /// Devices that are enrolled for the crowds, with the one that sends without pause.
    fn members(&self) -> usize {
        match self.crowd.max(self.beside) {
            0 => 0,
            count => count + 1,
        }
    }
}

/// What the issue of budgets asks for.
const FULL: Size = Size {
    many: 10_000,
    few: 300,
    crowd: 500,
    beside: 1_000,
    rounds: 10,
    received: 1_000,
    news: 40,
};

/// To try the benchmark itself; its figures mean little.
const QUICK: Size = Size {
    many: 500,
    few: 60,
    crowd: 50,
    beside: 100,
    rounds: 2,
    received: 100,
    news: 5,
};

/// What the gate takes in, and nothing else: as often as in full, in a smaller city.
const GATE: Size = Size {
    many: 1_000,
    few: 0,
    crowd: 0,
    beside: 0,
    ..FULL
};

/// The first word that [`run`] does not know, or the one that wants a folder and has none.
pub fn unknown(words: &[String]) -> Option<&str> {
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--quick" | "--gate" | "--news" => {}
            "--city" if words.next().is_some() => {}
            other => return Some(other),
        }
    }
    None
}

/// Measures and prints each part as it is known. `--quick` measures less; `--city FOLDER` keeps the
/// filled city there, or begins with the one that lies there. `--gate` measures nothing but what the
/// server takes in, and `--news` nothing but how soon news reach devices that are connected.
///
/// # Errors
/// When a process, a file, the server or the SDK fails.
pub fn run(words: &[String]) -> Result<(), BenchError> {
    let asks = |name: &str| words.iter().any(|word| word == name);
    let size = match (asks("--gate"), asks("--quick")) {
        (true, _) => &GATE,
        (false, true) => &QUICK,
        (false, false) => &FULL,
    };
    let after = words.iter().skip_while(|word| *word != "--city").nth(1);
    let kept = after.map(PathBuf::from);
    let folder = tempfile::tempdir()?;
    if asks("--news") {
        print!("{}", table(&news::measure(folder.path(), size.news)?));
        return Ok(());
    }
    let mut city = City::found(folder.path(), kept.as_deref(), size)?;
    print!("{}", table(&gate::measure(&mut city, size)?));
    if asks("--gate") {
        return Ok(());
    }
    let (book, crowd) = city.close();
    let server = Server::start(&folder.path().join("city"))?;
    let url = server.url().to_owned();
    let mut stage = Stage::set(folder.path(), server, book)?;
    print!("{}", table(&stage.first_sync(size)?));
    print!("{}", table(&stage.quiet()?));
    print!("{}", table(&stage.small()?));
    print!("{}", table(&stage.received(size)?));
    print!("{}", table(&stage.holding()?));
    print!("{}", table(&stage.pages()?));
    print!("{}", table(&news::measure(folder.path(), size.news)?));
    print!(
        "{}",
        table(&crowd::measure(&url, crowd, size.crowd, city::pins())?)
    );
    Ok(())
}
