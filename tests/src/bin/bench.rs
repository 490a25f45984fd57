//! Runs the benchmarks: `bench [save|apply|page|upload]`. Build with `--release`.

use std::process::ExitCode;

use gewu_tests::bench::{self, BenchError, Figure};

type Benchmark = (&'static str, fn() -> Result<Figure, BenchError>);

const ALL: [Benchmark; 4] = [
    ("save", bench::save::run),
    ("apply", bench::apply::run),
    ("page", bench::page::run),
    ("upload", bench::upload::run),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let known = |name: &String| ALL.iter().any(|(known, _)| known == name);
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        eprintln!("there is no benchmark {unknown}; there are save, apply, page and upload");
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
            Ok(figure) => figures.push(figure),
            Err(error) => {
                eprintln!("benchmark {name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{}", bench::table(&figures));
    ExitCode::SUCCESS
}
