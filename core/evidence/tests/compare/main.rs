//! The pipeline beside tools that are not ours: pixels beside libvips, metadata beside exiftool.
//!
//! Both come from the system (`libvips-tools`, `libimage-exiftool-perl`; `cargo xtask setup` brings
//! them). Where one is missing, its tests say so on the terminal and pass.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

mod draw;
mod exiftool;
mod vips;

use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Whether the tool is here. Says aloud that it is not: what `eprintln!` says is kept back.
fn is_here(tool: &str, version: &str) -> bool {
    let here = Command::new(tool)
        .arg(version)
        .output()
        .is_ok_and(|output| output.status.success());
    if !here {
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: there is no {tool} here; `cargo xtask setup` brings it"
        );
    }
    here
}

/// Runs a tool, which must succeed.
fn run(tool: &str, args: &[&str], folder: &Path) -> Vec<u8> {
    let output = Command::new(tool)
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {args:?}: {words}");
    output.stdout
}
