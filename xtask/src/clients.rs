//! Upload clients of others for the tests, in a folder outside the clone.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache;
use crate::failure::Failure;
use crate::shell::Shell;

/// Pins, and so the name of the folder: another pin is another folder.
const PINS: [&str; 3] = ["package.json", "package-lock.json", "requirements.txt"];

/// The folder with the clients, filled if it is not; `Err` says what is missing.
pub(crate) fn ready(shell: &mut Shell) -> Result<PathBuf, String> {
    for (program, words) in [("npm", "--version"), ("python3", "--version")] {
        let asked = shell.read(&mut shell.program(program, &[words]));
        asked.map_err(|_| format!("there is no {program} (cargo xtask setup installs it)"))?;
    }
    let pins = shell.root().join("tests/clients");
    let folder = cache::folder()?.join(format!("tus-clients-{:016x}", sum(&pins)?));
    if !folder.join("complete").exists() {
        fill(shell, &pins, &folder).map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

/// FNV-1a over the pins.
fn sum(pins: &Path) -> Result<u64, String> {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for name in PINS {
        let path = pins.join(name);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for byte in bytes {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Ok(sum)
}

fn fill(shell: &mut Shell, pins: &Path, folder: &Path) -> Result<(), Failure> {
    let broken = |error: std::io::Error| Failure::Finding(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(broken)?;
    for name in PINS {
        fs::copy(pins.join(name), folder.join(name)).map_err(broken)?;
    }
    let mut npm = shell.program(
        "npm",
        &["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
    );
    shell.run("npm ci", npm.current_dir(folder))?;
    let venv = folder.join("venv");
    let mut python = shell.program("python3", &["-m", "venv"]);
    shell.run("python venv", python.arg(&venv))?;
    let words = ["-m", "pip", "install", "--quiet", "--requirement"];
    let mut pip = shell.program(venv.join("bin/python"), &words);
    shell.run("pip install", pip.arg(folder.join("requirements.txt")))?;
    fs::write(folder.join("complete"), "").map_err(broken)
}
