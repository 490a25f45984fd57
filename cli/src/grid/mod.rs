//! Grid packs on the command line.

mod csv;
mod locate;
mod pack;

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use gewu_grid::file::GridFile;
use serde_json::json;

use crate::args::{GridCommand, InfoArgs, SynthArgs};
use crate::out::{Failure, Out, Outcome};

pub(crate) fn run(command: &GridCommand, out: Out) -> Outcome {
    match command {
        GridCommand::Pack(args) => pack::run(args, out),
        GridCommand::Info(args) => info(args, out),
        GridCommand::Locate(args) => locate::run(args, out),
        GridCommand::Synth(args) => synth(args, out),
    }
}

fn open(path: &Path) -> Result<GridFile<Vec<u8>>, Failure> {
    let bytes = fs::read(path).map_err(|error| about(path, &error))?;
    GridFile::open_unsigned(bytes).map_err(|fault| about(path, &fault))
}

fn about(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

fn info(args: &InfoArgs, out: Out) -> Outcome {
    let file = open(&args.file)?;
    file.verify_all()
        .map_err(|fault| about(&args.file, &fault))?;
    let units = match file.units() {
        Ok(units) => units.count()?,
        Err(_) => 0,
    };
    let sections: Vec<_> = file.sections().collect();
    let sizes = sections
        .iter()
        .map(|(section, size)| json!({ "section": format!("{section:?}"), "bytes": size }));
    let value = json!({
        "sha256": file.digest().to_string(),
        "bytes": file.size(),
        "units": units,
        "sections": sizes.collect::<Vec<_>>(),
    });
    out.say(&value, || {
        let mut text = format!(
            "{} bytes, {units} unit grids, checksums good\nsha256 {}",
            file.size(),
            file.digest()
        );
        for (section, size) in &sections {
            text.push_str(&format!("\n{size:>10}  {section:?}"));
        }
        text
    });
    Ok(())
}

fn synth(args: &SynthArgs, out: Out) -> Outcome {
    let file = fs::File::create(&args.output).map_err(|error| about(&args.output, &error))?;
    let mut writer = BufWriter::new(file);
    gewu_gridpack::synth::write(args.cells, &mut writer)
        .and_then(|()| writer.flush())
        .map_err(|error| about(&args.output, &error))?;
    let words = format!("{} cells in {}", args.cells, args.output.display());
    out.say(&json!({ "cells": args.cells }), || words);
    Ok(())
}
