//! The place of a position: lookup, size, opening and neighbours on a made-up city of 51,495 units
//! and a million components, beside what others would use for it.
//!
//! One thread; times are the thread's CPU time, ours and the peers' in turns. Files are mapped and
//! their pages warm.

mod check;
mod city;
mod clock;
mod files;
mod lookup;
mod near;
mod peers;
mod points;
mod resident;

pub use resident::{RESIDENT, resident_bytes};

use super::{BenchError, Figure};

/// Every row of the table.
///
/// # Errors
/// When the city cannot be built, written, opened or asked.
pub fn run() -> Result<Vec<Figure>, BenchError> {
    let folder = tempfile::tempdir()?;
    eprintln!("place: building the city and its pack");
    let city = city::City::build(folder.path())?;
    eprintln!("place: checking answers");
    let mut figures = vec![check::run(&city)?];
    eprintln!("place: looking up");
    figures.extend(lookup::run(&city, folder.path())?);
    figures.extend(files::run(&city, folder.path())?);
    figures.push(resident::run(&city)?);
    drop(city);
    eprintln!("place: neighbours of a million components");
    figures.extend(near::run(folder.path())?);
    Ok(figures)
}
