//! The committed Kotlin and Swift hold what is exported, and nothing of the machine that made them.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

const KOTLIN: &str = "generated/kotlin/gewu/gewu.kt";
const SWIFT: &str = "generated/swift/GewuSDK.swift";

fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text without the quotes that the generator puts around names.
fn read(path: &str) -> String {
    let text = fs::read_to_string(home().join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}; run `cargo xtask bindings`"))
        .replace('`', "")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .flat_map(|entry| match entry.file_type().unwrap().is_dir() {
            true => files_below(&entry.path()),
            false => vec![entry.path()],
        })
        .collect()
}

/// The heads of the functions in blocks that are exported, as they stand in the sources.
fn exported() -> Vec<String> {
    let sources = files_below(&home().join("src"));
    let texts = sources.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|text| exported_in(&text)).collect()
}

fn exported_in(source: &str) -> Vec<String> {
    let blocks = source.split("#[uniffi::export]").skip(1);
    let bodies = blocks.map(|block| block.split("\n}").next().unwrap());
    bodies
        .flat_map(|body| body.split("pub fn ").skip(1))
        .map(|function| function.split(" {").next().unwrap().to_owned())
        .collect()
}

fn name(head: &str) -> &str {
    head.split('(').next().unwrap()
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |camel, word| {
        camel + &word[..1].to_uppercase() + &word[1..]
    })
}

#[test]
fn every_exported_function_is_in_both_languages() {
    let (kotlin, swift) = (read(KOTLIN), read(SWIFT));
    let heads = exported();
    assert!(heads.len() >= 14, "found only {heads:?}");
    // `new` is a constructor without a name abroad.
    for name in heads.iter().map(|head| name(head)).filter(|n| *n != "new") {
        let camel = camel_case(name);
        assert!(kotlin.contains(&format!("fun {camel}(")), "{camel}");
        assert!(swift.contains(&format!("func {camel}(")), "{camel}");
    }
}

#[test]
fn every_exported_function_can_fail() {
    for head in exported() {
        assert!(head.contains("-> Answer<"), "{head}");
    }
}

#[test]
fn the_documentation_crosses_too() {
    let (kotlin, swift) = (read(KOTLIN), read(SWIFT));
    for words in [
        "The SDK on one device.",
        "Saves a report.",
        "The server cannot be reached now: nothing is lost, try later.",
        "Longitude in degrees, east positive.",
        "The place lies outside the user's own duty grids.",
        "One case: 32 hexadecimal digits.",
    ] {
        assert!(kotlin.contains(words), "kotlin: {words}");
        assert!(swift.contains(words), "swift: {words}");
    }
}

#[test]
fn records_cannot_be_changed() {
    let kotlin = read(KOTLIN);
    let record = kotlin.split("data class CaseRow").nth(1).unwrap();
    let fields = record.split("companion object").next().unwrap();
    assert!(fields.contains("val stage: Stage"), "{fields}");
    assert!(!fields.contains("var "), "{fields}");
    assert!(read(SWIFT).contains("public let stage: Stage"));
}

#[test]
fn no_path_of_a_machine_is_in_them() {
    let clone = home();
    let clone = clone.parent().unwrap().to_str().unwrap();
    for file in files_below(&home().join("generated")) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains(clone), "{}", file.display());
    }
}
