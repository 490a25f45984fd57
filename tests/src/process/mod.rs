//! The binary `gewu` as processes: a server, and devices in folders.

mod device;
mod server;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

pub use device::{Device, Ended};
pub use server::Server;

/// The binary of this workspace, beside the program that runs; built when it is not there.
///
/// # Panics
/// When it can be neither found nor built: no test of processes can go on.
pub fn binary() -> PathBuf {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(find_or_build).clone()
}

fn find_or_build() -> PathBuf {
    let Some(path) = expected() else {
        panic!("this program lies in no target folder");
    };
    if !path.exists() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build
            .args(["build", "--package", "gewu-cli"])
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        if path
            .parent()
            .is_some_and(|profile| profile.ends_with("release"))
        {
            build.arg("--release");
        }
        let built = build.status().is_ok_and(|status| status.success());
        assert!(built && path.exists(), "gewu-cli could not be built");
    }
    path
}

/// Test programs lie in `target/PROFILE/deps`, the binary one folder above.
fn expected() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let profile = if folder.ends_with("deps") {
        folder.parent()?
    } else {
        folder
    };
    Some(profile.join(format!("gewu{}", std::env::consts::EXE_SUFFIX)))
}
