//! Bundles on the command line: making, checking and reading them, and the root key they rest on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use gewu_bundle::container::Reader;
use gewu_bundle::{CaseFacts, EntryFacts, Member, Outcome as Verified, Part, Report, verify};
use gewu_model::crypto::{Algorithm, PublicKey};
use gewu_model::ids::{Digest, from_hex, to_hex};
use gewu_model::time::Millis;
use serde_json::json;

use crate::args::{BundleCommand, LanguageArg, ShowBundleArgs, VerifyBundleArgs};
use crate::out::{Failure, Out, Outcome, plain};

/// How a root key begins that is spelled out.
const ED25519: &str = "ed25519:";
/// A statement may have this many bytes.
const MAX_STATEMENT: u64 = 32 << 20;

pub(crate) fn run(command: &BundleCommand, out: Out) -> Outcome {
    match command {
        BundleCommand::Verify(args) => check(args, out),
        BundleCommand::Show(args) => show(args, out),
    }
}

/// A root key for people to compare.
pub(crate) fn spell(key: &PublicKey) -> String {
    let name = match key.algorithm {
        Algorithm::Ed25519Sha256 => ED25519.to_owned(),
        other => format!("algorithm-{}:", other.id()),
    };
    format!("{name}{}", to_hex(&key.bytes))
}

/// The digest of the root key that somebody names.
fn root(text: &str) -> Result<Digest, Failure> {
    let wrong = || {
        Failure::usage(
            "--root is neither ed25519: with 64 hexadecimal digits nor a city's id of 64; see gewu root",
        )
    };
    match read_key(text) {
        Some(key) => Ok(key.digest()),
        None => text.trim().parse().map_err(|_| wrong()),
    }
}

/// The root key that somebody spells out.
pub(crate) fn root_key(text: &str) -> Result<PublicKey, Failure> {
    let wrong = "--root is not ed25519: with 64 hexadecimal digits, as gewu root prints it";
    read_key(text).ok_or_else(|| Failure::usage(wrong))
}

fn read_key(text: &str) -> Option<PublicKey> {
    let bytes = from_hex(text.trim().strip_prefix(ED25519)?);
    Some(PublicKey {
        algorithm: Algorithm::Ed25519Sha256,
        bytes: bytes.filter(|bytes| bytes.len() == 32)?,
    })
}

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    let of = |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| of(&error))?;
    if file.metadata().map_err(|error| of(&error))?.is_dir() {
        return Err(of(&"is a folder: name the bundle's file"));
    }
    Ok(BufReader::new(file))
}

fn check(args: &VerifyBundleArgs, out: Out) -> Outcome {
    let root = root(&args.root)?;
    let report = verify(open(&args.file)?, &root);
    let mut value = serde_json::to_value(&report)?;
    let missing: BTreeMap<String, Vec<Digest>> = report
        .cases
        .iter()
        .map(|case| (case.case.to_string(), digests(case)))
        .filter(|(_, missing)| !missing.is_empty())
        .collect();
    value["missing_by_case"] = json!(missing);
    out.say(&value, || words(&report));
    let (code, what) = match report.outcome {
        Verified::Whole => return Ok(()),
        Verified::Altered => (1, "the bundle is not what it claims to be"),
        Verified::Incomplete => (3, "genuine, but something in it is missing"),
        Verified::Unconfirmed => (4, "genuine, but part of it is not confirmed by the server"),
    };
    Err(Failure::coded(code, what))
}

