//! Checks what goes into phones for the phones' own targets.

use std::path::PathBuf;
use std::process::Command;

use crate::args::Args;
use crate::cache;
use crate::failure::Failure;
use crate::shell::Shell;

pub(crate) const HELP: &str = "\
usage: cargo xtask check-mobile [TARGET...]

Type-checks core/* and bindings, with the network left to the app, for aarch64-linux-android,
armv7-linux-androideabi and aarch64-apple-ios, or for the targets given. Nothing is linked: the code
is shown to be right for the platform's types and libraries, not to run there. SQLite's C is compiled
by this machine's own compiler as a stand-in.

A target that rustup has installed is checked as it is. For others the standard library is checked
from the source that Debian has of this very compiler, downloaded once into a cache folder outside
the clone (GEWU_CI_CACHE, or ~/.cache/gewu); where there is none, the target is skipped, and that is
said. The first check of a target takes some two minutes.
";

const TARGETS: &[&str] = &[
    "aarch64-linux-android",
    "armv7-linux-androideabi",
    "aarch64-apple-ios",
];

/// What is in the library that an app embeds.
const PACKAGES: &[&str] = &[
    "gewu-model",
    "gewu-grid",
    "gewu-evidence",
    "gewu-sync",
    "gewu-bundle",
    "gewu",
    "gewu-ffi",
];

const TOOLCHAIN: &str = "bindings/tools/mobile-toolchain.sh";
const C_COMPILER: &str = "bindings/tools/stand-in-cc.sh";

/// The script's status when there is no source to check the standard library from.
const NO_SOURCE: i32 = 3;

/// Checks each target, or says why it was skipped.
pub(crate) fn check(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let mut targets = Vec::new();
    while let Some(target) = args.positional() {
        targets.push(known(target)?);
    }
    args.finish()?;
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    let (mut checked, mut skipped) = (0, 0);
    for target in targets {
        match standard_library(shell, target)? {
            StandardLibrary::Skipped(why) => {
                println!("xtask: SKIP {target}: {why}");
                skipped += 1;
            }
            from => {
                shell.run(target, &mut checking(shell, target, &from)?)?;
                println!("xtask: {target}: core and bindings check, with the app's network");
                checked += 1;
            }
        }
    }
    println!("xtask: {checked} targets checked, {skipped} skipped");
    Ok(())
}

fn known(target: String) -> Result<&'static str, Failure> {
    let found = TARGETS.iter().find(|it| **it == target);
    found.copied().ok_or_else(|| {
        let list = TARGETS.join(", ");
        Failure::Usage(format!("`{target}` is none of {list}"))
    })
}

/// Where the standard library of a target comes from.
enum StandardLibrary {
    /// rustup installed it.
    Installed,
    /// It is checked from source, with the toolchain in this folder.
    Source(PathBuf),
    /// From nowhere, for this reason.
    Skipped(String),
}

fn standard_library(shell: &Shell, target: &str) -> Result<StandardLibrary, Failure> {
    let words = ["--print", "target-libdir", "--target", target];
    let libraries = shell.read(&mut shell.program("rustc", &words))?;
    if PathBuf::from(libraries.trim()).is_dir() {
        return Ok(StandardLibrary::Installed);
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(StandardLibrary::Skipped(format!(
            "`rustup target add {target}` first"
        )));
    }
    let version = shell.read(&mut shell.program("rustc", &["--version"]))?;
    let version = version.split(' ').nth(1).unwrap_or("unknown");
    let folder = cache::folder().map_err(Failure::Finding)?;
    from_source(shell, folder.join(format!("mobile-{version}")))
}

fn from_source(shell: &Shell, folder: PathBuf) -> Result<StandardLibrary, Failure> {
    let mut script = shell.program(shell.root().join(TOOLCHAIN), &[]);
    script.arg(&folder).stderr(std::process::Stdio::inherit());
    let output = script
        .output()
        .map_err(Failure::while_doing(format_args!("run {TOOLCHAIN}")))?;
    match output.status.code() {
        Some(0) => Ok(StandardLibrary::Source(folder.join("toolchain"))),
        Some(NO_SOURCE) => {
            let why = String::from_utf8_lossy(&output.stdout);
            Ok(StandardLibrary::Skipped(why.trim().to_owned()))
        }
        _ => Err(Failure::Finding(format!("{TOOLCHAIN} failed"))),
    }
}

fn checking(shell: &Shell, target: &str, from: &StandardLibrary) -> Result<Command, Failure> {
    let mut words = vec!["check", "--target", target, "--no-default-features"];
    words.extend(PACKAGES.iter().flat_map(|package| ["--package", package]));
    let mut command = match from {
        StandardLibrary::Source(toolchain) => {
            let mut command = shell.program(toolchain.join("bin/cargo"), &words);
            command.arg("-Zbuild-std=std,panic_unwind");
            command.env("RUSTC", toolchain.join("bin/rustc"));
            // It would load the other toolchain's compiler, and look for the source there.
            command.env_remove("LD_LIBRARY_PATH");
            // The standard library is built by a compiler that is not a nightly one.
            command.env("RUSTC_BOOTSTRAP", "1");
            command
        }
        _ => shell.cargo(&words),
    };
    // Other flags than those of this machine's builds: a folder of its own keeps both warm.
    let built = shell.built(false)?;
    let target_folder = built.parent().unwrap_or(&built).join("mobile");
    command.env("CARGO_TARGET_DIR", target_folder);
    let stand_in = shell.root().join(C_COMPILER);
    command.env(format!("CC_{}", target.replace('-', "_")), stand_in);
    command.env(format!("AR_{}", target.replace('-', "_")), "ar");
    // Apple's SDK is looked for by its tools, which are not here.
    command.env("SDKROOT", shell.root());
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_target_is_refused_with_the_known_ones() {
        assert!(known("aarch64-linux-android".to_owned()).is_ok());
        let refused = known("aarch64-linux-gnu".to_owned()).unwrap_err();
        assert!(refused.to_string().contains("aarch64-apple-ios"));
    }
}
