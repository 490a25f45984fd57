//! A while of `cargo xtask soak`.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::time::Duration;

use gewu_tests::soak::soak;

#[test]
fn a_while_of_blows_on_both_sides_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = soak(folder.path(), Duration::from_secs(20), 2).unwrap();
    println!("{outcome}");
    assert_eq!(outcome.findings, [""; 0], "{outcome}");
    assert!(outcome.saves >= 5 && outcome.server_kills >= 3, "{outcome}");
    assert!(
        outcome.killed_saving + outcome.killed_syncing >= 10,
        "{outcome}"
    );
    assert!(outcome.faults() >= 10, "{outcome}");
}
