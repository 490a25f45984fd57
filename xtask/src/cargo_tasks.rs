//! Tasks that are one cargo command.

use std::fs;

use crate::args::Args;
use crate::failure::Failure;
use crate::kotlin;
use crate::shell::Shell;
use crate::size;
use crate::swift;
use crate::test::Ran;

pub(crate) const BENCH_HELP: &str = "\
usage: cargo xtask bench [NAME]

Builds with optimisation and measures, each figure beside its floor or peer in the same run.
NAME picks one benchmark; other words go to the benchmark program.

  sync [--quick] [--city FOLDER] [--gate] [--news]
                                   the budgets of exchanges, against a server process: minutes.
                                   --quick measures little; --city keeps the filled city in a
                                   folder, or begins with the one that lies there; --news measures
                                   only how soon news reach devices that are connected

`apps` measures from the languages of apps: calls beside the same of Rust's, and how long a device with
10,000 cases takes to its first page. It wants what `cargo xtask setup --swift` installs.

`size` weighs the library that an app carries beside its dependencies by themselves and judges it by
its bounds and by docs/size.jsonl, to which --keep adds a line. It builds with the strongest
optimisation: some fifteen minutes. It wants binutils (nm, strip) and is made for Linux.
";

pub(crate) const SIM_HELP: &str = "\
usage: cargo xtask sim [--release] [--seeds A..B] [--seed N [--trace]] [--jobs N] [--ledger]

Runs the simulator: devices, a server and everything that goes wrong between them.
One seed is one run; the same seed plays the same run again.

  --seeds A..B   every seed from A to B
  --jobs N       so many at once, and not as many as there are cores
  --seed N       one seed; --trace says what happens, step by step
  --ledger       add a line about the run to docs/simulation.jsonl
  --release      build with optimisation: for long sweeps. Without it, arithmetic that
                 overflows stops the run, which is what a test wants.
";

pub(crate) const SOAK_HELP: &str = "\
usage: cargo xtask soak [--release] [--minutes N | --seconds N] [--seed N]

Runs a real server and real devices with a misbehaving network between them and kills both sides at
random moments, for N minutes (10 unless said otherwise). Then the faults end, everybody syncs, and
every save that had returned is looked for. Prints a table; anything lost is a failure.
";

pub(crate) const FMT_HELP: &str = "\
usage: cargo xtask fmt [--check]

Formats all Rust code. With --check nothing is written, and a difference is a failure.
";

/// Measures.
pub(crate) fn bench(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let name = args.positional();
    if name.as_deref() == Some("size") {
        return size::measure(shell, args);
    }
    if name.as_deref() == Some("apps") {
        return apps(shell);
    }
    let mut wanted: Vec<String> = name.into_iter().collect();
    wanted.extend(args.into_rest());
    if wanted == ["workflow"] {
        // It uses the people and keys of the gate's tests.
        let mut test = shell.cargo(&["test", "--release", "-p", "gewu-sync", "--test", "gate"]);
        test.args(["--", "--nocapture", "speed::workflow"]);
        test.env("GEWU_BENCH", "1");
        return shell.run("bench workflow", &mut test);
    }
    if wanted.iter().any(|name| name == "sync" || name == "upload") {
        // They measure against its process, and an old one would not be noticed.
        let mut program = shell.cargo(&["build", "--release", "--package", "gewu-cli"]);
        shell.run("build gewu", &mut program)?;
    }
    build_and_run(shell, "gewu-tests", "bench", true, &wanted)
}

/// Rust's figures, then those of Kotlin and Swift.
fn apps(shell: &mut Shell) -> Result<(), Failure> {
    let mut build = shell.cargo(&["build", "--release", "-p", "gewu-ffi", "-p", "gewu-cli"]);
    shell.run("build for apps", &mut build)?;
    for name in ["place", "page"] {
        build_and_run(shell, "gewu-tests", "bench", true, &[name.to_owned()])?;
    }
    let folder = shell.built(true)?.join("../bench-device");
    let broken = Failure::while_doing(format!("make {}", folder.display()));
    let made = fs::create_dir_all(&folder).and_then(|()| folder.canonicalize());
    let folder = made.map_err(broken)?;
    let ran = [
        kotlin::costs(shell, &folder)?,
        swift::costs(shell, &folder)?,
    ];
    for ran in ran {
        if let Ran::Skipped(why) = ran {
            println!("xtask: SKIP: {why}");
        }
    }
    let broken = Failure::while_doing(format!("remove {}", folder.display()));
    fs::remove_dir_all(&folder).map_err(broken)
}

/// Where long runs of the simulator add up.
const LEDGER: &str = "docs/simulation.jsonl";

/// Simulates.
pub(crate) fn sim(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let release = args.flag("--release");
    let ledger = args.flag("--ledger");
    let mut words = args.into_rest();
    if ledger {
        words.extend(["--ledger".to_owned(), LEDGER.to_owned()]);
    }
    build_and_run(shell, "gewu-tests", "sim", release, &words)
}

/// Soaks.
pub(crate) fn soak(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let release = args.flag("--release");
    let words = args.into_rest();
    // What is killed is the program as people run it.
    let mut build = shell.cargo(&["build", "--package", "gewu-cli"]);
    if release {
        build.arg("--release");
    }
    shell.run("build gewu", &mut build)?;
    build_and_run(shell, "gewu-tests", "soak", release, &words)
}

/// Formats.
pub(crate) fn fmt(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let words: &[&str] = if args.flag("--check") {
        &["fmt", "--all", "--check"]
    } else {
        &["fmt", "--all"]
    };
    args.finish()?;
    let mut command = shell.cargo(words);
    shell.run("fmt", &mut command)
}

/// Builds a program of a package, then runs it with the given words; two stages, so that the time
/// of the build is not taken for the program's.
pub(crate) fn build_and_run(
    shell: &mut Shell,
    package: &str,
    name: &str,
    release: bool,
    words: &[String],
) -> Result<(), Failure> {
    let mut build = shell.cargo(&["build", "--package", package, "--bin", name]);
    if release {
        build.arg("--release");
    }
    shell.run(&format!("build {name}"), &mut build)?;
    let program = shell
        .built(release)?
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut command = shell.program(program, &[]);
    shell.run(name, command.args(words))
}
