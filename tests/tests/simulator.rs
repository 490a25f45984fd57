//! The simulator itself: it finds nothing wrong, it repeats itself, and it has teeth.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use gewu::db::Synchronous;
use gewu_tests::sim::{self, Setup};

#[test]
fn a_few_seeds_find_nothing_wrong() {
    for seed in 1_000..1_004 {
        let outcome = sim::run(Setup::new(seed)).unwrap();
        assert!(
            outcome.findings.is_empty(),
            "seed {seed}: {:#?}",
            outcome.findings
        );
        assert!(
            outcome.saves > 5 && outcome.faults > 10,
            "seed {seed} plays too little: {} saves, {} faults",
            outcome.saves,
            outcome.faults
        );
    }
}

/// Wang's keys go while a contact waits for the server; an operator takes the root of a case from a
/// device in wrong hands and refuses its report; a server is restored from before an entry of a device
/// that has let its case go; an old answer names another file's upload; a device in wrong hands is told so by an old
/// answer; somebody is asked to check their own work; a phone meets a full disk, a failed flush and the end of its
/// power while one newer app starts.
#[test]
fn seeds_that_found_something_once_find_nothing() {
    for seed in [
        306, 323, 373, 403, 2_235, 2_294, 3_439, 4_339, 7_580, 12_569, 18_410, 21_302,
    ] {
        let outcome = sim::run(Setup::new(seed)).unwrap();
        assert!(
            outcome.findings.is_empty(),
            "seed {seed}: {:#?}",
            outcome.findings
        );
    }
}

#[test]
fn a_seed_tells_the_same_story_again() {
    for seed in [2_000, 2_001] {
        let short = Setup {
            steps: 60,
            ..Setup::new(seed)
        };
        let (first, second) = (sim::run(short).unwrap(), sim::run(short).unwrap());
        for (number, (one, other)) in first.story.iter().zip(&second.story).enumerate() {
            assert_eq!(one, other, "seed {seed}, line {number}");
        }
        assert_eq!(first.story.len(), second.story.len(), "seed {seed}");
    }
}

#[test]
fn a_server_that_does_not_flush_is_caught_losing_what_it_acknowledged() {
    let lost = (3_001..3_041).step_by(2).find_map(|seed| {
        let setup = Setup {
            at_the_server: gewu_server::Synchronous::Off,
            ..Setup::new(seed)
        };
        let outcome = sim::run(setup).unwrap();
        let mut findings = outcome.findings.into_iter();
        findings.find(|finding| finding.contains("which the server does not have"))
    });
    assert!(lost.is_some(), "twenty seeds without flushes lost nothing");
}

#[test]
fn phones_that_do_not_flush_are_caught_losing_saves() {
    let lost = (3_000..3_020).find_map(|seed| {
        let setup = Setup {
            synchronous: Synchronous::Off,
            ..Setup::new(seed)
        };
        let outcome = sim::run(setup).unwrap();
        outcome
            .findings
            .into_iter()
            .find(|finding| finding.contains("lost"))
    });
    assert!(
        lost.is_some(),
        "twenty seeds without flushes lost nothing: the simulator has no teeth"
    );
}
