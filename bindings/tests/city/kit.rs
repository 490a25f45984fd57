//! A city with its server, and devices in folders.

use std::path::PathBuf;

use gewu_ffi::*;
use gewu_model::policy;
use gewu_server::{CodeGrant, Running, ServeOptions, serve};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const INSTALLED: Millis = Millis(1_760_000_000_000);

/// A server that runs until this is dropped.
pub(crate) struct City {
    running: Running,
    _runtime: Runtime,
    _folder: TempDir,
}

/// An open device.
pub(crate) struct Device {
    pub(crate) gewu: Gewu,
    _folder: TempDir,
}

impl Device {
    /// The object and its folder, each to be let go by itself.
    pub(crate) fn into_parts(self) -> (Gewu, TempDir) {
        (self.gewu, self._folder)
    }
}

impl City {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let running = runtime
            .block_on(serve(ServeOptions::new(folder.path())))
            .unwrap();
        for (kind, body) in [
            ("policy", policy::BUILT_IN.to_vec()),
            ("catalogue", district("catalogue.json")),
            ("grid", district("district.gewugrid")),
        ] {
            let published = running.core().publish_pack(kind, kind, 1, &body, INSTALLED);
            published.unwrap();
        }
        Self {
            running,
            _runtime: runtime,
            _folder: folder,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.running.url()
    }

    /// A device whose user agreed and did nothing else.
    pub(crate) fn stranger(&self) -> Device {
        let folder = tempfile::tempdir().unwrap();
        let gewu = Gewu::open(folder.path().to_str().unwrap().to_owned()).unwrap();
        gewu.consent("2026-01".to_owned()).unwrap();
        Device {
            gewu,
            _folder: folder,
        }
    }

    /// The enrolled device of the inspector of the market's duty grid.
    pub(crate) fn inspector(&self) -> Device {
        let device = self.stranger();
        let enrolled = device
            .gewu
            .enrol(
                self.url(),
                &CancelHandle::new().unwrap(),
                Some(self.code()),
                None,
            )
            .unwrap();
        assert!(enrolled.packs_ready);
        device
    }

    pub(crate) fn code(&self) -> String {
        let grant = CodeGrant {
            user: "li".into(),
            roles: vec!["inspector".into()],
            units: Vec::new(),
            duty_grids: vec!["990101Z01".into()],
            reach: Default::default(),
            any_grid: false,
        };
        let now = gewu_server::Clock::now(&gewu_server::SystemClock);
        self.running.core().new_code(&grant, 72, now).unwrap().code
    }
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

fn district(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join("district").join(name)).unwrap()
}

/// A picture of the fixtures.
pub(crate) fn photo(name: &str) -> PhotoFile {
    PhotoFile {
        path: fixtures().join("photos").join(name),
        role: EvidenceRole::Scene,
        provenance: Provenance::Camera,
        captured_at: None,
        position: None,
        redacts: None,
    }
}

/// A place in the duty grid of the inspector.
pub(crate) const fn at_the_market() -> PositionInput {
    PositionInput::wgs84(123.422_729, 41.799_961_6).accurate_to(5.0)
}

/// A missing manhole cover, in these words.
pub(crate) fn report(text: &str) -> ReportRequest {
    ReportRequest {
        class: ClassRef {
            kind: ClassKind::Component,
            code: "01002".to_owned(),
        },
        position: at_the_market(),
        edition: None,
        condition: None,
        text: Some(text.to_owned()),
        component: None,
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: None,
        contact: None,
        photos: Vec::new(),
    }
}
