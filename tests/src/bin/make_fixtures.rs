//! Writes everything below `fixtures/` that is generated: `make_fixtures [DIRECTORY]`.

use std::path::PathBuf;
use std::process::ExitCode;

use gewu_tests::fixtures;

fn main() -> ExitCode {
    let directory = std::env::args_os()
        .nth(1)
        .map_or_else(fixtures::directory, PathBuf::from);
    match run(&directory) {
        Ok((files, bytes)) => {
            println!("{files} files, {bytes} bytes");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("make the fixtures: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(directory: &std::path::Path) -> Result<(usize, usize), Box<dyn std::error::Error>> {
    let all = fixtures::generate()?;
    fixtures::write(directory, &all)?;
    Ok((
        all.len(),
        all.iter().map(|fixture| fixture.bytes.len()).sum(),
    ))
}