/// What a check found, for people.
fn words(report: &Report) -> String {
    let mut lines: Vec<String> = report
        .findings
        .iter()
        .map(|finding| format!("WRONG  {}", plain(&finding.to_string())))
        .collect();
    if let Some(seal) = &report.seal {
        let user = seal.user.as_ref().map_or("a citizen", |user| user.as_str());
        lines.push(format!(
            "exported by {} with {}",
            plain(user),
            plain(&seal.app)
        ));
    }
    for case in &report.cases {
        let (entries, stage) = (case.entries.len(), case.view.stage.name());
        lines.push(format!("case {}: {stage}, {entries} entries", case.case));
        let receipt = case.receipt.as_ref().and_then(|receipt| receipt.latest);
        let until = receipt.map_or("no receipt of the server".to_owned(), |at| {
            format!("the server's receipt reaches to {}", utc(at))
        });
        lines.push(format!("  {until}"));
        lines.extend(case.entries.iter().map(who_did_what));
        let missing = case.missing().into_iter();
        lines.extend(missing.map(|lost| format!("  missing {}{}", lost.digest, what(lost.part))));
    }
    let counts = [
        (report.erased.len(), "lawfully erased"),
        (report.missing.len(), "missing"),
        (report.unconfirmed.len(), "entries in the unconfirmed tail"),
        (report.unsent_commands, "commands not handed in"),
        (report.unsent_files, "files not delivered"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    lines.extend(counts.map(|(count, what)| format!("{count} {what}")));
    let of_cases: BTreeSet<Digest> = report.cases.iter().flat_map(digests).collect();
    let others = report.missing.iter();
    let others = others.filter(|digest| !of_cases.contains(digest));
    lines.extend(others.map(|digest| format!("  missing {digest}, of a draft")));
    lines.push(match report.outcome {
        Verified::Whole if report.cases.is_empty() => {
            "genuine, and empty: nothing was unsent when it was made".to_owned()
        }
        Verified::Whole => "whole and proven".to_owned(),
        Verified::Altered => "NOT GENUINE".to_owned(),
        Verified::Incomplete => "genuine, incomplete".to_owned(),
        Verified::Unconfirmed => "genuine, partly unconfirmed".to_owned(),
    });
    lines.join("\n")
}

/// What a case names and the bundle lacks.
fn digests(case: &CaseFacts) -> Vec<Digest> {
    case.missing().iter().map(|lost| lost.digest).collect()
}

/// What is missing, where its hash alone would not say it.
const fn what(part: Part) -> &'static str {
    match part {
        Part::Text => ", a text",
        Part::File => "",
        Part::Thumbnail => ", a thumbnail",
        Part::Original => ", an original that has to be kept",
        Part::Pack => ", a pinned pack",
    }
}

/// One entry in a line: by the author's clock, then by the server's.
fn who_did_what(entry: &EntryFacts) -> String {
    let person = entry.asked_by.as_ref().unwrap_or(&entry.by);
    let received = entry.standing.received_at();
    let received = received.map_or("no receipt".to_owned(), |at| {
        format!("received {}", utc(at))
    });
    format!(
        "  {}  {} by {} ({}), {received}",
        utc(entry.claimed_at),
        entry.kind.name(),
        plain(person.as_str()),
        plain(&entry.role.0)
    )
}

fn utc(at: Millis) -> String {
    let time = chrono::DateTime::<chrono::Utc>::from_timestamp_millis(at.0);
    time.map_or_else(
        || at.to_string(),
        |time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
    )
}

fn show(args: &ShowBundleArgs, out: Out) -> Outcome {
    let wanted = match args.language {
        LanguageArg::Zh => Member::Chinese,
        LanguageArg::En => Member::English,
    };
    let of =
        |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", args.file.display()));
    let mut reader = Reader::new(open(&args.file)?);
    while let Some(entry) = reader.next().map_err(|error| of(&error))? {
        let content = reader
            .read(&entry, MAX_STATEMENT)
            .map_err(|error| of(&error))?;
        if Member::parse(&entry.name).as_ref() == Some(&wanted) {
            let text = String::from_utf8_lossy(&content);
            let lines: Vec<String> = text.lines().map(plain).collect();
            out.say(&json!({ "statement": text }), || lines.join("\n"));
            return Ok(());
        }
    }
    Err(of(&"holds no statement"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_named_by_key_or_by_digest() {
        let key = PublicKey {
            algorithm: Algorithm::Ed25519Sha256,
            bytes: vec![7; 32],
        };
        let digest = key.digest();
        assert_eq!(root(&spell(&key)).ok(), Some(digest));
        assert_eq!(root(&format!(" {digest}\n")).ok(), Some(digest));
        for bad in ["", "ed25519:", "ed25519:00", "xyz", "md5:00"] {
            assert!(root(bad).is_err(), "{bad}");
        }
    }
}
