//! What the fuzz targets found before stays repaired, and what they start from is good.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/hostile.rs"]
mod hostile;

use std::path::Path;

use gewu_evidence::{Bounds, inspect, is_carried, read_block, read_metadata};
use hostile::{evidence_inspect, evidence_metadata};

/// The files of a folder with their names.
fn files(of: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(of);
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn findings_and_seeds_run_through() {
    for (target, name) in [
        (evidence_inspect as fn(&[u8]), "evidence_inspect"),
        (evidence_metadata, "evidence_metadata"),
    ] {
        for folder in ["findings", "seeds"] {
            let found = files(&format!("{folder}/{name}"));
            assert!(!found.is_empty(), "{folder}/{name}");
            found.iter().for_each(|(_, bytes)| target(bytes));
        }
    }
}

/// A seed that is refused at the door leads the fuzzer nowhere.
#[test]
fn seeds_are_good_files() {
    for (name, bytes) in files("seeds/evidence_inspect") {
        let refused = inspect(&bytes, &Bounds::default()).err();
        assert!(
            is_carried(&bytes) || refused.is_none(),
            "{name}: {refused:?}"
        );
    }
    for (name, bytes) in files("seeds/evidence_metadata") {
        let found = if name.starts_with("block") {
            read_block(&bytes)
        } else {
            read_metadata(&bytes)
        };
        assert!(found.position.is_some() && found.taken.is_some(), "{name}");
        assert_eq!(found.problems, [], "{name}");
    }
}

/// The decoder panics over it; it must not come that far.
#[test]
fn a_palette_that_ends_within_a_colour_is_refused_in_words() {
    let found = files("findings/evidence_inspect");
    let (_, bytes) = found
        .iter()
        .find(|(name, _)| name.starts_with("palette"))
        .unwrap();
    let refused = inspect(bytes, &Bounds::default()).unwrap_err().to_string();
    assert!(refused.contains("its palette is damaged"), "{refused}");
}
