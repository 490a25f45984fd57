//! The real server, HTTP face and all, in this process and without a socket.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use gewu::host::{Clock, HttpRequest, HttpResponse, Method};
use gewu_model::contact::CardKey;
use gewu_server::{BackupError, CardKeySource, Core, CoreError, CoreOptions, OpenError};
use serde_json::Value;
use tower::ServiceExt;

use super::host::{PhoneClock, SeededEntropy, WorldTime};
use super::network::Answer;
use super::storage::Storage;
use crate::disk::SimDisk;

/// The packs of the fictional district.
const GRID: &[u8] = include_bytes!("../../../fixtures/district/district.gewugrid");
const CATALOGUE: &[u8] = include_bytes!("../../../fixtures/district/catalogue.json");
/// No answer of the server is longer.
const LONGEST_ANSWER: usize = 64 << 20;
/// Real time: a request that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum CentreError {
    /// Its folder or runtime.
    #[error("the server's folder or threads: {0}")]
    Io(#[from] std::io::Error),
    /// Its store or keys.
    #[error("open the server: {0}")]
    Open(#[from] OpenError),
    /// Its packs or operator.
    #[error("set up the server: {0}")]
    Core(#[from] CoreError),
    /// A copy of it.
    #[error("copy the server: {0}")]
    Backup(#[from] BackupError),
}

/// Whether an answer is that of a server that says that its clock cannot be right.
pub fn in_doubt(status: u16, told: &Value) -> bool {
    let words = told["detail"].as_str().unwrap_or_default();
    status == 503 && words.starts_with("the server's clock says")
}

/// A server in a temporary folder.
pub struct Centre {
    folder: tempfile::TempDir,
    /// The server's own clock, which may be off.
    time: PhoneClock,
    entropy: Arc<SeededEntropy>,
    runtime: tokio::runtime::Runtime,
    running: Mutex<Running>,
}

/// The server as it runs now.
struct Running {
    face: Router,
    dir: PathBuf,
    storage: Storage,
    /// How many backups were made; the last of them is the one that is restored.
    backups: u32,
    restores: u32,
}

impl std::fmt::Debug for Centre {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Centre")
    }
}

impl Centre {
    /// A new city with the district's packs and the policies that the seed decides.
    ///
    /// # Errors
    /// [`CentreError`] says what is in the way.
    pub fn open(world: WorldTime, seed: u64) -> Result<Self, CentreError> {
        Self::on(Storage::Folder, world, seed)
    }

    /// The same, with its database there.
    ///
    /// # Errors
    /// [`CentreError`] says what is in the way.
    pub fn on(storage: Storage, world: WorldTime, seed: u64) -> Result<Self, CentreError> {
        let [before, in_force] = policies(seed);
        Self::new(&[&before, &in_force], world, (seed, storage))
    }

    /// A new city with the district's packs under this policy.
    ///
    /// # Errors
    /// [`CentreError`] says what is in the way.
    pub fn under(policy: &[u8], world: WorldTime, seed: u64) -> Result<Self, CentreError> {
        Self::new(&[policy], world, (seed, Storage::Folder))
    }

    /// A new city under the last of these policies, which were published one after the other.
    fn new(
        policies: &[&[u8]],
        world: WorldTime,
        stored: (u64, Storage),
    ) -> Result<Self, CentreError> {
        let folder = tempfile::tempdir()?;
        let now = world.now();
        Self::begin(folder, world, stored, |core, folder| {
            for (version, policy) in (1..).zip(policies) {
                core.publish_pack("policy", "city", version, policy, now)?;
            }
            core.publish_pack("catalogue", "city", 1, CATALOGUE, now)?;
            core.publish_pack("grid", "city", 1, GRID, now)?;
            core.first_operator(&folder.join("operator.token"))?;
            Ok(())
        })
    }

    /// The city that lies in `folder/city`, with the token of an operator beside it.
    ///
    /// # Errors
    /// [`CentreError`] says what is in the way.
    pub fn of(folder: tempfile::TempDir, world: WorldTime) -> Result<Self, CentreError> {
        Self::begin(folder, world, (0, Storage::Folder), |_, _| Ok(()))
    }

    fn begin(
        folder: tempfile::TempDir,
        world: WorldTime,
        (seed, storage): (u64, Storage),
        set_up: impl FnOnce(&Core, &Path) -> Result<(), CentreError>,
    ) -> Result<Self, CentreError> {
        let time = PhoneClock::new(world);
        let entropy = Arc::new(SeededEntropy::new(seed ^ 0x5E17E4));
        let dir = folder.path().join("city");
        let core = open((&dir, &storage), &time, &entropy)?;
        set_up(&core, folder.path())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let running = Running {
            face: face(core, &time),
            dir,
            storage,
            backups: 0,
            restores: 0,
        };
        Ok(Self {
            running: Mutex::new(running),
            folder,
            time,
            entropy,
            runtime,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server's folder.
    pub fn dir(&self) -> PathBuf {
        self.lock().dir.clone()
    }

    /// The first operator's token.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn token(&self) -> Result<String, CentreError> {
        let file = self.folder.path().join("operator.token");
        Ok(std::fs::read_to_string(file)?.trim().to_owned())
    }

    /// Publishes a pack, as an administrator does beside the running server, which is told of it by a
    /// restart.
    ///
    /// # Errors
    /// When the server does not take it.
    pub fn publish(&self, kind: &str, version: u64, body: &[u8]) -> Result<(), CentreError> {
        let mut running = self.lock();
        running.face = Router::new();
        let core = self.core(&running)?;
        core.publish_pack(kind, "city", version, body, self.time.now())?;
        drop(core);
        running.face = face(self.core(&running)?, &self.time);
        Ok(())
    }

    fn core(&self, running: &Running) -> Result<Arc<Core>, CentreError> {
        open((&running.dir, &running.storage), &self.time, &self.entropy)
    }

    /// Stops the server and starts it again from its folder.
    ///
    /// # Errors
    /// When it does not open any more.
    pub fn restart(&self) -> Result<(), CentreError> {
        self.fall();
        let mut running = self.lock();
        running.face = face(self.core(&running)?, &self.time);
        Ok(())
    }

    /// Its process ends.
    pub fn fall(&self) {
        self.lock().face = Router::new();
    }

    /// The disk under its database, if it is one that tears.
    pub fn disk(&self) -> Option<SimDisk> {
        self.lock().storage.disk().cloned()
    }

    /// Copies the server; while it runs, if its database lies in its folder.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn backup(&self) -> Result<(), CentreError> {
        let mut running = self.lock();
        let to = self.copy_number(running.backups + 1);
        let stops = running.storage.disk().is_some();
        if stops {
            running.face = Router::new();
            running.storage.lay_down(&running.dir)?;
        }
        gewu_server::backup(&running.dir, &to, Clock::now(&self.time))?;
        running.backups += 1;
        if stops {
            self.take_up(&mut running)?;
        }
        Ok(())
    }

    /// Goes on with the database that lies in the folder.
    fn take_up(&self, running: &mut Running) -> Result<(), CentreError> {
        let seed = u64::from(running.backups + running.restores);
        let dir = running.dir.clone();
        running.storage.take_up(&dir, seed)?;
        running.face = face(self.core(running)?, &self.time);
        Ok(())
    }

    /// The server burns down, and another takes its place from the last backup. `false` when there
    /// is none.
    ///
    /// # Errors
    /// When the copy is not good.
    pub fn restore(&self) -> Result<bool, CentreError> {
        let mut running = self.lock();
        if running.backups == 0 {
            return Ok(false);
        }
        running.face = Router::new();
        running.restores += 1;
        let dir = self
            .folder
            .path()
            .join(format!("city-{}", running.restores));
        let from = self.copy_number(running.backups);
        gewu_server::restore_with(&from, &dir, &*self.entropy)?;
        running.dir = dir;
        self.take_up(&mut running)?;
        Ok(true)
    }

    /// From now on the server's clock is wrong by so much.
    pub fn set_clock_error(&self, ms: i64) {
        self.time.set_error(ms);
    }

    /// Whether the server says that its clock cannot be right.
    pub fn doubts_its_clock(&self) -> bool {
        let health = self.answer(&HttpRequest::new(Method::Get, "/healthz"));
        let told = serde_json::from_slice(&health.body).unwrap_or_default();
        in_doubt(health.status, &told)
    }

    /// The disk under the server's uploads refuses every write, or takes them again.
    ///
    /// # Errors
    /// When the folder cannot be moved.
    pub fn refuse_uploads(&self, refuse: bool) -> Result<(), CentreError> {
        let running = self.lock();
        let (place, aside) = (
            running.dir.join("uploads"),
            running.dir.join("uploads.aside"),
        );
        match (refuse, aside.exists()) {
            (true, false) if place.is_dir() => {
                std::fs::rename(&place, &aside)?;
                std::fs::write(&place, b"")?;
            }
            (false, true) => {
                std::fs::remove_file(&place)?;
                std::fs::rename(&aside, &place)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn copy_number(&self, number: u32) -> PathBuf {
        self.folder.path().join(format!("backup-{number}"))
    }

    async fn carry(face: Router, request: Request<Body>) -> HttpResponse {
        let answer = match face.oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        read(answer).await
    }
}

/// The policy that everybody has and one where units confirm the work of their people; the last is in
/// force, which in every third city is the latter. Cases are re-pinned from one to the other.
pub fn policies(seed: u64) -> [Vec<u8>; 2] {
    let built_in = String::from_utf8_lossy(gewu_model::policy::BUILT_IN);
    let confirming = built_in.replace(r#""unit_confirm": false"#, r#""unit_confirm": true"#);
    let (built_in, confirming) = (built_in.into_owned().into_bytes(), confirming.into_bytes());
    match seed % 3 {
        0 => [built_in, confirming],
        _ => [confirming, built_in],
    }
}

fn open(
    (dir, storage): (&Path, &Storage),
    time: &PhoneClock,
    entropy: &Arc<SeededEntropy>,
) -> Result<Arc<Core>, CentreError> {
    let options = CoreOptions {
        database: storage.database(dir),
        entropy: entropy.clone(),
        card_key: CardKeySource::Given(CardKey::new([77; 32])),
        ..CoreOptions::in_folder(dir)?
    };
    Ok(Arc::new(Core::open(options, Clock::now(time))?))
}

fn face(core: Arc<Core>, time: &PhoneClock) -> Router {
    gewu_server::service(core, Arc::new(time.clone()), PATIENCE)
}

async fn read(answer: Response<Body>) -> HttpResponse {
    let (parts, body) = answer.into_parts();
    let headers = parts.headers.iter();
    let headers = headers.filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    HttpResponse {
        status: parts.status.as_u16(),
        headers: headers.collect(),
        body: to_bytes(body, LONGEST_ANSWER)
            .await
            .unwrap_or_default()
            .into(),
    }
}

/// What a proxy says to a request that is none.
fn bad_request() -> HttpResponse {
    HttpResponse {
        status: 400,
        headers: Vec::new(),
        body: Vec::new(),
    }
}

impl Answer for Centre {
    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut builder = Request::builder()
            .method(request.method.as_str())
            .uri(&request.path_and_query);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let Ok(request) = builder.body(Body::from(request.body.clone())) else {
            return bad_request();
        };
        let face = self.lock().face.clone();
        self.runtime.block_on(Self::carry(face, request))
    }
}
