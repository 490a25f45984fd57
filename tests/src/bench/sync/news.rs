//! How soon news reach a device that is connected: a task its handler, an urgent report the centre.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use gewu::schedule::Pace;
use gewu::{CancelToken, Consent, Gewu, PositionInput, ReportInput, SyncReport, nudge};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::policy::BUILT_IN;
use gewu_server::{Clock, CodeGrant, Core, ServeOptions, SystemClock, serve};
use serde_json::Value;

use super::row::{Row, at_share};
use crate::bench::BenchError;

const GRID: &[u8] = include_bytes!("../../../../fixtures/district/district.gewugrid");
const CATALOGUE: &[u8] = include_bytes!("../../../../fixtures/district/catalogue.json");
/// How long one piece of news may be on its way before the run is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// No timer helps: only what is told wakes a device.
const NEVER_MS: u64 = 86_400_000;
/// A class that the catalogue here calls urgent.
const URGENT: &str = "06013";

/// Reports of an inspector's device, as a device of their duty grid and one at the centre hear of them; a
/// number of times.
pub(super) fn measure(folder: &Path, times: usize) -> Result<Vec<Row>, BenchError> {
    let runtime = tokio::runtime::Runtime::new()?;
    let wrong = |error: gewu_server::ServeError| BenchError::Process(error.to_string());
    let options = ServeOptions::new(folder.join("news"));
    let running = runtime.block_on(serve(options)).map_err(wrong)?;
    let (core, url, now) = (running.core(), running.url(), SystemClock.now());
    let catalogue = urgent_catalogue()?;
    for (kind, body) in [
        ("policy", BUILT_IN),
        ("catalogue", catalogue.as_slice()),
        ("grid", GRID),
    ] {
        core.publish_pack(kind, "city", 1, body, now)?;
    }
    let device = |user: &str, role: &str| {
        let code = code(core, user, role)?;
        let gewu = Gewu::open_folder(folder.join(user))?;
        let terms = "2026-01".to_owned();
        gewu.consent(&Consent { terms })?;
        gewu.enrol(&url, Some(&code))?;
        Ok::<_, BenchError>(gewu)
    };
    let (sender, handler) = (
        device("sender", "inspector")?,
        device("handler", "inspector")?,
    );
    let centre = device("zhang", "shift_leader")?;
    let tasks = while_it_listens(&handler, |heard| {
        each(
            times,
            || {
                report(&sender, "06010")?;
                sender.sync(&mut |_| {}, &CancelToken::new())?;
                Ok(Instant::now())
            },
            heard,
        )
    })?;
    let urgent = while_it_listens(&centre, |heard| {
        let (_word, ear) = nudge();
        let cancel = CancelToken::new();
        std::thread::scope(|threads| {
            let staying = threads.spawn(|| sender.stay_synced(ear, &pace(), &mut |_| {}, &cancel));
            let took = each(
                times,
                || {
                    report(&sender, URGENT)?;
                    Ok(Instant::now())
                },
                heard,
            );
            cancel.cancel();
            match staying.join() {
                Ok(stayed) => stayed.map_err(BenchError::from).and(took),
                Err(_) => Err(BenchError::Missing("the sender")),
            }
        })
    })?;
    runtime.block_on(running.shutdown()).map_err(wrong)?;
    Ok(vec![
        Row::at_most(
            "accepted work to a connected device: p95",
            at_share(tasks, 0.95),
            2.0,
            "s",
        ),
        Row::at_most(
            "urgent report, from its save to the centre's device: p95",
            at_share(urgent, 0.95),
            5.0,
            "s",
        ),
    ])
}

/// The catalogue of the fixtures with one class called urgent.
fn urgent_catalogue() -> Result<Vec<u8>, BenchError> {
    let mut read: Value = serde_json::from_slice(CATALOGUE)?;
    let classes = read["classes"].as_array_mut();
    let urgent = classes
        .into_iter()
        .flatten()
        .find(|class| class["code"] == URGENT);
    urgent.ok_or(BenchError::Missing("the urgent class"))?["urgent"] = Value::Bool(true);
    Ok(serde_json::to_vec(&read)?)
}

fn code(core: &Core, user: &str, role: &str) -> Result<String, BenchError> {
    let grant = CodeGrant {
        user: user.into(),
        roles: vec![role.into()],
        units: vec![],
        duty_grids: vec!["990101Z01".into()],
        reach: Default::default(),
        any_grid: false,
    };
    Ok(core.new_code(&grant, 1, SystemClock.now())?.code)
}

fn report(gewu: &Gewu, code: &str) -> Result<(), BenchError> {
    let class = ClassRef {
        kind: ClassKind::Matter,
        code: code.to_owned(),
    };
    gewu.report(ReportInput {
        class: Some(class),
        position: Some(PositionInput::wgs84(123.422_729, 41.799_961_6).accurate_to(5.0)),
        text: Some("路边 / by the road".to_owned()),
        ..ReportInput::default()
    })?;
    Ok(())
}

fn pace() -> Pace {
    Pace {
        timer: NEVER_MS,
        metered_timer: NEVER_MS,
        ..Pace::default()
    }
}

/// What `story` measures while a device listens in the foreground; its syncs that brought something
/// come to the story.
fn while_it_listens(
    gewu: &Gewu,
    story: impl FnOnce(&Receiver<Instant>) -> Result<Vec<f64>, BenchError>,
) -> Result<Vec<f64>, BenchError> {
    let (word, ear) = nudge();
    let cancel = &CancelToken::new();
    let (said, heard) = channel();
    std::thread::scope(|threads| {
        let staying = threads.spawn(move || {
            let mut told = |ran: &Result<SyncReport, _>| {
                if ran.as_ref().is_ok_and(|report| report.received > 0) {
                    let _ = said.send(Instant::now());
                }
            };
            gewu.stay_synced(ear, &pace(), &mut told, cancel)
        });
        word.foreground(true);
        std::thread::sleep(Duration::from_secs(2));
        let took = story(&heard);
        cancel.cancel();
        match staying.join() {
            Ok(stayed) => stayed.map_err(BenchError::from).and(took),
            Err(_) => Err(BenchError::Missing("the listener")),
        }
    })
}

/// How long each piece of news took, in seconds.
fn each(
    times: usize,
    mut act: impl FnMut() -> Result<Instant, BenchError>,
    heard: &Receiver<Instant>,
) -> Result<Vec<f64>, BenchError> {
    while heard.try_recv().is_ok() {}
    let mut took = Vec::new();
    for _ in 0..times {
        let said = act()?;
        let at = heard.recv_timeout(PATIENCE);
        let at = at.map_err(|_| BenchError::Missing("the news"))?;
        took.push(at.saturating_duration_since(said).as_secs_f64());
    }
    Ok(took)
}
