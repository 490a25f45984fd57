//! First readings over several responses, and receipts in their short form.

use std::collections::BTreeMap;

use gewu_model::cbor;
use gewu_model::crypto::StandardSuite;
use gewu_model::entry::{Note, Payload};
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::receipt::{CaseReceipt, Received};
use gewu_model::time::Millis;
use gewu_sync::wire::{
    CasePull, READS_ONE_POSITION, READS_READINGS, READS_SHORT_RECEIPTS, Reading, Response,
};

use crate::kit::{City, NOON, Phone};

const CASES: i64 = 30;

fn remark(phone: &mut Phone, case: CaseId) -> ChangeHash {
    let text = gewu_model::content::ContentItem::new("现场已围挡", [9; 16]).expect("a text");
    let note = Payload::Note(Note::of(text.digest()));
    phone.write(case, &note, None, NOON)
}

/// Cases that grew side by side: each has a remark that was written after all were opened.
fn town(city: &City) -> (Phone, Vec<CaseId>) {
    let mut chen = city.phone("chen", "inspector", None, Some("D1"));
    let text = "井盖缺失".repeat(900);
    let mut cases = Vec::new();
    for at in 0..CASES {
        cases.push(chen.report(&text, vec![], NOON.plus(at)));
        chen.sync(&city.core, NOON);
    }
    for case in &cases {
        remark(&mut chen, *case);
        chen.sync(&city.core, NOON);
    }
    (chen, cases)
}

/// One page of the smallest size; what is given back comes from the page before.
fn page(city: &City, phone: &mut Phone, reading: Option<Reading>) -> Response {
    let mut request = phone.request();
    request.max_bytes = 1;
    request.reads = Some(READS_READINGS);
    request.reading = reading;
    phone.exchange(&city.core, &request, NOON).response
}

fn count(told: &mut BTreeMap<ChangeHash, u32>, response: &Response) {
    for change in response.cases.iter().flat_map(|pull| &pull.changes) {
        *told.entry(change.signed.hash()).or_default() += 1;
    }
}

#[test]
fn a_reading_that_is_given_back_tells_each_change_once() {
    let city = City::found();
    let (mut chen, cases) = town(&city);
    let mut wang = city.inspector("wang");
    let (mut told, mut left) = (BTreeMap::new(), Vec::new());
    let mut reading = None;
    loop {
        let response = page(&city, &mut wang, reading);
        count(&mut told, &response);
        if left.is_empty() {
            // News of a case that was told already is news.
            remark(&mut chen, cases[0]);
            chen.sync(&city.core, NOON);
        }
        assert_eq!(response.more, response.reading.is_some());
        reading = response.reading;
        match &reading {
            Some(reading) => left.push(reading.left),
            None => break,
        }
    }
    assert!(left.len() > 3, "{left:?}");
    assert!(left.is_sorted_by(|one, next| one > next), "{left:?}");
    assert_eq!(told.len(), CASES as usize * 3 + 1);
    assert!(told.values().all(|times| *times == 1), "{told:?}");
    for case in cases {
        assert_eq!(wang.view(case), city.view(case), "{case}");
    }
}

#[test]
fn a_reading_that_is_lost_tells_some_twice_and_forgets_none() {
    let city = City::found();
    let (_, cases) = town(&city);
    let mut wang = city.inspector("wang");
    let mut told = BTreeMap::new();
    while {
        let response = page(&city, &mut wang, None);
        count(&mut told, &response);
        response.more
    } {}
    assert_eq!(told.len(), CASES as usize * 3);
    assert!(told.values().any(|times| *times == 2));
    for case in cases {
        assert_eq!(wang.view(case), city.view(case), "{case}");
    }
}

/// A reading of another life, or of a feed that is not there, means nothing.
#[test]
fn a_reading_beyond_the_feed_hides_nothing() {
    let city = City::found();
    let (_, cases) = town(&city);
    let mut wang = city.inspector("wang");
    let first = page(&city, &mut wang, None);
    let far = first.reading.map(|reading| Reading {
        head: i64::MAX as u64,
        ..reading
    });
    assert!(far.is_some());
    let mut more = true;
    while more {
        more = page(&city, &mut wang, far.clone()).more;
    }
    for case in cases {
        assert_eq!(wang.view(case), city.view(case), "{case}");
    }
}

