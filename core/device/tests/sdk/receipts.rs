//! Receipts in their short form, and what a receipt is believed for.

use std::sync::Arc;

use crate::support::desk::Desk;
use crate::support::{City, Device, device, report};
use gewu::Act;
use gewu_model::crypto::Ed25519Signer;
use gewu_model::entry::{Body, File};
use gewu_model::receipt::{CaseReceipt, SignedReceipt};
use gewu_model::scope::Scope;
use gewu_sync::wire::{
    CasePull, READS_ONE_POSITION, READS_READINGS, READS_SHORT_RECEIPTS, Reading, ShortReceipt,
};

/// The pull with its receipt in the short form, for whoever has the first `kept` entries.
fn shorten(pull: CasePull, kept: usize) -> CasePull {
    let signed: SignedReceipt = pull.receipt.clone().unwrap();
    let receipt: CaseReceipt = gewu_model::cbor::from_slice(&signed.body).unwrap();
    let told: Vec<_> = pull.changes.iter().map(|own| own.signed.hash()).collect();
    CasePull {
        receipt: None,
        short: ShortReceipt::of(&receipt, &signed.signature, kept, &told),
        ..pull
    }
}

/// A case of somebody else's, as the centre hands it out.
fn foreign(city: &Arc<City>) -> (Device, CasePull) {
    let writer = device(city, "li");
    let case = writer.gewu.report(report()).unwrap().case;
    writer.gewu.note(case, Act::new().text("备注")).unwrap();
    writer.sync();
    let scope = Scope::DutyGrid("990101Z01".into());
    let pull = Desk::open(city, case).pull(scope);
    (writer, pull)
}

#[test]
fn a_short_receipt_counts_as_the_whole_one() {
    let city = Arc::new(City::new());
    let (_, pull) = foreign(&city);
    let case = pull.case;
    let reader = device(&city, "wang");
    let (mut first, mut second) = (pull.clone(), pull);
    first.changes.truncate(2);
    let whole: CaseReceipt =
        gewu_model::cbor::from_slice(&first.receipt.as_ref().unwrap().body).unwrap();
    let early = CaseReceipt {
        received: whole.received[..2].to_vec(),
        ..whole
    };
    first.receipt = Some(SignedReceipt::sign(&city.server, &early).unwrap());
    city.state().pulls.push(shorten(first, 0));
    assert_eq!(reader.sync().received, 2);
    second.changes.drain(..2);
    city.state().pulls.push(shorten(second, 2));
    let report = reader.sync();
    assert_eq!((report.received, report.exchanges), (1, 1));
    assert_eq!(reader.gewu.show(case).unwrap().entries.len(), 2);
    let requests = city.state().requests.clone();
    assert!(
        requests
            .iter()
            .all(|request| request.whole_receipts.is_none())
    );
    let reads = READS_SHORT_RECEIPTS | READS_READINGS | READS_ONE_POSITION;
    assert!(requests.iter().all(|request| request.reads == Some(reads)));
}

#[test]
fn a_receipt_that_cannot_be_put_together_is_asked_for_whole_once() {
    let city = Arc::new(City::new());
    let (_, pull) = foreign(&city);
    let case = pull.case;
    let reader = device(&city, "wang");
    city.state().pulls.push(pull);
    assert_eq!(reader.sync().received, 3);
    city.state().requests.clear();
    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::File(File {
        task_number: "-".into(),
        note: None,
    }));
    let mut news = shorten(desk.pull(Scope::DutyGrid("990101Z01".into())), 3);
    news.changes.drain(..3);
    // The server believes that the reader had a receipt which it never had.
    news.short.as_mut().unwrap().kept = 9;
    city.state().pulls.push(news);
    let report = reader.sync();
    assert_eq!(
        (report.received, report.exchanges),
        (1, 2),
        "its own signature carries it"
    );
    let wanted: Vec<_> = {
        let state = city.state();
        let wanted = state.requests.iter();
        wanted
            .map(|request| request.whole_receipts.clone())
            .collect()
    };
    assert_eq!(wanted, [None, Some(vec![case])]);
    assert_eq!(reader.sync().exchanges, 1);
}

/// The receipt names the changes by what their bytes say, so a change in another's name is not covered
/// by it; nor does a receipt of somebody else's cover anything.
#[test]
fn a_receipt_covers_what_its_bytes_say_and_no_other_name() {
    let city = Arc::new(City::new());
    let (_, pull) = foreign(&city);
    let case = pull.case;
    let reader = device(&city, "wang");
    let mut renamed = pull.clone();
    renamed.changes[0].signed.key = reader_key(&reader);
    city.state().pulls.push(renamed);
    assert_eq!(reader.sync().received, 0);
    let mut forged = pull.clone();
    let receipt: CaseReceipt =
        gewu_model::cbor::from_slice(&forged.receipt.as_ref().unwrap().body).unwrap();
    let stranger = Ed25519Signer::from_seed(&[66; 32]);
    forged.receipt = Some(SignedReceipt::sign(&stranger, &receipt).unwrap());
    city.state().pulls.push(forged);
    assert_eq!(reader.sync().received, 0);
    city.state().pulls.push(pull);
    assert_eq!(reader.sync().received, 3);
    assert_eq!(reader.gewu.show(case).unwrap().entries.len(), 2);
}

fn reader_key(reader: &Device) -> gewu_model::ids::KeyId {
    reader.gewu.whoami().unwrap().device
}

/// What the server says of a first reading goes back with the next request, also after a restart, and
/// not any more once there is no more.
#[test]
fn a_reading_goes_back_until_it_ends() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let scopes = vec![Scope::DutyGrid("990101Z01".into())];
    let reading = Reading {
        head: 40,
        scopes,
        left: 12,
    };
    let given = reading.clone();
    city.state().response = Some(Box::new(move |response| {
        response.reading = Some(given.clone());
    }));
    wang.sync();
    let wang = wang.reopen(&city);
    city.state().requests.clear();
    city.state().response = None;
    wang.sync();
    wang.sync();
    let sent: Vec<_> = {
        let state = city.state();
        state
            .requests
            .iter()
            .map(|own| own.reading.clone())
            .collect()
    };
    assert_eq!(sent, [Some(Reading { left: 0, ..reading }), None]);
}
