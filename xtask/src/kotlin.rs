//! The Kotlin library: Maven compiles it, and its tests run on a JVM against the library and the program
//! that cargo built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::shell::Shell;
use crate::test::Ran;

const HOME: &str = "android";
const REPORTS: &str = "target/surefire-reports";

/// Runs the tests, or says why they cannot run.
pub(crate) fn test(shell: &mut Shell) -> Result<Ran, Failure> {
    if let Some(why) = missing(shell) {
        return Ok(Ran::Skipped(why));
    }
    let mut build = shell.cargo(&["build", "--package", "gewu-ffi", "--package", "gewu-cli"]);
    shell.run("build for kotlin", &mut build)?;
    let mut maven = maven(shell, false)?;
    let heading = "kotlin on the JVM, with the library and a server that cargo built";
    counted(shell, "kotlin tests", heading, &mut maven)
}

/// Runs the tests in which a device of Swift's takes part, each step of which `swift` runs.
pub(crate) fn pair(shell: &mut Shell, swift: &Command) -> Result<Ran, Failure> {
    let folder = shell.built(false)?.join("../pair");
    let broken = Failure::while_doing(format!("make {}", folder.display()));
    let made = fs::create_dir_all(&folder).and_then(|()| folder.canonicalize());
    let folder = made.map_err(broken)?;
    let words = std::iter::once(swift.get_program()).chain(swift.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let mut maven = maven(shell, false)?;
    maven.args(["--projects", "gewu-kotlin", "--also-make"]);
    maven.args(["-Dgewu.groups=pair", "-Dgewu.excludedGroups="]);
    maven.env("GEWU_SWIFT_DEVICE", words.join("\n"));
    maven.env("GEWU_PAIR_FOLDER", &folder);
    let variables = swift.get_envs();
    maven.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    let heading = "a process of kotlin's and one of swift's, with a server between them";
    let ran = counted(shell, "kotlin with swift", heading, &mut maven)?;
    // Only a run that failed leaves something to look at.
    let _ = fs::remove_dir_all(&folder);
    Ok(ran)
}

/// Measures calls, and openings of a device with many cases that is left in `folder`, with the library as
/// apps carry it.
pub(crate) fn costs(shell: &mut Shell, folder: &Path) -> Result<Ran, Failure> {
    if let Some(why) = missing(shell) {
        return Ok(Ran::Skipped(why));
    }
    let mut maven = maven(shell, true)?;
    maven.args(["--projects", "gewu-kotlin", "--also-make"]);
    maven.args(["-Dgewu.groups=bench", "-Dgewu.excludedGroups="]);
    maven.env("GEWU_BENCH_FOLDER", folder);
    counted(shell, "kotlin bench", "measured from kotlin", &mut maven)
}

/// Maven's tests, with what cargo built.
fn maven(shell: &Shell, release: bool) -> Result<Command, Failure> {
    let words = ["--batch-mode", "--no-transfer-progress", "--quiet"];
    let mut maven = shell.program("mvn", &words);
    maven.args(["--file", HOME, "test"]);
    maven.arg(format!("-Dgewu.built={}", shell.built(release)?.display()));
    // A run of everything keeps what it downloads beside the rest of its cache.
    if let Some(cache) = std::env::var_os("GEWU_CI_CACHE") {
        let folder = PathBuf::from(cache).join("m2");
        maven.arg(format!("-Dmaven.repo.local={}", folder.display()));
    }
    Ok(maven)
}

/// Runs Maven and prints what its reports count.
fn counted(
    shell: &mut Shell,
    stage: &str,
    heading: &str,
    maven: &mut Command,
) -> Result<Ran, Failure> {
    forget_reports(shell.root())?;
    let run = shell.run(stage, maven);
    let counted = count(shell.root())?;
    println!("xtask: {heading}:");
    println!("{} passed, {} failed", counted.passed, counted.failed);
    run?;
    match counted.passed {
        0 => Err(Failure::Finding("no kotlin test ran".to_owned())),
        _ => Ok(Ran::Passed),
    }
}

fn missing(shell: &mut Shell) -> Option<String> {
    let absent = ["javac", "mvn"].into_iter().find(|program| {
        let mut asked = shell.program(*program, &["--version"]);
        shell.read(&mut asked).is_err()
    });
    absent.map(|program| format!("there is no {program} (cargo xtask setup installs it)"))
}

/// What Maven's reports say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    passed: u32,
    failed: u32,
}

