//! The binary `gewu`: a device in a terminal, the operator's console, the server, the demo.

mod args;
mod demo;
mod device;
mod grid;
mod op;
mod out;
mod packs;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use out::{Out, Outcome};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let out = Out::new(cli.json);
    match run(cli.command, out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => out.fail(&failure),
    }
}

fn run(command: Command, out: Out) -> Outcome {
    match command {
        Command::Serve(args) => serve::serve(&args, out),
        Command::Server(command) => serve::maintain(&command, out),
        Command::Op(args) => op::run(&args, out),
        Command::Grid(command) => grid::run(&command, out),
        Command::Demo(args) => demo::run(&args, out),
        command => device::run(command, out),
    }
}
