//! What the linker is told of a library that an app carries; its peer in `size-floor` is linked alike.

use std::env;
use std::path::PathBuf;

/// Names that only the generator of bindings reads, out of a library that no app carries.
const UNEXPORTED: &str = "generated/unexported.map";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={UNEXPORTED}");
    let said = |name: &str| env::var(name).unwrap_or_default();
    // Only the profile of phones asks for the smallest code.
    if said("OPT_LEVEL") != "z" {
        return;
    }
    let pack = match said("CARGO_CFG_TARGET_OS").as_str() {
        // Read since API 23, and we begin at 26; the packing of other systems only since 28.
        "android" => "--pack-dyn-relocs=android",
        "linux" => "--pack-dyn-relocs=relr",
        // Apple's linker packs by itself, and what an app does not call it drops.
        _ => return,
    };
    for word in [pack, "-O2", "--build-id=none"] {
        println!("cargo::rustc-cdylib-link-arg=-Wl,{word}");
    }
    let names = PathBuf::from(said("CARGO_MANIFEST_DIR")).join(UNEXPORTED);
    if names.exists() {
        let names = names.display();
        println!("cargo::rustc-cdylib-link-arg=-Wl,--version-script={names}");
    }
}
