//! Packed bodies: used where the server reads them, given up where it does not, and never trusted.

use std::sync::Arc;

use crate::support::{City, device, report};
use gewu::{Act, SyncOutcome};

#[test]
fn requests_are_packed_once_the_server_says_that_it_reads_that() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    assert_eq!(city.state().packed, [false, false], "nobody said anything");
    city.state().reads_packed = true;
    wang.gewu.note(case, Act::new().text("一")).unwrap();
    wang.sync();
    assert_eq!(city.state().packed, [false; 3], "it is told in this answer");
    for _ in 0..5 {
        wang.gewu.note(case, Act::new().text("现场已围挡")).unwrap();
    }
    let report = wang.sync();
    assert_eq!(report.accepted, 5);
    assert_eq!(city.state().packed.last(), Some(&true));
    // What is small goes as it is.
    wang.sync();
    assert_eq!(city.state().packed.last(), Some(&false));
}

#[test]
fn another_server_in_its_place_gets_the_plain_form_at_once() {
    let city = Arc::new(City::new());
    city.state().reads_packed = true;
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    assert_eq!(city.state().packed.last(), Some(&true));
    let state = || city.state().packed.split_off(0);
    state();
    city.state().reads_packed = false;
    for _ in 0..3 {
        wang.gewu.note(case, Act::new().text("现场已围挡")).unwrap();
    }
    let report = wang.sync();
    assert_eq!((report.accepted, report.unsent), (3, 0));
    assert_eq!(state(), [true, false], "refused, then plain");
    wang.gewu.note(case, Act::new().text("现场已围挡")).unwrap();
    wang.sync();
    assert_eq!(state(), [false], "it remembers");
}

/// Sixty-five megabytes of zeros in two kilobytes.
fn bomb() -> Vec<u8> {
    let mut bytes = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50];
    for number in 0..520 {
        let block = u32::from(number == 519) | 1 << 1 | (128 << 10) << 3;
        bytes.extend(&block.to_le_bytes()[..3]);
        bytes.push(0);
    }
    bytes
}

#[test]
fn an_answer_that_unpacks_to_too_much_is_refused_and_nothing_is_lost() {
    let city = Arc::new(City::new());
    city.state().reads_packed = true;
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    for broken in [bomb(), b"junk".to_vec()] {
        city.state().bomb = Some(broken);
        let report = wang.sync();
        assert!(
            matches!(report.outcome, SyncOutcome::Later { .. }),
            "{report:?}"
        );
        assert_eq!((report.exchanges, report.accepted), (0, 0));
        assert!(!wang.gewu.status().unwrap().synced);
    }
    city.state().bomb = None;
    let report = wang.sync();
    assert_eq!((report.accepted, report.unsent), (2, 0));
}
