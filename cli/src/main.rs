//! The binary `gewu`: a device in a terminal, the operator's console, the server, the demo.

mod args;
mod bundle;
mod catalogue;
mod clock;
mod deadline;
mod demo;
mod device;
mod grid;
mod hashes;
mod host_token;
mod language;
mod log;
mod op;
mod out;
mod pack;
mod packs;
mod photo;
mod said;
mod save;
mod serve;
mod trust;
mod usage;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use out::{Out, Outcome};

fn main() -> ExitCode {
    // Wrong usage is told to scripts as well, so this option is read before the others.
    let out = Out::new(std::env::args().any(|arg| arg == "--json"));
    let done = match Cli::try_parse() {
        Ok(cli) => run(cli.command, Out::new(cli.json)),
        Err(error) => usage::complain(&error, out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => out.fail(&failure),
    }
}

fn run(command: Command, out: Out) -> Outcome {
    match command {
        Command::Serve(args) => serve::serve(&args, out),
        Command::Server(command) => serve::maintain(&command, out),
        Command::Op(args) => op::run(&args, out),
        Command::Catalogue(command) => catalogue::run(&command, out),
        Command::Grid(command) => grid::run(&command, out),
        Command::Bundle(command) => bundle::run(&command, out),
        Command::Pack(command) => pack::run(&command, out),
        Command::Photo(command) => photo::run(&command, out),
        Command::Convert(args) => grid::convert::run(&args, out),
        Command::Deadline(args) => deadline::run(&args, out),
        Command::HostKey(args) => host_token::make_key(&args, out),
        Command::HostToken(args) => host_token::make(&args, out),
        Command::Demo(args) => demo::run(&args, out),
        command => device::run(command, out),
    }
}
