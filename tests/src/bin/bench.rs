//! Runs the benchmarks: `bench [save|apply|page|place|upload|evidence]`, or `bench sync [--quick] [--city FOLDER]`. Build with `--release`.

use std::process::ExitCode;

use gewu_tests::bench::{self, BenchError, Figure};

type Benchmark = (&'static str, fn() -> Result<Vec<Figure>, BenchError>);

const ALL: [Benchmark; 5] = [
    ("save", bench::save::run),
    ("apply", bench::apply::run),
    ("page", bench::page::run),
    ("place", bench::place::run),
    ("upload", bench::upload::run),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(done) = bench::evidence::run_as_child(&wanted) {
        return exit("a child of evidence", done);
    }
    if let [flag, words @ ..] = &wanted[..]
        && flag == bench::place::RESIDENT
    {
        return tell_resident(words);
    }
    if let Some(done) = bench::sync::run_as_child(&wanted) {
        return exit("a child of sync", done);
    }
    if let [name, words @ ..] = &wanted[..]
        && name == SYNC
    {
        if let Some(unknown) = bench::sync::unknown(words) {
            eprintln!(
                "{unknown} means nothing here: bench sync [--quick | --gate | --news] [--city FOLDER]"
            );
            return ExitCode::from(2);
        }
        return exit(SYNC, bench::sync::run(words));
    }
    let known = |name: &String| name == EVIDENCE || ALL.iter().any(|(known, _)| known == name);
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        eprintln!(
            "there is no benchmark {unknown}; there are save, apply, page, place, upload, evidence and sync"
        );
        return ExitCode::from(2);
    }
    if cfg!(debug_assertions) {
        eprintln!("this build is not optimised: the figures mean nothing (cargo xtask bench)");
    }
    let mut figures = Vec::new();
    for (name, run) in ALL {
        if !wanted.is_empty() && !wanted.iter().any(|one| one == name) {
            continue;
        }
        match run() {
            Ok(measured) => figures.extend(measured),
            Err(error) => {
                eprintln!("benchmark {name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if !figures.is_empty() {
        println!("{}", bench::table(&figures));
    }
    if wanted.is_empty() || wanted.iter().any(|one| one == EVIDENCE) {
        let told = bench::evidence::run().map(|table| println!("{table}"));
        return exit(EVIDENCE, told);
    }
    ExitCode::SUCCESS
}

/// Measured in processes of its own, with peers that are programs: a table of its own.
const EVIDENCE: &str = "evidence";

/// Budgets of exchanges, by name only: it takes minutes.
const SYNC: &str = "sync";

fn exit(name: &str, done: Result<(), BenchError>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benchmark {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What a fresh process of this program tells the benchmark *place*.
fn tell_resident(words: &[String]) -> ExitCode {
    match bench::place::resident_bytes(words) {
        Ok(bytes) => {
            println!("{bytes}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("resident memory: {error}");
            ExitCode::FAILURE
        }
    }
}
