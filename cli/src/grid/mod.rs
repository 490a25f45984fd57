//! Grid packs on the command line.

pub(crate) mod convert;
mod info;
mod locate;
mod map;
mod near;
mod pack;
mod plane;
mod table;

use std::path::Path;

use serde_json::json;

use crate::args::{GridCommand, SynthArgs};
use crate::out::{Failure, Out, Outcome};

pub(crate) fn run(command: &GridCommand, out: Out) -> Outcome {
    match command {
        GridCommand::Pack(args) => pack::run(args, out),
        GridCommand::Info(args) => info::run(args, out),
        GridCommand::Locate(args) => locate::run(args, out),
        GridCommand::Near(args) => near::run(args, out),
        GridCommand::FitPlane(args) => plane::run(args, out),
        GridCommand::Synth(args) => synth(args, out),
    }
}

fn about(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

fn synth(args: &SynthArgs, out: Out) -> Outcome {
    let mut file = crate::save::Aside::create(&args.output, &[])?;
    gewu_gridpack::synth::write(args.cells, &mut file)
        .map_err(|error| about(&args.output, &error))?;
    file.finish()?;
    let words = format!("{} cells in {}", args.cells, args.output.display());
    out.say(&json!({ "cells": args.cells }), || words);
    Ok(())
}