/// What a device that reads short receipts is told of the one case, and the receipt it makes of that.
fn told(
    city: &City,
    phone: &mut Phone,
    before: &[Received],
    wanted: Option<Vec<CaseId>>,
) -> (CasePull, CaseReceipt) {
    let mut request = phone.request();
    request.reads = Some(READS_SHORT_RECEIPTS);
    request.whole_receipts = wanted;
    let mut response = phone.exchange(&city.core, &request, NOON).response;
    let pull = response.cases.pop().expect("the case");
    let hashes: Vec<(ChangeHash, Millis)> = pull
        .changes
        .iter()
        .map(|change| (change.signed.hash(), change.received_at))
        .collect();
    let signed = match &pull.short {
        Some(short) => short.whole(pull.case, before, &hashes).expect("all of it"),
        None => pull.receipt.clone().expect("a receipt"),
    };
    let anchor = &phone.enrolled.anchor;
    let server = anchor.server(&StandardSuite).expect("certified").key;
    let receipt = signed.verify(&StandardSuite, &server).expect("signed");
    (pull, receipt)
}

#[test]
fn a_short_receipt_is_put_together_from_what_both_have() {
    let city = City::found();
    let mut chen = city.inspector("chen");
    let case = chen.report("井盖缺失", vec![], NOON);
    chen.sync(&city.core, NOON);
    let mut wang = city.inspector("wang");
    // The case enters whole: nothing was there before.
    let (pull, first) = told(&city, &mut wang, &[], None);
    assert!(pull.receipt.is_none() && pull.short.is_some());
    assert_eq!(first.received.len(), 2);
    // Somebody's remark and her own cross; hers is not told back to her.
    remark(&mut chen, case);
    chen.sync(&city.core, NOON);
    let own = remark(&mut wang, case);
    let (pull, second) = told(&city, &mut wang, &first.received, None);
    let short = pull.short.as_ref().expect("short");
    assert_eq!(
        (short.kept, pull.changes.len(), short.others.len()),
        (2, 1, 1)
    );
    assert_eq!(short.others[0].entry.change, own);
    assert_eq!(second.received.len(), 4);
    assert_eq!(second.received[..2], first.received[..]);
    assert_eq!(second.heads.len(), 2, "neither knew of the other");
    let size = cbor::to_vec(short).len();
    let whole = cbor::to_vec(&second).len() + 70;
    assert!(size * 3 / 2 < whole, "{size} of {whole} bytes");
}

#[test]
fn a_receipt_is_whole_for_whoever_asks_or_never_said_to_read_short_ones() {
    let city = City::found();
    let (mut chen, mut wang) = (city.inspector("chen"), city.inspector("wang"));
    let case = chen.report("井盖缺失", vec![], NOON);
    chen.sync(&city.core, NOON);
    let old = wang.sync(&city.core, NOON).response;
    assert!(old.cases[0].receipt.is_some() && old.cases[0].short.is_none());
    let (pull, receipt) = told(&city, &mut wang, &[], Some(vec![case]));
    assert!(pull.short.is_none() && pull.changes.is_empty());
    assert_eq!(receipt.received.len(), 2);
    // Whoever does not hold the case gets nothing by asking.
    let mut other = city.phone("he", "inspector", None, Some("D9"));
    other.sync(&city.core, NOON);
    let mut request = other.request();
    request.whole_receipts = Some(vec![case]);
    let answer = other.exchange(&city.core, &request, NOON).response;
    assert!(answer.cases.is_empty());
}

#[test]
fn scopes_that_stayed_are_told_by_one_position_and_others_by_name() {
    let city = City::found();
    let (mut chen, cases) = town(&city);
    let mut wang = city.inspector("wang");
    let ask = |phone: &mut Phone| {
        let mut request = phone.request();
        request.reads = Some(READS_ONE_POSITION);
        phone.exchange(&city.core, &request, NOON).response
    };
    let first = ask(&mut wang);
    assert!(first.position.is_none() && !first.cursors.is_empty());
    while ask(&mut wang).more {}
    remark(&mut chen, cases[0]);
    chen.sync(&city.core, NOON);
    let next = ask(&mut wang);
    assert!(next.position.is_some() && next.cursors.is_empty());
    assert_eq!(wang.cursors.len(), first.cursors.len());
    assert_eq!(wang.view(cases[0]), city.view(cases[0]));
    // Whoever does not read it is told each by name, and both are told the same.
    let plainly = wang.sync(&city.core, NOON).response;
    assert_eq!(plainly.position, None);
    assert!(
        plainly
            .cursors
            .iter()
            .all(|it| Some(it.position) == next.position)
    );
    // One that the device no longer has, or has not named, is no scope that stayed.
    let (scope, named) = (wang.cursors[0].scope.clone(), wang.cursors.split_off(1));
    let told = ask(&mut wang);
    assert!(told.position.is_none());
    assert_eq!(told.cursors.len(), named.len() + 1);
    assert!(told.cursors.iter().any(|it| it.scope == scope));
}
