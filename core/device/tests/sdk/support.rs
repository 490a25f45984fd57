//! A device in a temporary folder, and a city in memory that it talks to.

pub mod city;
pub mod desk;
mod files;
pub mod mortal;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gewu::host::{Clock, HttpSetupError, Transport};
use gewu::{
    CancelToken, Connector, Consent, Gewu, GewuError, Options, PhotoInput, PositionInput,
    ReportInput, SyncReport,
};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::media::EvidenceRole;
use gewu_model::time::Millis;
use tempfile::TempDir;

pub use city::City;

/// A point inside duty grid 990101Z01 of the fixture district.
pub const MARKET: PositionInput = PositionInput::wgs84(123.422729, 41.7999616);
/// A point inside duty grid 990101Z02.
pub const SCHOOL: PositionInput = PositionInput::wgs84(123.4261173, 41.7963117);

/// A clock that a test moves.
#[derive(Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// When every test begins.
pub const START: i64 = 1_780_000_000_000;

impl Clock for TestClock {
    fn now(&self) -> Millis {
        Millis(START + self.0.load(Ordering::SeqCst))
    }

    fn monotonic_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst) as u64
    }
}

struct To(Arc<City>);

impl Connector for To {
    fn connect(&self, _url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        Ok(Arc::clone(&self.0) as Arc<dyn Transport>)
    }
}

/// One person's device.
pub struct Device {
    pub gewu: Gewu,
    pub folder: TempDir,
    pub clock: Arc<TestClock>,
}

pub fn options(folder: &Path, city: &Arc<City>, clock: &Arc<TestClock>) -> Options {
    let mut options = Options::folder(folder).unwrap();
    options.host.clock = Arc::clone(clock) as Arc<dyn Clock>;
    options.host.connector = Arc::new(To(Arc::clone(city)));
    // Tests say what becomes of the n-th request.
    options.uploads_at_once = 1;
    options
}

/// A device of `user`, enrolled.
pub fn device(city: &Arc<City>, user: &str) -> Device {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::default());
    let gewu = Gewu::open(options(folder.path(), city, &clock)).unwrap();
    gewu.consent(&Consent {
        terms: "test".into(),
    })
    .unwrap();
    gewu.enrol("http://city.test", Some(user)).unwrap();
    Device {
        gewu,
        folder,
        clock,
    }
}

impl Device {
    pub fn sync(&self) -> SyncReport {
        self.try_sync().unwrap()
    }

    pub fn try_sync(&self) -> Result<SyncReport, GewuError> {
        self.gewu.sync(&mut |_| {}, &CancelToken::new())
    }

    /// The process ends and another begins.
    pub fn reopen(self, city: &Arc<City>) -> Self {
        let Self {
            gewu,
            folder,
            clock,
        } = self;
        drop(gewu);
        let gewu = Gewu::open(options(folder.path(), city, &clock)).unwrap();
        Self {
            gewu,
            folder,
            clock,
        }
    }
}

pub fn manhole() -> ClassRef {
    ClassRef {
        kind: ClassKind::Component,
        code: "01002".into(),
    }
}

pub fn fixture(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    std::fs::read(root.join(path)).unwrap()
}

/// A report that everything is right with, without a photo.
pub fn report() -> ReportInput {
    ReportInput {
        class: Some(manhole()),
        condition: Some("1".into()),
        position: Some(MARKET.accurate_to(3.0)),
        text: Some("井盖缺失".into()),
        ..ReportInput::default()
    }
}

pub fn photo(name: &str, role: EvidenceRole) -> PhotoInput {
    PhotoInput::bytes(fixture(&format!("photos/{name}")), role)
}

/// A report with one photo.
pub fn with_photo() -> ReportInput {
    ReportInput {
        photos: vec![photo("manhole-before.jpg", EvidenceRole::Scene)],
        ..report()
    }
}

pub fn is_synced(device: &Device) -> bool {
    device.gewu.status().unwrap().synced
}
