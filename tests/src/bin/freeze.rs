//! Freezes a database of every schema that has none in `fixtures/frozen` yet.

use std::process::ExitCode;

fn main() -> ExitCode {
    match gewu_tests::frozen::freeze() {
        Ok(written) => {
            for file in &written {
                println!("{}", file.display());
            }
            println!("{} databases frozen", written.len());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("freeze: {error}");
            ExitCode::FAILURE
        }
    }
}
