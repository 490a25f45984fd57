//! Devices that keep themselves synced, against a real server over real connections.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use gewu::schedule::Pace;
use gewu::{CancelToken, Consent, Gewu, Nudge, PositionInput, ReportInput, SyncReport, nudge};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_server::{CodeGrant, Core, Running, ServeOptions, SystemClock, backup, restore, serve};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const GRID: &[u8] = include_bytes!("../../fixtures/district/district.gewugrid");
const CATALOGUE: &[u8] = include_bytes!("../../fixtures/district/catalogue.json");
/// Nothing of this happens within a test: only what is told wakes a device.
const NEVER_MS: u64 = 86_400_000;
const PATIENCE: Duration = Duration::from_secs(30);

struct Town {
    folder: TempDir,
    runtime: Runtime,
    running: Option<Running>,
}

impl Town {
    fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let options = ServeOptions::new(folder.path().join("server"));
        let running = runtime.block_on(serve(options)).unwrap();
        let town = Self {
            folder,
            runtime,
            running: Some(running),
        };
        let now = gewu_server::Clock::now(&SystemClock);
        for (kind, body) in [
            ("policy", gewu_model::policy::BUILT_IN),
            ("catalogue", CATALOGUE),
            ("grid", GRID),
        ] {
            town.core()
                .publish_pack(kind, "city", 1, body, now)
                .unwrap();
        }
        town
    }

    fn core(&self) -> &Core {
        self.running.as_ref().unwrap().core()
    }

    fn inspector(&self, user: &str) -> Gewu {
        let grant = CodeGrant {
            user: user.into(),
            roles: vec!["inspector".into()],
            units: vec![],
            duty_grids: vec!["990101Z01".into()],
            reach: Default::default(),
            any_grid: false,
        };
        let now = gewu_server::Clock::now(&SystemClock);
        let code = self.core().new_code(&grant, 1, now).unwrap().code;
        let gewu = Gewu::open_folder(self.folder.path().join(user)).unwrap();
        let terms = "test".to_owned();
        gewu.consent(&Consent { terms }).unwrap();
        let url = self.running.as_ref().unwrap().url();
        gewu.enrol(&url, Some(&code)).unwrap();
        gewu
    }

    /// It burns down, and goes on at the same address from a copy of it as it is now.
    fn burn(&mut self) {
        let folder = self.folder.path();
        let (old, copy, new) = (
            folder.join("server"),
            folder.join("copy"),
            folder.join("new"),
        );
        backup(&old, &copy, gewu_server::Clock::now(&SystemClock)).unwrap();
        let addr = self.running.as_ref().unwrap().addr();
        self.stop();
        restore(&copy, &new).unwrap();
        let options = ServeOptions {
            listen: addr,
            ..ServeOptions::new(self.folder.path().join("new"))
        };
        self.running = Some(self.runtime.block_on(serve(options)).unwrap());
    }

    fn stop(&mut self) {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.shutdown()).unwrap();
    }
}

fn report(gewu: &Gewu, code: &str) {
    let class = ClassRef {
        kind: ClassKind::Matter,
        code: code.to_owned(),
    };
    let input = ReportInput {
        class: Some(class),
        position: Some(PositionInput::wgs84(123.422_729, 41.799_961_6).accurate_to(3.0)),
        text: Some("路边 / by the road".to_owned()),
        ..ReportInput::default()
    };
    gewu.report(input).unwrap();
}

fn pace() -> Pace {
    Pace {
        timer: NEVER_MS,
        metered_timer: NEVER_MS,
        spread: 0,
        ..Pace::default()
    }
}

/// Stops a device that keeps itself synced, however its story ends.
struct Ends<'a>(&'a CancelToken);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Runs `story` while a device keeps itself synced; what its syncs reported comes to the story.
fn while_it_stays(gewu: &Gewu, pace: &Pace, story: impl FnOnce(&Nudge, &Receiver<SyncReport>)) {
    let (word, ear) = nudge();
    let cancel = &CancelToken::new();
    let (reports, heard) = channel();
    std::thread::scope(|threads| {
        let staying = threads.spawn(move || {
            let mut told = |ran: &Result<SyncReport, _>| {
                if let Ok(report) = ran {
                    let _ = reports.send(report.clone());
                }
            };
            gewu.stay_synced(ear, pace, &mut told, cancel)
        });
        // Also when the story ends with a surprise, which would wait for the device for ever.
        let _ends = Ends(cancel);
        story(&word, &heard);
        let asked = Instant::now();
        cancel.cancel();
        staying.join().unwrap().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(10), "it stops slowly");
    });
}

/// Waits for a sync that is as wanted; how long that took.
fn until(heard: &Receiver<SyncReport>, wanted: impl Fn(&SyncReport) -> bool) -> Duration {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if heard
            .recv_timeout(PATIENCE)
            .is_ok_and(|report| wanted(&report))
        {
            return begun.elapsed();
        }
    }
    panic!("no such sync");
}

#[test]
fn news_reach_a_device_in_the_foreground_without_its_timer() {
    let town = Town::found();
    let (chen, wang) = (town.inspector("chen"), town.inspector("wang"));
    while_it_stays(&wang, &pace(), |word, heard| {
        word.foreground(true);
        until(heard, |_| true);
        // It has begun to listen, or does so at once.
        std::thread::sleep(Duration::from_secs(2));
        for _ in 0..2 {
            report(&chen, "06010");
            chen.sync(&mut |_| {}, &CancelToken::new()).unwrap();
            let took = until(heard, |report| report.received > 0);
            assert!(took < Duration::from_secs(10), "{took:?}");
        }
    });
}

#[test]
fn what_is_saved_goes_by_itself_and_a_push_or_a_person_brings_news_in_the_background() {
    let town = Town::found();
    let (chen, wang) = (town.inspector("chen"), town.inspector("wang"));
    while_it_stays(&wang, &pace(), |word, heard| {
        until(heard, |_| true);
        report(&wang, "06010");
        let took = until(heard, |report| report.accepted == 2);
        assert!(
            took >= Duration::from_millis(1_000),
            "it waits for more: {took:?}"
        );
        report(&chen, "06010");
        chen.sync(&mut |_| {}, &CancelToken::new()).unwrap();
        word.on_push_hint();
        until(heard, |report| report.received > 0);
        word.sync_now();
        until(heard, |report| report.received == 0);
    });
}

#[test]
fn a_retired_device_asks_a_restored_server_no_more_often_than_there_is_news() {
    let mut town = Town::found();
    let wang = town.inspector("wang");
    report(&wang, "06010");
    wang.sync(&mut |_| {}, &CancelToken::new()).unwrap();
    town.burn();
    let now = gewu_server::Clock::now(&SystemClock);
    let key = wang.whoami().unwrap().device;
    town.core().retire(key, now).unwrap();
    while_it_stays(&wang, &pace(), |word, heard| {
        word.foreground(true);
        until(heard, |_| true);
        std::thread::sleep(Duration::from_secs(2));
        let syncs = heard.try_iter().count();
        assert!(syncs <= 3, "{syncs} syncs");
    });
}

#[test]
fn a_server_that_goes_does_not_keep_a_device_from_stopping() {
    let mut town = Town::found();
    let wang = town.inspector("wang");
    while_it_stays(&wang, &pace(), |word, heard| {
        word.foreground(true);
        until(heard, |_| true);
        town.stop();
        std::thread::sleep(Duration::from_secs(2));
    });
}
