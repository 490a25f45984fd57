//! Every test: Rust, then the two languages that the SDK is called from.

use crate::args::Args;
use crate::bindings;
use crate::clients;
use crate::failure::Failure;
use crate::kotlin;
use crate::shell::Shell;
use crate::swift;

pub(crate) const HELP: &str = "\
usage: cargo xtask test [--require kotlin,swift] [--only kotlin,swift] [FILTER]

Runs the Rust tests of every crate, the model checker of the workflow at full depth, makes the generated
Kotlin and Swift anew and compares them with what git holds, then runs the Kotlin tests on a JVM, the
Swift tests on Linux, and a loop in which a process of each takes part. A language that cannot be run
is said aloud at the end.

tus-js-client and tuspy, with which uploads are tested, are installed into a cache folder outside the
clone; where that cannot be, their tests are skipped, unless GEWU_REQUIRE=tus-clients is set.

  FILTER            run only the Rust tests whose name contains it, and no language that is not
                    required
  --require LIST    a language of this list that cannot be run is a failure
  --only LIST       run the languages of this list and no Rust test; what cannot be run is a failure
";

/// What became of a language's tests. Tests that fail are a [`Failure`].
pub(crate) enum Ran {
    /// They ran and passed.
    Passed,
    /// They could not run, for this reason.
    Skipped(String),
}

/// A language beside Rust, with what runs its tests.
type Language = (&'static str, fn(&mut Shell) -> Result<Ran, Failure>);

const LANGUAGES: &[Language] = &[("kotlin", kotlin::test), ("swift", swift::test)];

/// Tools that tests compare with where they are.
const TOOLS: &[(&str, &str)] = &[
    ("vipsthumbnail", "pixels beside libvips"),
    ("exiftool", "metadata beside exiftool"),
];

/// Runs the tests.
pub(crate) fn run(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let required = languages("--require", args.value("--require")?)?;
    let only = languages("--only", args.value("--only")?)?;
    let filter = args.positional();
    args.finish()?;
    if !only.is_empty() {
        return run_languages(shell, &only, |name| only.iter().any(|it| it == name));
    }
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
    run_languages(shell, &required, |name| {
        filter.is_none() || required.iter().any(|it| it == name)
    })
}

/// Runs the tests of the languages that are wanted.
fn run_languages(
    shell: &mut Shell,
    required: &[String],
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let (mut passed, mut skipped) = (Vec::new(), Vec::new());
    for (language, run) in LANGUAGES.iter().filter(|(name, _)| wanted(name)) {
        match run(shell)? {
            Ran::Passed => passed.push(*language),
            Ran::Skipped(why) => {
                println!("SKIPPED {language}: {why}");
                skipped.push(*language);
            }
        }
    }
    if passed.len() == LANGUAGES.len() {
        let device = swift::device(shell)?;
        kotlin::pair(shell, &device)?;
    }
    missing(required, &skipped)
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

fn languages(flag: &str, list: Option<String>) -> Result<Vec<String>, Failure> {
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
            "{flag} knows kotlin and swift, not {name}"
        ))),
        None => Ok(names),
    }
}

fn missing(required: &[String], skipped: &[&str]) -> Result<(), Failure> {
    let missing: Vec<&str> = required
        .iter()
        .map(String::as_str)
        .filter(|name| skipped.contains(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::Finding(format!(
        "required but skipped: {}",
        missing.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_required_language_that_is_skipped_is_a_failure() {
        let names = languages("--require", Some("kotlin,swift".into())).unwrap();
        let swift = missing(&names, &["swift"]);
        assert!(matches!(swift, Err(Failure::Finding(words)) if words.ends_with(": swift")));
        assert!(missing(&names, &[]).is_ok());
        assert!(missing(&languages("--require", None).unwrap(), &["swift"]).is_ok());
    }

    #[test]
    fn an_unknown_language_is_wrong_usage() {
        assert!(matches!(
            languages("--require", Some("kotlin,java".into())),
            Err(Failure::Usage(_))
        ));
    }
}
