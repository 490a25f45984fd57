//! Generates the Kotlin and Swift sources from the built library.

use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::failure::Failure;
use crate::git;
use crate::shell::Shell;

pub(crate) const HELP: &str = "\
usage: cargo xtask bindings [--check]

Builds the library and generates bindings/generated/kotlin and bindings/generated/swift from it.
With --check a difference from what git holds is a failure.
";

const HOME: &str = "bindings/generated";

/// What `bindings/build.rs` hands to the linker.
const UNEXPORTED: &str = "bindings/generated/unexported.map";

/// Generates, and compares when asked to.
pub(crate) fn run(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let check = args.flag("--check");
    args.finish()?;
    generate(shell)?;
    if check {
        git::must_hold(shell, HOME, "bindings")
    } else {
        Ok(())
    }
}

/// Generates and fails when the result differs from what git holds.
pub(crate) fn check(shell: &mut Shell) -> Result<(), Failure> {
    generate(shell)?;
    git::must_hold(shell, HOME, "bindings")
}

fn generate(shell: &mut Shell) -> Result<(), Failure> {
    let mut build = shell.cargo(&["build", "--package", "gewu-ffi", "--lib"]);
    shell.run("build gewu-ffi", &mut build)?;
    let mut build = shell.cargo(&["build", "--package", "gewu-bindgen"]);
    shell.run("build gewu-bindgen", &mut build)?;
    let built = shell.built(false)?;
    for language in ["kotlin", "swift"] {
        generate_one(shell, &built, language)?;
    }
    list_unexported(shell, &built)
}

/// Lists what the generator read out of the library, for the linker of the library that apps carry: it
/// keeps out what nobody reads there.
fn list_unexported(shell: &Shell, built: &Path) -> Result<(), Failure> {
    let mut nm = shell.program("nm", &["--extern-only", "--defined-only", "--just-symbols"]);
    let symbols = shell.read(nm.arg(library(built)))?;
    let path = shell.root().join(UNEXPORTED);
    let broken = Failure::while_doing(format!("write {}", path.display()));
    std::fs::write(&path, unexported(&symbols)).map_err(broken)
}

/// A version script that keeps the names of the bindings' own descriptions to the library.
fn unexported(symbols: &str) -> String {
    let mut names: Vec<&str> = symbols
        .lines()
        .filter(|name| name.starts_with("UNIFFI_META_"))
        .collect();
    names.sort_unstable();
    let lines: String = names.iter().map(|name| format!("  {name};\n")).collect();
    format!("{{ local:\n{lines}}};\n")
}

fn library(built: &Path) -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    built.join(format!("{prefix}gewu_ffi{suffix}"))
}

/// Generates beside the old sources and then takes their place: what the library no longer holds
/// goes, and a failure leaves the old ones.
fn generate_one(shell: &mut Shell, built: &Path, language: &str) -> Result<(), Failure> {
    let fresh = format!("{HOME}/{language}.new");
    remove_all(&shell.root().join(&fresh))?;
    let bindgen = built.join(format!("gewu-bindgen{}", std::env::consts::EXE_SUFFIX));
    let mut command = shell.program(bindgen, &["generate"]);
    command
        .arg(library(built))
        .args(["--language", language, "--out-dir", &fresh, "--no-format"]);
    shell.run(&format!("generate {language}"), &mut command)?;
    if language == "swift" {
        mend_header(&shell.root().join(&fresh).join("gewuFFI.h"))?;
    }
    let home = shell.root().join(HOME).join(language);
    remove_all(&home)?;
    std::fs::rename(shell.root().join(&fresh), &home).map_err(Failure::while_doing(format_args!(
        "put {} in place",
        home.display()
    )))
}

/// The generator takes names of parameters into its C header as they are, and no C compiler takes
/// `case` for one.
fn mend_header(header: &Path) -> Result<(), Failure> {
    let broken = || Failure::while_doing(format!("mend {}", header.display()));
    let text = std::fs::read_to_string(header).map_err(broken())?;
    std::fs::write(header, without_keywords(&text)).map_err(broken())
}

fn without_keywords(header: &str) -> String {
    ["case", "class"]
        .iter()
        .fold(header.to_owned(), |text, word| {
            text.replace(&format!(" {word},"), &format!(" {word}_,"))
                .replace(&format!(" {word})"), &format!(" {word}_)"))
        })
}

fn remove_all(folder: &Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::while_doing(
            format_args!("empty {}", folder.display()),
        )(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_generator_reads_is_listed_and_what_apps_call_is_not() {
        let symbols = "uniffi_gewu_ffi_fn_a\nUNIFFI_META_B\nUNIFFI_META_A\n";
        let listed = "{ local:\n  UNIFFI_META_A;\n  UNIFFI_META_B;\n};\n";
        assert_eq!(unexported(symbols), listed);
    }

    #[test]
    fn parameters_of_the_header_are_no_keywords() {
        let header =
            "int8_t opened(uint64_t ptr, RustBuffer case, RustBuffer class, int *class_of)";
        let mended =
            "int8_t opened(uint64_t ptr, RustBuffer case_, RustBuffer class_, int *class_of)";
        assert_eq!(without_keywords(header), mended);
        assert_eq!(
            without_keywords("void f(RustBuffer case)"),
            "void f(RustBuffer case_)"
        );
    }
}
