//! Wrong usage in one line.

use clap::error::ErrorKind;

use crate::out::{Failure, Out};

/// Turns a complaint of the argument parser into one line; help and version are printed as they
/// are and are no failure.
pub(crate) fn complain(error: &clap::Error, out: Out) -> Result<(), Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print!("{error}");
            Ok(())
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !out.is_json() => {
            eprint!("{error}");
            Err(Failure::usage("name a command"))
        }
        _ => Err(Failure::usage(one_line(&error.to_string()))),
    }
}

/// The complaint without the usage text below it.
fn one_line(complaint: &str) -> String {
    let said = complaint
        .lines()
        .take_while(|line| !line.starts_with("Usage:"));
    let said = said.filter(|line| !line.trim_start().starts_with("For more information"));
    let words: Vec<&str> = said.flat_map(str::split_whitespace).collect();
    let words = words.join(" ");
    format!(
        "{} (see --help)",
        words.strip_prefix("error: ").unwrap_or(&words)
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn wrong_usage_is_one_line_that_names_what_is_missing() {
        let error = Cli::try_parse_from(["gewu", "report", "--dir", "x"]).expect_err("incomplete");
        let line = one_line(&error.to_string());
        assert!(
            line.contains("--class <CODE>") && !line.contains('\n'),
            "{line}"
        );
        let error = Cli::try_parse_from(["gewu", "fly"]).expect_err("unknown");
        assert!(one_line(&error.to_string()).starts_with("unrecognized subcommand 'fly'"));
    }
}
