//! Catalogue packs: made from sheets, and asked.

mod ask;
mod pack;
mod print;

use std::path::Path;

use gewu_model::catalogue::Catalogue;

use crate::args::CatalogueCommand;
use crate::out::{Failure, Out, Outcome};
use crate::packs;

pub(crate) use ask::nothing_found;
pub(crate) use print::class_json;

/// Runs a command of `gewu catalogue`.
pub(crate) fn run(command: &CatalogueCommand, out: Out) -> Outcome {
    match command {
        CatalogueCommand::Pack(args) => pack::pack(args, out),
        CatalogueCommand::Info(args) => ask::info(args, out),
        CatalogueCommand::Search(args) => ask::search(args, out),
        CatalogueCommand::Map(args) => ask::map(args, out),
        CatalogueCommand::Propose(args) => pack::propose(args, out),
        CatalogueCommand::Diff(args) => ask::diff(args, out),
    }
}

fn about(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

/// The bytes of a pack: a file, or one of those that ship with the program.
fn bytes(name: &str) -> Result<Vec<u8>, Failure> {
    let path = Path::new(name);
    match packs::national("catalogue", path) {
        Some(body) => Ok(body.to_vec()),
        None => crate::pack::read_body(path).map_err(|error| about(path, &error)),
    }
}

fn open(name: &str) -> Result<Catalogue, Failure> {
    Catalogue::from_json(&bytes(name)?).map_err(|error| Failure::new(format!("{name}: {error}")))
}
