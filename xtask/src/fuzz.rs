//! Fuzzing: a workspace of its own under `fuzz/`, driven by cargo-fuzz on the stable toolchain.

use std::path::Path;

use crate::args::Args;
use crate::failure::Failure;
use crate::shell::Shell;

pub(crate) const HELP: &str = "\
usage: cargo xtask fuzz [TARGET] [--seconds N]

Runs the fuzz targets, or one of them, for N seconds each (60 unless said otherwise), starting
from fuzz/seeds/TARGET and what earlier runs kept in fuzz/corpus/TARGET. A crash ends the run and
stays in fuzz/artifacts/TARGET: move it to fuzz/findings/TARGET, where a test replays it for ever,
and repair what it found.

Needs cargo-fuzz (`cargo install cargo-fuzz`) and a C++ compiler.
";

/// A step that takes longer than this for bytes of any kind is a finding.
const LIMITS: &[&str] = &["-timeout=10", "-rss_limit_mb=1024", "-max_len=32768"];

/// Fuzzes.
pub(crate) fn run(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let seconds = args.value("--seconds")?.unwrap_or_else(|| "60".to_owned());
    if seconds.parse::<u32>().is_err() {
        return Err(Failure::Usage("--seconds takes a whole number".into()));
    }
    let wanted = args.positional();
    args.finish()?;
    let targets = targets(shell.root())?;
    let chosen: Vec<&String> = match &wanted {
        None => targets.iter().collect(),
        Some(name) => targets.iter().filter(|target| *target == name).collect(),
    };
    if chosen.is_empty() {
        let there = targets.join(", ");
        return Err(Failure::Usage(format!(
            "there is no such target; there are {there}"
        )));
    }
    chosen
        .into_iter()
        .try_for_each(|target| fuzz(shell, target, &seconds))
}

fn fuzz(shell: &mut Shell, target: &str, seconds: &str) -> Result<(), Failure> {
    let corpus = shell.root().join("fuzz/corpus").join(target);
    std::fs::create_dir_all(&corpus).map_err(Failure::while_doing(format_args!(
        "make {}",
        corpus.display()
    )))?;
    // Paths are as seen from fuzz/, where cargo-fuzz runs its programs.
    let (corpus, seeds) = (format!("corpus/{target}"), format!("seeds/{target}"));
    let mut command = shell.cargo(&["fuzz", "run", "-s", "none", target, &corpus, &seeds, "--"]);
    command
        .args(LIMITS)
        .arg(format!("-max_total_time={seconds}"));
    command.current_dir(shell.root().join("fuzz"));
    shell.run(&format!("fuzz {target}"), &mut command)
}

/// The targets by the names of their files.
fn targets(root: &Path) -> Result<Vec<String>, Failure> {
    let folder = root.join("fuzz/fuzz_targets");
    let entries = std::fs::read_dir(&folder).map_err(Failure::while_doing(format_args!(
        "list {}",
        folder.display()
    )))?;
    let names = entries.flatten().filter_map(|entry| {
        let path = entry.path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let name = path.file_stem()?.to_str()?.to_owned();
        is_rust.then_some(name)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_seeds_and_a_place_for_findings() {
        let shell = Shell::at_workspace_root().unwrap();
        let targets = targets(shell.root()).unwrap();
        assert!(!targets.is_empty());
        for target in targets {
            for part in ["seeds", "findings"] {
                let folder = shell.root().join("fuzz").join(part).join(&target);
                assert!(folder.is_dir(), "{}", folder.display());
            }
        }
    }
}
