//! Installs what the tests need beyond Rust.

use std::process::Command;

use crate::args::Args;
use crate::failure::Failure;
use crate::shell::{Shell, command_line};
use crate::swift;

pub(crate) const HELP: &str = "\
usage: cargo xtask setup [--dry-run] [--swift]

Installs on Debian, with apt-get (and sudo when not root):
  build-essential   a C compiler: SQLite and ring are built from source
  git               the checks of generated files ask it
  strace            the test that watches fsync before a save returns
  nodejs, npm       tus-js-client, which uploads to the server in a test; left out where both run already
  python3-venv      tuspy, which does the same
  libvips-tools     pictures are compared with what it makes of them; a peer in the benchmark
  libimage-exiftool-perl
                    metadata are compared with what it reads
  libjpeg-turbo-progs
                    a peer in the benchmark
  default-jdk-headless, maven
                    the Kotlin library is compiled, and tested on a JVM

Then Debian's Swift 6.0 is unpacked in a tree of its own, in a cache folder outside the clone
(GEWU_CI_CACHE, or ~/.cache/gewu): 580 MB to download, 2.6 GB on the disk, nothing installed into the
machine. With --swift that is all that is done, and root is not needed.

With --dry-run it only says what it would run.
";

const PACKAGES: &[&str] = &[
    "build-essential",
    "git",
    "strace",
    "nodejs",
    "npm",
    "python3-venv",
    "libvips-tools",
    "libimage-exiftool-perl",
    "libjpeg-turbo-progs",
    "default-jdk-headless",
    "maven",
];

/// Installs.
pub(crate) fn run(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let dry = args.flag("--dry-run");
    let swift_alone = args.flag("--swift");
    args.finish()?;
    if !swift_alone {
        install(shell, dry)?;
    }
    let mut swift = swift::unpacking(shell)?;
    run_unless(dry, shell, "swift", &mut swift)
}

fn install(shell: &mut Shell, dry: bool) -> Result<(), Failure> {
    if shell
        .read(&mut shell.program("apt-get", &["--version"]))
        .is_err()
    {
        return Err(Failure::Finding(format!(
            "there is no apt-get here; install by other means: {}",
            PACKAGES.join(", ")
        )));
    }
    let root = shell.read(&mut shell.program("id", &["-u"]))?.trim() == "0";
    for words in [
        &["update"][..],
        &["install", "--yes", "--no-install-recommends"][..],
    ] {
        let mut command = apt_get(shell, root, words);
        if words.len() > 1 {
            command.args(wanted(shell));
        }
        run_unless(dry, shell, words[0], &mut command)?;
    }
    Ok(())
}

/// The packages that are not there in another form: a Node that brings its own npm, as those from elsewhere
/// do, conflicts with Debian's.
fn wanted(shell: &Shell) -> Vec<&'static str> {
    let runs = |program: &str| {
        shell
            .read(&mut shell.program(program, &["--version"]))
            .is_ok()
    };
    let has_node = runs("node") && runs("npm");
    let mut wanted = PACKAGES.to_vec();
    wanted.retain(|package| !(has_node && ["nodejs", "npm"].contains(package)));
    wanted
}

fn run_unless(
    dry: bool,
    shell: &mut Shell,
    stage: &str,
    command: &mut Command,
) -> Result<(), Failure> {
    if dry {
        println!("{}", command_line(command));
        return Ok(());
    }
    shell.run(stage, command)
}

fn apt_get(shell: &Shell, root: bool, words: &[&str]) -> Command {
    let mut command = if root {
        shell.program("apt-get", words)
    } else {
        let mut command = shell.program("sudo", &["apt-get"]);
        command.args(words);
        command
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
