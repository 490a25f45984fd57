//! One command set for people and CI: `cargo xtask help` lists it.
//!
//! What a task runs and how long it took goes to stderr; stdout belongs to the programs that the
//! task runs, so that `cargo xtask demo -- --json` can be piped.

mod args;
mod bindings;
mod cache;
mod cargo_tasks;
mod clients;
mod demo;
mod failure;
mod fixtures;
mod fuzz;
mod git;
mod kotlin;
mod lint;
mod mobile;
mod mutations;
mod setup;
mod shell;
mod size;
mod swift;
mod test;

use std::process::ExitCode;

use args::Args;
use failure::Failure;
use shell::Shell;

/// A task by its name, with what `help` says about it.
struct Task {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(&mut Shell, Args) -> Result<(), Failure>,
}

const TASKS: &[Task] = &[
    Task {
        name: "demo",
        summary: "play one day with a real server and real devices",
        help: demo::HELP,
        run: demo::play,
    },
    Task {
        name: "demo-check",
        summary: "judge what `demo -- --json` printed",
        help: demo::CHECK_HELP,
        run: demo::judge,
    },
    Task {
        name: "test",
        summary: "run every test",
        help: test::HELP,
        run: test::run,
    },
    Task {
        name: "bench",
        summary: "measure, each figure beside its floor or peer",
        help: cargo_tasks::BENCH_HELP,
        run: cargo_tasks::bench,
    },
    Task {
        name: "sim",
        summary: "run the simulator over a range of seeds, or replay one",
        help: cargo_tasks::SIM_HELP,
        run: cargo_tasks::sim,
    },
    Task {
        name: "soak",
        summary: "kill real processes behind a bad network for minutes, and lose nothing",
        help: cargo_tasks::SOAK_HELP,
        run: cargo_tasks::soak,
    },
    Task {
        name: "mutations",
        summary: "put deliberate bugs in, one at a time, and see them caught",
        help: mutations::HELP,
        run: mutations::run,
    },
    Task {
        name: "fuzz",
        summary: "feed broken bytes to everything that reads bytes",
        help: fuzz::HELP,
        run: fuzz::run,
    },
    Task {
        name: "fixtures",
        summary: "write fixtures/ anew from its generator",
        help: fixtures::HELP,
        run: fixtures::run,
    },
    Task {
        name: "bindings",
        summary: "generate the Kotlin and Swift sources",
        help: bindings::HELP,
        run: bindings::run,
    },
    Task {
        name: "check-mobile",
        summary: "type-check the library for phones",
        help: mobile::HELP,
        run: mobile::check,
    },
    Task {
        name: "fmt",
        summary: "format all Rust code",
        help: cargo_tasks::FMT_HELP,
        run: cargo_tasks::fmt,
    },
    Task {
        name: "lint",
        summary: "formatting, clippy and the rules of the house",
        help: lint::HELP,
        run: lint::run,
    },
    Task {
        name: "setup",
        summary: "install what the tests need beyond Rust (Debian)",
        help: setup::HELP,
        run: setup::run,
    },
];

fn main() -> ExitCode {
    match dispatch(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            failure.exit_code()
        }
    }
}

fn dispatch(mut words: Vec<String>) -> Result<(), Failure> {
    if words.is_empty() {
        print!("{}", overview());
        return Ok(());
    }
    let name = words.remove(0);
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        return help(words.first());
    }
    let task = find(&name)?;
    let mut args = Args::split(words);
    if args.flag("--help") || args.flag("-h") {
        print!("{}", task.help);
        return Ok(());
    }
    let mut shell = Shell::at_workspace_root()?;
    let outcome = (task.run)(&mut shell, args);
    shell.print_stages();
    outcome
}

fn help(topic: Option<&String>) -> Result<(), Failure> {
    match topic {
        Some(name) => print!("{}", find(name)?.help),
        None => print!("{}", overview()),
    }
    Ok(())
}

fn find(name: &str) -> Result<&'static Task, Failure> {
    TASKS.iter().find(|task| task.name == name).ok_or_else(|| {
        Failure::Usage(format!(
            "there is no task `{name}`; `cargo xtask help` lists them"
        ))
    })
}

fn overview() -> String {
    let mut text = String::from("usage: cargo xtask TASK [ARGS]\n\n");
    for task in TASKS {
        text.push_str(&format!("  {:<12} {}\n", task.name, task.summary));
    }
    text.push_str("\n`cargo xtask help TASK` says more about one of them.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_a_help_that_shows_its_usage() {
        for task in TASKS {
            let usage = format!("usage: cargo xtask {}", task.name);
            assert!(task.help.starts_with(&usage), "{}", task.name);
            assert!(task.help.ends_with('\n'), "{}", task.name);
        }
    }

    #[test]
    fn an_unknown_task_is_wrong_usage() {
        let failure = dispatch(vec!["levitate".into()]).unwrap_err();
        assert!(matches!(failure, Failure::Usage(_)));
    }
}