/// The folders of the modules.
fn modules(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let home = root.join(HOME);
    let broken = Failure::while_doing(format!("list {}", home.display()));
    let entries = fs::read_dir(&home).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(broken)?;
    Ok(entries.iter().map(fs::DirEntry::path).collect())
}

/// Takes reports of earlier runs away, so that none of them is counted.
fn forget_reports(root: &Path) -> Result<(), Failure> {
    for module in modules(root)? {
        let reports = module.join(REPORTS);
        if reports.is_dir() {
            let broken = Failure::while_doing(format!("empty {}", reports.display()));
            fs::remove_dir_all(&reports).map_err(broken)?;
        }
    }
    Ok(())
}

fn count(root: &Path) -> Result<Counted, Failure> {
    let mut counted = Counted::default();
    for module in modules(root)? {
        let Ok(reports) = fs::read_dir(module.join(REPORTS)) else {
            continue;
        };
        let reports = reports.flatten().map(|report| report.path());
        for report in reports.filter(|path| path.extension().is_some_and(|end| end == "xml")) {
            let broken = Failure::while_doing(format!("read {}", report.display()));
            add(&mut counted, &fs::read_to_string(&report).map_err(broken)?);
        }
    }
    Ok(counted)
}

/// Adds what the head of one report says.
fn add(counted: &mut Counted, report: &str) {
    let head = report.split("<testsuite").nth(1).unwrap_or_default();
    let head = head.split('>').next().unwrap_or_default();
    let number = |name: &str| -> u32 {
        let after = head.split(&format!(" {name}=\"")).nth(1);
        let value = after.and_then(|text| text.split('"').next());
        value.and_then(|text| text.parse().ok()).unwrap_or(0)
    };
    let failed = number("failures") + number("errors");
    counted.failed += failed;
    counted.passed += number("tests").saturating_sub(failed + number("skipped"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_counted_by_its_head_alone() {
        let mut counted = Counted::default();
        let report = "<?xml version=\"1.0\"?>\n<testsuite name=\"a.B\" time=\"1\" tests=\"9\" \
             errors=\"1\" skipped=\"2\" failures=\"3\">\n<testcase tests=\"7\"/></testsuite>";
        add(&mut counted, report);
        add(
            &mut counted,
            "<testsuite tests=\"4\" errors=\"0\" failures=\"0\">",
        );
        let expected = Counted {
            passed: 7,
            failed: 4,
        };
        assert_eq!(counted, expected);
        add(&mut counted, "no report");
        assert_eq!(counted, expected);
    }

    /// The text between the first `from` of a file of the workspace and the next `to`.
    fn between(file: &str, from: &str, to: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let text = fs::read_to_string(path).unwrap();
        let found = text.split(from).nth(1).unwrap();
        found.split(to).next().unwrap().to_owned()
    }

    #[test]
    fn the_kotlin_modules_have_the_version_of_the_workspace() {
        let workspace = between("Cargo.toml", "[workspace.package]\nversion = \"", "\"");
        let modules = [
            "gewu-kotlin",
            "gewu-testing",
            "gewu-ui-model",
            "gewu-android",
            "gewu-sample",
        ];
        for module in modules {
            let pom = format!("android/{module}/pom.xml");
            assert_eq!(between(&pom, "<version>", "<"), workspace, "{module}");
        }
        assert_eq!(between("android/pom.xml", "<version>", "<"), workspace);
    }
}
