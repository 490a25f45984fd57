//! A server in this process, and devices in real folders that are enrolled with it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gewu::host::{HttpRequest, HttpResponse, HttpSetupError, Transport, TransportError};
use gewu::{
    CancelToken, Connector, Consent, Gewu, GewuError, Options, PositionInput, ReportInput, Saved,
    SyncReport,
};
use gewu_model::entry::{ClassKind, ClassRef};

use crate::sim::centre::{Centre, CentreError};
use crate::sim::coverage::Tally;
use crate::sim::host::{PhoneClock, WorldTime};
use crate::sim::network::Answer;
use crate::sim::operator::Operator;
use crate::sim::people::Person;
use crate::sim::story::Story;

/// Why a benchmark could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The server.
    #[error("the server in this process: {0}")]
    Centre(#[from] CentreError),
    /// The SDK.
    #[error("the sdk: {0}")]
    Sdk(#[from] GewuError),
    /// A file.
    #[error("a file of the benchmark: {0}")]
    Io(#[from] std::io::Error),
    /// SQLite beside the SDK.
    #[error("sqlite beside the sdk: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// Automerge beside the SDK.
    #[error("automerge beside the sdk: {0}")]
    Automerge(#[from] automerge::AutomergeError),
    /// A picture beside the pipeline.
    #[error("a picture: {0}")]
    Picture(#[from] image::ImageError),
    /// A grid pack is refused.
    #[error("the grid pack: {0}")]
    Pack(#[from] gewu_grid::file::PackFault),
    /// A grid pack cannot be written.
    #[error("the grid pack's writer: {0}")]
    Write(#[from] gewu_grid::file::WriteError),
    /// The grid pack builder.
    #[error("the grid pack builder: {0}")]
    Build(#[from] gewu_gridpack::BuildError),
    /// The made-up city.
    #[error("the made-up city: {0}")]
    Json(#[from] serde_json::Error),
    /// FlatGeobuf beside the pack.
    #[error("flatgeobuf beside the pack: {0}")]
    Flatgeobuf(#[from] flatgeobuf::Error),
    /// Geometry for FlatGeobuf.
    #[error("flatgeobuf beside the pack: {0}")]
    Geozero(#[from] flatgeobuf::geozero::error::GeozeroError),
    /// The server's store, without HTTP.
    #[error("the server without http: {0}")]
    Core(#[from] gewu_server::CoreError),
    /// Opening the server's store.
    #[error("open the server without http: {0}")]
    Open(#[from] gewu_server::OpenError),
    /// An enrolment at the server without HTTP.
    #[error("enrol without http: {0}")]
    Enrol(#[from] gewu_server::EnrolError),
    /// A device that the server does not know.
    #[error("the server without http: {0}")]
    Access(#[from] gewu_server::Access),
    /// An exchange with the server without HTTP.
    #[error("exchange without http: {0}")]
    Exchange(#[from] gewu_server::ExchangeError),
    /// A change of the benchmark's own.
    #[error("write a change: {0}")]
    Change(#[from] gewu_model::change::ChangeError),
    /// A signature of the benchmark's own.
    #[error("sign a change: {0}")]
    Sign(#[from] gewu_model::crypto::SignError),
    /// The server's process.
    #[error("the server's process: {0}")]
    Process(String),
    /// A number that another process was to tell.
    #[error("the process that measures memory said nothing")]
    Resident,
    /// Something that was just made is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// The way to the server, with a watch on it.
#[derive(Clone)]
struct Direct {
    centre: Arc<dyn Answer>,
    spent: Arc<Mutex<Duration>>,
    requests: Arc<AtomicU64>,
}

impl Connector for Direct {
    fn connect(&self, _url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        Ok(Arc::new(self.clone()))
    }
}

impl Transport for Direct {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let start = Instant::now();
        let answer = self.centre.answer(&request);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        *spent += start.elapsed();
        self.requests.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }
}

/// A server and a folder for devices.
pub struct Town {
    folder: tempfile::TempDir,
    time: WorldTime,
    operator: Operator,
    direct: Direct,
    devices: u32,
}

/// The inspector that benchmarks work as.
const INSPECTOR: Person = Person {
    name: "chen",
    roles: &["inspector"],
    units: &[],
    duty: &["990101Z01"],
};

impl Town {
    /// A new server with an empty city.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn new() -> Result<Self, BenchError> {
        let time = WorldTime::default();
        let centre: Arc<Centre> = Arc::new(Centre::open(time.clone(), 1)?);
        let story = Arc::new(Story::new(time.clone(), false));
        let tally = Arc::new(Tally::default());
        let operator = Operator::new(centre.clone(), centre.token()?, (story, tally));
        Ok(Self {
            folder: tempfile::tempdir()?,
            time,
            operator,
            direct: Direct {
                centre,
                spent: Arc::default(),
                requests: Arc::default(),
            },
            devices: 0,
        })
    }

    /// The folder of a device that was made before.
    pub fn folder(&self, number: u32) -> PathBuf {
        self.folder.path().join(format!("device-{number}"))
    }

    /// Opens the device in a folder.
    ///
    /// # Errors
    /// When the SDK refuses.
    pub fn open(&self, folder: &Path) -> Result<Gewu, BenchError> {
        let mut options = Options::folder(folder)?;
        options.host.connector = Arc::new(self.direct.clone());
        options.host.clock = Arc::new(PhoneClock::new(self.time.clone()));
        Ok(Gewu::open(options)?)
    }

    /// A new device of the inspector, enrolled and synced once.
    ///
    /// # Errors
    /// When the SDK or the server refuses.
    pub fn device(&mut self) -> Result<Gewu, BenchError> {
        self.devices += 1;
        let folder = self.folder(self.devices);
        std::fs::create_dir_all(&folder)?;
        let gewu = self.open(&folder)?;
        gewu.consent(&Consent {
            terms: "2026-01".into(),
        })?;
        let code = self.operator.code(&INSPECTOR);
        gewu.enrol(
            "http://city.invalid",
            Some(&code.ok_or(BenchError::Missing("the code"))?),
        )?;
        self.sync(&gewu)?;
        Ok(gewu)
    }

    /// Syncs; what was done, and how long it took without the server's part.
    ///
    /// # Errors
    /// When the SDK refuses.
    pub fn sync(&self, gewu: &Gewu) -> Result<(SyncReport, Duration), BenchError> {
        let before = self.spent();
        let start = Instant::now();
        let report = gewu.sync(&mut |_| {}, &CancelToken::new())?;
        Ok((
            report,
            start.elapsed().saturating_sub(self.spent() - before),
        ))
    }

    fn spent(&self) -> Duration {
        *self
            .direct
            .spent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A report without a photo, with a description as people write it.
pub(super) fn report(gewu: &Gewu, number: u32) -> Result<Saved, GewuError> {
    gewu.report(ReportInput {
        class: Some(ClassRef {
            kind: ClassKind::Component,
            code: "01002".to_owned(),
        }),
        position: Some(PositionInput::wgs84(123.422_729, 41.799_961_6).accurate_to(5.0)),
        text: Some(format!("第{number}号井盖缺失，行人绕行，请尽快处理")),
        ..ReportInput::default()
    })
}
