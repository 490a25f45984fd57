//! Devices that sync by themselves, and what a device finds when it looks itself over.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use gewu_ffi::*;

use super::kit::{City, report};

const PATIENCE: Duration = Duration::from_secs(30);

struct Ends(Sender<Result<SyncReport, SdkError>>);

impl SyncEndListener for Ends {
    fn ended(&self, report: SyncReport) -> Result<(), HostError> {
        self.0.send(Ok(report)).map_err(|_| HostError::Failed)
    }

    fn failed(&self, error: SdkError) -> Result<(), HostError> {
        self.0.send(Err(error)).map_err(|_| HostError::Failed)
    }
}

/// Runs `story` while a device stays synced; how its syncs ended comes to the story.
fn while_it_stays(gewu: &Gewu, story: impl FnOnce(&Receiver<Result<SyncReport, SdkError>>)) {
    let cancel = CancelHandle::new().unwrap();
    let (ends, heard) = channel();
    thread::scope(|threads| {
        let staying = threads.spawn(|| gewu.stay_synced(&cancel, Some(Arc::new(Ends(ends)))));
        story(&heard);
        cancel.cancel().unwrap();
        staying.join().unwrap().unwrap();
    });
}

fn until(
    heard: &Receiver<Result<SyncReport, SdkError>>,
    wanted: impl Fn(&SyncReport) -> bool,
) -> SyncReport {
    loop {
        let ended = heard.recv_timeout(PATIENCE).unwrap();
        if let Some(report) = ended.ok().filter(&wanted) {
            return report;
        }
    }
}

#[test]
fn what_is_saved_goes_by_itself_and_news_come_to_the_foreground() {
    let city = City::new();
    let (writer, reader) = (city.inspector(), city.inspector());
    reader.gewu.tell_foreground(true).unwrap();
    while_it_stays(&reader.gewu, |news| {
        until(news, |_| true);
        while_it_stays(&writer.gewu, |sent| {
            until(sent, |_| true);
            writer.gewu.report(report("by itself")).unwrap();
            until(sent, |report| report.accepted > 0);
        });
        until(news, |report| report.received > 0);
    });
    let page = reader.gewu.list(ListQuery::default()).unwrap();
    assert_eq!(page.rows.len(), 1);
}

#[test]
fn without_a_network_nothing_goes_until_there_is_one() {
    let city = City::new();
    let device = city.inspector();
    let gewu = &device.gewu;
    gewu.tell_network(NetworkKind::Offline).unwrap();
    while_it_stays(gewu, |sent| {
        gewu.report(report("underground")).unwrap();
        gewu.on_push_hint().unwrap();
        assert!(sent.recv_timeout(Duration::from_secs(4)).is_err());
        assert!(!gewu.status().unwrap().synced);
        gewu.tell_network(NetworkKind::Wifi).unwrap();
        until(sent, |report| report.accepted > 0);
    });
    assert!(gewu.status().unwrap().synced);
}

#[test]
fn one_call_at_a_time_keeps_a_device_synced_and_the_next_may_follow() {
    let city = City::new();
    let device = city.inspector();
    let gewu = &device.gewu;
    for _ in 0..2 {
        while_it_stays(gewu, |sent| {
            until(sent, |_| true);
            let again = gewu.stay_synced(&CancelHandle::new().unwrap(), None);
            assert!(matches!(again, Err(SdkError::Busy { .. })), "{again:?}");
            gewu.sync_soon().unwrap();
            until(sent, |_| true);
        });
    }
    let used = CancelHandle::new().unwrap();
    used.cancel().unwrap();
    gewu.stay_synced(&used, None).unwrap();
    let stranger = city.stranger();
    let refused = stranger
        .gewu
        .stay_synced(&CancelHandle::new().unwrap(), None);
    assert!(matches!(refused, Err(SdkError::NotEnrolled { .. })));
}

#[test]
fn a_checkup_says_what_is_wrong_and_its_bundle_names_nobody() {
    let city = City::new();
    let device = city.inspector();
    device.gewu.report(report("王建国的报告")).unwrap();
    let found = device.gewu.checkup().unwrap();
    assert_eq!(found.findings, []);
    let support: serde_json::Value = serde_json::from_str(&found.support).unwrap();
    assert_eq!(support["checkup"]["enrolled"], true);
    assert!(!found.support.contains("王") && !found.support.contains("\"li\""));
    let stranger = city.stranger();
    assert_eq!(stranger.gewu.checkup().unwrap().findings, []);
}
