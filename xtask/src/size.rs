//! What the library weighs in an app, beside what its dependencies weigh by themselves.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::failure::Failure;
use crate::shell::Shell;

/// Where every measurement that was kept stands, a line each.
const HISTORY: &str = "docs/size.jsonl";

/// A build that an app may take.
struct Variant {
    name: &'static str,
    /// Cargo's words for the SDK, and for the floor beneath it.
    features: [&'static [&'static str]; 2],
    /// The most that it may weigh stripped, in bytes.
    at_most: u64,
}

const VARIANTS: [Variant; 2] = [
    Variant {
        name: "host",
        features: [&["--no-default-features"], &[]],
        at_most: 3_600_000,
    },
    Variant {
        name: "http",
        features: [&[], &["--features", "http"]],
        at_most: 6_300_000,
    },
];

/// What the SDK's own code may add to its dependencies, in bytes.
const OWN_AT_MOST: u64 = 500_000;

/// How much heavier than the last kept measurement a build may be before that is a failure, in
/// percent.
const GROWTH: u64 = 3;

/// What one build weighs, in bytes.
struct Weight {
    ours: u64,
    floor: u64,
}

/// Builds the SDK and its floor in both variants, prints what they weigh and judges it. With `--keep`
/// the measurement is added to the history.
pub(crate) fn measure(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let keep = args.flag("--keep");
    args.finish()?;
    let mut measured = Vec::new();
    for variant in &VARIANTS {
        let [sdk, floor] = variant.features;
        let ours = built(shell, "gewu-ffi", sdk)?;
        print_shares(shell, variant.name, &ours)?;
        let ours = stripped(shell, &ours)?;
        let floor = built(shell, "gewu-size-floor", floor)?;
        let floor = stripped(shell, &floor)?;
        measured.push((variant, Weight { ours, floor }));
    }
    let last = last_kept(shell)?;
    println!(
        "{:<28} {:>10} {:>12} {:>9}",
        "stripped, bytes", "gewu-ffi", "dependencies", "own"
    );
    let mut missed = Vec::new();
    for (variant, weight) in &measured {
        let own = weight.ours.saturating_sub(weight.floor);
        let name = match variant.name {
            "host" => "the app's network",
            _ => "a network of its own",
        };
        println!(
            "{name:<28} {:>10} {:>12} {own:>9}",
            weight.ours, weight.floor
        );
        missed.extend(over(variant, weight, last.get(variant.name).copied()));
    }
    if keep {
        remember(shell, &measured)?;
    }
    match missed.is_empty() {
        true => Ok(()),
        false => Err(Failure::Finding(missed.join("; "))),
    }
}

/// What is heavier than it may be, in words.
fn over(variant: &Variant, weight: &Weight, last: Option<u64>) -> Vec<String> {
    let name = variant.name;
    let own = weight.ours.saturating_sub(weight.floor);
    let mut found = Vec::new();
    let mut judge = |what: &str, bytes: u64, most: u64| {
        let met = if bytes <= most { "met" } else { "missed" };
        println!("{name}: {what} {bytes}: <= {most}, {met}");
        if bytes > most {
            found.push(format!("{name}: {what} {bytes} > {most}"));
        }
    };
    judge("size", weight.ours, variant.at_most);
    judge("own code", own, OWN_AT_MOST);
    if let Some(last) = last {
        judge(
            "size beside the last kept",
            weight.ours,
            last * (100 + GROWTH) / 100,
        );
    }
    found
}

/// The library of a package as an app would carry it, with the names of its functions still in it.
fn built(shell: &mut Shell, package: &str, features: &[&str]) -> Result<PathBuf, Failure> {
    let words = [
        "rustc",
        "--profile",
        "mobile",
        "--lib",
        "--package",
        package,
    ];
    let mut build = shell.cargo(&words);
    // Beside a Rust library, which `build` would make too, nothing is optimised as a whole.
    build.args(["--crate-type", "cdylib"]).args(features);
    build.env("CARGO_PROFILE_MOBILE_STRIP", "none");
    // As `.cargo/config.toml` says of phones.
    build.env("RUSTFLAGS", "-C force-frame-pointers=yes");
    let stage = format!("build {package} {}", features.join(" "));
    shell.run(stage.trim(), &mut build)?;
    let file = format!("lib{}.so", package.replace('-', "_"));
    Ok(shell.built(false)?.join("../mobile").join(file))
}

/// How many bytes are left without names.
fn stripped(shell: &Shell, library: &Path) -> Result<u64, Failure> {
    let bare = library.with_extension("bare");
    let mut strip = shell.program("strip", &["--strip-all", "-o"]);
    shell.read(strip.arg(&bare).arg(library))?;
    let broken = Failure::while_doing(format!("weigh {}", bare.display()));
    fs::metadata(&bare).map(|it| it.len()).map_err(broken)
}

