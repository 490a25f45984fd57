//! Every test: Rust, then the two languages that the SDK is called from.

use crate::args::Args;
use crate::bindings;
use crate::clients;
use crate::failure::Failure;
use crate::shell::Shell;

pub(crate) const HELP: &str = "\
usage: cargo xtask test [--require kotlin,swift] [FILTER]

Runs the Rust tests of every crate, the model checker of the workflow at full depth, then what there is for Kotlin and Swift: the generated
sources are made anew and compared with what git holds. Running them is not begun, which is
said aloud at the end.

tus-js-client and tuspy, with which uploads are tested, are installed into a cache folder outside the
clone; where that cannot be, their tests are skipped, unless GEWU_REQUIRE=tus-clients is set.

  FILTER            run only the Rust tests whose name contains it
  --require LIST    a language of this list that cannot be run is a failure
";

/// The languages beside Rust, each with why it is not run.
const LANGUAGES: &[(&str, &str)] = &[("kotlin", "not begun"), ("swift", "not begun")];

/// Tools that tests compare with where they are.
const TOOLS: &[(&str, &str)] = &[
    ("vipsthumbnail", "pixels beside libvips"),
    ("exiftool", "metadata beside exiftool"),
];

/// Runs the tests.
pub(crate) fn run(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let required = required(args.value("--require")?)?;
    let filter = args.positional();
    args.finish()?;
    run_rust(shell, filter.as_deref())?;
    if filter.is_none() {
        check_model(shell)?;
        bindings::check(shell)?;
        println!("xtask: rust tests passed; bindings/generated is what the library says");
    }
    for (tool, test) in TOOLS {
        if shell.read(&mut shell.program(*tool, &["--help"])).is_err() {
            println!("SKIPPED {test}: there is no {tool} here (cargo xtask setup)");
        }
    }
    for (language, reason) in LANGUAGES {
        println!("SKIPPED {language}: {reason}");
    }
    missing(&required)
}

fn run_rust(shell: &mut Shell, filter: Option<&str>) -> Result<(), Failure> {
    // Tests that kill a process need the programs; cargo builds them only beside their own
    // package's tests.
    let mut build = shell.cargo(&["build", "--workspace", "--bins", "--tests"]);
    shell.run("build tests", &mut build)?;
    let clients = clients::ready(shell);
    let mut test = shell.cargo(&["test", "--workspace"]);
    match &clients {
        Ok(folder) => drop(test.env("GEWU_TUS_CLIENTS", folder)),
        // Where they are required the tests that need them fail.
        Err(why) => println!("SKIPPED tus-js-client and tuspy: {why}"),
    }
    shell.run("cargo test", test.args(filter))
}

/// Every short history, deeper than the daily tests go; prints what was visited.
fn check_model(shell: &mut Shell) -> Result<(), Failure> {
    let suites = [
        ("gewu-model", "fold_suite", "checker"),
        ("gewu-sync", "gate", "deliveries"),
    ];
    suites.iter().try_for_each(|(package, suite, tests)| {
        let mut test = shell.cargo(&["test", "-p", package, "--test", suite]);
        test.args(["--", "--nocapture", tests]);
        test.env("GEWU_MODEL_CHECKER", "1");
        shell.run(&format!("model checker: {tests}"), &mut test)
    })
}

fn required(list: Option<String>) -> Result<Vec<String>, Failure> {
    let list = list.unwrap_or_default();
    let names: Vec<String> = list
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    match names
        .iter()
        .find(|name| LANGUAGES.iter().all(|(known, _)| known != name))
    {
        Some(name) => Err(Failure::Usage(format!(
            "--require knows kotlin and swift, not {name}"
        ))),
        None => Ok(names),
    }
}

fn missing(required: &[String]) -> Result<(), Failure> {
    if required.is_empty() {
        return Ok(());
    }
    Err(Failure::Finding(format!(
        "required but skipped: {}",
        required.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_required_language_that_is_skipped_is_a_failure() {
        let names = required(Some("kotlin,swift".into())).unwrap();
        assert!(matches!(missing(&names), Err(Failure::Finding(_))));
        assert!(missing(&required(None).unwrap()).is_ok());
    }

    #[test]
    fn an_unknown_language_is_wrong_usage() {
        assert!(matches!(
            required(Some("kotlin,java".into())),
            Err(Failure::Usage(_))
        ));
    }
}