/// Prints whose code the library holds, the heaviest first.
fn print_shares(shell: &Shell, name: &str, library: &Path) -> Result<(), Failure> {
    let mut nm = shell.program("nm", &["--print-size", "--demangle", "--size-sort"]);
    let symbols = shell.read(nm.arg(library))?;
    let mut shares: Vec<(String, u64)> = shares(&symbols).into_iter().collect();
    shares.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    println!("{name}: named code and data, in KB:");
    for (owner, bytes) in shares.iter().take(24) {
        println!("  {:>6}  {owner}", bytes / 1000);
    }
    let rest: u64 = shares.iter().skip(24).map(|(_, bytes)| bytes).sum();
    println!("  {:>6}  others", rest / 1000);
    Ok(())
}

/// Bytes by the crate that each symbol belongs to.
fn shares(symbols: &str) -> BTreeMap<String, u64> {
    let mut shares = BTreeMap::new();
    for line in symbols.lines() {
        let mut words = line.splitn(4, ' ');
        let (size, name) = (words.nth(1), words.nth(1));
        if let (Some(Ok(size)), Some(name)) = (size.map(|it| u64::from_str_radix(it, 16)), name) {
            *shares.entry(owner(name).to_owned()).or_default() += size;
        }
    }
    shares
}

/// The crate of a symbol; what has no path is C's, and nearly all of that is SQLite's.
fn owner(name: &str) -> &str {
    let path = name.trim_start_matches(['<', '&', '*', '(', '[', '_']);
    let path = path.strip_prefix("mut ").unwrap_or(path);
    match path.split_once("::") {
        Some((owner, _)) => owner.split(['<', ' ']).next_back().unwrap_or(owner),
        None => "C",
    }
}

/// The SDK's bytes by variant in the last line of the history.
fn last_kept(shell: &Shell) -> Result<BTreeMap<String, u64>, Failure> {
    let path = shell.root().join(HISTORY);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let Some(line) = text.lines().last() else {
        return Ok(BTreeMap::new());
    };
    let line: serde_json::Value = serde_json::from_str(line)
        .map_err(|error| Failure::Finding(format!("failed to read {HISTORY}: {error}")))?;
    let of = |name: &str| Some((name.to_owned(), line[name]["ours"].as_u64()?));
    Ok(VARIANTS.iter().filter_map(|it| of(it.name)).collect())
}

fn remember(shell: &Shell, measured: &[(&Variant, Weight)]) -> Result<(), Failure> {
    let read = |name: &str, words: &[&str]| shell.read(&mut shell.program(name, words));
    let mut line = serde_json::json!({
        "date": read("date", &["-u", "+%F"])?.trim(),
        "commit": read("git", &["rev-parse", "--short", "HEAD"])?.trim(),
        "compiler": read("rustc", &["--version"])?.trim(),
        "target": std::env::consts::ARCH,
    });
    for (variant, weight) in measured {
        line[variant.name] = serde_json::json!({ "ours": weight.ours, "floor": weight.floor });
    }
    let path = shell.root().join(HISTORY);
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).append(true).open(&path);
    file.and_then(|mut file| writeln!(file, "{line}"))
        .map_err(Failure::while_doing(format!("write {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_belongs_to_the_crate_that_its_path_begins_with() {
        let known = [
            ("automerge::op_set::load", "automerge"),
            (
                "<gewu_model::fold::View as core::fmt::Debug>::fmt",
                "gewu_model",
            ),
            (
                "<&mut serde_json::de::Deserializer<R> as X>::y",
                "serde_json",
            ),
            ("sqlite3VdbeExec", "C"),
        ];
        for (name, crate_) in known {
            assert_eq!(owner(name), crate_, "{name}");
        }
        let symbols = "0000000000001000 0000000000000010 t sqlite3VdbeExec\n\
             0000000000002000 0000000000000020 T automerge::a\n\
             0000000000003000 0000000000000001 t automerge::b\n\
             0000000000004000 t no_size\n";
        let shares = shares(symbols);
        assert_eq!(shares["C"], 16);
        assert_eq!(shares["automerge"], 33);
        assert_eq!(shares.len(), 2);
    }

    #[test]
    fn a_library_over_its_bound_is_named() {
        let weight = |ours, floor| Weight { ours, floor };
        let host = &VARIANTS[0];
        assert!(over(host, &weight(3_600_000, 3_100_000), Some(3_600_000)).is_empty());
        assert_eq!(over(host, &weight(3_600_001, 3_400_000), None).len(), 1);
        assert_eq!(over(host, &weight(3_000_001, 2_500_000), None).len(), 1);
        assert_eq!(
            over(host, &weight(3_000_000, 2_900_000), Some(2_900_000)).len(),
            1
        );
    }
}
